/* What the readers of seals and of seal signatures share. */
#ifndef ZY_SES_INTERNAL_H
#define ZY_SES_INTERNAL_H

#include "zy/ses.h"

ZY_MUST_CHECK bool ses_within_cap(struct zy_bytes in, struct zy_error *err);
/* One SESeal of any version, whole. */
ZY_MUST_CHECK bool ses_take_seal(struct zy_reader *from, struct zy_seal *out, struct zy_error *err);
ZY_MUST_CHECK bool ses_take_extensions(
    struct zy_reader *r, const char *field, struct zy_ses_extensions *x, bool *strict, struct zy_error *err);
/* timeStamp [0] EXPLICIT BIT STRING: its octets, kept as they are. */
ZY_MUST_CHECK bool ses_take_time_stamp(
    struct zy_reader *r, const char *field, struct zy_bytes *out, struct zy_error *err);
/* How many elements a SEQUENCE holds: 2 is version 1, 4 and 5 are versions 4 and 5. Errors: der, truncated. */
ZY_MUST_CHECK bool ses_count(struct zy_reader r, const char *field, size_t *num, struct zy_error *err);
/* header.version and TBS_Sign.version as the version that it stands for, 0 when it is none. */
unsigned ses_version_of(uint64_t written);

#endif
