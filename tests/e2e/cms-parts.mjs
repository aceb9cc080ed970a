// Elements of DER, taken apart and put together again: definite lengths alone.
import { readFileSync } from 'node:fs';

export function element(b, at) {
	let len = b[at + 1], head = 2;
	if (len >= 0x80) {
		head += len & 0x7f;
		len = b.subarray(at + 2, at + head).reduce((n, v) => n * 256 + v, 0);
	}
	return { tag: b[at], whole: b.subarray(at, at + head + len), content: b.subarray(at + head, at + head + len) };
}
export function children(content) {
	const out = [];
	for (let at = 0; at < content.length; at += out[out.length - 1].whole.length) out.push(element(content, at));
	return out;
}
export function put(tag, parts) {
	const content = Buffer.concat(parts);
	const length = [];
	for (let n = content.length; n > 0; n = Math.floor(n / 256)) length.unshift(n % 256);
	return Buffer.concat([Buffer.from(content.length < 128 ? [tag, content.length] : [tag, 0x80 | length.length, ...length]), content]);
}
export const parts = (file) => {
	const [type, content] = children(element(readFileSync(file), 0).content);
	return { type, members: children(element(content.content, 0).content) };
};
