#!/usr/bin/env python3
"""Writes tests/corpus/foreign: sealed OFD documents laid out as other makers do it, honest and attacked, one trait or
one fault each. Run by hand: make_foreign.py PROGRAM, the built zhengyin-verify; the verdict stated here is compared
with the program's, then its findings are written beside the file. Nothing of this project makes these files."""
import base64
import copy
import io
import json
import os
import subprocess
import sys
import zipfile
import zlib

from sm2 import Key, bits, integer, octets, oid, parts, rs, seq, sm3, tlv

HERE = os.path.dirname(os.path.abspath(__file__))
KEYS = os.path.join(HERE, '..', 'keys')
OUT = os.path.join(HERE, 'foreign')
AT = '2026-03-01T00:00:00Z'
KEY = Key(os.path.join(KEYS, 'gm-leaf.key.pem'))
CERT = open(os.path.join(KEYS, 'gm-leaf.der'), 'rb').read()
STRANGER = open(os.path.join(KEYS, 'gm-stranger.der'), 'rb').read()
NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'
SM2_SM3 = '1.2.156.10197.1.501'
PNG = base64.b64decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==')
SIGN = 'Doc_0/Signs/Sign_0/'


def ia5(text):
    return tlv(0x16, text.encode())


def time(text):
    return tlv(0x18, text.encode())


# --- the seal and its signature -----------------------------------------------------------------------------------


def seal(o):
    """GB/T 38540 6.1; o says what is otherwise."""
    v = o.get('version', 4)
    dates = o.get('dates', ('20260228000000Z', '20260228000000Z', '20270301000000Z'))
    date = (lambda t: tlv(0x17, t[2:].encode())) if v == 1 else time
    certs = o.get('cert_list', [CERT])
    if o.get('by_digest'):
        listed = [seq(tlv(0x13, o['by_digest'].encode()), tlv(4, o.get('digest', sm3(CERT))))]
    else:
        listed = [c if o.get('bare_certs') else tlv(4, c) for c in certs]
    info = seq(
        seq(o.get('id', ia5('ES')), integer(v), o.get('vid', ia5('SUWELL'))), o.get('es_id', ia5('99010000000001')),
        seq(
            integer(o.get('type', 3)), o.get('name', tlv(0x0c, '云泽市测试公司'.encode())),
            *([] if v == 1 else [integer(2 if o.get('by_digest') else 1)]), seq(*listed), *map(date, dates)),
        seq(ia5(o.get('picture_type', 'png')), tlv(4, o.get('picture', PNG)), integer(40), integer(40)),
        *o.get('seal_ext', []))
    maker = o.get('maker', CERT)
    alg = o.get('seal_alg', oid(SM2_SM3))
    if v == 1:
        value = KEY.sign(seq(info, tlv(4, maker), alg))
        return seq(info, seq(tlv(4, maker), alg, bits(rs(*value))))
    value = rs(*KEY.sign(o.get('seal_message', info)))
    return seq(info, o.get('maker_cert', tlv(4, maker)), alg, bits(value))


def ses(o, original, path):
    """GB/T 38540 7.1 over Signature.xml."""
    v = o.get('version', 4)
    cert = o.get('signer', CERT)
    alg = o.get('alg', oid(SM2_SM3))
    when = o.get('time', bits(b'2026-03-01 08:00:00') if v == 1 else time('20260301000000Z'))
    data = sm3(o.get('original', original))
    eseal = o.get('eseal') or seal(o)
    tbs = seq(
        integer(o.get('tbs_version', v)), eseal, when, o.get('data_hash', bits)(data),
        o.get('property', ia5('/' + path)), *([tlv(4, cert), alg] if v == 1 else o.get('ext', [])))
    value = rs(*KEY.sign(tbs, o.get('user', b'1234567812345678')))
    value = o.get('value', lambda x: x)(value)
    if v == 1:
        return eseal, seq(tbs, o.get('value_bits', bits)(value))
    return eseal, seq(tbs, o.get('signer_cert', tlv(4, cert)), alg,
                      o.get('value_bits', bits)(value)) + o.get('behind', b'')


