/* Making a seal (制章): two keys with their certificates and the SESeal, in HOME/seals/ESID. */
#ifndef ZY_SEAL_MAKE_H
#define ZY_SEAL_MAKE_H

#include "zy/certificate.h"
#include "zy/home.h"
#include "zy/sealing.h"

struct zy_seal_desk {
	const struct zy_home *home;
	struct zy_hsm *hsm;
	struct zy_keys *keys;
	const struct zy_authority *ca; /* issues the two certificates */
	const struct zy_faces *faces;
	zy_time now;
	struct zy_cert_issuer issuing[2]; /* by suite */
	struct zy_seal_maker maker;
};

/* All or nothing under HOME/seals: the folder gets its name when every file is in it. owner: the rule's department.
 * The maker's signature is checked before. Errors: exists (the seal or one of its keys), those of zy_hsm_generate,
 * zy_cert_issue, zy_seal_draw and zy_seal_make, io. */
ZY_MUST_CHECK bool zy_seal_put(const struct zy_seal_desk *d, const struct zy_seal_rule *rule,
    const struct zy_department *owner, struct zy_arena *a, struct zy_error *err);

/* The same seal for another owner's certificate, that of a new generation of its key, in seals/ESID/seal~N.esl; version
 * and kind of list are d->maker's. Errors: those of zy_seal_draw and zy_seal_make, io. */
ZY_MUST_CHECK bool zy_seal_remake(const struct zy_seal_desk *d, const struct zy_seal_rule *rule,
    struct zy_bytes owner_cert, unsigned generation, struct zy_arena *a, struct zy_error *err);

#endif
