"""Honest documents: each must pass, or, where nobody can tell, be INDETERMINATE; none may be called a forgery."""
import base64


def make(m):
    case, PASS, OPEN = m.case, m.PASS, m.OPEN
    case('as-ofdrw', PASS)
    case('as-ofdrw-locked', PASS, sign={'locks': True})
    case('as-ofdrw-continued', PASS, sign=[
        {}, {'folder': 'Doc_0/Signs/Sign_1/', 'sign_id': '2', 'max_id': '', 'skip': ()}])
    case('without-prefix', PASS, sign={'form': {'prefix': ''}, 'list_form': {'prefix': ''}})
    case('older-namespace', PASS, sign={'form': {'ns': 'xmlns:ofd="http://www.ofdspec.org"'}})
    case('namespace-with-a-slash', PASS, sign={'form': {'ns': 'xmlns:ofd="http://www.ofdspec.org/2016/"'}})
    case('stamps-before-references', PASS, sign={'stamps_first': True})
    case('relative-paths', PASS, doc={'list_loc': 'Doc_0/Signs/Signatures.xml'}, sign={
        'sign_loc': 'Sign_0/Signature.xml', 'value_loc': 'SignedValue.dat', 'seal_loc': 'Seal.esl'})
    case('references-without-a-slash', PASS, sign={'root': ''})
    case('paths-with-two-slashes', PASS, sign={'value_loc': '//Doc_0/Signs/Sign_0/SignedValue.dat',
                                               'ref': lambda n: '//' + n})
    case('list-in-the-document-folder', PASS, doc={'list_loc': '/Doc_0/Signatures.xml'},
         sign={'list': 'Doc_0/Signatures.xml'})
    case('list-in-a-folder-of-its-own', PASS, doc={'list_loc': '/Signs/Signatures.xml'},
         sign={'list': 'Signs/Signatures.xml', 'folder': 'Signs/1/', 'sign_id': 's001'})
    case('max-sign-id-absent', PASS, sign={'max_id': ''})
    case('type-absent', PASS, sign={'type_attr': ''})
    case('stamp-without-boundary', PASS, sign={'stamps': '<ofd:StampAnnot ID="1" PageRef="10"/>'})
    case('stamp-boundary-with-exponents', PASS, sign={
        'stamps': '<ofd:StampAnnot ID="1" PageRef="10" Boundary="1.5E2  2.2e+2 40.0&#9;4.0E1" Clip="0.0 0.0 4.0E-4 40"/>'})
    case('stamp-boundary-odd', PASS, sign={'stamps': '<ofd:StampAnnot ID="1" PageRef="10" Boundary="150,220,40,40"/>'})
    case('no-stamp', PASS, sign={'stamps': ''})
    case('strips-of-ofdrw', PASS, doc={'pages': 3}, sign={'stamps': ''.join(
        '<ofd:StampAnnot ID="%d" PageRef="%d" Boundary="%s 128.5 40.0 40.0" Clip="%s 0.0 13.333333333333334 40.0"/>' %
        (i + 1, 10 + i, 210 - 40 / 3 * (i + 1), i * 40 / 3) for i in range(3))})
    case('seal-image', PASS, doc={'files': {m.SIGN + 'Seal.png': m.PNG}}, sign={
        'image': '<ofd:ImageLoc>Seal.png</ofd:ImageLoc>'})
    case('no-seal-file', PASS, sign={'esl': False})
    for name, attr, h in (('oid', '1.2.156.10197.1.401', 'sm3'), ('lower-case', 'sm3', 'sm3'),
                          ('sha-256', 'SHA-256', 'sha256'), ('sha256-oid', '2.16.840.1.101.3.4.2.1', 'sha256'),
                          ('sm3-hmac-oid', '1.2.156.10197.1.401.2', 'sm3')):
        case('check-method-' + name, PASS, sign={'check_method': ' CheckMethod="%s"' % attr, 'hash': h})
    # without a CheckMethod the standard means MD5, which proves nothing
    case('check-method-md5', OPEN, sign={'check_method': '', 'hash': 'md5'})
    case('reference-named-twice', PASS, sign={'more_refs': (
        '<ofd:Reference FileRef="/OFD.xml"><ofd:CheckValue>%s</ofd:CheckValue></ofd:Reference>' %
        base64.b64encode(m.sm3(m.document()['OFD.xml'])).decode())})
    case('ofd-xml-left-out', OPEN, sign={'skip': ('OFD.xml',)})
    seals(m)
    signed(m)
    documents(m)
    packages(m)


