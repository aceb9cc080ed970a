/* What the certificate commands share: the home's authority, its issuers opened when they are needed. */
#ifndef ZY_CA_DESK_H
#define ZY_CA_DESK_H

#include "zy/certificate.h"
#include "zy/crl_publish.h"
#include "zy/home.h"
#include "zy/ocsp_answer.h"

struct zy_ca_desk {
	struct zy_arena arena;
	struct zy_home home;
	struct zy_policy policy;
	struct zy_profiles profiles;
	struct zy_authority ca;
	struct zy_issuing *issuers[2]; /* by suite */
	size_t num_responders;
	struct zy_responder responders[8]; /* of the authorities of now by suite, then of others in service */
};
/* issue: for commands that issue; then the signers are asked when needed. Errors: vault-absent, policy, busy ... */
ZY_MUST_CHECK bool zy_ca_desk_open(
    struct zy_ca_desk *d, const char *home, bool issue, zy_time now, struct zy_error *err);
void zy_ca_desk_close(struct zy_ca_desk *d);
/* Key and certificate of a member of the authority: "issuing", "ocsp", and "root" in a ceremony. Errors: io,
 * certificate, signer-absent. */
ZY_MUST_CHECK bool zy_ca_desk_member(
    struct zy_ca_desk *d, const char *name, enum zy_suite suite, struct zy_cert_issuer *out, struct zy_error *err);
/* Answers for the issuing authorities in service, later and earlier generations too where a responder is certified by
 * them; *out goes before the desk. Errors: io, certificate, those of zy_ocsp_open. */
ZY_MUST_CHECK bool zy_ca_desk_ocsp(struct zy_ca_desk *d, struct zy_ocsp **out, struct zy_error *err);
/* Who signs certificates of that profile in that suite; NULL on error. Errors: profile for what a root signs. */
struct zy_issuing *zy_ca_desk_issuer(
    struct zy_ca_desk *d, const struct zy_cert_profile *p, enum zy_suite suite, struct zy_error *err);
/* Suite of a request's key. Errors: those of zy_csr_parse. */
ZY_MUST_CHECK bool zy_ca_desk_suite(struct zy_bytes csr, enum zy_suite *out, struct zy_error *err);

/* The lists of an authority, as of now. Errors: those of zy_crl_publish and zy_ca_desk_member. */
struct zy_ca_lists {
	const char *folder; /* there */
	unsigned digits;    /* as of struct zy_crl_job */
	zy_time now, next;
	/* out */
	const char *name; /* "issuing-gm", "issuing-gm~2", in the arena */
	struct zy_crl_published published;
};
struct zy_generation;
ZY_MUST_CHECK bool zy_ca_desk_publish_root(
    struct zy_ca_desk *d, const struct zy_generation *root, struct zy_ca_lists *lists, struct zy_error *err);
/* Those of each generation of the issuing authority that is in service, one after the other: told is called for each.
 */
typedef void zy_ca_lists_told(void *arg, const struct zy_ca_lists *lists);
ZY_MUST_CHECK bool zy_ca_desk_publish(struct zy_ca_desk *d, enum zy_suite suite, struct zy_ca_lists *lists,
    zy_ca_lists_told *told, void *arg, struct zy_error *err);

/* Lines of JSON, see `zhengyin ca issue --help`; every line is answered. *refused counts. Errors: io, and those of the
 * outside world. */
#include <stdio.h>
ZY_MUST_CHECK bool zy_ca_batch(
    struct zy_ca_desk *d, FILE *in, unsigned threads, zy_time now, uint64_t *refused, struct zy_error *err);

/* The answer about one certificate, without its bytes. */
#include <jansson.h>
json_t *zy_entry_json(const struct zy_entry *e);
/* The answer about lists that were published. */
json_t *zy_ca_lists_json(const struct zy_ca_lists *l);

#endif
