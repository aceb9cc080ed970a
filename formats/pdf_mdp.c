/* What an author's certification permits (ISO 32000-1 12.8.2.2, 12.8.4). */
#include <string.h>

#include "pdf_internal.h"

/* Ff of a seed (table 234), by what must be looked at. */
enum { SEED_FILTER = 1, SEED_SUB_FILTER = 2 };

#define FIELD_DEPTH_MAX 16
#define FIELDS_MAX 4096

unsigned pdf_certified(struct pdf_doc *d, const struct pdf_value *root)
{
	const struct pdf_value *by = pdf_get(d, pdf_get(d, root, "Perms"), "DocMDP"),
			       *list = pdf_get(d, by, "Reference");
	long long v = 2;

	if (pdf_is(d, by, PDF_NULL))
		return 0;
	for (size_t i = 0, n = pdf_num_items(d, list); i < n; i++) {
		const struct pdf_value *item = pdf_item(d, list, i);

		if (!pdf_name_is(pdf_resolve(d, pdf_get(d, item, "TransformMethod")), "DocMDP"))
			continue;
		if (pdf_integer(d, pdf_get(d, pdf_get(d, item, "TransformParams"), "P"), &v) && (v < 1 || v > 3))
			v = 1;
		return (unsigned)v;
	}
	return 1;
}

bool pdf_is_stamp_field(struct pdf_doc *d, const struct pdf_value *field)
{
	return pdf_name_is(pdf_resolve(d, pdf_get(d, pdf_get(d, field, "V"), "SubFilter")), "ETSI.RFC3161");
}

bool pdf_is_seen(struct pdf_doc *d, const struct pdf_value *field)
{
	const struct pdf_value *rect = pdf_get(d, field, "Rect");
	double v[4];

	if (pdf_num_items(d, rect) != 4)
		return false;
	for (size_t i = 0; i < 4; i++)
		if (!pdf_real(d, pdf_item(d, rect, i), &v[i]))
			return true;
	return v[0] != v[2] && v[1] != v[3];
}

const char *pdf_field_name(struct pdf_doc *d, const struct pdf_value *field, const char *above, struct zy_arena *a)
{
	struct pdf_reading r = { .d = d, .arena = a };
	struct zy_error err = { 0 };
	const char *own = pdf_text(&r, pdf_get(d, field, "T"), &err);

	return own == NULL ? NULL
			   : zy_arena_printf(a, &err, "%s%s%s", above, above[0] != 0 && own[0] != 0 ? "." : "", own);
}

struct locking {
	struct pdf_reading r;
	struct pdf_locks *out;
	size_t num_seen;
};

/* Anything but 1, 2 and 3 permits nothing. */
static void note_level(struct locking *l, const struct pdf_value *said)
{
	long long p;

	if (pdf_is(l->r.d, said, PDF_NULL))
		return;
	if (!pdf_integer(l->r.d, said, &p) || p < 1 || p > 3)
		p = 1;
	if (p < l->out->level)
		l->out->level = (unsigned)p;
}

static bool add_lock(struct locking *l, const struct pdf_value *params, struct zy_error *err)
{
	struct pdf_lock *lock = &l->out->locks[l->out->num];
	const struct pdf_value *fields = pdf_get(l->r.d, params, "Fields");

	note_level(l, pdf_get(l->r.d, params, "P"));

	if (l->out->num == ZY_PDF_SIGNATURES_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "Reference", ZY_NOWHERE, "more than %d locks", ZY_PDF_SIGNATURES_MAX);
	l->out->num++;
	lock->num = pdf_num_items(l->r.d, fields);
	if ((lock->action = pdf_name(&l->r, pdf_get(l->r.d, params, "Action"), err)) == NULL ||
	    (lock->fields = zy_arena_array(l->r.arena, lock->num + 1, sizeof(*lock->fields), err)) == NULL)
		return false;
	for (size_t i = 0; i < lock->num; i++)
		if ((lock->fields[i] = pdf_text(&l->r, pdf_item(l->r.d, fields, i), err)) == NULL)
			return false;
	return true;
}

static bool add_locks_of(struct locking *l, const struct pdf_value *signature, struct zy_error *err)
{
	const struct pdf_value *list = pdf_get(l->r.d, signature, "Reference");

	for (size_t i = 0, n = pdf_num_items(l->r.d, list); i < n; i++) {
		const struct pdf_value *item = pdf_item(l->r.d, list, i);

		if (pdf_name_is(pdf_resolve(l->r.d, pdf_get(l->r.d, item, "TransformMethod")), "FieldMDP") &&
		    !add_lock(l, pdf_get(l->r.d, item, "TransformParams"), err))
			return false;
	}
	return true;
}

/* The lock of a signed field says what may be done to the document after it was signed (ISO 32000-2 table 237); the
 * signature that repeats the lock may say it, too. */
