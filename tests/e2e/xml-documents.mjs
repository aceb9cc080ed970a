// Writes odd XML documents into a folder, each NAME.xml about one rule of canonical form; and, as template.xml, a
// signature of the fixed profile over a document, to be signed by xmlsec1.
// arguments: FOLDER, SignatureMethod URI, base64 of the certificate's SHA-256
import fs from 'node:fs';

const [folder, method, digest] = process.argv.slice(2);
const documents = {
	defaults: "<a xmlns='urn:d'><b xmlns=''><c xmlns='urn:d'/></b><d/></a>",
	inherited: "<a xmlns:p='urn:p' xmlns:q='urn:q' xmlns:u='urn:u'><p:b q:x='1'><c><q:d p:y='2'/></c></p:b></a>",
	redeclared: "<p:a xmlns:p='urn:1'><p:b xmlns:p='urn:2'><p:c xmlns:p='urn:1'/></p:b><p:b xmlns:p='urn:1'/></p:a>",
	order: "<a xmlns:b='urn:z' xmlns:z='urn:a' z:q='1' b:q='2' q='3' b:a='4' xml:lang='zh' xml:space='preserve' xml:base='http://example.org/'></a>",
	references: "<a b='&#9;&#10;&#13; &lt;&gt;&amp;&quot;&apos;&#x4e91;'>&#13;&#9;&gt;&lt;&amp;\"' &#128512;</a>",
	cdata: '<a><![CDATA[<x>&amp;]]>]]&gt;<![CDATA[]]><![CDATA[ ]]></a>',
	instructions: '<?one  a="1"  ?><?two?>\n<a><?three   x ?><?four?></a>\n<?five?>  \n<?six y?>',
	space: "<a\n  b = 'x'\t c='y'  >\n\t<b  />\n <c ></c\n>\n</a >\n\n",
	crlf: "<?xml version='1.0'?>\r\n<a b='1\r\n2'>\r\nx\r\ry\n</a>\r\n",
	bom: '\ufeff<?xml version="1.0" encoding="utf-8" standalone=\'yes\'?><a>云</a>',
	attributes: "<a x='  a   b  ' y='a\tb\nc' id='1' xml:id='q'>é€𠮷</a>",
	soap: "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xmlns:xs='http://www.w3.org/2001/XMLSchema'><s:Body><v xsi:type='xs:string' xsi:nil='true'>x</v></s:Body></s:Envelope>",
	unicode: "<数据 xmlns='urn:d' 属性='值'><条目 ü='1'/>\u00a0\u2028</数据>",
	empties: '<a xmlns=\'\'><b xmlns:p="urn:p"><p:c xmlns=\'\'/></b></a>',
	prefix: "<a xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:lang='zh'><b xml:lang=''/></a>",
};
for (const [name, text] of Object.entries(documents)) fs.writeFileSync(`${folder}/${name}.xml`, text);

const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#', sha256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
const ds = 'http://www.w3.org/2000/09/xmldsig#';
const reference = (attributes, ...transforms) => `<s:Reference ${attributes}><s:Transforms>
${transforms.map(t => `<s:Transform Algorithm="${t}"/>`).join('\n')}
</s:Transforms><s:DigestMethod Algorithm="${sha256}"/><s:DigestValue/></s:Reference>`;
fs.writeFileSync(`${folder}/template.signing`, `<?xml version="1.0" encoding="UTF-8"?>
<申请 xmlns="urn:example:a" xmlns:s="${ds}" xmlns:x="http://uri.etsi.org/01903/v1.3.2#" 编号="7">
  <人>云泽市测试公司 &amp; 他人</人>
  <s:Signature Id="S"><s:SignedInfo><s:CanonicalizationMethod Algorithm="${exclusive}"/>
    <s:SignatureMethod Algorithm="${method}"/>
    ${reference('URI=""', ds + 'enveloped-signature', exclusive)}
    ${reference('URI="#P" Type="http://uri.etsi.org/01903#SignedProperties"', exclusive)}
  </s:SignedInfo><s:SignatureValue Id="V"/>
  <s:KeyInfo><s:X509Data><s:X509Certificate/></s:X509Data></s:KeyInfo>
  <s:Object><x:QualifyingProperties Target="#S"><x:SignedProperties Id="P"><x:SignedSignatureProperties>
    <x:SigningTime>2026-03-01T08:00:00+08:00</x:SigningTime>
    <x:SigningCertificateV2><x:Cert><x:CertDigest><s:DigestMethod Algorithm="${sha256}"/><s:DigestValue>${digest}</s:DigestValue>
    </x:CertDigest></x:Cert></x:SigningCertificateV2>
  </x:SignedSignatureProperties></x:SignedProperties></x:QualifyingProperties></s:Object></s:Signature>
</申请>
`);
