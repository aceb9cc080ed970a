/*
 * Showing a licence, holder side: a credential for a device key, derived from the licence of record, and offline codes
 * made with it. The device key lives in a token; the wallet file holds the credential and the fields with their salts,
 * as a phone would.
 */
#ifndef ZY_WALLET_H
#define ZY_WALLET_H

#include "zy/hsm.h"
#include "zy/record.h"
#include "zy/showing.h"
#include "zy/trust.h"

#define ZY_WALLET_MAX ((size_t)64 << 10) /* bytes of a wallet file */

struct zy_wallet_field {
	const char *key;       /* as in the type's schema */
	struct zy_bytes bytes; /* [label, salt, value] */
};

/* One enrolled licence. Leaves beyond num_fields are random: n tells only a class. */
struct zy_wallet {
	const char *licence;        /* identifier */
	const char *key;            /* PKCS#11 URI of the device key */
	enum zy_suite suite;        /* of the device key */
	struct zy_bytes credential; /* COSE_Sign1 */
	size_t num_fields;
	struct zy_wallet_field fields[ZY_SHOWING_FIELDS_MAX];
	unsigned n;
	uint8_t leaves[ZY_SHOWING_FIELDS_MAX][ZY_HASH_LEN];
};

struct zy_credential_plan {
	const struct zy_record *record;
	const struct zy_trust_type *type;
	const char *signer_key; /* PKCS#11 URI of the issuer's credential key */
	uint8_t kid[ZY_COSE_KID_LEN];
	enum zy_suite signer_suite;
	const char *device_key; /* PKCS#11 URI; made already */
	zy_time now, not_after; /* not_after: end of the licence, ZY_TIME_NEVER for long term */
};

/* exp = the earlier of licence end and now + the type's credential_days. Fields: those of the type that may be shown
 * and that the record has, in the type's order. Errors: those of zy_hsm_sign; showing (over 32 fields, licence over).
 */
ZY_MUST_CHECK bool zy_wallet_enrol(struct zy_hsm *h, const struct zy_credential_plan *p, struct zy_arena *a,
    struct zy_wallet *out, struct zy_error *err);

ZY_MUST_CHECK bool zy_wallet_encode(const struct zy_wallet *w, struct zy_buf *out, struct zy_error *err);
/* Errors: cbor, truncated, trailing-bytes, showing. */
ZY_MUST_CHECK bool zy_wallet_parse(struct zy_wallet *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err);

/* An offline code of the chosen fields (keys), mode 0, made at `now`. text: ZY1:...
 * Errors: not-found (a field the wallet does not have), too-large (over what a screen can show), those of zy_hsm_sign.
 */
#define ZY_SHOWING_SCREEN_MAX 830 /* bytes: QR version 20 at level L */
ZY_MUST_CHECK bool zy_wallet_show(struct zy_hsm *h, const struct zy_wallet *w, const char *const *keys, size_t num_keys,
    zy_time now, struct zy_buf *text, struct zy_error *err);

#endif
