// Proofs, checkpoints and tiles of the log, verified with nothing of ours (log-tree.mjs).
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { entryOf, fail, leafHash, readEntries, readNote, rootOf, sha, signers, tilePath, treeHash } from "./log-tree.mjs";

const [, , what, ...args] = process.argv;

if (what === "proof") {
	const [proof, bundle, file] = args;
	const text = readFileSync(proof, "utf8");
	const blank = text.indexOf("\n\n");
	const [magic, extra, index, ...path] = text.slice(0, blank).split("\n");
	if (magic !== "c2sp.org/tlog-proof@v1") fail(magic);
	const leaf = Buffer.from(extra.replace(/^extra /, ""), "base64");
	const n = Number(index.replace(/^index /, ""));
	const note = readNote(text.slice(blank + 2));
	const root = rootOf(leafHash(entryOf(leaf)), n, note.size, path.map((p) => Buffer.from(p, "base64")));
	if (!root.equals(note.root)) fail("the path does not lead to the root");
	if (!leaf.includes(createHash("sha256").update(readFileSync(file)).digest())) fail("the leaf is of another file");
	console.log(`${n} of ${note.size}, signed by ${signers(note, bundle)}`);
} else if (what === "tiles") {
	const [folder, bundle] = args;
	const note = readNote(readFileSync(`${folder}/checkpoint`, "utf8"));
	let level = readEntries(folder, note.size).map(leafHash);
	if (!treeHash(level).equals(note.root)) fail("the entries do not give the root");
	for (let l = 0; level.length > 0; l++) {
		for (let i = 0; i * 256 < level.length; i++) {
			const want = level.slice(i * 256, i * 256 + 256);
			if (!readFileSync(`${folder}/${tilePath(l, i, want.length)}`).equals(Buffer.concat(want))) fail(`tile ${l}/${i}`);
		}
		const above = [];
		for (let i = 0; (i + 1) * 256 <= level.length; i++) above.push(treeHash(level.slice(i * 256, i * 256 + 256)));
		level = above;
	}
	console.log(`${note.size}, signed by ${signers(note, bundle)}`);
} else if (what === "signers") {
	const [checkpoint, bundle] = args;
	console.log(signers(readNote(readFileSync(checkpoint, "utf8")), bundle));
} else if (what === "since") {
	// Whoever kept a checkpoint and holds the published entries against it; FORGERY first alters a copy of them.
	const [folder, kept, forgery] = args;
	const note = readNote(readFileSync(`${folder}/checkpoint`, "utf8"));
	const old = readNote(readFileSync(kept, "utf8"));
	const entries = readEntries(folder, note.size);
	const n = old.size - 2;
	if (forgery === "drop") entries.splice(n, 1);
	if (forgery === "swap") [entries[n], entries[n - 1]] = [entries[n - 1], entries[n]];
	if (forgery === "exchange") entries[n] = sha("another");
	if (forgery === "insert") entries.splice(n, 0, sha("another"));
	if (entries.length < old.size) fail("entries were dropped");
	if (!treeHash(entries.slice(0, old.size).map(leafHash)).equals(old.root)) fail("the log does not begin with what was kept");
	console.log(`${note.size} begin with ${old.size}`);
} else if (what === "witness") {
	// An Ed25519 witness (C2SP tlog-cosignature): its key, and its line about a checkpoint.
	const [checkpoint, name, keyFile, lineFile] = args;
	const note = readNote(readFileSync(checkpoint, "utf8"));
	const { privateKey, publicKey } = generateKeyPairSync("ed25519");
	const material = Buffer.concat([Buffer.of(4), publicKey.export({ format: "der", type: "spki" }).subarray(-32)]);
	const id = sha(`${name}\n`, material).subarray(0, 4);
	const time = 1772323200n;
	const stamp = Buffer.alloc(8);
	stamp.writeBigUInt64BE(time);
	const sig = sign(null, Buffer.from(`cosignature/v1\ntime ${time}\n${note.body}`), privateKey);
	writeFileSync(keyFile, `${name}+${id.toString("hex")}+${material.toString("base64")}`);
	writeFileSync(lineFile, `— ${name} ${Buffer.concat([id, stamp, sig]).toString("base64")}\n`);
} else fail(`what is ${what}?`);
