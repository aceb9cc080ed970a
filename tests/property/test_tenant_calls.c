/* Every function of the vault's headers that takes a handle, called through handles of other tenants: it answers as if
 * the tenant whose things are asked for held nothing, and leaves each of its rows octet by octet as it was.
 * tests/rules/tenant_calls.sh fails when a function of a header has no row here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "vault/tenants.h"
#include "vault_made.h"
#include "zy/beside.h"
#include "zy/day.h"
#include "zy/feed.h"
#include "zy/follow.h"
#include "zy/person.h"
#include "zy/receipts.h"
#include "zy/secret.h"
#include "zy/vault_backup.h"
#include "zy/vault_care.h"

enum { FULL_TENANT = 2, OWN_SERIAL = 500, SECOND = 2 };

/* A city with two districts, the first of which is full in one world and empty in the other. All else is the same. */
struct world {
	struct made_vault m, own; /* own: through the handle that is tried */
	bool full;
	uint64_t index;            /* of an entry of the full one; where it is empty, of none */
	struct zy_data_key wanted; /* a key of the full one's */
	char full_id[ZY_IDENTIFIER_MAX + 1];
	struct zy_buf said; /* what was answered, without what all share: places in the log */
	zy_time from;
};

static const struct zy_access access_of = { .who = "console", .what = "show" };

/* ---- what is told ---- */

static bool tell(struct world *w, const char *what, bool ok, struct zy_error *err)
{
	zy_buf_put_str(&w->said, what);
	zy_buf_put_str(&w->said, ok ? " ok " : " refused ");
	zy_buf_put_str(&w->said, zy_code_name(err->code));
	zy_buf_put_str(&w->said, "\n");
	assert_int_equal(ok, err->code == ZY_OK);
	*err = (struct zy_error){ 0 };
	return ok;
}

static void tell_number(struct world *w, uint64_t n)
{
	char text[32];

	snprintf(text, sizeof(text), " %llu\n", (unsigned long long)n);
	zy_buf_put_str(&w->said, text);
}

static void tell_text(struct world *w, const char *text)
{
	zy_buf_put_str(&w->said, text);
	zy_buf_put_str(&w->said, "\n");
}

/* ---- the calls: each of what the full tenant has, and what is the caller's own ---- */

static struct zy_holder passport_of(unsigned n)
{
	struct zy_holder h = { .kind = ZY_HOLDER_PASSPORT };

	snprintf(h.number, sizeof(h.number), "CHN-E1234%04u", n);
	return h;
}

static void call_get(struct world *w, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_version v;

	for (unsigned version = 0; version < 3; version++)
		tell(w, "get", zy_vault_get(w->own.v, w->full_id, version, ZY_TIME_NEVER, true, &a, &v, err), err);
}

static void call_day(struct world *w, struct zy_error *err)
{
	const struct zy_when when = { .at = ZY_TIME_NEVER, .on = w->m.now };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_day d;

	tell(w, "day", zy_vault_day(w->own.v, w->full_id, &when, false, &a, &d, err), err);
}

static bool tell_event(void *arg, const struct zy_vault_event *e)
{
	tell_text(arg, e->what);
	return true;
}

static void call_history(struct world *w, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };

	tell(w, "history", zy_vault_history(w->own.v, w->full_id, &a, tell_event, w, err), err);
}

static bool tell_version(void *arg, const struct zy_version *v)
{
	tell_text(arg, v->identifier);
	return true;
}

static void call_list(struct world *w, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };

	tell(w, "list", zy_vault_list(w->own.v, NULL, &a, tell_version, w, err), err);
	for (unsigned i = 0; i < 4; i++) {
		struct zy_holder h = made_holder(i), pass = passport_of(i);

		tell(w, "list of", zy_vault_list(w->own.v, &h, &a, tell_version, w, err), err);
		tell(w, "list of", zy_vault_list(w->own.v, &pass, &a, tell_version, w, err), err);
	}
}

