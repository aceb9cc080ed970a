#include "zy/showing.h"

#include "zy/cbor.h"
#include "zy/text.h"

#define VERSION 1
#define TIME_MAX ((uint64_t)253402300799) /* 9999-12-31T23:59:59Z */
#define FIELD_MAX ((size_t)1024)
#define PREFIX_LEN (sizeof(ZY_SHOWING_PREFIX) - 1)

static bool take_time(struct zy_reader *r, const char *field, zy_time *out, struct zy_error *err)
{
	uint64_t v;

	if (!zy_cbor_uint(r, TIME_MAX, field, &v, err))
		return false;
	*out = (zy_time)v;
	return true;
}

static bool take_version(struct zy_reader *r, const char *field, struct zy_error *err)
{
	uint64_t v;

	if (!zy_cbor_uint(r, UINT64_MAX, field, &v, err))
		return false;
	return v == VERSION || zy_fail(err, ZY_E_SHOWING, field, zy_reader_offset(r), "version %llu is not known here",
				   (unsigned long long)v);
}

static int64_t alg_of(enum zy_suite suite)
{
	return suite == ZY_SUITE_GM ? ZY_COSE_ALG_SM2 : ZY_COSE_ALG_ES256;
}

void zy_credential_payload_encode(const struct zy_credential *c, struct zy_buf *out)
{
	zy_cbor_put_array(out, 9);
	zy_cbor_put_uint(out, VERSION);
	zy_cbor_put_tstr(out, c->issuer);
	zy_cbor_put_uint(out, c->type);
	zy_cbor_put_int(out, c->iat);
	zy_cbor_put_int(out, c->exp);
	zy_cbor_put_array(out, 2);
	zy_cbor_put_int(out, alg_of(c->holder_suite));
	zy_cbor_put_bstr(out, ZY_BYTES(c->holder_point, sizeof(c->holder_point)));
	zy_cbor_put_null(out);
	zy_cbor_put_uint(out, c->n);
	zy_cbor_put_bstr(out, ZY_BYTES(c->root, sizeof(c->root)));
}

static bool take_holder(struct zy_reader *r, struct zy_credential *c, struct zy_error *err)
{
	struct zy_bytes point;
	int64_t alg;

	if (!zy_cbor_array_exact(r, 2, "holder", err) || !zy_cbor_int(r, "holder.alg", &alg, err) ||
	    !zy_cbor_bstr_exact(r, sizeof(c->holder_point), "holder.point", &point, err))
		return false;
	if (alg != ZY_COSE_ALG_SM2 && alg != ZY_COSE_ALG_ES256)
		return zy_fail(
		    err, ZY_E_SHOWING, "holder.alg", zy_reader_offset(r), "the holder's algorithm is not -65537 or -7");
	c->holder_suite = alg == ZY_COSE_ALG_SM2 ? ZY_SUITE_GM : ZY_SUITE_INTL;
	memcpy(c->holder_point, point.p, point.len);
	return true;
}

static bool parse_payload(struct zy_credential *c, struct zy_reader *r, struct zy_error *err)
{
	struct zy_bytes root;
	uint64_t type, n;

	if (!zy_cbor_array_exact(r, 9, "credential", err) || !take_version(r, "credential.version", err) ||
	    !zy_cbor_tstr(r, 18, "issuer", &c->issuer, err) ||
	    !zy_cbor_uint(r, ZY_SHOWING_LABEL_MAX, "type", &type, err) || !take_time(r, "iat", &c->iat, err) ||
	    !take_time(r, "exp", &c->exp, err) || !take_holder(r, c, err) || !zy_cbor_null(r, "status", err) ||
	    !zy_cbor_uint(r, ZY_SHOWING_FIELDS_MAX, "n", &n, err) ||
	    !zy_cbor_bstr_exact(r, ZY_HASH_LEN, "root", &root, err) || !zy_reader_end(r, "credential", err))
		return false;
	if (c->issuer.len != 18 || (n != 8 && n != 16 && n != 32))
		return zy_fail(err, ZY_E_SHOWING, "credential", zy_reader_offset(r),
		    "an issuer has 18 characters and a tree 8, 16 or 32 leaves");
	c->type = (unsigned)type;
	c->n = (unsigned)n;
	memcpy(c->root, root.p, root.len);
	return true;
}

bool zy_credential_parse(struct zy_credential *out, struct zy_reader *r, struct zy_error *err)
{
	struct zy_credential c = { 0 };
	struct zy_reader at = *r, payload;

	if (!zy_cose_parse(&c.cose, &at, err))
		return false;
	payload = zy_reader_inside(&at, c.cose.payload);
	if (!parse_payload(&c, &payload, err))
		return false;
	*out = c;
	*r = at;
	return true;
}

static void put_field_head(unsigned label, const uint8_t salt[ZY_SHOWING_SALT_LEN], struct zy_buf *out)
{
	zy_cbor_put_array(out, 3);
	zy_cbor_put_uint(out, label);
	zy_cbor_put_bstr(out, ZY_BYTES(salt, ZY_SHOWING_SALT_LEN));
}

