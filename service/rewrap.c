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

/* The generation that wraps now in one token. */
static bool generation_in(struct zy_desk *d, const char *token, const char *object, unsigned *out, struct zy_error *err)
{
	const char *key = zy_arena_printf(&d->arena, err, "pkcs11:token=%s%s", token, object), *uri;
	struct zy_bytes alias;

	if (key == NULL || !zy_hsm_current(d->hsm, key, &d->arena, &uri, err))
		return false;
	*out = zy_key_generation(zy_str(uri), &alias);
	return true;
}

/* The tokens of a group live each for itself: what one wraps anew the others must be able to open. */
static bool signers_agree(struct zy_desk *d, struct zy_error *err)
{
	const char *tokens[ZY_HSM_MEMBERS_MAX], *start = d->wrapping.key + strcspn(d->wrapping.key, "=") + 1,
						*object = start + strcspn(start, ";");
	const char *token = zy_arena_text(&d->arena, ZY_BYTES(start, (size_t)(object - start)), err);
	const size_t num = token == NULL ? 0 : zy_hsm_members(d->hsm, token, tokens);
	unsigned first = 0, one;

	for (size_t i = 0; i < num; i++) {
		if (!generation_in(d, tokens[i], object, &one, err))
			return false;
		first = i == 0 ? one : first;
		if (one != first)
			return zy_fail(err, ZY_E_KEY_STATE, "key", ZY_NOWHERE,
			    "%s wraps with generation %u of the key and %s with %u: bring the new one to every token of "
			    "the group first",
			    tokens[0], first, tokens[i], one);
	}
	return num > 0;
}

static bool rewrap_some(
    const char *home, bool secret, const struct zy_clock *clock, struct zy_rewrap *r, struct zy_error *err)
{
	struct zy_desk d;
	bool ok;

	if (!zy_desk_open_side(&d, home, secret, ZY_DESK_READ, clock, NULL, err))
		return false;
	ok = signers_agree(&d, err);
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
	struct zy_hsm *hsm;
	const char *uri;
	bool ok, secret, ordinary;

	c.generation = zy_key_generation(zy_str(key), &alias);
	if (!zy_home_open(&h, home, &a, err))
		return false;
	if ((uri = zy_arena_text(&a, alias, err)) == NULL || !zy_hsm_open(&hsm, h.path, err))
		return false;
	secret = zy_hsm_same_key(hsm, uri, h.secret_key);
	ordinary = zy_hsm_same_key(hsm, uri, h.wrap_key);
	zy_hsm_close(hsm);
	if (!secret && !ordinary)
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
