/* Names (RFC 5280 4.1.2.4) as they are compared (7.1). */
#include "zy/text.h"
#include "zy/x509.h"

#define DER_T61 0x14
#define DER_VISIBLE 0x1a
#define DER_UNIVERSAL 0x1c
#define DER_BMP 0x1e

/* Characters of a string, one by one: lower case, without needless spaces. */
struct chars {
	struct zy_bytes v;
	size_t at;
	uint8_t tag;
};

static size_t width_of(uint8_t tag)
{
	return tag == DER_UNIVERSAL ? 4 : tag == DER_BMP ? 2 : 1;
}

/* One code point; 0 at the end. */
static uint32_t raw_next(struct chars *c)
{
	size_t width = width_of(c->tag);
	uint32_t v = 0;

	if (c->tag == ZY_DER_UTF8)
		return zy_utf8_next(c->v, &c->at);
	if (c->v.len - c->at < width)
		return 0;
	for (size_t i = 0; i < width; i++)
		v = v << 8 | c->v.p[c->at++];
	return v;
}

static uint32_t lower(uint32_t c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static bool is_space(uint32_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Moves behind spaces; true when there were any. */
static bool skip_spaces(struct chars *c)
{
	struct chars ahead = *c;
	bool any = false;

	while (is_space(raw_next(&ahead))) {
		*c = ahead;
		any = true;
	}
	return any;
}

/* The next character that counts: inner runs of spaces are one, those at the end none. */
static uint32_t next(struct chars *c, bool is_first)
{
	struct chars ahead;

	if (skip_spaces(c) && !is_first) {
		ahead = *c;
		return raw_next(&ahead) == 0 ? 0 : ' ';
	}
	return lower(raw_next(c));
}

static bool is_string(uint8_t tag, struct zy_bytes v)
{
	struct zy_error ignored = { 0 };

	if (tag == ZY_DER_UTF8)
		return zy_utf8_check(v, "", &ignored);
	if (tag == DER_BMP || tag == DER_UNIVERSAL)
		return v.len % width_of(tag) == 0;
	return tag == ZY_DER_PRINTABLE || tag == ZY_DER_IA5 || tag == DER_T61 || tag == DER_VISIBLE;
}

static bool is_equal_value(uint8_t tag_a, struct zy_bytes a, uint8_t tag_b, struct zy_bytes b)
{
	struct chars ca = { a, 0, tag_a }, cb = { b, 0, tag_b };
	uint32_t x;

	if (tag_a == tag_b && zy_bytes_equal(a, b))
		return true;
	if (!is_string(tag_a, a) || !is_string(tag_b, b))
		return false;
	for (bool is_first = true;; is_first = false) {
		x = next(&ca, is_first);
		if (x != next(&cb, is_first))
			return false;
		if (x == 0)
			return ca.at == ca.v.len && cb.at == cb.v.len;
	}
}

struct pair {
	struct zy_bytes oid, value;
	uint8_t tag;
};

static bool take_pair(struct zy_reader *set, struct pair *out)
{
	struct zy_error ignored = { 0 };
	struct zy_reader seq;

	return zy_der_enter(set, ZY_DER_SEQUENCE, "Name", &seq, &ignored) &&
	       zy_der_take(&seq, ZY_DER_OID, "Name", &out->oid, &ignored) &&
	       zy_der_any(&seq, "Name", &out->tag, &out->value, NULL, &ignored) && zy_der_end(&seq, "Name", &ignored);
}

static size_t count_pairs(struct zy_reader set)
{
	struct pair p;
	size_t n = 0;

	while (zy_reader_left(&set) > 0 && take_pair(&set, &p))
		n++;
	return zy_reader_left(&set) > 0 ? 0 : n; /* 0: malformed, equal to nothing */
}

#define PAIRS_MAX 16

/* A RelativeDistinguishedName is a set: every pair of one is in the other, each taken once. */
static bool is_equal_rdn(struct zy_reader a, struct zy_reader b)
{
	size_t n = count_pairs(a);
	bool taken[PAIRS_MAX] = { false };
	struct pair x, y;

	if (n == 0 || n > PAIRS_MAX || n != count_pairs(b))
		return false;
	while (zy_reader_left(&a) > 0) {
		struct zy_reader rest = b;
		bool found = false;

		if (!take_pair(&a, &x))
			return false;
		for (size_t i = 0; i < n && !found; i++) {
			if (!take_pair(&rest, &y))
				return false;
			found =
			    !taken[i] && zy_bytes_equal(x.oid, y.oid) && is_equal_value(x.tag, x.value, y.tag, y.value);
			taken[i] = taken[i] || found;
		}
		if (!found)
			return false;
	}
	return true;
}

static bool open_name(struct zy_bytes name, struct zy_reader *rdns)
{
	struct zy_error ignored = { 0 };
	struct zy_reader r = zy_reader_over(name);

	return zy_der_enter(&r, ZY_DER_SEQUENCE, "Name", rdns, &ignored) && zy_der_end(&r, "Name", &ignored);
}

/* *left: RDNs of `name` that follow those of `base`. */
static bool begins_with(struct zy_bytes name, struct zy_bytes base, size_t *left)
{
	struct zy_error ignored = { 0 };
	struct zy_reader n, b, x, y;

	if (!open_name(name, &n) || !open_name(base, &b))
		return false;
	while (zy_reader_left(&b) > 0)
		if (!zy_der_enter(&b, ZY_DER_SET, "RDN", &x, &ignored) ||
		    !zy_der_enter(&n, ZY_DER_SET, "RDN", &y, &ignored) || !is_equal_rdn(x, y))
			return false;
	*left = zy_reader_left(&n);
	return true;
}

bool zy_name_is_within(struct zy_bytes name, struct zy_bytes base)
{
	size_t left;

	return begins_with(name, base, &left);
}

bool zy_name_is_equal(struct zy_bytes a, struct zy_bytes b)
{
	size_t left;

	return begins_with(a, b, &left) && left == 0;
}

bool zy_name_is_empty(struct zy_bytes name)
{
	struct zy_reader rdns;

	return open_name(name, &rdns) && zy_reader_left(&rdns) == 0;
}

struct zy_name_walk zy_name_walk_over(struct zy_bytes name)
{
	struct zy_name_walk w = { .set = zy_reader_over(ZY_BYTES("", 0)) };

	if (!open_name(name, &w.rdns))
		w.rdns = w.set;
	return w;
}

bool zy_name_walk_next(struct zy_name_walk *w, struct zy_bytes oid, struct zy_bytes *value)
{
	struct zy_error ignored = { 0 };
	struct pair p;

	for (;;) {
		while (zy_reader_left(&w->set) > 0 && take_pair(&w->set, &p))
			if (zy_bytes_equal(p.oid, oid)) {
				*value = p.value;
				return true;
			}
		if (zy_reader_left(&w->rdns) == 0 || !zy_der_enter(&w->rdns, ZY_DER_SET, "RDN", &w->set, &ignored))
			return false;
	}
}
