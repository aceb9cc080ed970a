#include "internal.h"

#include <stdio.h>

#include <openssl/crypto.h>

void zy_subject_wipe(struct zy_subject *s)
{
	zy_buf_free(&s->row);
	zy_value_key_wipe(&s->key);
}

static bool holder_text(const struct zy_holder *h, char out[64], struct zy_error *err)
{
	if (h->kind >= ZY_NUM_HOLDER_KINDS || h->number[0] == 0)
		return zy_fail(err, ZY_E_HOLDER, "holder", ZY_NOWHERE, "the holder has no kind or no number");
	snprintf(out, 64, "%s:%.*s", zy_holder_kind_name(h->kind), ZY_HOLDER_NUMBER_MAX, h->number);
	return true;
}

static bool lookup_key(struct zy_vault *v, const struct zy_holder *h, struct zy_key *out, struct zy_error *err)
{
	char text[64];
	bool ok = holder_text(h, text, err) && zy_vault_hmac(v, "holder", text, out, err);

	OPENSSL_cleanse(text, sizeof(text));
	return ok;
}

static bool find_in(struct zy_vault *v, struct zy_txn *txn, const struct zy_key *lookup, uint64_t *number, bool *found,
    struct zy_error *err)
{
	ZY_BUF_AUTO plain = { 0 };

	if (!zy_row_get(v, txn, ZY_DB_HOLDER, lookup, &v->key, &plain, found, err))
		return false;
	return !*found || zy_row_number_parse(number, zy_buf_bytes(&plain), err) || zy_row_bad(ZY_DB_HOLDER, err);
}

static bool find(struct zy_vault *v, const struct zy_key *lookup, uint64_t *number, bool *found, struct zy_error *err)
{
	struct zy_txn *txn;
	bool ok;

	if (!zy_read_begin(&v->store, &txn, err))
		return false;
	ok = find_in(v, txn, lookup, number, found, err);
	zy_read_end(&v->store, txn);
	return ok;
}

bool zy_subject_find(struct zy_vault *v, const struct zy_holder *h, uint64_t *number, bool *found, struct zy_error *err)
{
	struct zy_key lookup;

	return lookup_key(v, h, &lookup, err) && find(v, &lookup, number, found, err);
}

static bool derive(struct zy_vault *v, struct zy_buf *data_key, struct zy_value_key *out, struct zy_error *err)
{
	if (!zy_buf_done(data_key, "subject", err))
		return false;
	if (data_key->len != ZY_DATA_KEY_LEN)
		return zy_row_bad(ZY_DB_SUBJECT, err);
	return zy_value_key_derive(out, v->suite, data_key->p, err);
}

/* A data key as it is stored. */
struct stored_key {
	struct zy_data_key_name name;
	struct zy_buf wrapped;
};

static bool read_key(struct zy_vault *v, uint64_t subject, struct stored_key *out, struct zy_error *err)
{
	struct zy_key k = zy_key_number(subject);
	struct zy_row_subject row;
	struct zy_bytes value;
	struct zy_txn *txn;
	bool found, ok;

	if (!zy_read_begin(&v->store, &txn, err))
		return false;
	ok = zy_store_get(&v->store, txn, ZY_DB_SUBJECT, &k, &value, &found, err) &&
	     ((found && zy_row_subject_parse(&row, value, err)) || zy_row_bad(ZY_DB_SUBJECT, err));
	if (ok) {
		out->name = zy_data_key_name(subject, row.key_id.p);
		zy_buf_put(&out->wrapped, row.wrapped);
		ok = !zy_subject_row_is_destroyed(&row) || zy_subject_fail_destroyed(err);
	}
	zy_read_end(&v->store, txn);
	return ok && zy_buf_done(&out->wrapped, "subject", err);
}

static bool unwrap(
    struct zy_vault *v, uint64_t subject, const struct stored_key *k, struct zy_value_key *out, struct zy_error *err)
{
	ZY_BUF_AUTO data_key = { .cap = 256 };

	if (!v->wrapper.unwrap(
		v->wrapper.arg, ZY_BYTES(k->name.p, sizeof(k->name.p)), zy_buf_bytes(&k->wrapped), &data_key, err) ||
	    !derive(v, &data_key, out, err))
		return false;
	zy_key_cache_put(v->subjects, subject, out);
	return true;
}