static void call_list_then(struct world *w, struct zy_error *err)
{
	const struct zy_when when = { .at = w->m.now, .on = w->m.now };
	ZY_ARENA_AUTO a = { 0 };

	for (unsigned i = 0; i < 4; i++) {
		struct zy_holder h = made_holder(i), pass = passport_of(i);

		tell(w, "list then", zy_vault_list_then(w->own.v, &h, &when, &a, tell_version, w, err), err);
		tell(w, "list then", zy_vault_list_then(w->own.v, &pass, &when, &a, tell_version, w, err), err);
	}
}

static void call_person(struct world *w, struct zy_error *err)
{
	const struct zy_when when = { .at = w->m.now, .on = w->m.now };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_person p;
	bool found;

	for (unsigned i = 0; i < 8; i++) {
		struct zy_holder h = i < 4 ? made_holder(i) : passport_of(i - 4);

		if (!tell(w, "person", zy_vault_person(w->own.v, &h, i % 2 == 0 ? NULL : &when, &a, &p, &found, err),
			err))
			continue;
		tell_number(w, found);
		tell_number(w, p.num);
		tell_number(w, p.num_events);
		for (size_t k = 0; k < p.num; k++) {
			tell_text(w, p.identifiers[k].holder.number);
			tell_number(w, p.identifiers[k].licences);
		}
		tell_text(w, found ? p.name : "");
	}
}

static void call_until(struct world *w, struct zy_error *err)
{
	zy_time until;

	for (unsigned i = 0; i < 4; i++) {
		struct zy_holder h = passport_of(i);

		tell(w, "until", zy_vault_identifier_until(w->own.v, &h, &until, err), err);
		tell_number(w, (uint64_t)until);
	}
}

static void call_person_add(struct world *w, struct zy_error *err)
{
	struct zy_holder one = made_holder(SECOND), pass = passport_of(SECOND);
	const struct zy_identifier_new n = { .holder = &pass, .until = ZY_TIME_NEVER };

	tell(w, "add", zy_vault_person_add(w->own.v, &one, &n, NULL, err), err);
}

static void call_person_merge(struct world *w, struct zy_error *err)
{
	struct zy_holder one = made_holder(1), other = made_holder(SECOND);

	tell(w, "merge", zy_vault_person_merge(w->own.v, &one, &other, NULL, NULL, err), err);
}

static void call_person_split(struct world *w, struct zy_error *err)
{
	struct zy_holder pass = passport_of(SECOND), one = made_holder(1);

	tell(w, "split", zy_vault_person_split(w->own.v, &pass, NULL, NULL, err), err);
	tell(w, "split", zy_vault_person_split(w->own.v, &one, NULL, NULL, err), err);
}

static void call_person_rename(struct world *w, struct zy_error *err)
{
	struct zy_holder one = made_holder(1), other = made_holder(SECOND);

	tell(w, "rename", zy_vault_person_rename(w->own.v, &one, "自己", "", NULL, NULL, err), err);
	tell(w, "rename", zy_vault_person_rename(w->own.v, &other, "别人", "", NULL, NULL, err), err);
}

static void call_receipt_licence(struct world *w, struct zy_error *err)
{
	tell(w, "receipt", zy_receipt_licence(w->own.v, w->full_id, 1, &access_of, NULL, err), err);
}

static void call_receipt_holder(struct world *w, struct zy_error *err)
{
	for (unsigned i = 1; i < 4; i++) {
		struct zy_holder h = made_holder(i);
		bool found = false;

		tell(w, "receipt of", zy_receipt_holder(w->own.v, &h, &access_of, &found, NULL, err), err);
		tell_number(w, found);
	}
}

static void call_receipts(struct world *w, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_receipts r;

	for (unsigned i = 1; i < 4; i++) {
		struct zy_holder h = made_holder(i);

		if (tell(w, "receipts", zy_vault_receipts(w->own.v, &h, &a, &r, err), err))
			tell_number(w, r.num);
	}
}

static void call_intend(struct world *w, struct zy_error *err)
{
	struct zy_intent in;

	tell(w, "intend", made_intend(&w->own, "open", 9, NULL, &in, err), err);
}

