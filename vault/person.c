/* What changes who a holder is: identifiers added, persons merged and split, names. */
#include "person.h"

#include <stdio.h>

#include <openssl/crypto.h>

#include "zy/cbor.h"
#include "zy/text.h"

enum { SALT_LEN = 16, NAME_CHARACTERS = 100 /* as of a name that is minted */ };

void zy_row_identity_encode(const struct zy_row_identity *row, struct zy_buf *out)
{
	zy_cbor_put_array(out, 7);
	zy_cbor_put_bstr(out, row->salt);
	zy_cbor_put_int(out, row->since);
	zy_cbor_put_int(out, row->until);
	zy_cbor_put_tstr(out, row->name);
	zy_cbor_put_tstr(out, row->before);
	zy_cbor_put_uint(out, row->other);
	zy_cbor_put_uint(out, row->kind);
}

bool zy_row_identity_parse(struct zy_row_identity *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_row_identity row = { 0 };
	uint64_t kind = 0;

	if (!zy_cbor_array_exact(&r, 7, "identity", err) ||
	    !zy_cbor_bstr_exact(&r, SALT_LEN, "identity.salt", &row.salt, err) ||
	    !zy_cbor_int(&r, "identity.since", &row.since, err) ||
	    !zy_cbor_int(&r, "identity.until", &row.until, err) ||
	    !zy_cbor_tstr(&r, ZY_PERSON_NAME_MAX, "identity.name", &row.name, err) ||
	    !zy_cbor_tstr(&r, ZY_PERSON_NAME_MAX, "identity.before", &row.before, err) ||
	    !zy_cbor_uint(&r, UINT64_MAX, "identity.other", &row.other, err) ||
	    !zy_cbor_uint(&r, ZY_NUM_SUBJECT_KINDS, "identity.kind", &kind, err) || !zy_reader_end(&r, "identity", err))
		return false;
	row.kind = (unsigned)kind;
	*out = row;
	return true;
}

/* A change under way. Keys and rings are read ahead; inside the transaction both must still be so. */
struct person_change {
	enum zy_event_what what;
	uint64_t subject, other;        /* of the event; other 0: none */
	struct zy_ring before, joined;  /* of subject and of other, as they were read */
	struct zy_ring together, apart; /* what they are to be; num 0: none */
	struct zy_ring told;            /* under whose keys it is kept */
	struct zy_value_key keys[2 * ZY_PERSON_MAX];
	struct zy_subject *made; /* a subject to be stored; NULL: none */
	const zy_time *from;
	struct zy_row_identity row;
	struct zy_logged *out;
	uint64_t seq; /* in the transaction */
	struct zy_change *c;
	bool again;
};

static bool same_ring(const struct zy_ring *a, const struct zy_ring *b)
{
	return a->num == b->num && memcmp(a->subjects, b->subjects, a->num * sizeof(a->subjects[0])) == 0;
}

static bool is_still(struct zy_vault *v, struct person_change *p, struct zy_error *err)
{
	struct zy_ring now;

	if (p->made != NULL) {
		if (!zy_subject_still(v, p->c->txn, p->made, &p->again, err))
			return false;
	} else {
		if (!zy_ring_read(v, p->c->txn, p->before.subjects[0], &now, err))
			return false;
		p->again = !same_ring(&now, &p->before);
	}
	if (!p->again && p->joined.num > 0) {
		if (!zy_ring_read(v, p->c->txn, p->joined.subjects[0], &now, err))
			return false;
		p->again = !same_ring(&now, &p->joined);
	}
	return !p->again ||
	       zy_fail(err, ZY_E_STATE, "holder", ZY_NOWHERE, "the holder was changed by another request just now");
}

static bool link_licence(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct person_change *p = arg;
	struct zy_key link;

	(void)value, (void)stop;
	if (key.len != 16)
		return zy_row_bad(ZY_DB_OWNED, err);
	link = zy_key_pair(zy_key_get(key, 8, 8), p->seq);
	return zy_change_put(p->c, ZY_DB_HISTORY, &link, ZY_BYTES(NULL, 0), err);
}

/* The row under the key of each, and the event in the history of each licence. */
static bool tell_all(struct zy_vault *v, struct person_change *p, const struct zy_buf *plain, struct zy_error *err)
{
	for (size_t i = 0; i < p->told.num; i++) {
		struct zy_key k = zy_key_pair(p->told.subjects[i], p->seq), owned = zy_key_number(p->told.subjects[i]);

		if (!zy_row_put(p->c, ZY_DB_IDENTITY, &k, &p->keys[i], plain, err) ||
		    !zy_store_walk(&v->store, p->c->txn, ZY_DB_OWNED, &owned, NULL, link_licence, p, err))
			return false;
	}
	return true;
}

