/* Target functions: zy_identifier_parse, zy_holder_parse, zy_citizen_check, zy_uscc_check, zy_time_from_.... */
#include <stdlib.h>

#include "zy/identity.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void refused(const struct zy_error *err, size_t len)
{
	if (err->code == ZY_OK || (err->offset != ZY_NOWHERE && err->offset > len))
		abort();
}

static void identifier(struct zy_bytes in)
{
	char again[ZY_IDENTIFIER_MAX + 1];
	struct zy_error err = { 0 };
	struct zy_identifier id;
	bool ok;

	if (!zy_identifier_parse(&id, in, &ok, &err)) {
		refused(&err, in.len);
		return;
	}
	/* all but the check character is kept as it was */
	if (!zy_identifier_encode(&id, again, &err) || strlen(again) != in.len ||
	    memcmp(again, in.p, in.len - (ok ? 0 : 1)) != 0)
		abort();
}

static void holder(struct zy_bytes in)
{
	char masked[ZY_HOLDER_NUMBER_MAX + 1];
	struct zy_error err = { 0 };
	struct zy_holder h;

	if (!zy_holder_parse(&h, in, &err)) {
		refused(&err, in.len);
		return;
	}
	zy_holder_mask(&h, masked);
	if (strlen(masked) != strlen(h.number) || strchr(masked, '*') == NULL)
		abort();
}

static void times(struct zy_bytes in)
{
	struct zy_error err[4] = { 0 };
	char text[ZY_TIME_TEXT];
	zy_time t;

	if (!zy_time_from_rfc3339(in, &t, &err[0]))
		refused(&err[0], in.len);
	if (!zy_time_from_utctime(in, &t, &err[1]))
		refused(&err[1], in.len);
	if (zy_time_from_generalized(in, &t, &err[2])) {
		zy_time_to_generalized(t, text);
		if (!zy_bytes_equal(zy_str(text), in))
			abort();
	}
	if (zy_time_from_date(in, ZY_BEIJING_S, &t, &err[3])) {
		zy_time_to_date(t, ZY_BEIJING_S, text);
		if (!zy_bytes_equal(zy_str(text), in))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct zy_bytes in = ZY_BYTES(data, len);
	struct zy_error citizen = { 0 }, uscc = { 0 };

	identifier(in);
	holder(in);
	times(in);
	if (!zy_citizen_check(in, &citizen))
		refused(&citizen, len);
	if (!zy_uscc_check(in, &uscc))
		refused(&uscc, len);
	return 0;
}
