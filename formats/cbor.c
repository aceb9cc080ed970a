#include "zy/cbor.h"

#include "zy/text.h"

enum { SIMPLE_FALSE = 20, SIMPLE_TRUE = 21, SIMPLE_NULL = 22 };

static bool fail_cbor(const struct zy_reader *r, const char *field, const char *why, struct zy_error *err)
{
	return zy_fail(err, ZY_E_CBOR, field, zy_reader_offset(r), "%s: %s", field, why);
}

bool zy_cbor_peek(const struct zy_reader *r, enum zy_cbor_type *out)
{
	uint8_t first;

	if (!zy_peek_u8(r, &first))
		return false;
	*out = (enum zy_cbor_type)(first >> 5);
	return true;
}

bool zy_cbor_next_is_null(const struct zy_reader *r)
{
	uint8_t first;

	return zy_peek_u8(r, &first) && first == (ZY_CBOR_SIMPLE << 5 | SIMPLE_NULL);
}

/* Initial byte and argument, shortest form only (RFC 8949 4.2.1). */
static bool head(struct zy_reader *r, const char *field, enum zy_cbor_type *type, uint64_t *v, struct zy_error *err)
{
	static const uint64_t least[] = { 24, 0x100, 0x10000, 0x100000000 };
	struct zy_reader at = *r;
	uint8_t first, info;

	if (!zy_take_u8(&at, field, &first, err))
		return false;
	*type = (enum zy_cbor_type)(first >> 5);
	info = first & 31;
	if (info < 24) {
		*v = info;
	} else if (info > 27) {
		return fail_cbor(r, field, "an indefinite or reserved length", err);
	} else {
		if (!zy_take_be(&at, (size_t)1 << (info - 24), field, v, err))
			return false;
		if (*v < least[info - 24])
			return fail_cbor(r, field, "an integer that is not in its shortest form", err);
	}
	*r = at;
	return true;
}

static bool expect(struct zy_reader *r, enum zy_cbor_type want, const char *field, uint64_t *v, struct zy_error *err)
{
	static const char *const wrong[] = { "an unsigned integer belongs here", "a negative integer belongs here",
		"a byte string belongs here", "a text belongs here", "an array belongs here", "a map belongs here",
		"a tag belongs here", "a simple value belongs here" };
	struct zy_reader at = *r;
	enum zy_cbor_type type;

	if (!head(&at, field, &type, v, err))
		return false;
	if (type != want)
		return fail_cbor(r, field, wrong[want], err);
	*r = at;
	return true;
}

bool zy_cbor_uint(struct zy_reader *r, uint64_t most, const char *field, uint64_t *out, struct zy_error *err)
{
	struct zy_reader at = *r;
	uint64_t v;

	if (!expect(&at, ZY_CBOR_UINT, field, &v, err))
		return false;
	if (v > most)
		return fail_cbor(r, field, "the number is too large", err);
	*out = v;
	*r = at;
	return true;
}

bool zy_cbor_int(struct zy_reader *r, const char *field, int64_t *out, struct zy_error *err)
{
	struct zy_reader at = *r;
	enum zy_cbor_type type;
	uint64_t v;

	if (!head(&at, field, &type, &v, err))
		return false;
	if (type > ZY_CBOR_NEGATIVE || v > INT64_MAX)
		return fail_cbor(r, field, "an integer of 64 bits belongs here", err);
	*out = type == ZY_CBOR_UINT ? (int64_t)v : -1 - (int64_t)v;
	*r = at;
	return true;
}

static bool string(struct zy_reader *r, enum zy_cbor_type type, size_t most, const char *field, struct zy_bytes *out,
    struct zy_error *err)
{
	struct zy_reader at = *r;
	struct zy_error why = { 0 };
	struct zy_bytes v;
	uint64_t len;
	size_t start;

	if (!expect(&at, type, field, &len, err))
		return false;
	if (len > most)
		return fail_cbor(r, field, "the string is too long", err);
	start = zy_reader_offset(&at);
	if (!zy_take(&at, (size_t)len, field, &v, err))
		return false;
	if (type == ZY_CBOR_TSTR && !zy_utf8_check(v, field, &why))
		return zy_fail(err, why.code, field, start + why.offset, "%s", why.msg);
	*out = v;
	*r = at;
	return true;
}

