/* Who saw a checkpoint besides its log (C2SP tlog-cosignature). */
#include "internal.h"
#include "zy/log_judge.h"

struct watch {
	struct zy_keys *keys;
	const struct zy_trust *trust;
	const struct zy_checkpoint *c;
	zy_time at;
	bool counted[ZY_WITNESSES_MAX]; /* by the first key of the name */
	struct zy_witnessed seen;
};

static bool is_of_log(const struct watch *w, const struct zy_note_signature *s)
{
	struct zy_note_key key;

	/* also by a key that this bundle does not name yet, or no longer */
	if (zy_bytes_equal(s->name, w->c->origin))
		return true;
	for (size_t i = 0; i < w->trust->num_logs; i++) {
		struct zy_error why = { 0 };

		if (zy_note_key_parse(&key, zy_str(w->trust->logs[i].key), &why) && zy_note_key_made(&key, s))
			return true;
	}
	return false;
}

/* What the time of a good line makes of it. */
static enum zy_note_line judge_time(const struct watch *w, const struct zy_trust_note_key *who, uint64_t time)
{
	if (time > (uint64_t)w->at + ZY_WITNESS_AHEAD_S)
		return ZY_LINE_EARLY;
	if (time < (uint64_t)who->from || (who->until != 0 && time > (uint64_t)who->until))
		return ZY_LINE_OUTSIDE;
	return ZY_LINE_WITNESS;
}

static void count(struct zy_witnessed *seen, zy_time time)
{
	size_t at = seen->good++;

	for (; at > 0 && seen->times[at - 1] > time; at--)
		seen->times[at] = seen->times[at - 1];
	seen->times[at] = time;
}

/* Line i, which the witness's key with that number made by name and id. */
static bool judge_line(struct watch *w, size_t i, size_t number, const struct zy_note_key *key, struct zy_error *err)
{
	const size_t name = zy_trust_witness_name(w->trust, number);
	uint64_t time;
	bool good;

	if (!zy_note_verify(w->keys, key, w->c->note.text, &w->c->note.signatures[i], &time, &good, err))
		return false;
	w->seen.lines[i] = good ? judge_time(w, &w->trust->witnesses[number], time) : ZY_LINE_BAD;
	if (w->seen.lines[i] != ZY_LINE_WITNESS)
		return true;
	if (w->counted[name])
		w->seen.lines[i] = ZY_LINE_AGAIN;
	else
		count(&w->seen, (zy_time)time);
	w->counted[name] = true;
	return true;
}

static bool ask_witnesses(struct watch *w, size_t i, struct zy_error *err)
{
	const struct zy_note_signature *s = &w->c->note.signatures[i];
	struct zy_note_key key;

	w->seen.lines[i] = is_of_log(w, s) ? ZY_LINE_LOG : ZY_LINE_STRANGER;
	for (size_t k = 0; w->seen.lines[i] == ZY_LINE_STRANGER && k < w->trust->num_witnesses; k++) {
		struct zy_error why = { 0 };

		/* a log's own key is no witness of it, whatever the bundle calls it */
		if (!zy_note_key_parse(&key, zy_str(w->trust->witnesses[k].key), &why) ||
		    !zy_note_kind_is_cosigned(key.kind) || !zy_note_key_made(&key, s))
			continue;
		if (!judge_line(w, i, k, &key, err))
			return false;
	}
	return true;
}

bool zy_checkpoint_witnesses(struct zy_keys *k, const struct zy_trust *trust, const struct zy_checkpoint *c, zy_time at,
    struct zy_witnessed *out, struct zy_error *err)
{
	struct watch w = { .keys = k, .trust = trust, .c = c, .at = at < 0 ? 0 : at };

	for (size_t i = 0; i < c->note.num; i++)
		if (!ask_witnesses(&w, i, err))
			return false;
	*out = w.seen;
	return true;
}

/* "a, b": whose lines are such. */
static size_t list_names(
    const struct zy_checkpoint *cp, const struct zy_witnessed *seen, enum zy_note_line which, struct zy_buf *out)
{
	size_t num = 0;

	for (size_t i = 0; i < cp->note.num; i++)
		if (seen->lines[i] == which) {
			zy_buf_put_str(out, num++ > 0 ? ", " : "");
			zy_buf_put(out, cp->note.signatures[i].name);
		}
	return num;
}

static bool tell(struct zy_case *c, const struct zy_checkpoint *cp, const struct zy_witnessed *seen,
    enum zy_note_line which, const char *code, struct zy_error *err)
{
	ZY_BUF_AUTO names = { 0 };

	if (list_names(cp, seen, which, &names) > 0)
		zy_report_add(c->r, code, "checkpoint", ZY_NOWHERE, "%.*s", (int)names.len, (const char *)names.p);
	return zy_buf_done(&names, "checkpoint", err);
}

/* Nobody saw an entry before it was made: the clock of the witness is wrong, or that of the log. */
static void compare_clocks(struct zy_case *c, const struct zy_witnessed *seen, zy_time entry)
{
	char said[ZY_TIME_TEXT], made[ZY_TIME_TEXT];

	if (seen->good == 0 || entry == ZY_LOG_ANY_TIME.entry || seen->times[0] >= entry - ZY_WITNESS_AHEAD_S)
		return;
	zy_time_to_rfc3339(seen->times[0], said);
	zy_time_to_rfc3339(entry, made);
	zy_report_add(c->r, "log-witness-before", "checkpoint", ZY_NOWHERE, "%s, %s", said, made);
}

bool zy_case_witnesses(struct zy_case *c, const struct zy_checkpoint *cp, zy_time entry, struct zy_error *err)
{
	static const struct {
		enum zy_note_line line;
		const char *code;
	} rows[] = { { ZY_LINE_BAD, "log-witness-signature" }, { ZY_LINE_EARLY, "log-witness-early" },
		{ ZY_LINE_OUTSIDE, "log-witness-dates" }, { ZY_LINE_STRANGER, "log-witness-unknown" },
		{ ZY_LINE_WITNESS, "log-witnessed" } };
	struct zy_witnessed seen;

	if (!zy_checkpoint_witnesses(c->keys, c->trust, cp, c->at, &seen, err))
		return false;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!tell(c, cp, &seen, rows[i].line, rows[i].code, err))
			return false;
	compare_clocks(c, &seen, entry);
	if (seen.good < c->trust->witness_least)
		zy_report_add(
		    c->r, "log-witness-few", "checkpoint", ZY_NOWHERE, "%zu of %u", seen.good, c->trust->witness_least);
	return true;
}
