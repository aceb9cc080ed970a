/* Signed XML documents with the keys of tests/keys. Changes before signing are made by who holds the key: digests and
 * value are right all the same. Changes after it are anybody's. */
#ifndef XML_MADE_H
#define XML_MADE_H

#include "stamp_made.h"
#include "zy/text.h"
#include "zy/xml_signature.h"
#include "zy/xml_tree.h"

#define XML_CHANGES 4
#define XML_ID "@ID@" /* in a change: the Id of the signature that was made */
#define XML_DOCUMENT                                                                                                    \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<g:grant xmlns:g=\"urn:example:grant\" xmlns:other=\"urn:other\" " \
	"number=\"7\">\n  <g:to>云泽市测试公司</g:to>\n  <g:amount currency=\"CNY\">1000</g:amount>\n</g:grant>\n"

/* clang misses `until` where a change is of one place */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

struct xml_made {
	const char *document; /* NULL: XML_DOCUMENT */
	enum zy_suite suite;
	const char *cert;  /* NULL: the leaf of the suite, with its issuer */
	zy_time signed_at; /* 0: VERIFY_AT */
	struct {
		const char *from, *to; /* the first place only */
		const char *until;     /* not NULL: from `from` up to this, both included, becomes `to` */
	} before[XML_CHANGES], after[XML_CHANGES];
	const struct stamp_authority *tsa;
	const char *stamp; /* "good" "other" "early" "bytes" */
};

/* `text` with the Id of the file's first signature in the place of XML_ID. */
static inline void xml_put_id(const struct zy_buf *file, const char *text, struct zy_buf *out)
{
	static const char mark[] = "<ds:Signature xmlns:ds=\"" ZY_XML_DS "\" Id=\"";
	const uint8_t *id = memmem(file->p, file->len, mark, strlen(mark));
	const char *at;

	for (; (at = strstr(text, XML_ID)) != NULL; text = at + strlen(XML_ID)) {
		VERIFY_CHECK(id != NULL);
		zy_buf_put(out, ZY_BYTES(text, (size_t)(at - text)));
		zy_buf_put(out, ZY_BYTES(id + strlen(mark), 19));
	}
	zy_buf_put_str(out, text);
}

static inline const uint8_t *xml_place(const struct zy_buf *b, size_t at, const char *text)
{
	const uint8_t *place;
	ZY_BUF_AUTO named = { 0 };

	xml_put_id(b, text, &named);
	place = memmem(b->p + at, b->len - at, named.p, named.len);
	if (place == NULL)
		fprintf(stderr, "not there: %s\n", text);
	VERIFY_CHECK(place != NULL);
	return place;
}

static inline void xml_change_until(struct zy_buf *b, const char *from, const char *until, const char *to)
{
	const uint8_t *at = xml_place(b, 0, from);
	size_t begin = (size_t)(at - b->p), end;
	ZY_BUF_AUTO changed = { 0 };
	ZY_BUF_AUTO last = { 0 };

	xml_put_id(b, until, &last);
	end = (size_t)(xml_place(b, begin, until) - b->p) + last.len;
	zy_buf_put(&changed, ZY_BYTES(b->p, begin));
	xml_put_id(b, to, &changed);
	zy_buf_put(&changed, ZY_BYTES(b->p + end, b->len - end));
	b->len = 0;
	zy_buf_put(b, zy_buf_bytes(&changed));
}

/* The first `from` becomes `to`. */
static inline void xml_change(struct zy_buf *b, const char *from, const char *to)
{
	xml_change_until(b, from, from, to);
}

static inline const struct zy_xml_element *xml_find(const struct zy_xml_tree *t, const char *ns, const char *name)
{
	const struct zy_xml_element *e = zy_xml_tree_root(t);

	while (e != NULL && !zy_xml_element_is(e, ns, name))
		e = zy_xml_tree_next(e);
	return e;
}

