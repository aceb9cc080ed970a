#include "zy/receipts.h"

#include <stdio.h>

#include "internal.h"
#include "zy/cbor.h"
#include "zy/text.h"

/* receipt: [seq of its event, octets], under the subject's key */
struct row_receipt {
	uint64_t seq;
	struct zy_bytes octets;
};

static void row_encode(const struct row_receipt *row, struct zy_buf *out)
{
	zy_cbor_put_array(out, 2);
	zy_cbor_put_uint(out, row->seq);
	zy_cbor_put_bstr(out, row->octets);
}

static bool row_parse(struct row_receipt *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);

	return zy_cbor_array_exact(&r, 2, "receipt", err) &&
	       zy_cbor_uint(&r, UINT64_MAX, "receipt.seq", &out->seq, err) &&
	       zy_cbor_bstr(&r, ZY_RECEIPT_MAX, "receipt.octets", &out->octets, err) &&
	       zy_reader_end(&r, "receipt", err);
}

static bool receipts_key(struct zy_vault *v, uint64_t subject, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	char number[24];
	struct zy_key k;

	snprintf(number, sizeof(number), "%llu", (unsigned long long)subject);
	if (!zy_vault_hmac(v, "receipts", number, &k, err))
		return false;
	memcpy(out, k.p, ZY_HASH_LEN);
	return true;
}

bool zy_access_tag(struct zy_vault *v, uint64_t subject, uint64_t n, uint8_t out[ZY_LOG_TAG_LEN], struct zy_error *err)
{
	uint8_t key[ZY_HASH_LEN];

	return receipts_key(v, subject, key, err) && zy_receipt_tag(key, n, out, err);
}

/* ---- writing ---- */

struct giving {
	const struct zy_access *access;
	uint64_t subject;
	struct zy_value_key key;
	struct zy_bytes licence;
	unsigned version;
	struct zy_logged *out;
};

static bool check_text(const char *s, size_t least, const char *field, struct zy_error *err)
{
	size_t len = s == NULL ? 0 : strnlen(s, ZY_RECEIPT_WHO_MAX + 1);
	struct zy_error why = { 0 };

	if (len < least || len > ZY_RECEIPT_WHO_MAX)
		return zy_fail(err, ZY_E_FIELD_LENGTH, field, ZY_NOWHERE, "%s has %zu to %d octets", field, least,
		    ZY_RECEIPT_WHO_MAX);
	return len == 0 || zy_utf8_check(ZY_BYTES(s, len), field, &why) ||
	       zy_fail(err, ZY_E_FIELD_RANGE, field, ZY_NOWHERE, "%s is not UTF-8", field);
}

static bool check_access(const struct zy_access *a, struct zy_error *err)
{
	size_t len = strnlen(a->what, ZY_RECEIPT_WHAT_MAX + 1);

	if (len == 0 || len > ZY_RECEIPT_WHAT_MAX || strspn(a->what, "abcdefghijklmnopqrstuvwxyz-") != len)
		return zy_fail(err, ZY_E_FIELD_RANGE, "what", ZY_NOWHERE, "what was done is a word of a-z and -");
	return check_text(a->who, 1, "who", err) && check_text(a->item, 0, "item", err) &&
	       check_text(a->case_id, 0, "case", err) && check_text(a->ground, 0, "ground", err);
}

static struct zy_bytes text_of(const char *s)
{
	return s == NULL ? ZY_BYTES(NULL, 0) : zy_str(s);
}

/* The number of the next receipt, and the hash of the last one. */
static bool read_last(
    struct zy_vault *v, struct zy_change *c, const struct giving *g, struct zy_receipt *next, struct zy_error *err)
{
	struct zy_key prefix = zy_key_number(g->subject);
	ZY_BUF_AUTO plain = { 0 };
	struct zy_bytes key, value;
	struct row_receipt row;
	bool found;

	next->n = 1;
	if (!zy_store_last(&v->store, c->txn, ZY_DB_RECEIPT, &prefix, &key, &value, &found, err) || !found)
		return err->code == ZY_OK;
	if (!zy_row_open(ZY_DB_RECEIPT, key, &g->key, value, &plain, err))
		return false;
	if (key.len != 16 || !row_parse(&row, zy_buf_bytes(&plain), err))
		return zy_row_bad(ZY_DB_RECEIPT, err);
	next->n = zy_key_get(key, 8, 8) + 1;
	return zy_digest(ZY_HASH_SHA256, row.octets, next->prev, err);
}

