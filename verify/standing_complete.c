/* That nothing was left out of an answer about a day. */
#include "standing_case.h"
#include "zy/log_judge.h"
#include "zy/receipt.h"

bool zy_standing_known(struct zy_standing_case *s, const struct zy_checkpoint *cp, struct zy_error *err)
{
	const struct zy_trust *t = s->c.trust;
	const size_t least = t->witness_least > 1 ? t->witness_least : 1;
	struct zy_witnessed seen;

	s->known = s->known > s->newest ? s->known : s->newest;
	if (!zy_checkpoint_witnesses(s->c.keys, t, cp, s->c.at, &seen, err))
		return false;
	if (seen.good < least || seen.times[seen.good - least] < s->known)
		return true;
	s->known = seen.times[seen.good - least];
	s->witnessed = true;
	return true;
}

bool zy_standing_signed(struct zy_standing_case *s, const struct zy_checkpoint *cp, bool *good, struct zy_error *err)
{
	const struct zy_log_times times = { s->newest, s->c.at };
	enum zy_log_verdict verdict = ZY_LOG_UNKNOWN;

	if (!zy_case_checkpoint(&s->c, cp, s->newest, err) ||
	    (s->c.trust != NULL && !zy_checkpoint_judge(s->c.keys, s->c.trust, cp, times, &verdict, err)))
		return false;
	*good = verdict == ZY_LOG_GOOD;
	return true;
}

/* ---- by the answer alone ---- */

/* Nothing follows a revocation; and where an event is shown that was recorded later than what is asked about, the count
 * leaves no room for another before it. */
static bool is_closed(const struct zy_standing_case *s)
{
	const struct zy_day_event *last = &s->events[s->a.num_events - 1];

	return strcmp(last->what, "revoked") == 0 || last->at > s->when.at;
}

/* ---- with the log's files ---- */

struct search {
	struct zy_standing_case *s;
	size_t num; /* of the events, the one that would come next, the rules, the ones that would come next */
	struct zy_log_sought *sought, *next, *rules, *rules_next;
};

static bool seek(struct search *q, struct zy_error *err)
{
	const size_t num = q->s->a.num_events;
	const uint64_t rules = q->s->a.rules.n;

	q->num = num + 3;
	if ((q->sought = zy_arena_array(q->s->c.work, q->num, sizeof(*q->sought), err)) == NULL)
		return false;
	q->next = q->sought + num;
	q->rules = q->next + 1;
	q->rules_next = q->rules + 1;
	for (size_t i = 0; i <= num; i++)
		if (!zy_receipt_tag(q->s->a.key, i + 1, q->sought[i].tag, err))
			return false;
	/* of no rules nothing is sought: the tag of none is no event's */
	return zy_rules_tag(rules, q->rules->tag, err) && zy_rules_tag(rules + 1, q->rules_next->tag, err);
}

static bool is_once(const struct zy_log_sought *found, uint64_t index)
{
	return found->num_found == 1 && found->index == index;
}

static void judge_events(struct search *q)
{
	struct zy_standing_case *s = q->s;
	bool all = true;

	for (size_t i = 0; i < s->a.num_events; i++)
		all = all && is_once(&q->sought[i], s->events[i].index);
	if (!all)
		zy_report_add(s->c.r, "standing-twice", "events", ZY_NOWHERE, NULL);
	if (q->next->num_found > 0 && q->next->index < s->cp.head.size)
		zy_report_add(s->c.r, "standing-left-out", "events", ZY_NOWHERE, "entry %llu",
		    (unsigned long long)q->next->index);
	else if (q->next->num_found > 0 && !is_closed(s))
		zy_report_add(s->c.r, "standing-more-came", "events", ZY_NOWHERE, "entry %llu",
		    (unsigned long long)q->next->index);
	s->complete = all && (q->next->num_found == 0 || is_closed(s));
}

/* Rules hold from when they are known: those that came into the log after the day change nothing about it. */
static void judge_rules(struct search *q)
{
	const struct zy_standing_answer *a = &q->s->a;
	const zy_time by = a->on < a->at ? a->on : a->at;
	const bool is_next = a->rules_next.n == 0 && q->rules_next->num_found > 0;
	const bool left_out = is_next && q->rules_next->index < q->s->cp.head.size;
	const bool once = (a->rules.n == 0 || is_once(q->rules, a->rules.log.index)) &&
			  (a->rules_next.n == 0 || is_once(q->rules_next, a->rules_next.log.index));

	if (left_out)
		zy_report_add(q->s->c.r, "standing-left-out", "catalogue", ZY_NOWHERE, "entry %llu",
		    (unsigned long long)q->rules_next->index);
	if (!once)
		zy_report_add(q->s->c.r, "standing-twice", "catalogue", ZY_NOWHERE, NULL);
	q->s->rules_complete = once && !left_out && (!is_next || q->s->newest >= by);
}

static bool judge_files(struct zy_standing_case *s, const struct zy_checkpoint *head, struct zy_error *err)
{
	struct search q = { .s = s };
	bool good, begins;

	if (!seek(&q, err) || !zy_log_scan(s->files, &head->head, &s->cp.head, q.sought, q.num, &good, &begins, err))
		return false;
	if (!good)
		zy_report_add(s->c.r, "standing-log-files", "log", ZY_NOWHERE, NULL);
	else if (!begins)
		zy_report_add(s->c.r, "standing-fork", "checkpoint", ZY_NOWHERE, NULL);
	if (!good || !begins)
		return true;
	s->entries = head->head.size;
	judge_events(&q);
	judge_rules(&q);
	return zy_standing_known(s, head, err);
}

/* The log of the files is the one of the answer, signed, and not older. */
static bool with_files(struct zy_standing_case *s, struct zy_error *err)
{
	struct zy_checkpoint head;
	bool good = s->is_signed;

	if (!zy_checkpoint_parse(&head, s->files->checkpoint, s->c.work, err))
		return false;
	if (!zy_bytes_equal(head.note.text, s->cp.note.text) && !zy_standing_signed(s, &head, &good, err))
		return false;
	s->c.r->part = s->c.r->last;
	if (!zy_bytes_equal(head.origin, s->cp.origin))
		zy_report_add(s->c.r, "standing-log-files", "log", ZY_NOWHERE, "another log");
	else if (head.head.size < s->cp.head.size)
		zy_report_add(s->c.r, "standing-log-older", "log", ZY_NOWHERE, "%llu entries, and %llu",
		    (unsigned long long)head.head.size, (unsigned long long)s->cp.head.size);
	else if (good)
		return judge_files(s, &head, err);
	return true;
}

bool zy_standing_complete(struct zy_standing_case *s, struct zy_error *err)
{
	s->complete = is_closed(s);
	s->rules_complete = s->a.rules_next.n != 0;
	s->entries = s->cp.head.size;
	if (s->files != NULL && s->is_signed && !with_files(s, err))
		return false;
	if (!s->complete && s->files == NULL)
		zy_report_add(s->c.r, "standing-open", "events", ZY_NOWHERE, NULL);
	if (!s->rules_complete)
		zy_report_add(s->c.r, "standing-rules-open", "catalogue", ZY_NOWHERE, NULL);
	return true;
}
