/* suspend, resume, revoke, show, list, history, check. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

#include "day.h"
#include "holder.h"
#include "terms.h"
#include "zy/receipts.h"
#include "zy/record.h"

/* The identifier of another version of the same licence, or null. */
static json_t *other_version(const char *identifier, int by)
{
	char text[ZY_IDENTIFIER_MAX + 1];
	struct zy_error ignored = { 0 };
	struct zy_identifier id;

	if (!zy_identifier_parse(&id, zy_str(identifier), NULL, &ignored))
		return json_null();
	id.version = (unsigned)((int)id.version + by);
	return zy_identifier_encode(&id, text, &ignored) ? json_string(text) : json_null();
}

static json_t *version_json(const struct zy_version *v)
{
	char recorded[ZY_TIME_TEXT], from[ZY_TIME_TEXT], to[ZY_TIME_TEXT], since[ZY_TIME_TEXT];

	if (v->status == ZY_STATUS_DESTROYED) /* nothing else can be told */
		return json_pack("{s:s, s:i, s:s, s:s}", "licence", v->identifier, "version", (int)v->version, "status",
		    zy_status_name(v->status), "reason", v->reason);
	zy_time_to_rfc3339(v->recorded_at, recorded);
	zy_time_to_rfc3339(v->valid_from, from);
	zy_time_to_rfc3339(v->valid_to, to);
	zy_time_to_rfc3339(v->status_at, since);
	return json_pack("{s:s, s:i, s:s, s:s, s:s, s:s, s:s, s:s?, s:o, s:o, s:o}", "licence", v->identifier,
	    "version", (int)v->version, "status", zy_status_name(v->status), "reason", v->reason, "status_since", since,
	    "recorded_at", recorded, "valid_from", from, "valid_to", v->valid_to == ZY_TIME_NEVER ? NULL : to,
	    "supersedes", v->version > 1 ? other_version(v->identifier, -1) : json_null(), "superseded_by",
	    v->next != 0 ? other_version(v->identifier, 1) : json_null(), "terms", zy_terms_json(&v->terms));
}

static json_t *record_json(const struct zy_record *r)
{
	json_t *fields = json_object();

	for (size_t i = 0; i < r->num_fields; i++)
		if (!zy_terms_is_field(r->fields[i].key))
			json_object_set_new(fields, r->fields[i].key, json_string(r->fields[i].value));
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:o}", "type", r->type_code, "type_name",
	    r->type_name, "number", r->number, "issuer", r->issuer_code, "issuer_name", r->issuer_name, "issue_date",
	    r->issue_date, "holder", json_sprintf("%s:%s", zy_holder_kind_name(r->holder.kind), r->holder.number),
	    "name", r->holder_name, "data", fields);
}

/* standing: of --on, for --json; NULL when it was not asked for. Takes the reference. */
static bool print_version(struct zy_cli *c, const struct zy_version *v, const struct zy_licence_file *files,
    size_t num_files, const struct zy_log_answer *log, json_t *standing, const char *packed, struct zy_arena *a,
    struct zy_error *err)
{
	json_t *list = json_array(), *o = version_json(v), *content;
	struct zy_record r;

	if (!zy_record_parse(&r, v->record, a, err))
		return false;
	content = record_json(&r);
	for (size_t i = 0; i < num_files; i++) {
		char digest[80];

		zy_form_digest_text(&files[i], digest);
		json_array_append_new(
		    list, json_pack("{s:s, s:s?, s:s}", "form", files[i].form == ZY_FORM_OFD ? "ofd" : "pdf", "path",
			      files[i].path, "digest", digest));
	}
	json_object_update(o, content);
	json_decref(content);
	json_object_set_new(o, "files", list);
	if (packed != NULL)
		json_object_set_new(o, "package", json_string(packed));
	if (c->json) {
		json_object_set_new(o, "log", zy_log_json(log));
		if (standing != NULL)
			json_object_set_new(o, "standing", standing);
		zy_cli_json(o);
		return true;
	}
	json_decref(o);
	printf("%s %s\n  version %u, %s%s%s\n  %s (%s)\n", r.type_name, v->identifier, v->version,
	    zy_status_name(v->status), v->reason[0] == 0 ? "" : ": ", v->reason, r.holder_name, r.holder.number);
	for (size_t i = 0; i < r.num_fields; i++)
		printf("    %-24s %s\n", r.fields[i].key, r.fields[i].value);
	printf("  %s – %s\n", r.valid_from, r.valid_to[0] == 0 ? "长期" : r.valid_to);
	if (v->terms.kind != ZY_TERMS_NONE)
		printf("  %s until %s · %s，期限 %s\n", zy_terms_kind_name(v->terms.kind), v->terms.until,
		    v->terms.kind == ZY_TERMS_PROMISE ? "告知承诺" : "容缺", v->terms.until);
	for (size_t i = 0; i < num_files; i++)
		if (files[i].path != NULL)
			printf("  %s\n", files[i].path);
	if (packed != NULL)
		printf("  %s\n", packed);
	return true;
}

