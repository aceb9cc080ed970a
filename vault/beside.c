#include "zy/beside.h"

#include "internal.h"

#define KIND_MAX 32

/* Associated data: "beside" 0 KIND 0 TYPE.ISSUER.SERIAL; no row's begins so. */
static bool bind(const struct zy_name *name, const char *kind, struct zy_buf *out, struct zy_error *err)
{
	zy_buf_put_str(out, "beside");
	zy_buf_put_u8(out, 0);
	zy_buf_put_str(out, kind);
	zy_buf_put_u8(out, 0);
	zy_buf_put_str(out, name->text);
	return zy_buf_done(out, "beside", err);
}

/* The data key of the licence's holder; no read waits while the token works. */
static bool find_key(struct zy_vault *v, const char *identifier, const char *kind, size_t len, struct zy_buf *ad,
    struct zy_value_key *out, struct zy_error *err)
{
	struct zy_row_licence licence;
	struct zy_name name;
	struct zy_txn *txn;
	bool ok;

	if (len > ZY_BESIDE_MAX || strnlen(kind, KIND_MAX + 1) > KIND_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "beside", ZY_NOWHERE,
		    "beside the vault lies no more than %zu bytes", ZY_BESIDE_MAX);
	if (!zy_name_parse(&name, identifier, err) || !bind(&name, kind, ad, err) ||
	    !zy_read_begin(&v->store, &txn, err))
		return false;
	ok = zy_licence_get(v, txn, name.text, &licence, err);
	zy_read_end(&v->store, txn);
	return ok && zy_subject_key(v, licence.subject, out, err);
}

bool zy_beside_seal(struct zy_vault *v, const char *identifier, const char *kind, struct zy_bytes plain,
    struct zy_buf *out, struct zy_error *err)
{
	ZY_VALUE_KEY_AUTO key = { 0 };
	ZY_BUF_AUTO ad = { 0 };

	return find_key(v, identifier, kind, plain.len, &ad, &key, err) &&
	       zy_sealed_put(&key, zy_buf_bytes(&ad), plain, out, err);
}

bool zy_beside_open(struct zy_vault *v, const char *identifier, const char *kind, struct zy_bytes sealed,
    struct zy_buf *out, struct zy_error *err)
{
	const size_t overhead = zy_sealed_overhead(v->suite);
	ZY_VALUE_KEY_AUTO key = { 0 };
	ZY_BUF_AUTO ad = { 0 };
	uint8_t *to;

	if (sealed.len < overhead)
		return zy_fail(err, ZY_E_VAULT_CORRUPT, "beside", ZY_NOWHERE, "what lies beside the vault is cut off");
	if (!find_key(v, identifier, kind, sealed.len - overhead, &ad, &key, err))
		return false;
	to = zy_buf_extend(out, sealed.len - overhead);
	return zy_buf_done(out, "beside", err) && zy_sealed_open(&key, zy_buf_bytes(&ad), sealed, to, err);
}
