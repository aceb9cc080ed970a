// Checks an unpacked OFD with code that is not ours: every CheckValue with the openssl command, the seal signature and
// the seal with sm-crypto. Leaves tbs.der, tbs.sig, tbs.pub.pem and seal.* beside it for the openssl command, and tbs.tst
// and seal.tst, the time-stamps over the two signature values.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createPublicKey, X509Certificate } from 'node:crypto';
import sm from 'sm-crypto';
import { bits, children, content, element, whole } from './der.mjs';

const root = process.argv[2];
const fail = (text) => { console.error(text); process.exit(1); };

const sm3 = (path) => execFileSync('openssl', ['dgst', '-sm3', '-binary', path]);
const xml = readFileSync(join(root, 'Doc_0/Signs/Sign_0/Signature.xml'), 'utf8');
const references = [...xml.matchAll(/<ofd:Reference FileRef="\/?([^"]+)"\s*>\s*<ofd:CheckValue>([^<]+)</g)];
if (references.length < 8) fail(`only ${references.length} references`);
for (const [, file, value] of references)
	if (sm3(join(root, file)).toString('base64') !== value) fail(`CheckValue of ${file}`);

// what is in the package but not referred to
const files = [];
const walk = (dir) => readdirSync(dir).forEach((n) => (statSync(join(dir, n)).isDirectory() ? walk(join(dir, n)) : files.push(relative(root, join(dir, n)))));
walk(root);
const uncovered = files.filter((f) => !references.some(([, r]) => r === f)).sort();
const allowed = ['Doc_0/Signs/Sign_0/Signature.xml', 'Doc_0/Signs/Sign_0/SignedValue.dat'];
if (uncovered.join() !== allowed.join()) fail(`not covered: ${uncovered}`);

function spki(cert) {
	// node knows no SM2 key type: the point is the tail of the SubjectPublicKeyInfo
	const c = element(cert, 0), tbs = children(cert, c)[0], parts = children(cert, tbs);
	const key = parts[6];
	return { der: whole(cert, key), point: bits(cert, children(cert, key)[1]) };
}
function pem(der) {
	return '-----BEGIN PUBLIC KEY-----\n' + der.toString('base64').match(/.{1,64}/g).join('\n') + '\n-----END PUBLIC KEY-----\n';
}
function verify(name, message, signature, cert) {
	const key = spki(cert);
	const options = { der: true, hash: true, userId: '1234567812345678' };
	const hex = (b) => Buffer.from(b).toString('hex');
	if (!sm.sm2.doVerifySignature([...message], hex(signature), hex(key.point), options)) fail(`sm-crypto refuses the ${name}`);
	const altered = Buffer.from(message);
	altered[altered.length - 1] ^= 1;
	if (sm.sm2.doVerifySignature([...altered], hex(signature), hex(key.point), options)) fail(`sm-crypto accepts an altered ${name}`);
	writeFileSync(join(root, `${name}.der`), message);
	writeFileSync(join(root, `${name}.sig`), signature);
	writeFileSync(join(root, `${name}.pub.pem`), pem(key.der));
}

const value = readFileSync(join(root, 'Doc_0/Signs/Sign_0/SignedValue.dat'));
const ses = children(value, element(value, 0));
const tbs = children(value, ses[0]);
if (whole(value, ses[2]).toString('hex') !== '06082a811ccf55018375') fail('signatureAlgID');
verify('tbs', whole(value, ses[0]), bits(value, ses[3]), content(value, ses[1]));
if (!bits(value, tbs[3]).equals(sm3(join(root, 'Doc_0/Signs/Sign_0/Signature.xml')))) fail('dataHash');
const eseal = children(value, tbs[1]);
verify('seal', whole(value, eseal[0]), bits(value, eseal[3]), content(value, eseal[1]));
// timeStamp [0] EXPLICIT BIT STRING behind each signature value
for (const [name, parts] of [['tbs', ses], ['seal', eseal]])
	if (parts.length === 5) writeFileSync(join(root, `${name}.tst`), bits(value, children(value, parts[4])[0]));
if (!whole(value, tbs[1]).equals(readFileSync(join(root, 'Doc_0/Signs/Sign_0/Seal.esl')))) fail('Seal.esl');
const info = children(value, eseal[0]);
const version = content(value, children(value, info[0])[1])[0];
if (content(value, tbs[0])[0] !== version) fail('TBS_Sign and its seal differ in version');
const property = children(value, info[2]);
const certList = children(value, property[3]);
const signer = content(value, ses[1]);
writeFileSync(join(root, 'signer.der'), signer);
// certListType 1: the certificate itself; 2: the name of a digest and its value
const listed = content(value, property[2])[0] === 1
	? content(value, certList[0]).equals(signer)
	: content(value, children(value, certList[0])[1]).equals(sm3(join(root, 'signer.der')));
if (!listed) fail('the signer is not in certList');
const picture = children(value, info[3]);
if (content(value, picture[1]).subarray(1, 4).toString() !== 'PNG') fail('the seal picture is no PNG');
console.log(`${references.length} CheckValues, seal signature, seal and certList agree, version ${version}`);
