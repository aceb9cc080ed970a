/* The generations of an authority: who issues now, who did before, who will. */
#ifndef ZY_GENERATIONS_H
#define ZY_GENERATIONS_H

#include "ca_desk.h"

struct zy_generation {
	unsigned n;
	enum zy_key_state state;
	struct zy_cert_issuer issuer;  /* key and certificate */
	uint8_t key_id[ZY_KEY_ID_LEN]; /* as entries of the register have it */
	const char *name;              /* of its lists: "issuing-gm", "issuing-gm~2", "root-gm" */
};

/* Of an issuing authority those with a certificate whose keys sign lists: planned, active, retiring; older first, into
 * the desk's arena. Errors: signer-absent, certificate, io. */
ZY_MUST_CHECK bool zy_generations(
    struct zy_ca_desk *d, enum zy_suite suite, const struct zy_generation **out, size_t *num, struct zy_error *err);

/* Those of a root, while its token is on line. Errors: the same. */
ZY_MUST_CHECK bool zy_root_generations(
    struct zy_ca_desk *d, enum zy_suite suite, const struct zy_generation **out, size_t *num, struct zy_error *err);

/* Makes the next generation of a key, planned, or finds the one that an interrupted call left: it has no day yet.
 * before: URI of a generation; *uri in the arena. Errors: key-state (one is planned for a day), those of
 * zy_hsm_generate. */
ZY_MUST_CHECK bool zy_generation_next(struct zy_hsm *hsm, const char *before, struct zy_arena *a, const char **uri,
    unsigned *generation, struct zy_error *err);

/* The certificate of an OCSP responder's key for one generation, in HOME: that generation issued it. NULL when there is
 * none. */
const char *zy_responder_path(const struct zy_home *h, enum zy_suite suite, unsigned key, unsigned authority,
    struct zy_arena *a, struct zy_error *err);
/* Certifies an OCSP responder's key by one generation, in a file of its own. Errors: those of zy_cert_issue, io. */
ZY_MUST_CHECK bool zy_responder_certify(struct zy_ca_desk *d, enum zy_suite suite, const struct zy_generation *by,
    const char *ocsp_key, const char *common_name, zy_time now, struct zy_error *err);

/* May the key be retired or destroyed? Not while a certificate that it issued is valid. A key that is no issuing
 * authority's may. Errors: key-state, those of reading the home. */
ZY_MUST_CHECK bool zy_issuing_unused(const char *home, zy_time now, const char *key, struct zy_error *err);

#endif
