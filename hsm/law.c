#include "law.h"

#include <errno.h>
#include <unistd.h>

#include "ceremony.h"
#include "law_change.h"
#include "lock.h"
#include "zy/approvals.h"
#include "zy/file.h"
#include "zy/kept.h"
#include "zy/key_order.h"
#include "zy/text.h"

static const char *const file_names[] = { "seals.json", "officers.json" };
static const char *const words[] = { "rules", "officers" };

/* ---- files ---- */

static const char *policy_path(const struct zy_law *l, enum zy_governed which, struct zy_arena *a, struct zy_error *err)
{
	return zy_arena_printf(a, err, "%s/%s", l->config->policies, file_names[which]);
}

/* HOME/signer/approved/DIGEST.SUFFIX: every version that was in force, and every order. */
static const char *kept_path(const struct zy_law *l, const uint8_t digest[ZY_HASH_LEN], const char *suffix,
    struct zy_arena *a, struct zy_error *err)
{
	char hex[2 * ZY_HASH_LEN + 1];

	zy_hex(ZY_BYTES(digest, ZY_HASH_LEN), hex);
	return zy_arena_printf(a, err, "%s/%s.%s", l->config->approved, hex, suffix);
}

static bool keep(const struct zy_law *l, struct zy_bytes v, const uint8_t digest[ZY_HASH_LEN], const char *suffix,
    struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	const char *path = kept_path(l, digest, suffix, &a, err);

	return path != NULL && zy_folder_make(l->config->approved, 0700, err) &&
	       (zy_kept_holds(path, v) || zy_kept_write(path, v, 0600, true, err));
}

/* The bytes of a version that was in force; they must have its digest. */
static bool kept(const struct zy_law *l, const uint8_t digest[ZY_HASH_LEN], struct zy_arena *a, struct zy_bytes *out,
    struct zy_error *err)
{
	const char *path = kept_path(l, digest, "json", a, err);
	uint8_t again[ZY_HASH_LEN];

	return path != NULL && zy_kept_read(path, ZY_ORDER_SUBJECT_MAX, a, out, err) &&
	       zy_digest(ZY_HASH_SHA256, *out, again, err) &&
	       (memcmp(again, digest, ZY_HASH_LEN) == 0 ||
		   zy_fail(err, ZY_E_RULES, "approved", ZY_NOWHERE, "%s was changed", path));
}

static bool put_in_place(const struct zy_law *l, enum zy_governed which, struct zy_bytes v, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	const char *path = policy_path(l, which, &a, err);

	return path != NULL && (zy_kept_holds(path, v) || zy_kept_write(path, v, 0600, true, err));
}

bool zy_law_register(const struct zy_law *l, const uint8_t digest[ZY_HASH_LEN], struct zy_arena *a,
    struct zy_officers *out, struct zy_error *err)
{
	struct zy_bytes v;

	return kept(l, digest, a, &v, err) && zy_officers_parse(out, v, a, err);
}

/* ---- what is read becomes what holds ---- */

static void mark(struct zy_law *l, enum zy_governed which, bool bad)
{
	l->bad[which] = bad;
	l->rules.not_approved = NULL;
	for (size_t i = 0; i < ZY_NUM_GOVERNED; i++)
		if (l->bad[i] && l->rules.not_approved == NULL)
			l->rules.not_approved = file_names[i];
}

static bool load(struct zy_law *l, enum zy_governed which, struct zy_bytes v, struct zy_error *err)
{
	struct zy_arena a = { 0 };
	struct zy_policy policy;
	struct zy_officers officers;
	bool ok = which == ZY_GOVERNED_RULES ? zy_policy_load_with(&policy, l->config->policies, v, &a, err)
					     : zy_officers_parse(&officers, v, &a, err);

	if (!ok) {
		zy_arena_free(&a);
		return false;
	}
	zy_arena_free(&l->arenas[which]);
	l->arenas[which] = a;
	if (which == ZY_GOVERNED_RULES) {
		l->rules.loaded = true;
		l->rules.policy = policy;
	} else {
		l->officers = officers;
	}
	mark(l, which, false);
	return true;
}

