#include "tokenkey.h"

#include <stdlib.h>

#include "point.h"
#include "zy/der.h"

static const CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

/* PKCS#11 has no const; what a template for finding or making points to is only read. */
static CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, const void *v, size_t len)
{
	return (CK_ATTRIBUTE){ type, (void *)(uintptr_t)v, len };
}
#define ATTRIBUTE(type, variable) attribute(type, &(variable), sizeof(variable))

/* Exactly one object of the class with the label; class -1 is any. None or several: CKR_OBJECT_HANDLE_INVALID. */
static CK_RV find(struct zy_session *s, CK_OBJECT_CLASS class, const char *label, CK_OBJECT_HANDLE *out, CK_ULONG *num)
{
	CK_OBJECT_HANDLE found[2];
	CK_ATTRIBUTE template[] = { ATTRIBUTE(CKA_TOKEN, yes), attribute(CKA_LABEL, label, strlen(label)),
		ATTRIBUTE(CKA_CLASS, class) };
	CK_RV rv = s->f->C_FindObjectsInit(s->handle, template, class == (CK_OBJECT_CLASS)-1 ? 2 : 3), end;

	if (rv != CKR_OK)
		return rv;
	rv = s->f->C_FindObjects(s->handle, found, 2, num);
	end = s->f->C_FindObjectsFinal(s->handle);
	if (rv != CKR_OK || end != CKR_OK)
		return rv != CKR_OK ? rv : end;
	if (*num > 0)
		*out = found[0];
	return CKR_OK;
}

static CK_OBJECT_CLASS class_of(enum zy_key_kind kind)
{
	return kind == ZY_KEY_AES256 ? CKO_SECRET_KEY : CKO_PRIVATE_KEY;
}

CK_RV zy_tokenkey_handle(struct zy_session *s, const struct zy_key *key, CK_OBJECT_HANDLE *out)
{
	CK_ULONG num = 0;
	CK_RV rv;

	if (key->index >= s->num_handles) {
		size_t room = key->index + 64;
		CK_OBJECT_HANDLE *grown = realloc(s->handles, room * sizeof(*grown));

		if (grown == NULL)
			return CKR_HOST_MEMORY;
		memset(grown + s->num_handles, 0, (room - s->num_handles) * sizeof(*grown));
		s->handles = grown;
		s->num_handles = room;
	}
	if (s->handles[key->index] == CK_INVALID_HANDLE) {
		rv = find(s, class_of(key->kind), key->label, &s->handles[key->index], &num);
		if (rv != CKR_OK || num != 1) {
			s->handles[key->index] = CK_INVALID_HANDLE;
			return rv != CKR_OK ? rv : CKR_OBJECT_HANDLE_INVALID;
		}
	}
	*out = s->handles[key->index];
	return CKR_OK;
}

struct loading {
	struct zy_key *key;
	CK_ULONG num; /* objects found */
	CK_KEY_TYPE type;
	CK_ULONG value_len;
	uint8_t params[64], point[128];
	CK_ULONG params_len, point_len;
	CK_BBOOL sensitive, extractable, always_sensitive, never_extractable;
};

/* What a module does not tell counts as the worse. */
static CK_RV read_guard(struct zy_session *s, struct loading *l, CK_OBJECT_HANDLE h)
{
	CK_ATTRIBUTE guard[] = { { CKA_SENSITIVE, &l->sensitive, sizeof(l->sensitive) },
		{ CKA_EXTRACTABLE, &l->extractable, sizeof(l->extractable) },
		{ CKA_ALWAYS_SENSITIVE, &l->always_sensitive, sizeof(l->always_sensitive) },
		{ CKA_NEVER_EXTRACTABLE, &l->never_extractable, sizeof(l->never_extractable) } };
	CK_RV rv;

	l->sensitive = l->always_sensitive = l->never_extractable = CK_FALSE;
	l->extractable = CK_TRUE;
	rv = s->f->C_GetAttributeValue(s->handle, h, guard, sizeof(guard) / sizeof(*guard));
	return rv == CKR_ATTRIBUTE_TYPE_INVALID ? CKR_OK : rv;
}

static bool check_guard(const struct loading *l, bool demo, struct zy_error *err)
{
	l->key->can_leave = l->extractable || !l->sensitive || !l->always_sensitive || !l->never_extractable;
	return !l->key->can_leave || demo ||
	       zy_fail(err, ZY_E_KEY_EXTRACTABLE, "key", ZY_NOWHERE,
		   "key \"%s\" %s: make a new key in the token in its place", l->key->label,
		   l->extractable || !l->sensitive ? "can be taken out of the token"
						   : "could once be taken out of the token, or was put into it");
}

