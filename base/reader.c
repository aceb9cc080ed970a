#include "zy/bytes.h"

struct zy_reader zy_reader_over(struct zy_bytes in)
{
	static const uint8_t nothing[1];
	const uint8_t *p = in.len == 0 ? nothing : in.p;

	return (struct zy_reader){ .base = p, .p = p, .end = p + in.len };
}

struct zy_reader zy_reader_inside(const struct zy_reader *r, struct zy_bytes part)
{
	return (struct zy_reader){ .base = r->base, .p = part.p, .end = part.len == 0 ? part.p : part.p + part.len };
}

size_t zy_reader_offset(const struct zy_reader *r)
{
	return (size_t)(r->p - r->base);
}

size_t zy_reader_left(const struct zy_reader *r)
{
	return (size_t)(r->end - r->p);
}

struct zy_bytes zy_reader_rest(const struct zy_reader *r)
{
	return ZY_BYTES(r->p, zy_reader_left(r));
}

bool zy_take(struct zy_reader *r, size_t len, const char *field, struct zy_bytes *out, struct zy_error *err)
{
	if (zy_reader_left(r) < len)
		return zy_fail(err, ZY_E_TRUNCATED, field, zy_reader_offset(r), "%zu bytes are needed, %zu are left",
		    len, zy_reader_left(r));
	*out = ZY_BYTES(r->p, len);
	r->p += len;
	return true;
}

bool zy_take_u8(struct zy_reader *r, const char *field, uint8_t *out, struct zy_error *err)
{
	struct zy_bytes b;

	if (!zy_take(r, 1, field, &b, err))
		return false;
	*out = b.p[0];
	return true;
}

bool zy_take_be(struct zy_reader *r, size_t len, const char *field, uint64_t *out, struct zy_error *err)
{
	struct zy_bytes b;
	uint64_t v = 0;

	if (!zy_take(r, len, field, &b, err))
		return false;
	for (size_t i = 0; i < len; i++)
		v = v << 8 | b.p[i];
	*out = v;
	return true;
}

bool zy_take_le(struct zy_reader *r, size_t len, const char *field, uint64_t *out, struct zy_error *err)
{
	struct zy_bytes b;
	uint64_t v = 0;

	if (!zy_take(r, len, field, &b, err))
		return false;
	for (size_t i = len; i > 0; i--)
		v = v << 8 | b.p[i - 1];
	*out = v;
	return true;
}

bool zy_peek_u8(const struct zy_reader *r, uint8_t *out)
{
	if (r->p == r->end)
		return false;
	*out = *r->p;
	return true;
}

bool zy_reader_end(const struct zy_reader *r, const char *field, struct zy_error *err)
{
	if (r->p == r->end)
		return true;
	return zy_fail(
	    err, ZY_E_TRAILING, field, zy_reader_offset(r), "%zu bytes follow the last value", zy_reader_left(r));
}