void zy_shown_field_encode(
    unsigned label, const uint8_t salt[ZY_SHOWING_SALT_LEN], struct zy_bytes text, struct zy_buf *out)
{
	put_field_head(label, salt, out);
	zy_cbor_put_tstr(out, text);
}

void zy_shown_number_encode(unsigned label, const uint8_t salt[ZY_SHOWING_SALT_LEN], int64_t number, struct zy_buf *out)
{
	put_field_head(label, salt, out);
	zy_cbor_put_int(out, number);
}

static bool parse_field(struct zy_shown_field *f, struct zy_reader *r, struct zy_error *err)
{
	enum zy_cbor_type type;
	struct zy_bytes salt;
	uint64_t label;

	if (!zy_cbor_array_exact(r, 3, "field", err) ||
	    !zy_cbor_uint(r, ZY_SHOWING_LABEL_MAX, "field.label", &label, err) ||
	    !zy_cbor_bstr_exact(r, ZY_SHOWING_SALT_LEN, "field.salt", &salt, err))
		return false;
	f->label = (unsigned)label;
	f->is_text = zy_cbor_peek(r, &type) && type == ZY_CBOR_TSTR;
	if (f->is_text ? !zy_cbor_tstr(r, FIELD_MAX, "field.value", &f->text, err)
		       : !zy_cbor_int(r, "field.value", &f->number, err))
		return false;
	return zy_reader_end(r, "field", err);
}

bool zy_shown_field_parse(struct zy_shown_field *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_shown_field f = { .bytes = in };
	struct zy_reader r = zy_reader_over(in);

	if (!parse_field(&f, &r, err))
		return false;
	*out = f;
	return true;
}

bool zy_showing_decode(struct zy_bytes text, struct zy_buf *out, struct zy_error *err)
{
	struct zy_error why = { 0 };

	while (text.len > 0 && (text.p[text.len - 1] == '\n' || text.p[text.len - 1] == '\r'))
		text.len--;
	if (text.len < PREFIX_LEN || memcmp(text.p, ZY_SHOWING_PREFIX, PREFIX_LEN) != 0)
		return zy_fail(err, ZY_E_SHOWING, "prefix", 0, "a showing code begins with " ZY_SHOWING_PREFIX);
	if (text.len > ZY_SHOWING_TEXT_MAX)
		return zy_fail(err, ZY_E_SHOWING, "text", ZY_SHOWING_TEXT_MAX, "the code is longer than %d characters",
		    ZY_SHOWING_TEXT_MAX);
	if (!zy_base45_decode(out, ZY_BYTES(text.p + PREFIX_LEN, text.len - PREFIX_LEN), &why))
		return zy_fail(err, why.code, why.field,
		    why.offset == ZY_NOWHERE ? ZY_NOWHERE : PREFIX_LEN + why.offset, "%s", why.msg);
	return true;
}

void zy_showing_text(struct zy_bytes bytes, struct zy_buf *out)
{
	zy_buf_put_str(out, ZY_SHOWING_PREFIX);
	zy_base45_encode(out, bytes);
}

/* [[i, field], ...]: at least one, indexes ascending, each < n: so none is used twice. */
static bool take_fields(struct zy_showing *s, struct zy_reader *r, struct zy_error *err)
{
	struct zy_reader start = *r;

	if (!zy_cbor_array(r, ZY_SHOWING_FIELDS_MAX, "fields", &s->num_fields, err))
		return false;
	for (size_t i = 0; i < s->num_fields; i++) {
		struct zy_shown_field *f = &s->fields[i];
		struct zy_reader inner;
		uint64_t index;

		if (!zy_cbor_array_exact(r, 2, "fields", err) ||
		    !zy_cbor_uint(r, s->credential.n - 1, "fields.index", &index, err) ||
		    !zy_cbor_bstr(r, FIELD_MAX, "fields.field", &f->bytes, err))
			return false;
		f->index = (unsigned)index;
		inner = zy_reader_inside(r, f->bytes);
		if (!parse_field(f, &inner, err))
			return false;
		if (i > 0 && f->index <= s->fields[i - 1].index)
			return zy_fail(err, ZY_E_SHOWING, "fields.index", zy_reader_offset(r),
			    "the fields are not in the order of their leaves, or one is shown twice");
	}
	if (s->num_fields == 0)
		return zy_fail(err, ZY_E_SHOWING, "fields", zy_reader_offset(r), "no field is shown");
	s->fields_cbor = ZY_BYTES(start.p, zy_reader_offset(r) - zy_reader_offset(&start));
	return true;
}

static bool take_siblings(struct zy_showing *s, struct zy_reader *r, struct zy_error *err)
{
	if (!zy_cbor_bstr(r, (size_t)ZY_HASH_LEN * ZY_SHOWING_FIELDS_MAX, "siblings", &s->siblings, err))
		return false;
	return s->siblings.len % ZY_HASH_LEN == 0 ||
	       zy_fail(err, ZY_E_SHOWING, "siblings", zy_reader_offset(r), "a sibling has %d bytes", ZY_HASH_LEN);
}

