// An independent witness (C2SP tlog-witness), with nothing of ours: node:crypto for SHA-256, P-256 and Ed25519.
//   key NAME FILE                       makes its key; prints the public one
//   serve SOCKET FILE STATE LOGKEY      answers add-checkpoint on a unix socket; STATE keeps what it signed
//   post SOCKET                         sends standard input, prints the answer's body; the status goes to $STATUS
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";

const [, , what, ...args] = process.argv;
const sha = (...parts) => parts.reduce((h, p) => h.update(p), createHash("sha256")).digest();
const node = (left, right) => sha(Buffer.of(1), left, right);
const vkey = (name, material) => `${name}+${sha(`${name}\n`, material).subarray(0, 4).toString("hex")}+${material.toString("base64")}`;

class Refusal extends Error {
	constructor(status, body, type = "text/plain") {
		super(body);
		Object.assign(this, { status, body, type });
	}
}

function readBody(text) {
	const blank = text.indexOf("\n\n");
	const [first, ...proof] = text.slice(0, blank).split("\n");
	const [, old] = first.match(/^old (0|[1-9][0-9]*)$/) ?? [];
	if (blank < 0 || old === undefined || proof.length > 63) throw new Refusal(400, "not a request");
	const hashes = proof.map((line) => Buffer.from(line, "base64"));
	if (hashes.some((h) => h.length !== 32)) throw new Refusal(400, "not a proof");
	return { old: Number(old), proof: hashes, note: text.slice(blank + 2) };
}

function readNote(text) {
	const at = text.lastIndexOf("\n\n") + 1;
	const body = text.slice(0, at);
	const [origin, size, root] = body.split("\n");
	const lines = text.slice(at + 1).trimEnd().split("\n").map((l) => {
		const [, name, value] = l.match(/^— (\S+) (\S+)$/) ?? [];
		if (name === undefined) throw new Refusal(400, "not a signature line");
		const bytes = Buffer.from(value, "base64");
		return { name, id: bytes.subarray(0, 4).toString("hex"), sig: bytes.subarray(4) };
	});
	return { body, origin, size: Number(size), root: Buffer.from(root, "base64"), lines };
}

// RFC 9162 2.1.4.2
function continues(old, proof, now) {
	if (old.size === now.size) return proof.length === 0 && old.root.equals(now.root);
	if (old.size === 0) return proof.length === 0;
	const path = [...proof];
	if (Number.isInteger(Math.log2(old.size))) path.unshift(old.root);
	if (path.length === 0) return false;
	let [fn, sn] = [old.size - 1, now.size - 1];
	const halve = () => ([fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)]);
	while (fn % 2 === 1) halve();
	let [fr, sr] = [path[0], path[0]];
	for (const c of path.slice(1)) {
		if (sn === 0) return false;
		if (fn % 2 === 1 || fn === sn) {
			[fr, sr] = [node(c, fr), node(c, sr)];
			while (fn % 2 === 0 && fn !== 0) halve();
		} else sr = node(sr, c);
		halve();
	}
	return fr.equals(old.root) && sr.equals(now.root) && sn === 0;
}

class Witness {
	constructor(keyFile, state, logKey) {
		const { name, pem } = JSON.parse(readFileSync(keyFile, "utf8"));
		this.name = name;
		this.key = createPrivateKey(pem);
		this.material = materialOf(this.key);
		this.state = state;
		const [origin, id, key] = [logKey.split("+")[0], logKey.split("+")[1], logKey.split("+").slice(2).join("+")];
		this.log = { origin, id, spki: Buffer.from(key, "base64").subarray(1) };
	}
	// What it signed last; none before the first.
	last() {
		if (!existsSync(this.state)) return { size: 0, root: null };
		const { size, root } = JSON.parse(readFileSync(this.state, "utf8"));
		return { size, root: Buffer.from(root, "base64") };
	}
	isSigned(note) {
		const key = createPublicKey({ key: this.log.spki, format: "der", type: "spki" });
		return note.lines.some((l) => l.name === this.log.origin && l.id === this.log.id &&
			verify("sha256", Buffer.from(note.body), key, l.sig));
	}
	cosign(note) {
		const time = BigInt(Math.floor(Date.now() / 1000));
		const stamp = Buffer.alloc(8);
		stamp.writeBigUInt64BE(time);
		const sig = sign(null, Buffer.from(`cosignature/v1\ntime ${time}\n${note.body}`), this.key);
		const id = sha(`${this.name}\n`, this.material).subarray(0, 4);
		return `— ${this.name} ${Buffer.concat([id, stamp, sig]).toString("base64")}\n`;
	}
	addCheckpoint(text) {
		const asked = readBody(text);
		const note = readNote(asked.note);
		const last = this.last();
		if (note.origin !== this.log.origin) throw new Refusal(404, "another log");
		if (!this.isSigned(note)) throw new Refusal(403, "not signed by the log");
		if (asked.old > note.size) throw new Refusal(400, "the old size is larger");
		if (asked.old !== last.size) throw new Refusal(409, `${last.size}\n`, "text/x.tlog.size");
		if (last.size === note.size && last.size > 0 && !last.root.equals(note.root)) throw new Refusal(409, "another root");
		if (!continues(last, asked.proof, note)) throw new Refusal(422, "the proof does not lead from what I signed");
		writeFileSync(`${this.state}.new`, JSON.stringify({ size: note.size, root: note.root.toString("base64") }));
		renameSync(`${this.state}.new`, this.state);
		return this.cosign(note);
	}
}

function materialOf(privateKey) {
	const raw = createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(-32);
	return Buffer.concat([Buffer.of(4), raw]);
}

const readAll = async (stream) => {
	const parts = [];
	for await (const part of stream) parts.push(part);
	return Buffer.concat(parts).toString("utf8");
};

async function answer(witness, req, res) {
	const text = await readAll(req);
	try {
		if (req.method !== "POST" || req.url !== "/add-checkpoint") throw new Refusal(404, "no such call");
		const lines = witness.addCheckpoint(text);
		res.writeHead(200, { "Content-Type": "text/plain" }).end(lines);
	} catch (e) {
		if (!(e instanceof Refusal)) throw e;
		res.writeHead(e.status, { "Content-Type": e.type }).end(e.body);
	}
}

if (what === "key") {
	const [name, file] = args;
	const { privateKey } = generateKeyPairSync("ed25519");
	writeFileSync(file, JSON.stringify({ name, pem: privateKey.export({ format: "pem", type: "pkcs8" }) }));
	console.log(vkey(name, materialOf(privateKey)));
} else if (what === "serve") {
	const [socket, keyFile, state, logKey] = args;
	const witness = new Witness(keyFile, state, logKey);
	createServer((req, res) => answer(witness, req, res)).listen(socket, () => console.log("ready"));
} else if (what === "post") {
	const [socketPath] = args;
	const body = await readAll(process.stdin);
	const req = request({ socketPath, path: "/add-checkpoint", method: "POST" }, async (res) => {
		if (process.env.STATUS) writeFileSync(process.env.STATUS, `${res.statusCode} ${res.headers["content-type"]}\n`);
		process.stdout.write(await readAll(res));
	});
	req.end(body);
}