bool zy_subject_key(struct zy_vault *v, uint64_t subject, struct zy_value_key *out, struct zy_error *err)
{
	struct stored_key k = { 0 };
	bool ok;

	if (zy_key_cache_get(v->subjects, subject, out))
		return true;
	ok = read_key(v, subject, &k, err) && unwrap(v, subject, &k, out, err);
	zy_buf_free(&k.wrapped);
	return ok;
}

/* Associated data of the holder inside the subject's row. */
static struct zy_key holder_place(uint64_t subject)
{
	struct zy_key k = zy_key_text("subject"), n = zy_key_number(subject);

	memcpy(k.p + k.len + 1, n.p, n.len);
	k.len += 1 + n.len;
	return k;
}

static bool seal_holder(const struct zy_holder *h, enum zy_subject_kind kind, const struct zy_subject *s,
    struct zy_buf *out, struct zy_error *err)
{
	struct zy_key place = holder_place(s->number);
	char text[1 + 64] = { (char)kind };
	bool ok = holder_text(h, text + 1, err) &&
		  zy_sealed_put(&s->key, ZY_BYTES(place.p, place.len), ZY_BYTES(text, 1 + strlen(text + 1)), out, err);

	OPENSSL_cleanse(text, sizeof(text));
	return ok;
}

static bool make_row(struct zy_vault *v, const struct zy_holder *h, enum zy_subject_kind kind, struct zy_subject *s,
    struct zy_error *err)
{
	ZY_BUF_AUTO data_key = { 0 }, wrapped = { 0 }, holder = { 0 };
	uint8_t *at = zy_buf_extend(&data_key, ZY_DATA_KEY_LEN), id[ZY_DATA_KEY_ID_LEN] = { 0 };
	struct zy_data_key_name name;

	if (!zy_buf_done(&data_key, "subject", err) || !zy_random(at, ZY_DATA_KEY_LEN, err) ||
	    !zy_random(id, sizeof(id), err) || !derive(v, &data_key, &s->key, err))
		return false;
	name = zy_data_key_name(s->number, id);
	if (!v->wrapper.wrap(v->wrapper.arg, ZY_BYTES(name.p, sizeof(name.p)), zy_buf_bytes(&data_key), &wrapped, err))
		return false;
	if (!seal_holder(h, kind, s, &holder, err) || !zy_buf_done(&wrapped, "subject", err))
		return false;
	if (wrapped.len > ZY_WRAPPED_MAX)
		return zy_fail(err, ZY_E_TOKEN, "subject", ZY_NOWHERE, "the token's wrapped key is too long");
	zy_row_subject_encode(&(struct zy_row_subject){ .key_id = ZY_BYTES(id, sizeof(id)),
				  .wrapped = zy_buf_bytes(&wrapped),
				  .holder = zy_buf_bytes(&holder) },
	    &s->row);
	return zy_buf_done(&s->row, "subject", err);
}

/* A holder whose data was destroyed by order comes again as somebody new. */
static bool find_key(struct zy_vault *v, struct zy_subject *s, struct zy_error *err)
{
	struct zy_error why = { 0 };

	if (zy_subject_key(v, s->number, &s->key, &why))
		return true;
	s->is_new = why.code == ZY_E_DESTROYED;
	s->after = s->number;
	if (!s->is_new)
		*err = why;
	return s->is_new;
}

bool zy_subject_prepare(struct zy_vault *v, const struct zy_holder *h, struct zy_subject *out, struct zy_error *err)
{
	return zy_subject_prepare_as(v, h, NULL, out, err);
}

bool zy_subject_prepare_as(struct zy_vault *v, const struct zy_holder *h, const enum zy_subject_kind *kind,
    struct zy_subject *out, struct zy_error *err)
{
	bool found, certain;

	*out = (struct zy_subject){ 0 };
	if (!lookup_key(v, h, &out->lookup, err) || !find(v, &out->lookup, &out->number, &found, err) ||
	    (found && !find_key(v, out, err)))
		return false;
	if (found && !out->is_new)
		return true;
	out->is_new = true;
	out->number = atomic_fetch_add(&v->whole->next_subject, 1);
	return make_row(v, h, kind != NULL ? *kind : zy_subject_kind_of(h, &certain), out, err);
}

