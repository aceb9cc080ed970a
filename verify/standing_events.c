/* The leaves that an answer about a day brings along: in the log, of this licence, counted, and in an order that can
 * be.
 */
#include "standing_case.h"
#include "zy/receipt.h"

/* Times that can be written (RFC 3339), or none. */
static bool is_time(zy_time t)
{
	return t == ZY_TIME_NEVER || (t >= -(zy_time)62135596800 && t <= (zy_time)253402300799);
}

static bool has_times(const struct zy_log_leaf *l)
{
	return l->at != ZY_TIME_NEVER && is_time(l->at) && l->from != ZY_TIME_NEVER && is_time(l->from) &&
	       (!l->has_term || (l->term.first != ZY_TIME_NEVER && is_time(l->term.first) && is_time(l->term.last) &&
				    is_time(l->term.until)));
}

static const char *place(struct zy_standing_case *s, size_t i)
{
	struct zy_error ignored = { 0 };
	const char *text = zy_arena_printf(&s->c.r->arena, &ignored, "events[%zu]", i);

	return text == NULL ? "events" : text;
}

/* *good: the leaf can be read, and the log of the checkpoint holds it. */
static bool read_leaf(struct zy_standing_case *s, const struct zy_answered_log *log, const char *field,
    struct zy_log_leaf *out, bool *good, struct zy_error *err)
{
	struct zy_merkle_path path = { .num = log->num_path };
	struct zy_error why = { 0 };

	*good = zy_log_leaf_parse(out, log->leaf, &why);
	if (!*good || !has_times(out)) {
		*good = false;
		zy_report_add(s->c.r, "log-leaf", field, ZY_NOWHERE, "%s", why.msg);
		return true;
	}
	for (size_t i = 0; i < log->num_path; i++)
		memcpy(path.hashes[i], log->path[i].p, ZY_HASH_LEN);
	if (!zy_leaf_check(log->leaf, log->index, &path, &s->cp.head, good, err))
		return false;
	if (!*good)
		zy_report_add(s->c.r, "log-path", field, ZY_NOWHERE, NULL);
	else if (out->at > s->newest)
		s->newest = out->at;
	return true;
}

static bool is(struct zy_bytes text, const char *word)
{
	return zy_bytes_equal(text, zy_str(word));
}

static bool makes(const struct zy_log_leaf *l)
{
	return is(l->what, "mint") || is(l->what, "change");
}

static bool judge_tag(
    struct zy_standing_case *s, const struct zy_log_leaf *leaf, const uint8_t want[ZY_LOG_TAG_LEN], const char *field)
{
	if (memcmp(leaf->tag, want, ZY_LOG_TAG_LEN) != 0)
		zy_report_add(s->c.r, "standing-tag", field, ZY_NOWHERE, NULL);
	return true;
}

/* What the answer says of an event is what its leaf says, and all leaves are of one licence. */
static bool says_same(const struct zy_standing_case *s, size_t i)
{
	const struct zy_answered_event *e = &s->a.events[i];
	const struct zy_log_leaf *l = &s->leaves[i];

	return is(l->what, e->what) && l->number == e->version && l->at == e->at && l->from == e->from &&
	       is(l->reason, e->reason) && zy_bytes_equal(l->name, s->leaves[0].name) && l->has_term == makes(l);
}

static bool take_event(struct zy_standing_case *s, size_t i, bool *good, struct zy_error *err)
{
	const struct zy_answered_event *e = &s->a.events[i];
	uint8_t tag[ZY_LOG_TAG_LEN];

	if (!read_leaf(s, &e->log, place(s, i), &s->leaves[i], good, err) || !zy_receipt_tag(s->a.key, i + 1, tag, err))
		return false;
	if (!*good)
		return true;
	judge_tag(s, &s->leaves[i], tag, place(s, i));
	if (!says_same(s, i))
		zy_report_add(s->c.r, "standing-event", place(s, i), ZY_NOWHERE, NULL);
	s->events[i] = (struct zy_day_event){ .n = i + 1,
		.index = e->log.index,
		.at = e->at,
		.from = e->from,
		.what = e->what,
		.version = e->version,
		.reason = e->reason };
	return true;
}

/* ---- the order ---- */

/* What a licence is like after an event. */
struct life {
	unsigned version;
	bool replaced; /* the version before has still to be told superseded */
	bool suspended, revoked;
};

