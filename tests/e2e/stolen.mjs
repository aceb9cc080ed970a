// Looks in folders for texts in every form in which they could lie there: encodings, numbers, and their plain hashes.
// usage: node stolen.mjs TEXTS-FILE FOLDER...; exit 1 when something is found, a line for each.
import { createHash, createHmac } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, lstatSync } from 'node:fs';
import { join } from 'node:path';

const [, , list, ...folders] = process.argv;
const needles = new Map(); // latin1 of the octets -> what they are
const LEAST = 6; // octets: what is shorter is found by chance

const put = (octets, what) => octets.length >= LEAST && needles.set(octets.toString('latin1'), what);

// a form of its own, then as hexadecimal digits and in base64 at each of its three places
function encoded(octets, what) {
	put(octets, what);
	put(Buffer.from(octets.toString('hex')), `${what}, hex`);
	put(Buffer.from(octets.toString('hex').toUpperCase()), `${what}, HEX`);
	for (let cut = 0; cut < 3; cut++) {
		const text = Buffer.concat([Buffer.alloc(cut), octets]).toString('base64').replace(/=+$/, '');
		const inner = text.slice(cut === 0 ? 0 : cut + 1, -2);
		put(Buffer.from(inner), `${what}, base64`);
		put(Buffer.from(inner.replace(/\+/g, '-').replace(/\//g, '_')), `${what}, base64url`);
	}
}

function texts(text) {
	const utf16 = Buffer.from(text, 'utf16le');
	const forms = [[Buffer.from(text), 'UTF-8'], [utf16, 'UTF-16LE'], [Buffer.from(utf16).swap16(), 'UTF-16BE'],
		[execFileSync('iconv', ['-f', 'UTF-8', '-t', 'GB18030'], { input: text }), 'GB18030'],
		[Buffer.from([...text].reverse().join('')), 'reversed']];
	const digits = text.replace(/[Xx]$/, '');
	if (/^\d{12,18}$/.test(digits)) {
		const number = Buffer.alloc(8);
		number.writeBigUInt64BE(BigInt(digits));
		forms.push([number, 'number'], [Buffer.from(number).reverse(), 'number, little-endian'],
			[Buffer.from(digits.padStart(digits.length + (digits.length & 1), '0'), 'hex'), 'BCD']);
	}
	return forms;
}

// of the text alone, and as the vault and others would write it with its kind
function hashed(text) {
	const said = [text, ...['citizen', 'uscc', 'passport', 'orgcode', '111', '001', '414'].flatMap((kind) =>
		[`${kind}:${text}`, `${kind}\0${text}`, `${kind}${text}`]),
		...[0, 1, 2, 3].map((kind) => `${String.fromCharCode(kind)}${text}`)];
	for (const message of said) {
		for (const hash of ['md5', 'sha1', 'sha256', 'sha512', 'sm3']) {
			const whole = createHash(hash).update(message).digest();
			for (const digest of [whole, whole.subarray(0, 16), whole.subarray(0, 8)])
				encoded(digest, `${hash} of ${JSON.stringify(message)}`);
		}
		for (const key of ['', Buffer.alloc(32), 'zhengyin', 'holder', 'identity'])
			for (const hash of ['sha256', 'sm3'])
				encoded(createHmac(hash, key).update(message).digest().subarray(0, 16), `HMAC of ${JSON.stringify(message)}`);
	}
}

for (const text of readFileSync(list, 'utf8').split('\n').filter((line) => line !== '')) {
	for (const [octets, what] of texts(text)) encoded(octets, `${text} (${what})`);
	hashed(text);
}

// by the first octets, so that each file is passed once
const begins = new Map();
for (const [needle, what] of needles) {
	const octets = Buffer.from(needle, 'latin1'), first = octets.readUIntBE(0, LEAST);
	begins.set(first, [...(begins.get(first) ?? []), [octets, what]]);
}

let found = 0;
function look(where, content) {
	const seen = new Set();
	let window = 0;
	for (let i = 0; i < content.length; i++) {
		window = (window % 2 ** 40) * 256 + content[i];
		if (i + 1 < LEAST) continue;
		for (const [octets, what] of begins.get(window) ?? []) {
			const at = i + 1 - LEAST;
			if (!seen.has(what) && octets.equals(content.subarray(at, at + octets.length))) {
				seen.add(what);
				console.log(`${where}: ${what}`);
				found++;
			}
		}
	}
}

function walk(path) {
	const stat = lstatSync(path);
	if (stat.isDirectory()) for (const name of readdirSync(path)) walk(join(path, name));
	look(`name of ${path}`, Buffer.from(path));
	if (stat.isFile()) look(path, readFileSync(path));
}
folders.forEach(walk);
console.log(`${needles.size} forms, ${found} found`);
process.exit(found === 0 ? 0 : 1);
