/* The wallet file: [1, licence, key, suite, credential, [[key, field], ...], [leaf, ...]] in deterministic CBOR. */
#include "zy/wallet.h"

#include "zy/cbor.h"

#define VERSION 1

bool zy_wallet_encode(const struct zy_wallet *w, struct zy_buf *out, struct zy_error *err)
{
	zy_cbor_put_array(out, 7);
	zy_cbor_put_uint(out, VERSION);
	zy_cbor_put_text(out, w->licence);
	zy_cbor_put_text(out, w->key);
	zy_cbor_put_text(out, zy_suite_name(w->suite));
	zy_cbor_put_bstr(out, w->credential);
	zy_cbor_put_array(out, w->num_fields);
	for (size_t i = 0; i < w->num_fields; i++) {
		zy_cbor_put_array(out, 2);
		zy_cbor_put_text(out, w->fields[i].key);
		zy_cbor_put_bstr(out, w->fields[i].bytes);
	}
	zy_cbor_put_array(out, w->n);
	for (size_t i = 0; i < w->n; i++)
		zy_cbor_put_bstr(out, ZY_BYTES(w->leaves[i], ZY_HASH_LEN));
	return zy_buf_done(out, "wallet", err);
}

static bool take_text(
    struct zy_reader *r, size_t most, const char *field, struct zy_arena *a, const char **out, struct zy_error *err)
{
	struct zy_bytes v;

	return zy_cbor_tstr(r, most, field, &v, err) && (*out = zy_arena_text(a, v, err)) != NULL;
}

static bool take_fields(struct zy_reader *r, struct zy_wallet *w, struct zy_arena *a, struct zy_error *err)
{
	struct zy_shown_field ignored;
	struct zy_bytes v;

	if (!zy_cbor_array(r, ZY_SHOWING_FIELDS_MAX, "fields", &w->num_fields, err))
		return false;
	for (size_t i = 0; i < w->num_fields; i++)
		if (!zy_cbor_array_exact(r, 2, "fields", err) ||
		    !take_text(r, 64, "fields.key", a, &w->fields[i].key, err) ||
		    !zy_cbor_bstr(r, 2048, "fields.field", &v, err) || !zy_shown_field_parse(&ignored, v, err) ||
		    !zy_arena_copy(a, v, &w->fields[i].bytes, err))
			return false;
	return true;
}

static bool take_leaves(struct zy_reader *r, struct zy_wallet *w, struct zy_error *err)
{
	struct zy_bytes leaf;
	size_t n;

	if (!zy_cbor_array(r, ZY_SHOWING_FIELDS_MAX, "leaves", &n, err))
		return false;
	if ((n != 8 && n != 16 && n != 32) || w->num_fields == 0 || w->num_fields > n)
		return zy_fail(err, ZY_E_SHOWING, "leaves", zy_reader_offset(r), "a tree has 8, 16 or 32 leaves");
	w->n = (unsigned)n;
	for (size_t i = 0; i < n; i++) {
		if (!zy_cbor_bstr_exact(r, ZY_HASH_LEN, "leaves", &leaf, err))
			return false;
		memcpy(w->leaves[i], leaf.p, ZY_HASH_LEN);
	}
	return true;
}

static bool parse(struct zy_wallet *w, struct zy_reader *r, struct zy_arena *a, struct zy_error *err)
{
	const char *suite;
	struct zy_bytes credential;
	uint64_t version;

	if (!zy_cbor_array_exact(r, 7, "wallet", err) || !zy_cbor_uint(r, VERSION, "version", &version, err) ||
	    !take_text(r, ZY_IDENTIFIER_MAX, "licence", a, &w->licence, err) ||
	    !take_text(r, ZY_KEY_URI_MAX, "key", a, &w->key, err) || !take_text(r, 8, "suite", a, &suite, err) ||
	    !zy_cbor_bstr(r, ZY_SHOWING_BYTES_MAX, "credential", &credential, err) || !take_fields(r, w, a, err) ||
	    !take_leaves(r, w, err) || !zy_reader_end(r, "wallet", err))
		return false;
	if (version != VERSION || (strcmp(suite, "gm") != 0 && strcmp(suite, "intl") != 0))
		return zy_fail(err, ZY_E_SHOWING, "wallet", ZY_NOWHERE, "a wallet file of another version or suite");
	w->suite = strcmp(suite, "gm") == 0 ? ZY_SUITE_GM : ZY_SUITE_INTL;
	return zy_arena_copy(a, credential, &w->credential, err);
}

bool zy_wallet_parse(struct zy_wallet *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_wallet w = { 0 };

	if (in.len > ZY_WALLET_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "wallet", ZY_WALLET_MAX, "the wallet file is too large");
	if (!parse(&w, &r, a, err))
		return false;
	*out = w;
	return true;
}