static bool note(struct zy_law *l, struct zy_journal_record *r, struct zy_error *err)
{
	const struct zy_use_of_seal none = { 0 };

	return zy_signer_journal_end(l->journal, r, &none, false, err);
}

/* The first of its kind: nothing can have approved it. */
static bool begin(struct zy_law *l, enum zy_governed which, struct zy_bytes v, const uint8_t digest[ZY_HASH_LEN],
    struct zy_error *err)
{
	struct zy_journal_record r = { .at = zy_now(l->clock),
		.what = ZY_LITERAL("genesis"),
		.key = zy_str(file_names[which]),
		.use = zy_str(words[which]),
		.caller = geteuid() };

	memcpy(r.digest, digest, ZY_HASH_LEN);
	return load(l, which, v, err) && keep(l, v, digest, "json", err) && note(l, &r, err);
}

/* What lies there is not what is in force: a change that was cut off between journal and file is finished. */
static bool finish(struct zy_law *l, enum zy_governed which, const struct zy_governed_file *state, bool was_before,
    struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error why = { 0 };
	struct zy_bytes v;

	/* a root token was away while the others took an order: its own register holds until it is told */
	if (l->config->ceremony && kept(l, state->digest, &a, &v, &why))
		return load(l, which, v, err);
	if (was_before && kept(l, state->digest, &a, &v, &why)) {
		zy_log(l->log, ZY_LOG_WARNING, "order-finished", "{s:s}", "file", file_names[which]);
		return put_in_place(l, which, v, err) && load(l, which, v, err);
	}
	zy_log(l->log, ZY_LOG_ERROR, "rules-not-approved", "{s:s}", "file", file_names[which]);
	mark(l, which, true);
	return true;
}

static bool read_one(struct zy_law *l, enum zy_governed which, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	const char *path = policy_path(l, which, &a, err);
	uint8_t digest[ZY_HASH_LEN] = { 0 };
	struct zy_governed_file state;
	struct zy_bytes v = { 0 };
	bool there;

	if (path == NULL)
		return false;
	zy_signer_journal_in_force(l->journal, which, &state);
	there = access(path, F_OK) == 0;
	if (!there && !state.known && which == ZY_GOVERNED_OFFICERS)
		return true;
	if ((there || !state.known) &&
	    (!zy_file_read(path, ZY_ORDER_SUBJECT_MAX, &a, &v, err) || !zy_digest(ZY_HASH_SHA256, v, digest, err)))
		return false;
	if (!state.known)
		return begin(l, which, v, digest, err);
	if (there && memcmp(digest, state.digest, ZY_HASH_LEN) == 0)
		return load(l, which, v, err);
	return finish(l, which, &state, there && memcmp(digest, state.before, ZY_HASH_LEN) == 0, err);
}

bool zy_law_open(struct zy_law *l, const struct zy_signer_config *config, struct zy_signer_journal *journal,
    const struct zy_log *log, const struct zy_clock *clock, struct zy_error *err)
{
	*l = (struct zy_law){ .config = config, .log = log, .clock = clock, .journal = journal };
	if (!zy_lock_init(&l->lock, err)) {
		l->config = NULL; /* nothing to close */
		return false;
	}
	if (access(config->policies, F_OK) != 0 && errno == ENOENT)
		return true;
	return (config->ceremony || read_one(l, ZY_GOVERNED_RULES, err)) && read_one(l, ZY_GOVERNED_OFFICERS, err);
}

void zy_law_close(struct zy_law *l)
{
	if (l->config == NULL)
		return;
	for (size_t i = 0; i < ZY_NUM_GOVERNED; i++)
		zy_arena_free(&l->arenas[i]);
	pthread_rwlock_destroy(&l->lock);
}

const struct zy_rules *zy_law_read(struct zy_law *l)
{
	pthread_rwlock_rdlock(&l->lock);
	return &l->rules;
}

void zy_law_leave(struct zy_law *l)
{
	pthread_rwlock_unlock(&l->lock);
}