static bool put_receipt(
    struct zy_vault *v, struct zy_change *c, const struct giving *g, const struct zy_receipt *r, struct zy_error *err)
{
	struct zy_key k = zy_key_pair(g->subject, r->n);
	ZY_BUF_AUTO octets = { 0 }, leaf = { 0 }, plain = { 0 };
	uint8_t digest[ZY_HASH_LEN];
	struct row_receipt row;
	struct zy_row_event e = { .what = ZY_EVENT_ACCESS,
		.name = g->licence,
		.number = r->n,
		.reason = r->what,
		.digest = ZY_BYTES(digest, sizeof(digest)),
		.subject = g->subject };

	zy_receipt_encode(r, &octets);
	if (!zy_buf_done(&octets, "receipt", err) || !zy_digest(ZY_HASH_SHA256, zy_buf_bytes(&octets), digest, err) ||
	    !zy_event_append_with(v, c, &e, 0, NULL, &leaf, &row.seq, err))
		return false;
	row.octets = zy_buf_bytes(&octets);
	row_encode(&row, &plain);
	if (g->out != NULL)
		zy_logged_set(g->out, row.seq, zy_buf_bytes(&leaf));
	return zy_row_put(c, ZY_DB_RECEIPT, &k, &g->key, &plain, err);
}

static bool apply_give(struct zy_vault *v, struct zy_change *c, void *arg, struct zy_error *err)
{
	const struct giving *g = arg;
	struct zy_receipt r = { .at = c->now,
		.who = zy_str(g->access->who),
		.what = zy_str(g->access->what),
		.licence = g->licence,
		.version = g->version,
		.item = text_of(g->access->item),
		.case_id = text_of(g->access->case_id),
		.ground = text_of(g->access->ground) };

	return read_last(v, c, g, &r, err) && put_receipt(v, c, g, &r, err);
}

/* Of who was destroyed by order nothing can be read, and nothing be given. */
static bool give(struct zy_vault *v, struct giving *g, struct zy_error *err)
{
	struct zy_error why = { 0 };
	bool ok;

	if (!check_access(g->access, err))
		return false;
	if (!zy_subject_key(v, g->subject, &g->key, &why)) {
		if (why.code != ZY_E_DESTROYED)
			*err = why;
		return why.code == ZY_E_DESTROYED;
	}
	ok = zy_vault_apply_look(v, apply_give, g, err);
	zy_value_key_wipe(&g->key);
	return ok;
}

bool zy_receipt_licence(struct zy_vault *v, const char *identifier, unsigned version, const struct zy_access *a,
    struct zy_logged *out, struct zy_error *err)
{
	struct giving g = { .access = a, .version = version, .out = out };
	struct zy_row_licence lic;
	struct zy_name name;
	struct zy_txn *txn;
	bool ok;

	if (!zy_name_parse(&name, identifier, err) || !zy_read_begin(&v->store, &txn, err))
		return false;
	ok = zy_licence_get(v, txn, name.text, &lic, err);
	zy_read_end(&v->store, txn);
	if (!ok)
		return false;
	g.subject = lic.subject;
	g.licence = zy_str(name.text);
	return give(v, &g, err);
}

bool zy_receipt_holder(struct zy_vault *v, const struct zy_holder *h, const struct zy_access *a, bool *found,
    struct zy_logged *out, struct zy_error *err)
{
	struct giving g = { .access = a, .out = out };

	return zy_subject_find(v, h, &g.subject, found, err) && (!*found || give(v, &g, err));
}

/* ---- reading ---- */

struct collect {
	struct zy_value_key key;
	struct zy_arena *a;
	struct zy_receipts *out;
	size_t room;
};

static bool collect(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct collect *c = arg;
	ZY_BUF_AUTO plain = { 0 };
	struct row_receipt row;
	struct zy_receipt_at *at;

	(void)stop;
	if (!zy_row_open(ZY_DB_RECEIPT, key, &c->key, value, &plain, err))
		return false;
	if (c->out->num == c->room || !row_parse(&row, zy_buf_bytes(&plain), err))
		return zy_row_bad(ZY_DB_RECEIPT, err);
	at = &c->out->list[c->out->num++];
	at->index = row.seq - 1;
	return zy_arena_copy(c->a, row.octets, &at->octets, err);
}

static bool read_all(struct zy_vault *v, struct zy_txn *txn, uint64_t subject, struct collect *c, struct zy_error *err)
{
	struct zy_key prefix = zy_key_number(subject);
	struct zy_bytes key, value;
	bool found;

	if (!zy_store_last(&v->store, txn, ZY_DB_RECEIPT, &prefix, &key, &value, &found, err))
		return false;
	c->room = found ? (size_t)zy_key_get(key, 8, 8) : 0;
	c->out->list = zy_arena_array(c->a, c->room + 1, sizeof(*c->out->list), err);
	return c->out->list != NULL && zy_store_walk(&v->store, txn, ZY_DB_RECEIPT, &prefix, NULL, collect, c, err) &&
	       (c->out->num == c->room || zy_row_bad(ZY_DB_RECEIPT, err));
}

