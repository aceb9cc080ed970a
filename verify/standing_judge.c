#include "zy/standing_judge.h"

#include <stdio.h>

#include "standing_case.h"
#include "zy/text.h"

/* One checkpoint serves for all proofs of an answer: two could be of two histories. */
static const char *find_checkpoint(const struct zy_standing_answer *a, bool *same)
{
	const char *first = a->events[0].log.checkpoint;
	const struct zy_answered_log *rest[3] = { a->rules.n != 0 ? &a->rules.log : NULL,
		a->rules_next.n != 0 ? &a->rules_next.log : NULL, a->has_asked ? &a->asked : NULL };

	*same = true;
	for (size_t i = 0; first != NULL && i < a->num_events; i++)
		*same = *same && a->events[i].log.checkpoint != NULL && strcmp(first, a->events[i].log.checkpoint) == 0;
	for (size_t i = 0; first != NULL && i < 3; i++)
		*same = *same &&
			(rest[i] == NULL || (rest[i]->checkpoint != NULL && strcmp(first, rest[i]->checkpoint) == 0));
	return first;
}

static bool judge_proofs(struct zy_standing_case *s, struct zy_error *err)
{
	bool ok = zy_standing_events(s, err) && zy_standing_rules(s, err) && zy_standing_asked(s, err);

	return ok && zy_standing_signed(s, &s->cp, &s->is_signed, err);
}

/* ---- what the proofs say, against what is claimed ---- */

static void differs(struct zy_standing_case *s, const char *field, const char *claimed, const char *proved)
{
	zy_report_add(s->c.r, "standing-claim", field, ZY_NOWHERE, "claimed: %s; proved: %s", claimed, proved);
}

static void compare(struct zy_standing_case *s, const struct zy_log_leaf *version)
{
	const struct zy_day_event *in_force = s->weighed.in_force;
	const char *status = zy_day_status_name(s->verdict.status);

	if (strcmp(s->a.status, status) != 0)
		differs(s, "status", s->a.status, status);
	if (s->a.in_force != (in_force == NULL ? 0 : in_force->version))
		zy_report_add(s->c.r, "standing-claim", "in_force", ZY_NOWHERE, NULL);
	if (s->a.since != s->verdict.since)
		zy_report_add(s->c.r, "standing-claim", "since", ZY_NOWHERE, NULL);
	if (strcmp(s->a.reason, s->verdict.reason) != 0)
		differs(s, "reason", s->a.reason, s->verdict.reason);
	if (!zy_leaf_is_of(version, s->a.licence))
		zy_report_add(s->c.r, "standing-claim", "licence", ZY_NOWHERE, "the proofs are of another one");
}

/* Asked about is the version that the answer names: the one in force, or another. */
static bool weigh(struct zy_standing_case *s)
{
	zy_day_weigh(s->events, s->a.num_events, &s->when, &s->weighed);
	if (s->weighed.version != NULL)
		return true;
	zy_report_add(s->c.r, "standing-claim", "version", ZY_NOWHERE, "nothing of it was recorded by then");
	return false;
}

static void fill_report(struct zy_standing_case *s)
{
	struct zy_report *r = s->c.r;
	const struct zy_day_event *v = s->weighed.version;
	struct zy_report_standing *o = &r->standing;

	r->has_standing = true;
	*o = (struct zy_report_standing){ .on = s->when.on,
		.at = s->when.at,
		.since = s->verdict.since,
		.status = zy_day_status_name(s->verdict.status),
		.status_zh = zy_day_status_zh(s->verdict.status),
		.reason = zy_case_text(&s->c, zy_str(s->verdict.reason)),
		.version = v->version,
		.in_force = s->weighed.in_force == NULL ? 0 : s->weighed.in_force->version,
		.rules_since = s->a.rules.at,
		.entries = s->entries,
		.known = s->known,
		.witnessed = s->witnessed,
		.complete = s->complete,
		.rules_complete = s->rules_complete };
	if (s->a.rules.n != 0) {
		memcpy(o->rules, "sha256:", 7);
		zy_hex(ZY_BYTES(s->a.rules.digest, ZY_HASH_LEN), o->rules + 7);
	}
	r->has_licence = zy_leaf_is_of(&s->leaves[v - s->events], s->a.licence);
	r->licence = (struct zy_report_licence){ .identifier = zy_case_text(&s->c, zy_str(s->a.licence)),
		.status = o->status,
		.status_as_of = s->when.on,
		.logged = true,
		.log_index = v->index };
}