/* Puts base64 of v in the place of the text behind `mark` and the next `tag`. */
static inline void xml_set(struct zy_buf *b, const char *mark, const char *tag, struct zy_bytes v)
{
	uint8_t *at = memmem(b->p, b->len, mark, strlen(mark)), *end;
	ZY_BUF_AUTO text = { 0 };

	if (at == NULL)
		return;
	at = memmem(at, b->len - (size_t)(at - b->p), tag, strlen(tag));
	VERIFY_CHECK(at != NULL && (at = memchr(at, '>', b->len - (size_t)(at - b->p))) != NULL);
	VERIFY_CHECK((end = memchr(at, '<', b->len - (size_t)(at - b->p))) != NULL);
	zy_base64_encode(&text, v);
	VERIFY_CHECK((size_t)(end - at - 1) == text.len);
	memcpy(at + 1, text.p, text.len);
}

static inline void xml_canonical(struct zy_buf *file, const char *ns, const char *name, struct zy_buf *out)
{
	const struct zy_xml_element *signature, *top;
	struct zy_error err = { 0 };
	struct zy_xml_tree *t;

	if (!zy_xml_tree_open(&t, zy_buf_bytes(file), "made", &err))
		fprintf(stderr, "%s\n", err.msg);
	VERIFY_CHECK(err.code == ZY_OK);
	signature = xml_find(t, ZY_XML_DS, "Signature");
	top = name == NULL ? NULL : xml_find(t, ns, name);
	if (name == NULL || top != NULL)
		VERIFY_CHECK(zy_xml_tree_canonical(t, top, name == NULL ? signature : NULL, out, &err));
	zy_xml_tree_close(t);
}

/* Digests and value of the first signature, as it stands now. */
static inline void xml_sign(struct zy_buf *file, enum zy_suite suite)
{
	uint8_t digest[ZY_HASH_LEN], rs[64];
	struct zy_error err = { 0 };
	ZY_BUF_AUTO document = { 0 };
	ZY_BUF_AUTO properties = { 0 };
	ZY_BUF_AUTO info = { 0 };

	xml_canonical(file, NULL, NULL, &document);
	VERIFY_CHECK(zy_digest(zy_suite_hash(suite), zy_buf_bytes(&document), digest, &err));
	xml_set(file, "URI=\"\"", "<ds:DigestValue", ZY_BYTES(digest, sizeof(digest)));
	xml_canonical(file, ZY_XML_XADES, "SignedProperties", &properties);
	VERIFY_CHECK(zy_digest(zy_suite_hash(suite), zy_buf_bytes(&properties), digest, &err));
	xml_set(file, "SignedProperties\" URI=", "<ds:DigestValue", ZY_BYTES(digest, sizeof(digest)));
	xml_canonical(file, ZY_XML_DS, "SignedInfo", &info);
	verify_sign(suite, zy_buf_bytes(&info), rs);
	xml_set(file, "<ds:SignatureValue", "<ds:SignatureValue", ZY_BYTES(rs, sizeof(rs)));
}

static inline void xml_stamp(const struct xml_made *m, struct zy_buf *file)
{
	ZY_BUF_AUTO value = { 0 };
	ZY_BUF_AUTO token = { 0 };
	ZY_BUF_AUTO text = { 0 };

	xml_canonical(file, ZY_XML_DS, "SignatureValue", &value);
	if (strcmp(m->stamp, "bytes") == 0)
		zy_buf_put_str(&token, "no token");
	else
		stamp_make(m->tsa, strcmp(m->stamp, "other") == 0 ? ZY_LITERAL("another value") : zy_buf_bytes(&value),
		    strcmp(m->stamp, "early") == 0 ? VERIFY_AT - 3600 : VERIFY_AT, &token);
	zy_buf_put_str(&text, "</xades:SignedProperties><xades:UnsignedProperties><xades:UnsignedSignatureProperties>"
			      "<xades:SignatureTimeStamp><ds:CanonicalizationMethod Algorithm=\"" ZY_XML_EXCLUSIVE
			      "\"/><xades:EncapsulatedTimeStamp>");
	zy_base64_encode(&text, zy_buf_bytes(&token));
	zy_buf_put_str(&text, "</xades:EncapsulatedTimeStamp></xades:SignatureTimeStamp></xades:"
			      "UnsignedSignatureProperties></xades:UnsignedProperties>");
	zy_buf_put_u8(&text, 0);
	xml_change(file, "</xades:SignedProperties>", (const char *)text.p);
}

