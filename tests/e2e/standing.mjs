// How a licence stood on a day, made out again from the proofs alone, with SHA-256, HMAC and P-256 of node:crypto: every
// event of the licence is in the log that was signed, they are counted from 1, and in the published log there is none
// after the last.
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
		let n = first & 31;
		if (n >= 24) {
			const len = 1 << (n - 24);
			n = Number(BigInt(`0x${bytes.subarray(at, at + len).toString("hex")}`));
			at += len;
		}
		const kind = first >> 5;
		if (kind === 0) return n;
		if (kind === 1) return -1 - n;
		if (first === 0x1b || first === 0x3b) n = n > Number.MAX_SAFE_INTEGER ? Infinity : n; // long term
		if (kind === 4) return Array.from({ length: n }, item);
		const value = bytes.subarray(at, at + n);
		at += n;
		return kind === 3 ? value.toString() : value;
	};
	return item();
}

const standing = JSON.parse(readFileSync(file, "utf8")).standing;
const payload = JSON.parse(Buffer.from(JSON.parse(readFileSync(bundle, "utf8")).payload, "base64url"));

// The signed checkpoint: size and root.
function opened(note) {
	const end = note.indexOf("\n\n") + 1;
	const [origin, size, root] = note.slice(0, end).split("\n");
	for (const { key: vkey } of payload.logs) {
		const material = Buffer.from(vkey.split("+").slice(2).join("+"), "base64");
		if (material[0] !== 2) continue;
		const key = createPublicKey({ key: material.subarray(1), format: "der", type: "spki" });
		for (const line of note.slice(end + 1).trimEnd().split("\n")) {
			const [, name, value] = line.split(" ");
			const sig = Buffer.from(value, "base64").subarray(4);
			if (name === origin && verify("sha256", Buffer.from(note.slice(0, end)), key, sig))
				return { size: Number(size), root: Buffer.from(root, "base64") };
		}
	}
	return fail("the checkpoint is not signed by the log's key");
}

// RFC 9162 2.1.3.2
function rootOf(entry, index, size, path) {
	let [fn, sn, r] = [index, size - 1, sha(Buffer.of(0), entry)];
	for (const p of path) {
		if (fn % 2 === 1 || fn === sn) {
			r = sha(Buffer.of(1), p, r);
			while (fn % 2 === 0 && fn !== 0) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
		} else r = sha(Buffer.of(1), r, p);
		[fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
	}
	return r;
}

function proved(log) {
	const leaf = Buffer.from(log.leaf, "base64");
	const [form, , tag, at, from, what, name, number, reason, parts, term] = cbor(leaf);
	const { size, root } = opened(log.checkpoint);
	const path = log.path.map((p) => Buffer.from(p, "base64"));
	if (form !== "zy-leaf-4") fail(`leaf ${form}`);
	if (!rootOf(Buffer.concat([sha(leaf), tag]), log.index, size, path).equals(root)) fail(`entry ${log.index}`);
	return { tag, at, from, what, name, number, reason, parts, term, size };
}

const tagOf = (n, key = Buffer.from(standing.key, "hex")) => {
	const number = Buffer.alloc(8);
	number.writeBigUInt64BE(BigInt(n));
	return createHmac("sha256", key).update(number).digest().subarray(0, 16);
};

// What was said, from the leaves; then the same rule as zy/standing.h has.
const events = standing.events.map((e, i) => {
	const leaf = proved(e.log);
	if (e.n !== i + 1 || !leaf.tag.equals(tagOf(e.n))) fail(`event ${e.n} is another one`);
	if (leaf.what !== e.event || leaf.number !== e.version || leaf.at * 1000 !== Date.parse(e.at)) fail(`event ${e.n}`);
	return leaf;
});
const on = Date.parse(standing.on) / 1000;
const at = standing.at === null ? Infinity : Date.parse(standing.at) / 1000;
const count = events.filter((e) => e.at <= at && e.from <= on);
const makes = (e) => e.what === "mint" || e.what === "change";
const inForce = count.filter(makes).at(-1)?.number ?? null;
if (inForce !== standing.in_force) fail(`version ${inForce} was in force`);
const made = events.find((e) => makes(e) && e.number === standing.version && e.at <= at);
const [first, last, kind, until] = made.term;
const begins = Math.max(made.from, first);
const said = count.filter((e) => ["valid", "suspended", "revoked"].includes(e.what)).at(-1)?.what;
const stood =
	said === "revoked" ? said
	: begins > on ? "not-yet-valid"
	: standing.version !== inForce ? "superseded"
	: last < on ? "expired"
	: kind === 2 && on > until ? "lapsed"
	: said === "suspended" ? said
	: ["valid", on > until ? "overdue" : "on-promise", "conditional"][kind];
if (standing.status !== stood) fail(`it was ${stood}`);

// The rules of that day: their events are counted under a key that everybody knows, and the next ones came later.
const ruleTag = (n) => tagOf(n, sha("zy-rules-1"));
const ruled = (r) => {
	const leaf = proved(r.log);
	if (leaf.what !== "policy" || leaf.name !== "policies" || !leaf.tag.equals(ruleTag(r.n))) fail("other rules");
	if (`sha256:${leaf.parts[0][1].toString("hex")}` !== r.digest) fail("rules of another digest");
	return leaf.at;
};
const known = Math.min(on, at);
if (standing.catalogue !== null && ruled(standing.catalogue) > known) fail("rules of another day");
const next = standing.catalogue_next;
if (next !== null && (ruled(next) <= known || next.n !== (standing.catalogue?.n ?? 0) + 1)) fail("newer rules");

// In the published log: each tag once, and the next one never.
if (tiles !== undefined) {
	const size = opened(readFileSync(`${tiles}/checkpoint`, "utf8")).size;
	const tags = new Map();
	for (let n = 0; n * 256 < size; n++) {
		const width = Math.min(256, size - n * 256);
		let name = String(n % 1000).padStart(3, "0");
		for (let m = Math.floor(n / 1000); m > 0; m = Math.floor(m / 1000)) name = `x${String(m % 1000).padStart(3, "0")}/${name}`;
		const bytes = readFileSync(`${tiles}/tile/entries/${name}${width < 256 ? `.p/${width}` : ""}`);
		for (let i = 0; i < width; i++) tags.set(bytes.subarray(i * 50 + 34, i * 50 + 50).toString("hex"), n * 256 + i);
	}
	standing.events.forEach((e) => tags.get(tagOf(e.n).toString("hex")) === e.log.index || fail(`event ${e.n} in the log`));
	const later = tags.has(tagOf(events.length + 1).toString("hex"));
	if (next === null && tags.has(ruleTag((standing.catalogue?.n ?? 0) + 1).toString("hex"))) fail("rules were left out");
	console.log(later ? "more came later" : "complete");
} else console.log("proved");
