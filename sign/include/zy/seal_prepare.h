/* The two halves of zy_seal_make, before and after the seal maker's signature is asked for. */
#ifndef ZY_SEAL_PREPARE_H
#define ZY_SEAL_PREPARE_H

#include "zy/sealing.h"

/* SES_SealInfo of the rule, in the version and with the certList that the maker says: createDate now, the picture as
 * PNG. Errors: ses (a field that a seal cannot hold, no end date; version 5: now lies outside the dates), no-memory. */
ZY_MUST_CHECK bool zy_seal_prepare(const struct zy_seal_maker *maker, const struct zy_seal_rule *rule,
    struct zy_bytes owner_cert, const struct zy_seal_picture *picture, zy_time now, struct zy_buf *info,
    struct zy_error *err);
/* SESeal of the SES_SealInfo and the maker's signature over it, in version 5 with the maker's time-stamp.
 * Errors: ses, no-memory, those of the stamper. */
ZY_MUST_CHECK bool zy_seal_finish(const struct zy_seal_maker *maker, struct zy_bytes info, const uint8_t rs[64],
    struct zy_buf *eseal, struct zy_error *err);

#endif
