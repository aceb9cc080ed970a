// Writes a PDF of one page whose second table is of the hybrid kind (ISO 32000-1 7.5.8.4), as office programs write it:
// the page's font lies in an object stream that only the stream of /XRefStm lists. usage: hybrid-pdf.mjs FILE [SIZE]
import { writeFileSync } from "node:fs";

const [, , file, size = "8"] = process.argv;
const content = "BT /F1 24 Tf 60 760 Td (Hybrid) Tj ET";
const font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>";
const offsets = [];
let pdf = "%PDF-1.5\n";
const put = (number, body) => {
	offsets[number] = pdf.length;
	pdf += `${number} 0 obj\n${body}\nendobj\n`;
};
const stream = (members, data) => `<< ${members} /Length ${data.length} >>\nstream\n${data}\nendstream`;

put(1, "<< /Type /Catalog /Pages 2 0 R >>");
put(2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
put(3, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>");
put(4, stream("", content));
put(6, stream("/Type /ObjStm /N 1 /First 4", `5 0 ${font}`));
put(7, stream(`/Type /XRef /Size ${size} /W [1 2 1] /Index [5 1] /Root 1 0 R`, "\x02\x00\x06\x00"));
const entry = (n) => (offsets[n] ? `${String(offsets[n]).padStart(10, "0")} 00000 n \n` : "0000000000 65535 f \n");
const first = pdf.length;
pdf += `xref\n0 8\n${[0, 1, 2, 3, 4, 5, 6, 7].map(entry).join("")}`;
pdf += `trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${first}\n%%EOF\n`;
const second = pdf.length;
pdf += `xref\n0 0\ntrailer\n<< /Size ${size} /Root 1 0 R /Prev ${first} /XRefStm ${offsets[7]} >>\n`;
pdf += `startxref\n${second}\n%%EOF\n`;
writeFileSync(file, pdf, "latin1");
