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