static void call_cancel(struct world *w, struct zy_error *err)
{
	tell(w, "cancel", zy_vault_cancel(w->own.v, "theirs", "state", err), err);
	tell(w, "cancel", zy_vault_cancel(w->own.v, "open", "state", err), err);
}

static bool tell_open(void *arg, const char *request, const struct zy_intent *in)
{
	(void)in;
	tell_text(arg, request);
	return true;
}

static void call_open_intents(struct world *w, struct zy_error *err)
{
	tell(w, "open intents", zy_vault_open_intents(w->own.v, tell_open, w, err), err);
}

static void call_commit(struct world *w, struct zy_error *err)
{
	struct zy_intent in;

	tell(w, "intend", made_intend(&w->own, "change", 9, NULL, &in, err), err);
	tell(w, "change", made_commit(&w->own, "change", 1, 2, 1, 50, err), err);
	tell(w, "closed by them", made_commit(&w->own, "0", 1, 1, 1, 50, err), err);
	tell(w, "cancel", zy_vault_cancel(w->own.v, "change", "state", err), err);
}

static void call_set_status(struct world *w, struct zy_error *err)
{
	tell(w, "status", zy_vault_set_status(w->own.v, w->full_id, ZY_STATUS_REVOKED, "x", err), err);
}

static void call_set_status_from(struct world *w, struct zy_error *err)
{
	tell(w, "status", zy_vault_set_status_from(w->own.v, w->full_id, ZY_STATUS_SUSPENDED, "x", &w->from, err), err);
}

static void call_newest(struct world *w, struct zy_error *err)
{
	char name[ZY_IDENTIFIER_MAX + 1] = "";
	bool found = false;

	tell(w, "newest", zy_vault_newest(w->own.v, name, &found, err), err);
	tell_text(w, found ? name : "");
}

static bool tell_feed(void *arg, const struct zy_feed_event *e)
{
	tell_text(arg, e->what);
	zy_buf_put(&((struct world *)arg)->said, e->about);
	return true;
}

static void call_feed(struct world *w, struct zy_error *err)
{
	uint64_t next;

	tell(w, "feed", zy_vault_feed(w->own.v, 1, UINT64_MAX, tell_feed, w, &next, err), err);
}

static void call_log_leaf(struct world *w, struct zy_error *err)
{
	struct zy_logged leaf;

	tell(w, "leaf", zy_vault_log_leaf(w->own.v, w->index, &leaf, err), err);
}

static void call_beside_seal(struct world *w, struct zy_error *err)
{
	ZY_BUF_AUTO out = { 0 };

	tell(w, "seal beside", zy_beside_seal(w->own.v, w->full_id, "wallet", ZY_LITERAL("x"), &out, err), err);
}

static void call_beside_open(struct world *w, struct zy_error *err)
{
	static const uint8_t sealed[64] = { 0 };
	ZY_BUF_AUTO out = { 0 };

	tell(w, "open beside",
	    zy_beside_open(w->own.v, w->full_id, "wallet", ZY_BYTES(sealed, sizeof(sealed)), &out, err), err);
}

static void call_data_key(struct world *w, struct zy_error *err)
{
	struct zy_data_key k;

	for (unsigned i = 1; i < 4; i++) {
		struct zy_holder h = made_holder(i);

		if (tell(w, "data key", zy_vault_data_key(w->own.v, &h, &k, err), err))
			tell_number(w, k.licences);
	}
}

static void call_shred(struct world *w, struct zy_error *err)
{
	static const uint8_t order[ZY_HASH_LEN] = { 1 };
	struct zy_shredded out;

	tell(w, "shred", zy_vault_shred(w->own.v, w->wanted.id, order, &out, err), err);
}

static void tell_counts(struct world *w, const struct zy_vault_counts *n)
{
	tell_number(w, n->subjects);
	tell_number(w, n->licences);
	tell_number(w, n->versions);
	tell_number(w, n->open_intents);
	tell_number(w, n->events);
}

