/* The vault's wrapping key after its rotation: data keys follow it, and only then may the one before it go. */
#ifndef ZY_REWRAP_H
#define ZY_REWRAP_H

#include "zy/vault.h"

/*
 * Wraps every data key of the home's vault, or of its secret compartment, anew that an older generation of the wrapping
 * key wrapped. The vault is opened for a moment at a time, so that others mint in between; while a long batch has it
 * this waits, five minutes at most. Progress on standard error. Interrupted, it is called again as it is. Errors: busy,
 * those of zy_desk_open and zy_vault_rewrap.
 */
ZY_MUST_CHECK bool zy_rewrap_home(
    const char *home, bool secret, const struct zy_clock *clock, struct zy_rewrap *out, struct zy_error *err);

/* May that key go (a PKCS#11 URI with its generation)? Any key may that is no wrapping key of the home; a generation of
 * one when it wraps nothing any more. Errors: key-state, those of zy_desk_open. */
ZY_MUST_CHECK bool zy_wrapping_unused(
    const char *home, const struct zy_clock *clock, const char *key, struct zy_error *err);

#endif
