"""Attacked documents: none may pass. What is proven to be wrong is TOTAL-FAILED; where an honest maker could have left
something open, nobody can tell, and it is INDETERMINATE."""


def make(m):
    seals(m)
    signed(m)
    coverage(m)
    later(m)
    names(m)


def other_seal(m, **o):
    return m.seal(dict({'es_id': m.ia5('99010000000002'), 'name': m.tlv(0x0c, '另一公司'.encode())}, **o))


def seals(m):
    case, FAIL, OPEN = m.case, m.FAIL, m.OPEN
    # the seal of another, whose certificate list does not have the signer
    case('seal-of-another', FAIL, sign={'eseal': other_seal(m, cert_list=[m.STRANGER])})
    case('seal-replaced-after-signing', FAIL, after=lambda f: f.update(
        {m.SIGN + 'Seal.esl': other_seal(m)}))
    case('seal-replaced-everywhere', FAIL, after=lambda f: swap_seal(m, f))
    case('seal-signed-by-nobody', FAIL, sign={'seal_message': b'something else'})
    case('certificate-digests-swapped', FAIL, sign={'by_digest': 'SM3', 'digest': m.sm3(m.STRANGER)})
    case('certificate-digest-of-nothing', FAIL, sign={'by_digest': 'SM3', 'digest': b''})
    case('certificates-listed-as-digests', FAIL, sign={'by_digest': 'SM3', 'digest': m.CERT})
    case('signer-is-another', FAIL, sign={'signer': m.STRANGER})
    case('maker-is-another', FAIL, sign={'maker': m.STRANGER})
    case('data-hash-of-another-file', FAIL, sign={'original': b'<Signature/>'})
    case('user-id-of-the-signer', FAIL, sign={'user': b'zhangsan'})
    case('user-id-empty', FAIL, sign={'user': b''})
    case('algorithm-named-sm2-alone', FAIL, sign={'alg': m.oid('1.2.156.10197.1.301.1')})
    case('algorithm-named-ecdsa', FAIL, sign={'alg': m.oid('1.2.840.10045.4.3.2')})
    case('property-info-of-another-signature', FAIL, sign={'property': m.tlv(
        0x0c, b'/Doc_0/Signs/Sign_1/Signature.xml')})
    case('signed-a-second-before-the-seal', FAIL, sign={'dates': (
        '20260301000001Z', '20260301000001Z', '20270301000000Z')})
    case('signed-a-second-after-the-seal', FAIL, sign={'dates': (
        '20260228000000Z', '20260228000000Z', '20260228235959Z')})
    case('seal-ends-before-it-begins', FAIL, sign={'dates': ('20260228000000Z', '20270301000000Z', '20260228000000Z')})
    case('time-info-with-an-offset-in-the-future', FAIL, sign={'time': m.time('20260301000000-0800')})
    case('time-info-before-the-certificate', FAIL, sign={'time': m.time('20190301000000.5Z'), 'dates': (
        '20190228000000Z', '20190228000000Z', '20270301000000Z')})
    case('version-1-in-the-future', FAIL, sign={'version': 1, 'time': m.bits(b'2026-03-01 09:00:00')})
    case('extension-critical', OPEN, sign={'ext': [m.tlv(0xa0, m.seq(
        m.seq(m.oid('1.2.3.4'), m.tlv(1, b'\xff'), m.tlv(4, b''))))]})
    case('extension-critical-without-its-tag', OPEN, sign={'ext': [m.seq(
        m.seq(m.oid('1.2.3.4'), m.tlv(1, b'\xff'), m.tlv(4, b'')))]})
    case('value-with-bytes-behind', FAIL, sign={'behind': b'\0' * 16})
    case('value-cut', FAIL, sign={'changed_value': lambda v: v[:-1]})
    case('value-s-is-zero', FAIL, sign={'value': lambda v: m.seq(m.parts(v)[0], m.integer(0))})
    case('value-is-r-and-minus-s', FAIL, sign={'value': lambda v: m.seq(m.parts(v)[0], m.integer(
        m_order() - int.from_bytes(m.parts(v)[1][2:], 'big')))})
    # the eSealInfo of one seal in the shape of another version
    case('seal-version-5-in-a-signature-of-version-4', OPEN, sign={'version': 5, 'tbs_version': 4})


