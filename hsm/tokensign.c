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

	g->rv = zy_tokenkey_handle(s, g->key, &h);
	if (g->rv == CKR_OK)
		g->rv = s->f->C_SignInit(s->handle, &g->mechanism, h);
	if (g->rv != CKR_OK)
		return g->rv;
	g->len = sizeof(g->out);
	return g->rv = s->f->C_Sign(s->handle, (CK_BYTE_PTR)(uintptr_t)g->data.p, g->data.len, g->out, &g->len);
}

static bool fail_form(struct zy_error *err, const struct zy_session *s, const char *member, const char *what)
{
	return zy_fail(err, ZY_E_SM2_FORM, member, ZY_NOWHERE, "token \"%s\" %s: change \"%s\" in signer/%s.json",
	    zy_token_config(s->token)->name, what, member, zy_token_config(s->token)->name);
}

/* Why a call failed: the token may have refused its form, which the configuration says, not what it is about. */
static bool fail_signing(
    struct zy_error *err, const struct zy_session *s, const struct zy_signing *g, const struct zy_error *why)
{
	if (g->key->kind == ZY_KEY_SM2 && g->rv == CKR_MECHANISM_INVALID)
		return fail_form(err, s, "sm2.mechanism", "does not know this SM2 mechanism");
	if (g->key->kind == ZY_KEY_SM2 &&
	    (g->rv == CKR_MECHANISM_PARAM_INVALID || g->rv == CKR_DATA_LEN_RANGE || g->rv == CKR_DATA_INVALID))
		return fail_form(err, s, "sm2.input", "takes SM2 input of another form");
	return zy_fail(err, why->code, why->field, ZY_NOWHERE, "%s", why->msg);
}

static bool take_sm2(const struct zy_session *s, const struct zy_signing *g, struct zy_bytes message, bool is_digest,
    uint8_t rs[64], struct zy_error *err)
{
	const struct zy_bytes point = ZY_BYTES(g->key->point, sizeof(g->key->point));
	struct zy_verifier *v = zy_token_verifier(s->token);
	struct zy_error ignored = { 0 };
	bool good;

	if (zy_token_config(s->token)->sm2.output_der ? !zy_der_rs(ZY_BYTES(g->out, g->len), rs, &ignored)
						      : g->len != 64)
		return fail_form(err, s, "sm2.output", "gives SM2 signatures of another form");
	if (!zy_token_config(s->token)->sm2.output_der)
		memcpy(rs, g->out, 64);
	if (is_digest ? !zy_rs_verify(v, ZY_SUITE_GM, point, message.p, rs, &good, err)
		      : !zy_message_verify(v, ZY_SUITE_GM, point, message, rs, &good, err))
		return false;
	return good || fail_form(err, s, "sm2.input", "gave a signature that its key does not verify");
}

bool zy_tokenkey_sign(struct zy_session *s, const struct zy_key *key, struct zy_bytes message, bool is_digest,
    uint8_t rs[64], struct zy_error *err)
{
	const struct zy_sm2_form *form = &zy_token_config(s->token)->sm2;
	struct zy_error why = { 0 };
	struct zy_signing g;

	if (!zy_signing_prepare(&g, form, key, message, is_digest, err))
		return false;
	if (!zy_session_run(s, zy_signing_run, &g, "signing", &why))
		return fail_signing(err, s, &g, &why);
	if (key->kind == ZY_KEY_SM2)
		return take_sm2(s, &g, message, is_digest, rs, err);
	if (g.len != 64)
		return zy_fail(
		    err, ZY_E_TOKEN, "token", ZY_NOWHERE, "the token answered %lu bytes where r||s has 64", g.len);
	memcpy(rs, g.out, 64);
	return zy_rs_in_range(ZY_SUITE_INTL, rs) ||
	       zy_fail(err, ZY_E_TOKEN, "token", ZY_NOWHERE, "the token answered r or s outside of 1..n-1");
}