static void call_count(struct world *w, struct zy_error *err)
{
	struct zy_vault_counts n = { 0 };

	tell(w, "count", zy_vault_count(w->own.v, &n, err), err);
	tell_counts(w, &n);
}

static void call_check(struct world *w, struct zy_error *err)
{
	struct zy_vault_counts n = { 0 };

	tell(w, "check", zy_vault_check(w->own.v, &n, err), err);
	tell_counts(w, &n);
}

static bool tell_tenant(void *arg, const struct zy_tenant *t)
{
	tell_text(arg, t->code);
	return true;
}

static void call_tenant_list(struct world *w, struct zy_error *err)
{
	tell(w, "tenants", zy_tenant_list(w->own.v, tell_tenant, w, err), err);
}

static void call_tenant(struct world *w, struct zy_error *err)
{
	struct zy_tenant t;

	tell(w, "tenant", zy_vault_tenant(w->own.v, &t, err), err);
	tell_text(w, t.code);
}

static void call_right_give(struct world *w, struct zy_error *err)
{
	tell(w, "give", zy_right_give(w->own.v, "990101", w->m.now, "x", err), err); /* not above */
}

static void call_right_take(struct world *w, struct zy_error *err)
{
	tell(w, "take", zy_right_take(w->own.v, "990100", "x", err), err);
}

static void call_look_down(struct world *w, struct zy_error *err)
{
	struct zy_vault *v;

	tell(w, "look down", zy_vault_look_down(w->own.v, "990101", "x", &v, err), err);
}

static void call_common_has(struct world *w, struct zy_error *err)
{
	bool has;

	tell(w, "common", zy_vault_common_has(w->own.v, "a sample", &has, err), err);
	tell_number(w, has);
}

static void call_common_add(struct world *w, struct zy_error *err)
{
	tell(w, "common", zy_vault_common_add(w->own.v, "a sample", ZY_LITERAL("of invented data"), err), err);
}

/* What all share tells nothing: heads, proofs and hashes of the log are for everybody. */
static void call_log_head(struct world *w, struct zy_error *err)
{
	struct zy_merkle_head head;

	tell(w, "head", zy_vault_log_head(w->own.v, &head, err), err);
}

static void call_log_head_of(struct world *w, struct zy_error *err)
{
	struct zy_merkle_head head;

	tell(w, "head of", zy_vault_log_head_of(w->own.v, 1, &head, err), err);
}

static void call_log_prove(struct world *w, struct zy_error *err)
{
	struct zy_merkle_path path;

	tell(w, "prove", zy_vault_log_prove(w->own.v, 0, 2, &path, err), err);
}

static void call_log_consistency(struct world *w, struct zy_error *err)
{
	struct zy_merkle_path path;

	tell(w, "consistency", zy_vault_log_consistency(w->own.v, 1, 2, &path, err), err);
}

static void call_log_hashes(struct world *w, struct zy_error *err)
{
	ZY_BUF_AUTO out = { 0 };

	tell(w, "hashes", zy_vault_log_hashes(w->own.v, ZY_TILE_ENTRIES, 0, 1, &out, err), err);
}

static void call_log_check(struct world *w, struct zy_error *err)
{
	struct zy_merkle_head head;

	tell(w, "log check", zy_vault_log_check(w->own.v, &head, err), err);
}

static void call_is_secret(struct world *w, struct zy_error *err)
{
	(void)err;
	tell_number(w, zy_vault_is_secret(w->own.v));
}

/* ---- the calls that are of the vault as it was opened ---- */

static void call_enter(struct world *w, struct zy_error *err)
{
	struct zy_vault *v;

	tell(w, "enter", zy_vault_enter(w->own.v, "990101", &v, err), err);
}

static void call_tenant_add(struct world *w, struct zy_error *err)
{
	tell(w, "add a tenant", zy_tenant_add(w->own.v, "990101001", "x", "990101", err), err);
}

static void call_mark(struct world *w, struct zy_error *err)
{
	struct zy_mark mark;
	bool found;

	tell(w, "mark", zy_vault_mark(w->own.v, "journal", &mark, &found, err), err);
}

