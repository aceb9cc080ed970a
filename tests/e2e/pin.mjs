// The pin of a bundle: SHA-256 over the DER of its anchors, in order.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const jws = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const bundle = JSON.parse(Buffer.from(jws.payload, 'base64url'));
const hash = createHash('sha256');
for (const anchor of bundle.anchors) hash.update(Buffer.from(anchor.cert ?? anchor.der, 'base64'));
console.log(hash.digest('hex'));