void zy_law_state(struct zy_law *l, enum zy_governed which, struct zy_governed_file *out, bool *approved)
{
	pthread_rwlock_rdlock(&l->lock);
	zy_signer_journal_in_force(l->journal, which, out);
	*approved = out->known && !l->bad[which];
	pthread_rwlock_unlock(&l->lock);
}

/* ---- orders ---- */

/* One order on its way. */
struct applying {
	struct zy_law *l;
	struct zy_bytes whole;
	struct zy_order_file file;
	struct zy_order order;
	struct zy_approved_by by;
	bool governs; /* the order puts a file in force: `which` */
	enum zy_governed which;
	struct zy_governed_file state;
	uint8_t id[ZY_HASH_LEN]; /* SHA-256 of the order's bytes */
};

static bool read_order(struct applying *p, struct zy_error *err)
{
	if (!zy_order_file_parse(&p->file, p->whole, err) || !zy_order_parse(&p->order, p->file.order, err) ||
	    !zy_digest(ZY_HASH_SHA256, p->file.order, p->id, err))
		return false;
	p->governs = p->order.action <= ZY_ORDER_SWITCH_OFF;
	p->which = p->order.action == ZY_ORDER_OFFICERS ? ZY_GOVERNED_OFFICERS : ZY_GOVERNED_RULES;
	if (p->governs)
		zy_signer_journal_in_force(p->l->journal, p->which, &p->state);
	return true;
}

/* A root token has no seals, so no rules; what a ceremony may do is read before the order is used up. */
static bool fits_token(const struct applying *p, struct zy_error *err)
{
	struct zy_ceremony_plan plan;

	if (!p->l->config->ceremony)
		return true;
	if (p->order.action == ZY_ORDER_CEREMONY)
		return zy_ceremony_plan_parse(&plan, p->file.subject, err) &&
		       zy_ceremony_may_begin(&plan, zy_now(p->l->clock), err);
	return p->order.action == ZY_ORDER_OFFICERS || zy_fail(err, ZY_E_ORDER, "action", ZY_NOWHERE,
							   "a root token takes orders of ceremony and officers only");
}

static bool judge(struct applying *p, struct zy_error *err)
{
	const struct zy_approval_facts facts = { .officers = &p->l->officers,
		.now = zy_now(p->l->clock),
		.in_force = p->governs && p->state.known ? p->state.digest : NULL,
		.used = zy_signer_journal_used(p->l->journal, p->id) };

	if (p->l->officers.num == 0)
		return zy_fail(err, ZY_E_RULES, "officers", ZY_NOWHERE,
		    "no register of officers is in force here: put the approved policies/officers.json back, then `zhengyin "
		    "down` and `zhengyin up`");
	return zy_approvals_check(&p->file, &facts, &p->order, &p->by, err);
}

/* The seals that were in force, as far as they are known: what cannot be read again counts as none. */
static bool check_rules(const struct applying *p, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_policy now = { 0 }, next;
	struct zy_error ignored = { 0 };
	struct zy_bytes v;

	if (p->l->rules.loaded)
		now = p->l->rules.policy;
	else if (!kept(p->l, p->state.digest, &a, &v, &ignored) ||
		 !zy_policy_load_with(&now, p->l->config->policies, v, &a, &ignored))
		now = (struct zy_policy){ 0 };
	return zy_policy_load_with(&next, p->l->config->policies, p->file.subject, &a, err) &&
	       zy_law_change_check(&p->order, &now, &next, err);
}

static bool check_officers(const struct applying *p, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_officers next;

	return zy_officers_parse(&next, p->file.subject, &a, err) &&
	       (zy_officers_enough(&next, zy_now(p->l->clock)) ||
		   zy_fail(err, ZY_E_ORDER, "officers", ZY_NOWHERE,
		       "with this register nothing could be approved any more: it needs two officers and a third person, "
		       "valid today"));
}

/* By which the record is found again. What is to be shredded is written as of this token alone: whether it is still in
 * the group that an order named is for nobody to change afterwards. */
