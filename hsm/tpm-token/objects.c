#include "token.h"

#include <stdlib.h>

/* DER OBJECT IDENTIFIER 1.2.156.10197.1.301, sm2p256v1 (GM/T 0006) */
static const uint8_t sm2_oid[] = { 0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d };

/* The attributes that are true or false: for the public key, for the private key; -1: it has none of that name. */
static const struct {
	CK_ATTRIBUTE_TYPE type;
	signed char of_public, of_private;
} truths[] = {
	{ CKA_TOKEN, 1, 1 },
	{ CKA_PRIVATE, 0, 1 },
	{ CKA_MODIFIABLE, 0, 0 },
	{ CKA_COPYABLE, 0, 0 },
	{ CKA_DESTROYABLE, 1, 1 },
	{ CKA_DERIVE, 0, 0 },
	{ CKA_LOCAL, 1, 1 },
	{ CKA_TRUSTED, 0, -1 },
	{ CKA_ENCRYPT, 0, -1 },
	{ CKA_VERIFY, 1, -1 },
	{ CKA_VERIFY_RECOVER, 0, -1 },
	{ CKA_WRAP, 0, -1 },
	{ CKA_SENSITIVE, -1, 1 },
	{ CKA_DECRYPT, -1, 0 },
	{ CKA_SIGN, -1, 1 },
	{ CKA_SIGN_RECOVER, -1, 0 },
	{ CKA_UNWRAP, -1, 0 },
	{ CKA_EXTRACTABLE, -1, 0 },
	{ CKA_ALWAYS_SENSITIVE, -1, 1 },
	{ CKA_NEVER_EXTRACTABLE, -1, 1 },
	{ CKA_WRAP_WITH_TRUSTED, -1, 0 },
	{ CKA_ALWAYS_AUTHENTICATE, -1, 0 },
};

static void put_ulong(struct zy_buf *out, CK_ULONG v)
{
	zy_buf_put(out, ZY_BYTES(&v, sizeof(v)));
}

static CK_RV put_truth(CK_OBJECT_CLASS class, CK_ATTRIBUTE_TYPE type, struct zy_buf *out)
{
	for (size_t i = 0; i < sizeof(truths) / sizeof(truths[0]); i++) {
		signed char v = class == CKO_PUBLIC_KEY ? truths[i].of_public : truths[i].of_private;

		if (truths[i].type != type || v < 0)
			continue;
		zy_buf_put_u8(out, (uint8_t)v);
		return CKR_OK;
	}
	return CKR_ATTRIBUTE_TYPE_INVALID;
}

static CK_RV put_point(const struct zy_pair *p, struct zy_buf *out)
{
	zy_buf_put_u8(out, 0x04); /* OCTET STRING */
	zy_buf_put_u8(out, sizeof(p->point));
	zy_buf_put(out, ZY_BYTES(p->point, sizeof(p->point)));
	return CKR_OK;
}

CK_RV zy_object_attribute(const struct zy_module *m, const struct zy_pair *p, CK_OBJECT_CLASS class,
    CK_ATTRIBUTE_TYPE type, struct zy_buf *out)
{
	bool is_public = class == CKO_PUBLIC_KEY;

	switch (type) {
	case CKA_CLASS:
		put_ulong(out, class);
		return CKR_OK;
	case CKA_KEY_TYPE:
		put_ulong(out, CKK_EC);
		return CKR_OK;
	case CKA_KEY_GEN_MECHANISM:
		put_ulong(out, CKM_EC_KEY_PAIR_GEN);
		return CKR_OK;
	case CKA_ALLOWED_MECHANISMS:
		put_ulong(out, m->config.mechanism);
		return CKR_OK;
	case CKA_LABEL:
		zy_buf_put(out, is_public ? p->file.public_label : p->file.private_label);
		return CKR_OK;
	case CKA_ID:
		zy_buf_put(out, is_public ? p->file.public_id : p->file.private_id);
		return CKR_OK;
	case CKA_SUBJECT:
	case CKA_START_DATE:
	case CKA_END_DATE:
		return CKR_OK; /* there, and empty */
	case CKA_EC_PARAMS:
		zy_buf_put(out, ZY_BYTES(sm2_oid, sizeof(sm2_oid)));
		return CKR_OK;
	case CKA_EC_POINT:
		return is_public ? put_point(p, out) : CKR_ATTRIBUTE_TYPE_INVALID;
	case CKA_VALUE:
		return is_public ? CKR_ATTRIBUTE_TYPE_INVALID : CKR_ATTRIBUTE_SENSITIVE;
	default:
		return put_truth(class, type, out);
	}
}

/* What nobody logged in may see: not the private keys. */
static bool is_visible(const struct zy_module *m, const struct zy_pair *p, CK_OBJECT_CLASS class)
{
	uint8_t half = class == CKO_PUBLIC_KEY ? ZY_TPM_HALF_PUBLIC : ZY_TPM_HALF_PRIVATE;

	return !p->is_gone && (p->file.halves & half) != 0 && (class == CKO_PUBLIC_KEY || m->role == ZY_ROLE_USER);
}

struct zy_pair *zy_object_find(struct zy_module *m, CK_OBJECT_HANDLE handle, CK_OBJECT_CLASS *class)
{
	struct zy_pair *p;

