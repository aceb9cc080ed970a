/* One certificate, its issuer, and one list or answer. */
#include "zy/standing.h"

#include "internal.h"
#include "revocation.h"
#include "zy/crl.h"
#include "zy/ocsp.h"

/* A path of two; that it is one was judged by who asks. */
static bool ask(struct zy_keys *k, struct zy_revocation *q, struct zy_bytes issuer, struct zy_bytes cert, zy_time at,
    struct zy_standing *out, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_standing all[ZY_PATH_MAX];
	struct zy_x509 leaf, by;
	struct zy_path p = { .num = 2, .certs = { &leaf, &by } };

	q->at = q->until = at;
	if (!zy_x509_parse(&leaf, cert, err) || !zy_x509_parse(&by, issuer, err))
		return false;
	if (!zy_name_is_equal(leaf.issuer, by.subject) || !by.is_authority) {
		*out = (struct zy_standing){ .is = ZY_STANDS_UNKNOWN, .why = "status-issuer" };
		return true;
	}
	if (!zy_path_standing(k, q, &p, all, &a, err))
		return false;
	*out = all[0];
	return true;
}

bool zy_standing_by_crl(struct zy_keys *k, struct zy_bytes crl, struct zy_bytes issuer, struct zy_bytes cert,
    zy_time at, struct zy_standing *out, struct zy_error *err)
{
	struct zy_revocation q = { .crls = &crl, .num_crls = 1 };
	struct zy_crl c;

	return zy_crl_parse(&c, crl, err) && ask(k, &q, issuer, cert, at, out, err);
}

bool zy_standing_by_ocsp(struct zy_keys *k, struct zy_bytes answer, struct zy_bytes issuer, struct zy_bytes cert,
    struct zy_bytes nonce, zy_time at, struct zy_standing *out, struct zy_error *err)
{
	struct zy_revocation q = { .answers = &answer, .num_answers = 1, .nonce = nonce };
	struct zy_ocsp_answer a;

	return zy_ocsp_answer_parse(&a, answer, err) && ask(k, &q, issuer, cert, at, out, err);
}
