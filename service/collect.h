/* What later judgements of a signature will ask for: certificates of its path, and how they stand now. */
#ifndef ZY_SERVICE_COLLECT_H
#define ZY_SERVICE_COLLECT_H

#include "extend.h"
#include "zy/cms.h"

struct zy_collecting {
	struct zy_extending *x;
	struct zy_arena *a;
	struct zy_ca_desk ca;
	struct zy_ocsp *ocsp;
	/* lists and answers that are in the document already; certificates are not looked at */
	size_t num_beside[ZY_PDF_DSS_KINDS];
	const struct zy_bytes *beside[ZY_PDF_DSS_KINDS];
	size_t num_asked;
	struct zy_bytes
	    asked[ZY_PDF_DSS_VALUES_MAX]; /* certificates whose standing is there: many signatures have one signer */
	size_t num[ZY_PDF_DSS_KINDS];
	struct zy_bytes values[ZY_PDF_DSS_KINDS][ZY_PDF_DSS_VALUES_MAX]; /* what was found, in the arena */
};
/* The arena must live as long. Errors: those of zy_ca_desk_open and zy_ca_desk_ocsp. */
ZY_MUST_CHECK bool zy_collect_open(
    struct zy_collecting *c, struct zy_extending *x, struct zy_arena *a, struct zy_error *err);
void zy_collect_close(struct zy_collecting *c);
/* The list and the answer that the caller gave. Errors: too-large, no-memory. */
ZY_MUST_CHECK bool zy_collect_given(struct zy_collecting *c, struct zy_error *err);
/* The path of a certificate to an anchor of one of the purposes (enum zy_purpose), and how each of it stands. Our own
 * authority is asked, else the lists of HOME/crl serve. Errors: not-found (no path, or nothing says how the leaf
 * stands), too-large, io, crypto, no-memory, those of the register and the signers. */
ZY_MUST_CHECK bool zy_collect_path(struct zy_collecting *c, unsigned purposes, struct zy_bytes leaf,
    const struct zy_bytes *extra, size_t num_extra, struct zy_error *err);
/* The same of who signed a CMS, and of who signed a time-stamp token. Errors: also those of zy_tst_parse. */
ZY_MUST_CHECK bool zy_collect_signer(
    struct zy_collecting *c, unsigned purposes, const struct zy_cms *cms, struct zy_error *err);
ZY_MUST_CHECK bool zy_collect_token(struct zy_collecting *c, struct zy_bytes token, struct zy_error *err);

#endif
