// Writes a PDF of one page with a text field and three empty signature fields: one that locks the text, one under a
// parent, one that is not seen. usage: form-pdf.mjs FILE
import { writeFileSync } from "node:fs";

const widget = (members) => `<< /Type /Annot /Subtype /Widget /P 3 0 R /F 4 ${members} >>`;
const page = "0.9 g 60 60 475 722 re f";
const bodies = [
	"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [5 0 R 6 0 R 7 0 R 9 0 R] >> >>",
	"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
	"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << >> /Annots [5 0 R 6 0 R 8 0 R 9 0 R] >>",
	`<< /Length ${page.length} >>\nstream\n${page}\nendstream`,
	widget("/FT /Tx /T (sum) /V (100) /Rect [80 700 280 720]"),
	widget("/FT /Sig /T (approver) /Rect [80 500 280 620] /Lock << /Type /SigFieldLock /Action /Include /Fields [(sum)] >>"),
	"<< /T (board) /Kids [8 0 R] >>",
	widget("/FT /Sig /T (chair) /Parent 7 0 R /Rect [320 500 440 620]"),
	widget("/FT /Sig /T (quiet) /Rect [0 0 0 0]"),
];
const offsets = [];
let pdf = "%PDF-1.7\n";
bodies.forEach((body, i) => {
	offsets.push(pdf.length);
	pdf += `${i + 1} 0 obj\n${body}\nendobj\n`;
});
const table = pdf.length;
pdf += `xref\n0 ${bodies.length + 1}\n0000000000 65535 f \n`;
pdf += offsets.map((at) => `${String(at).padStart(10, "0")} 00000 n \n`).join("");
pdf += `trailer\n<< /Size ${bodies.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`;
writeFileSync(process.argv[2], pdf, "latin1");
