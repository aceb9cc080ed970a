#include "zy/wallet.h"

#include "zy/cbor.h"

static bool choose(
    const struct zy_wallet *w, const char *const *keys, size_t num_keys, uint32_t *shown, struct zy_error *err)
{
	*shown = 0;
	for (size_t k = 0; k < num_keys; k++) {
		size_t i = 0;

		while (i < w->num_fields && strcmp(w->fields[i].key, keys[k]) != 0)
			i++;
		if (i == w->num_fields)
			return zy_fail(
			    err, ZY_E_NOT_FOUND, "fields", ZY_NOWHERE, "the wallet has no field %.40s", keys[k]);
		*shown |= (uint32_t)1 << i;
	}
	return *shown != 0 || zy_fail(err, ZY_E_USAGE, "fields", ZY_NOWHERE, "choose at least one field");
}

static void put_fields(const struct zy_wallet *w, uint32_t shown, struct zy_buf *out)
{
	struct zy_shown_field fields[ZY_SHOWING_FIELDS_MAX];
	size_t num = 0;

	for (unsigned i = 0; i < w->num_fields; i++)
		if ((shown >> i & 1) != 0)
			fields[num++] = (struct zy_shown_field){ .index = i, .bytes = w->fields[i].bytes };
	zy_showing_fields_encode(fields, num, out);
}

/* The tree was built with the hash of the credential's own algorithm. */
static bool tree_hash(const struct zy_wallet *w, enum zy_hash *out, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(w->credential);
	struct zy_credential c;

	if (!zy_credential_parse(&c, &r, err))
		return false;
	*out = zy_suite_hash(c.cose.suite);
	return true;
}

static bool sign_showing(
    struct zy_hsm *h, const struct zy_wallet *w, const struct zy_buf parts[4], uint8_t rs[64], struct zy_error *err)
{
	struct zy_sign_request q = { .key = w->key, .use = ZY_USE_SHOWING };
	ZY_BUF_AUTO input = { 0 };

	if (!zy_showing_input(w->suite, w->credential, zy_buf_bytes(&parts[0]), zy_buf_bytes(&parts[2]),
		zy_buf_bytes(&parts[3]), &input, err))
		return false;
	q.message = zy_buf_bytes(&input);
	return zy_hsm_sign(h, &q, rs, err);
}

static bool encode(const struct zy_wallet *w, const struct zy_buf parts[4], const uint8_t rs[64], struct zy_buf *text,
    struct zy_error *err)
{
	ZY_BUF_AUTO bytes = { 0 };

	zy_showing_encode(w->credential, zy_buf_bytes(&parts[0]), zy_buf_bytes(&parts[1]), zy_buf_bytes(&parts[2]),
	    zy_buf_bytes(&parts[3]), rs, &bytes);
	if (!zy_buf_done(&bytes, "showing", err))
		return false;
	if (bytes.len > ZY_SHOWING_SCREEN_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "fields", ZY_NOWHERE,
		    "the code would hold %zu bytes, a screen shows %d: choose fewer or shorter fields", bytes.len,
		    ZY_SHOWING_SCREEN_MAX);
	zy_showing_text(zy_buf_bytes(&bytes), text);
	return zy_buf_done(text, "showing", err);
}

bool zy_wallet_show(struct zy_hsm *h, const struct zy_wallet *w, const char *const *keys, size_t num_keys, zy_time now,
    struct zy_buf *text, struct zy_error *err)
{
	struct zy_session s = { .iat = now, .mode = ZY_SHOWING_MODE_FREE };
	struct zy_buf parts[4] = { 0 }; /* fields, siblings, staple, session */
	enum zy_hash hash;
	uint8_t rs[64];
	uint32_t shown;
	bool ok;

	if (!choose(w, keys, num_keys, &shown, err) || !tree_hash(w, &hash, err) ||
	    !zy_random(s.nonce, sizeof(s.nonce), err))
		return false;
	put_fields(w, shown, &parts[0]);
	zy_cbor_put_null(&parts[2]);
	zy_session_encode(&s, &parts[3]);
	ok = zy_tree_prove(hash, (const uint8_t(*)[ZY_HASH_LEN])w->leaves, w->n, shown, &parts[1], err) &&
	     zy_buf_done(&parts[0], "fields", err) && zy_buf_done(&parts[2], "staple", err) &&
	     zy_buf_done(&parts[3], "session", err) && sign_showing(h, w, parts, rs, err) &&
	     encode(w, parts, rs, text, err);
	for (size_t i = 0; i < 4; i++)
		zy_buf_free(&parts[i]);
	return ok;
}
