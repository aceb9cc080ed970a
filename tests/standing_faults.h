/* Answers about a day with one fault each, and what must be found: files of tests/corpus/standing. */
#ifndef ZY_TEST_STANDING_FAULTS_H
#define ZY_TEST_STANDING_FAULTS_H

#include "standing_made.h"

struct standing_fault {
	const char *name;
	void (*spoil)(struct standing_made *m);
	const char *verdict;  /* lines of the .expect */
	const char *findings; /* but for those that every answer has */
};

/* ---- no fault ---- */

static void honest(struct standing_made *m)
{
	(void)m;
}

/* By what was recorded until day 12; the later events are shown too, so that none can be missing before. */
static void as_of_then(struct standing_made *m)
{
	m->at = standing_day(12);
}

static void before_its_days(struct standing_made *m)
{
	m->on = standing_day(-40);
	m->status = "not-yet-valid";
	m->reason = "";
	m->since = standing_day(-30);
	m->in_force = 0;
	m->rules.n = 0;
	standing_rules_set(m, &m->next, 1);
	m->next.log = m->rules.log;
	m->rules.log = (struct standing_log){ 0 };
}

static void on_a_promise(struct standing_made *m)
{
	m->on = standing_day(45);
	m->status = "on-promise";
	m->reason = "";
	m->since = standing_day(30);
	m->version = m->in_force = 2;
	standing_rules_set(m, &m->rules, 2);
	zy_buf_free(&m->rules.log.leaf);
	m->rules.log = m->next.log;
	m->next = (struct standing_rules){ 0 };
}

static void of_the_version_before(struct standing_made *m)
{
	on_a_promise(m);
	m->version = 1;
	m->status = "superseded";
}

/* ---- what is claimed ---- */

static void status_is_another(struct standing_made *m)
{
	m->status = "valid";
}

static void status_is_no_status(struct standing_made *m)
{
	m->status = "good";
}

static void since_is_another(struct standing_made *m)
{
	m->since += 1;
}

static void reason_is_another(struct standing_made *m)
{
	m->reason = "other";
}

static void in_force_is_another(struct standing_made *m)
{
	m->in_force = 2;
}

static void day_is_another(struct standing_made *m)
{
	m->on = standing_day(8);
}

static void licence_is_another(struct standing_made *m)
{
	m->serial = "202600000002";
}

/* A version that was recorded only later. */
static void version_was_not_there(struct standing_made *m)
{
	m->at = standing_day(12);
	m->version = 2;
}

/* ---- the events ---- */

static void event_reason_differs(struct standing_made *m)
{
	m->events[1].reason = "other";
}

static void event_time_differs(struct standing_made *m)
{
	m->events[1].from += 86400;
}

static void event_is_told_otherwise(struct standing_made *m)
{
	m->events[1].what = "valid";
}

static void event_is_missing(struct standing_made *m)
{
	zy_buf_free(&m->events[1].log.leaf);
	memmove(&m->events[1], &m->events[2], 3 * sizeof(m->events[0]));
	m->events[4] = (struct standing_event){ 0 };
	m->num_events--;
	for (size_t i = 1; i < m->num_events; i++)
		m->events[i].n = i + 1;
}

static void events_are_swapped(struct standing_made *m)
{
	const struct standing_event first = m->events[1];

	m->events[1] = m->events[2];
	m->events[2] = first;
	m->events[1].n = 2;
	m->events[2].n = 3;
}

static void last_events_are_missing(struct standing_made *m)
{
	m->num_events = 1;
	m->status = "valid";
	m->reason = "";
	m->since = standing_day(-30);
}

static void number_is_skipped(struct standing_made *m)
{
	m->events[4].n = 6;
}

static void key_is_another(struct standing_made *m)
{
	m->key[0] ^= 1;
}

/* The mint of another licence, which is in the log, too. */
static void leaf_of_another_licence(struct standing_made *m)
{
	standing_log_set(m, &m->events[0].log, 2);
}

static void days_are_other(struct standing_made *m)
{
	m->leaves[1].term.last = standing_day(700);
	m->events[0].log.leaf.len = 0;
	zy_log_leaf_encode(&m->leaves[1], &m->events[0].log.leaf);
}

static void leaf_is_cut(struct standing_made *m)
{
	m->events[3].log.leaf.len--;
}

static void leaf_without_days(struct standing_made *m)
{
	m->leaves[1].has_term = false;
	standing_entries(m);
	standing_prove(m);
}

static void leaf_with_no_time(struct standing_made *m)
{
	m->leaves[1].term.first = INT64_MIN;
	standing_entries(m);
	standing_prove(m);
}

/* Events of a log that says what cannot be. */
static void resumed_before_it_was_suspended(struct standing_made *m)
{
	m->leaves[3].what = zy_str("valid");
	m->leaves[4].what = zy_str("suspended");
	standing_entries(m);
	for (size_t i = 0; i < STANDING_EVENTS; i++)
		standing_event(m, i);
	standing_prove(m);
}

static void goes_on_when_revoked(struct standing_made *m)
{
	m->leaves[3].what = zy_str("revoked");
	standing_entries(m);
	standing_event(m, 1);
	standing_prove(m);
}