bool zy_cli_version(const char *text, unsigned *out, struct zy_error *err)
{
	char *end;
	unsigned long v;

	*out = 0;
	if (text == NULL)
		return true;
	v = strtoul(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != 0 || v < 1 || v > 999)
		return zy_fail(err, ZY_E_USAGE, "version", ZY_NOWHERE, "--version is 1 to 999");
	*out = (unsigned)v;
	return true;
}

struct showing {
	struct zy_cli *c;
	struct zy_desk desk;
	struct zy_arena arena;
	struct zy_access who;
	struct zy_asked_when asked;
	const char *identifier, *out, *packed;
	bool package;
	struct zy_day standing; /* its version is what is shown */
};

static bool find_shown(struct showing *s, struct zy_error *err)
{
	const struct zy_when *w = &s->asked.when;

	return w->on != ZY_TIME_NEVER
		   ? zy_vault_day(s->desk.vault, s->identifier, w, true, &s->arena, &s->standing, err)
		   : zy_vault_get(
			 s->desk.vault, s->identifier, w->version, w->at, true, &s->arena, &s->standing.version, err);
}

static bool show(struct showing *s, struct zy_error *err)
{
	const bool on = s->asked.when.on != ZY_TIME_NEVER;
	struct zy_licence_file files[ZY_LICENCE_FORMS_MAX];
	const struct zy_version *v = &s->standing.version;
	struct zy_log_answer log = { 0 };
	json_t *standing = NULL;
	struct zy_logged asked;
	size_t num_files;

	if (!find_shown(s, err) ||
	    !zy_receipt_licence(s->desk.vault, v->identifier, v->version, &s->who, &asked, err) ||
	    !zy_licence_take(v, s->out, &s->arena, files, &num_files, err) ||
	    ((s->c->json || s->out != NULL) &&
		!zy_log_book_prove(s->desk.log, v->log_index, NULL, &s->arena, &log, err)) ||
	    (s->out != NULL && log.proved && !zy_log_answer_write(&log, s->out, v->identifier, &s->arena, err)) ||
	    (s->package && log.proved &&
		!zy_licence_pack(v->identifier, files, num_files, &log, s->out, &s->arena, &s->packed, err)))
		return false;
	if (on && s->c->json &&
	    (standing = zy_day_json(&s->desk, &s->standing, &s->asked.when, &asked, &s->arena, err)) == NULL)
		return false;
	if (!print_version(s->c, v, files, num_files, &log, standing, s->packed, &s->arena, err))
		return false;
	if (on && !s->c->json)
		zy_day_print(&s->standing, &s->asked.when);
	return true;
}

bool zy_cmd_show(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	struct showing s = { .c = c, .who = { .what = "show" } };
	const char *version = NULL, *words[1];
	const struct zy_option opts[] = { { "version", "N", "this version (default: the newest)", &version, NULL },
		ZY_WHEN_OPTIONS(s.asked),
		{ "out", "DIR", "write the files there, and the proof that the log holds them", &s.out, NULL },
		ZY_PACKAGE_OPTION(s.package), ZY_TENANT_OPTION(c), ZY_SECRET_OPTION(c), ZY_BELOW_OPTIONS(c),
		ZY_ACCESS_OPTIONS(s.who), { 0 } };
	bool go, ok;

	if (!zy_cli_parse(c, "show", opts, argc, argv, 1, 1, words, &go, err) || !go)
		return err->code == ZY_OK;
	zy_cli_looks(&s.who);
	s.identifier = words[0];
	if (!zy_cli_may_package(c, s.package, s.out, err) || !zy_asked_when_read(&s.asked, err) ||
	    !zy_cli_version(version, &s.asked.when.version, err) ||
	    !zy_desk_open_as(&s.desk, c->home, &c->as, ZY_DESK_READ, c->clock, NULL, err))
		return false;
	ok = show(&s, err);
	zy_arena_free(&s.arena);
	zy_desk_close(&s.desk);
	return ok;
}

