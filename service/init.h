/* Making a home: folders, tokens, keys, certificates, seals, trust bundle, vault. */
#ifndef ZY_INIT_H
#define ZY_INIT_H

#include "zy/certificate.h"
#include "zy/home.h"
#include "zy/policy.h"

#define ZY_SOFTHSM_MODULE "/usr/lib/softhsm/libsofthsm2.so"

struct zy_init_plan {
	const char *path;     /* HOME, absent or empty */
	const char *policies; /* folder to copy */
	bool demo;
	const char *persons;    /* file of those who order the ceremony (person.h); NULL in the demo */
	enum zy_suite suite;    /* of data at rest */
	const char *tcti;       /* of the TPM; NULL: a software TPM whose state is kept in HOME */
	const char *log_origin; /* name of the transparency log; NULL: log.example/ and the beginning of the pin */
	const char *softhsm;    /* PKCS#11 module of the first token */
	const char *font_regular, *font_bold;
	const struct zy_clock *clock;
	void (*progress)(const char *en, const char *zh);
	void (*attend)(const char *id, const struct zy_label *name); /* a person's token is asked next */
};

/* All or nothing: what was begun is stopped and removed when a step fails. The signers run afterwards.
 * Errors: exists, io, policy, token, signer-absent ... */
ZY_MUST_CHECK bool zy_init(const struct zy_init_plan *plan, struct zy_error *err);

#endif
