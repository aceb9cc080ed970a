// Pages of all kinds for seals, and where the red of a seal is on a picture of one.
import { readFileSync, writeFileSync } from "node:fs";

// make FILE ATTRIBUTES: one page with these attributes, a field of that name on it when there is a third argument
function make(file, attributes, field) {
	const annots = field ? " /Annots [6 0 R]" : "";
	const objects = [
		`<< /Type /Catalog /Pages 2 0 R${field ? " /AcroForm << /Fields [6 0 R] >>" : ""} >>`,
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		`<< /Type /Page /Parent 2 0 R ${attributes} /Resources << >> /Contents 4 0 R${annots} >>`,
		"<< /Length 0 >>\nstream\n\nendstream",
		"<< /Title (place) >>",
	];
	if (field)
		objects.push(`<< /Type /Annot /Subtype /Widget /FT /Sig /T (Here) /F 4 /P 3 0 R /Rect [${field}] >>`);
	let out = "%PDF-1.6\n";
	const at = objects.map((body, i) => {
		const here = out.length;
		out += `${i + 1} 0 obj\n${body}\nendobj\n`;
		return here;
	});
	const table = out.length, id = "<00112233445566778899aabbccddeeff>";
	out += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
	out += at.map((n) => `${String(n).padStart(10, "0")} 00000 n \n`).join("");
	out += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /ID [${id} ${id}] >>\nstartxref\n${table}\n%%EOF\n`;
	writeFileSync(file, out, "latin1");
}

// red FILE.ppm: left, top, width and height of all that is red, in hundredths of the page's width and height; and
// whether the star in the middle points up: there is more red in the upper fifth of it than in the lower
function red(file) {
	const bytes = readFileSync(file);
	const head = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.subarray(0, 40).toString("latin1"));
	const [w, h] = [Number(head[1]), Number(head[2])];
	let box = [w, h, -1, -1];
	const isRed = (x, y) => {
		const i = head[0].length + 3 * (y * w + x);
		return bytes[i] > 150 && bytes[i + 1] < 120;
	};
	for (let y = 0; y < h; y++)
		for (let x = 0; x < w; x++)
			if (isRed(x, y))
				box = [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)];
	const size = box[2] - box[0], cx = (box[0] + box[2]) / 2, cy = (box[1] + box[3]) / 2;
	let up = 0, down = 0;
	for (let d = 0.2 * size; d < 0.3 * size; d++) // below the star stand words, above it nothing
		for (let x = cx - 0.2 * size; x < cx + 0.2 * size; x++) {
			up += isRed(Math.round(x), Math.round(cy - d)) ? 1 : 0;
			down += isRed(Math.round(x), Math.round(cy + d)) ? 1 : 0;
		}
	const part = [box[0] / w, box[1] / h, (box[2] + 1 - box[0]) / w, (box[3] + 1 - box[1]) / h];
	console.log(part.map((v) => Math.round(100 * v)).join(" "), down > up ? "upright" : "turned");
}

const [, , verb, ...rest] = process.argv;
({ make, red })[verb](...rest);