static void call_follow(struct world *w, struct zy_error *err)
{
	const struct zy_followed f = { .source = "journal", .what = ZY_FOLLOWED_POLICY, .about = "x", .reason = "x" };

	tell(w, "follow", zy_vault_follow(w->own.v, &f, 1, err), err);
}

static void call_noted_key(struct world *w, struct zy_error *err)
{
	uint8_t key[ZY_HASH_LEN];

	tell(w, "noted key", zy_vault_noted_key(w->own.v, key, err), err);
}

static void call_rewrap(struct world *w, struct zy_error *err)
{
	struct zy_rewrap r = { .tenant = FULL_TENANT };

	tell(w, "rewrap", zy_vault_rewrap(w->own.v, &r, err), err);
}

static bool no_wrapped(void *arg, struct zy_bytes wrapped, struct zy_error *err)
{
	(void)arg, (void)wrapped, (void)err;
	fail();
	return false;
}

static void call_wrapped(struct world *w, struct zy_error *err)
{
	tell(w, "wrapped", zy_vault_wrapped(w->own.v, no_wrapped, NULL, err), err);
}

static void no_table(void *arg, const struct zy_vault_table *t)
{
	(void)arg, (void)t;
	fail();
}

static void call_tables(struct world *w, struct zy_error *err)
{
	tell(w, "tables", zy_vault_tables(w->own.v, no_table, NULL, err), err);
}

static void call_backup_begin(struct world *w, struct zy_error *err)
{
	struct zy_backup_at at;

	tell(w, "backup", zy_vault_backup_begin(w->own.v, &at, err), err);
}

static void call_backup_part(struct world *w, struct zy_error *err)
{
	struct zy_backup_at at = { 0 };
	struct zy_backup_part part;
	bool whole;

	tell(w, "part", zy_vault_backup_part(w->own.v, &at, "/nonexistent/part", &part, &whole, err), err);
}

static void call_backup_done(struct world *w, struct zy_error *err)
{
	const struct zy_backup_at at = { 0 };

	tell(w, "done", zy_vault_backup_done(w->own.v, &at, err), err);
}

static void call_backup_mac(struct world *w, struct zy_error *err)
{
	uint8_t mac[ZY_HASH_LEN];

	tell(w, "mac", zy_vault_backup_mac(w->own.v, ZY_LITERAL("x"), mac, err), err);
}

static void call_back_to(struct world *w, struct zy_error *err)
{
	struct zy_merkle_head head;

	tell(w, "back", zy_vault_back_to(w->own.v, 1, ZY_TIME_NEVER, &head, err), err);
}

static void call_forget_changes(struct world *w, struct zy_error *err)
{
	tell(w, "forget", zy_vault_forget_changes(w->own.v, err), err);
}

static void call_check_run(struct world *w, struct zy_error *err)
{
	struct zy_check_figures f;

	tell(w, "check run", zy_vault_check_run(w->own.v, true, NULL, &f, err), err);
}

static void call_check_failed(struct world *w, struct zy_error *err)
{
	const struct zy_error why = { .code = ZY_E_VAULT_CORRUPT };

	tell(w, "check failed", zy_vault_check_failed(w->own.v, &why, err), err);
}

static void call_check_last(struct world *w, struct zy_error *err)
{
	struct zy_check_figures f;
	bool found;

	tell(w, "check last", zy_vault_check_last(w->own.v, &f, &found, err), err);
}

static void call_watch(struct world *w, struct zy_error *err)
{
	struct zy_vault_watch out;

	tell(w, "watch", zy_vault_watch(w->own.v, &out, err), err);
}

enum sort {
	SEES,   /* writes nothing */
	NOTES,  /* a look: of a tenant that looks down too */
	WRITES, /* who looks down is refused */
	WHOLE   /* every tenant is refused */
};