def m_order():
    from sm2 import N
    return N


def swap_seal(m, f):
    """A seal of the attacker's in place of the signed one, in both files."""
    value = f[m.SIGN + 'SignedValue.dat']
    old = m.parts(m.parts(value)[0])
    tbs = m.seq(old[0], other_seal(m), *old[2:])
    f[m.SIGN + 'SignedValue.dat'] = m.seq(tbs, *m.parts(value)[1:])
    f[m.SIGN + 'Seal.esl'] = other_seal(m)


def signed(m):
    case, FAIL, OPEN = m.case, m.FAIL, m.OPEN

    def gbt(**o):
        return {'kind': 'Sign', 'signed': lambda original: m.gbt35275(o, original)}
    case('sign-message-digest-of-another', FAIL, sign=gbt(how='attributes', message_digest=m.sm3(b'other')))
    case('sign-content-of-another', FAIL, sign=gbt(how='digest', content=lambda d: m.sm3(b'other')))
    case('sign-user-id-of-the-signer', FAIL, sign=gbt(how='attributes', user=b'zhangsan'))
    case('sign-sm3-not-announced', FAIL, sign=gbt(how='attributes', announced=[]))
    case('sign-announces-sha-256', FAIL, sign=gbt(how='attributes', announced=[m.seq(m.oid('2.16.840.1.101.3.4.2.1'))]))
    case('sign-digest-named-sha-256', FAIL, sign=gbt(how='attributes', sm3_oid='2.16.840.1.101.3.4.2.1'))
    case('sign-content-type-is-another', FAIL, sign=gbt(how='attributes', attr_oid='1.2.156.10197.6.1.4.2.2'))
    case('sign-content-type-enveloped', FAIL, sign=gbt(how='attributes', attr_oid='1.2.156.10197.6.1.4.2.3'))
    case('sign-outer-enveloped', OPEN, sign=gbt(how='attributes', outer_oid='1.2.156.10197.6.1.4.2.3'))
    case('sign-algorithm-named-ecdsa', FAIL, sign=gbt(how='attributes', sign_oid='1.2.840.10045.4.3.2'))
    case('sign-without-its-certificate', OPEN, sign=gbt(how='attributes', certs=[]))
    case('sign-with-the-certificate-of-another', OPEN, sign=gbt(how='attributes', certs=[m.STRANGER]))
    # a good signature over attributes as the content of one without attributes
    case('sign-page-changed', FAIL, sign=gbt(how='digest', bare=True),
         after=lambda f: f.update({'Doc_0/Pages/Page_0/Content.xml': b'<Page/>'}))


PARTS = {
    'document-xml': 'Doc_0/Document.xml',
    'public-res': 'Doc_0/PublicRes.xml',
    'document-res': 'Doc_0/DocumentRes.xml',
    'media': 'Doc_0/Res/image_3.png',
    'template': 'Doc_0/Tpls/Tpl_0/Content.xml',
    'page': 'Doc_0/Pages/Page_1/Content.xml',
}
LISTS = {
    'Annotations': ('Annots.xml', 'Annotations', '<ofd:Page PageID="10"><ofd:FileLoc>Annot.xml</ofd:FileLoc></ofd:Page>',
                    'Annot.xml'),
    'CustomTags': ('Tags.xml', 'CustomTags', '<ofd:CustomTag><ofd:FileLoc>Tag.xml</ofd:FileLoc></ofd:CustomTag>', 'Tag.xml'),
    'Attachments': ('Attachs.xml', 'Attachments',
                    '<ofd:Attachment ID="70" Name="a"><ofd:FileLoc>a.xml</ofd:FileLoc></ofd:Attachment>', 'a.xml'),
    'Extensions': ('Exts.xml', 'Extensions',
                   '<ofd:Extension AppName="a" RefId="1"><ofd:ExtendData>e.xml</ofd:ExtendData></ofd:Extension>', 'e.xml'),
}


