// Puts the crls [1] of one SignedData into another: cms-lists.mjs FILE LISTS OUT. DER of definite lengths alone.
import { readFileSync, writeFileSync } from 'node:fs';

function element(b, at) {
	let len = b[at + 1], head = 2;
	if (len >= 0x80) {
		head += len & 0x7f;
		len = b.subarray(at + 2, at + head).reduce((n, v) => n * 256 + v, 0);
	}
	return { tag: b[at], whole: b.subarray(at, at + head + len), content: b.subarray(at + head, at + head + len) };
}
function children(content) {
	const out = [];
	for (let at = 0; at < content.length; at += out[out.length - 1].whole.length) out.push(element(content, at));
	return out;
}
function put(tag, parts) {
	const content = Buffer.concat(parts);
	const length = [];
	for (let n = content.length; n > 0; n = Math.floor(n / 256)) length.unshift(n % 256);
	return Buffer.concat([Buffer.from(content.length < 128 ? [tag, content.length] : [tag, 0x80 | length.length, ...length]), content]);
}
const parts = (file) => {
	const [type, content] = children(element(readFileSync(file), 0).content);
	return { type, members: children(element(content.content, 0).content) };
};

const [file, lists, out] = process.argv.slice(2);
const { type, members } = parts(file);
const crls = parts(lists).members.find((m) => m.tag === 0xa1);
const signers = members.pop();
writeFileSync(out, put(0x30, [type.whole, put(0xa0, [put(0x30, [...members.map((m) => m.whole), crls.whole, signers.whole])])]));
