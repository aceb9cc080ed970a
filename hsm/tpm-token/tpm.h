/*
 * What the module asks of the TPM, in the module's terms. One connection, made when it is first needed and dropped
 * on any failure that is not an answer; the next call connects anew, so a TPM that restarts costs one error.
 * All results are PKCS#11 codes: CKR_TOKEN_NOT_PRESENT (no TPM answers), CKR_TOKEN_NOT_RECOGNIZED (a TPM that did
 * not make this state), CKR_PIN_INCORRECT, CKR_PIN_LOCKED (dictionary-attack lockout), CKR_DEVICE_ERROR.
 * Threads: one at a time; the module's lock sees to it.
 *
 * Inside the TPM: a primary storage key of the owner hierarchy, remade from the seed by a fixed template (so no
 * handle and no NV space is used), under it the sealed token secret and the signature keys. No authorisation value
 * crosses the bus: commands that carry a secret run in a session salted by the primary; signatures run in one whose
 * HMAC key is the key's authorisation alone (tpm_sign.c).
 */
#ifndef ZY_TPM_TPM_H
#define ZY_TPM_TPM_H

#include <p11-kit/pkcs11.h>
#include <tss2/tss2_esys.h>

#include "tpm-token/state.h"

#define ZY_TPM_LOADED_MAX 2 /* keys kept loaded: libtpms has three object slots and the primary takes one */
#define ZY_TPM_SECRET_LEN 32

struct zy_tpm {
	const char *tcti_text;   /* borrowed: what tcti = says, a unix: path made absolute */
	const uint8_t *expected; /* borrowed: primary's name[34] that the state was made under; NULL: any */
	bool is_sole;            /* nobody else talks to this TPM and no kernel looks after it (unix:) */
	TSS2_TCTI_CONTEXT *tcti;
	ESYS_CONTEXT *esys; /* NULL: not connected */
	ESYS_TR primary, session;
	uint8_t name[ZY_TPM_NAME_LEN]; /* of the primary */
	TPM2_HANDLE sign_session;      /* 0: not started */
	TPM2B_NONCE sign_nonce;        /* the TPM's last one in it */
	struct zy_tpm_loaded {
		uint64_t key; /* 0: free */
		TPM2_HANDLE handle;
		TPM2B_NAME name;
		uint64_t used;
	} loaded[ZY_TPM_LOADED_MAX];
	uint64_t uses;
};

/* Marshalled TPM2B_PUBLIC and TPM2B_PRIVATE. */
struct zy_tpm_made {
	uint8_t public[ZY_TPM_BLOB_MAX], private[ZY_TPM_BLOB_MAX];
	size_t public_len, private_len;
};

struct zy_tpm_blob zy_tpm_made_blob(const struct zy_tpm_made *made);

/* Is the TPM there? Connects if need be. */
CK_RV zy_tpm_ping(struct zy_tpm *t);
/* Connects and makes the primary; its name is in t->name then. */
CK_RV zy_tpm_ready(struct zy_tpm *t);
/* Flushes what is loaded and closes. */
void zy_tpm_close(struct zy_tpm *t);
/* After fork: closes without a word to the TPM, which still talks to the parent. */
void zy_tpm_abandon(struct zy_tpm *t);

/* A TPM that is ours alone (unix:) allows ten wrong PINs, then one in ten minutes. By itself it counts all of them,
 * right ones in between or not, and each loss of its power as well; libtpms comes with three and a quarter of an hour.
 * A shared TPM is left as its owner set it. */
void zy_tpm_set_tries(struct zy_tpm *t);
/* After a right PIN: the count of such a TPM begins anew, as that of other tokens does. Without it ten power cuts in an
 * hour would lock out who knows the PIN. */
void zy_tpm_forgive(struct zy_tpm *t);

CK_RV zy_tpm_random(struct zy_tpm *t, uint8_t *out, size_t len);
/* Seals secret under auth; subject to dictionary-attack protection. */
CK_RV zy_tpm_seal(
    struct zy_tpm *t, const uint8_t auth[32], const uint8_t secret[ZY_TPM_SECRET_LEN], struct zy_tpm_made *out);
CK_RV zy_tpm_unseal(
    struct zy_tpm *t, const uint8_t auth[32], const struct zy_tpm_blob *sealed, uint8_t secret[ZY_TPM_SECRET_LEN]);
/* A new SM2 key that never leaves the TPM. */
CK_RV zy_tpm_make_key(struct zy_tpm *t, const uint8_t auth[32], struct zy_tpm_made *out);
/* Signs e (GB/T 32918.2 step A2) with a key that is loaded when needed; key names it (not 0). */
CK_RV zy_tpm_sign(struct zy_tpm *t, uint64_t key, const struct zy_tpm_blob *blob, const uint8_t auth[32],
    const uint8_t e[32], uint8_t rs[64]);
/* Flushes the loaded keys. */
void zy_tpm_forget(struct zy_tpm *t);
/* 04||x||y of a stored public part; false if it is no SM2 key. */
bool zy_tpm_point(struct zy_bytes public, uint8_t point[65]);

#endif