def with_list(m, kind):
    name, root, inside, leaf = LISTS[kind]
    return {'lists': '<ofd:%s>%s</ofd:%s>' % (kind, name, kind),
            'files': {'Doc_0/' + name: m.xml(root, inside), 'Doc_0/' + leaf: '<a/>'}}


def coverage(m):
    """What a signature leaves out may have come, or changed, after it."""
    case, OPEN = m.case, m.OPEN
    for name, path in PARTS.items():
        case('left-out-' + name, OPEN, sign={'skip': (path,)})
    for kind in LISTS:
        doc, leaf = with_list(m, kind), 'Doc_0/' + LISTS[kind][3]
        case('left-out-%s-file' % kind.lower(), OPEN, doc=doc, sign={'skip': (leaf,)})
        case('left-out-%s-list' % kind.lower(), OPEN, doc=doc, sign={'skip': ('Doc_0/' + LISTS[kind][0],)})
    image = {'doc': {'files': {m.SIGN + 'Seal.png': m.PNG}}}
    shown = {'image': '<ofd:ImageLoc>Seal.png</ofd:ImageLoc>'}
    case('left-out-seal-image', OPEN, sign=dict(shown, skip=(m.SIGN + 'Seal.png',)), **image)
    case('changed-seal-image', m.FAIL, sign=shown, after=lambda f: f.update({m.SIGN + 'Seal.png': b'other'}), **image)
    case('page-put-where-a-path-leads-first', OPEN, doc={'page_loc': 'Doc_0/Pages/Page_'}, after=lambda f: f.update(
        {'Doc_0/Doc_0/Pages/Page_0/Content.xml': b'<Page/>'}))
    case('left-out-all-but-the-page', OPEN, sign={'only': (PARTS['page'],)})
    versions = '<ofd:Versions><ofd:Version ID="1" Index="1" BaseLoc="Doc_0/V.xml"/></ofd:Versions>'
    doc = {'versions': versions, 'files': {
        'Doc_0/V.xml': m.xml('DocVersion', '<ofd:FileList><ofd:File ID="1">/Doc_0/Old.xml</ofd:File></ofd:FileList>'
                                           '<ofd:DocRoot>/Doc_0/Old.xml</ofd:DocRoot>'), 'Doc_0/Old.xml': '<Document/>'}}
    case('left-out-version', OPEN, doc=doc, sign={'skip': ('Doc_0/Old.xml',)})
    case('left-out-version-list', OPEN, doc=doc, sign={'skip': ('Doc_0/V.xml',)})


def edit(path, *pairs):
    def run(f):
        for a, b in pairs:
            assert a.encode() in f[path], (path, a)
            f[path] = f[path].replace(a.encode(), b.encode(), 1)
    return run


def both(*edits):
    def run(f):
        for e in edits:
            if isinstance(e, dict):
                f.update(e)
            else:
                e(f)
    return run


