/*
 * A rule that says which certificates are revoked together, and why. It is what two officers approve: the order is over
 * the bytes of this file.
 */
#ifndef ZY_REVOCATION_RULE_H
#define ZY_REVOCATION_RULE_H

#include "zy/arena.h"
#include "zy/clock.h"
#include "zy/digest.h"

#define ZY_REVOCATION_RULE_MAX ((size_t)1 << 20) /* bytes of the file */
#define ZY_REVOCATION_SERIALS_MAX 20000
#define ZY_RULE_SERIAL_LEN 16

/* An issuer by the name that its lists have, "issuing-gm"; of a later generation of its key "issuing-gm~2". */
enum zy_revocation_issuer {
	ZY_REVOKE_OF_ANY,
	ZY_REVOKE_OF_ROOT_GM,
	ZY_REVOKE_OF_ROOT_INTL,
	ZY_REVOKE_OF_ISSUING_GM,
	ZY_REVOKE_OF_ISSUING_INTL
};

struct zy_rule_serial {
	uint8_t p[ZY_RULE_SERIAL_LEN];
};

/* A certificate is picked when it has all that the rule names. */
struct zy_revocation_rule {
	unsigned issuer;                      /* enum zy_revocation_issuer */
	unsigned generation;                  /* of an issuing authority: 1..9999; else 0 */
	const char *profile;                  /* NULL: any */
	const char *organisation;             /* credit code of the subject, as the certificate carries it; NULL: any */
	const char *key;                      /* SHA-256 of SubjectPublicKeyInfo, 64 digits in lower case; NULL: any */
	size_t num_serials;                   /* 0: any */
	const struct zy_rule_serial *serials; /* ascending */
	zy_time issued_from, issued_to;       /* from the first moment to before the second; 0: no bound */
	unsigned reason;                      /* CRLReason of RFC 5280 5.3.1 */
	zy_time invalid_at;                   /* invalidityDate (5.3.2); 0: none */
};

/*
 * { "issuer", "profile", "organisation", "key", "serials": [...], "issued_from", "issued_to", "reason",
 * "invalidity_date" }: `reason` must be there and one at least of the first seven, so that no file revokes all there
 * is. No member twice, none unknown. Everything points into the arena. Not checked: that profile and issuer exist.
 * Errors: policy ("revocation rule:2: ..."), too-large, no-memory.
 */
ZY_MUST_CHECK bool zy_revocation_rule_parse(
    struct zy_revocation_rule *out, struct zy_bytes text, struct zy_arena *a, struct zy_error *err);
bool zy_revocation_rule_has_serial(const struct zy_revocation_rule *r, const uint8_t serial[ZY_RULE_SERIAL_LEN]);

#endif