def gbt35275(o, original):
    """GB/T 35275 8; how: 'attributes' (as Suwell reads it) or the digest as content (GM/T 0099 7.2.2)."""
    data = o.get('data_oid', '1.2.156.10197.6.1.4.2.1')
    digest = sm3(original)
    issuer_serial = seq(parts(parts(CERT)[0])[3], parts(parts(CERT)[0])[1])
    sm3_alg = seq(oid(o.get('sm3_oid', '1.2.156.10197.1.401')))
    announced = o.get('announced', [sm3_alg])
    attributes = b''
    if o['how'] == 'attributes':
        members = [
            seq(oid('1.2.840.113549.1.9.3'), tlv(0x31, oid(o.get('attr_oid', data)))),
            seq(oid('1.2.840.113549.1.9.4'), tlv(0x31, tlv(4, o.get('message_digest', digest)))),
            seq(oid('1.2.840.113549.1.9.5'), tlv(0x31, tlv(0x17, b'260301000000Z')))
        ]
        members.sort()
        message = tlv(0x31, *members)
        attributes = tlv(0xa0, *members)
        content = seq(oid(data))
    else:
        message = o.get('content', lambda d: d)(digest)
        content = seq(oid(data), tlv(0xa0, tlv(4, message)))
    value = rs(*KEY.sign(message, o.get('user', b'1234567812345678')))
    signer = seq(
        integer(1), issuer_serial, sm3_alg, attributes, seq(oid(o.get('sign_oid', '1.2.156.10197.1.301.1'))),
        tlv(4, value))
    signed = seq(
        integer(1), tlv(0x31, *announced), content, tlv(0xa0, *o.get('certs', [CERT])), tlv(0x31, signer))
    if o.get('bare'):
        return signed
    return seq(oid(o.get('outer_oid', '1.2.156.10197.6.1.4.2.2')), tlv(0xa0, signed))


# --- the document -------------------------------------------------------------------------------------------------


def xml(root, inside, attrs='', ns=NS, prefix='ofd:'):
    space = ns if prefix else ns.replace('xmlns:ofd', 'xmlns')
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<%s%s %s%s>%s</%s%s>' %
            (prefix, root, space, attrs and ' ' + attrs, inside.replace('ofd:', prefix), prefix, root))


def document(pages=2, **o):
    """An unsigned document as ofdrw lays it out."""
    f = {}
    body = ('<ofd:DocBody><ofd:DocInfo><ofd:DocID>%032x</ofd:DocID><ofd:Author>云泽市测试公司</ofd:Author>'
            '<ofd:CreationDate>2026-02-28</ofd:CreationDate><ofd:Creator>OFD R&amp;W</ofd:Creator>'
            '</ofd:DocInfo><ofd:DocRoot>%s</ofd:DocRoot>%s<ofd:Signatures>%s</ofd:Signatures></ofd:DocBody>' %
            (7, o.get('doc_root', 'Doc_0/Document.xml'), o.get('versions', ''), o.get(
                'list_loc', '/Doc_0/Signs/Signatures.xml')))
    f['OFD.xml'] = xml('OFD', body + o.get('more_bodies', ''), 'DocType="OFD" Version="1.1"')
    f['Doc_0/Document.xml'] = xml('Document', (
        '<ofd:CommonData><ofd:MaxUnitID>99</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox>'
        '</ofd:PageArea><ofd:PublicRes>%s</ofd:PublicRes>%s<ofd:TemplatePage ID="5" Name="t" BaseLoc="Tpls/Tpl_0/'
        'Content.xml"/></ofd:CommonData><ofd:Pages>%s</ofd:Pages>%s') % (
            o.get('public_res', 'PublicRes.xml'), o.get('document_res', '<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>'),
            ''.join('<ofd:Page ID="%d" BaseLoc="%s%d/Content.xml"/>' % (10 + i, o.get('page_loc', 'Pages/Page_'), i)
                    for i in range(pages)), o.get('lists', '')))
    f['Doc_0/PublicRes.xml'] = xml('Res', '<ofd:Fonts><ofd:Font ID="2" FontName="宋体" FamilyName="宋体"/></ofd:Fonts>',
                                   'BaseLoc="%s"' % o.get('base_loc', 'Res'))
    f['Doc_0/DocumentRes.xml'] = xml('Res', (
        '<ofd:MultiMedias><ofd:MultiMedia ID="3" Type="Image"><ofd:MediaFile>%s</ofd:MediaFile></ofd:MultiMedia>'
        '</ofd:MultiMedias>') % o.get('media', 'image_3.png'), 'BaseLoc="%s"' % o.get('base_loc', 'Res'))
    f['Doc_0/Res/' + o.get('media_file', 'image_3.png')] = PNG
    f['Doc_0/Tpls/Tpl_0/Content.xml'] = xml('Page', '<ofd:Content/>')
    for i in range(pages):
        f['Doc_0/Pages/Page_%d/Content.xml' % i] = xml('Page', (
            '<ofd:Template TemplateID="5"/><ofd:Content><ofd:Layer ID="%d"><ofd:TextObject ID="%d" Boundary="20 20 100 10"'
            ' Font="2" Size="5"><ofd:TextCode X="0" Y="5">第%d页</ofd:TextCode></ofd:TextObject></ofd:Layer>'
            '</ofd:Content>') % (30 + i, 60 + i, i + 1))
    f.update(o.get('files', {}))
    return {k: v.encode() if isinstance(v, str) else v for k, v in f.items()}


