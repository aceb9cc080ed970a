// Puts the time-stamp of one SES_Signature into another.
// usage: node swap-stamp.mjs SIGNED_VALUE OTHER_SIGNED_VALUE
import { readFileSync, writeFileSync } from 'node:fs';
import { children, element, made, whole } from './der.mjs';

const [into, from] = process.argv.slice(2, 4).map((f) => readFileSync(f));
const parts = children(into, element(into, 0)).map((e) => whole(into, e));
const others = children(from, element(from, 0)).map((e) => whole(from, e));
writeFileSync(process.argv[2], made(0x30, ...parts.slice(0, 4), others[4]));