static bool subject_digest(const struct applying *p, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	struct zy_key_order what;
	ZY_BUF_AUTO line = { 0 };

	memcpy(out, p->order.subject, ZY_HASH_LEN);
	return p->order.action != ZY_ORDER_SHRED ||
	       (zy_key_order_parse(&what, p->file.subject, err) &&
		   zy_key_order_encode_for(&what, p->l->config->name, &line, err) &&
		   zy_digest(ZY_HASH_SHA256, zy_buf_bytes(&line), out, err));
}

/* Kept first, so that what the journal names can be put in place after a crash. */
static bool record(struct applying *p, uint64_t caller, struct zy_error *err)
{
	struct zy_journal_record r = { .at = zy_now(p->l->clock),
		.what = ZY_LITERAL("order"),
		.key = zy_str(p->by.requester->id),
		.use = zy_str(zy_order_action_name(p->order.action)),
		.has_rule = true,
		.caller = caller };
	ZY_BUF_AUTO officers = { 0 };

	for (size_t i = 0; i < p->by.num_officers; i++)
		zy_buf_printf(&officers, "%s%s", i == 0 ? "" : ",", p->by.officers[i]->id);
	r.item = zy_buf_bytes(&officers);
	if (!subject_digest(p, r.digest, err))
		return false;
	memcpy(r.rule, p->id, ZY_HASH_LEN);
	return zy_buf_done(&officers, "officers", err) && keep(p->l, p->whole, p->id, "order", err) &&
	       (!p->governs || keep(p->l, p->file.subject, p->order.subject, "json", err)) && note(p->l, &r, err);
}

static bool apply(struct applying *p, uint64_t caller, bool *already, struct zy_error *err)
{
	uint8_t digest[ZY_HASH_LEN];

	if (!read_order(p, err) || !zy_digest(ZY_HASH_SHA256, p->file.subject, digest, err))
		return false;
	*already = p->governs && p->state.known && memcmp(p->state.digest, digest, ZY_HASH_LEN) == 0 &&
		   memcmp(p->order.subject, digest, ZY_HASH_LEN) == 0;
	if (!*already) {
		if (!fits_token(p, err) || !judge(p, err) ||
		    (p->governs && !(p->which == ZY_GOVERNED_RULES ? check_rules(p, err) : check_officers(p, err))) ||
		    !record(p, caller, err))
			return false;
		zy_log(p->l->log, ZY_LOG_INFO, "order", "{s:s}", "action", zy_order_action_name(p->order.action));
	}
	return !p->governs ||
	       (load(p->l, p->which, p->file.subject, err) && put_in_place(p->l, p->which, p->file.subject, err));
}

bool zy_law_apply(struct zy_law *l, struct zy_bytes file, uint64_t caller, bool *already, struct zy_error *err)
{
	struct applying p = { .l = l, .whole = file };
	bool ok;

	pthread_rwlock_wrlock(&l->lock);
	ok = apply(&p, caller, already, err);
	pthread_rwlock_unlock(&l->lock);
	return ok;
}

bool zy_law_lacks(struct zy_law *l, struct zy_bytes file, uint8_t id[ZY_HASH_LEN], bool *lacks, struct zy_error *err)
{
	struct applying p = { .l = l, .whole = file };
	uint8_t line[ZY_HASH_LEN];

	*lacks = false;
	if (!read_order(&p, err))
		return false;
	memcpy(id, p.id, ZY_HASH_LEN);
	if (p.order.action != ZY_ORDER_SHRED)
		return true;
	if (!subject_digest(&p, line, err))
		return false;
	*lacks = !zy_signer_journal_used(l->journal, line);
	return true;
}

bool zy_law_take_kept(struct zy_law *l, struct zy_bytes file, const struct zy_officers *officers, struct zy_error *err)
{
	struct applying p = { .l = l, .whole = file };
	struct zy_approval_facts facts = { .officers = officers };

	if (!read_order(&p, err))
		return false;
	facts.now = p.order.created;
	if (!zy_approvals_check(&p.file, &facts, &p.order, &p.by, err) || !record(&p, geteuid(), err))
		return false;
	zy_log(l->log, ZY_LOG_INFO, "order-of-before", "{s:s}", "action", zy_order_action_name(p.order.action));
	return true;
}
