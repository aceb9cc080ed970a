/* GeneralName (RFC 5280 4.2.1.6), as alternative names, constraints and distribution points carry it. */
#ifndef ZY_VERIFY_GENERAL_NAME_H
#define ZY_VERIFY_GENERAL_NAME_H

#include "zy/der.h"

enum {
	ZY_NAME_OTHER = 0xa0,
	ZY_NAME_EMAIL = 0x81,
	ZY_NAME_DNS = 0x82,
	ZY_NAME_DIRECTORY = 0xa4,
	ZY_NAME_URI = 0x86,
	ZY_NAME_IP = 0x87
};
struct zy_general_name {
	uint8_t tag;
	struct zy_bytes value; /* content; of a directoryName the whole Name inside */
};
/* Errors: der, truncated. */
ZY_MUST_CHECK bool zy_general_name_take(struct zy_reader *r, struct zy_general_name *out, struct zy_error *err);

/* Is it a host name: labels of letters, digits, hyphens and underscores, no dot at the end? */
bool zy_host_is_name(struct zy_bytes v);
/* Are two texts equal but for ASCII case? */
bool zy_ascii_is_equal(struct zy_bytes a, struct zy_bytes b);

/* Does `name` lie within the constraint `base` of the same form (4.2.1.10)? *known: the form is judged here. */
bool zy_general_name_is_within(const struct zy_general_name *name, const struct zy_general_name *base, bool *known);

#endif