/* The document with a signature; not yet signed, unless asked. */
static inline void xml_prepare(const struct xml_made *m, struct zy_arena *a, bool sign, struct zy_buf *out)
{
	const struct zy_bytes in = zy_str(m->document == NULL ? XML_DOCUMENT : m->document);
	const char *leaf = m->suite == ZY_SUITE_GM ? "gm-leaf" : "intl-leaf";
	struct zy_bytes certs[2] = { verify_cert(a, m->cert == NULL ? leaf : m->cert),
		verify_cert(a, m->suite == ZY_SUITE_GM ? "gm-sub" : "intl-sub") };
	struct zy_xml_signing s = { .suite = m->suite,
		.certs = certs,
		.num_certs = 2,
		.signed_at = m->signed_at == 0 ? VERIFY_AT : m->signed_at };
	uint8_t rs[64] = { 0 };
	struct zy_error err = { 0 };
	struct zy_xml_tree *t;
	ZY_BUF_AUTO covered = { 0 };
	ZY_BUF_AUTO info = { 0 };
	size_t at;

	VERIFY_CHECK(zy_xml_tree_open(&t, in, "made", &err) && zy_xml_tree_canonical(t, NULL, NULL, &covered, &err));
	s.covered = zy_buf_bytes(&covered);
	at = zy_xml_element_end_tag(zy_xml_tree_root(t));
	zy_xml_tree_close(t);
	VERIFY_CHECK(at != ZY_NOWHERE);
	if (sign) {
		VERIFY_CHECK(zy_xml_signed_info_encode(&s, &info, &err));
		verify_sign(m->suite, zy_buf_bytes(&info), rs);
	}
	zy_buf_put(out, ZY_BYTES(in.p, at));
	VERIFY_CHECK(zy_xml_signature_encode(&s, rs, ZY_BYTES(NULL, 0), out, &err));
	zy_buf_put(out, ZY_BYTES(in.p + at, in.len - at));
}

static inline void xml_make(const struct xml_made *m, struct zy_arena *a, struct zy_buf *out)
{
	xml_prepare(m, a, false, out);
	for (size_t i = 0; i < XML_CHANGES && m->before[i].from != NULL; i++)
		xml_change_until(out, m->before[i].from,
		    m->before[i].until == NULL ? m->before[i].from : m->before[i].until, m->before[i].to);
	xml_sign(out, m->suite);
	if (m->stamp != NULL)
		xml_stamp(m, out);
	for (size_t i = 0; i < XML_CHANGES && m->after[i].from != NULL; i++)
		xml_change_until(out, m->after[i].from,
		    m->after[i].until == NULL ? m->after[i].from : m->after[i].until, m->after[i].to);
}

/* A counter signature of the first signature's value. */
static inline void xml_countersign(struct zy_buf *file, enum zy_suite suite, struct zy_arena *a)
{
	static const char places[] =
	    "</xades:SignedProperties><xades:UnsignedProperties><xades:"
	    "UnsignedSignatureProperties><xades:CounterSignature>%.*s</xades:CounterSignature></"
	    "xades:UnsignedSignatureProperties></xades:UnsignedProperties>";
	const struct zy_bytes cert = verify_cert(a, suite == ZY_SUITE_GM ? "gm-leaf" : "intl-leaf");
	uint8_t rs[64];
	struct zy_error err = { 0 };
	ZY_BUF_AUTO value = { 0 };
	ZY_BUF_AUTO id = { 0 };
	ZY_BUF_AUTO info = { 0 };
	ZY_BUF_AUTO counter = { 0 };
	ZY_BUF_AUTO text = { 0 };

	xml_canonical(file, ZY_XML_DS, "SignatureValue", &value);
	xml_put_id(file, XML_ID "-value", &id);
	zy_buf_put_u8(&id, 0);
	struct zy_xml_signing s = { suite, &cert, 1, VERIFY_AT, zy_buf_bytes(&value), (const char *)id.p };
	VERIFY_CHECK(zy_xml_signed_info_encode(&s, &info, &err));
	verify_sign(suite, zy_buf_bytes(&info), rs);
	VERIFY_CHECK(zy_xml_signature_encode(&s, rs, ZY_BYTES(NULL, 0), &counter, &err));
	zy_buf_printf(&text, places, (int)counter.len, (const char *)counter.p);
	zy_buf_put_u8(&text, 0);
	xml_change(file, "</xades:SignedProperties>", (const char *)text.p);
}

#endif