static bool append(struct zy_vault *v, struct person_change *p, struct zy_error *err)
{
	uint8_t digest[ZY_HASH_LEN];
	struct zy_row_event e = { .what = p->what,
		.number = p->told.num,
		.digest = ZY_BYTES(digest, sizeof(digest)),
		.subject = p->subject,
		.from = p->from == NULL ? p->c->now : *p->from,
		.dated = true };
	ZY_BUF_AUTO plain = { 0 }, leaf = { 0 };

	zy_row_identity_encode(&p->row, &plain);
	if (!zy_buf_done(&plain, "identity", err) || !zy_digest(ZY_HASH_SHA256, zy_buf_bytes(&plain), digest, err) ||
	    !zy_event_append_with(v, p->c, &e, 0, NULL, &leaf, &p->seq, err) || !tell_all(v, p, &plain, err))
		return false;
	if (p->out != NULL)
		zy_logged_set(p->out, p->seq, zy_buf_bytes(&leaf));
	return true;
}

/* Who was destroyed by order is nobody's any more: a ring that is written anew leaves it out. */
static bool put_rings(struct zy_vault *v, struct person_change *p, struct zy_error *err)
{
	const struct zy_ring *old[] = { &p->before, &p->joined };

	for (size_t i = 0; i < 2; i++)
		for (size_t k = 0; k < old[i]->num; k++) {
			struct zy_ring one = { .num = 1, .subjects = { old[i]->subjects[k] } };

			if (!zy_ring_has(&p->together, one.subjects[0]) && !zy_ring_put(v, p->c, &one, err))
				return false;
		}
	return zy_ring_put(v, p->c, &p->together, err);
}

static bool apply(struct zy_vault *v, struct zy_change *c, void *arg, struct zy_error *err)
{
	struct person_change *p = arg;

	p->c = c;
	p->again = false;
	return is_still(v, p, err) && zy_legal_time_check(p->from, c->now, err) &&
	       (p->made == NULL || zy_subject_store(v, c, p->made, err)) &&
	       (p->together.num == 0 || put_rings(v, p, err)) && append(v, p, err);
}

/* ---- read ahead ---- */

static void wipe(struct person_change *p)
{
	OPENSSL_cleanse(p->keys, sizeof(p->keys));
}

static bool find(struct zy_vault *v, const struct zy_holder *h, uint64_t *subject, struct zy_error *err)
{
	bool found;

	if (!zy_subject_find(v, h, subject, &found, err))
		return false;
	return found || zy_fail(err, ZY_E_NOT_FOUND, "holder", ZY_NOWHERE, "the vault knows no such holder");
}

/* The members of a ring that can be read, with their keys, behind those in told. */
static bool tell_ring(
    struct zy_vault *v, struct person_change *p, const struct zy_ring *r, struct zy_ring *alive, struct zy_error *err)
{
	for (size_t i = 0; i < r->num; i++) {
		struct zy_error why = { 0 };

		if (zy_subject_key(v, r->subjects[i], &p->keys[p->told.num], &why)) {
			if (p->told.num == ZY_PERSON_MAX)
				return zy_fail(err, ZY_E_TOO_LARGE, "holder", ZY_NOWHERE,
				    "a person has at most %d identifiers", ZY_PERSON_MAX);
			p->told.subjects[p->told.num++] = r->subjects[i];
			alive->subjects[alive->num++] = r->subjects[i];
		} else if (why.code != ZY_E_DESTROYED || i == 0) { /* i == 0: the one that was named */
			*err = why;
			return false;
		}
	}
	return true;
}

static bool begin(
    struct zy_vault *v, struct person_change *p, const struct zy_holder *h, struct zy_ring *alive, struct zy_error *err)
{
	return find(v, h, &p->subject, err) && zy_ring_of(v, p->subject, &p->before, err) &&
	       tell_ring(v, p, &p->before, alive, err);
}

static bool finish(struct zy_vault *v, struct person_change *p, struct zy_error *err)
{
	uint8_t salt[SALT_LEN];

	if (!zy_random(salt, sizeof(salt), err))
		return false;
	p->row.salt = ZY_BYTES(salt, sizeof(salt));
	p->row.other = p->other;
	return zy_vault_apply(v, apply, p, err);
}

/* ---- the changes ---- */