	if (handle == 0 || (handle - 1) / 2 >= m->num_pairs)
		return NULL;
	p = m->pairs[(handle - 1) / 2];
	*class = handle % 2 == 1 ? CKO_PUBLIC_KEY : CKO_PRIVATE_KEY;
	return is_visible(m, p, *class) ? p : NULL;
}

/* One attribute of C_GetAttributeValue: PKCS#11 2.40, 5.7, cases 1 to 5. */
static CK_RV give(const struct zy_module *m, const struct zy_pair *p, CK_OBJECT_CLASS class, CK_ATTRIBUTE *a)
{
	ZY_BUF_AUTO b = { 0 };
	CK_RV rv = zy_object_attribute(m, p, class, a->type, &b);

	if (rv == CKR_OK && b.failed)
		rv = CKR_HOST_MEMORY;
	if (rv == CKR_OK && a->pValue != NULL && a->ulValueLen < b.len)
		rv = CKR_BUFFER_TOO_SMALL;
	if (rv == CKR_OK && a->pValue != NULL && b.len > 0)
		memcpy(a->pValue, b.p, b.len);
	a->ulValueLen = rv == CKR_OK ? b.len : CK_UNAVAILABLE_INFORMATION;
	return rv;
}

CK_RV C_GetAttributeValue(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *templ, CK_ULONG count)
{
	struct zy_module *m;
	struct zy_session *s;
	struct zy_pair *p;
	CK_OBJECT_CLASS class;
	CK_RV rv = zy_module_enter_session(session, &m, &s);

	if (rv != CKR_OK)
		return rv;
	if (templ == NULL && count > 0)
		return zy_module_leave(CKR_ARGUMENTS_BAD);
	if ((p = zy_object_find(m, object, &class)) == NULL)
		return zy_module_leave(CKR_OBJECT_HANDLE_INVALID);
	for (CK_ULONG i = 0; i < count; i++) {
		CK_RV one = give(m, p, class, &templ[i]);

		rv = rv == CKR_OK ? one : rv;
	}
	return zy_module_leave(rv);
}

static bool matches(const struct zy_module *m, const struct zy_pair *p, CK_OBJECT_CLASS class,
    const CK_ATTRIBUTE *templ, CK_ULONG count)
{
	for (CK_ULONG i = 0; i < count; i++) {
		ZY_BUF_AUTO b = { 0 };

		if (zy_object_attribute(m, p, class, templ[i].type, &b) != CKR_OK || b.failed ||
		    !zy_bytes_equal(zy_buf_bytes(&b), ZY_BYTES(templ[i].pValue, templ[i].ulValueLen)))
			return false;
	}
	return true;
}

static CK_RV find(struct zy_module *m, struct zy_session *s, const CK_ATTRIBUTE *templ, CK_ULONG count)
{
	CK_RV rv = zy_store_scan(m);
	CK_OBJECT_CLASS class;

	if (rv != CKR_OK)
		return rv;
	if ((s->found = calloc(2 * m->num_pairs + 1, sizeof(*s->found))) == NULL)
		return CKR_HOST_MEMORY;
	for (CK_OBJECT_HANDLE h = 1; h <= 2 * m->num_pairs; h++) {
		const struct zy_pair *p = zy_object_find(m, h, &class);

		if (p != NULL && matches(m, p, class, templ, count))
			s->found[s->num_found++] = h;
	}
	s->is_finding = true;
	return CKR_OK;
}

CK_RV C_FindObjectsInit(CK_SESSION_HANDLE session, CK_ATTRIBUTE *templ, CK_ULONG count)
{
	struct zy_module *m;
	struct zy_session *s;
	CK_RV rv = zy_module_enter_session(session, &m, &s);

	if (rv != CKR_OK)
		return rv;
	if (s->is_finding)
		return zy_module_leave(CKR_OPERATION_ACTIVE);
	if (templ == NULL && count > 0)
		return zy_module_leave(CKR_ARGUMENTS_BAD);
	for (CK_ULONG i = 0; i < count; i++)
		if (templ[i].pValue == NULL && templ[i].ulValueLen > 0)
			return zy_module_leave(CKR_ATTRIBUTE_VALUE_INVALID);
	return zy_module_leave(find(m, s, templ, count));
}

CK_RV C_FindObjects(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *objects, CK_ULONG max, CK_ULONG *count)
{
	struct zy_module *m;
	struct zy_session *s;
	CK_RV rv = zy_module_enter_session(session, &m, &s);

	if (rv != CKR_OK)
		return rv;
	if (!s->is_finding)
		return zy_module_leave(CKR_OPERATION_NOT_INITIALIZED);
	if (objects == NULL || count == NULL)
		return zy_module_leave(CKR_ARGUMENTS_BAD);
	for (*count = 0; *count < max && s->next_found < s->num_found; (*count)++)
		objects[*count] = s->found[s->next_found++];
	return zy_module_leave(CKR_OK);
}

CK_RV C_FindObjectsFinal(CK_SESSION_HANDLE session)
{
	struct zy_module *m;
	struct zy_session *s;
	CK_RV rv = zy_module_enter_session(session, &m, &s);

	if (rv != CKR_OK)
		return rv;
	if (!s->is_finding)
		return zy_module_leave(CKR_OPERATION_NOT_INITIALIZED);
	zy_session_end_find(s);
	return zy_module_leave(CKR_OK);
}