def seals(m):
    case, PASS, OPEN = m.case, m.PASS, m.OPEN
    path = b'/Doc_0/Signs/Sign_0/Signature.xml'
    case('version-1-time-without-zone', PASS, sign={'version': 1})
    case('version-1-utc-time', PASS, sign={'version': 1, 'time': m.bits(b'260301000000Z')})
    case('version-1-utc-time-in-der', PASS, sign={'version': 1, 'time': m.bits(m.tlv(0x17, b'260301000000Z'))})
    case('version-1-generalized-time', PASS, sign={'version': 1, 'time': m.time('20260301000000Z')})
    case('version-5', PASS, sign={'version': 5})
    for name, tag in (('utf8', 0x0c), ('printable', 0x13), ('visible', 0x1a), ('general', 0x1b), ('t61', 0x14)):
        case('property-info-' + name, PASS, sign={'property': m.tlv(tag, path)})
    case('property-info-c-string', PASS, sign={'property': m.tlv(0x16, path + b'\0')})
    case('property-info-gbk', PASS, sign={'property': m.tlv(0x16, '签章'.encode('gbk'))})
    case('property-info-empty', PASS, sign={'property': m.tlv(0x16)})
    for name, text in (('fraction', '20260301000000.763Z'), ('offset', '20260301080000+0800'),
                       ('fraction-and-offset', '20260301080000.5+08:00'), ('no-zone', '20260301080000'),
                       ('no-seconds', '202603010000Z')):
        case('time-info-' + name, PASS, sign={'time': m.time(text)})
    case('time-info-utc', PASS, sign={'time': m.tlv(0x17, b'260301000000Z')})
    case('time-info-utc-offset', PASS, sign={'time': m.tlv(0x17, b'260301080000+0800')})
    case('time-info-utf8', PASS, sign={'time': m.tlv(0x0c, b'2026-03-01 08:00:00')})
    case('time-info-bits', PASS, sign={'time': m.bits(b'20260301000000Z')})
    # no time at all: well-formed, and of a form that is not known
    case('time-info-is-an-integer', OPEN, sign={'time': m.integer(1772323200)})
    case('seal-names-in-other-strings', PASS, sign={
        'id': m.tlv(0x13, b'ES'), 'vid': m.tlv(0x0c, '厂商'.encode()), 'es_id': m.tlv(0x0c, b'99010000000001'),
        'name': m.tlv(0x13, b'Yunze Test Co')})
    case('seal-name-gbk', PASS, sign={'name': m.tlv(0x0c, '云泽市'.encode('gbk'))})
    case('seal-name-bmp', PASS, sign={'name': m.tlv(0x1e, '云泽市'.encode('utf-16-be'))})
    case('seal-of-business-type-250', PASS, sign={'type': 250})
    case('seal-lists-bare-certificates', PASS, sign={'bare_certs': True})
    case('signer-certificate-bare', PASS, sign={'signer_cert': m.CERT, 'maker_cert': m.CERT})
    case('signer-listed-by-digest', PASS, sign={'by_digest': 'SM3'})
    case('signer-listed-by-digest-oid', PASS, sign={'by_digest': '1.2.156.10197.1.401'})
    case('algorithm-identifier', PASS, sign={'alg': m.seq(m.oid(m.SM2_SM3), m.tlv(5))})
    case('values-as-octet-strings', PASS, sign={'data_hash': lambda d: m.tlv(4, d), 'value_bits': lambda d: m.tlv(4, d)})
    text = m.seq(m.seq(m.oid('1.2.156.112600.7.1'), m.tlv(1, b'\0'), m.tlv(4, b'note')))
    case('extensions-explicit', PASS, sign={'ext': [m.tlv(0xa0, text)], 'seal_ext': [text]})
    case('extensions-bare', PASS, sign={'ext': [text]})
    case('extensions-implicit', PASS, sign={'ext': [m.tlv(0xa0, text[2:])]})
    case('extensions-of-the-seal-tagged', PASS, sign={'seal_ext': [m.tlv(0xa0, text)]})
    case('extension-critical-true-as-one', OPEN, sign={'ext': [m.tlv(0xa0, m.seq(
        m.seq(m.oid('1.2.3.4'), m.tlv(1, b'\1'), m.tlv(4, b''))))]})
    case('value-raw', PASS, sign={'value': lambda v: b''.join(
        m.octets(int.from_bytes(p[2:], 'big')) for p in m.parts(v))})
    case('value-of-negative-integers', PASS, sign={'value': lambda v: m.seq(*[
        m.tlv(2, m.octets(int.from_bytes(p[2:], 'big'))) for p in m.parts(v)])})
    case('value-of-padded-integers', PASS, sign={'value': lambda v: m.seq(*[
        m.tlv(2, b'\0\0' + m.octets(int.from_bytes(p[2:], 'big'))) for p in m.parts(v)])})
    for kind in ('ofd', 'svg', 'BMP', 'GIF', 'JPG'):
        case('picture-' + kind.lower(), PASS, sign={'picture_type': kind, 'picture': b'picture'})
    case('seal-create-date-in-local-time', PASS, sign={'dates': ('20260228080000Z', '20260228000000Z', '20270301000000Z')})
    case('signed-at-the-last-second-of-the-seal', PASS, sign={'dates': (
        '20260228000000Z', '20260228000000Z', '20260301000000Z')})
    case('signed-at-the-first-second-of-the-seal', PASS, sign={'dates': (
        '20260301000000Z', '20260301000000Z', '20270301000000Z')})