/* What is not a finding against anybody, but must be known to who relies on it. */
static void tell(struct zy_standing_case *s)
{
	const zy_time by = s->when.on < s->when.at ? s->when.on : s->when.at;
	char known[ZY_TIME_TEXT];

	zy_time_to_rfc3339(s->known, known);
	if (s->known < by - ZY_STANDING_LAG_S && s->verdict.status != ZY_DAY_REVOKED)
		zy_report_add(s->c.r, "standing-before-day", "", ZY_NOWHERE, "%s", known);
	if (s->complete && s->files != NULL)
		zy_report_add(
		    s->c.r, "standing-complete", "events", ZY_NOWHERE, "%llu entries", (unsigned long long)s->entries);
	zy_report_add(s->c.r, "standing-known", "", ZY_NOWHERE, "%llu entries, %s, %s", (unsigned long long)s->entries,
	    known, s->witnessed ? "by witnesses" : "by the log alone");
	zy_report_add(s->c.r, "standing-key", "key", ZY_NOWHERE, NULL);
}

static bool is_failed(const struct zy_standing_case *s)
{
	const char *sub;

	return zy_report_since(s->c.r, &s->c.r->first, &sub) == ZY_TOTAL_FAILED;
}

static void say_passed(struct zy_standing_case *s)
{
	struct zy_error ignored = { 0 };
	char on[ZY_TIME_TEXT], known[ZY_TIME_TEXT];
	const char *en, *zh;

	zy_time_to_rfc3339(s->when.on, on);
	zy_time_to_rfc3339(s->known, known);
	en = zy_arena_printf(&s->c.r->arena, &ignored,
	    "How it stood on %s is proven: %s, by all that the log held by %s.", on,
	    zy_day_status_name(s->verdict.status), known);
	zh = zy_arena_printf(&s->c.r->arena, &ignored, "该证照于 %s 的状态已证明：%s，依据日志截至 %s 的全部记录。", on,
	    zy_day_status_zh(s->verdict.status), known);
	if (en != NULL && zh != NULL) {
		s->c.r->passed_en = en;
		s->c.r->passed_zh = zh;
	}
}

/* Of proofs that are not what they seem nothing is concluded. */
static bool conclude(struct zy_standing_case *s, struct zy_error *err)
{
	const struct zy_log_leaf *version;

	if (is_failed(s) || !weigh(s))
		return true;
	version = &s->leaves[s->weighed.version - s->events];
	zy_day_judge(&s->weighed, &s->when, &version->term, &s->verdict);
	compare(s, version);
	s->known = s->newest;
	if (s->c.trust != NULL && !zy_standing_known(s, &s->cp, err))
		return false;
	if (!zy_standing_complete(s, err))
		return false;
	fill_report(s);
	tell(s);
	say_passed(s);
	return true;
}

static bool judge(struct zy_standing_case *s, struct zy_bytes in, struct zy_error *err)
{
	const char *note;
	bool same;

	if (!zy_standing_answer_parse(&s->a, in, s->c.work, err))
		return false;
	s->when = (struct zy_when){ .version = s->a.version, .at = s->a.at, .on = s->a.on };
	if ((note = find_checkpoint(&s->a, &same)) == NULL) {
		zy_case_trust(&s->c);
		zy_report_add(s->c.r, "standing-unproved", "checkpoint", ZY_NOWHERE, NULL);
		return true;
	}
	if (!same)
		zy_report_add(s->c.r, "standing-checkpoints", "checkpoint", ZY_NOWHERE, NULL);
	return zy_checkpoint_parse(&s->cp, zy_str(note), s->c.work, err) && judge_proofs(s, err) && conclude(s, err);
}

bool zy_judge_standing(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes in,
    const struct zy_log_files *files, zy_time at, struct zy_report *r, struct zy_error *err)
{
	ZY_ARENA_AUTO work = { .cap = 8 * ZY_STANDING_MAX };
	struct zy_standing_case s = {
		.c = { .keys = k, .trust = trust, .at = at, .r = r, .work = &work }, .files = files, .newest = INT64_MIN
	};

	r->format = "standing";
	r->passed_en = "How the licence stood on that day is proven.";
	r->passed_zh = "该证照当日的状态已证明。";
	return judge(&s, in, err) || zy_case_keep_error(&s.c, err);
}
