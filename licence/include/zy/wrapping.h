/*
 * The wrapping key of a vault, through the signing service: an AES key in a token, with generations (zy/key_life.h).
 * What it wraps begins with two octets, the generation that wrapped it, big-endian; then the token's IV || ciphertext
 * || tag. New keys are wrapped by the newest active generation, old ones are opened by the one that they name. Threads:
 * any.
 */
#ifndef ZY_WRAPPING_H
#define ZY_WRAPPING_H

#include <stdatomic.h>

#include "zy/hsm.h"
#include "zy/vault.h"

struct zy_wrapping {
	struct zy_hsm *hsm;          /* borrowed */
	const char *key;             /* PKCS#11 URI without a generation, borrowed */
	_Atomic unsigned generation; /* that wraps now; 0: not asked yet */
};

/* Views *w, which must outlive it and stay where it is. Errors of its functions: those of zy_hsm_wrap and _unwrap,
 * vault-corrupt (what is to be opened names no generation). */
struct zy_wrapper zy_wrapping_of(struct zy_wrapping *w);
/* The generation that wrapped it; 0: none that there can be. */
unsigned zy_wrapping_generation(struct zy_bytes wrapped);

#endif
