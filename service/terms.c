#include "terms.h"

#include "zy/mapped.h"
#include "zy/text.h"

static bool digest_text(const char *path, struct zy_arena *a, const char **out, struct zy_error *err)
{
	ZY_ARENA_AUTO file = { .cap = ZY_READ_MAX + 4096 };
	ZY_MAPPED_AUTO m = { 0 };
	uint8_t digest[ZY_HASH_LEN];
	char hex[2 * ZY_HASH_LEN + 1];

	if (!zy_mapped_open(&m, path, ZY_DOCUMENT_MAX, &file, err) ||
	    !zy_digest(ZY_HASH_SHA256, m.bytes, digest, err) || !zy_mapped_check(&m, err))
		return false;
	zy_hex(ZY_BYTES(digest, sizeof(digest)), hex);
	return (*out = zy_arena_printf(a, err, "sha256:%s", hex)) != NULL;
}

bool zy_asked_terms_read(
    const struct zy_asked_terms *t, struct zy_arena *a, const struct zy_terms **out, struct zy_error *err)
{
	struct zy_terms *terms;

	*out = NULL;
	if (t->kind == NULL)
		return (t->until == NULL && t->about == NULL && t->evidence == NULL) ||
		       zy_fail(err, ZY_E_USAGE, "terms", ZY_NOWHERE,
			   "--until, --about and --evidence belong to --terms promise|condition");
	if ((terms = zy_arena_alloc(a, sizeof(*terms), err)) == NULL)
		return false;
	*terms = (struct zy_terms){ .until = t->until, .about = t->about, .evidence = "" };
	if (!zy_terms_kind_find(t->kind, &terms->kind))
		return zy_fail(err, ZY_E_USAGE, "terms", ZY_NOWHERE, "--terms is promise or condition");
	if (t->until == NULL || t->about == NULL)
		return zy_fail(err, ZY_E_USAGE, "terms", ZY_NOWHERE,
		    "--terms want --until, the last day, and --about, what is promised or missing");
	if (terms->kind == ZY_TERMS_PROMISE && t->evidence == NULL)
		return zy_fail(err, ZY_E_USAGE, "evidence", ZY_NOWHERE,
		    "--evidence is missing: the promise that the applicant signed");
	*out = terms;
	return t->evidence == NULL || digest_text(t->evidence, a, &terms->evidence, err);
}

json_t *zy_terms_json(const struct zy_terms *t)
{
	if (t->kind == ZY_TERMS_NONE)
		return json_null();
	return json_pack("{s:s, s:s, s:s, s:s?}", "kind", zy_terms_kind_name(t->kind), "until", t->until, "about",
	    t->about, "evidence", t->evidence[0] == 0 ? NULL : t->evidence);
}