def signed(m):
    case, PASS, OPEN = m.case, m.PASS, m.OPEN

    def gbt(**o):
        return {'kind': 'Sign', 'signed': lambda original: o.get('then', lambda d: d)(m.gbt35275(o, original))}
    case('sign-attributes', PASS, sign=gbt(how='attributes'))
    case('sign-digest', PASS, sign=gbt(how='digest'))
    case('sign-digest-bare', PASS, sign=gbt(how='digest', bare=True))
    case('sign-attributes-bare', PASS, sign=gbt(how='attributes', bare=True))
    case('sign-digest-base64', PASS, sign=gbt(how='digest', content=base64.b64encode))
    case('sign-digest-hex', PASS, sign=gbt(how='digest', content=lambda d: d.hex().upper().encode()))
    case('sign-value-as-base64-text', PASS, sign=gbt(how='attributes', then=base64.b64encode))
    case('sign-pkcs7-names', PASS, sign=gbt(how='attributes', data_oid='1.2.840.113549.1.7.1',
                                            outer_oid='1.2.840.113549.1.7.2'))
    case('sign-pkcs7-data-inside', PASS, sign=gbt(how='attributes', data_oid='1.2.840.113549.1.7.1'))
    case('sign-sm2-sm3-named', PASS, sign=gbt(how='attributes', sign_oid=m.SM2_SM3))
    case('sign-certificates-twice', PASS, sign=gbt(how='attributes', certs=[m.CERT, m.CERT]))
    # r and s alone, as ofdrw's GMDigestSignatureContainer has it: whose certificate is said nowhere
    case('sign-value-alone', OPEN, sign={'kind': 'Sign', 'signed': lambda d: m.rs(*m.KEY.sign(d))})
    case('sign-then-seal', PASS, sign=[gbt(how='attributes'), {'folder': 'Doc_0/Signs/Sign_1/', 'sign_id': '2'}])