def later(m):
    """What is done to a signed document."""
    case, FAIL, OPEN = m.case, m.FAIL, m.OPEN
    for name, path in PARTS.items():
        case('changed-' + name, FAIL, after=lambda f, path=path: f.update({path: f[path] + b' '}))
        case('removed-' + name, FAIL, after=lambda f, path=path: f.pop(path) and None)
    for kind in LISTS:
        doc, path = with_list(m, kind), 'Doc_0/' + LISTS[kind][0]
        case('changed-%s-list' % kind.lower(), FAIL, doc=doc, after=lambda f, path=path: f.update({path: f[path] + b' '}))
        # the document was signed without such a list, in a Document.xml that is protected; it is put in all the same
        case('added-' + kind.lower(), FAIL, after=both(edit('Doc_0/Document.xml', (
            '</ofd:Pages>', '</ofd:Pages>' + doc['lists'])), {k: v.encode() for k, v in doc['files'].items()}))
        # Document.xml was left open
        case('added-%s-to-an-open-document' % kind.lower(), OPEN, sign={'skip': ('Doc_0/Document.xml',)}, after=both(
            edit('Doc_0/Document.xml', ('</ofd:Pages>', '</ofd:Pages>' + doc['lists'])),
            {k: v.encode() for k, v in doc['files'].items()}))
    case('annotation-list-extended', FAIL, doc=with_list(m, 'Annotations'), after=both(
        edit('Doc_0/Annots.xml', ('</ofd:Page>', '</ofd:Page><ofd:Page PageID="11"><ofd:FileLoc>B.xml</ofd:FileLoc></ofd:Page>')),
        {'Doc_0/B.xml': b'<PageAnnot/>'}))
    open_root = {'skip': ('OFD.xml',)}
    second = m.document(1)['Doc_0/Document.xml']
    case('doc-root-turned', OPEN, sign=open_root, after=both(
        edit('OFD.xml', ('Doc_0/Document.xml', 'Doc_1/Document.xml')), {
            'Doc_1/Document.xml': second.replace(b'PublicRes.xml', b'/Doc_0/PublicRes.xml')}))
    case('doc-body-put-first', OPEN, sign=open_root, after=both(
        edit('OFD.xml', ('<ofd:DocBody>', '<ofd:DocBody><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot></ofd:DocBody>'
                                          '<ofd:DocBody>')), {'Doc_1/Document.xml': second}))
    case('versions-added', OPEN, sign=open_root, after=both(
        edit('OFD.xml', ('</ofd:DocRoot>', '</ofd:DocRoot><ofd:Versions><ofd:Version ID="1" Index="1" Current="true" '
                                           'BaseLoc="Doc_0/V.xml"/></ofd:Versions>')),
        {'Doc_0/V.xml': m.xml('DocVersion', '<ofd:DocRoot>/Doc_0/New.xml</ofd:DocRoot>').encode(),
         'Doc_0/New.xml': b'<Document/>'}))
    case('list-turned-to-another', OPEN, sign=open_root, after=both(
        edit('OFD.xml', ('/Doc_0/Signs/Signatures.xml', '/Doc_0/S.xml')),
        {'Doc_0/S.xml': m.xml('Signatures', '').encode()}))
    case('list-emptied', OPEN, after=lambda f: f.update({'Doc_0/Signs/Signatures.xml': m.xml('Signatures', '').encode()}))
    case('list-locked-and-emptied', OPEN, sign={'locks': True}, after=lambda f: f.update(
        {'Doc_0/Signs/Signatures.xml': m.xml('Signatures', '').encode()}))
    case('signature-moved-to-another-folder', FAIL, after=move_signature)
    case('signature-of-another-document', FAIL, after=lambda f: other_signature(m, f))
    case('entry-id-twice', FAIL, after=edit('Doc_0/Signs/Signatures.xml', (
        '</ofd:Signatures>', '<ofd:Signature ID="1" BaseLoc="/Doc_0/Signs/Sign_9/Signature.xml"/></ofd:Signatures>')))
    case('page-id-twice', OPEN, sign={'skip': ('Doc_0/Document.xml',)}, after=both(
        edit('Doc_0/Document.xml', ('<ofd:Pages>', '<ofd:Pages><ofd:Page ID="10" BaseLoc="New.xml"/>')),
        {'Doc_0/New.xml': b'<Page/>'}))
    case('page-swapped-through-an-open-document', OPEN, sign={'skip': ('Doc_0/Document.xml',)}, after=both(
        edit('Doc_0/Document.xml', ('Pages/Page_0/Content.xml', 'Pages/Page_9/Content.xml')),
        {'Doc_0/Pages/Page_9/Content.xml': b'<Page/>'}))
    case('font-swapped-through-open-resources', OPEN, sign={'skip': ('Doc_0/PublicRes.xml',)}, after=both(
        edit('Doc_0/PublicRes.xml', ('<ofd:Fonts>', '<ofd:Fonts><ofd:Font ID="2" FontName="x"><ofd:FontFile>x.ttf'
                                                    '</ofd:FontFile></ofd:Font>')), {'Doc_0/Res/x.ttf': b'font'}))
    case('resources-turned-by-base-loc', OPEN, sign={'skip': ('Doc_0/DocumentRes.xml',)}, after=both(
        edit('Doc_0/DocumentRes.xml', ('BaseLoc="Res"', 'BaseLoc="Evil"')), {'Doc_0/Evil/image_3.png': b'other'}))
    case('media-turned-outside', FAIL, after=edit('Doc_0/DocumentRes.xml', ('image_3.png', '../../../etc/passwd')))
    case('document-turned-to-utf-7', FAIL, after=lambda f: f.update({'Doc_0/Document.xml': f['Doc_0/Document.xml'].replace(
        b'UTF-8', b'UTF-7')}))
    case('page-resources-in-utf-16', OPEN, sign={'skip': ('Doc_0/Pages/Page_0/Content.xml',)}, after=both(
        {'Doc_0/Pages/Page_0/Content.xml': m.xml('Page', '<ofd:PageRes>R.xml</ofd:PageRes>').replace(
            'UTF-8', 'UTF-16').encode('utf-16')}, {'Doc_0/Pages/Page_0/R.xml': m.xml('Res', '').encode()}))


