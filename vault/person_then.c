/* Who was one person at a time: what was said is followed again from its beginning. */
#include "person.h"

struct joined {
	uint64_t subject;
	size_t set; /* those of one set are one person */
};

struct following {
	struct zy_vault *v;
	const struct zy_when *when;
	struct zy_arena *a;
	struct zy_person said; /* its events alone */
	size_t num, room;
	struct joined *list; /* all that were ever joined with the first, and with those */
};

static bool add(struct following *f, uint64_t subject, struct zy_error *err)
{
	struct joined *more;

	for (size_t i = 0; i < f->num; i++)
		if (f->list[i].subject == subject)
			return true;
	if (f->num == f->room) {
		f->room = 2 * f->room + ZY_PERSON_MAX;
		if ((more = zy_arena_array(f->a, f->room, sizeof(*more), err)) == NULL)
			return false;
		if (f->num > 0)
			memcpy(more, f->list, f->num * sizeof(*more));
		f->list = more;
	}
	f->list[f->num] = (struct joined){ .subject = subject, .set = f->num };
	f->num++;
	return true;
}

/* What was told under the key of one names those that it was joined with; what was told before, their own rows. */
static bool gather(struct following *f, struct zy_error *err)
{
	for (size_t i = 0; i < f->num; i++) {
		struct zy_error why = { 0 };

		if (!zy_person_events_add(f->v, f->list[i].subject, f->when->at, f->a, &f->said, &why) &&
		    why.code != ZY_E_DESTROYED) {
			*err = why;
			return false;
		}
		for (size_t k = 0; k < f->said.num_events; k++)
			if (!add(f, f->said.events[k].subject, err) ||
			    (f->said.events[k].other != 0 && !add(f, f->said.events[k].other, err)))
				return false;
	}
	return true;
}

static struct joined *find(struct following *f, uint64_t subject)
{
	for (size_t i = 0; i < f->num; i++)
		if (f->list[i].subject == subject)
			return &f->list[i];
	return NULL;
}

static void unite(struct following *f, size_t one, size_t other)
{
	for (size_t i = 0; i < f->num; i++)
		if (f->list[i].set == other)
			f->list[i].set = one;
}

/* alone: a set that nobody is in. */
static void follow(struct following *f, const struct zy_person_event *e, size_t alone)
{
	struct joined *subject = find(f, e->subject), *other = find(f, e->other);

	if (subject == NULL || other == NULL)
		return;
	if (strcmp(e->what, zy_event_names[ZY_EVENT_MERGED]) == 0)
		unite(f, subject->set, other->set);
	else if (strcmp(e->what, zy_event_names[ZY_EVENT_IDENTIFIED]) == 0)
		subject->set = other->set;
	else if (strcmp(e->what, zy_event_names[ZY_EVENT_SPLIT]) == 0)
		subject->set = alone;
}

static bool take(const struct following *f, struct zy_ring *out, struct zy_error *err)
{
	*out = (struct zy_ring){ 0 };
	for (size_t i = 0; i < f->num; i++) {
		if (f->list[i].set != f->list[0].set)
			continue;
		if (out->num == ZY_PERSON_MAX)
			return zy_fail(err, ZY_E_TOO_LARGE, "holder", ZY_NOWHERE,
			    "a person has at most %d identifiers; ask without --on", ZY_PERSON_MAX);
		out->subjects[out->num++] = f->list[i].subject;
	}
	return true;
}

static bool was_there(struct following *f, uint64_t subject, bool *there, struct zy_error *err)
{
	struct zy_txn *txn;
	uint64_t num = 0;
	bool ok;

	for (size_t i = 0; i < f->said.num_events; i++)
		if (f->said.events[i].subject == subject || f->said.events[i].other == subject)
			return *there = true;
	if (!zy_read_begin(&f->v->store, &txn, err))
		return false;
	ok = zy_person_licences_then(f->v, txn, subject, f->when->at, &num, err);
	zy_read_end(&f->v->store, txn);
	*there = num > 0;
	return ok;
}

bool zy_ring_then(struct zy_vault *v, uint64_t subject, const struct zy_when *when, struct zy_ring *out, bool *there,
    struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct following f = { .v = v, .when = when, .a = &a };

	*there = true;
	if (!zy_ring_of(v, subject, out, err))
		return false;
	if (when->at == ZY_TIME_NEVER && when->on == ZY_TIME_NEVER)
		return true;
	for (size_t i = 0; i < out->num; i++)
		if (!add(&f, out->subjects[i], err)) /* the first is the one asked for */
			return false;
	if (!gather(&f, err) || !was_there(&f, subject, there, err))
		return false;
	for (size_t i = 0; i < f.said.num_events; i++)
		if (zy_person_event_holds(&f.said.events[i], when->on))
			follow(&f, &f.said.events[i], f.num + i);
	return take(&f, out, err);
}
