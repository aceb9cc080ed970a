// The signature of the one signer of a SignedData, and a time-stamp over it among its unsigned attributes:
//   cms-stamp.mjs value FILE OUT | add FILE TOKEN OUT
import { readFileSync, writeFileSync } from 'node:fs';
import { children, parts, put } from './cms-parts.mjs';

const timeStampToken = Buffer.from('060b2a864886f70d010910020e', 'hex');
const [what, file, other, out] = process.argv.slice(2);
const { type, members } = parts(file);
const signer = children(members.pop().content)[0];
const fields = children(signer.content);
if (what === 'value') {
	writeFileSync(other, fields.filter((f) => f.tag === 0x04).pop().content);
} else {
	const unsigned = put(0xa1, [put(0x30, [timeStampToken, put(0x31, [readFileSync(other)])])]);
	const stamped = put(0x31, [put(0x30, [...fields.filter((f) => f.tag !== 0xa1).map((f) => f.whole), unsigned])]);
	writeFileSync(out, put(0x30, [type.whole, put(0xa0, [put(0x30, [...members.map((m) => m.whole), stamped])])]));
}
