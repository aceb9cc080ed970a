/* Who a holder is: all identifiers that are one person, and what was said of them. */
#include "person.h"

struct reading {
	struct zy_vault *v;
	struct zy_txn *txn;
	struct zy_when when;
	struct zy_arena *a;
	struct zy_person *out;
	struct zy_value_key key; /* of the subject under way */
	size_t room;
};

static bool read_identifiers(struct reading *g, const struct zy_ring *ring, struct zy_error *err)
{
	struct zy_person_identifier *list = zy_arena_array(g->a, ring->num, sizeof(*list), err);

	if (list == NULL)
		return false;
	for (size_t i = 0; i < ring->num; i++) {
		struct zy_known_subject k;

		if (!zy_subject_known(g->v, ring->subjects[i], &k, err))
			return false;
		list[i] = (struct zy_person_identifier){ .subject = ring->subjects[i],
			.destroyed = k.destroyed,
			.holder = k.holder,
			.kind = k.kind,
			.from = INT64_MIN,
			.until = ZY_TIME_NEVER };
	}
	g->out->identifiers = list;
	g->out->num = ring->num;
	return true;
}

/* ---- what was said ---- */

static struct zy_person_identifier *identifier_of(const struct zy_person *p, uint64_t subject)
{
	for (size_t i = 0; i < p->num; i++)
		if (p->identifiers[i].subject == subject)
			return &p->identifiers[i];
	return NULL;
}

/* Sorted by number; what was told under several keys is there once. */
static struct zy_person_event *place_for(struct zy_person *p, uint64_t index)
{
	size_t i = p->num_events;

	while (i > 0 && p->events[i - 1].index > index)
		i--;
	if (i > 0 && p->events[i - 1].index == index)
		return NULL;
	memmove(&p->events[i + 1], &p->events[i], (p->num_events - i) * sizeof(p->events[0]));
	p->num_events++;
	return &p->events[i];
}

static bool fill(struct reading *g, struct zy_person_event *out, uint64_t seq, const struct zy_row_event *e,
    const struct zy_row_identity *row, struct zy_error *err)
{
	*out = (struct zy_person_event){ .index = seq - 1,
		.at = e->at,
		.from = e->from,
		.what = zy_event_names[e->what],
		.subject = e->subject,
		.other = row->other,
		.since = row->since,
		.until = row->until,
		.kind = row->kind,
		.name = zy_arena_text(g->a, row->name, err),
		.before = zy_arena_text(g->a, row->before, err) };
	return out->name != NULL && out->before != NULL;
}

static bool take_row(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	struct reading *g = arg;
	ZY_BUF_AUTO plain = { 0 }, event = { 0 };
	struct zy_row_identity row;
	struct zy_person_event *to;
	struct zy_row_event e;
	uint64_t seq;

	if (key.len != 16 || g->out->num_events == g->room)
		return zy_row_bad(ZY_DB_IDENTITY, err);
	seq = zy_key_get(key, 8, 8);
	if (!zy_row_open(ZY_DB_IDENTITY, key, &g->key, value, &plain, err) ||
	    !zy_event_get(g->v, g->txn, seq, &e, &event, err))
		return false;
	if (!zy_row_identity_parse(&row, zy_buf_bytes(&plain), err) || !zy_event_is_of_person(e.what))
		return zy_row_bad(ZY_DB_IDENTITY, err);
	*stop = e.at > g->when.at;
	to = *stop ? NULL : place_for(g->out, seq - 1);
	return to == NULL || fill(g, to, seq, &e, &row, err);
}

static bool count_row(void *arg, struct zy_bytes key, struct zy_bytes value, bool *stop, struct zy_error *err)
{
	(void)key, (void)value, (void)stop, (void)err;
	++*(size_t *)arg;
	return true;
}

static bool read_rows(struct reading *g, uint64_t subject, struct zy_error *err)
{
	struct zy_key prefix = zy_key_number(subject);
	struct zy_person_event *more;
	size_t rows = 0;
	bool ok;

	if (!zy_read_begin(&g->v->store, &g->txn, err))
		return false;
	ok = zy_store_walk(&g->v->store, g->txn, ZY_DB_IDENTITY, &prefix, NULL, count_row, &rows, err);
	if (ok && rows > 0) {
		g->room = g->out->num_events + rows + 1; /* one is moved to make a place */
		ok = (more = zy_arena_array(g->a, g->room, sizeof(*more), err)) != NULL;
		if (ok && g->out->num_events > 0)
			memcpy(more, g->out->events, g->out->num_events * sizeof(*more));
		if (ok)
			g->out->events = more;
		ok = ok && zy_store_walk(&g->v->store, g->txn, ZY_DB_IDENTITY, &prefix, NULL, take_row, g, err);
	}
	zy_read_end(&g->v->store, g->txn);
	return ok;
}

bool zy_person_events_add(
    struct zy_vault *v, uint64_t subject, zy_time at, struct zy_arena *a, struct zy_person *p, struct zy_error *err)
{
	struct reading g = { .v = v, .when = { .at = at }, .a = a, .out = p };
	bool ok = zy_subject_key(v, subject, &g.key, err) && read_rows(&g, subject, err);

	zy_value_key_wipe(&g.key);
	return ok;
}

