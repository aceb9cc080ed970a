/* What a CK_RV means for who must go on. */
#ifndef ZY_HSM_CKR_H
#define ZY_HSM_CKR_H

#include <stdbool.h>

#include <p11-kit/pkcs11.h>

enum zy_ckr_class {
	ZY_CKR_PERMANENT, /* the same call would give the same answer: said to who asked */
	ZY_CKR_SESSION,   /* the session, its login or a handle is lost: open the session again */
	ZY_CKR_TOKEN,     /* the token or its device is away: end all sessions, find it, log in again */
	ZY_CKR_MODULE     /* the module is broken: C_Finalize and C_Initialize, at last a fresh process */
};

/* Codes not in the header, vendors' own ones too, are permanent. */
enum zy_ckr_class zy_ckr_class(CK_RV rv);
bool zy_ckr_is_known(CK_RV rv);
/* CKR_... of a value, for messages. */
const char *zy_ckr_name(CK_RV rv);

#endif
