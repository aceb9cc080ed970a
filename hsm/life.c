#include "zy/key_life.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

static const char *const state_names[] = { "planned", "active", "retiring", "retired", "destroyed", "compromised" };
static_assert(sizeof(state_names) / sizeof(*state_names) == ZY_NUM_KEY_STATES, "each state has a name");
static const char *const event_names[] = { "activate", "end", "retire", "destroy", "compromise" };
static_assert(sizeof(event_names) / sizeof(*event_names) == ZY_NUM_KEY_EVENTS, "each event has a name");

static bool find_name(const char *const *names, size_t num, struct zy_bytes name, size_t *out)
{
	for (*out = 0; *out < num; (*out)++)
		if (zy_bytes_equal(name, zy_str(names[*out])))
			return true;
	return false;
}

const char *zy_key_state_name(enum zy_key_state state)
{
	return state_names[state];
}

bool zy_key_state_from_name(struct zy_bytes name, enum zy_key_state *out)
{
	size_t i;
	bool found = find_name(state_names, ZY_NUM_KEY_STATES, name, &i);

	*out = (enum zy_key_state)i;
	return found;
}

const char *zy_key_event_name(enum zy_key_event event)
{
	return event_names[event];
}

bool zy_key_event_from_name(struct zy_bytes name, enum zy_key_event *out)
{
	size_t i;
	bool found = find_name(event_names, ZY_NUM_KEY_EVENTS, name, &i);

	*out = (enum zy_key_event)i;
	return found;
}

struct zy_key_life zy_key_life_of_new(unsigned generation)
{
	return (struct zy_key_life){ .from = generation == 1 ? ZY_KEY_ALWAYS : ZY_TIME_NEVER,
		.until = ZY_TIME_NEVER,
		.retired = ZY_TIME_NEVER,
		.destroyed = ZY_TIME_NEVER,
		.compromised = ZY_TIME_NEVER };
}

enum zy_key_state zy_key_state_at(const struct zy_key_life *life, zy_time now)
{
	if (life->destroyed <= now)
		return ZY_KEY_DESTROYED;
	if (life->compromised <= now)
		return ZY_KEY_COMPROMISED;
	if (life->retired <= now)
		return ZY_KEY_RETIRED;
	if (life->from > now)
		return ZY_KEY_PLANNED;
	return life->until <= now ? ZY_KEY_RETIRING : ZY_KEY_ACTIVE;
}

/* From which states an event may come: bits by state. */
static const unsigned allowed[] = { [ZY_KEY_ACTIVATE] = 1u << ZY_KEY_PLANNED,
	[ZY_KEY_END] = 1u << ZY_KEY_PLANNED | 1u << ZY_KEY_ACTIVE,
	[ZY_KEY_RETIRE] = 1u << ZY_KEY_ACTIVE | 1u << ZY_KEY_RETIRING,
	[ZY_KEY_DESTROY] = 1u << ZY_KEY_PLANNED | 1u << ZY_KEY_RETIRED | 1u << ZY_KEY_COMPROMISED,
	[ZY_KEY_COMPROMISE] = ~(1u << ZY_KEY_DESTROYED) };

static zy_time earlier(zy_time a, zy_time b)
{
	return a < b ? a : b;
}

bool zy_key_life_change(struct zy_key_life *life, enum zy_key_event event, zy_time at, uint64_t overlap_s, zy_time now,
    struct zy_error *err)
{
	enum zy_key_state state = zy_key_state_at(life, now);

	if ((allowed[event] >> state & 1u) == 0)
		return zy_fail(err, ZY_E_KEY_STATE, "state", ZY_NOWHERE, "a key that is %s does not take \"%s\"",
		    state_names[state], event_names[event]);
	if (at == 0)
		at = now;
	if (at < now || overlap_s > ZY_KEY_OVERLAP_MAX_S || at > ZY_TIME_NEVER - (zy_time)ZY_KEY_OVERLAP_MAX_S)
		return zy_fail(err, ZY_E_KEY_STATE, "at", ZY_NOWHERE,
		    "a key's dates lie in the future, and an overlap is at most ten years");
	switch (event) {
	case ZY_KEY_ACTIVATE:
		life->from = at;
		life->overlap_s = overlap_s;
		break;
	case ZY_KEY_END:
		life->until = at;
		break;
	case ZY_KEY_RETIRE:
		life->retired = at;
		life->until = earlier(life->until, at);
		break;
	case ZY_KEY_DESTROY:
		if (state == ZY_KEY_PLANNED) /* it never signs, so it ends no other */
			life->from = ZY_TIME_NEVER;
		life->destroyed = now;
		break;
	case ZY_KEY_COMPROMISE:
		life->compromised = now;
		break;
	case ZY_NUM_KEY_EVENTS:
		break;
	}
	return true;
}

