// Writes the files of an OFD document into a folder, as different producers write them; `zip` makes the package.
// node ofd-document.mjs FOLDER KIND PAGES; KIND: named (OFD.xml names a Signatures.xml that is not there), plain (none is
// named), prefix (another namespace prefix, relative paths, an own size for page 2), bare (no prefix), several (two
// documents, PAGES pages each)
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const [folder, kind, pages] = [process.argv[2], process.argv[3], Number(process.argv[4])];
const p = { prefix: 'o:', bare: '' }[kind] ?? 'ofd:';
const ns = p === '' ? 'xmlns="http://www.ofdspec.org/2016"' : `xmlns:${p.slice(0, -1)}="http://www.ofdspec.org/2016"`;
const put = (path, text) => {
	mkdirSync(dirname(join(folder, path)), { recursive: true });
	writeFileSync(join(folder, path), text);
};
const xml = (name, attributes, inside) => `<?xml version="1.0" encoding="UTF-8"?>\r\n<${p}${name} ${ns}${attributes}>${inside}</${p}${name}>`;
const e = (name, inside, attributes = '') => `<${p}${name}${attributes}>${inside}</${p}${name}>`;
const empty = (name, attributes) => `<${p}${name}${attributes}/>`;

function document(n, first) {
	const at = `Doc_${n}/`, root = kind === 'prefix' ? '' : `/${at}`;
	const id = (i) => first + 10 + i;
	put(`${at}Document.xml`, xml('Document', '',
		e('CommonData', e('MaxUnitID', '999') + e('PageArea', e('PhysicalBox', '0 0 210 297')) + e('PublicRes', `${root}PublicRes.xml`) +
			empty('TemplatePage', ` ID="${first + 5}" BaseLoc="${root}Tpls/Tpl_0/Content.xml"`)) +
		e('Pages', [...Array(pages).keys()].map((i) => empty('Page', ` ID="${id(i)}" BaseLoc="${root}Pages/Page_${i}/Content.xml"`)).join('')) +
		e('Annotations', `${root}Annots/Annotations.xml`) + e('Attachments', `${root}Attachs/Attachments.xml`)));
	put(`${at}PublicRes.xml`, xml('Res', ' BaseLoc="Res"', e('Fonts', empty('Font', ` ID="${first + 3}" FontName="SimSun"`)) +
		e('MultiMedias', e('MultiMedia', e('MediaFile', 'noise.bin'), ` ID="${first + 4}" Type="Image"`))));
	put(`${at}Res/noise.bin`, Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * i * 7919) & 255)));
	put(`${at}Tpls/Tpl_0/Content.xml`, xml('Page', '', e('Content', '')));
	for (let i = 0; i < pages; i++)
		put(`${at}Pages/Page_${i}/Content.xml`, xml('Page', '', (kind === 'prefix' && i === 1 ? e('Area', e('PhysicalBox', '0 0 297 210')) : '') +
			`<!-- </${p}Page> -->` + e('Content', e('Layer', e('TextObject', e('TextCode', `第${i + 1}页`, ' X="0" Y="5"'), ` ID="${first + 100 + i}" Boundary="20 20 100 10" Font="${first + 3}" Size="5"`), ` ID="${first + 50 + i}"`))));
	put(`${at}Annots/Annotations.xml`, xml('Annotations', '', e('Page', e('FileLoc', 'Page_0/Annotation.xml'), ` PageID="${id(0)}"`)));
	put(`${at}Annots/Page_0/Annotation.xml`, xml('PageAnnot', '', ''));
	put(`${at}Attachs/Attachments.xml`, xml('Attachments', '', e('Attachment', e('FileLoc', '报价.csv'), ` ID="${first + 1}" Name="报价" Format="CSV"`)));
	put(`${at}Attachs/报价.csv`, 'a,1\nb,2\n');
	return e('DocBody', e('DocInfo', e('DocID', '00112233445566778899aabbccddeeff') + e('Title', '合同')) + e('DocRoot', `${kind === 'prefix' ? '' : '/'}${at}Document.xml`) +
		(kind === 'named' ? e('Signatures', `${at}Signs/Signatures.xml`) : ''));
}
const bodies = kind === 'several' ? [document(0, 0), document(1, 500)] : [document(0, 0)];
put('OFD.xml', xml('OFD', ' Version="1.0" DocType="OFD"', `<!-- </${p}DocBody> -->` + bodies.join('')));