static bool set_status(
    struct zy_cli *c, const char *name, enum zy_status status, int argc, char **argv, struct zy_error *err)
{
	const char *reason = NULL, *day = NULL, *words[1];
	const struct zy_option opts[] = { { "reason", "CODE", "why: 1 to 64 of a-z, 0-9 and -", &reason, NULL },
		{ "from", "DATE", "in law from this day on, not after today (default: from now)", &day, NULL },
		ZY_TENANT_OPTION(c), ZY_SECRET_OPTION(c), { 0 } };
	zy_time from;
	ZY_ARENA_AUTO a = { 0 };
	struct zy_version v;
	struct zy_desk d;
	bool go, ok;

	if (!zy_cli_parse(c, name, opts, argc, argv, 1, 1, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (reason == NULL)
		return zy_fail(err, ZY_E_USAGE, "reason", ZY_NOWHERE,
		    "--reason is missing: who looks at the licence later will ask why");
	if ((day != NULL && !zy_cli_day(day, "from", false, &from, err)) ||
	    !zy_desk_open_as(&d, c->home, &c->as, ZY_DESK_READ, c->clock, NULL, err))
		return false;
	ok = zy_desk_is_newest(&d, err) &&
	     zy_vault_set_status_from(d.vault, words[0], status, reason, day == NULL ? NULL : &from, err) &&
	     zy_vault_get(d.vault, words[0], 0, ZY_TIME_NEVER, false, &a, &v, err);
	if (ok && c->json)
		zy_cli_json(version_json(&v));
	else if (ok)
		printf("%s version %u: %s\n", v.identifier, v.version, zy_status_name(v.status));
	zy_desk_close(&d);
	return ok;
}

bool zy_cmd_suspend(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	return set_status(c, "suspend", ZY_STATUS_SUSPENDED, argc, argv, err);
}

bool zy_cmd_resume(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	return set_status(c, "resume", ZY_STATUS_VALID, argc, argv, err);
}

bool zy_cmd_revoke(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	return set_status(c, "revoke", ZY_STATUS_REVOKED, argc, argv, err);
}

struct lister {
	const struct zy_cli *c;
	struct zy_arena *arena; /* of the version given: freed after each, so that a list of any length fits */
	struct zy_vault *vault;
	const struct zy_when *when; /* NULL: now */
	const char *due;            /* only those on terms that end on this day or before; NULL: all */
	struct zy_error *err;
};

static void list_print(const struct lister *l, const struct zy_version *v, const char *stands)
{
	json_t *o;

	if (l->c->json) {
		o = version_json(v);
		if (stands != NULL)
			json_object_set_new(o, "stands", json_string(stands));
		zy_cli_json(o);
	} else
		printf(
		    "%s  %-10s %u\n", v->identifier, stands == NULL ? zy_status_name(v->status) : stands, v->version);
}

/* Terms of a version that stands: of others nothing is due. */
static bool is_due(const struct lister *l, const struct zy_version *v)
{
	return l->due == NULL || (v->terms.kind != ZY_TERMS_NONE && v->status != ZY_STATUS_VALID &&
				     (zy_status_holds(v->status) || v->status == ZY_STATUS_LAPSED) &&
				     strcmp(v->terms.until, l->due) <= 0);
}

static bool list_one(void *arg, const struct zy_version *v)
{
	const struct lister *l = arg;
	struct zy_day s;
	bool ok = true;

	if (!is_due(l, v))
		ok = true;
	else if (l->when == NULL || v->status == ZY_STATUS_DESTROYED)
		list_print(l, v, NULL);
	else if (zy_vault_day(l->vault, v->identifier, l->when, false, l->arena, &s, l->err))
		list_print(l, &s.version, l->when->on == ZY_TIME_NEVER ? NULL : zy_day_status_name(s.stands.status));
	else if ((ok = l->err->code == ZY_E_NOT_FOUND)) /* not recorded yet at --at */
		*l->err = (struct zy_error){ 0 };
	zy_arena_free(l->arena);
	return ok;
}

bool zy_cmd_list(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const char *holder_text = NULL, *due = NULL, *words[1];
	struct zy_access who = { .what = "list" };
	zy_time day;
	struct zy_asked_when asked = { 0 };
	bool all = false, go, ok, found;
	const struct zy_option opts[] = { { "holder", "KIND:NUMBER", "licences of this holder", &holder_text, NULL },
		{ "all", NULL, "all licences", NULL, &all },
		{ "due", "DATE", "only those on terms that end on this day or before", &due, NULL },
		ZY_WHEN_OPTIONS(asked), ZY_TENANT_OPTION(c), ZY_SECRET_OPTION(c), ZY_BELOW_OPTIONS(c),
		ZY_ACCESS_OPTIONS(who), { 0 } };
	ZY_ARENA_AUTO a = { 0 };
	struct lister l = { .c = c, .arena = &a, .err = err };
	struct zy_holder holder;
	struct zy_desk d;

	if (!zy_cli_parse(c, "list", opts, argc, argv, 0, 0, words, &go, err) || !go)
		return err->code == ZY_OK;
	zy_cli_looks(&who);
	if (all == (holder_text != NULL))
		return zy_fail(err, ZY_E_USAGE, "list", ZY_NOWHERE, "give either --holder KIND:NUMBER or --all");
	if (due != NULL && (asked.at_text != NULL || asked.on_text != NULL))
		return zy_fail(err, ZY_E_USAGE, "due", ZY_NOWHERE, "--due is asked as of now");
	l.due = due;
	if (!zy_asked_when_read(&asked, err) ||
	    (due != NULL && !zy_time_from_date(zy_str(due), ZY_BEIJING_S, &day, err)) ||
	    (holder_text != NULL && !zy_holder_parse(&holder, zy_str(holder_text), err)) ||
	    !zy_desk_open_as(&d, c->home, &c->as, all && c->as.below == NULL ? ZY_DESK_BESIDE : ZY_DESK_READ, c->clock,
		NULL, err)) /* all: nobody is looked at, so nothing is recorded, and nobody waits */
		return false;
	l.vault = d.vault;
	l.when = asked.at_text != NULL || asked.on_text != NULL ? &asked.when : NULL;
	ok = (all ? zy_vault_list(d.vault, NULL, &a, list_one, &l, err)
		  : zy_holder_looked(&d, &holder, &asked.when, &who, &found, err) &&
			 zy_vault_list_then(d.vault, &holder, &asked.when, &a, list_one, &l, err)) &&
	     err->code == ZY_OK;
	zy_desk_close(&d);
	return ok;
}

struct teller {
	const struct zy_cli *c;
	const struct zy_when *when;
};

static bool print_event(void *arg, const struct zy_vault_event *e)
{
	const struct teller *t = arg;
	char at[ZY_TIME_TEXT], from[ZY_TIME_TEXT];

	if (e->at > t->when->at || e->from > t->when->on)
		return true;
	zy_time_to_rfc3339(e->at, at);
	zy_time_to_rfc3339(e->from, from);
	if (t->c->json)
		zy_cli_json(json_pack("{s:I, s:s, s:s, s:s, s:i, s:s}", "seq", (json_int_t)e->seq, "at", at, "from",
		    from, "event", e->what, "version", (int)e->version, "reason", e->reason));
	else
		printf("%s  %-10s version %u%s%s%s%s\n", at, e->what, e->version, e->reason[0] == 0 ? "" : "  ",
		    e->reason, e->from == e->at ? "" : "  from ", e->from == e->at ? "" : from);
	return true;
}

bool zy_cmd_history(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	struct zy_access who = { .what = "history" };
	struct zy_asked_when asked = { 0 };
	const struct zy_option opts[] = { ZY_WHEN_OPTIONS(asked), ZY_TENANT_OPTION(c), ZY_SECRET_OPTION(c),
		ZY_BELOW_OPTIONS(c), ZY_ACCESS_OPTIONS(who), { 0 } };
	struct teller t = { .c = c, .when = &asked.when };
	const char *words[1];
	ZY_ARENA_AUTO a = { 0 };
	struct zy_desk d;
	bool go, ok;

	if (!zy_cli_parse(c, "history", opts, argc, argv, 1, 1, words, &go, err) || !go)
		return err->code == ZY_OK;
	zy_cli_looks(&who);
	if (!zy_asked_when_read(&asked, err) ||
	    !zy_desk_open_as(&d, c->home, &c->as, ZY_DESK_READ, c->clock, NULL, err))
		return false;
	ok = zy_receipt_licence(d.vault, words[0], 0, &who, NULL, err) &&
	     zy_vault_history(d.vault, words[0], &a, print_event, &t, err);
	zy_desk_close(&d);
	return ok;
}
