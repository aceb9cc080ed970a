/*
 * The check against an original 原件核验: is what was presented the same licence as a record or another copy of it, an
 * older or newer version, another licence, or altered, and then where?
 */
#ifndef ZY_ORIGINAL_H
#define ZY_ORIGINAL_H

#include "zy/judge.h"

/*
 * Compares the record inside `presented`, a file that was just judged into r, with that of `original`, element by
 * element in the spelling of GB/T 36903, and adds findings:
 *   original-same             the same record; field "file" when both files are the same, octet for octet
 *   original-field-differs    same licence, same version, and this element is not the same
 *   original-other-version    same licence, another version; original-field-changed for each element
 *   original-other-licence    another licence: nothing more is said about the two
 *   original-record-missing   the presented file holds no record that can be read
 *   original-not-proven       the original is a file that does not pass itself, judged in the same way
 *   original-unsigned         the original is a bare record: whoever gave it vouches for it
 * original   an OFD or PDF licence, or a bare record as XML or CBOR. Values of elements that may tell of a person stand
 * in no finding; the holder's number stands there masked. Errors: format (no such file), those of its reader (the
 * original cannot be read), crypto, no-memory.
 */
ZY_MUST_CHECK bool zy_judge_original(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes original,
    struct zy_bytes presented, zy_time at, struct zy_report *r, struct zy_error *err);

#endif
