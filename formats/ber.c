#include "ber.h"

bool ber_enter(struct ber *outer, uint8_t tag, const char *field, struct ber *inner, bool *is_ber, struct zy_error *err)
{
	struct zy_reader at = outer->r;
	struct zy_error ignored = { 0 };
	uint8_t have, length;

	inner->open = zy_take_u8(&at, field, &have, &ignored) && have == tag &&
		      zy_take_u8(&at, field, &length, &ignored) && length == 0x80;
	if (inner->open) {
		inner->r = at;
		*is_ber = true;
		return true;
	}
	return zy_der_enter(&outer->r, tag, field, &inner->r, err);
}

static bool is_at_end(struct zy_reader r)
{
	struct zy_error ignored = { 0 };
	uint64_t end;

	return zy_take_be(&r, 2, "", &end, &ignored) && end == 0;
}

bool ber_more(const struct ber *b)
{
	return zy_reader_left(&b->r) > 0 && !(b->open && is_at_end(b->r));
}

bool ber_leave(struct ber *outer, const struct ber *inner, const char *field, struct zy_error *err)
{
	uint64_t end;

	if (!inner->open)
		return zy_der_end(&inner->r, field, err);
	outer->r = inner->r;
	if (!zy_take_be(&outer->r, 2, field, &end, err))
		return false;
	return end == 0 || zy_fail(err, ZY_E_TRAILING, field, zy_reader_offset(&inner->r),
			       "bytes follow the last value of %s, of indefinite length", field);
}

/* Its length of any form; *open: an indefinite one. */
static bool take_any_length(struct zy_reader *r, uint64_t *len, bool *open)
{
	struct zy_error ignored = { 0 };
	uint8_t first;

	if (!zy_take_u8(r, "", &first, &ignored))
		return false;
	*open = first == 0x80;
	*len = first & 0x7f;
	return first <= 0x80 || (*len <= 8 && zy_take_be(r, (size_t)*len, "", len, &ignored));
}

static bool pass_any(struct zy_reader *r, unsigned depth)
{
	struct zy_error ignored = { 0 };
	struct zy_bytes content;
	struct zy_reader inner;
	uint8_t tag, more;
	uint64_t len;
	bool open;

	if (depth > BER_DEPTH_MAX || !zy_take_u8(r, "", &tag, &ignored))
		return false;
	for (more = (tag & 0x1f) == 0x1f ? 0x80 : 0; (more & 0x80) != 0;)
		if (!zy_take_u8(r, "", &more, &ignored))
			return false;
	if (!take_any_length(r, &len, &open) || (open && (tag & 0x20) == 0))
		return false;
	if (open) {
		while (!is_at_end(*r))
			if (!pass_any(r, depth + 1))
				return false;
		return zy_take_be(r, 2, "", &len, &ignored);
	}
	if (len > zy_reader_left(r) || !zy_take(r, (size_t)len, "", &content, &ignored))
		return false;
	inner = zy_reader_inside(r, content);
	while ((tag & 0x20) != 0 && zy_reader_left(&inner) > 0)
		if (!pass_any(&inner, depth + 1))
			return false;
	return true;
}

bool zy_ber_is_whole(struct zy_bytes in)
{
	struct zy_reader r = zy_reader_over(in);

	return in.len > 0 && pass_any(&r, 0) && zy_reader_left(&r) == 0;
}

/* The head of an element: open when its length is indefinite, and else the whole element is passed. */
static bool pass(struct zy_reader *r, const char *field, bool *open, struct zy_error *err)
{
	struct zy_reader at = *r;
	struct zy_error ignored = { 0 };
	uint8_t tag, length;

	*open = zy_take_u8(&at, field, &tag, &ignored) && zy_take_u8(&at, field, &length, &ignored) && length == 0x80 &&
		(tag & 0x20) != 0;
	if (!*open)
		return zy_der_any(r, field, NULL, NULL, NULL, err);
	*r = at;
	return true;
}

bool ber_take_whole(
    struct zy_reader *r, uint8_t tag, const char *field, struct zy_bytes *whole, bool *is_ber, struct zy_error *err)
{
	const struct zy_bytes begin = zy_reader_rest(r);
	const size_t from = zy_reader_offset(r);
	struct zy_reader at = *r;
	size_t depth = 0;
	uint64_t end;
	bool open;

	if (!zy_der_next_is(r, tag))
		return zy_fail(err, ZY_E_DER, field, from, "%s begins with another tag", field);
	do {
		if (depth > 0 && is_at_end(at)) {
			if (!zy_take_be(&at, 2, field, &end, err))
				return false;
			depth--;
			continue;
		}
		if (!pass(&at, field, &open, err))
			return false;
		if (open && ++depth > BER_DEPTH_MAX)
			return zy_fail(err, ZY_E_TOO_LARGE, field, from, "%s is nested too deeply", field);
		*is_ber = *is_ber || open;
	} while (depth > 0);
	*whole = ZY_BYTES(begin.p, zy_reader_offset(&at) - from);
	*r = at;
	return true;
}