static void times_run_back(struct standing_made *m)
{
	m->leaves[4].at = standing_day(5);
	standing_entries(m);
	standing_event(m, 2);
	standing_prove(m);
}

/* ---- the proofs ---- */

static void index_is_another(struct standing_made *m)
{
	m->events[2].log.index++;
}

static void path_is_altered(struct standing_made *m)
{
	m->events[2].log.path.hashes[0][0] ^= 1;
}

static void path_is_short(struct standing_made *m)
{
	m->events[2].log.path.num--;
}

static void checkpoint_is_altered(struct standing_made *m)
{
	char *size;
	const char *old = m->events[0].log.checkpoint;

	VERIFY_CHECK((size = strstr(old, "\n11\n")) != NULL);
	size[2] = '2';
}

static void checkpoint_of_another_log(struct standing_made *m)
{
	char *name;

	VERIFY_CHECK((name = strstr(m->events[0].log.checkpoint, "yunze")) != NULL);
	name[0] = 'x';
}

static void several_checkpoints(struct standing_made *m)
{
	m->rules.log.checkpoint = standing_checkpoint(m, 10);
}

static void one_is_not_proved(struct standing_made *m)
{
	m->events[3].log.checkpoint = NULL;
}

static void nothing_is_proved(struct standing_made *m)
{
	for (size_t i = 0; i < STANDING_EVENTS; i++)
		m->events[i].log.checkpoint = NULL;
	m->rules.log.checkpoint = m->next.log.checkpoint = m->asked.checkpoint = NULL;
}

/* ---- the rules and the question ---- */

static void rules_of_another_digest(struct standing_made *m)
{
	m->rules.digest[0] ^= 1;
}

static void rules_known_later(struct standing_made *m)
{
	on_a_promise(m);
	m->on = standing_day(22);
	m->status = "valid";
	m->since = standing_day(20);
	m->version = m->in_force = 1;
}

static void next_rules_known_before(struct standing_made *m)
{
	on_a_promise(m);
	m->next = m->rules;
	standing_rules_set(m, &m->rules, 1);
	m->rules.log = (struct standing_log){ .checkpoint = m->next.log.checkpoint };
	standing_log_set(m, &m->rules.log, standing_rules_index[0]);
}

static void rules_are_skipped(struct standing_made *m)
{
	m->rules.n = 0;
}

static void rules_of_another_number(struct standing_made *m)
{
	m->rules.n = 2;
	m->next.n = 3;
}

static void asked_about_another(struct standing_made *m)
{
	standing_log_set(m, &m->asked, 9);
}

static void asked_is_no_access(struct standing_made *m)
{
	standing_log_set(m, &m->asked, 1);
}

/* Of a state of the log that is older than the day by weeks. */
static void before_the_day(struct standing_made *m)
{
	on_a_promise(m);
	m->has_asked = false;
}

/* ---- the form ---- */

static void member_unknown(struct standing_made *m)
{
	m->extra = ",\"more\":1";
}

static void member_twice(struct standing_made *m)
{
	m->extra = ",\"status\":\"valid\"";
}

#define OPEN "indication: INDETERMINATE\nsub_indication: TRY_LATER\n"
#define FAILED(sub) "indication: TOTAL-FAILED\nsub_indication: " sub "\n"
#define PASSED "indication: TOTAL-PASSED\n"
#define EVER "finding: standing-known\nfinding: standing-key key\n"
#define LATER "finding: standing-open events\n"
#define RULES "finding: standing-rules-open catalogue\n"
#define CLAIM(field) FAILED("NOT_AS_CLAIMED"), "finding: standing-claim " field "\n" LATER EVER
#define EVENT(n) FAILED("HASH_FAILURE"), "finding: standing-event events[" n "]\n"
#define ORDER(n) FAILED("FORMAT_FAILURE"), "finding: standing-order events[" n "]\n"
#define PATH(n) FAILED("HASH_FAILURE"), "finding: log-path events[" n "]\n"

