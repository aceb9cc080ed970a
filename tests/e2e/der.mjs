// Enough DER for stories to look into what was signed, without our code.

// a DER element: tag, header length, content
export function element(der, at) {
	let len = der[at + 1], head = 2;
	if (len & 0x80) {
		const octets = len & 0x7f;
		len = 0;
		for (let i = 0; i < octets; i++) len = len * 256 + der[at + 2 + i];
		head += octets;
	}
	return { tag: der[at], start: at, content: at + head, end: at + head + len };
}
export function children(der, e) {
	const list = [];
	for (let at = e.content; at < e.end; at = list[list.length - 1].end) list.push(element(der, at));
	return list;
}
export const whole = (der, e) => der.subarray(e.start, e.end);
export const content = (der, e) => der.subarray(e.content, e.end);
export const bits = (der, e) => der.subarray(e.content + 1, e.end);

// An element of these parts, each with its own tag and length.
export function made(tag, ...parts) {
	const body = Buffer.concat(parts), len = body.length;
	const head = len < 128 ? [len] : len < 256 ? [0x81, len] : len < 65536 ? [0x82, len >> 8, len & 255] : [0x83, len >> 16, (len >> 8) & 255, len & 255];
	return Buffer.concat([Buffer.from([tag, ...head]), body]);
}