bool zy_cbor_bstr(struct zy_reader *r, size_t most, const char *field, struct zy_bytes *out, struct zy_error *err)
{
	return string(r, ZY_CBOR_BSTR, most, field, out, err);
}

bool zy_cbor_bstr_exact(struct zy_reader *r, size_t len, const char *field, struct zy_bytes *out, struct zy_error *err)
{
	struct zy_reader at = *r;
	struct zy_bytes v;

	if (!string(&at, ZY_CBOR_BSTR, len, field, &v, err))
		return false;
	if (v.len != len)
		return fail_cbor(r, field, "the byte string is too short", err);
	*out = v;
	*r = at;
	return true;
}

bool zy_cbor_tstr(struct zy_reader *r, size_t most, const char *field, struct zy_bytes *out, struct zy_error *err)
{
	return string(r, ZY_CBOR_TSTR, most, field, out, err);
}

static bool container(
    struct zy_reader *r, enum zy_cbor_type type, size_t most, const char *field, size_t *num, struct zy_error *err)
{
	struct zy_reader at = *r;
	uint64_t v;

	if (!expect(&at, type, field, &v, err))
		return false;
	/* An item takes at least one byte: a count over what is left cannot be true. */
	if (v > most || v > zy_reader_left(&at))
		return fail_cbor(r, field, "too many items", err);
	*num = (size_t)v;
	*r = at;
	return true;
}

bool zy_cbor_array(struct zy_reader *r, size_t most, const char *field, size_t *num, struct zy_error *err)
{
	return container(r, ZY_CBOR_ARRAY, most, field, num, err);
}

bool zy_cbor_array_exact(struct zy_reader *r, size_t num, const char *field, struct zy_error *err)
{
	struct zy_reader at = *r;
	size_t have;

	if (!container(&at, ZY_CBOR_ARRAY, num, field, &have, err))
		return false;
	if (have != num)
		return fail_cbor(r, field, "too few items", err);
	*r = at;
	return true;
}

bool zy_cbor_map(struct zy_reader *r, size_t most, const char *field, size_t *num, struct zy_error *err)
{
	return container(r, ZY_CBOR_MAP, most, field, num, err);
}

static bool simple(struct zy_reader *r, const char *field, uint64_t *v, struct zy_error *err)
{
	struct zy_reader at = *r;

	if (!expect(&at, ZY_CBOR_SIMPLE, field, v, err))
		return false;
	if (*v < SIMPLE_FALSE || *v > SIMPLE_NULL)
		return fail_cbor(r, field, "only false, true and null are simple values here", err);
	*r = at;
	return true;
}

bool zy_cbor_null(struct zy_reader *r, const char *field, struct zy_error *err)
{
	struct zy_reader at = *r;
	uint64_t v;

	if (!simple(&at, field, &v, err))
		return false;
	if (v != SIMPLE_NULL)
		return fail_cbor(r, field, "null belongs here", err);
	*r = at;
	return true;
}

bool zy_cbor_bool(struct zy_reader *r, const char *field, bool *out, struct zy_error *err)
{
	struct zy_reader at = *r;
	uint64_t v;

	if (!simple(&at, field, &v, err))
		return false;
	if (v == SIMPLE_NULL)
		return fail_cbor(r, field, "true or false belongs here", err);
	*out = v == SIMPLE_TRUE;
	*r = at;
	return true;
}

bool zy_cbor_key_after(struct zy_bytes a, struct zy_bytes b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = memcmp(a.p, b.p, n);

	return c < 0 || (c == 0 && a.len < b.len);
}

static bool skip(struct zy_reader *r, unsigned depth, const char *field, struct zy_error *err);

static bool skip_map(struct zy_reader *r, size_t num, unsigned depth, const char *field, struct zy_error *err)
{
	struct zy_bytes last = { 0 };

	for (size_t i = 0; i < num; i++) {
		struct zy_reader key = *r;
		struct zy_bytes k;

		if (!skip(r, depth, field, err))
			return false;
		k = ZY_BYTES(key.p, zy_reader_offset(r) - zy_reader_offset(&key));
		if (i > 0 && !zy_cbor_key_after(last, k))
			return fail_cbor(&key, field, "map keys out of order or repeated", err);
		last = k;
		if (!skip(r, depth, field, err))
			return false;
	}
	return true;
}

