/* One question about revocation under way: what its files share. */
#ifndef ZY_VERIFY_REVOCATION_RUN_H
#define ZY_VERIFY_REVOCATION_RUN_H

#include "general_name.h"
#include "internal.h"
#include "revocation.h"
#include "zy/crl.h"
#include "zy/ocsp.h"

enum signer { SIGNER_UNTRIED, SIGNER_GOOD, SIGNER_BAD };

struct zy_known_list {
	bool readable, busy;        /* busy: its signer's own status is being asked */
	struct zy_crl c;            /* when readable */
	struct zy_bytes signed_by;  /* SPKI that its signature verified with, or empty */
	enum signer other;          /* does it verify with a key that is in no path, but has one of its own? */
	const struct zy_x509 *from; /* whose key that is */
};

struct zy_known_answer {
	bool readable, busy;
	struct zy_ocsp_answer a;
};

struct zy_revocation_run {
	struct zy_keys *keys;
	const struct zy_revocation *q;
	struct zy_arena *a;
	struct zy_known_list *lists;
	struct zy_known_answer *answers;
	struct zy_x509 *others;
	struct zy_bytes *others_der; /* of others, then the path's own certificates */
	size_t num_lists, num_answers, num_others;
	size_t signatures, signers; /* spent */
	unsigned depth;             /* 0, or 1 for the status of who signs lists and answers */
};

/* When who signed something made at `made` must have been valid. */
static inline zy_time zy_run_moment(const struct zy_revocation_run *run, zy_time made)
{
	return made > run->q->at ? made : run->q->at;
}

/* A DistributionPoint (RFC 5280 4.2.1.13). Views. */
struct zy_crl_point {
	struct zy_bytes name;   /* DistributionPointName; empty when absent */
	unsigned reasons;       /* bits of ZY_CRL_REASONS_ALL */
	struct zy_bytes issuer; /* content of cRLIssuer, GeneralNames; empty when absent */
};
/* Errors: der, truncated. */
ZY_MUST_CHECK bool zy_crl_point_next(struct zy_reader *points, struct zy_crl_point *out, struct zy_error *err);
/* May a list be asked about a certificate that names this point (6.3.3 b)? NULL: the point that every certificate has,
 * its issuer's name. Errors: no-memory. */
ZY_MUST_CHECK bool zy_crl_point_fits(const struct zy_crl *list, const struct zy_x509 *cert,
    const struct zy_crl_point *point, bool *fits, struct zy_arena *a, struct zy_error *err);
/* Is `name` (whole Name) a directoryName among GeneralNames? */
bool zy_general_names_have(struct zy_bytes names, struct zy_bytes name);

/* Does a signature verify with the key of a certificate, by an algorithm that was sound at `when`? *why: NULL, or a
 * word of zy_standing. Errors: crypto. */
ZY_MUST_CHECK bool zy_run_verify(struct zy_revocation_run *run, struct zy_bytes spki, struct zy_bytes alg,
    struct zy_bytes tbs, struct zy_bytes signature, zy_time when, const char **why, struct zy_error *err);
/* Was the list signed by who may sign it for certificate i of the path? *why as above. Errors: crypto, no-memory. */
ZY_MUST_CHECK bool zy_run_list_signer(struct zy_revocation_run *run, const struct zy_path *p, size_t i,
    struct zy_known_list *list, const char **why, struct zy_error *err);
/* One certificate by all lists, or by all answers; *out learns. Errors: crypto, no-memory. */
ZY_MUST_CHECK bool zy_run_ask_lists(
    struct zy_revocation_run *run, const struct zy_path *p, size_t i, struct zy_standing *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_run_ask_answers(
    struct zy_revocation_run *run, const struct zy_path *p, size_t i, struct zy_standing *out, struct zy_error *err);
/* By both. Errors: crypto, no-memory. */
ZY_MUST_CHECK bool zy_run_ask(
    struct zy_revocation_run *run, const struct zy_path *p, size_t i, struct zy_standing *out, struct zy_error *err);
/* Adds what one source says to what is known. */
void zy_standing_learn(struct zy_standing *known, const struct zy_standing *one);
/* Is a serial number, as a certificate has it, the one of an entry or a CertID? */
bool zy_serial_is_equal(struct zy_bytes of_cert, struct zy_bytes number);

#endif
