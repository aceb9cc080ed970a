/* Certificates that came along with a signature, beside those of the signer's path. */
#ifndef ZY_VERIFY_EXTRA_H
#define ZY_VERIFY_EXTRA_H

#include "internal.h"
#include "path.h"

/*
 * The worst of all of them. A change of one of them must not go unseen, so each must be of the path judged, or chain by
 * itself to an anchor of *q, or be a root above the path's anchor, which its own signature keeps. Beside a leaf of an
 * authority that we do not know it may be of one that we do not know either. Errors: crypto, no-memory.
 */
ZY_MUST_CHECK bool zy_extras_judge(struct zy_keys *k, const struct zy_path_question *q, const struct zy_path *chain,
    const struct zy_bytes *extra, size_t num, enum zy_extra *out, struct zy_error *err);

#endif
