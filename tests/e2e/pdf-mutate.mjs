// Appends to a PDF, by chance, a revision that changes some of its objects: N files FOLDER/NAME-I.pdf.
// usage: pdf-mutate.mjs FILE SEED N FOLDER
import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";

const [file, seed, count, folder] = process.argv.slice(2);
const pdf = readFileSync(file, "latin1");
let state = Number(seed) >>> 0;
const random = (n) => {
	state = (state + 0x6d2b79f5) >>> 0;
	let t = Math.imul(state ^ (state >>> 15), state | 1);
	t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
	return ((t ^ (t >>> 14)) >>> 0) % n;
};
const pick = (list) => list[random(list.length)];
const last = (pattern) => [...pdf.matchAll(pattern)].at(-1)?.[1];

const objects = new Map();
for (const m of pdf.matchAll(/(?<![^\s])(\d+) 0 obj\b([^]*?)\bendobj/g)) objects.set(Number(m[1]), m[2].trim());
const numbers = [...objects.keys()], fresh = Math.max(...numbers) + 50;
const keys = ("AP AS F Rect V OC MK DA DR Annots Contents Resources Font XObject Parent Kids Fields NeedAppearances OCProperties " +
	"Rotate CropBox MediaBox UserUnit Group AA A OpenAction Names Dests Pages AcroForm DSS Perms Metadata StructTreeRoot Outlines " +
	"PageLabels ViewerPreferences Lang Extensions Version Lock SV FT T Ff Opt MaxLen Q BS N D Subtype Type BBox Matrix SigFlags XFA").split(" ");
const reference = () => `${pick(numbers)} 0 R`;
const value = () => pick([reference, reference, () => `[${reference()} ${reference()}]`, () => String(pick([0, 1, 2, 3, 132, -1, 90])),
	() => "true", () => "null", () => "(x)", () => `/${pick(keys)}`, () => `[0 0 ${random(900)} ${random(900)}]`,
	() => `<< /N ${reference()} >>`, () => "[]", () => `<< /${pick(keys)} ${reference()} >>`])();
const entry = (key) => new RegExp(`/${key}\\b(\\s*/?[^/<>\\[\\]()]+|\\s*\\[[^\\[\\]]*\\]|\\s*<<[^<>]*>>|\\s*\\([^()]*\\))`);
const drawing = (body) => `<< /Type /XObject /Subtype /Form /BBox [0 0 600 900] /Length ${body.length} >>\nstream\n${body}\nendstream`;
const cover = drawing("1 0 0 rg 0 0 600 900 re f");

// One object in another form, with what it needs. undefined: not this time.
const kinds = [
	(head, tail) => (tail === "" ? undefined : [drawing(pick(["", "0 0 1 rg 0 0 500 500 re f"]))]),
	(head, tail) => {
		const key = pick(keys), said = `/${key} ${value()} `;
		if (!head.endsWith(">>")) return undefined;
		return [(entry(key).test(head) ? head.replace(entry(key), said) : `${head.slice(0, -2)} ${said}>>`) + tail];
	},
	() => [objects.get(pick(numbers))],
	(head, tail) => [head.replace(entry(pick([...head.matchAll(/\/(\w+)/g)].map((m) => m[1]).concat("X"))), "") + tail],
	(head, tail) => {
		const key = pick(["AP", "Contents", "XObject", "Annots"]);
		const said = { AP: `<< /N ${fresh} 0 R >>`, XObject: `<< /X ${fresh} 0 R >>`, Annots: `[${fresh} 0 R]` }[key] ?? `${fresh} 0 R`;
		return head.endsWith(">>") ? [`${head.replace(entry(key), "").slice(0, -2)} /${key} ${said} >>${tail}`, cover] : undefined;
	},
	(head, tail) => {
		const lists = [...head.matchAll(/\[(\s*\d+ 0 R)+\s*\]/g)];
		if (lists.length === 0) return undefined;
		const m = pick(lists), end = m.index + m[0].length - 1;
		return [`${head.slice(0, end)} ${fresh} 0 R${head.slice(end)}${tail}`,
			`<< /Type /Annot /Subtype /${pick(["Stamp", "Widget", "Square", "Text", "Popup"])} /Rect [0 0 600 900] /T (q) ` +
			`${pick(["", "/FT /Tx ", "/FT /Sig ", `/FT /Sig /V ${reference()} `])}/AP << /N ${fresh + 1} 0 R >> >>`, cover];
	},
];

function mutate() {
	const number = pick(numbers), body = objects.get(number), at = body.search(/\bstream\b/);
	const made = pick(kinds)((at < 0 ? body : body.slice(0, at)).trim(), at < 0 ? "" : `\n${body.slice(at)}`);
	return made === undefined || made[0] === body ? [] : [[number, made[0]], ...made.slice(1).map((b, i) => [fresh + i, b])];
}

function append(changes) {
	let out = pdf.endsWith("\n") ? pdf : `${pdf}\n`, table = "xref\n";
	for (const [number, body] of [...changes].sort((a, b) => a[0] - b[0])) {
		table += `${number} 1\n${String(out.length).padStart(10, "0")} 00000 n \n`;
		out += `${number} 0 obj\n${body}\nendobj\n`;
	}
	const id = last(/\/ID ?(\[[^\]]*\])/g), info = last(/\/Info (\d+ 0 R)/g);
	return `${out}${table}trailer\n<< /Size ${fresh + 2} /Root ${last(/\/Root (\d+ 0 R)/g)} /Prev ${last(/startxref\s+(\d+)/g)} ` +
		`${id === undefined ? "" : `/ID ${id} `}${info === undefined ? "" : `/Info ${info} `}>>\nstartxref\n${out.length}\n%%EOF\n`;
}

for (let i = 0; i < Number(count);) {
	const changes = new Map(Array.from({ length: pick([1, 1, 1, 2]) }, mutate).flat());
	if (changes.size > 0) writeFileSync(`${folder}/${basename(file, ".pdf")}-${i++}.pdf`, append(changes), "latin1");
}
