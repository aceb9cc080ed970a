/* Shared by tpm.c (the connection) and tpm_objects.c (what lives under the primary). */
#ifndef ZY_TPM_PRIVATE_H
#define ZY_TPM_PRIVATE_H

#include "tpm.h"

/* The PKCS#11 code of an ESYS result. All but a refused authorisation drops the connection. */
CK_RV zy_tpm_judge(struct zy_tpm *t, TSS2_RC rc);
/* The HMAC session, connected and ready; encryption: TPMA_SESSION_DECRYPT (first parameter), _ENCRYPT (answer). */
CK_RV zy_tpm_session(struct zy_tpm *t, TPMA_SESSION encryption, ESYS_TR *session);
/* Overwrites the authorisation values that ESYS holds for loaded keys. */
void zy_tpm_wipe_auths(struct zy_tpm *t);

#endif