static bool may_come(struct life *l, const struct zy_day_event *e)
{
	const bool now = e->version == l->version && !l->replaced && !l->revoked;

	if (strcmp(e->what, "superseded") == 0)
		return l->replaced && e->version + 1 == l->version && !(l->replaced = false);
	if (strcmp(e->what, "mint") == 0)
		return l->version == 0 && e->version == 1 && (l->version = 1) != 0;
	if (strcmp(e->what, "change") == 0)
		return l->version > 0 && !l->replaced && !l->suspended && !l->revoked && e->version == l->version + 1 &&
		       (l->replaced = true) && (l->version = e->version) != 0;
	if (strcmp(e->what, "suspended") == 0)
		return now && !l->suspended && (l->suspended = true);
	if (strcmp(e->what, "valid") == 0)
		return now && l->suspended && !(l->suspended = false);
	return strcmp(e->what, "revoked") == 0 && now && (l->revoked = true);
}

static void judge_order(struct zy_standing_case *s)
{
	struct life life = { 0 };

	for (size_t i = 0; i < s->a.num_events; i++) {
		const struct zy_day_event *e = &s->events[i];
		const bool later = i == 0 || (e->index > e[-1].index && e->at >= e[-1].at);

		if (s->a.events[i].n == i + 1 && later && may_come(&life, e))
			continue;
		zy_report_add(s->c.r, "standing-order", place(s, i), ZY_NOWHERE, NULL);
		return;
	}
}

bool zy_standing_events(struct zy_standing_case *s, struct zy_error *err)
{
	const size_t num = s->a.num_events;
	bool good, all = true;

	s->leaves = zy_arena_array(s->c.work, num, sizeof(*s->leaves), err);
	s->events = zy_arena_array(s->c.work, num, sizeof(*s->events), err);
	if (s->leaves == NULL || s->events == NULL)
		return false;
	for (size_t i = 0; i < num; i++) {
		if (!take_event(s, i, &good, err))
			return false;
		all = all && good;
	}
	if (all)
		judge_order(s);
	return true;
}

/* ---- the rules, and the question ---- */

static bool take_rules(struct zy_standing_case *s, const struct zy_answered_rules *r, const char *field,
    struct zy_log_leaf *leaf, struct zy_error *err)
{
	uint8_t tag[ZY_LOG_TAG_LEN];
	bool good;

	if (r->n == 0)
		return true;
	if (!read_leaf(s, &r->log, field, leaf, &good, err) || !zy_rules_tag(r->n, tag, err))
		return false;
	if (!good)
		return true;
	judge_tag(s, leaf, tag, field);
	if (!is(leaf->what, "policy") || !is(leaf->name, "policies") || leaf->at != r->at || leaf->num_parts != 1 ||
	    memcmp(leaf->parts[0].digest, r->digest, ZY_HASH_LEN) != 0)
		zy_report_add(s->c.r, "standing-event", field, ZY_NOWHERE, NULL);
	return true;
}

bool zy_standing_rules(struct zy_standing_case *s, struct zy_error *err)
{
	const struct zy_answered_rules *now = &s->a.rules, *next = &s->a.rules_next;
	const zy_time by = s->when.on < s->when.at ? s->when.on : s->when.at;

	if (!take_rules(s, now, "catalogue", &s->rules, err) ||
	    !take_rules(s, next, "catalogue_next", &s->rules_next, err))
		return false;
	if (now->n != 0 && now->at > by)
		zy_report_add(s->c.r, "standing-rules", "catalogue", ZY_NOWHERE, "known only later");
	if (next->n != 0 &&
	    (next->n != now->n + 1 || next->at <= by || (now->n != 0 && next->log.index <= now->log.index)))
		zy_report_add(s->c.r, "standing-rules", "catalogue_next", ZY_NOWHERE, NULL);
	return true;
}

bool zy_standing_asked(struct zy_standing_case *s, struct zy_error *err)
{
	struct zy_log_leaf leaf;
	bool good;

	if (!s->a.has_asked)
		return true;
	if (!read_leaf(s, &s->a.asked, "asked", &leaf, &good, err))
		return false;
	if (good && (!is(leaf.what, "access") || !zy_bytes_equal(leaf.name, s->leaves[0].name)))
		zy_report_add(s->c.r, "standing-event", "asked", ZY_NOWHERE, NULL);
	return true;
}
