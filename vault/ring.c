/* Subjects that are one person: each has the number of the next, the last that of the first. */
#include "person.h"

bool zy_ring_has(const struct zy_ring *r, uint64_t subject)
{
	for (size_t i = 0; i < r->num; i++)
		if (r->subjects[i] == subject)
			return true;
	return false;
}

static bool next_of(
    struct zy_vault *v, struct zy_txn *txn, uint64_t subject, uint64_t *next, bool *found, struct zy_error *err)
{
	struct zy_key k = zy_key_number(subject);
	ZY_BUF_AUTO plain = { 0 };

	if (!zy_row_get(v, txn, ZY_DB_RING, &k, &v->key, &plain, found, err))
		return false;
	return !*found || zy_row_number_parse(next, zy_buf_bytes(&plain), err) || zy_row_bad(ZY_DB_RING, err);
}

bool zy_ring_read(struct zy_vault *v, struct zy_txn *txn, uint64_t subject, struct zy_ring *out, struct zy_error *err)
{
	uint64_t next = subject;
	bool found;

	*out = (struct zy_ring){ .num = 1, .subjects = { subject } };
	if (!next_of(v, txn, subject, &next, &found, err) || !found)
		return err->code == ZY_OK;
	while (next != subject) {
		if (out->num == ZY_PERSON_MAX || zy_ring_has(out, next))
			return zy_row_bad(ZY_DB_RING, err);
		out->subjects[out->num++] = next;
		if (!next_of(v, txn, next, &next, &found, err))
			return false;
		if (!found)
			return zy_row_bad(ZY_DB_RING, err);
	}
	return out->num > 1 || zy_row_bad(ZY_DB_RING, err);
}

bool zy_ring_of(struct zy_vault *v, uint64_t subject, struct zy_ring *out, struct zy_error *err)
{
	struct zy_txn *txn;
	bool ok;

	if (!zy_read_begin(&v->store, &txn, err))
		return false;
	ok = zy_ring_read(v, txn, subject, out, err);
	zy_read_end(&v->store, txn);
	return ok;
}

static bool leave(struct zy_vault *v, struct zy_change *c, uint64_t subject, struct zy_error *err)
{
	struct zy_key k = zy_key_number(subject);
	uint64_t next;
	bool found;

	return next_of(v, c->txn, subject, &next, &found, err) && (!found || zy_change_del(c, ZY_DB_RING, &k, err));
}

bool zy_ring_put(struct zy_vault *v, struct zy_change *c, const struct zy_ring *r, struct zy_error *err)
{
	if (r->num == 1)
		return leave(v, c, r->subjects[0], err);
	for (size_t i = 0; i < r->num; i++) {
		struct zy_key k = zy_key_number(r->subjects[i]);
		ZY_BUF_AUTO plain = { 0 };

		zy_buf_put_be(&plain, r->subjects[(i + 1) % r->num], 8);
		if (!zy_row_put(c, ZY_DB_RING, &k, &v->key, &plain, err))
			return false;
	}
	return true;
}

struct counting {
	uint64_t before_seq, num;
};

static bool count_owned(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct counting *c = arg;

	(void)value;
	if (key.len != 16)
		return zy_row_bad(ZY_DB_OWNED, err);
	*stop = zy_key_get(key, 8, 8) >= c->before_seq; /* a licence's number is the event of its mint */
	c->num += !*stop;
	return true;
}

bool zy_person_licences(
    struct zy_vault *v, struct zy_txn *txn, uint64_t subject, uint64_t before_seq, uint64_t *out, struct zy_error *err)
{
	struct zy_key owned = zy_key_number(subject);
	struct counting c = { .before_seq = before_seq };

	if (!zy_store_walk(&v->store, txn, ZY_DB_OWNED, &owned, NULL, count_owned, &c, err))
		return false;
	*out = c.num;
	return true;
}

struct counting_then {
	struct zy_vault *v;
	struct zy_txn *txn;
	zy_time at;
	uint64_t num;
};

static bool count_then(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct counting_then *c = arg;
	ZY_BUF_AUTO plain = { 0 };
	struct zy_row_event minted;

	(void)value;
	if (key.len != 16)
		return zy_row_bad(ZY_DB_OWNED, err);
	if (!zy_event_get(c->v, c->txn, zy_key_get(key, 8, 8), &minted, &plain, err))
		return false;
	*stop = minted.at > c->at;
	c->num += !*stop;
	return true;
}

bool zy_person_licences_then(
    struct zy_vault *v, struct zy_txn *txn, uint64_t subject, zy_time at, uint64_t *out, struct zy_error *err)
{
	struct counting_then c = { .v = v, .txn = txn, .at = at };
	struct zy_key owned = zy_key_number(subject);

	if (at == ZY_TIME_NEVER)
		return zy_person_licences(v, txn, subject, UINT64_MAX, out, err);
	if (!zy_store_walk(&v->store, txn, ZY_DB_OWNED, &owned, NULL, count_then, &c, err))
		return false;
	*out = c.num;
	return true;
}