static const struct call {
	const char *name;
	enum sort sort;
	void (*call)(struct world *w, struct zy_error *err);
} calls[] = { { "zy_vault_get", SEES, call_get }, { "zy_vault_day", SEES, call_day },
	{ "zy_vault_history", SEES, call_history }, { "zy_vault_list", SEES, call_list },
	{ "zy_vault_list_then", SEES, call_list_then }, { "zy_vault_person", SEES, call_person },
	{ "zy_vault_identifier_until", SEES, call_until }, { "zy_vault_person_add", WRITES, call_person_add },
	{ "zy_vault_person_merge", WRITES, call_person_merge }, { "zy_vault_person_split", WRITES, call_person_split },
	{ "zy_vault_person_rename", WRITES, call_person_rename }, { "zy_receipt_licence", NOTES, call_receipt_licence },
	{ "zy_receipt_holder", NOTES, call_receipt_holder }, { "zy_vault_receipts", SEES, call_receipts },
	{ "zy_vault_intend", WRITES, call_intend }, { "zy_vault_open_intents", SEES, call_open_intents },
	{ "zy_vault_cancel", WRITES, call_cancel }, { "zy_vault_commit", WRITES, call_commit },
	{ "zy_vault_set_status", WRITES, call_set_status },
	{ "zy_vault_set_status_from", WRITES, call_set_status_from }, { "zy_vault_newest", SEES, call_newest },
	{ "zy_vault_feed", SEES, call_feed }, { "zy_vault_log_leaf", SEES, call_log_leaf },
	{ "zy_beside_seal", SEES, call_beside_seal }, { "zy_beside_open", SEES, call_beside_open },
	{ "zy_vault_data_key", SEES, call_data_key }, { "zy_vault_shred", WRITES, call_shred },
	{ "zy_vault_count", SEES, call_count }, { "zy_vault_check", SEES, call_check },
	{ "zy_tenant_list", SEES, call_tenant_list }, { "zy_vault_tenant", SEES, call_tenant },
	{ "zy_right_give", WRITES, call_right_give }, { "zy_right_take", WRITES, call_right_take },
	{ "zy_vault_look_down", WRITES, call_look_down }, { "zy_vault_common_has", SEES, call_common_has },
	{ "zy_vault_common_add", SEES, call_common_add }, { "zy_vault_log_head", SEES, call_log_head },
	{ "zy_vault_log_head_of", SEES, call_log_head_of }, { "zy_vault_log_prove", SEES, call_log_prove },
	{ "zy_vault_log_consistency", SEES, call_log_consistency }, { "zy_vault_log_hashes", SEES, call_log_hashes },
	{ "zy_vault_log_check", SEES, call_log_check }, { "zy_vault_is_secret", SEES, call_is_secret },
	{ "zy_vault_enter", WHOLE, call_enter }, { "zy_tenant_add", WHOLE, call_tenant_add },
	{ "zy_vault_mark", WHOLE, call_mark }, { "zy_vault_follow", WHOLE, call_follow },
	{ "zy_vault_noted_key", WHOLE, call_noted_key }, { "zy_vault_rewrap", WHOLE, call_rewrap },
	{ "zy_vault_wrapped", WHOLE, call_wrapped }, { "zy_vault_tables", WHOLE, call_tables },
	{ "zy_vault_backup_begin", WHOLE, call_backup_begin }, { "zy_vault_backup_part", WHOLE, call_backup_part },
	{ "zy_vault_backup_done", WHOLE, call_backup_done }, { "zy_vault_backup_mac", WHOLE, call_backup_mac },
	{ "zy_vault_back_to", WHOLE, call_back_to }, { "zy_vault_forget_changes", WHOLE, call_forget_changes },
	{ "zy_vault_check_run", WHOLE, call_check_run }, { "zy_vault_check_failed", WHOLE, call_check_failed },
	{ "zy_vault_check_last", WHOLE, call_check_last }, { "zy_vault_watch", WHOLE, call_watch } };
enum { CALLS = sizeof(calls) / sizeof(calls[0]) };

/* ---- the worlds ---- */

static void must(bool ok, const char *what, const struct zy_error *err)
{
	if (!ok)
		made_fail(what, err);
}

