// large.mjs pdf|ofd OUT MIB: a document with a picture of that size, most of which is a hole in the file.
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';

const [kind, out, mib] = process.argv.slice(2);
const size = Number(mib) * 1048576;
const fd = openSync(out, 'w');
let at = 0;
const put = (text) => {
	const bytes = Buffer.isBuffer(text) ? text : Buffer.from(text, 'latin1');
	writeSync(fd, bytes, 0, bytes.length, at);
	at += bytes.length;
};
const skip = (n) => { at += n; };

function pdf() {
	const places = [];
	const object = (n, text) => { places[n] = at; put(`${n} 0 obj\n${text}\nendobj\n`); };
	put('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n');
	object(1, '<< /Type /Catalog /Pages 2 0 R >>');
	object(2, '<< /Type /Pages /Kids [3 0 R] /Count 1 >>');
	object(3, '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /XObject << /I 4 0 R >> >> >>');
	places[4] = at;
	put(`4 0 obj\n<< /Type /XObject /Subtype /Image /Width 1024 /Height ${size / 1024} /BitsPerComponent 8 /ColorSpace /DeviceGray /Length ${size} >>\nstream\n`);
	skip(size);
	put('\nendstream\nendobj\n');
	const table = at;
	put('xref\n0 5\n0000000000 65535 f \n');
	for (let n = 1; n < 5; n++) put(`${String(places[n]).padStart(10, '0')} 00000 n \n`);
	put(`trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`);
}

const table = new Uint32Array(256).map((_, n) => {
	for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
	return n >>> 0;
});
function crcOf(bytes, zeros) {
	let c = 0xffffffff;
	for (const b of bytes) c = table[(c ^ b) & 255] ^ (c >>> 8);
	for (let i = 0; i < zeros; i++) c = table[c & 255] ^ (c >>> 8);
	return (c ^ 0xffffffff) >>> 0;
}

function ofd() {
	const ns = 'xmlns:ofd="http://www.ofdspec.org/2016"';
	const files = [
		['OFD.xml', `<?xml version="1.0" encoding="UTF-8"?><ofd:OFD ${ns} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>0123456789abcdef0123456789abcdef</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`],
		['Doc_0/Document.xml', `<?xml version="1.0" encoding="UTF-8"?><ofd:Document ${ns}><ofd:CommonData><ofd:MaxUnitID>9</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>`],
		['Doc_0/DocumentRes.xml', `<?xml version="1.0" encoding="UTF-8"?><ofd:Res ${ns} BaseLoc="Res"><ofd:MultiMedias><ofd:MultiMedia ID="2" Type="Image" Format="RAW"><ofd:MediaFile>large.bin</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>`],
		['Doc_0/Pages/Page_0/Content.xml', `<?xml version="1.0" encoding="UTF-8"?><ofd:Page ${ns}><ofd:Content><ofd:Layer ID="3"><ofd:ImageObject ID="4" Boundary="0 0 210 297" ResourceID="2"/></ofd:Layer></ofd:Content></ofd:Page>`],
		['Doc_0/Res/large.bin', ''],
	];
	const central = [];
	for (const [name, text] of files) {
		const zeros = name.endsWith('.bin') ? size : 0;
		const bytes = Buffer.from(text);
		const len = bytes.length + zeros;
		const common = Buffer.alloc(26);
		common.writeUInt16LE(10, 0);
		common.writeUInt16LE(0x21, 8);
		common.writeUInt32LE(crcOf(bytes, zeros), 10);
		common.writeUInt32LE(len, 14);
		common.writeUInt32LE(len, 18);
		common.writeUInt16LE(name.length, 22);
		const offset = Buffer.alloc(4);
		offset.writeUInt32LE(at);
		central.push(Buffer.concat([Buffer.from('PK\x01\x02\x0a\x00', 'latin1'), common, Buffer.alloc(10), offset, Buffer.from(name)]));
		put(Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), bytes]));
		skip(zeros);
	}
	const from = at;
	central.forEach(put);
	const end = Buffer.alloc(22);
	end.write('PK\x05\x06', 'latin1');
	end.writeUInt16LE(files.length, 8);
	end.writeUInt16LE(files.length, 10);
	end.writeUInt32LE(at - from, 12);
	end.writeUInt32LE(from, 16);
	put(end);
}

(kind === 'pdf' ? pdf : ofd)();
ftruncateSync(fd, at);
closeSync(fd);
