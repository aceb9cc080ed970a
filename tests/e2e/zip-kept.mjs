// node zip-kept.mjs BEFORE AFTER: every entry of BEFORE is in AFTER with the same local header and the same packed bytes,
// but for those that are told on standard output; what AFTER has more is told with a '+'.
import { readFileSync } from 'node:fs';

function entries(file) {
	const v = readFileSync(file), end = v.length - 22, found = new Map(), starts = [];
	for (let i = v.readUInt16LE(end + 10), at = v.readUInt32LE(end + 16); i > 0; i--) {
		const name = v.subarray(at + 46, at + 46 + v.readUInt16LE(at + 28)).toString();
		starts.push([v.readUInt32LE(at + 42), name]);
		at += 46 + v.readUInt16LE(at + 28) + v.readUInt16LE(at + 30) + v.readUInt16LE(at + 32);
	}
	starts.push([v.readUInt32LE(end + 16), '']);
	starts.slice(0, -1).forEach(([at, name], i) => found.set(name, v.subarray(at, starts[i + 1][0])));
	return found;
}
const before = entries(process.argv[2]), after = entries(process.argv[3]);
for (const [name, bytes] of before)
	if (!after.has(name) || !after.get(name).equals(bytes)) console.log(name);
for (const name of after.keys()) if (!before.has(name)) console.log('+' + name);
