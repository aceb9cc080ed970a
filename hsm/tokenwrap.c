#include "tokenkey.h"

#define GCM_IV 12
#define GCM_TAG 16

struct sealing {
	const struct zy_key *key;
	struct zy_bytes aad, in;
	uint8_t iv[GCM_IV];
	uint8_t *out; /* room bytes */
	CK_ULONG room, len;
	bool encrypt;
};

static CK_RV seal(struct zy_session *s, void *arg)
{
	struct sealing *g = arg;
	CK_GCM_PARAMS gcm = { .iv_ptr = g->iv,
		.iv_len = GCM_IV,
		.iv_bits = GCM_IV * 8,
		.aad_ptr = (void *)(uintptr_t)g->aad.p,
		.aad_len = g->aad.len,
		.tag_bits = GCM_TAG * 8 };
	CK_MECHANISM mechanism = { CKM_AES_GCM, &gcm, sizeof(gcm) };
	CK_BYTE_PTR in = (CK_BYTE_PTR)(uintptr_t)g->in.p;
	CK_OBJECT_HANDLE h;
	CK_RV rv = zy_tokenkey_handle(s, g->key, &h);

	if (rv == CKR_OK && g->encrypt)
		rv = s->f->C_GenerateRandom(s->handle, g->iv, GCM_IV);
	if (rv == CKR_OK)
		rv = g->encrypt ? s->f->C_EncryptInit(s->handle, &mechanism, h)
				: s->f->C_DecryptInit(s->handle, &mechanism, h);
	if (rv != CKR_OK)
		return rv;
	g->len = g->room;
	return g->encrypt ? s->f->C_Encrypt(s->handle, in, g->in.len, g->out, &g->len)
			  : s->f->C_Decrypt(s->handle, in, g->in.len, g->out, &g->len);
}

bool zy_tokenkey_wrap(struct zy_session *s, const struct zy_key *key, struct zy_bytes aad, struct zy_bytes in,
    struct zy_buf *out, struct zy_error *err)
{
	struct sealing g = { .key = key, .aad = aad, .in = in, .room = in.len + GCM_TAG, .encrypt = true };
	size_t start = out->len;
	uint8_t *place = zy_buf_extend(out, GCM_IV + in.len + GCM_TAG);

	if (place == NULL)
		return zy_buf_done(out, "message", err);
	g.out = place + GCM_IV;
	if (!zy_session_run(s, seal, &g, "wrapping", err))
		return false;
	if (g.len != g.room)
		return zy_fail(
		    err, ZY_E_TOKEN, "token", ZY_NOWHERE, "the token answered a ciphertext of another length");
	memcpy(out->p + start, g.iv, GCM_IV);
	return true;
}

bool zy_tokenkey_unwrap(struct zy_session *s, const struct zy_key *key, struct zy_bytes aad, struct zy_bytes in,
    struct zy_buf *out, struct zy_error *err)
{
	struct sealing g = { .key = key, .aad = aad };
	struct zy_reader r = zy_reader_over(in);
	struct zy_bytes iv;

	if (in.len < GCM_IV + GCM_TAG || !zy_take(&r, GCM_IV, "message", &iv, err))
		return zy_fail(
		    err, ZY_E_TOKEN, "message", ZY_NOWHERE, "what is to be unwrapped is shorter than an IV and a tag");
	memcpy(g.iv, iv.p, GCM_IV);
	g.in = zy_reader_rest(&r);
	/* as long as its input: some modules write there before they look at the tag */
	g.room = g.in.len;
	if ((g.out = zy_buf_extend(out, g.room)) == NULL)
		return zy_buf_done(out, "message", err);
	if (!zy_session_run(s, seal, &g, "unwrapping", err))
		return false;
	if (g.len != g.in.len - GCM_TAG)
		return zy_fail(
		    err, ZY_E_TOKEN, "token", ZY_NOWHERE, "the token answered a plaintext of another length");
	out->len -= g.room - g.len;
	return true;
}