def digest_of(o, data):
    import hashlib
    return hashlib.new(o.get('hash', 'sm3'), data).digest()


def add_signature(f, o):
    """Type Seal or Sign, its files in o['folder']; References to all but o['skip'] and the list itself."""
    folder = o.get('folder', SIGN)
    listing = o.get('list', 'Doc_0/Signs/Signatures.xml')
    path = folder + 'Signature.xml'
    kind = o.get('kind', 'Seal')
    at = lambda p: o.get('root', '/') + p
    if listing not in f:
        f[listing] = xml('Signatures', '', **o.get('list_form', {})).encode()
    inside = o.get('max_id', '<ofd:MaxSignId>%d</ofd:MaxSignId>' % 1)
    entry = '<ofd:Signature ID="%s"%s BaseLoc="%s"/>' % (o.get('sign_id', '1'), o.get(
        'type_attr', ' Type="%s"' % kind), o.get('sign_loc', at(path)))
    prefix = o.get('list_form', {}).get('prefix', 'ofd:')
    end = '</%sSignatures>' % prefix
    f[listing] = f[listing].replace(end.encode(), ((inside + entry).replace('ofd:', prefix) + end).encode())
    if kind == 'Seal' and o.get('esl', True):
        f[folder + 'Seal.esl'] = o.get('eseal') or seal(o)
    refs = ''
    for name in sorted(f):
        if name in o.get('skip', ()) or (name == listing and not o.get('locks')):
            continue
        if o.get('only') and name not in o['only']:
            continue
        loc = o.get('ref', at)(name).replace('&', '&amp;')
        refs += '<ofd:Reference FileRef="%s"><ofd:CheckValue>%s</ofd:CheckValue></ofd:Reference>' % (
            loc, base64.b64encode(digest_of(o, f[name])).decode())
    refs += o.get('more_refs', '')
    stamps = o.get('stamps', '<ofd:StampAnnot ID="1" PageRef="10" Boundary="150 220 40 40"/>')
    info = [
        '<ofd:Provider ProviderName="%s" Company="%s" Version="2.3.5"/>' % (('ofdrw-sign', 'ofdrw')),
        '<ofd:SignatureMethod>%s</ofd:SignatureMethod>' % o.get('method', SM2_SM3),
        '<ofd:SignatureDateTime>%s</ofd:SignatureDateTime>' % o.get('date_time', '2026-03-01 08:00:00'),
        '<ofd:References%s>%s</ofd:References>' % (o.get('check_method', ' CheckMethod="SM3"'), refs)
    ]
    if kind == 'Seal':
        info.append(stamps)
        if o.get('esl', True):
            info.append('<ofd:Seal><ofd:BaseLoc>%s</ofd:BaseLoc>%s</ofd:Seal>' % (
                o.get('seal_loc', at(folder + 'Seal.esl')), o.get('image', '')))
    if o.get('stamps_first'):
        info = info[:1] + info[4:] + info[1:4]
    text = xml('Signature', '<ofd:SignedInfo>%s</ofd:SignedInfo><ofd:SignedValue>%s</ofd:SignedValue>' %
               (''.join(info), o.get('value_loc', at(folder + 'SignedValue.dat'))), **o.get('form', {}))
    f[path] = o.get('encode', str.encode)(text)
    if kind == 'Seal':
        f[folder + 'SignedValue.dat'] = ses(o, f[path], path)[1]
    else:
        f[folder + 'SignedValue.dat'] = o['signed'](f[path])
    if o.get('changed_value'):
        f[folder + 'SignedValue.dat'] = o['changed_value'](f[folder + 'SignedValue.dat'])
    return f