static const struct standing_fault standing_faults[] = {
	{ "honest", honest, OPEN, LATER EVER },
	{ "as-of-then", as_of_then, PASSED, EVER },
	{ "before-its-days", before_its_days, OPEN, LATER EVER },
	{ "on-a-promise", on_a_promise, OPEN, LATER RULES EVER },
	{ "of-the-version-before", of_the_version_before, OPEN, LATER RULES EVER },
	{ "status-is-another", status_is_another, CLAIM("status") },
	{ "status-is-no-status", status_is_no_status, CLAIM("status") },
	{ "since-is-another", since_is_another, CLAIM("since") },
	{ "reason-is-another", reason_is_another, CLAIM("reason") },
	{ "in-force-is-another", in_force_is_another, CLAIM("in_force") },
	{ "day-is-another", day_is_another, FAILED("NOT_AS_CLAIMED"),
	    "finding: standing-claim status\nfinding: standing-claim since\nfinding: standing-claim reason\n" LATER
		EVER },
	{ "licence-is-another", licence_is_another, CLAIM("licence") },
	{ "version-was-not-there", version_was_not_there, FAILED("NOT_AS_CLAIMED"),
	    "finding: standing-claim version\n" },
	{ "event-reason-differs", event_reason_differs, EVENT("1") },
	{ "event-time-differs", event_time_differs, EVENT("1") },
	{ "event-is-told-otherwise", event_is_told_otherwise, FAILED("HASH_FAILURE"),
	    "finding: standing-event events[1]\nfinding: standing-order events[1]\n" },
	{ "event-is-missing", event_is_missing, FAILED("HASH_FAILURE"),
	    "finding: standing-tag events[1]\nfinding: standing-tag events[2]\nfinding: standing-tag events[3]\n"
	    "finding: standing-order events[1]\n" },
	{ "events-are-swapped", events_are_swapped, FAILED("HASH_FAILURE"),
	    "finding: standing-tag events[1]\nfinding: standing-tag events[2]\nfinding: standing-order events[1]\n" },
	{ "last-events-are-missing", last_events_are_missing, OPEN, LATER EVER },
	{ "number-is-skipped", number_is_skipped, ORDER("4") },
	{ "key-is-another", key_is_another, FAILED("HASH_FAILURE"),
	    "finding: standing-tag events[0]\nfinding: standing-tag events[1]\nfinding: standing-tag events[2]\n"
	    "finding: standing-tag events[3]\nfinding: standing-tag events[4]\n" },
	{ "leaf-of-another-licence", leaf_of_another_licence, FAILED("HASH_FAILURE"),
	    "finding: standing-tag events[0]\nfinding: standing-event events[0]\nfinding: standing-event events[1]\n"
	    "finding: standing-event events[2]\nfinding: standing-event events[3]\nfinding: standing-event events[4]\n"
	    "finding: standing-event asked\n" },
	{ "days-are-other", days_are_other, PATH("0") },
	{ "leaf-is-cut", leaf_is_cut, FAILED("FORMAT_FAILURE"), "finding: log-leaf events[3]\n" },
	{ "leaf-without-days", leaf_without_days, EVENT("0") },
	{ "leaf-with-no-time", leaf_with_no_time, FAILED("FORMAT_FAILURE"), "finding: log-leaf events[0]\n" },
	{ "resumed-before-it-was-suspended", resumed_before_it_was_suspended, ORDER("1") },
	{ "goes-on-when-revoked", goes_on_when_revoked, ORDER("2") },
	{ "times-run-back", times_run_back, ORDER("2") },
	{ "index-is-another", index_is_another, PATH("2") },
	{ "path-is-altered", path_is_altered, PATH("2") },
	{ "path-is-short", path_is_short, PATH("2") },
	{ "checkpoint-is-altered", checkpoint_is_altered, FAILED("HASH_FAILURE"),
	    "finding: log-path asked\nfinding: log-signature checkpoint\n" },
	{ "checkpoint-of-another-log", checkpoint_of_another_log,
	    "indication: INDETERMINATE\nsub_indication: NO_CERTIFICATE_CHAIN_FOUND\n",
	    "finding: log-unknown checkpoint\n" LATER EVER },
	{ "several-checkpoints", several_checkpoints, FAILED("FORMAT_FAILURE"),
	    "finding: standing-checkpoints checkpoint\n" },
	{ "one-is-not-proved", one_is_not_proved, FAILED("FORMAT_FAILURE"),
	    "finding: standing-checkpoints checkpoint\n"
	    "finding: log-path events[3]\n" },
	{ "nothing-is-proved", nothing_is_proved, OPEN, "finding: standing-unproved checkpoint\n" },
	{ "rules-of-another-digest", rules_of_another_digest, FAILED("HASH_FAILURE"),
	    "finding: standing-event catalogue\n" },
	{ "rules-known-later", rules_known_later, FAILED("NOT_AS_CLAIMED"), "finding: standing-rules catalogue\n" },
	{ "next-rules-known-before", next_rules_known_before, FAILED("NOT_AS_CLAIMED"),
	    "finding: standing-rules catalogue_next\n" },
	{ "rules-are-skipped", rules_are_skipped, FAILED("NOT_AS_CLAIMED"),
	    "finding: standing-rules catalogue_next\n" },
	{ "rules-of-another-number", rules_of_another_number, FAILED("HASH_FAILURE"),
	    "finding: standing-tag catalogue\nfinding: standing-tag catalogue_next\n" },
	{ "asked-about-another", asked_about_another, FAILED("HASH_FAILURE"), "finding: standing-event asked\n" },
	{ "asked-is-no-access", asked_is_no_access, FAILED("HASH_FAILURE"), "finding: standing-event asked\n" },
	{ "before-the-day", before_the_day, OPEN, "finding: standing-before-day\n" LATER RULES EVER },
	{ "member-unknown", member_unknown, "error: answer\n", "says: unknown key\n" },
	{ "member-twice", member_twice, "error: answer\n", NULL },
};

#undef OPEN
#undef FAILED
#undef PASSED
#undef EVER
#undef LATER
#undef RULES
#undef CLAIM
#undef EVENT
#undef ORDER
#undef PATH

#endif
