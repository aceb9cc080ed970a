// Proofs, checkpoints and tiles of the log, verified with nothing of ours: node:crypto, and sm-crypto for SM2.
import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import smCrypto from "sm-crypto";

const [, , what, ...args] = process.argv;
const sha = (...parts) => parts.reduce((h, p) => h.update(p), createHash("sha256")).digest();
const leafHash = (entry) => sha(Buffer.of(0), entry);
const nodeHash = (left, right) => sha(Buffer.of(1), left, right);
const fail = (why) => {
	console.error(`FAIL: ${why}`);
	process.exit(1);
};

// ["zy-leaf-3", salt (32), tag (16), ...]: the entry is SHA-256 of the leaf, and the tag.
const entryOf = (leaf) => Buffer.concat([sha(leaf), leaf.subarray(46, 62)]);

function readNote(text) {
	const at = text.lastIndexOf("\n\n") + 1;
	const [origin, size, root] = text.slice(0, at).split("\n");
	const lines = text.slice(at + 1).trimEnd().split("\n").map((l) => {
		const [, name, value] = l.match(/^— (\S+) (\S+)$/) ?? fail(`line ${l}`);
		const bytes = Buffer.from(value, "base64");
		return { name, id: bytes.subarray(0, 4).toString("hex"), sig: bytes.subarray(4) };
	});
	return { body: text.slice(0, at), origin, size: Number(size), root: Buffer.from(root, "base64"), lines };
}

// Which of the bundle's keys signed: "p256", "sm2"; a bad signature of theirs ends everything.
function signers(note, bundle) {
	const payload = JSON.parse(Buffer.from(JSON.parse(readFileSync(bundle, "utf8")).payload, "base64url"));
	const found = [];
	for (const { key: vkey } of payload.logs) {
		const [name, id, key] = vkey.split("+", 2).concat(vkey.slice(vkey.indexOf("+", vkey.indexOf("+") + 1) + 1));
		const material = Buffer.from(key, "base64");
		const line = note.lines.find((l) => l.name === name && l.id === id);
		if (name !== note.origin || !line) continue;
		if (material[0] === 2) {
			if (sha(material.subarray(1)).subarray(0, 4).toString("hex") !== id) fail("id of the P-256 key");
			const spki = createPublicKey({ key: material.subarray(1), format: "der", type: "spki" });
			if (!verify("sha256", Buffer.from(note.body), spki, line.sig)) fail("P-256 signature");
			found.push("p256");
		} else if (material.subarray(1, 11).toString() === "sm2sig_sm3") {
			if (sha(`${name}\n`, material).subarray(0, 4).toString("hex") !== id) fail("id of the SM2 key");
			const point = material.subarray(11).toString("hex");
			const opts = { hash: true, der: true, userId: "1234567812345678", publicKey: point };
			if (!smCrypto.sm2.doVerifySignature([...Buffer.from(note.body)], line.sig.toString("hex"), point, opts))
				fail("SM2 signature");
			found.push("sm2");
		}
	}
	return found.sort().join(",");
}

// RFC 9162 2.1.3.2
function rootOf(leaf, index, size, path) {
	let [fn, sn, r] = [index, size - 1, leaf];
	for (const p of path) {
		if (sn === 0) fail("the path is too long");
		if (fn % 2 === 1 || fn === sn) {
			r = nodeHash(p, r);
			while (fn % 2 === 0 && fn !== 0) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
		} else r = nodeHash(r, p);
		[fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
	}
	if (sn !== 0) fail("the path is too short");
	return r;
}

// RFC 6962 2.1, by its own words
function treeHash(leaves) {
	if (leaves.length < 2) return leaves.length === 0 ? sha("") : leaves[0];
	let k = 1;
	while (2 * k < leaves.length) k *= 2;
	return nodeHash(treeHash(leaves.slice(0, k)), treeHash(leaves.slice(k)));
}

const tilePath = (level, n, width) => {
	let name = String(n % 1000).padStart(3, "0");
	for (n = Math.floor(n / 1000); n > 0; n = Math.floor(n / 1000)) name = `x${String(n % 1000).padStart(3, "0")}/${name}`;
	return `tile/${level}/${name}${width < 256 ? `.p/${width}` : ""}`;
};

function readEntries(folder, size) {
	const entries = [];
	for (let i = 0; i * 256 < size; i++) {
		const width = Math.min(256, size - i * 256);
		const bytes = readFileSync(`${folder}/${tilePath("entries", i, width)}`);
		let at = 0;
		for (let k = 0; k < width; k++) {
			const len = bytes.readUInt16BE(at);
			entries.push(bytes.subarray(at + 2, at + 2 + len));
			at += 2 + len;
		}
		if (at !== bytes.length) fail("bytes behind the last entry");
	}
	return entries;
}

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
