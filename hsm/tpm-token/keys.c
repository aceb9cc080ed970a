#include "token.h"

#include <openssl/crypto.h>

#include "zy/digest.h"

/* What a key template may choose; everything else in it must be what we make anyway. */
struct choice {
	struct zy_bytes label, id;
	bool is_token, has_params;
};

static bool is_fixed(CK_ATTRIBUTE_TYPE type)
{
	return type == CKA_LOCAL || type == CKA_KEY_GEN_MECHANISM || type == CKA_ALWAYS_SENSITIVE ||
	       type == CKA_NEVER_EXTRACTABLE || type == CKA_EC_POINT || type == CKA_VALUE;
}

/* One attribute against the key as it will be: a template that asks for an extractable key is refused, not bent. */
static CK_RV check_attribute(const struct zy_module *m, CK_OBJECT_CLASS class, const CK_ATTRIBUTE *a, struct choice *c)
{
	const struct zy_pair plain = { .file.halves = 3 };
	struct zy_bytes value = ZY_BYTES(a->pValue, a->ulValueLen);
	ZY_BUF_AUTO b = { 0 };
	CK_RV rv;

	if (a->pValue == NULL && a->ulValueLen > 0)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	if (is_fixed(a->type))
		return CKR_ATTRIBUTE_READ_ONLY;
	if (a->type == CKA_LABEL || a->type == CKA_ID) {
		*(a->type == CKA_LABEL ? &c->label : &c->id) = value;
		return value.len <= 255 ? CKR_OK : CKR_ATTRIBUTE_VALUE_INVALID;
	}
	if ((rv = zy_object_attribute(m, &plain, class, a->type, &b)) != CKR_OK)
		return rv;
	if (b.failed)
		return CKR_HOST_MEMORY;
	c->is_token |= a->type == CKA_TOKEN;
	c->has_params |= a->type == CKA_EC_PARAMS;
	if (zy_bytes_equal(value, zy_buf_bytes(&b)))
		return CKR_OK;
	return a->type == CKA_EC_PARAMS ? CKR_DOMAIN_PARAMS_INVALID : CKR_ATTRIBUTE_VALUE_INVALID;
}

static CK_RV check_template(
    const struct zy_module *m, CK_OBJECT_CLASS class, const CK_ATTRIBUTE *templ, CK_ULONG count, struct choice *c)
{
	if (templ == NULL && count > 0)
		return CKR_ARGUMENTS_BAD;
	for (CK_ULONG i = 0; i < count; i++) {
		CK_RV rv = check_attribute(m, class, &templ[i], c);

		if (rv != CKR_OK)
			return rv;
		for (CK_ULONG k = 0; k < i; k++)
			if (templ[k].type == templ[i].type)
				return CKR_TEMPLATE_INCONSISTENT;
	}
	/* CKA_TOKEN is false when absent, and keys for a session only are not made here. */
	if (!c->is_token || (class == CKO_PUBLIC_KEY && !c->has_params))
		return CKR_TEMPLATE_INCOMPLETE;
	return CKR_OK;
}

