/* What the events account for is stored, and nothing else: numbers of rows, in one moment. */
#include "changes.h"
#include "check.h"
#include "common.h"
#include "tenants.h"

/* Summed over the holders whose data an order destroyed, of all tenants. */
struct destroyed {
	struct zy_vault *v; /* the view of the tenant under way */
	struct zy_txn *txn;
	/* those that an event tells of; gone: the index leads to somebody new of the same number */
	uint64_t subjects, gone, links;
};

static bool add_destroyed(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct destroyed *d = arg;
	struct zy_row_subject row;
	struct zy_destroyed one;

	(void)stop;
	if (key.len != 8 || !zy_row_subject_parse(&row, value, err))
		return zy_row_bad(ZY_DB_SUBJECT, err);
	if (!zy_subject_row_is_destroyed(&row))
		return true;
	if (!zy_destroyed_check(d->v, d->txn, zy_key_get(key, 0, 8), &one, err))
		return false;
	d->subjects += one.untold == 0;
	d->gone += !one.indexed;
	d->links += one.licences;
	return true;
}

static bool add_all_destroyed(struct zy_vault *view, struct zy_txn *txn, void *arg, struct zy_error *err)
{
	const struct zy_key all = { 0 };
	struct destroyed *d = arg;

	d->v = view;
	d->txn = txn;
	return zy_store_walk(&view->store, txn, ZY_DB_SUBJECT, &all, NULL, add_destroyed, d, err);
}

static bool sum_destroyed(struct zy_check *c, struct destroyed *d, struct zy_error *err)
{
	const uint64_t ordered = c->events[ZY_EVENT_DESTROYED];

	*d = (struct destroyed){ 0 };
	return (ordered == 0 || zy_tenants_each(c->whole, c->txn, add_all_destroyed, d, err)) &&
	       (d->subjects == ordered || zy_check_bad(ZY_DB_SUBJECT, "an order to destroy was not carried out", err));
}

static bool expect(struct zy_check *c, enum zy_db db, uint64_t want, struct zy_error *err)
{
	uint64_t have;

	return zy_store_entries_all(&c->whole->store, c->txn, db, &have, err) &&
	       (have == want || zy_check_bad(db, "rows are missing or left over", err));
}

static bool sum_serials(struct zy_check *c, struct zy_error *err)
{
	const struct zy_key all = { 0 };

	c->serials_last = 0;
	c->v = c->whole;
	return zy_store_walk(&c->whole->store, c->txn, ZY_DB_SERIAL, &all, NULL, zy_check_serial, c, err) &&
	       (c->serials_given == c->serials_last ||
		   zy_check_bad(ZY_DB_SERIAL, "a serial was given without an event", err));
}

static bool add_mark(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct zy_check *c = arg;

	(void)stop;
	return zy_mark_check(c->v, key, value, &c->followed, err);
}

/* Each mark says how many events its source has made: one that is missing or was set back shows. */
static bool sum_marks(struct zy_check *c, struct zy_error *err)
{
	const struct zy_key all = { 0 };
	uint64_t followed = c->events[ZY_EVENT_LOG];

	for (enum zy_event_what e = ZY_EVENT_GENESIS; e <= ZY_EVENT_TRUST; e++)
		followed += c->events[e];
	c->followed = 0;
	c->v = c->whole;
	return zy_store_walk(&c->whole->store, c->txn, ZY_DB_MARK, &all, NULL, add_mark, c, err) &&
	       (c->followed == followed ||
		   zy_check_bad(ZY_DB_MARK, "the marks do not account for the events of what is followed", err));
}

bool zy_check_account(struct zy_check *c, struct zy_error *err)
{
	const uint64_t *n = c->events, made = n[ZY_EVENT_MINT] + n[ZY_EVENT_CHANGE];
	const uint64_t statuses =
	    n[ZY_EVENT_SUSPENDED] + n[ZY_EVENT_VALID] + n[ZY_EVENT_REVOKED] + n[ZY_EVENT_SUPERSEDED];
	const uint64_t intents = n[ZY_EVENT_INTENT] - n[ZY_EVENT_CANCELLED];
	struct destroyed d;
	uint64_t subjects, links;

	/* Each version links two events to its licence: the intent and what closed it. */
	return sum_destroyed(c, &d, err) && zy_check_person_links(c, &links, err) &&
	       zy_store_entries_all(&c->whole->store, c->txn, ZY_DB_SUBJECT, &subjects, err) &&
	       expect(c, ZY_DB_HOLDER, subjects - d.gone, err) && expect(c, ZY_DB_LICENCE, n[ZY_EVENT_MINT], err) &&
	       expect(c, ZY_DB_OWNED, n[ZY_EVENT_MINT], err) && expect(c, ZY_DB_VERSION, made, err) &&
	       expect(c, ZY_DB_STATUS, statuses, err) && expect(c, ZY_DB_INTENT, intents, err) &&
	       expect(c, ZY_DB_OPEN, intents - made, err) &&
	       expect(c, ZY_DB_HISTORY, 2 * made + statuses + d.links + n[ZY_EVENT_POLICY] + links, err) &&
	       expect(c, ZY_DB_IDENTITY, c->told, err) && expect(c, ZY_DB_TENANT, n[ZY_EVENT_TENANT], err) &&
	       expect(c, ZY_DB_RIGHT, n[ZY_EVENT_RIGHT_GIVEN] + n[ZY_EVENT_RIGHT_TAKEN], err) &&
	       expect(c, ZY_DB_RECEIPT, n[ZY_EVENT_ACCESS], err) && expect(c, ZY_DB_ORDER, c->last_seq, err) &&
	       expect(c, ZY_DB_EVENT, c->last_seq, err) && expect(c, ZY_DB_TREE, zy_merkle_places(c->last_seq), err) &&
	       zy_common_account(c->whole, c->txn, err) && sum_serials(c, err) && sum_marks(c, err) &&
	       zy_licence_chain_check(c->whole, c->txn, 0, err) &&
	       zy_changes_account(c->whole, c->txn, c->last_seq, err);
}
