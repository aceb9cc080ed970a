/*
 * The secret compartment: licences of types that the policies call secret lie in a vault of their own, under another
 * wrapping key, with another log, and nothing in the ordinary vault tells of them. It is opened by zy_vault_open with
 * that key. Whoever copies its folder reads no name, no number and no scope, also not in keys; how many rows there are
 * he can count, and of a type whose code he knows he can tell whether any licence was ever minted.
 */
#ifndef ZY_SECRET_H
#define ZY_SECRET_H

#include "zy/vault.h"

/* As zy_vault_make. */
ZY_MUST_CHECK bool zy_vault_make_secret(
    const char *folder, enum zy_suite suite, const struct zy_wrapper *w, struct zy_error *err);
bool zy_vault_is_secret(const struct zy_vault *v);
/* The key under which heads of its log are noted elsewhere (zy/noted_head.h): of this vault and its copies, whatever
 * wraps their keys. The caller wipes it. Errors: crypto. */
ZY_MUST_CHECK bool zy_vault_noted_key(struct zy_vault *v, uint8_t out[ZY_HASH_LEN], struct zy_error *err);

/*
 * has[i]: was a licence of the type codes[i] ever minted in the vault in that folder, secret or not? No key is needed.
 * The vault may be another process's, but not open in this one: LMDB's locks are the process's.
 * Errors: vault-absent, vault, vault-corrupt.
 */
ZY_MUST_CHECK bool zy_vault_folder_has_types(
    const char *folder, const char *const *codes, size_t num, bool *has, struct zy_error *err);

#endif
