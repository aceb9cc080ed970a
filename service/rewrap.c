#include "rewrap.h"

#include <stdio.h>
#include <time.h>

#include "zy/secret_home.h"

enum { PARTS = 16 /* while the vault is held */, TIMES_BUSY = 30 /* of ten seconds each */ };

/* Others who wait for the vault look for it every 50 ms. */
static void let_others_in(void)
{
	const struct timespec pause = { .tv_nsec = 120000000 };

	nanosleep(&pause, NULL);
}

static bool rewrap_some(
    const char *home, bool secret, const struct zy_clock *clock, struct zy_rewrap *r, struct zy_error *err)
{
	struct zy_desk d;
	bool ok = true;

	if (!zy_desk_open_side(&d, home, secret, ZY_DESK_READ, clock, NULL, err))
		return false;
	for (unsigned i = 0; ok && !r->complete && i < PARTS; i++)
		ok = zy_vault_rewrap(d.vault, r, err);
	zy_desk_close(&d);
	return ok;
}

bool zy_rewrap_home(
    const char *home, bool secret, const struct zy_clock *clock, struct zy_rewrap *out, struct zy_error *err)
{
	struct zy_rewrap r = { 0 };
	unsigned busy = 0;

	while (!r.complete) {
		struct zy_error why = { 0 };

		if (!rewrap_some(home, secret, clock, &r, &why)) {
			if (why.code == ZY_E_BUSY && ++busy < TIMES_BUSY)
				continue;
			*err = why;
			return false;
		}
		busy = 0;
		if (!r.complete) {
			fprintf(stderr, "  %llu data keys looked at, %llu wrapped anew\n", (unsigned long long)r.keys,
			    (unsigned long long)r.rewrapped);
			let_others_in();
		}
	}
	*out = r;
	return true;
}

/* ---- may a generation go? ---- */

struct counting {
	unsigned generation;
	uint64_t num;
};

static bool count(void *arg, struct zy_bytes wrapped, struct zy_error *err)
{
	struct counting *c = arg;

	(void)err;
	c->num += zy_wrapping_generation(wrapped) == c->generation;
	return true;
}

bool zy_wrapping_unused(const char *home, const struct zy_clock *clock, const char *key, struct zy_error *err)
{
	struct counting c = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes alias;
	struct zy_home h;
	struct zy_desk d;
	bool ok, secret;

	c.generation = zy_key_generation(zy_str(key), &alias);
	if (!zy_home_open(&h, home, &a, err))
		return false;
	secret = zy_home_has_secret(&h) && zy_bytes_equal(alias, zy_str(h.secret_key));
	if (!secret && !zy_bytes_equal(alias, zy_str(h.wrap_key)))
		return true;
	if (!zy_desk_open_side(&d, home, secret, ZY_DESK_READ, clock, NULL, err))
		return false;
	ok = zy_vault_wrapped(d.vault, count, &c, err);
	zy_desk_close(&d);
	return ok &&
	       (c.num == 0 || zy_fail(err, ZY_E_KEY_STATE, "key", ZY_NOWHERE,
				  "%llu data keys are wrapped by this key and would be lost: `zhengyin key rotate` "
				  "and `zhengyin key rewrap` first",
				  (unsigned long long)c.num));
}