def move_signature(f):
    for name in ('Signature.xml', 'SignedValue.dat', 'Seal.esl'):
        f['Doc_0/Signs/Sign_7/' + name] = f['Doc_0/Signs/Sign_0/' + name]
    edit('Doc_0/Signs/Signatures.xml', ('Sign_0', 'Sign_7'))(f)


def other_signature(m, f):
    """The whole signature folder of another document by the same signer."""
    other = m.add_signature(m.document(5), {})
    for name in ('Signature.xml', 'SignedValue.dat', 'Seal.esl'):
        f[m.SIGN + name] = other[m.SIGN + name]


def names(m):
    """Entries of the package that some readers take for others."""
    case = m.case
    page = 'Doc_0/Pages/Page_0/Content.xml'
    for name, other in (('other-case', page.upper()), ('a-backslash', page.replace('/', '\\')),
                        ('a-dot-segment', './' + page), ('percent', page.replace('Page_0', '%50age_0')),
                        ('a-trailing-dot', page + '.'), ('a-leading-slash', '/' + page)):
        case('second-page-with-' + name, 'zip', after=lambda f, other=other: f.update({other: b'<Page/>'}),
             whole=lambda d, other=other: d)
    # composed and decomposed letters are two names: the other one is a stray file, as no reference means it
    case('second-media-decomposed', m.PASS, doc={'media': 'é.png', 'media_file': 'é.png'},
         after=lambda f: f.update({'Doc_0/Res/e\u0301.png': b'other'}))
    case('media-named-decomposed', m.FAIL, doc={'media': 'é.png', 'media_file': 'é.png'},
         after=lambda f: f.update({'Doc_0/Res/e\u0301.png': f.pop('Doc_0/Res/é.png')}))
    inner = m.pack(m.document(1))
    case('package-in-a-package', m.PASS, after=lambda f: f.update({'Doc_0/inner.ofd': inner}))
    case('package-behind-a-package', 'zip', whole=lambda d: d + inner)
    case('package-before-a-package', 'zip', whole=lambda d: inner + d)
    # one name, once in UTF-8 and once in GBK
    case('name-twice-in-two-encodings', 'zip', whole=lambda d: two_encodings(m, d))


def two_encodings(m, data):
    import io
    import zipfile
    out = io.BytesIO()
    z = zipfile.ZipFile(out, 'w')
    old = zipfile.ZipFile(io.BytesIO(data))
    for info in old.infolist():
        z.writestr(zipfile.ZipInfo(info.filename), old.read(info))
    z.writestr(zipfile.ZipInfo('Doc_0/Res/文档.png'), b'one')
    z.writestr(zipfile.ZipInfo('Doc_0/Res/\u0080\u0080.png'), b'two')
    z.close()
    raw = out.getvalue()
    return m.raw_names(raw, 'Doc_0/Res/\u0080\u0080.png'.encode(), b'Doc_0/Res/' + '文档'.encode('gbk') + b'.png')
