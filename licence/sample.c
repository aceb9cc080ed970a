/*
 * What the licences of a type have in common, given to the vault before the first of them is stored: the type's
 * example, which is invented, drawn in both forms, and the seal with its certificates. Nothing is signed for it.
 */
#include "mint_internal.h"

#include <stdio.h>

#include "zy/face.h"
#include "zy/package.h"
#include "zy/text.h"

/* The same steps as a mint's, up to the faces. */
static bool draw(struct zy_mint_work *w, struct zy_error *err)
{
	const struct zy_type *t = w->type;
	ZY_BUF_AUTO data = { 0 };

	w->forms = t->forms;
	w->holder_name = t->example_name;
	w->intent = (struct zy_intent){ .serial = 1, .at = zy_now(w->desk->clock) };
	return zy_policy_example(t, &data, err) && zy_holder_parse(&w->holder, zy_str(t->example_holder), err) &&
	       zy_application_parse(
		   &w->application, t, &w->holder, w->holder_name, zy_buf_bytes(&data), NULL, w->arena, err) &&
	       zy_mint_compose(w, err) && zy_mint_draw(w, err);
}

static void put_seal(const struct zy_seal_use *s, struct zy_buf *out)
{
	zy_buf_put(out, s->eseal);
	zy_buf_put(out, s->owner_cert);
	zy_buf_put(out, s->document_cert);
	for (size_t i = 0; i < s->num_chain; i++)
		zy_buf_put(out, s->document_chain[i]);
	zy_buf_put(out, s->picture.pdf_deflated);
}

/* A type whose example cannot be drawn has its seal in common, and is minted all the same. */
static bool make(const struct zy_mint_work *w, struct zy_buf *out, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_mint_work s = { .desk = w->desk, .arena = &a, .type = w->type, .seal = w->seal };
	struct zy_error ignored = { 0 };

	if (draw(&s, &ignored)) {
		zy_buf_put(out, s.pdf);
		if (s.package != NULL && !zy_package_encode(s.package, out, err))
			return false;
	}
	put_seal(w->seal, out);
	return zy_buf_done(out, "sample", err);
}

typedef bool make_fn(const struct zy_mint_work *w, struct zy_buf *out, struct zy_error *err);

static bool make_outlines(const struct zy_mint_work *w, struct zy_buf *out, struct zy_error *err)
{
	return zy_faces_outlines(w->desk->faces, zy_str(zy_common_characters), out, err);
}

static bool keep(const struct zy_mint_work *w, const char *name, make_fn *fn, struct zy_error *err)
{
	ZY_BUF_AUTO bytes = { 0 };
	bool has;

	return zy_vault_common_has(w->desk->vault, name, &has, err) &&
	       (has || (fn(w, &bytes, err) && zy_vault_common_add(w->desk->vault, name, zy_buf_bytes(&bytes), err)));
}

/* Drawn anew when the type's rules or its seal change: what was stored before stays. */
bool zy_mint_sample(const struct zy_mint_work *w, struct zy_error *err)
{
	char name[ZY_COMMON_NAME_MAX + 1], seal[2 * ZY_HASH_LEN + 1];
	uint8_t digest[ZY_HASH_LEN];

	if (!zy_digest(ZY_HASH_SHA256, w->seal->eseal, digest, err))
		return false;
	zy_hex(ZY_BYTES(digest, sizeof(digest)), seal);
	snprintf(name, sizeof(name), "%s %u %.16s", w->type->code, w->type->catalogue_version, seal);
	return keep(w, "outlines", make_outlines, err) && keep(w, name, make, err);
}
