// Every signature and time-stamp of a PDF, in the order of the file: NAME-i.der is what its /Contents holds, NAME-i.data
// what its /ByteRange covers; one line each with i, /SubFilter and whether the whole file is covered.
// usage: node pdf-parts.mjs FILE NAME
import { readFileSync, writeFileSync } from 'node:fs';
import { element, whole } from './der.mjs';

const [file, name] = process.argv.slice(2, 4);
const bytes = readFileSync(file);
const text = bytes.toString('latin1');
const dict = /\/SubFilter \/([A-Za-z0-9.]+)(?:(?!endobj)[^])*?\/ByteRange \[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\] \/Contents <([0-9a-fA-F]*)>/g;
let i = 0;
for (const [, kind, ...rest] of text.matchAll(dict)) {
	const [from, hole, behind, len] = rest.slice(0, 4).map(Number);
	const contents = Buffer.from(rest[4], 'hex');
	i++;
	writeFileSync(`${name}-${i}.der`, whole(contents, element(contents, 0)));
	writeFileSync(`${name}-${i}.data`, Buffer.concat([bytes.subarray(from, hole), bytes.subarray(behind, behind + len)]));
	console.log(i, kind, behind + len === bytes.length ? 'whole' : 'earlier');
}
