#include "tokenkey.h"

#include "zy/der.h"
#include "zy/sm2.h"

static bool take_digest(struct zy_signing *out, const struct zy_sm2_form *form, struct zy_bytes e, struct zy_error *err)
{
	if (e.len != ZY_HASH_LEN)
		return zy_fail(err, ZY_E_KEY_USE, "message", ZY_NOWHERE, "this use signs a digest of 32 octets");
	if (out->key->kind != ZY_KEY_P256 && form->input != ZY_SM2_E)
		return zy_fail(err, ZY_E_TOKEN, "token", ZY_NOWHERE,
		    "this token hashes messages by itself and cannot sign the digest of a long list");
	out->mechanism.mechanism = out->key->kind == ZY_KEY_P256 ? CKM_ECDSA : form->mechanism;
	memcpy(out->digest, e.p, e.len);
	return true;
}

bool zy_signing_prepare(struct zy_signing *out, const struct zy_sm2_form *form, const struct zy_key *key,
    struct zy_bytes message, bool is_digest, struct zy_error *err)
{
	*out = (struct zy_signing){ .key = key };
	out->data = ZY_BYTES(out->digest, sizeof(out->digest));
	if (is_digest)
		return take_digest(out, form, message, err);
	if (key->kind == ZY_KEY_P256) {
		out->mechanism.mechanism = CKM_ECDSA;
		return zy_digest(ZY_HASH_SHA256, message, out->digest, err);
	}
	out->mechanism.mechanism = form->mechanism;
	switch (form->input) {
	case ZY_SM2_E:
		return zy_sm2_e(zy_sm2_id, key->point, message, out->digest, err);
	case ZY_SM2_ID_MESSAGE:
		out->mechanism.pParameter = (void *)(uintptr_t)zy_sm2_id.p;
		out->mechanism.ulParameterLen = zy_sm2_id.len;
		break;
	case ZY_SM2_MESSAGE:
		break;
	}
	out->data = message;
	return true;
}

CK_RV zy_signing_run(struct zy_session *s, void *arg)
{
	struct zy_signing *g = arg;
	CK_OBJECT_HANDLE h;
	CK_RV rv = zy_tokenkey_handle(s, g->key, &h);

	if (rv == CKR_OK)
		rv = s->f->C_SignInit(s->handle, &g->mechanism, h);
	if (rv != CKR_OK)
		return rv;
	g->len = sizeof(g->out);
	return s->f->C_Sign(s->handle, (CK_BYTE_PTR)(uintptr_t)g->data.p, g->data.len, g->out, &g->len);
}

bool zy_tokenkey_sign(struct zy_session *s, const struct zy_key *key, struct zy_bytes message, bool is_digest,
    uint8_t rs[64], struct zy_error *err)
{
	const struct zy_sm2_form *form = &zy_token_config(s->token)->sm2;
	struct zy_signing g;

	if (!zy_signing_prepare(&g, form, key, message, is_digest, err) ||
	    !zy_session_run(s, zy_signing_run, &g, "signing", err))
		return false;
	if (key->kind == ZY_KEY_SM2 && form->output_der) {
		if (!zy_der_rs(ZY_BYTES(g.out, g.len), rs, err))
			return false;
	} else if (g.len == 64) {
		memcpy(rs, g.out, 64);
	} else {
		return zy_fail(err, ZY_E_TOKEN, "token", ZY_NOWHERE,
		    "the token answered %lu bytes where r||s has 64; check \"output\" in its configuration", g.len);
	}
	return zy_rs_in_range(key->kind == ZY_KEY_SM2 ? ZY_SUITE_GM : ZY_SUITE_INTL, rs) ||
	       zy_fail(err, ZY_E_TOKEN, "token", ZY_NOWHERE, "the token answered r or s outside of 1..n-1");
}
