// Receipts as their holder checks them, with SHA-256, HMAC and P-256 of node:crypto alone: the chain, the proof of its
// end, and with the published log that each receipt's tag stands there once and the next one's does not.
import { createHash, createHmac, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";

const [, , file, bundle, tiles] = process.argv;
const sha = (...parts) => parts.reduce((h, p) => h.update(p), createHash("sha256")).digest();
const fail = (why) => {
	console.error(`FAIL: ${why}`);
	process.exit(1);
};

// Deterministic CBOR of arrays, texts, octets and numbers.
function cbor(bytes) {
	let at = 0;
	const item = () => {
		const first = bytes[at++];
		const small = first & 31;
		let n = small;
		if (small >= 24) {
			const len = 1 << (small - 24);
			n = Number(BigInt(`0x${bytes.subarray(at, at + len).toString("hex")}`));
			at += len;
		}
		const kind = first >> 5;
		if (kind === 0) return n;
		if (kind === 4) return Array.from({ length: n }, item);
		const value = bytes.subarray(at, at + n);
		at += n;
		return kind === 3 ? value.toString() : value;
	};
	return item();
}

function tileFile(level, n, width) {
	let name = String(n % 1000).padStart(3, "0");
	for (n = Math.floor(n / 1000); n > 0; n = Math.floor(n / 1000)) name = `x${String(n % 1000).padStart(3, "0")}/${name}`;
	return readFileSync(`${tiles}/tile/${level}/${name}${width < 256 ? `.p/${width}` : ""}`);
}

const all = JSON.parse(readFileSync(file, "utf8"));
const octets = all.receipts.map((r) => Buffer.from(r.receipt, "base64"));
const key = Buffer.from(all.key, "hex");
const tag = (n) => {
	const number = Buffer.alloc(8);
	number.writeBigUInt64BE(BigInt(n));
	return createHmac("sha256", key).update(number).digest().subarray(0, 16);
};

let prev = Buffer.alloc(32);
octets.forEach((o, i) => {
	const [form, n, before, , who, what] = cbor(o);
	if (form !== "zy-receipt-1" || n !== i + 1 || !before.equals(prev)) fail(`the chain breaks at ${i + 1}`);
	if (who !== all.receipts[i].who || what !== all.receipts[i].what) fail(`receipt ${i + 1} says something else`);
	prev = sha(o);
});

// The proof: its leaf is of the last receipt, and nothing follows it in the tree that was signed.
const blank = all.proof.indexOf("\n\n");
const [, extra, index, ...path] = all.proof.slice(0, blank).split("\n");
const leaf = Buffer.from(extra.replace(/^extra /, ""), "base64");
const parts = cbor(leaf);
if (!parts[2].equals(tag(octets.length)) || !parts[9][0][1].equals(prev)) fail("the proof is of another receipt");
const note = all.proof.slice(blank + 2);
const body = note.slice(0, note.lastIndexOf("\n\n") + 1);
const [origin, size, root] = body.split("\n");
const at = Number(index.replace(/^index /, ""));
if (at + 1 !== Number(size)) fail("something follows the last receipt: ask for the published log");
let hash = sha(Buffer.of(0), sha(leaf), parts[2]);
for (const p of path) hash = sha(Buffer.of(1), Buffer.from(p, "base64"), hash); // the last entry: all are on the left
if (!hash.equals(Buffer.from(root, "base64"))) fail("the path does not lead to the root");

const payload = JSON.parse(Buffer.from(JSON.parse(readFileSync(bundle, "utf8")).payload, "base64url"));
const lineOf = ([, name, id]) => note.split("\n").find((l) => l.startsWith(`— ${name} `) && Buffer.from(l.split(" ")[2], "base64").subarray(0, 4).toString("hex") === id);
const known = payload.logs.map((l) => l.key.match(/^([^+]*)\+([0-9a-f]{8})\+(.*)$/)).find((m) => m[1] === origin && Buffer.from(m[3], "base64")[0] === 2 && lineOf(m));
const line = lineOf(known);
const spki = createPublicKey({ key: Buffer.from(known[3], "base64").subarray(1), format: "der", type: "spki" });
if (!verify("sha256", Buffer.from(body), spki, Buffer.from(line.split(" ")[2], "base64").subarray(4))) fail("signature");
console.log(`${octets.length} receipts, the last is entry ${at}, signed by p256`);

if (tiles) {
	const entries = [];
	const total = Number(readFileSync(`${tiles}/checkpoint`, "utf8").split("\n")[1]);
	for (let i = 0; i * 256 < total; i++) {
		const width = Math.min(256, total - i * 256);
		const bundleOf = tileFile("entries", i, width);
		for (let k = 0; k < width; k++) entries.push(bundleOf.subarray(k * 50 + 2, k * 50 + 50));
	}
	for (let n = 1; n <= octets.length + 1; n++) {
		const found = entries.flatMap((e, i) => (e.subarray(32).equals(tag(n)) ? [i] : []));
		const want = n > octets.length ? [] : [all.receipts[n - 1].index];
		if (JSON.stringify(found) !== JSON.stringify(want)) fail(`receipt ${n} stands at ${found} of the log`);
	}
	console.log(`${octets.length} receipts, each once among ${total} entries`);
}