static CK_RV read_object(struct zy_session *s, void *arg)
{
	struct loading *l = arg;
	CK_OBJECT_HANDLE h;
	CK_RV rv = find(s, class_of(l->key->kind), l->key->label, &h, &l->num);
	CK_ATTRIBUTE secret[] = { { CKA_KEY_TYPE, &l->type, sizeof(l->type) },
		{ CKA_VALUE_LEN, &l->value_len, sizeof(l->value_len) } };
	CK_ATTRIBUTE public[] = { { CKA_EC_PARAMS, l->params, sizeof(l->params) },
		{ CKA_EC_POINT, l->point, sizeof(l->point) } };

	if (rv != CKR_OK || l->num != 1 || (rv = read_guard(s, l, h)) != CKR_OK)
		return rv;
	if (l->key->kind == ZY_KEY_AES256)
		return s->f->C_GetAttributeValue(s->handle, h, secret, 2);
	if ((rv = find(s, CKO_PUBLIC_KEY, l->key->label, &h, &l->num)) != CKR_OK || l->num != 1)
		return rv;
	rv = s->f->C_GetAttributeValue(s->handle, h, public, 2);
	l->params_len = public[0].ulValueLen;
	l->point_len = public[1].ulValueLen;
	return rv;
}

/* CKA_EC_POINT is the DER of an OCTET STRING (PKCS#11 2.40, mechanisms 2.3.3); some modules leave the DER out. */
static bool read_point(const struct loading *l, uint8_t point[65])
{
	struct zy_reader r = zy_reader_over(ZY_BYTES(l->point, l->point_len));
	struct zy_error ignored = { 0 };
	struct zy_bytes v = zy_reader_rest(&r);

	if (l->point_len != 65 && (!zy_der_take(&r, ZY_DER_OCTETS, "key", &v, &ignored) || zy_reader_left(&r) > 0))
		return false;
	if (v.len != 65)
		return false;
	memcpy(point, v.p, 65);
	return true;
}

static bool params_are(const struct loading *l, struct zy_bytes oid)
{
	struct zy_reader r = zy_reader_over(ZY_BYTES(l->params, l->params_len));
	struct zy_error ignored = { 0 };
	struct zy_bytes v;

	return zy_der_take(&r, ZY_DER_OID, "key", &v, &ignored) && zy_reader_left(&r) == 0 && zy_bytes_equal(v, oid);
}

static bool check_loaded(const struct loading *l, struct zy_error *err)
{
	struct zy_key *key = l->key;

	if (l->num == 0)
		return zy_fail(err, ZY_E_NOT_FOUND, "key", ZY_NOWHERE, "the token holds no key \"%s\"", key->label);
	if (l->num > 1)
		return zy_fail(err, ZY_E_TOKEN, "key", ZY_NOWHERE, "the token holds several keys \"%s\"", key->label);
	if (key->kind == ZY_KEY_AES256)
		return (l->type == CKK_AES && l->value_len == 32) ||
		       zy_fail(err, ZY_E_TOKEN, "key", ZY_NOWHERE, "key \"%s\" is not an AES-256 key", key->label);
	if (!params_are(l, key->kind == ZY_KEY_SM2 ? zy_oid_sm2_curve : zy_oid_p256))
		return zy_fail(
		    err, ZY_E_TOKEN, "key", ZY_NOWHERE, "key \"%s\" is not on the curve of its kind", key->label);
	if (!read_point(l, key->point))
		return zy_fail(
		    err, ZY_E_TOKEN, "key", ZY_NOWHERE, "the public key of \"%s\" cannot be read", key->label);
	return zy_point_check(key->kind, key->point, err);
}

bool zy_tokenkey_load(struct zy_session *s, struct zy_key *key, struct zy_error *err)
{
	struct loading l = { .key = key };

	return zy_session_run(s, read_object, &l, "looking a key up", err) && check_loaded(&l, err) &&
	       check_guard(&l, zy_token_config(s->token)->demo, err);
}

struct making {
	const struct zy_key *key;
	uint8_t id[16];
	CK_ULONG num; /* objects that bear the label already */
};

static CK_RV make_secret(struct zy_session *s, const struct making *m)
{
	CK_MECHANISM mechanism = { CKM_AES_KEY_GEN, NULL, 0 };
	CK_ULONG len = 32;
	CK_OBJECT_HANDLE h;
	CK_ATTRIBUTE template[] = { ATTRIBUTE(CKA_TOKEN, yes), ATTRIBUTE(CKA_PRIVATE, yes),
		ATTRIBUTE(CKA_SENSITIVE, yes), ATTRIBUTE(CKA_EXTRACTABLE, no), ATTRIBUTE(CKA_ENCRYPT, yes),
		ATTRIBUTE(CKA_DECRYPT, yes), ATTRIBUTE(CKA_VALUE_LEN, len),
		attribute(CKA_LABEL, m->key->label, strlen(m->key->label)), ATTRIBUTE(CKA_ID, m->id) };

	return s->f->C_GenerateKey(s->handle, &mechanism, template, sizeof(template) / sizeof(*template), &h);
}