static bool read_events(struct reading *g, struct zy_error *err)
{
	for (size_t i = 0; i < g->out->num; i++)
		if (!g->out->identifiers[i].destroyed &&
		    !zy_person_events_add(g->v, g->out->identifiers[i].subject, g->when.at, g->a, g->out, err))
			return false;
	return true;
}

static bool is_event(const struct zy_person_event *e, enum zy_event_what what)
{
	return strcmp(e->what, zy_event_names[what]) == 0;
}

bool zy_person_event_holds(const struct zy_person_event *e, zy_time on)
{
	return e->from <= on || (is_event(e, ZY_EVENT_IDENTIFIED) && e->since == INT64_MIN);
}

/* What was said of somebody who is not one with h at the times asked names somebody else. */
static void set_name(struct zy_person *p, zy_time on)
{
	const struct zy_person_event *first = NULL, *last = NULL;

	for (size_t i = 0; i < p->num_events; i++) {
		const struct zy_person_event *e = &p->events[i];

		if (!is_event(e, ZY_EVENT_NAMED) || identifier_of(p, e->subject) == NULL)
			continue;
		if (e->from <= on)
			last = e;
		else if (first == NULL || e->from < first->from)
			first = e;
	}
	p->name = last != NULL ? last->name : first != NULL ? first->before : "";
}

/* What was said last and held that day; of a day before the first, that one, whose first day has not come. */
static const struct zy_person_event *said_of(const struct zy_person *p, uint64_t subject, zy_time on)
{
	const struct zy_person_event *first = NULL, *last = NULL;

	for (size_t i = 0; i < p->num_events; i++) {
		const struct zy_person_event *e = &p->events[i];

		if (e->subject != subject || !is_event(e, ZY_EVENT_IDENTIFIED))
			continue;
		if (zy_person_event_holds(e, on))
			last = e;
		else if (first == NULL || e->from < first->from)
			first = e;
	}
	return last != NULL ? last : first;
}

static void set_identifiers(struct zy_person *p, zy_time on)
{
	for (size_t i = 0; i < p->num; i++) {
		struct zy_person_identifier *id = &p->identifiers[i];
		const struct zy_person_event *said = said_of(p, id->subject, on);

		if (said == NULL)
			continue;
		id->from = said->since;
		id->until = said->until;
	}
	for (size_t i = 0; i < p->num_events; i++) {
		struct zy_person_identifier *id = identifier_of(p, p->events[i].subject);

		if (id != NULL && p->events[i].kind != 0) /* a kind has no days: it is what was said last */
			id->kind = (enum zy_subject_kind)(p->events[i].kind - 1);
	}
}

static void leave_out_later(struct zy_person *p, zy_time on)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->num_events; i++)
		if (zy_person_event_holds(&p->events[i], on))
			p->events[kept++] = p->events[i];
	p->num_events = kept;
}

static bool count_licences(struct reading *g, struct zy_error *err)
{
	bool ok = zy_read_begin(&g->v->store, &g->txn, err);

	if (!ok)
		return false;
	for (size_t i = 0; ok && i < g->out->num; i++)
		ok = zy_person_licences_then(
		    g->v, g->txn, g->out->identifiers[i].subject, g->when.at, &g->out->identifiers[i].licences, err);
	zy_read_end(&g->v->store, g->txn);
	return ok;
}

bool zy_vault_person(struct zy_vault *v, const struct zy_holder *h, const struct zy_when *when, struct zy_arena *a,
    struct zy_person *out, bool *found, struct zy_error *err)
{
	struct reading g = { .v = v, .when = { .at = ZY_TIME_NEVER, .on = ZY_TIME_NEVER }, .a = a, .out = out };
	struct zy_ring ring;
	uint64_t subject;

	*out = (struct zy_person){ .name = "" };
	if (when != NULL)
		g.when = *when;
	if (!zy_subject_find(v, h, &subject, found, err) || !*found ||
	    !zy_ring_then(v, subject, &g.when, &ring, found, err) || !*found)
		return err->code == ZY_OK;
	if (!read_identifiers(&g, &ring, err) || !read_events(&g, err) || !count_licences(&g, err))
		return false;
	set_name(out, g.when.on);
	set_identifiers(out, g.when.on);
	leave_out_later(out, g.when.on);
	return true;
}

/* Asked with every mint: of most holders nothing was ever said. */
static bool is_spoken_of(struct zy_vault *v, uint64_t subject, bool *out, struct zy_error *err)
{
	struct zy_key prefix = zy_key_number(subject);
	struct zy_bytes key, value;
	struct zy_txn *txn;
	bool ok;

	if (!zy_read_begin(&v->store, &txn, err))
		return false;
	ok = zy_store_last(&v->store, txn, ZY_DB_IDENTITY, &prefix, &key, &value, out, err);
	zy_read_end(&v->store, txn);
	return ok;
}

bool zy_vault_identifier_until(struct zy_vault *v, const struct zy_holder *h, zy_time *out, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_person p;
	uint64_t subject;
	bool found;

	*out = ZY_TIME_NEVER;
	if (!zy_subject_find(v, h, &subject, &found, err) || !found)
		return err->code == ZY_OK;
	if (!is_spoken_of(v, subject, &found, err) || !found)
		return err->code == ZY_OK;
	if (!zy_vault_person(v, h, NULL, &a, &p, &found, err))
		return false;
	if (found)
		*out = p.identifiers[0].until;
	return true;
}
