// What an attacker does to a signed PDF or to an unpacked OFD with tools of his own; no key is at hand.
//   tamper.mjs pdf HOW IN OUT [OTHER]     tamper.mjs ofd-digests FOLDER
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const fail = (text) => { console.error(text); process.exit(1); };
const latin = (path) => readFileSync(path, 'latin1');
const must = (text, pattern) => text.match(pattern) ?? fail(`no ${pattern} here`);

const holeOf = (pdf) => {
	const [, b, c] = must(pdf, /\/ByteRange \[0 (\d+) +(\d+) +\d+/).map(Number);
	return { from: b, to: c };
};
// the text of object n, from behind "n 0 obj" to "endobj"
const object = (pdf, n) => must(pdf, new RegExp(`(?:^|\\n)${n} 0 obj\\s([\\s\\S]*?)\\sendobj`))[1];
const trailerOf = (pdf) => pdf.slice(pdf.lastIndexOf('trailer'));
const sizeOf = (pdf) => Number(must(trailerOf(pdf), /\/Size (\d+)/)[1]);
const numberOf = (text, key) => Number(must(text, new RegExp(`/${key} (\\d+) 0 R`))[1]);

// An incremental update by hand (ISO 32000-1 7.5.6): objects of these numbers, their table, a trailer with /Prev.
const update = (pdf, objects) => {
	const prev = must(pdf, /startxref\s+(\d+)\s+%%EOF\s*$/)[1];
	const trailer = must(trailerOf(pdf), /<<([\s\S]*?)>>\s*startxref/)[1].replace(/\/Size \d+/, `/Size ${Math.max(sizeOf(pdf), ...objects.map(([n]) => n + 1))}`);
	let out = pdf.endsWith('\n') ? pdf : `${pdf}\n`, table = 'xref\n';
	for (const [n, text] of objects) {
		table += `${n} 1\n${String(out.length).padStart(10, '0')} 00000 n \n`;
		out += `${n} 0 obj\n${text}\nendobj\n`;
	}
	return `${out}${table}trailer\n<<${trailer} /Prev ${prev}>>\nstartxref\n${out.length}\n%%EOF\n`;
};
const stream = (text, extra = '') => `<< /Length ${text.length} ${extra}>>\nstream\n${text}\nendstream`;
const root = (pdf) => numberOf(trailerOf(pdf), 'Root');
const page = (pdf) => Number(must(object(pdf, numberOf(object(pdf, root(pdf)), 'Pages')), /\/Kids\s*\[(\d+) 0 R/)[1]);
const range = (pdf, edit) => pdf.replace(/\/ByteRange \[([^\]]*)\]/, (all, v) => {
	const text = edit(v.trim().split(/ +/).map(Number)).join(' ');
	return `/ByteRange [${text.padEnd(v.length)}]`;
});

const attacks = {
	// bytes behind the end, and an update that adds an object nobody refers to
	append: (pdf) => `${pdf}\n`,
	'append-eof': (pdf) => `${pdf}%%EOF\n`,
	'add-object': (pdf) => update(pdf, [[sizeOf(pdf), '(nothing)']]),
	// the page shows something else
	'shadow-page': (pdf) => update(pdf, [[numberOf(object(pdf, page(pdf)), 'Contents'), stream('1 0 0 rg 0 0 400 400 re f')]]),
	'page-box': (pdf) => pdf.replace(/\/MediaBox\[0 0 841/, '/MediaBox[0 0 941'),
	// the form loses its signature field, or the whole form
	'no-field': (pdf) => update(pdf, [[root(pdf), object(pdf, root(pdf)).replace(/(\/Fields\s*\[)[^\]]*\]/, '$1]')]]),
	'no-form': (pdf) => update(pdf, [[root(pdf), object(pdf, root(pdf)).replace('/AcroForm', '/AcroForn')]]),
	// the attached record of another licence
	record: (pdf, other) => {
		const files = pdf.match(/\/EF\s*<<\s*\/F (\d+) 0 R/) ?? fail('no embedded file');
		return update(pdf, [[Number(files[1]), stream(other, '/Type /EmbeddedFile /Subtype /text#2Fxml ')]]);
	},
	// the signature of another licence in our hole
	graft: (pdf, other) => {
		const ours = holeOf(pdf), theirs = holeOf(other);
		const der = other.slice(theirs.from + 1, theirs.to - 1).replace(/0+$/, '');
		return `${pdf.slice(0, ours.from)}<${der.padEnd(ours.to - ours.from - 2, '0')}>${pdf.slice(ours.to)}`;
	},
	// the covered range: shorter at its end, a wider hole, a hole before, an overlap
	'range-end': (pdf) => range(pdf, ([a, b, c, d]) => [a, b, c, d - 1]),
	'range-wide': (pdf) => range(pdf, ([a, b, c, d]) => [a, b - 1, c, d]),
	'range-late': (pdf) => range(pdf, ([a, b, c, d]) => [a, b, c + 1, d - 1]),
	'range-start': (pdf) => range(pdf, ([, b, c, d]) => [1, b - 1, c, d]),
	'range-over': (pdf) => range(pdf, ([a, b, c, d]) => [a, b, b, c - b + d]),
	// the hole: no signature in it, one case of digits mixed with the other
	'hole-empty': (pdf) => { const h = holeOf(pdf); return `${pdf.slice(0, h.from + 1)}${'0'.repeat(h.to - h.from - 2)}${pdf.slice(h.to - 1)}`; },
	'hole-case': (pdf) => { const h = holeOf(pdf), at = pdf.slice(h.from).search(/[a-f]/) + h.from; return `${pdf.slice(0, at)}${pdf[at].toUpperCase()}${pdf.slice(at + 1)}`; },
};

const [kind, ...rest] = process.argv.slice(2);
if (kind === 'pdf') {
	const [how, from, to, other] = rest;
	const before = latin(from), after = (attacks[how] ?? fail(`no attack ${how}`))(before, other && latin(other));
	if (after === before) fail(`${how} changes nothing`);
	writeFileSync(to, after, 'latin1');
} else if (kind === 'ofd-digests') {
	// every CheckValue as the files are now: what an attacker without a key can still put right
	const path = `${rest[0]}/Doc_0/Signs/Sign_0/Signature.xml`;
	writeFileSync(path, latin(path).replace(/FileRef="\/([^"]+)"><ofd:CheckValue>[^<]+/g, (all, name) =>
		`FileRef="/${name}"><ofd:CheckValue>${createHash('sm3').update(readFileSync(`${rest[0]}/${name}`)).digest('base64')}`), 'latin1');
} else {
	fail('tamper.mjs pdf HOW IN OUT [OTHER] | tamper.mjs ofd-digests FOLDER');
}
