/*
 * Whether a certificate still stands, judged offline from what its issuer signed: a CRL (RFC 5280 6.3) or an OCSP
 * answer (RFC 6960 3.2), in both suites. OpenSSL 3.0 cannot do this for SM2: it has no place for the ID.
 */
#ifndef ZY_STANDING_H
#define ZY_STANDING_H

#include "zy/judge.h"

enum zy_standing_is { ZY_STANDS, ZY_STANDS_REVOKED, ZY_STANDS_UNKNOWN };

struct zy_standing {
	enum zy_standing_is is;
	zy_time as_of;      /* thisUpdate: how old the knowledge is */
	zy_time revoked_at; /* revoked: the caller compares it with the time of a signature */
	int reason;         /* revoked: CRLReason, or -1 */
	/* unknown, static: "status-none" (nothing at hand is of its issuer), "status-issuer" (not by or about this
	 * issuer's), "status-signature", "status-algorithm" (too weak, or not known), "status-responder" (not
	 * authorised), "status-responder-missing" (its certificate), "status-responder-unknown" (its own status),
	 * "status-signer" (of a list: without a good path), "status-form" (a critical extension that is not known, or
	 * no such list), "status-unreadable", "status-not-yet", "status-too-old", "status-after-end" (made when the
	 * certificate had ended), "status-not-covered", "status-reasons" (not all reasons are covered), "status-nonce",
	 * "status-refused" (an answer without success), "status-unknown" (the responder does not know it),
	 * "status-work" (too much to verify) */
	const char *why;
	bool about; /* unknown: something genuine at hand was about it */
};

/*
 * By a CRL, whole or a partition named as formats/ names them. Checked: signed by the issuer's key, whose certificate
 * may sign lists; about the issuer of `cert`; `at` between thisUpdate and nextUpdate; covers `cert`.
 * issuer, cert   DER; that the issuer is trusted and signed `cert` is not checked here: see zy_chain_judge
 * Errors: those of zy_crl_parse, certificate, crypto, no-memory.
 */
ZY_MUST_CHECK bool zy_standing_by_crl(struct zy_keys *k, struct zy_bytes crl, struct zy_bytes issuer,
    struct zy_bytes cert, zy_time at, struct zy_standing *out, struct zy_error *err);

/*
 * By an OCSP answer, signed by the issuer or by a responder that the issuer authorised: a certificate by the issuer's
 * key, in the answer, valid at `at`, with extKeyUsage OCSPSigning and id-pkix-ocsp-nocheck, no authority.
 * nonce          what was asked with, must be in the answer; empty: not looked at
 * An answer without nextUpdate serves ten minutes. Errors: those of zy_ocsp_answer_parse, certificate, crypto,
 * no-memory.
 */
ZY_MUST_CHECK bool zy_standing_by_ocsp(struct zy_keys *k, struct zy_bytes answer, struct zy_bytes issuer,
    struct zy_bytes cert, struct zy_bytes nonce, zy_time at, struct zy_standing *out, struct zy_error *err);

#endif
