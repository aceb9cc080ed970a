/*
 * The main path. zy_mint reads as the steps of ARCHITECTURE.md, in their order; each is one call.
 */
#include "mint_internal.h"

#include <stdio.h>
#include <time.h>

#include "zy/text.h"

/* Adds what has passed since *since to *sum (which may be NULL), and starts the next lap. */
static void lap(uint64_t *since, _Atomic uint64_t *sum)
{
	struct timespec t;
	uint64_t now;

	clock_gettime(CLOCK_MONOTONIC, &t);
	now = (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
	if (sum != NULL)
		*sum += now - *since;
	*since = now;
}
#define LAP(what) lap(&since, times == NULL ? NULL : &times->what)

/* What was begun is taken back: staged files vanish, the intent is cancelled. The first error stays the answer. */
static void take_back(struct zy_mint_work *w, const struct zy_error *why)
{
	struct zy_error ignored = { 0 };

	for (size_t i = 0; i < w->out.num_files; i++)
		zy_file_cancel(&w->staged[i]);
	if (w->intended && !zy_vault_cancel(w->desk->vault, w->request, zy_code_name(why->code), &ignored))
		return; /* the intent stays open: the next start, or the next try, finds it */
}

static bool make(struct zy_mint_work *w, struct zy_mint_times *times, struct zy_error *err)
{
	uint64_t since = 0;

	lap(&since, NULL);
	if (!zy_mint_check(w, err)) /* 1 */
		return false;
	if (!zy_mint_intend(w, err)) /* 2 */
		return false;
	if (w->intent.state == ZY_INTENT_DONE)
		return zy_mint_answer_again(w, err);
	if (!zy_mint_compose(w, err)) /* 3 */
		return false;
	LAP(check);
	if (!zy_mint_draw(w, err)) /* 4 */
		return false;
	LAP(draw);
	if (!zy_mint_seal(w, err)) /* 5 */
		return false;
	LAP(seal);
	if (!zy_mint_self_verify(w, err)) /* 6 */
		return false;
	LAP(verify);
	if (!zy_mint_commit(w, err)) /* 7 */
		return false;
	LAP(commit);
	if (times != NULL)
		times->num++;
	return zy_mint_release(w, err); /* 8 */
}

static bool run(struct zy_mint_work *w, struct zy_mint_times *times, struct zy_minted *out, struct zy_error *err)
{
	bool ok = make(w, times, err);

	if (ok)
		*out = w->out;
	else if (!w->committed)
		take_back(w, err);
	zy_in_flight_leave(w->desk->in_flight, &w->passenger);
	return ok;
}

bool zy_mint(struct zy_desk *d, const struct zy_mint_request *q, const char *out_dir, struct zy_mint_times *times,
    struct zy_arena *a, struct zy_minted *out, struct zy_error *err)
{
	struct zy_mint_work w = { .desk = d, .asked = q, .out_dir = out_dir, .arena = a };

	return run(&w, times, out, err);
}

bool zy_change(struct zy_desk *d, const char *identifier, const struct zy_mint_request *q, const char *out_dir,
    struct zy_arena *a, struct zy_minted *out, struct zy_error *err)
{
	struct zy_mint_work w = { .desk = d, .asked = q, .out_dir = out_dir, .arena = a, .changes = identifier };

	return run(&w, NULL, out, err);
}