# --- the package --------------------------------------------------------------------------------------------------


class Pipe(io.RawIOBase):
    """What cannot be sought: zipfile then writes data descriptors."""
    def __init__(self):
        self.data = b''

    def writable(self):
        return True

    def write(self, b):
        self.data += bytes(b)
        return len(b)


def pack(f, **o):
    out = Pipe() if o.get('stream') else io.BytesIO()
    z = zipfile.ZipFile(out, 'w')
    for name in o.get('order', list)(f):
        info = zipfile.ZipInfo(name, (2026, 3, 1, 8, 0, 0))
        info.compress_type = o.get('method', zipfile.ZIP_DEFLATED)
        info.create_system = o.get('system', 3)
        info.external_attr = 0o100644 << 16 if info.create_system == 3 else 0
        if o.get('name'):
            raw = o['name'](name)
            info.filename = raw.decode('latin-1')  # zipfile writes cp437 or UTF-8 only, so it is put right below
        with z.open(info, 'w', force_zip64=o.get('zip64', False)) as entry:
            entry.write(f[name])
    for folder in o.get('folders', ()):
        z.writestr(zipfile.ZipInfo(folder, (2026, 3, 1, 8, 0, 0)), b'')
    z.comment = o.get('comment', b'')
    z.close()
    return out.data if o.get('stream') else out.getvalue()


def raw_names(data, utf8, raw):
    """The entries of that name get other octets of the same length, and no UTF-8 flag."""
    assert len(utf8) == len(raw)
    out, at = bytearray(data), data.find(utf8)
    while at >= 0:
        for sign, flag, name in ((b'PK\3\4', 6, 30), (b'PK\1\2', 8, 46)):
            if data[at - name:at - name + 4] == sign:
                out[at:at + len(raw)] = raw
                out[at - name + flag + 1] &= ~8
        at = data.find(utf8, at + 1)
    return bytes(out)


# --- the cases ----------------------------------------------------------------------------------------------------

PASS, FAIL, OPEN = 'TOTAL-PASSED', 'TOTAL-FAILED', 'INDETERMINATE'
CASES = {}


def case(name, verdict, doc=None, sign=None, after=None, zipped=None, whole=None, then=None):
    """doc: options of document(); sign: of each signature; after: what is done to the files; whole: to the package."""
    f = document(**(doc or {}))
    for o in [sign] if isinstance(sign, (dict, type(None))) else sign:
        f = add_signature(f, copy.copy(o or {}))
    if after:
        f = after(f) or f
    data = pack(f, **(zipped or {}))
    CASES[name] = (verdict, whole(data) if whole else data)


def make_honest():
    from foreign_honest import make
    make(sys.modules[__name__])


def make_attacks():
    from foreign_attacks import make
    make(sys.modules[__name__])


def judge(program, path):
    run = subprocess.run([program, '--trust', os.path.join(HERE, 'bundle.json'), '--at', AT, '--json', path],
                         capture_output=True, text=True)
    return json.loads(run.stdout.splitlines()[-1])


def expectation(name, report):
    lines = ['at: ' + AT]
    if 'error' in report:
        return '\n'.join(lines + ['error: ' + report['error']['code']]) + '\n', report['error']['code']
    lines.append('indication: ' + report['indication'])
    if report.get('sub_indication'):
        lines.append('sub_indication: ' + report['sub_indication'])
    for f in report['findings']:
        lines.append('finding: %s %s' % (f['code'], f['field']) if f['field'] else 'finding: ' + f['code'])
    return '\n'.join(lines) + '\n', report['indication']


def main():
    make_honest()
    make_attacks()
    os.makedirs(OUT, exist_ok=True)
    wrong = 0
    only = sys.argv[2:]
    for name, (verdict, data) in CASES.items():
        if only and name not in only:
            continue
        path = os.path.join(OUT, name + '.ofd')
        with open(path, 'wb') as f:
            f.write(data)
        report = judge(sys.argv[1], path)
        text, got = expectation(name, report)
        if got != verdict:
            wrong += 1
            print('%s: %s instead of %s\n%s' % (name, got, verdict, text if 'error' not in report else report['error']))
        with open(path[:-4] + '.expect', 'w') as f:
            f.write(text)
    print('%d files, %d verdicts are not what they must be' % (len(CASES), wrong))
    return wrong != 0


if __name__ == '__main__':
    sys.modules['make_foreign'] = sys.modules['__main__']
    sys.exit(main())
