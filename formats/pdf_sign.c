#include "ber.h"
#include "pdf_internal.h"
#include "zy/der.h"

#define FIELD_DEPTH_MAX 16
#define FIELDS_MAX 4096

static bool take_range(struct pdf_reading *p, const struct pdf_value *array, long long r[4])
{
	if (pdf_num_items(p->d, array) != 4)
		return false;
	for (size_t i = 0; i < 4; i++)
		if (!pdf_integer(p->d, pdf_item(p->d, array, i), &r[i]))
			return false;
	return true;
}

/* [0 a b c]: from the first byte, a gap that starts at a and ends at b, then c bytes inside the file. */
static bool check_range(struct pdf_reading *p, struct zy_pdf_signature *s, const struct pdf_value *dict)
{
	long long r[4], len = (long long)p->in.len;

	if (!take_range(p, pdf_get(p->d, dict, "ByteRange"), r))
		return zy_fail(&s->fault, ZY_E_PDF, "ByteRange", ZY_NOWHERE, "not an array of four integers");
	if (r[0] != 0)
		return zy_fail(&s->fault, ZY_E_PDF, "ByteRange", ZY_NOWHERE, "does not begin at the first byte");
	if (r[1] <= 0 || r[2] <= r[1] || r[3] <= 0 || r[2] > len || r[3] > len - r[2])
		return zy_fail(&s->fault, ZY_E_PDF, "ByteRange", ZY_NOWHERE,
		    "ranges that overlap, are empty, or reach beyond the file's %lld bytes", len);
	s->hole_at = (size_t)r[1];
	s->hole_len = (size_t)(r[2] - r[1]);
	s->part[0] = ZY_BYTES(p->in.p, (size_t)r[1]);
	s->part[1] = ZY_BYTES(p->in.p + r[2], (size_t)r[3]);
	return true;
}

/* Lower or upper case, not both, and an even number: one spelling, so that no digit can be changed unseen. */
static bool spelled_once(struct zy_bytes hex)
{
	enum { LOWER = 1, UPPER = 2, SPACE = 4 };
	static const uint8_t how[256] = { ['a'] = LOWER,
		['b'] = LOWER,
		['c'] = LOWER,
		['d'] = LOWER,
		['e'] = LOWER,
		['f'] = LOWER,
		['A'] = UPPER,
		['B'] = UPPER,
		['C'] = UPPER,
		['D'] = UPPER,
		['E'] = UPPER,
		['F'] = UPPER,
		[0] = SPACE,
		[' '] = SPACE,
		['\t'] = SPACE,
		['\n'] = SPACE,
		['\f'] = SPACE,
		['\r'] = SPACE };
	unsigned all = 0;

	for (size_t i = 0; i < hex.len; i++)
		all |= how[hex.p[i]];
	return all != (LOWER | UPPER) && all < SPACE && hex.len % 2 == 0;
}

/* The bytes before the hole end with the key as it is usually spelled. */
static bool follows_key(const struct pdf_reading *p, size_t at)
{
	static const char key[] = "/Contents";
	const size_t len = sizeof(key) - 1;
	struct zy_bytes before = ZY_BYTES(p->in.p, at);

	while (before.len > 0 && pdf_is_space(before.p[before.len - 1]))
		before.len--;
	return before.len >= len && memcmp(before.p + before.len - len, key, len) == 0;
}

/* What is not covered is this dictionary's /Contents and nothing else. */
static bool check_hole(struct pdf_reading *p, struct zy_pdf_signature *s, const struct pdf_value *contents)
{
	struct zy_bytes hex = contents->as.text;

	if (contents->at != s->hole_at || hex.len != s->hole_len || hex.p[0] != '<' || !follows_key(p, s->hole_at))
		return zy_fail(&s->fault, ZY_E_PDF, "ByteRange", s->hole_at,
		    "what is not covered is not exactly the value of /Contents");
	if (!spelled_once(ZY_BYTES(hex.p + 1, hex.len - 2)))
		return zy_fail(&s->fault, ZY_E_PDF, "Contents", s->hole_at,
		    "hexadecimal with an odd digit, white space, or both upper and lower case");
	return true;
}

