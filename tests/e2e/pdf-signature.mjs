// Takes the last signature of a PDF apart: NAME.cms, NAME.sig (the signature value) and, when there is one, NAME.tst, the
// signature-time-stamp over it. Fails when there is none.
// usage: node pdf-signature.mjs FILE NAME
import { readFileSync, writeFileSync } from 'node:fs';
import { children, content, element, whole } from './der.mjs';

const [file, name] = process.argv.slice(2, 4);
const found = [...readFileSync(file, 'latin1').matchAll(/\/Contents\s*<([0-9a-fA-F]{128,})>/g)].pop();
const padded = Buffer.from(found[1], 'hex');
const cms = whole(padded, element(padded, 0));
const signedData = children(cms, children(cms, children(cms, element(cms, 0))[1])[0]);
const info = children(cms, children(cms, signedData.at(-1))[0]);
writeFileSync(`${name}.cms`, cms);
writeFileSync(`${name}.sig`, content(cms, info.find((e) => e.tag === 0x04)));
const unsigned = info.find((e) => e.tag === 0xa1);
if (unsigned === undefined) throw new Error('no unsigned attributes');
const oid = '060b2a864886f70d010910020e'; // id-aa-timeStampToken
const stamp = children(cms, unsigned).map((a) => children(cms, a)).find(([type]) => whole(cms, type).toString('hex') === oid);
writeFileSync(`${name}.tst`, whole(cms, children(cms, stamp[1])[0]));
