#include "token.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "zy/digest.h"

#define AUTH_LEN 32
#define ITERATIONS 100000u /* some 30 ms; the TPM's lockout is what stops guessing, this slows a stolen TPM */

static bool pin_length_fits(CK_ULONG len)
{
	return len >= ZY_PIN_MIN && len <= ZY_PIN_MAX;
}

static CK_RV pin_auth(
    const unsigned char *pin, CK_ULONG len, struct zy_bytes salt, uint32_t iterations, uint8_t out[AUTH_LEN])
{
	if (PKCS5_PBKDF2_HMAC(
		(const char *)pin, (int)len, salt.p, (int)salt.len, (int)iterations, EVP_sha256(), AUTH_LEN, out) != 1)
		return CKR_FUNCTION_FAILED;
	return CKR_OK;
}

static CK_RV derive_from(const uint8_t secret[ZY_TPM_SECRET_LEN], const char *purpose, uint64_t number, uint8_t out[32])
{
	struct zy_error ignored = { 0 };
	ZY_BUF_AUTO b = { 0 };

	zy_buf_put_str(&b, purpose);
	zy_buf_put_be(&b, number, 8);
	return zy_buf_done(&b, "purpose", &ignored) &&
		       zy_hmac(ZY_HASH_SHA256, ZY_BYTES(secret, ZY_TPM_SECRET_LEN), zy_buf_bytes(&b), out, &ignored)
		   ? CKR_OK
		   : CKR_FUNCTION_FAILED;
}

CK_RV zy_token_derive(const struct zy_module *m, const char *purpose, uint64_t number, uint8_t out[32])
{
	return m->role == ZY_ROLE_NONE ? CKR_USER_NOT_LOGGED_IN : derive_from(m->secret, purpose, number, out);
}

CK_RV zy_token_mac_key(const struct zy_module *m, uint8_t out[32])
{
	return zy_token_derive(m, "zy-tpm-token files", 0, out);
}

void zy_token_logout(struct zy_module *m)
{
	m->role = ZY_ROLE_NONE;
	OPENSSL_cleanse(m->secret, sizeof(m->secret));
	zy_tpm_forget(&m->tpm);
	for (size_t i = 0; i < m->num_sessions; i++) {
		zy_session_end_sign(m->sessions[i]);
		zy_session_end_find(m->sessions[i]); /* its handles may be of private objects */
	}
}

/* The TPM gives the token secret for the right PIN. */
static CK_RV open_secret(
    struct zy_module *m, enum zy_role role, const unsigned char *pin, CK_ULONG len, uint8_t secret[ZY_TPM_SECRET_LEN])
{
	const struct zy_tpm_token_file *f = &m->token;
	const struct zy_tpm_blob *sealed = role == ZY_ROLE_SO ? &f->so : &f->user;
	uint8_t auth[AUTH_LEN];
	CK_RV rv;

	if (role == ZY_ROLE_USER && !f->has_user)
		return CKR_USER_PIN_NOT_INITIALIZED;
	if (!pin_length_fits(len))
		return CKR_PIN_INCORRECT; /* cannot be right: costs no try */
	rv = pin_auth(pin, len, role == ZY_ROLE_SO ? f->so_salt : f->user_salt, f->iterations, auth);
	if (rv == CKR_OK)
		rv = zy_tpm_unseal(&m->tpm, auth, sealed, secret);
	if (rv == CKR_OK)
		zy_tpm_forgive(&m->tpm);
	OPENSSL_cleanse(auth, sizeof(auth));
	return rv;
}

/* Takes the role with m->secret set already; the token file must be one that this secret's holder wrote. */
static CK_RV take_role(struct zy_module *m, enum zy_role role)
{
	struct zy_error err = { 0 };
	uint8_t mac_key[32];
	CK_RV rv;

	m->role = role;
	rv = zy_token_mac_key(m, mac_key);
	if (rv == CKR_OK && !zy_tpm_file_authentic(m->token.covered, m->token.mac, mac_key, &err)) {
		zy_module_complain(m->state, &err);
		rv = CKR_TOKEN_NOT_RECOGNIZED;
	}
	OPENSSL_cleanse(mac_key, sizeof(mac_key));
	if (rv != CKR_OK)
		zy_token_logout(m);
	return rv;
}