/* Persons 1 to 3 with a licence each, one of them of two numbers with a passport and a name; looks; an open intent. */
static void fill(struct world *w)
{
	struct zy_holder one = made_holder(1), other = made_holder(SECOND), pass = passport_of(1);
	const struct zy_identifier_new n = { .holder = &pass, .until = w->m.now };
	struct made_vault as = w->m;
	struct zy_error err = { 0 };
	struct zy_intent in;
	char request[8];

	must(zy_vault_enter(w->m.v, "990101", &as.v, &err), "enter", &err);
	for (unsigned i = 0; i < 3; i++) {
		snprintf(request, sizeof(request), "%u", i);
		must(made_intend(&as, request, 1, NULL, &in, &err), "intend", &err);
		must(made_commit(&as, request, i + 1, 1, i + 1, 50, &err), "commit", &err);
	}
	must(made_intend(&as, "theirs", 1, NULL, &in, &err), "intend", &err);
	must(zy_vault_person_add(as.v, &one, &n, NULL, &err), "add", &err);
	must(zy_vault_person_merge(as.v, &one, &other, NULL, NULL, &err), "merge", &err);
	must(zy_vault_person_rename(as.v, &one, "他们的人", "", NULL, NULL, &err), "rename", &err);
	must(zy_receipt_licence(as.v, w->full_id, 1, &access_of, NULL, &err), "receipt", &err);
	must(zy_right_give(as.v, "990100", w->m.now, "x", &err), "give", &err);
	must(zy_right_take(as.v, "990100", "x", &err), "take", &err);
	must(zy_vault_data_key(as.v, &one, &w->wanted, &err), "data key", &err);
	zy_vault_close(as.v);
}

/* code: whose handle is tried. Person 1 has a licence there, too. */
static void begin(struct world *w, bool full, const char *code)
{
	static const char *const codes[] = { "990100", "990101", "990102" };
	struct zy_error err = { 0 };
	struct zy_intent in;

	*w = (struct world){ .full = full, .index = full ? 5 : 100000, .said = { .cap = 1 << 20 } };
	made_vault(&w->m, ZY_SUITE_INTL);
	w->m.clock.arg = &w->m.now;
	w->from = w->m.now - 86400;
	made_identifier(1, 1, w->full_id);
	for (size_t i = 0; i < 3; i++)
		must(zy_tenant_add(w->m.v, codes[i], codes[i], i == 0 ? NULL : codes[0], &err), "add", &err);
	if (full)
		fill(w);
	w->own = w->m;
	must(zy_vault_enter(w->m.v, code, &w->own.v, &err), "enter", &err);
	must(made_intend(&w->own, "own", 1, NULL, &in, &err), "intend", &err);
	must(made_commit(&w->own, "own", OWN_SERIAL, 1, 1, 50, &err), "commit", &err);
}

static void end(struct world *w)
{
	zy_vault_close(w->own.v);
	made_remove(&w->m);
	zy_buf_free(&w->said);
}

/* ---- its rows as they lie ---- */

static bool add_row(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	(void)stop, (void)err;
	zy_buf_put_be(arg, key.len, 4);
	zy_buf_put(arg, key);
	zy_buf_put_be(arg, value.len, 4);
	zy_buf_put(arg, value);
	return true;
}

static void digest_rows(struct world *w, uint8_t out[ZY_HASH_LEN])
{
	ZY_BUF_AUTO all = { .cap = 16 << 20 };
	const struct zy_key from_first = { 0 };
	struct zy_vault view = { 0 };
	struct zy_error err = { 0 };
	struct zy_txn *txn;

	must(zy_view_open(w->m.v, FULL_TENANT, &view, &err), "view", &err);
	must(zy_read_begin(&view.store, &txn, &err), "read", &err);
	for (enum zy_db db = 0; db < ZY_NUM_DB; db++)
		if (!zy_db_is_shared(db))
			must(zy_store_walk(&view.store, txn, db, &from_first, NULL, add_row, &all, &err), "walk", &err);
	zy_read_end(&view.store, txn);
	zy_view_close(&view);
	assert_int_equal(all.len > 0, w->full);
	must(zy_buf_done(&all, "rows", &err) && zy_digest(ZY_HASH_SHA256, zy_buf_bytes(&all), out, &err), "rows", &err);
}

