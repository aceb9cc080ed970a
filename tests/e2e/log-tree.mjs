// What everybody who follows a log needs (RFC 6962, C2SP signed-note and tlog-tiles), with nothing of ours: node:crypto,
// and sm-crypto for SM2.
import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import smCrypto from "sm-crypto";

export const sha = (...parts) => parts.reduce((h, p) => h.update(p), createHash("sha256")).digest();
export const leafHash = (entry) => sha(Buffer.of(0), entry);
export const nodeHash = (left, right) => sha(Buffer.of(1), left, right);
export const fail = (why) => {
	console.error(`FAIL: ${why}`);
	process.exit(1);
};

// ["zy-leaf-4", salt (32), tag (16), ...]: the entry is SHA-256 of the leaf, and the tag.
export const entryOf = (leaf) => Buffer.concat([sha(leaf), leaf.subarray(46, 62)]);

export function readNote(text) {
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
export function signers(note, bundle) {
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
export function rootOf(leaf, index, size, path) {
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
export function treeHash(leaves) {
	if (leaves.length < 2) return leaves.length === 0 ? sha("") : leaves[0];
	const k = splitOf(leaves.length);
	return nodeHash(treeHash(leaves.slice(0, k)), treeHash(leaves.slice(k)));
}

// the largest power of two smaller than n
export const splitOf = (n) => {
	let k = 1;
	while (2 * k < n) k *= 2;
	return k;
};

export const tilePath = (level, n, width) => {
	let name = String(n % 1000).padStart(3, "0");
	for (n = Math.floor(n / 1000); n > 0; n = Math.floor(n / 1000)) name = `x${String(n % 1000).padStart(3, "0")}/${name}`;
	return `tile/${level}/${name}${width < 256 ? `.p/${width}` : ""}`;
};

export function readEntries(folder, size) {
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
