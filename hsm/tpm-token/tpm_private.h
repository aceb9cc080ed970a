/* Shared by tpm.c (the connection), tpm_objects.c (what lives under the primary) and tpm_sign.c. */
#ifndef ZY_TPM_PRIVATE_H
#define ZY_TPM_PRIVATE_H

#include <tss2/tss2_sys.h>

#include "tpm.h"

/* The PKCS#11 code of an ESYS result. All but a refused authorisation drops the connection. */
CK_RV zy_tpm_judge(struct zy_tpm *t, TSS2_RC rc);
/* The HMAC session, connected and ready; encryption: TPMA_SESSION_DECRYPT (first parameter), _ENCRYPT (answer). */
CK_RV zy_tpm_session(struct zy_tpm *t, TPMA_SESSION encryption, ESYS_TR *session);
/* The context below ESYS, for commands that ESYS makes slow. Connected and ready. */
CK_RV zy_tpm_sys(struct zy_tpm *t, TSS2_SYS_CONTEXT **sys);
/* A free place for an object, made by flushing the key that was not used for the longest time. */
struct zy_tpm_loaded *zy_tpm_make_place(struct zy_tpm *t);
bool zy_tpm_unmarshal(const struct zy_tpm_blob *blob, TPM2B_PUBLIC *public, TPM2B_PRIVATE *private);

#endif