/* ---- the properties ---- */

static void call_all(struct world *w)
{
	uint8_t before[ZY_HASH_LEN], after[ZY_HASH_LEN];

	digest_rows(w, before);
	for (size_t i = 0; i < CALLS; i++) {
		struct zy_error err = { 0 };

		tell_text(w, calls[i].name);
		calls[i].call(w, &err);
	}
	digest_rows(w, after);
	assert_memory_equal(before, after, sizeof(before));
}

static void same_text(const char *full, const char *empty)
{
	size_t at = 0, line = 0;

	while (full[at] != 0 && full[at] == empty[at])
		line = full[at++] == '\n' ? at : line;
	if (full[at] != empty[at])
		fail_msg("beside a full one: %.200s\nbeside an empty one: %.200s", full + line, empty + line);
}

static void what_one_tenant_holds_changes_no_answer_in_another(void **state)
{
	static const char *const codes[] = { "990102", "990100" }; /* beside it, and above it without a right */

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct world full, empty;
		struct zy_error err = { 0 };

		begin(&full, true, codes[i]);
		call_all(&full);
		begin(&empty, false, codes[i]);
		empty.wanted = full.wanted;
		call_all(&empty);
		zy_buf_put(&full.said, ZY_BYTES("", 1));
		zy_buf_put(&empty.said, ZY_BYTES("", 1));
		must(zy_buf_done(&full.said, "said", &err) && zy_buf_done(&empty.said, "said", &err), "said", &err);
		same_text((const char *)full.said.p, (const char *)empty.said.p);
		end(&empty);
		end(&full);
	}
}

/* Each alone: what follows a refusal of one must not hide in another. */
static void a_tenant_is_refused_what_is_of_the_whole_vault(void **state)
{
	struct world w;

	(void)state;
	begin(&w, true, "990100");
	for (size_t i = 0; i < CALLS; i++) {
		struct zy_error err = { 0 };
		bool refused;

		if (calls[i].sort != WHOLE)
			continue;
		w.said.len = 0;
		calls[i].call(&w, &err);
		zy_buf_put(&w.said, ZY_BYTES("", 1));
		refused = strstr((const char *)w.said.p, "refused tenant-right\n") != NULL &&
			  strstr((const char *)w.said.p, " ok ") == NULL;
		if (!refused)
			fail_msg("%s: %s", calls[i].name, (const char *)w.said.p);
	}
	end(&w);
}

static void who_looks_down_writes_nothing_but_that_he_looked(void **state)
{
	uint8_t before[ZY_HASH_LEN], after[ZY_HASH_LEN];
	struct zy_error err = { 0 };
	struct zy_vault *below;
	struct world w;

	(void)state;
	begin(&w, true, "990100");
	must(zy_vault_enter(w.m.v, "990101", &below, &err), "enter", &err);
	must(zy_right_give(below, "990100", ZY_TIME_NEVER, "x", &err), "give", &err);
	zy_vault_close(below);
	must(zy_vault_look_down(w.own.v, "990101", "x", &below, &err), "look", &err);
	zy_vault_close(w.own.v);
	w.own.v = below;
	digest_rows(&w, before);
	for (size_t i = 0; i < CALLS; i++) {
		w.said.len = 0;
		err = (struct zy_error){ 0 };
		if (calls[i].sort == NOTES)
			continue;
		calls[i].call(&w, &err);
		zy_buf_put(&w.said, ZY_BYTES("", 1));
		if (calls[i].sort != SEES && strstr((const char *)w.said.p, " ok ") != NULL)
			fail_msg("%s: %s", calls[i].name, (const char *)w.said.p);
	}
	digest_rows(&w, after);
	assert_memory_equal(before, after, sizeof(before));
	end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_one_tenant_holds_changes_no_answer_in_another),
		cmocka_unit_test(a_tenant_is_refused_what_is_of_the_whole_vault),
		cmocka_unit_test(who_looks_down_writes_nothing_but_that_he_looked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