/* /Contents is one SEQUENCE and zeros (ISO 32000-1 12.8.1); of adbe.x509.rsa_sha1, which is not judged, an OCTET STRING
 * (12.8.3.2). It should be DER; NSS writes indefinite lengths. */
static bool check_padding(struct zy_pdf_signature *s, struct zy_bytes contents, struct zy_bytes *der)
{
	struct zy_reader r = zy_reader_over(contents);
	struct zy_error why = { 0 };
	struct zy_bytes rest;
	bool is_ber = false; /* whoever reads it finds out again */

	if (strcmp(s->sub_filter, "adbe.x509.rsa_sha1") == 0
		? !zy_der_take_whole(&r, ZY_DER_OCTETS, "Contents", der, &why)
		: !ber_take_whole(&r, ZY_DER_SEQUENCE, "Contents", der, &is_ber, &why))
		return zy_fail(&s->fault, ZY_E_PDF, "Contents", s->hole_at, "holds no DER: %s", why.msg);
	rest = zy_reader_rest(&r);
	for (size_t i = 0; i < rest.len; i++)
		if (rest.p[i] != 0)
			return zy_fail(
			    &s->fault, ZY_E_PDF, "Contents", s->hole_at, "bytes other than 00 follow the DER");
	return true;
}

/* The revision whose last byte is the last one covered, with or without the line end behind %%EOF. */
static size_t covered_revision(const struct zy_pdf *out, struct zy_bytes in, size_t end)
{
	for (size_t k = 0; k < out->num_revisions; k++) {
		size_t to = out->revision_end[k], from = to;

		while (from > 0 && to - from < 2 && (in.p[from - 1] == '\n' || in.p[from - 1] == '\r'))
			from--;
		if (end >= from && end <= to)
			return k + 1;
	}
	return 0;
}

static void forget_coverage(struct zy_pdf_signature *s)
{
	s->hole_at = s->hole_len = s->revision = 0;
	s->part[0] = s->part[1] = s->der = (struct zy_bytes){ 0 };
	s->whole = false;
}

static bool read_coverage(
    struct pdf_reading *p, struct zy_pdf_signature *s, const struct pdf_value *dict, struct zy_error *err)
{
	const struct pdf_value *value = pdf_resolve(p->d, pdf_get(p->d, dict, "Contents"));
	struct zy_bytes contents, der;
	size_t end;

	if (value->kind != PDF_STRING) {
		zy_fail(&s->fault, ZY_E_PDF, "Contents", ZY_NOWHERE, "Contents is missing or no string");
		return true;
	}
	if (!pdf_string(value, p->arena, &contents, err))
		return false;
	if (!check_range(p, s, dict) || !check_hole(p, s, value) || !check_padding(s, contents, &der)) {
		forget_coverage(s);
		return true;
	}
	s->der = der;
	end = s->hole_at + s->hole_len + s->part[1].len;
	s->whole = end == p->in.len;
	s->revision = covered_revision(p->out, p->in, end);
	return true;
}

static enum zy_pdf_sub_filter sub_filter_kind(const char *name)
{
	return strcmp(name, "ETSI.CAdES.detached") == 0   ? ZY_PDF_CADES
	       : strcmp(name, "adbe.pkcs7.detached") == 0 ? ZY_PDF_PKCS7
	       : strcmp(name, "ETSI.RFC3161") == 0        ? ZY_PDF_STAMP
							  : ZY_PDF_OTHER;
}

static void remember_reached(struct pdf_reading *p, const struct pdf_value *dict)
{
	unsigned id = pdf_number_of(dict);

	for (size_t i = 0; id != 0 && i < p->num_reached; i++)
		if (p->reached[i] == id)
			return;
	p->reached[p->num_reached++] = id;
}