bool zy_subject_still(
    struct zy_vault *v, struct zy_txn *txn, const struct zy_subject *s, bool *again, struct zy_error *err)
{
	uint64_t number = 0;
	bool found;

	if (!find_in(v, txn, &s->lookup, &number, &found, err))
		return false;
	if (!s->is_new && found && number == s->number)
		return zy_subject_is_destroyed(v, txn, number, again, err);
	*again = s->is_new ? found != (s->after != 0) || number != s->after : true;
	return true;
}

bool zy_subject_store(struct zy_vault *v, struct zy_change *c, const struct zy_subject *s, struct zy_error *err)
{
	struct zy_key k = zy_key_number(s->number);
	ZY_BUF_AUTO plain = { 0 };

	zy_buf_put_be(&plain, s->number, 8);
	return zy_change_put(c, ZY_DB_SUBJECT, &k, zy_buf_bytes(&s->row), err) &&
	       zy_row_put(c, ZY_DB_HOLDER, &s->lookup, &v->key, &plain, err);
}

/* The holder of a row: what it is, then KIND:NUMBER. */
static bool open_holder(struct zy_vault *v, uint64_t subject, const struct zy_row_subject *row, char text[1 + 64],
    enum zy_subject_kind *kind, struct zy_error *err)
{
	struct zy_key place = holder_place(subject);
	ZY_VALUE_KEY_AUTO key = { 0 };
	size_t overhead = zy_sealed_overhead(v->suite);

	if (row->holder.len < overhead + 1 || row->holder.len - overhead > 64)
		return zy_row_bad(ZY_DB_SUBJECT, err);
	if (!zy_subject_key(v, subject, &key, err) ||
	    !zy_sealed_open(&key, ZY_BYTES(place.p, place.len), row->holder, (uint8_t *)text, err))
		return false;
	*kind = (enum zy_subject_kind)text[0];
	return (unsigned char)text[0] < ZY_NUM_SUBJECT_KINDS || zy_row_bad(ZY_DB_SUBJECT, err);
}

bool zy_subject_check(
    struct zy_vault *v, uint64_t subject, const struct zy_row_subject *row, struct zy_key *lookup, struct zy_error *err)
{
	enum zy_subject_kind kind;
	char text[1 + 64] = { 0 };
	bool ok = open_holder(v, subject, row, text, &kind, err) && zy_vault_hmac(v, "holder", text + 1, lookup, err);

	OPENSSL_cleanse(text, sizeof(text));
	return ok;
}

static bool read_row(struct zy_vault *v, uint64_t subject, struct zy_buf *row, struct zy_error *err)
{
	struct zy_key k = zy_key_number(subject);
	struct zy_bytes value;
	struct zy_txn *txn;
	bool found, ok;

	if (!zy_read_begin(&v->store, &txn, err))
		return false;
	ok = zy_store_get(&v->store, txn, ZY_DB_SUBJECT, &k, &value, &found, err) &&
	     (found || zy_row_bad(ZY_DB_SUBJECT, err));
	if (ok)
		zy_buf_put(row, value);
	zy_read_end(&v->store, txn);
	return ok && zy_buf_done(row, "subject", err);
}

bool zy_subject_known(struct zy_vault *v, uint64_t subject, struct zy_known_subject *out, struct zy_error *err)
{
	char text[1 + 64] = { 0 };
	ZY_BUF_AUTO value = { 0 };
	struct zy_row_subject row;
	struct zy_error why = { 0 };
	bool ok;

	*out = (struct zy_known_subject){ 0 };
	if (!read_row(v, subject, &value, err) || !zy_row_subject_parse(&row, zy_buf_bytes(&value), err))
		return false;
	ok = zy_subject_row_is_destroyed(&row)
		 ? zy_subject_fail_destroyed(&why)
		 : open_holder(v, subject, &row, text, &out->kind, &why) &&
		       (zy_holder_parse(&out->holder, zy_str(text + 1), &why) || zy_row_bad(ZY_DB_SUBJECT, &why));
	OPENSSL_cleanse(text, sizeof(text));
	out->destroyed = why.code == ZY_E_DESTROYED;
	if (!ok && !out->destroyed)
		*err = why;
	return ok || out->destroyed;
}
