#include "bundles.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "zy/file.h"
#include "zy/text.h"

#define PATH_ROOM 4096
#define PIN_DIGITS (2 * ZY_HASH_LEN)

bool zy_bundle_pin_parse(const char *text, struct zy_bundle_pin *out, struct zy_error *err)
{
	struct zy_error why = { 0 };
	size_t digits = strcspn(text, "@");
	const char *number = text + digits;
	char *end = NULL;

	*out = (struct zy_bundle_pin){ 0 };
	if (digits != PIN_DIGITS || !zy_unhex(ZY_BYTES(text, digits), out->anchors, sizeof(out->anchors), &why))
		return zy_fail(err, ZY_E_USAGE, "trust-pin", ZY_NOWHERE,
		    "--trust-pin wants 64 hexadecimal digits, and may end with @VERSION");
	if (*number == 0)
		return true;
	if (number[1] >= '0' && number[1] <= '9' && strlen(number) < 20)
		out->version = strtoull(number + 1, &end, 10);
	return (end != NULL && *end == 0) || zy_fail(err, ZY_E_USAGE, "trust-pin", ZY_NOWHERE,
						 "--trust-pin wants a number behind @: the oldest version to take");
}

/* One line in the file `pin` beside the bundle. */
static bool read_pin(
    const char *bundle, struct zy_bundle_pin *out, bool *found, struct zy_arena *a, struct zy_error *err)
{
	const char *slash = strrchr(bundle, '/');
	int folder = slash == NULL ? 0 : (int)(slash - bundle) + 1;
	char path[PATH_ROOM];
	struct zy_bytes file;
	char *text;

	*found = snprintf(path, sizeof(path), "%.*spin", folder, bundle) < PATH_ROOM && access(path, F_OK) == 0;
	if (!*found)
		return true;
	if (!zy_file_read(path, 256, a, &file, err) || (text = zy_arena_text(a, file, err)) == NULL)
		return false;
	text[strcspn(text, "\n")] = 0;
	return zy_bundle_pin_parse(text, out, err);
}

static bool open_one(struct zy_bundle *b, const struct zy_bundle_pin *given, zy_time when, struct zy_keys *k,
    struct zy_arena *a, struct zy_error *err)
{
	struct zy_bundle_pin pin = { 0 };
	struct zy_bytes file;

	b->pinned = given != NULL;
	if (given != NULL)
		pin = *given;
	if (!zy_file_read(b->path, ZY_TRUST_MAX, a, &file, err) ||
	    (given == NULL && !read_pin(b->path, &pin, &b->pinned, a, err)) ||
	    !zy_trust_open(&b->trust, file, b->pinned ? pin.anchors : NULL, when, k, a, err))
		return false;
	return b->trust.version >= pin.version ||
	       zy_fail(err, ZY_E_TRUST, "version", ZY_NOWHERE,
		   "the trust bundle is version %llu, but version %llu is known already: was an old one put back?",
		   (unsigned long long)b->trust.version, (unsigned long long)pin.version);
}

static struct zy_bundle *next(struct zy_bundles *b, const char *path, struct zy_error *err)
{
	if (b->num == ZY_BUNDLES_MAX) {
		zy_fail_set(err, ZY_E_USAGE, "trust", ZY_NOWHERE, "at most %d trust bundles", ZY_BUNDLES_MAX);
		return NULL;
	}
	b->all[b->num] = (struct zy_bundle){ .path = path };
	return &b->all[b->num++];
}

static void accept(struct zy_bundles *b, struct zy_bundle *one)
{
	one->good = true;
	one->trust.seniors = b->seniors;
	one->trust.num_seniors = b->num_good;
	b->seniors[b->num_good++] = &one->trust;
}

bool zy_bundles_add(struct zy_bundles *b, const char *path, const struct zy_bundle_pin *pin, zy_time when,
    struct zy_keys *k, struct zy_arena *a, struct zy_error *err)
{
	struct zy_bundle *one = next(b, path, err);

	if (one == NULL)
		return false;
	if (open_one(one, pin, when, k, a, &one->why))
		accept(b, one);
	else if (one->why.code == ZY_E_NO_MEMORY || one->why.code == ZY_E_CRYPTO)
		return zy_fail(err, one->why.code, "trust", ZY_NOWHERE, "%s", one->why.msg);
	return true;
}

bool zy_bundles_put(struct zy_bundles *b, const char *path, const struct zy_trust *t, bool pinned, struct zy_error *err)
{
	struct zy_bundle *one = next(b, path, err);

	if (one == NULL)
		return false;
	one->trust = *t;
	one->pinned = pinned;
	accept(b, one);
	return true;
}

enum acquaintance { STRANGER, LIMITED, KNOWN };

/* Who signed or issued is a stranger to this bundle, or another's; or it has the anchor, but not for this. */
static enum acquaintance knows(const struct zy_report *r)
{
	static const struct {
		const char *code;
		enum acquaintance is;
	} all[] = { { "no-chain", STRANGER }, { "licence-issuer-unknown", STRANGER },
		{ "credential-key-unknown", STRANGER }, { "credential-type-unknown", STRANGER },
		{ "log-unknown", STRANGER }, { "issuer-of-another-bundle", STRANGER },
		{ "anchor-not-for-documents", LIMITED }, { "anchor-dates", LIMITED } };
	enum acquaintance least = KNOWN;

	for (const struct zy_finding *f = r->first; f != NULL; f = f->next)
		for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
			if (strcmp(f->rule->code, all[i].code) == 0 && all[i].is < least)
				least = all[i].is;
	return least;
}

static bool find_knowing(const struct zy_bundles *b, zy_bundles_judge_fn *judge, void *arg,
    const struct zy_report *like, const struct zy_bundle **out, struct zy_error *err)
{
	enum acquaintance best = STRANGER;

	for (size_t i = 0; best != KNOWN && i < b->num; i++) {
		ZY_REPORT_AUTO r;

		zy_report_start(&r, like->input, like->at);
		if (!b->all[i].good)
			continue;
		if (!judge(arg, &b->all[i].trust, &r, err))
			return false;
		if (*out != NULL && knows(&r) <= best)
			continue;
		*out = &b->all[i];
		best = knows(&r);
	}
	return true;
}

bool zy_bundles_judge(
    const struct zy_bundles *b, zy_bundles_judge_fn *judge, void *arg, struct zy_report *r, struct zy_error *err)
{
	const struct zy_bundle *by = NULL;

	if (b->num == 1 && b->all[0].good)
		by = &b->all[0];
	else if (!find_knowing(b, judge, arg, r, &by, err))
		return false;
	for (size_t i = 0; i < b->num; i++)
		if (!b->all[i].good)
			zy_report_add(r, "trust-not-loaded", b->all[i].path, ZY_NOWHERE, "%s", b->all[i].why.msg);
	if (by != NULL && !by->pinned)
		zy_report_add(r, "trust-not-pinned", "", ZY_NOWHERE, NULL);
	if (!judge(arg, by == NULL ? NULL : &by->trust, r, err))
		return false;
	if (b->num > 1 && by != NULL && knows(r) == KNOWN) {
		r->vouched_by = by->path;
		r->vouched_version = by->trust.version;
	}
	return true;
}