/* Most documents have one or two, and one is large. */
static struct zy_pdf_signature *next_signature(struct pdf_reading *p, struct zy_error *err)
{
	size_t num = p->out->num_signatures, room = num == 0 ? 2 : 2 * num;
	struct zy_pdf_signature *more;

	if (num == ZY_PDF_SIGNATURES_MAX) {
		zy_fail(err, ZY_E_TOO_LARGE, "Fields", ZY_NOWHERE, "more than %d signatures", ZY_PDF_SIGNATURES_MAX);
		return NULL;
	}
	if (num == 0 || (num >= 2 && (num & (num - 1)) == 0)) {
		if ((more = zy_arena_array(p->arena, room, sizeof(*more), err)) == NULL)
			return NULL;
		if (num > 0)
			memcpy(more, p->out->signatures, num * sizeof(*more));
		p->out->signatures = more;
	}
	return &p->out->signatures[p->out->num_signatures++];
}

static bool read_signature(
    struct pdf_reading *p, const struct pdf_value *field, const struct pdf_value *dict, struct zy_error *err)
{
	struct zy_pdf_signature *s = next_signature(p, err);
	const char *m;

	if (s == NULL)
		return false;
	remember_reached(p, dict);
	if ((s->field = pdf_text(p, pdf_get(p->d, field, "T"), err)) == NULL ||
	    (s->filter = pdf_name(p, pdf_get(p->d, dict, "Filter"), err)) == NULL ||
	    (s->sub_filter = pdf_name(p, pdf_get(p->d, dict, "SubFilter"), err)) == NULL ||
	    (s->name = pdf_text(p, pdf_get(p->d, dict, "Name"), err)) == NULL ||
	    (m = pdf_text(p, pdf_get(p->d, dict, "M"), err)) == NULL)
		return false;
	s->kind = sub_filter_kind(s->sub_filter);
	s->seed = pdf_seed(p->d, field, dict);
	s->has_time = pdf_date(zy_str(m), &s->time);
	return read_coverage(p, s, dict, err);
}

/* Fields form a tree; /FT and /V may be inherited (ISO 32000-1 12.7.3.1). */
static bool read_field(struct pdf_reading *p, const struct pdf_value *field, bool is_signature, int depth,
    unsigned *num, struct zy_error *err)
{
	const struct pdf_value *type = pdf_resolve(p->d, pdf_get(p->d, field, "FT")),
			       *kids = pdf_get(p->d, field, "Kids"), *value;

	if (depth > FIELD_DEPTH_MAX || ++*num > FIELDS_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "Fields", ZY_NOWHERE, "more fields than %d, or deeper than %d",
		    FIELDS_MAX, FIELD_DEPTH_MAX);
	if (type->kind == PDF_NAME)
		is_signature = pdf_name_is(type, "Sig");
	for (size_t i = 0, n = pdf_num_items(p->d, kids); i < n; i++)
		if (!read_field(p, pdf_item(p->d, kids, i), is_signature, depth + 1, num, err))
			return false;
	value = pdf_get(p->d, field, "V");
	if (!is_signature)
		return true;
	if (pdf_is(p->d, value, PDF_DICT))
		return read_signature(p, field, value, err);
	p->out->num_unsigned += pdf_num_items(p->d, kids) == 0;
	return true;
}

bool pdf_read_signatures(struct pdf_reading *p, const struct pdf_value *form, struct zy_error *err)
{
	const struct pdf_value *fields = pdf_get(p->d, form, "Fields");
	unsigned num = 0;

	for (size_t i = 0, n = pdf_num_items(p->d, fields); i < n; i++)
		if (!read_field(p, pdf_item(p->d, fields, i), false, 0, &num, err))
			return false;
	return true;
}

bool zy_pdf_signature_digest(
    const struct zy_pdf_signature *s, enum zy_hash h, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	struct zy_hasher k = { 0 };
	bool ok = zy_hasher_start(&k, h, err) && zy_hasher_add(&k, s->part[0], err) &&
		  zy_hasher_add(&k, s->part[1], err) && zy_hasher_final(&k, out, err);

	zy_hasher_free(&k);
	return ok;
}