static CK_RV login(struct zy_module *m, CK_USER_TYPE user, const unsigned char *pin, CK_ULONG len)
{
	enum zy_role role = user == CKU_SO ? ZY_ROLE_SO : ZY_ROLE_USER;
	CK_RV rv;

	if (user == CKU_CONTEXT_SPECIFIC)
		return CKR_OPERATION_NOT_INITIALIZED; /* no key here asks for it */
	if (user != CKU_SO && user != CKU_USER)
		return CKR_USER_TYPE_INVALID;
	if (m->role != ZY_ROLE_NONE)
		return m->role == role ? CKR_USER_ALREADY_LOGGED_IN : CKR_USER_ANOTHER_ALREADY_LOGGED_IN;
	for (size_t i = 0; role == ZY_ROLE_SO && i < m->num_sessions; i++)
		if (!zy_session_is_rw(m->sessions[i]))
			return CKR_SESSION_READ_ONLY_EXISTS;
	if (pin == NULL)
		return CKR_ARGUMENTS_BAD;
	if ((rv = zy_store_read_token(m)) != CKR_OK)
		return rv;
	if (!m->has_token)
		return CKR_TOKEN_NOT_RECOGNIZED;
	if ((rv = open_secret(m, role, pin, len, m->secret)) != CKR_OK || (rv = take_role(m, role)) != CKR_OK)
		return rv;
	return zy_store_scan(m);
}

CK_RV C_Login(CK_SESSION_HANDLE session, CK_USER_TYPE user, unsigned char *pin, CK_ULONG len)
{
	struct zy_module *m;
	struct zy_session *s;
	CK_RV rv = zy_module_enter_session(session, &m, &s);

	return rv != CKR_OK ? rv : zy_module_leave(login(m, user, pin, len));
}

CK_RV C_Logout(CK_SESSION_HANDLE session)
{
	struct zy_module *m;
	struct zy_session *s;
	CK_RV rv = zy_module_enter_session(session, &m, &s);

	if (rv != CKR_OK)
		return rv;
	if (m->role == ZY_ROLE_NONE)
		return zy_module_leave(CKR_USER_NOT_LOGGED_IN);
	zy_token_logout(m);
	return zy_module_leave(CKR_OK);
}

/* A fresh salt, and m->secret sealed under pin. */
static CK_RV seal_secret(struct zy_module *m, const unsigned char *pin, CK_ULONG len, uint32_t iterations,
    uint8_t salt[ZY_TPM_SALT_LEN], struct zy_tpm_made *made)
{
	struct zy_error ignored = { 0 };
	uint8_t auth[AUTH_LEN];
	CK_RV rv;

	if (!zy_random(salt, ZY_TPM_SALT_LEN, &ignored))
		return CKR_FUNCTION_FAILED;
	rv = pin_auth(pin, len, ZY_BYTES(salt, ZY_TPM_SALT_LEN), iterations, auth);
	if (rv == CKR_OK)
		rv = zy_tpm_seal(&m->tpm, auth, m->secret, made);
	OPENSSL_cleanse(auth, sizeof(auth));
	return rv;
}

/* Stores the token file with one PIN renewed. */
static CK_RV renew_pin(struct zy_module *m, enum zy_role whose, const unsigned char *pin, CK_ULONG len)
{
	struct zy_tpm_token_file f = m->token;
	uint8_t salt[ZY_TPM_SALT_LEN];
	struct zy_tpm_made made;
	CK_RV rv = seal_secret(m, pin, len, f.iterations, salt, &made);

	if (rv != CKR_OK)
		return rv;
	if (whose == ZY_ROLE_SO) {
		f.so_salt = ZY_BYTES(salt, sizeof(salt));
		f.so = zy_tpm_made_blob(&made);
	} else {
		f.has_user = true;
		f.user_salt = ZY_BYTES(salt, sizeof(salt));
		f.user = zy_tpm_made_blob(&made);
	}
	return zy_store_write_token(m, &f);
}

CK_RV C_InitPIN(CK_SESSION_HANDLE session, unsigned char *pin, CK_ULONG len)
{
	struct zy_module *m;
	struct zy_session *s;
	CK_RV rv = zy_module_enter_session(session, &m, &s);

	if (rv != CKR_OK)
		return rv;
	if (m->role != ZY_ROLE_SO)
		rv = CKR_USER_NOT_LOGGED_IN;
	else if (pin == NULL)
		rv = CKR_ARGUMENTS_BAD;
	else if (!pin_length_fits(len))
		rv = CKR_PIN_LEN_RANGE;
	else
		rv = renew_pin(m, ZY_ROLE_USER, pin, len);
	return zy_module_leave(rv);
}

/* Who is logged in changes the own PIN; nobody logged in: the user's. */
static CK_RV set_pin(
    struct zy_module *m, const unsigned char *old, CK_ULONG old_len, const unsigned char *pin, CK_ULONG len)
{
	enum zy_role before = m->role, whose = before == ZY_ROLE_SO ? ZY_ROLE_SO : ZY_ROLE_USER;
	uint8_t secret[ZY_TPM_SECRET_LEN];
	CK_RV rv = open_secret(m, whose, old, old_len, secret);