static CK_RV make_pair(struct zy_session *s, const struct making *m)
{
	CK_MECHANISM mechanism = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	struct zy_bytes oid = m->key->kind == ZY_KEY_SM2 ? zy_oid_sm2_curve : zy_oid_p256;
	uint8_t params[16] = { ZY_DER_OID, (uint8_t)oid.len };
	CK_OBJECT_HANDLE public_handle, private_handle;
	CK_ATTRIBUTE label = attribute(CKA_LABEL, m->key->label, strlen(m->key->label)), id = ATTRIBUTE(CKA_ID, m->id);
	CK_ATTRIBUTE public[] = { label, id, ATTRIBUTE(CKA_TOKEN, yes), ATTRIBUTE(CKA_VERIFY, yes),
		attribute(CKA_EC_PARAMS, params, 2 + oid.len) };
	CK_ATTRIBUTE private[] = { label, id, ATTRIBUTE(CKA_TOKEN, yes), ATTRIBUTE(CKA_PRIVATE, yes),
		ATTRIBUTE(CKA_SENSITIVE, yes), ATTRIBUTE(CKA_EXTRACTABLE, no), ATTRIBUTE(CKA_SIGN, yes) };

	memcpy(params + 2, oid.p, oid.len); /* both OIDs have 8 octets */
	return s->f->C_GenerateKeyPair(s->handle, &mechanism, public, sizeof(public) / sizeof(*public), private,
	    sizeof(private) / sizeof(*private), &public_handle, &private_handle);
}

/* Looks before it makes: a repetition after a lost answer must not make a second key of the same label. */
static CK_RV make(struct zy_session *s, void *arg)
{
	struct making *m = arg;
	CK_OBJECT_HANDLE h;
	CK_RV rv = find(s, (CK_OBJECT_CLASS)-1, m->key->label, &h, &m->num);

	if (rv != CKR_OK || m->num > 0)
		return rv;
	return m->key->kind == ZY_KEY_AES256 ? make_secret(s, m) : make_pair(s, m);
}

bool zy_tokenkey_may_generate(struct zy_token *t, const struct zy_key *key, struct zy_error *err)
{
	return key->kind != ZY_KEY_SM2 || zy_token_config(t)->sm2.present ||
	       zy_fail(err, ZY_E_TOKEN, "kind", ZY_NOWHERE, "token \"%s\" has no SM2: signer/%s.json has no \"sm2\"",
		   zy_token_config(t)->name, zy_token_config(t)->name);
}

bool zy_tokenkey_generate(struct zy_token *t, struct zy_key *key, struct zy_error *err)
{
	struct making m = { .key = key };
	struct zy_session s;
	bool ok;

	if (!zy_random(m.id, sizeof(m.id), err))
		return false;
	zy_session_start(&s, t);
	s.writes = true;
	ok = zy_session_run(&s, make, &m, "making a key", err);
	if (ok && m.num > 0)
		ok = zy_fail(err, ZY_E_EXISTS, "key", ZY_NOWHERE,
		    "the token holds an object \"%s\" already that is not in the signer's key table", key->label);
	ok = ok && zy_tokenkey_load(&s, key, err);
	zy_session_close(&s);
	return ok;
}

static CK_RV destroy(struct zy_session *s, void *arg)
{
	const struct zy_key *key = arg;
	CK_OBJECT_HANDLE h = CK_INVALID_HANDLE;
	CK_ULONG num = 0;
	CK_RV rv;

	while ((rv = find(s, (CK_OBJECT_CLASS)-1, key->label, &h, &num)) == CKR_OK && num > 0)
		if ((rv = s->f->C_DestroyObject(s->handle, h)) != CKR_OK)
			break;
	return rv;
}

void zy_tokenkey_remove(struct zy_token *t, const struct zy_key *key)
{
	struct zy_error ignored = { 0 };
	struct zy_session s;
	struct zy_key copy = *key;

	zy_session_start(&s, t);
	s.writes = true;
	if (!zy_session_run(&s, destroy, &copy, "removing a key", &ignored))
		copy.label[0] = 0; /* the next generate of this label says that an object is left */
	zy_session_close(&s);
}