static CK_RV make_pair(struct zy_module *m, const struct choice *public, const struct choice *private,
    CK_OBJECT_HANDLE *public_key, CK_OBJECT_HANDLE *private_key)
{
	struct zy_tpm_key_file f = { .serial = m->token.serial,
		.halves = ZY_TPM_HALF_PUBLIC | ZY_TPM_HALF_PRIVATE,
		.public_label = public->label,
		.public_id = public->id,
		.private_label = private->label,
		.private_id = private->id };
	uint8_t auth[32], number_bytes[8];
	struct zy_error ignored = { 0 };
	struct zy_tpm_made made;
	uint64_t number = 0;
	CK_RV rv;

	if (m->num_pairs == ZY_PAIRS_MAX)
		return CKR_DEVICE_MEMORY;
	if (!zy_random(number_bytes, sizeof(number_bytes), &ignored))
		return CKR_FUNCTION_FAILED;
	for (size_t i = 0; i < sizeof(number_bytes); i++)
		number = number << 8 | number_bytes[i];
	if ((rv = zy_token_derive(m, "zy-tpm-token key", number, auth)) == CKR_OK)
		rv = zy_tpm_make_key(&m->tpm, auth, &made);
	OPENSSL_cleanse(auth, sizeof(auth));
	if (rv != CKR_OK)
		return rv;
	f.number = ZY_BYTES(number_bytes, sizeof(number_bytes));
	f.blob = zy_tpm_made_blob(&made);
	if ((rv = zy_store_write_key(m, &f, false)) != CKR_OK)
		return rv;
	for (size_t i = 0; i < m->num_pairs; i++)
		if (m->pairs[i]->number == number && !m->pairs[i]->is_gone) {
			*public_key = 2 * i + 1;
			*private_key = 2 * i + 2;
			return CKR_OK;
		}
	return CKR_DEVICE_ERROR;
}

CK_RV C_GenerateKeyPair(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_ATTRIBUTE *public_template,
    CK_ULONG public_count, CK_ATTRIBUTE *private_template, CK_ULONG private_count, CK_OBJECT_HANDLE *public_key,
    CK_OBJECT_HANDLE *private_key)
{
	struct choice public = { 0 }, private = { 0 };
	struct zy_module *m;
	struct zy_session *s;
	CK_RV rv = zy_module_enter_session(session, &m, &s);

	if (rv != CKR_OK)
		return rv;
	if (mechanism == NULL || public_key == NULL || private_key == NULL)
		rv = CKR_ARGUMENTS_BAD;
	else if (mechanism->mechanism != CKM_EC_KEY_PAIR_GEN)
		rv = CKR_MECHANISM_INVALID;
	else if (mechanism->pParameter != NULL || mechanism->ulParameterLen != 0)
		rv = CKR_MECHANISM_PARAM_INVALID;
	else if (!zy_session_is_rw(s))
		rv = CKR_SESSION_READ_ONLY;
	else if (m->role != ZY_ROLE_USER)
		rv = CKR_USER_NOT_LOGGED_IN;
	else if ((rv = check_template(m, CKO_PUBLIC_KEY, public_template, public_count, &public)) == CKR_OK &&
		 (rv = check_template(m, CKO_PRIVATE_KEY, private_template, private_count, &private)) == CKR_OK)
		rv = make_pair(m, &public, &private, public_key, private_key);
	return zy_module_leave(rv);
}

/* The other half of the pair stays; with the last half the file goes. */
static CK_RV destroy(struct zy_module *m, struct zy_pair *p, CK_OBJECT_CLASS class)
{
	struct zy_tpm_key_file f = p->file;

	zy_tpm_forget(&m->tpm);
	f.halves &= (uint8_t)(class == CKO_PUBLIC_KEY ? ~ZY_TPM_HALF_PUBLIC : ~ZY_TPM_HALF_PRIVATE);
	if (f.halves == 0)
		return zy_store_remove_key(m, p->number);
	if (class == CKO_PRIVATE_KEY)
		f.blob.private = ZY_BYTES(NULL, 0);
	return zy_store_write_key(m, &f, true);
}

CK_RV C_DestroyObject(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object)
{
	struct zy_module *m;
	struct zy_session *s;
	struct zy_pair *p;
	CK_OBJECT_CLASS class;
	CK_RV rv = zy_module_enter_session(session, &m, &s);

	if (rv != CKR_OK)
		return rv;
	if ((p = zy_object_find(m, object, &class)) == NULL)
		rv = CKR_OBJECT_HANDLE_INVALID;
	else if (!zy_session_is_rw(s))
		rv = CKR_SESSION_READ_ONLY;
	else if (m->role != ZY_ROLE_USER)
		rv = CKR_USER_NOT_LOGGED_IN; /* what is left of the pair needs the user's MAC */
	else
		rv = destroy(m, p, class);
	return zy_module_leave(rv);
}