static bool skip(struct zy_reader *r, unsigned depth, const char *field, struct zy_error *err)
{
	enum zy_cbor_type type;
	struct zy_bytes v;
	uint64_t n;
	size_t num;
	bool ok = true;

	if (depth == 0)
		return fail_cbor(r, field, "nested too deeply", err);
	if (!zy_cbor_peek(r, &type))
		return zy_fail(err, ZY_E_TRUNCATED, field, zy_reader_offset(r), "%s is missing", field);
	switch (type) {
	case ZY_CBOR_UINT:
	case ZY_CBOR_NEGATIVE:
		return head(r, field, &type, &n, err);
	case ZY_CBOR_BSTR:
	case ZY_CBOR_TSTR:
		return string(r, type, SIZE_MAX, field, &v, err);
	case ZY_CBOR_ARRAY:
		ok = container(r, type, SIZE_MAX, field, &num, err);
		for (size_t i = 0; ok && i < num; i++)
			ok = skip(r, depth - 1, field, err);
		return ok;
	case ZY_CBOR_MAP:
		return container(r, type, SIZE_MAX, field, &num, err) && skip_map(r, num, depth - 1, field, err);
	case ZY_CBOR_SIMPLE:
		return simple(r, field, &n, err);
	case ZY_CBOR_TAG:
		break;
	}
	return fail_cbor(r, field, "tags are not used here", err);
}

bool zy_cbor_item(struct zy_reader *r, const char *field, struct zy_bytes *out, struct zy_error *err)
{
	struct zy_reader at = *r;

	if (!skip(&at, ZY_CBOR_DEPTH_MAX, field, err))
		return false;
	*out = ZY_BYTES(r->p, zy_reader_offset(&at) - zy_reader_offset(r));
	*r = at;
	return true;
}

static void put_head(struct zy_buf *b, enum zy_cbor_type type, uint64_t v)
{
	uint8_t major = (uint8_t)(type << 5);

	if (v < 24) {
		zy_buf_put_u8(b, (uint8_t)(major | v));
	} else {
		unsigned k = v < 0x100 ? 0 : v < 0x10000 ? 1 : v < 0x100000000 ? 2 : 3;

		zy_buf_put_u8(b, (uint8_t)(major | (24 + k)));
		zy_buf_put_be(b, v, (size_t)1 << k);
	}
}

void zy_cbor_put_uint(struct zy_buf *b, uint64_t v)
{
	put_head(b, ZY_CBOR_UINT, v);
}

void zy_cbor_put_int(struct zy_buf *b, int64_t v)
{
	put_head(b, v < 0 ? ZY_CBOR_NEGATIVE : ZY_CBOR_UINT, v < 0 ? (uint64_t)(-1 - v) : (uint64_t)v);
}

void zy_cbor_put_bstr(struct zy_buf *b, struct zy_bytes v)
{
	put_head(b, ZY_CBOR_BSTR, v.len);
	zy_buf_put(b, v);
}

void zy_cbor_put_tstr(struct zy_buf *b, struct zy_bytes v)
{
	put_head(b, ZY_CBOR_TSTR, v.len);
	zy_buf_put(b, v);
}

void zy_cbor_put_text(struct zy_buf *b, const char *s)
{
	zy_cbor_put_tstr(b, zy_str(s));
}

void zy_cbor_put_array(struct zy_buf *b, size_t num)
{
	put_head(b, ZY_CBOR_ARRAY, num);
}

void zy_cbor_put_map(struct zy_buf *b, size_t num)
{
	put_head(b, ZY_CBOR_MAP, num);
}

void zy_cbor_put_null(struct zy_buf *b)
{
	zy_buf_put_u8(b, ZY_CBOR_SIMPLE << 5 | SIMPLE_NULL);
}

void zy_cbor_put_bool(struct zy_buf *b, bool v)
{
	zy_buf_put_u8(b, (uint8_t)(ZY_CBOR_SIMPLE << 5 | (v ? SIMPLE_TRUE : SIMPLE_FALSE)));
}