static bool same_sort(struct zy_vault *v, uint64_t a, uint64_t b, struct zy_error *err)
{
	struct zy_known_subject one, other;

	if (!zy_subject_known(v, a, &one, err) || !zy_subject_known(v, b, &other, err))
		return false;
	return (one.kind == ZY_SUBJECT_PERSON) == (other.kind == ZY_SUBJECT_PERSON) ||
	       zy_fail(err, ZY_E_HOLDER_KIND, "holder", ZY_NOWHERE,
		   "a natural person and an organisation are never one; look at both numbers again");
}

bool zy_vault_person_merge(struct zy_vault *v, const struct zy_holder *h, const struct zy_holder *other,
    const zy_time *from, struct zy_logged *out, struct zy_error *err)
{
	struct person_change p = { .what = ZY_EVENT_MERGED, .from = from, .out = out };
	bool ok;

	p.row.since = INT64_MIN;
	p.row.until = ZY_TIME_NEVER;
	ok = begin(v, &p, h, &p.together, err) && find(v, other, &p.other, err);
	if (ok && zy_ring_has(&p.before, p.other))
		ok = zy_fail(err, ZY_E_STATE, "holder", ZY_NOWHERE, "these two are one person already");
	ok = ok && zy_ring_of(v, p.other, &p.joined, err) && tell_ring(v, &p, &p.joined, &p.together, err) &&
	     same_sort(v, p.subject, p.other, err) && finish(v, &p, err);
	wipe(&p);
	return ok;
}

bool zy_vault_person_split(
    struct zy_vault *v, const struct zy_holder *h, const zy_time *from, struct zy_logged *out, struct zy_error *err)
{
	struct person_change p = { .what = ZY_EVENT_SPLIT, .from = from, .out = out };
	struct zy_ring alive = { 0 };
	bool ok;

	p.row.since = INT64_MIN;
	p.row.until = ZY_TIME_NEVER;
	ok = begin(v, &p, h, &alive, err);
	if (ok && alive.num < 2)
		ok = zy_fail(err, ZY_E_STATE, "holder", ZY_NOWHERE, "this identifier is the only one of its holder");
	if (ok) {
		p.together.num = alive.num - 1; /* the one asked for is the first */
		memcpy(p.together.subjects, alive.subjects + 1, p.together.num * sizeof(alive.subjects[0]));
		p.other = p.together.subjects[0];
		ok = finish(v, &p, err);
	}
	wipe(&p);
	return ok;
}

bool zy_vault_person_rename(struct zy_vault *v, const struct zy_holder *h, const char *name, const char *before,
    const zy_time *from, struct zy_logged *out, struct zy_error *err)
{
	struct person_change p = { .what = ZY_EVENT_NAMED, .from = from, .out = out };
	bool ok;

	if (!zy_line_check(ZY_BYTES(name, strnlen(name, ZY_PERSON_NAME_MAX + 1)), NAME_CHARACTERS, "name", err) ||
	    !zy_utf8_check(ZY_BYTES(before, strnlen(before, ZY_PERSON_NAME_MAX + 1)), "before", err))
		return false;
	if (strnlen(before, ZY_PERSON_NAME_MAX + 1) > ZY_PERSON_NAME_MAX)
		return zy_fail(err, ZY_E_FIELD_LENGTH, "before", ZY_NOWHERE, "the name before is too long");
	p.row.since = INT64_MIN;
	p.row.until = ZY_TIME_NEVER;
	p.row.name = zy_str(name);
	p.row.before = zy_str(before);
	ok = begin(v, &p, h, &p.together, err) && finish(v, &p, err);
	wipe(&p);
	return ok;
}

/* An organisation code stands inside the credit code that came after it (GB 32100). */
static bool fits_code(const struct zy_holder *a, const struct zy_holder *b, struct zy_error *err)
{
	const struct zy_holder *code = a->kind == ZY_HOLDER_ORGCODE ? a : b, *uscc = code == a ? b : a;

	if (code->kind != ZY_HOLDER_ORGCODE || uscc->kind != ZY_HOLDER_USCC)
		return true;
	return memcmp(uscc->number + 8, code->number, 9) == 0 ||
	       zy_fail(err, ZY_E_HOLDER, "holder", ZY_NOWHERE,
		   "the organisation code is not the one inside the credit code (characters 9 to 17)");
}

static bool is_natural(const struct zy_holder *h)
{
	return h->kind == ZY_HOLDER_CITIZEN || h->kind == ZY_HOLDER_PASSPORT;
}

