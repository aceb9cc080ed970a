// Checks the trust bundle with jose (ES256) and sm-crypto (SM2-SM3), and that an altered payload is refused by both.
import { readFileSync } from 'node:fs';
import { generalVerify, importX509 } from 'jose';
import sm from 'sm-crypto';

const fail = (text) => { console.error(text); process.exit(1); };
const jws = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const header = (s) => JSON.parse(Buffer.from(s.protected, 'base64url'));
const es256 = jws.signatures.find((s) => header(s).alg === 'ES256');
const gm = jws.signatures.find((s) => header(s).alg === 'SM2-SM3');
if (!es256 || !gm) fail('two signatures are wanted');

const cert = header(es256).x5c[0];
const key = await importX509(`-----BEGIN CERTIFICATE-----\n${cert.match(/.{1,64}/g).join('\n')}\n-----END CERTIFICATE-----`, 'ES256');
const only = (s, payload) => ({ payload, signatures: [s] });
const { payload } = await generalVerify(only(es256, jws.payload), key);
const bundle = JSON.parse(Buffer.from(payload));
if (!(bundle.version >= 1) || bundle.anchors.length < 2) fail('the payload is not a bundle');

const altered = Buffer.from(JSON.stringify({ ...bundle, version: bundle.version + 1 })).toString('base64url');
let refused = false;
await generalVerify(only(es256, altered), key).catch(() => { refused = true; });
if (!refused) fail('jose accepts an altered payload');

const der = Buffer.from(header(gm).x5c[0], 'base64');
const at = der.indexOf(Buffer.from('06082a811ccf5501822d034200', 'hex'));
const point = der.subarray(at + 13, at + 13 + 65).toString('hex');
const rs = Buffer.from(gm.signature, 'base64url').toString('hex');
const verify = (text) => sm.sm2.doVerifySignature([...Buffer.from(text)], rs, point, { hash: true, userId: '1234567812345678' });
if (!verify(`${gm.protected}.${jws.payload}`)) fail('sm-crypto refuses the bundle');
if (verify(`${gm.protected}.${altered}`)) fail('sm-crypto accepts an altered payload');
console.log(`trust bundle ${bundle.version}: ES256 and SM2-SM3 agree`);
