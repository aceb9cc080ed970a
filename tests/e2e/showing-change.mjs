// Changes a showing code the way a cheat would. showing-change.mjs cut|alter|time CODE; key CODE OTHER-CODE
// CBOR is walked by hand: heads, lengths, nothing else.
const [, , what, code, other] = process.argv;
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';

function decode45(text) {
	const out = [];
	for (let i = 0; i < text.length; i += 3) {
		const g = [...text.slice(i, i + 3)].map((c) => alphabet.indexOf(c));
		const v = g[0] + 45 * g[1] + (g.length === 3 ? 2025 * g[2] : 0);
		if (g.length === 3) out.push(v >> 8);
		out.push(v & 255);
	}
	return Buffer.from(out);
}
function encode45(bytes) {
	let out = '';
	for (let i = 0; i < bytes.length; i += 2) {
		const pair = i + 1 < bytes.length, v = pair ? bytes[i] * 256 + bytes[i + 1] : bytes[i];
		out += alphabet[v % 45] + alphabet[Math.floor(v / 45) % 45] + (pair ? alphabet[Math.floor(v / 2025)] : '');
	}
	return out;
}
// one item: { major, value, head (start of content), end, items }
function item(b, at) {
	const major = b[at] >> 5, info = b[at] & 31;
	let value = info, head = at + 1;
	if (info >= 24) {
		const n = 1 << (info - 24);
		value = Number(BigInt('0x' + b.subarray(head, head + n).toString('hex')));
		head += n;
	}
	const it = { major, value, start: at, head, end: head, items: [] };
	if (major === 2 || major === 3) it.end = head + value;
	const count = major === 4 ? value : major === 5 ? 2 * value : 0;
	for (let i = 0; i < count; i++) {
		const child = item(b, it.end);
		it.items.push(child);
		it.end = child.end;
	}
	return it;
}
const whole = (b, it) => b.subarray(it.start, it.end);
const read = (text) => {
	const bytes = decode45(text.slice(4));
	return { bytes, top: item(bytes, 0) };
};

const { bytes, top } = read(code);
const parts = top.items.map((it) => Buffer.from(whole(bytes, it)));
const FIELDS = 2, SESSION = 5, SIGNATURE = 6;
if (what === 'cut') {
	const fields = top.items[FIELDS].items.slice(1);
	parts[FIELDS] = Buffer.concat([Buffer.from([0x80 | fields.length]), ...fields.map((it) => whole(bytes, it))]);
} else if (what === 'alter') {
	parts[FIELDS][parts[FIELDS].length - 1] ^= 1; // last byte of the last value
} else if (what === 'time') {
	const nonce = item(parts[SESSION], 0).items[1];
	parts[SESSION][nonce.head] ^= 1;
} else if (what === 'key') {
	const theirs = read(other);
	parts[SESSION] = Buffer.from(whole(theirs.bytes, theirs.top.items[SESSION]));
	parts[SIGNATURE] = Buffer.from(whole(theirs.bytes, theirs.top.items[SIGNATURE]));
} else {
	process.exit(64);
}
console.log(code.slice(0, 4) + encode45(Buffer.concat([Buffer.from([0x87]), ...parts])));
