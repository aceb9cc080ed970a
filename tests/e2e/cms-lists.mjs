// Puts the crls [1] of one SignedData into another: cms-lists.mjs FILE LISTS OUT
import { writeFileSync } from 'node:fs';
import { parts, put } from './cms-parts.mjs';

const [file, lists, out] = process.argv.slice(2);
const { type, members } = parts(file);
const crls = parts(lists).members.find((m) => m.tag === 0xa1);
const signers = members.pop();
writeFileSync(out, put(0x30, [type.whole, put(0xa0, [put(0x30, [...members.map((m) => m.whole), crls.whole, signers.whole])])]));