static void note_permission(struct locking *l, const struct pdf_value *field)
{
	if (!pdf_is(l->r.d, pdf_get(l->r.d, field, "V"), PDF_NULL))
		note_level(l, pdf_get(l->r.d, pdf_get(l->r.d, field, "Lock"), "P"));
}

static bool walk(struct locking *l, const struct pdf_value *fields, int depth, struct zy_error *err)
{
	for (size_t i = 0, n = depth > FIELD_DEPTH_MAX ? 0 : pdf_num_items(l->r.d, fields); i < n; i++) {
		const struct pdf_value *field = pdf_item(l->r.d, fields, i);

		if (++l->num_seen > FIELDS_MAX)
			return zy_fail(err, ZY_E_TOO_LARGE, "Fields", ZY_NOWHERE, "more than %d fields", FIELDS_MAX);
		note_permission(l, field);
		if (!walk(l, pdf_get(l->r.d, field, "Kids"), depth + 1, err) ||
		    !add_locks_of(l, pdf_get(l->r.d, field, "V"), err))
			return false;
	}
	return true;
}

bool pdf_read_locks(
    struct pdf_locks *out, struct pdf_doc *d, const struct pdf_value *root, struct zy_arena *a, struct zy_error *err)
{
	struct locking l = { .r = { .d = d, .arena = a }, .out = out };

	out->num = 0;
	out->level = 3;
	return walk(&l, pdf_get(d, pdf_get(d, root, "AcroForm"), "Fields"), 0, err);
}

/* A name in the list stands for the fields below it, too. */
static bool is_listed(const struct pdf_lock *l, const char *name)
{
	for (size_t i = 0; i < l->num; i++) {
		size_t len = strlen(l->fields[i]);

		if (strncmp(name, l->fields[i], len) == 0 && (name[len] == 0 || name[len] == '.'))
			return true;
	}
	return false;
}

bool pdf_is_locked(const struct pdf_locks *l, const char *name)
{
	for (size_t i = 0; i < l->num; i++) {
		const char *action = l->locks[i].action;
		bool listed = is_listed(&l->locks[i], name);

		if (strcmp(action, "Include") == 0 ? listed : strcmp(action, "Exclude") == 0 ? !listed : true)
			return true;
	}
	return false;
}

unsigned pdf_permitted(const struct pdf_locks *l, unsigned certified)
{
	return l->level < (certified == 0 ? 3 : certified) ? l->level : certified;
}

static bool is_one_of(struct pdf_doc *d, const struct pdf_value *wanted, const struct pdf_value *is)
{
	is = pdf_resolve(d, is);
	if (!pdf_is(d, wanted, PDF_ARRAY))
		return pdf_same(pdf_resolve(d, wanted), is, NULL);
	for (size_t i = 0, n = pdf_num_items(d, wanted); i < n; i++)
		if (pdf_same(pdf_resolve(d, pdf_item(d, wanted, i)), is, NULL))
			return true;
	return false;
}

/* P of a certification by this very signature; 0: none. */
static long long certifies(struct pdf_doc *d, const struct pdf_value *signature)
{
	const struct pdf_value *list = pdf_get(d, signature, "Reference");
	long long p = 2;

	for (size_t i = 0, n = pdf_num_items(d, list); i < n; i++) {
		const struct pdf_value *item = pdf_item(d, list, i);

		if (!pdf_name_is(pdf_resolve(d, pdf_get(d, item, "TransformMethod")), "DocMDP"))
			continue;
		(void)pdf_integer(d, pdf_get(d, pdf_get(d, item, "TransformParams"), "P"), &p);
		return p;
	}
	return 0;
}

enum zy_pdf_seed pdf_seed(struct pdf_doc *d, const struct pdf_value *field, const struct pdf_value *signature)
{
	const struct pdf_value *seed = pdf_get(d, field, "SV"), *mdp = pdf_get(d, pdf_get(d, seed, "MDP"), "P");
	long long required = 0, p = 0, cert = 0;

	if (pdf_is(d, seed, PDF_NULL))
		return ZY_PDF_SEED_NONE;
	(void)pdf_integer(d, pdf_get(d, seed, "Ff"), &required);
	(void)pdf_integer(d, pdf_get(d, pdf_get(d, seed, "Cert"), "Ff"), &cert);
	if (((required & SEED_FILTER) != 0 &&
		!is_one_of(d, pdf_get(d, seed, "Filter"), pdf_get(d, signature, "Filter"))) ||
	    ((required & SEED_SUB_FILTER) != 0 &&
		!is_one_of(d, pdf_get(d, seed, "SubFilter"), pdf_get(d, signature, "SubFilter"))) ||
	    (pdf_integer(d, mdp, &p) && p != certifies(d, signature)))
		return ZY_PDF_SEED_BROKEN;
	return (required & ~(SEED_FILTER | SEED_SUB_FILTER)) != 0 || cert != 0 ? ZY_PDF_SEED_OPEN : ZY_PDF_SEED_KEPT;
}