bool zy_vault_receipts(
    struct zy_vault *v, const struct zy_holder *h, struct zy_arena *a, struct zy_receipts *out, struct zy_error *err)
{
	struct collect c = { .a = a, .out = out };
	uint64_t subject;
	struct zy_txn *txn;
	bool found, ok;

	*out = (struct zy_receipts){ 0 };
	if (!zy_subject_find(v, h, &subject, &found, err))
		return false;
	if (!found)
		return zy_fail(err, ZY_E_NOT_FOUND, "holder", ZY_NOWHERE, "the vault knows no such holder");
	if (!receipts_key(v, subject, out->key, err) || !zy_subject_key(v, subject, &c.key, err))
		return false;
	ok = zy_read_begin(&v->store, &txn, err);
	if (ok) {
		ok = read_all(v, txn, subject, &c, err);
		zy_read_end(&v->store, txn);
	}
	zy_value_key_wipe(&c.key);
	return ok;
}

/* ---- checking ---- */

static bool follows(struct zy_vault *v, struct zy_txn *txn, uint64_t subject, const struct zy_value_key *key,
    const struct zy_receipt *r, bool *good, struct zy_error *err)
{
	struct zy_key before = zy_key_pair(subject, r->n - 1);
	uint8_t prev[ZY_HASH_LEN] = { 0 };
	ZY_BUF_AUTO plain = { 0 };
	struct row_receipt row;
	bool found = true;

	if (r->n > 1 && !zy_row_get(v, txn, ZY_DB_RECEIPT, &before, key, &plain, &found, err))
		return false;
	if (r->n > 1 && found &&
	    (!row_parse(&row, zy_buf_bytes(&plain), err) || !zy_digest(ZY_HASH_SHA256, row.octets, prev, err)))
		return false;
	*good = found && memcmp(prev, r->prev, ZY_HASH_LEN) == 0;
	return true;
}

static bool fits_event(struct zy_vault *v, struct zy_txn *txn, uint64_t subject, const struct row_receipt *row,
    const struct zy_receipt *r, bool *good, struct zy_error *err)
{
	ZY_BUF_AUTO plain = { 0 };
	uint8_t digest[ZY_HASH_LEN];
	struct zy_row_event e;

	if (!zy_event_get(v, txn, row->seq, &e, &plain, err) || !zy_digest(ZY_HASH_SHA256, row->octets, digest, err))
		return false;
	*good = e.what == ZY_EVENT_ACCESS && e.subject == subject && e.number == r->n && e.at == r->at &&
		zy_bytes_equal(e.digest, ZY_BYTES(digest, sizeof(digest)));
	return true;
}

static bool check_row(struct zy_vault *v, struct zy_txn *txn, const struct zy_value_key *key, struct zy_bytes at,
    struct zy_bytes value, bool *good, struct zy_error *err)
{
	uint64_t subject = zy_key_get(at, 0, 8);
	ZY_BUF_AUTO plain = { 0 };
	struct row_receipt row;
	struct zy_receipt r;
	bool chained = false, told = false;

	if (!zy_row_open(ZY_DB_RECEIPT, at, key, value, &plain, err))
		return false;
	if (!row_parse(&row, zy_buf_bytes(&plain), err) || !zy_receipt_parse(&r, row.octets, err))
		return zy_row_bad(ZY_DB_RECEIPT, err);
	if (!follows(v, txn, subject, key, &r, &chained, err) || !fits_event(v, txn, subject, &row, &r, &told, err))
		return false;
	*good = chained && told && r.n == zy_key_get(at, 8, 8);
	return true;
}

bool zy_receipt_check(
    struct zy_vault *v, struct zy_txn *txn, struct zy_bytes key, struct zy_bytes value, struct zy_error *err)
{
	ZY_VALUE_KEY_AUTO subject_key = { 0 };
	bool good = false;

	if (key.len != 16)
		return zy_row_bad(ZY_DB_RECEIPT, err);
	if (!zy_subject_key(v, zy_key_get(key, 0, 8), &subject_key, err) ||
	    !check_row(v, txn, &subject_key, key, value, &good, err))
		return false;
	return good || zy_fail(err, ZY_E_VAULT_CORRUPT, "receipt", ZY_NOWHERE,
			   "receipt: one does not follow on the one before, or is not of its event; restore the vault "
			   "from a backup");
}
