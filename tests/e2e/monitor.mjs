// A monitor of a published log: it has the static files and what it noted itself, and nothing of ours.
//   follow FOLDER BUNDLE STATE      the checkpoint, every tile and the entries that came since STATE, which is moved on
//   grown FOLDER PROOF OLD          a consistency proof from a kept checkpoint on is what the tiles say
//   answers FOLDER FILE             answers of mints, a line each: their proofs are what the tiles say
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { entryOf, fail, leafHash, nodeHash, readEntries, readNote, rootOf, sha, signers, splitOf, tilePath } from "./log-tree.mjs";

const [, , what, ...args] = process.argv;

// The tree of a checkpoint from its tiles alone.
class Tiles {
	constructor(folder) {
		this.folder = folder;
		this.note = readNote(readFileSync(`${folder}/checkpoint`, "utf8"));
		this.size = this.note.size;
		this.read = new Map();
	}
	tile(level, n) {
		const width = Math.min(256, Math.floor(this.size / 256 ** level) - n * 256);
		const path = tilePath(level, n, width);
		if (!this.read.has(path)) {
			const bytes = readFileSync(`${this.folder}/${path}`);
			if (bytes.length !== 32 * width) fail(`${path} has ${bytes.length} octets`);
			this.read.set(path, bytes);
		}
		return this.read.get(path);
	}
	// root of the complete subtree of 2^height leaves
	node(height, index) {
		if (height % 8 !== 0) return nodeHash(this.node(height - 1, 2 * index), this.node(height - 1, 2 * index + 1));
		const at = (index % 256) * 32;
		return this.tile(height / 8, Math.floor(index / 256)).subarray(at, at + 32);
	}
	// MTH(D[start:end])
	root(start, end) {
		if (end === start) return sha("");
		const height = Math.log2(end - start);
		if (Number.isInteger(height) && start % (end - start) === 0) return this.node(height, start / (end - start));
		const middle = start + splitOf(end - start);
		return nodeHash(this.root(start, middle), this.root(middle, end));
	}
	// PATH(m, D[start:end])
	path(index, start, end) {
		if (end - start === 1) return [];
		const middle = start + splitOf(end - start);
		return index < middle ? [...this.path(index, start, middle), this.root(middle, end)]
			: [...this.path(index, middle, end), this.root(start, middle)];
	}
	// SUBPROOF(m, D[start:end], known)
	grown(m, start, end, known) {
		if (m === end - start) return known ? [] : [this.root(start, end)];
		const k = splitOf(end - start);
		return m <= k ? [...this.grown(m, start, start + k, known), this.root(start + k, end)]
			: [...this.grown(m - k, start + k, end, false), this.root(start, start + k)];
	}
	// a full tile's hash is one hash of the tile above
	checkAbove() {
		for (let level = 1; this.size >= 256 ** level; level++)
			for (let i = 0; i < Math.floor(this.size / 256 ** level); i++) {
				let row = Array.from({ length: 256 }, (_, k) => this.tile(level - 1, i).subarray(32 * k, 32 * k + 32));
				while (row.length > 1) row = row.filter((_, k) => k % 2 === 0).map((l, k) => nodeHash(l, row[2 * k + 1]));
				if (!row[0].equals(this.node(8 * level, i))) fail(`tile ${level - 1}/${i} is not what the tile above says`);
			}
	}
}

if (what === "follow") {
	const [folder, bundle, state] = args;
	const t = new Tiles(folder);
	const by = signers(t.note, bundle);
	if (by === "") fail("not signed by the log");
	const { size, root } = existsSync(state) ? JSON.parse(readFileSync(state, "utf8")) : { size: 0, root: sha("").toString("base64") };
	if (t.size < size) fail(`${size} entries were published, now ${t.size}`);
	if (t.root(0, size).toString("base64") !== root) fail("the log does not begin with what was published");
	if (!t.root(0, t.size).equals(t.note.root)) fail("the tiles do not give the root");
	t.checkAbove();
	readEntries(folder, t.size).forEach((e, i) => e.length === 48 && leafHash(e).equals(t.node(0, i)) || fail(`entry ${i}`));
	writeFileSync(state, JSON.stringify({ size: t.size, root: t.note.root.toString("base64") }));
	console.log(`${t.size} after ${size}, signed by ${by}`);
} else if (what === "grown") {
	const [folder, proof, kept] = args;
	const t = new Tiles(folder);
	const text = readFileSync(proof, "utf8");
	const blank = text.indexOf("\n\n");
	const [first, ...lines] = text.slice(0, blank).split("\n");
	const old = readNote(readFileSync(kept, "utf8"));
	const note = readNote(text.slice(blank + 2));
	if (first !== `old ${old.size}` || old.origin !== note.origin) fail(first);
	if (!t.root(0, old.size).equals(old.root) || !t.root(0, note.size).equals(note.root)) fail("a root");
	const want = old.size === 0 || old.size === note.size ? [] : t.grown(old.size, 0, note.size, true);
	if (want.map((h) => h.toString("base64")).join() !== lines.join()) fail(`proof from ${old.size} to ${note.size}`);
	console.log(`${note.size} from ${old.size}`);
} else if (what === "answers") {
	const [folder, file] = args;
	const t = new Tiles(folder);
	const seen = new Set();
	for (const line of readFileSync(file, "utf8").trimEnd().split("\n")) {
		const { log } = JSON.parse(line);
		const note = readNote(log.checkpoint);
		const path = log.path.map((p) => Buffer.from(p, "base64"));
		const leaf = leafHash(entryOf(Buffer.from(log.leaf, "base64")));
		if (note.origin !== t.note.origin || !t.root(0, note.size).equals(note.root)) fail(`checkpoint of ${note.size}`);
		if (!leaf.equals(t.node(0, log.index)) || !rootOf(leaf, log.index, note.size, path).equals(note.root)) fail(`entry ${log.index}`);
		if (!Buffer.concat(path).equals(Buffer.concat(t.path(log.index, 0, note.size)))) fail(`path of ${log.index}`);
		seen.add(log.index);
	}
	console.log(`${seen.size} entries`);
} else fail(`what is ${what}?`);