static const char *time_text(zy_time t, char room[ZY_TIME_TEXT])
{
	if (t == ZY_TIME_NEVER || t == ZY_KEY_ALWAYS)
		return t == ZY_TIME_NEVER ? "never" : "always";
	zy_time_to_rfc3339(t, room);
	return room;
}

void zy_key_life_encode(const struct zy_key_life *life, char out[ZY_KEY_LIFE_TEXT])
{
	char room[5][ZY_TIME_TEXT];

	snprintf(out, ZY_KEY_LIFE_TEXT, "from=%s overlap=%" PRIu64 " until=%s retired=%s destroyed=%s compromised=%s",
	    time_text(life->from, room[0]), life->overlap_s, time_text(life->until, room[1]),
	    time_text(life->retired, room[2]), time_text(life->destroyed, room[3]),
	    time_text(life->compromised, room[4]));
}

static bool take_word(struct zy_reader *r, const char *word, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);
	struct zy_bytes v;

	return zy_take(r, strlen(word), "life", &v, err) &&
	       (zy_bytes_equal(v, zy_str(word)) ||
		   zy_fail(err, ZY_E_TIME, "life", at, "\"%s\" should stand here", word));
}

static bool take_time(struct zy_reader *r, const char *name, bool or_always, zy_time *out, struct zy_error *err)
{
	struct zy_bytes text;
	uint8_t c = 0;
	size_t at;

	if (!take_word(r, name, err))
		return false;
	at = zy_reader_offset(r);
	if (zy_peek_u8(r, &c) && c == 'n') {
		*out = ZY_TIME_NEVER;
		return take_word(r, "never", err);
	}
	if (c == 'a' && or_always) {
		*out = ZY_KEY_ALWAYS;
		return take_word(r, "always", err);
	}
	/* 20 characters leave room for no offset but Z */
	return zy_take(r, 20, "life", &text, err) &&
	       (zy_time_from_rfc3339(text, out, &(struct zy_error){ 0 }) ||
		   zy_fail(err, ZY_E_TIME, "life", at, "neither never nor a time such as 2026-03-01T00:00:00Z"));
}

static bool take_seconds(struct zy_reader *r, const char *name, uint64_t *out, struct zy_error *err)
{
	size_t at;
	uint8_t c;

	if (!take_word(r, name, err))
		return false;
	at = zy_reader_offset(r);
	for (*out = 0; zy_peek_u8(r, &c) && c >= '0' && c <= '9' && *out <= ZY_KEY_OVERLAP_MAX_S;) {
		if (zy_reader_offset(r) > at && *out == 0)
			break; /* a leading zero */
		*out = *out * 10 + (uint64_t)(c - '0');
		if (!zy_take_u8(r, "life", &c, err))
			return false;
	}
	return (zy_reader_offset(r) > at && *out <= ZY_KEY_OVERLAP_MAX_S) ||
	       zy_fail(err, ZY_E_TIME, "life", at, "an overlap is a number of seconds, at most ten years");
}

bool zy_key_life_parse(struct zy_key_life *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_key_life v = { 0 };

	if (!take_time(&r, "from=", true, &v.from, err) || !take_seconds(&r, " overlap=", &v.overlap_s, err) ||
	    !take_time(&r, " until=", false, &v.until, err) || !take_time(&r, " retired=", false, &v.retired, err) ||
	    !take_time(&r, " destroyed=", false, &v.destroyed, err) ||
	    !take_time(&r, " compromised=", false, &v.compromised, err) || !zy_reader_end(&r, "life", err))
		return false;
	*out = v;
	return true;
}

unsigned zy_key_generation(struct zy_bytes name, struct zy_bytes *alias)
{
	size_t digits = 0;
	unsigned n = 0, unit = 1;

	*alias = name;
	for (; digits < name.len && digits < 4; digits++, unit *= 10) {
		uint8_t c = name.p[name.len - 1 - digits];

		if (c < '0' || c > '9')
			break;
		n += unit * (unsigned)(c - '0');
	}
	if (digits == 0 || digits + 1 >= name.len || name.p[name.len - 1 - digits] != '~' || n < 2 ||
	    name.p[name.len - digits] == '0')
		return 1;
	alias->len = name.len - digits - 1;
	return n;
}