/* What a number is, as it says itself; where it leaves room as was said, else as `own` is. */
static bool choose_kind(
    const struct zy_identifier_new *n, enum zy_subject_kind own, enum zy_subject_kind *out, struct zy_error *err)
{
	bool certain;

	*out = zy_subject_kind_of(n->holder, &certain);
	if (n->kind != NULL && certain && *n->kind != *out)
		return zy_fail(err, ZY_E_HOLDER_KIND, "subject", ZY_NOWHERE,
		    "the number itself says that its subject is of the kind %s", zy_subject_kind_name(*out));
	if (!certain)
		*out = n->kind != NULL ? *n->kind : own;
	return (*out == ZY_SUBJECT_PERSON) == is_natural(n->holder) ||
	       zy_fail(err, ZY_E_HOLDER_KIND, "subject", ZY_NOWHERE, "an organisation's number is no natural person's");
}

/* Of a number that is h's already: when it holds, said anew; and of what kind its subject is, when that is said. */
static bool say_anew(struct zy_vault *v, struct person_change *p, const struct zy_ring *alive, uint64_t known,
    const struct zy_identifier_new *n, struct zy_error *err)
{
	enum zy_subject_kind kind;

	if (n->kind != NULL && !choose_kind(n, *n->kind, &kind, err))
		return false;
	p->row.kind = n->kind == NULL ? 0 : 1u + kind;
	if (!zy_ring_has(&p->before, known))
		return zy_fail(err, ZY_E_STATE, "holder", ZY_NOWHERE,
		    "this number has a record of its own; `holder merge` makes the two one person");
	p->together = *alive;
	p->other = p->subject;
	p->subject = known;
	return finish(v, p, err);
}

static bool add_new(struct zy_vault *v, struct person_change *p, const struct zy_ring *alive,
    const struct zy_identifier_new *n, const struct zy_known_subject *own, struct zy_error *err)
{
	struct zy_subject made = { 0 };
	enum zy_subject_kind kind;
	bool ok;

	if (is_natural(n->holder) != (own->kind == ZY_SUBJECT_PERSON))
		return zy_fail(err, ZY_E_HOLDER_KIND, "holder", ZY_NOWHERE,
		    "a natural person and an organisation are never one; look at both numbers again");
	ok = choose_kind(n, own->kind, &kind, err) && zy_subject_prepare_as(v, n->holder, &kind, &made, err);
	if (ok && p->told.num == ZY_PERSON_MAX)
		ok = zy_fail(
		    err, ZY_E_TOO_LARGE, "holder", ZY_NOWHERE, "a person has at most %d identifiers", ZY_PERSON_MAX);
	if (ok) {
		p->joined = p->before; /* of the holder that is there: is_still looks at both */
		p->other = p->subject;
		p->subject = made.number;
		p->made = &made;
		p->keys[p->told.num] = made.key;
		p->told.subjects[p->told.num++] = made.number;
		p->together = *alive;
		p->together.subjects[p->together.num++] = made.number;
		ok = finish(v, p, err);
		if (ok)
			zy_key_cache_put(v->subjects, made.number, &made.key);
	}
	zy_subject_wipe(&made);
	return ok;
}

/* Whose data was destroyed by order comes as somebody new. */
static bool is_there(
    struct zy_vault *v, const struct zy_holder *h, uint64_t *subject, bool *there, struct zy_error *err)
{
	struct zy_known_subject k;

	if (!zy_subject_find(v, h, subject, there, err) || !*there)
		return err->code == ZY_OK;
	if (!zy_subject_known(v, *subject, &k, err))
		return false;
	*there = !k.destroyed;
	return true;
}

bool zy_vault_person_add(struct zy_vault *v, const struct zy_holder *h, const struct zy_identifier_new *n,
    struct zy_logged *out, struct zy_error *err)
{
	struct person_change p = { .what = ZY_EVENT_IDENTIFIED, .from = n->from, .out = out };
	struct zy_known_subject own;
	struct zy_ring alive = { 0 };
	uint64_t known;
	bool there, ok;

	p.row.since = n->from == NULL ? INT64_MIN : *n->from;
	p.row.until = n->until;
	if (n->until != ZY_TIME_NEVER && n->from != NULL && n->until < *n->from)
		return zy_fail(err, ZY_E_DATES, "until", ZY_NOWHERE, "the identifier ends before it begins");
	ok = fits_code(h, n->holder, err) && begin(v, &p, h, &alive, err) &&
	     zy_subject_known(v, p.subject, &own, err) && is_there(v, n->holder, &known, &there, err) &&
	     (there ? say_anew(v, &p, &alive, known, n, err) : add_new(v, &p, &alive, n, &own, err));
	wipe(&p);
	return ok;
}
