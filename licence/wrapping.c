#include "zy/wrapping.h"

#include <stdio.h>

enum { HEAD = 2 };

unsigned zy_wrapping_generation(struct zy_bytes wrapped)
{
	unsigned n = wrapped.len < HEAD ? 0 : (unsigned)(wrapped.p[0] << 8 | wrapped.p[1]);

	return n <= ZY_KEY_GENERATION_MAX ? n : 0;
}

static bool find_generation(struct zy_wrapping *w, bool again, unsigned *out, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes alias;
	const char *uri;

	*out = atomic_load(&w->generation);
	if (*out != 0 && !again)
		return true;
	if (!zy_hsm_current(w->hsm, w->key, &a, &uri, err))
		return false;
	*out = zy_key_generation(zy_str(uri), &alias);
	atomic_store(&w->generation, *out);
	return true;
}

static bool name_generation(const struct zy_wrapping *w, unsigned generation, char out[ZY_KEY_URI_MAX + 1])
{
	int n = generation == 1 ? snprintf(out, ZY_KEY_URI_MAX + 1, "%s", w->key)
				: snprintf(out, ZY_KEY_URI_MAX + 1, "%s~%u", w->key, generation);

	return n > 0 && n <= ZY_KEY_URI_MAX;
}

static bool wrap_with(struct zy_wrapping *w, unsigned generation, struct zy_bytes aad, struct zy_bytes in,
    struct zy_buf *out, struct zy_error *err)
{
	char key[ZY_KEY_URI_MAX + 1];
	size_t start = out->len;

	if (!name_generation(w, generation, key))
		return zy_fail(err, ZY_E_KEY_URI, "wrap_key", ZY_NOWHERE, "the name of the wrapping key is too long");
	zy_buf_put_be(out, generation, HEAD);
	if (zy_hsm_wrap(w->hsm, key, aad, in, out, err))
		return true;
	out->len = start;
	return false;
}

/* The generation that was asked for may have ended since: then the token is asked once more. */
static bool wrap(void *arg, struct zy_bytes aad, struct zy_bytes in, struct zy_buf *out, struct zy_error *err)
{
	struct zy_wrapping *w = arg;
	struct zy_error why = { 0 };
	unsigned generation;

	if (!find_generation(w, false, &generation, err))
		return false;
	if (wrap_with(w, generation, aad, in, out, &why))
		return true;
	if (why.code == ZY_E_KEY_STATE)
		return find_generation(w, true, &generation, err) && wrap_with(w, generation, aad, in, out, err);
	*err = why;
	return false;
}

static bool unwrap(void *arg, struct zy_bytes aad, struct zy_bytes in, struct zy_buf *out, struct zy_error *err)
{
	unsigned generation = zy_wrapping_generation(in);
	struct zy_wrapping *w = arg;
	char key[ZY_KEY_URI_MAX + 1];

	if (generation == 0 || !name_generation(w, generation, key))
		return zy_fail(err, ZY_E_VAULT_CORRUPT, "vault", ZY_NOWHERE,
		    "a wrapped key does not say which key wrapped it; restore the vault from a backup");
	return zy_hsm_unwrap(w->hsm, key, aad, ZY_BYTES(in.p + HEAD, in.len - HEAD), out, err);
}

static bool is_current(void *arg, bool again, struct zy_bytes wrapped, bool *out, struct zy_error *err)
{
	unsigned generation;

	if (!find_generation(arg, again, &generation, err))
		return false;
	*out = zy_wrapping_generation(wrapped) == generation;
	return true;
}

struct zy_wrapper zy_wrapping_of(struct zy_wrapping *w)
{
	return (struct zy_wrapper){ .wrap = wrap, .unwrap = unwrap, .is_current = is_current, .arg = w };
}
