/* What the readers of seals and of seal signatures share. */
#ifndef ZY_SES_INTERNAL_H
#define ZY_SES_INTERNAL_H

#include "zy/ses.h"

/* How strictly it is read, and the first element that was read though it is written otherwise than the standard says.
 */
struct ses_way {
	bool lenient;
	const char *departs; /* static; NULL: none */
};

ZY_MUST_CHECK bool ses_within_cap(struct zy_bytes in, struct zy_error *err);
/* One SESeal of any version, whole. */
ZY_MUST_CHECK bool ses_take_seal(struct ses_way *w, struct zy_reader *from, struct zy_seal *out, struct zy_error *err);
/* The ExtData of a list that was entered, up to its end. */
ZY_MUST_CHECK bool ses_take_extensions(struct ses_way *w, struct zy_reader *list, const char *field,
    struct zy_ses_extensions *x, bool *strict, struct zy_error *err);
/* timeStamp [0] EXPLICIT BIT STRING: its octets, kept as they are. */
ZY_MUST_CHECK bool ses_take_time_stamp(
    struct ses_way *w, struct zy_reader *r, const char *field, struct zy_bytes *out, struct zy_error *err);
/* How many elements a SEQUENCE holds: 2 is version 1, 4 and 5 are versions 4 and 5. Errors: der, truncated. */
ZY_MUST_CHECK bool ses_count(struct zy_reader r, const char *field, size_t *num, struct zy_error *err);
/* header.version and TBS_Sign.version as the version that it stands for, 0 when it is none. */
unsigned ses_version_of(uint64_t written);

/* Elements, strictly or not. Errors: der, truncated, time, utf8. */
ZY_MUST_CHECK bool ses_text(
    struct ses_way *w, struct zy_reader *r, uint8_t tag, const char *field, struct zy_bytes *out, struct zy_error *err);
ZY_MUST_CHECK bool ses_time(
    struct ses_way *w, struct zy_reader *r, bool allow_utc, const char *field, zy_time *out, struct zy_error *err);
/* Of a certificate its whole DER, out of an OCTET STRING or bare. */
ZY_MUST_CHECK bool ses_cert(
    struct ses_way *w, struct zy_reader *r, const char *field, struct zy_bytes *out, struct zy_error *err);
ZY_MUST_CHECK bool ses_algorithm(
    struct ses_way *w, struct zy_reader *r, const char *field, struct zy_bytes *out, struct zy_error *err);
ZY_MUST_CHECK bool ses_bits(
    struct ses_way *w, struct zy_reader *r, const char *field, struct zy_bytes *out, struct zy_error *err);
ZY_MUST_CHECK bool ses_bool(struct ses_way *w, struct zy_reader *r, const char *field, bool *out, struct zy_error *err);
/* [0] EXPLICIT ExtensionDatas; without the tag or IMPLICIT. */
ZY_MUST_CHECK bool ses_enter_extensions(
    struct ses_way *w, struct zy_reader *r, const char *field, struct zy_reader *list, struct zy_error *err);

/* A time as text in the forms that are met: with or without separators, seconds, a fraction, a zone (without one
 * Beijing's). two_digits: the year has two. */
bool ses_time_of_text(struct zy_bytes v, bool two_digits, zy_time *out);

#endif