static bool take_staple(struct zy_showing *s, struct zy_reader *r, struct zy_error *err)
{
	struct zy_reader start = *r;

	if (!zy_cbor_next_is_null(r))
		return zy_fail(err, ZY_E_SHOWING, "staple", zy_reader_offset(r),
		    "this code carries a status staple, and its credential has no status reference");
	if (!zy_cbor_null(r, "staple", err))
		return false;
	s->staple_cbor = ZY_BYTES(start.p, zy_reader_offset(r) - zy_reader_offset(&start));
	return true;
}

static bool take_session(struct zy_showing *s, struct zy_reader *r, struct zy_error *err)
{
	struct zy_reader start = *r;
	struct zy_bytes nonce;
	uint64_t mode;

	if (!zy_cbor_array_exact(r, 4, "session", err) || !take_time(r, "session.iat", &s->session.iat, err) ||
	    !zy_cbor_bstr_exact(r, sizeof(s->session.nonce), "session.nonce", &nonce, err) ||
	    !zy_cbor_uint(r, 2, "session.mode", &mode, err))
		return false;
	if (mode != ZY_SHOWING_MODE_FREE)
		return zy_fail(err, ZY_E_SHOWING, "session.mode", zy_reader_offset(r),
		    "only a free showing (mode 0) can be checked without a challenge of yours");
	if (!zy_cbor_null(r, "session.ref", err))
		return false;
	memcpy(s->session.nonce, nonce.p, nonce.len);
	s->session.mode = (unsigned)mode;
	s->session_cbor = ZY_BYTES(start.p, zy_reader_offset(r) - zy_reader_offset(&start));
	return true;
}

bool zy_showing_parse(struct zy_showing *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_bytes signature;

	*out = (struct zy_showing){ 0 };
	if (in.len > ZY_SHOWING_BYTES_MAX)
		return zy_fail(err, ZY_E_SHOWING, "bytes", ZY_SHOWING_BYTES_MAX, "the code holds more than %d bytes",
		    ZY_SHOWING_BYTES_MAX);
	if (!zy_cbor_array_exact(&r, 7, "showing", err) || !take_version(&r, "showing.version", err) ||
	    !zy_credential_parse(&out->credential, &r, err) || !take_fields(out, &r, err) ||
	    !take_siblings(out, &r, err) || !take_staple(out, &r, err) || !take_session(out, &r, err) ||
	    !zy_cbor_bstr_exact(&r, sizeof(out->rs), "signature", &signature, err) ||
	    !zy_reader_end(&r, "showing", err))
		return false;
	memcpy(out->rs, signature.p, sizeof(out->rs));
	return true;
}

void zy_showing_fields_encode(const struct zy_shown_field *fields, size_t num, struct zy_buf *out)
{
	zy_cbor_put_array(out, num);
	for (size_t i = 0; i < num; i++) {
		zy_cbor_put_array(out, 2);
		zy_cbor_put_uint(out, fields[i].index);
		zy_cbor_put_bstr(out, fields[i].bytes);
	}
}

void zy_session_encode(const struct zy_session *s, struct zy_buf *out)
{
	zy_cbor_put_array(out, 4);
	zy_cbor_put_int(out, s->iat);
	zy_cbor_put_bstr(out, ZY_BYTES(s->nonce, sizeof(s->nonce)));
	zy_cbor_put_uint(out, s->mode);
	zy_cbor_put_null(out);
}

void zy_showing_encode(struct zy_bytes credential, struct zy_bytes fields_cbor, struct zy_bytes siblings,
    struct zy_bytes staple_cbor, struct zy_bytes session_cbor, const uint8_t rs[64], struct zy_buf *out)
{
	zy_cbor_put_array(out, 7);
	zy_cbor_put_uint(out, VERSION);
	zy_buf_put(out, credential);
	zy_buf_put(out, fields_cbor);
	zy_cbor_put_bstr(out, siblings);
	zy_buf_put(out, staple_cbor);
	zy_buf_put(out, session_cbor);
	zy_cbor_put_bstr(out, ZY_BYTES(rs, 64));
}

static bool put_digest(enum zy_hash h, struct zy_bytes v, struct zy_buf *out, struct zy_error *err)
{
	uint8_t digest[ZY_HASH_LEN];

	if (!zy_digest(h, v, digest, err))
		return false;
	zy_cbor_put_bstr(out, ZY_BYTES(digest, sizeof(digest)));
	return true;
}

bool zy_showing_input(enum zy_suite holder, struct zy_bytes credential, struct zy_bytes fields_cbor,
    struct zy_bytes staple_cbor, struct zy_bytes session_cbor, struct zy_buf *out, struct zy_error *err)
{
	const enum zy_hash h = zy_suite_hash(holder);

	zy_cbor_put_array(out, 5);
	zy_cbor_put_text(out, "zy-show-1");
	if (!put_digest(h, credential, out, err) || !put_digest(h, fields_cbor, out, err) ||
	    !put_digest(h, staple_cbor, out, err))
		return false;
	zy_buf_put(out, session_cbor);
	return zy_buf_done(out, "showing", err);
}
