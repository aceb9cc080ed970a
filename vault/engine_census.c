/* The check of the file: each page that a transaction has, then those that it has not. */
#include "engine_guard.h"
#include "engine_idle.h"

#include <stdlib.h>

enum { PAGES_A_STEP = 4096, PAGES_A_LOCK = 256 };
enum { USED = 1, FREE = 2 };

struct census {
	struct zy_guard *g;
	const struct zy_view *view;
	uint8_t *marks; /* of each page up to `last` */
	uint64_t last, seen, asked;
	struct zy_engine_figures *out;
	const struct zy_engine_care *care;
};

static bool bad(const char *why, struct zy_error *err)
{
	return zy_fail(err, ZY_E_VAULT_CORRUPT, "data.mdb", ZY_NOWHERE, "%s; restore from a backup", why);
}

/* False: stop. */
static bool ask(struct census *s, uint64_t pages)
{
	s->seen += pages;
	if (s->care->step != NULL && s->seen - s->asked >= PAGES_A_STEP) {
		s->asked = s->seen;
		s->out->stopped = !s->care->step(s->care->arg, s->seen, s->last - 1);
	}
	return !s->out->stopped;
}

static bool mark(struct census *s, uint64_t number, uint8_t as, struct zy_error *err)
{
	if (number < 2 || number > s->last || s->marks[number] != 0)
		return zy_page_bad(number, "it is used twice, or used and free", err);
	s->marks[number] = as;
	return true;
}

static bool count_page(void *arg, const struct zy_page_seen *p, struct zy_error *err)
{
	struct census *s = arg;

	for (uint64_t i = 0; i < p->num; i++)
		if (!mark(s, p->number + i, USED, err))
			return false;
	s->out->pages += p->num;
	return ask(s, p->num);
}

static bool count_tree(struct census *s, const struct zy_tree *t, struct zy_error *err)
{
	const uint64_t before = s->out->pages;

	if (!zy_tree_each(&s->g->pages, t, s->last, count_page, s, err))
		return false;
	return s->out->pages - before == t->branches + t->leaves + t->overflows ||
	       bad("a tree has more or fewer pages than its description says", err);
}

static bool count_free(void *arg, uint64_t number, struct zy_error *err)
{
	struct census *s = arg;

	s->out->free++;
	return mark(s, number, FREE, err);
}

/* Is it still so that no commit can be under way? A reader's owner may have begun since: he takes the mark away first.
 * *mark is what there is. */
static bool is_still_known(struct zy_guard *g, struct zy_mark *mark)
{
	if (!g->idle_known)
		return false;
	if (g->sums.owner && !g->marked)
		return true;
	return zy_mark_read(&g->sums, mark) && zy_mark_is_of(mark, &g->now);
}

/* From `at` on as many as belong to one look; of an owner no commit comes between. *known: they could be judged. */
static bool look(struct census *s, uint64_t at, uint64_t end, bool *known, struct zy_error *err)
{
	struct zy_guard *g = s->g;
	uint64_t wrong = 0, num = 0;
	struct zy_mark mark;

	pthread_mutex_lock(&g->committing);
	for (; at < end && wrong == 0; at++) {
		if (at <= s->last && s->marks[at] == USED)
			continue;
		num++;
		if (!zy_idle_fits(&g->pages, &g->sums, at))
			wrong = at;
	}
	*known = is_still_known(g, &mark);
	pthread_mutex_unlock(&g->committing);
	if (wrong != 0 && *known)
		return zy_page_bad(wrong, "it is in no use, and its octets were changed", err);
	return ask(s, num);
}

static bool look_at_idle(struct census *s, bool *known, struct zy_error *err)
{
	const uint64_t end = zy_idle_end(&s->g->pages, &s->g->sums, s->last);

	for (uint64_t at = 2; at < end && *known; at += PAGES_A_LOCK) {
		if (!look(s, at, at + PAGES_A_LOCK < end ? at + PAGES_A_LOCK : end, known, err))
			return false;
	}
	return true;
}

/* The older head is no answer's; the mark has it. */
static bool heads_are_marked(struct census *s, struct zy_error *err)
{
	struct zy_guard *g = s->g;
	struct zy_mark mark = { .well = false };
	bool same = true;

	pthread_mutex_lock(&g->committing);
	if (g->marked && is_still_known(g, &mark)) {
		struct zy_error ignored = { 0 };
		struct zy_mark again;
		struct zy_meta m;

		for (unsigned k = 0; k < 2; k++)
			same = same && zy_meta_read(&g->pages, k, &m, &ignored) &&
			       memcmp(m.raw, mark.heads[k], ZY_META_LEN) == 0;
		same = same || !is_still_known(g, &again);
	}
	pthread_mutex_unlock(&g->committing);
	return same || bad("a head of the file was changed", err);
}

static bool count_idle(struct census *s, struct zy_error *err)
{
	bool known = s->g->idle_known;

	if (!zy_idle_each(&s->g->pages, &s->view->free, s->last, count_free, s, err) || !look_at_idle(s, &known, err))
		return false;
	s->out->unheld = known ? 0 : s->out->free;
	return heads_are_marked(s, err);
}

static bool count_all(struct census *s, struct zy_error *err)
{
	const struct zy_pages *p = &s->g->pages;

	if (!zy_sums_check(&s->g->sums, err) || !zy_meta_page_check(p, 0, err) || !zy_meta_page_check(p, 1, err) ||
	    !count_tree(s, &s->view->free, err) || !count_tree(s, &s->view->main, err))
		return false;
	for (size_t i = 0; i < s->g->num; i++)
		if (!count_tree(s, &s->view->db[i], err))
			return false;
	return count_idle(s, err);
}

bool zy_guard_check(struct zy_guard *g, const struct zy_view *v, struct zy_engine_figures *out,
    const struct zy_engine_care *care, struct zy_error *err)
{
	struct census s = { .g = g, .view = v, .last = v->last, .out = out, .care = care };
	bool ok;

	*out = (struct zy_engine_figures){ 0 };
	if ((s.marks = calloc(v->last + 1, 1)) == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "data.mdb", ZY_NOWHERE, "no memory for a mark of each page");
	ok = count_all(&s, err);
	free(s.marks);
	return ok || out->stopped;
}