def documents(m):
    case, PASS, OPEN = m.case, m.PASS, m.OPEN
    lists = ('<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations><ofd:CustomTags>Tags/CustomTags.xml</ofd:CustomTags>'
             '<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments><ofd:Extensions>Extensions.xml</ofd:Extensions>')
    files = {
        'Doc_0/Annots/Annotations.xml': m.xml(
            'Annotations', '<ofd:Page PageID="10"><ofd:FileLoc>Page_0/Annotation.xml</ofd:FileLoc></ofd:Page>'),
        'Doc_0/Annots/Page_0/Annotation.xml': m.xml('PageAnnot', '<ofd:Annot ID="70" Type="Watermark"/>'),
        'Doc_0/Tags/CustomTags.xml': m.xml('CustomTags', (
            '<ofd:CustomTag NameSpace="t"><ofd:FileLoc>CustomTag.xml</ofd:FileLoc></ofd:CustomTag>')),
        'Doc_0/Tags/CustomTag.xml': '<eInvoice/>',
        'Doc_0/Attachs/Attachments.xml': m.xml('Attachments', (
            '<ofd:Attachment ID="71" Name="原始发票" Format="xml"><ofd:FileLoc>original_invoice.xml</ofd:FileLoc>'
            '</ofd:Attachment>')),
        'Doc_0/Attachs/original_invoice.xml': '<invoice/>',
        'Doc_0/Extensions.xml': m.xml('Extensions', (
            '<ofd:Extension AppName="a" RefId="1"><ofd:ExtendData>ext.dat</ofd:ExtendData></ofd:Extension>')),
        'Doc_0/ext.dat': 'data',
    }
    full = {'lists': lists, 'files': files}
    case('with-every-list', PASS, doc=full)
    case('with-versions', PASS, doc={
        'versions': '<ofd:Versions><ofd:Version ID="1" Index="1" Current="true" BaseLoc="Doc_0/Versions/V1.xml"/></ofd:Versions>',
        'files': {'Doc_0/Versions/V1.xml': m.xml('DocVersion', (
            '<ofd:FileList><ofd:File ID="1">/Doc_0/Document.xml</ofd:File></ofd:FileList><ofd:DocRoot>'
            '/Doc_0/Document.xml</ofd:DocRoot>'), 'ID="1"')}})
    case('pages-counted-from-the-root', PASS, doc={'page_loc': 'Doc_0/Pages/Page_'})
    case('base-loc-with-a-slash', PASS, doc={'base_loc': './Res/'})
    case('base-loc-absolute', PASS, doc={'base_loc': '/Doc_0/Res'})
    case('media-absolute', PASS, doc={'media': '/Doc_0/Res/image_3.png'})
    case('media-with-a-chinese-name', PASS, doc={'media': '图片 1.png', 'media_file': '图片 1.png'})
    case('forty-pages', PASS, doc={'pages': 40})
    case('stray-files-of-the-maker', PASS, after=lambda f: f.update({'mimetype': b'x', 'META-INF/MANIFEST.MF': b'y'}))
    second = {'Doc_1' + k[5:]: v for k, v in m.document(1).items() if k.startswith('Doc_0')}
    bodies = {'files': second, 'more_bodies': (
        '<ofd:DocBody><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot><ofd:Signatures>/Doc_1/Signs/Signatures.xml'
        '</ofd:Signatures></ofd:DocBody>')}
    case('two-documents-signed-each', PASS, doc=bodies, sign=[{'skip': tuple(second)}, {
        'list': 'Doc_1/Signs/Signatures.xml', 'folder': 'Doc_1/Signs/Sign_0/', 'only': ('OFD.xml',) + tuple(second)}])
    case('two-documents-one-signed', PASS, doc=dict(bodies, more_bodies=(
        '<ofd:DocBody><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot></ofd:DocBody>')))
    encoded = lambda name: lambda text: text.replace('UTF-8', name).encode(name)
    case('xml-gbk', PASS, sign={'encode': encoded('GBK')})
    case('xml-gb18030', PASS, sign={'encode': encoded('GB18030')})
    case('xml-gb2312', PASS, sign={'encode': encoded('GB2312')})
    case('xml-utf-16', PASS, sign={'encode': encoded('UTF-16')})
    case('xml-utf-16-big-endian', PASS, sign={'encode': lambda t: b'\xfe\xff' + encoded('UTF-16BE')(t)})
    case('xml-byte-order-mark', PASS, sign={'encode': lambda t: b'\xef\xbb\xbf' + t.encode()})
    case('xml-encoding-quoted-otherwise', PASS, sign={'encode': lambda t: t.replace(
        '<?xml version="1.0" encoding="UTF-8"?>', "<?xml version='1.0' encoding='utf-8' standalone='yes' ?>").encode()})


def packages(m):
    case, PASS = m.case, m.PASS
    case('zip-stored', PASS, zipped={'method': 0})
    case('zip-streamed', PASS, zipped={'stream': True})
    case('zip-streamed-zip64', PASS, zipped={'stream': True, 'zip64': True})
    case('zip-zip64', PASS, zipped={'zip64': True})
    case('zip-from-windows', PASS, zipped={'system': 0})
    case('zip-comment', PASS, zipped={'comment': '版式文档'.encode()})
    case('zip-other-order', PASS, zipped={'order': lambda f: sorted(f, reverse=True)})
    case('zip-folders', PASS, zipped={'folders': ('Doc_0/', 'Doc_0/Signs/')})
    name = 'a图片.png'  # 10 octets in UTF-8; in GBK 9, and one more letter
    case('zip-names-gbk', PASS, doc={'media': '图片ab.png', 'media_file': '图片ab.png'},
         whole=lambda d: gbk_names(m, d))


def gbk_names(m, data):
    """The package anew, with names in GBK and no UTF-8 flag, as programs of Windows write them."""
    import io
    import struct
    import zipfile
    out, directory, num = b'', b'', 0
    z = zipfile.ZipFile(io.BytesIO(data))
    for info in z.infolist():
        body, raw = z.read(info), info.filename.encode('gbk')
        crc = m.zlib.crc32(body)
        head = struct.pack('<HHHHHIIIHH', 10, 0, 0, 0, 0x5c61, crc, len(body), len(body), len(raw), 0)
        directory += b'PK\1\2' + struct.pack('<H', 20) + head + struct.pack('<HHHII', 0, 0, 0, 0, len(out)) + raw
        out += b'PK\3\4' + head + raw + body
        num += 1
    end = b'PK\5\6' + struct.pack('<HHHHIIH', 0, 0, num, num, len(directory), len(out), 0)
    return out + directory + end