	if (rv == CKR_OK && before == ZY_ROLE_NONE) {
		memcpy(m->secret, secret, sizeof(secret));
		rv = take_role(m, whose);
	}
	OPENSSL_cleanse(secret, sizeof(secret));
	if (rv == CKR_OK)
		rv = renew_pin(m, whose, pin, len);
	if (before == ZY_ROLE_NONE)
		zy_token_logout(m);
	return rv;
}

CK_RV C_SetPIN(
    CK_SESSION_HANDLE session, unsigned char *old_pin, CK_ULONG old_len, unsigned char *new_pin, CK_ULONG new_len)
{
	struct zy_module *m;
	struct zy_session *s;
	CK_RV rv = zy_module_enter_session(session, &m, &s);

	if (rv != CKR_OK)
		return rv;
	if (!zy_session_is_rw(s))
		rv = CKR_SESSION_READ_ONLY;
	else if (old_pin == NULL || new_pin == NULL)
		rv = CKR_ARGUMENTS_BAD;
	else if (!pin_length_fits(new_len))
		rv = CKR_PIN_LEN_RANGE;
	else
		rv = set_pin(m, old_pin, old_len, new_pin, new_len);
	return zy_module_leave(rv);
}

/* The TPM's randomness and the host's: either alone is enough. */
static CK_RV new_secret(struct zy_module *m)
{
	struct zy_error ignored = { 0 };
	uint8_t host[ZY_TPM_SECRET_LEN];
	CK_RV rv = zy_tpm_random(&m->tpm, m->secret, sizeof(m->secret));

	if (rv == CKR_OK && !zy_random(host, sizeof(host), &ignored))
		rv = CKR_FUNCTION_FAILED;
	for (size_t i = 0; rv == CKR_OK && i < sizeof(host); i++)
		m->secret[i] ^= host[i];
	OPENSSL_cleanse(host, sizeof(host));
	return rv;
}

static CK_RV make_token(struct zy_module *m, const unsigned char *pin, CK_ULONG len, const unsigned char *label)
{
	uint8_t serial[ZY_TPM_SERIAL_LEN], salt[ZY_TPM_SALT_LEN];
	struct zy_error ignored = { 0 };
	struct zy_tpm_token_file f = { .iterations = ITERATIONS };
	struct zy_tpm_made made;
	CK_RV rv;

	m->tpm.expected = NULL; /* a new token may begin in a new TPM */
	zy_tpm_set_tries(&m->tpm);
	if ((rv = new_secret(m)) != CKR_OK || (rv = seal_secret(m, pin, len, ITERATIONS, salt, &made)) != CKR_OK)
		return rv;
	if (!zy_random(serial, sizeof(serial), &ignored))
		return CKR_FUNCTION_FAILED;
	f.serial = ZY_BYTES(serial, sizeof(serial));
	f.label = ZY_BYTES(label, 32);
	f.primary_name = ZY_BYTES(m->tpm.name, ZY_TPM_NAME_LEN);
	f.so_salt = ZY_BYTES(salt, sizeof(salt));
	f.so = zy_tpm_made_blob(&made);
	m->role = ZY_ROLE_SO; /* for the MAC; the caller ends it */
	if ((rv = zy_store_write_token(m, &f)) == CKR_OK)
		zy_store_remove_keys(m);
	return rv;
}

static CK_RV init_token(struct zy_module *m, const unsigned char *pin, CK_ULONG len, const unsigned char *label)
{
	CK_RV rv;

	if (m->num_sessions > 0)
		return CKR_SESSION_EXISTS;
	if ((rv = zy_store_read_token(m)) != CKR_OK)
		return rv; /* a damaged token is removed by hand, not by whoever knows no PIN */
	if (!m->has_token && !pin_length_fits(len))
		return CKR_PIN_LEN_RANGE;
	if (m->has_token && (rv = open_secret(m, ZY_ROLE_SO, pin, len, m->secret)) != CKR_OK)
		return rv;
	zy_tpm_forget(&m->tpm);
	rv = make_token(m, pin, len, label);
	zy_token_logout(m);
	zy_store_forget(m);
	return rv;
}

CK_RV C_InitToken(CK_SLOT_ID slot, unsigned char *pin, CK_ULONG len, unsigned char *label)
{
	struct zy_module *m;
	CK_RV rv = zy_module_enter(&m);

	if (rv != CKR_OK)
		return rv;
	if (slot != ZY_SLOT || pin == NULL || label == NULL)
		return zy_module_leave(slot != ZY_SLOT ? CKR_SLOT_ID_INVALID : CKR_ARGUMENTS_BAD);
	rv = init_token(m, pin, len, label);
	zy_tpm_close(&m->tpm);
	return zy_module_leave(rv);
}
