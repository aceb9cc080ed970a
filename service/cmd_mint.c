/* mint, change. */
#include "cli.h"
#include "day.h"
#include "terms.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "zy/application.h"
#include "zy/batch.h"
#include "zy/file.h"

static bool need(const char *value, const char *option, struct zy_error *err)
{
	return value != NULL || zy_fail(err, ZY_E_USAGE, option, ZY_NOWHERE, "--%s is missing", option);
}

static bool mint_one(struct zy_cli *c, struct zy_mint_request *q, const struct zy_asked_terms *terms, const char *data,
    const char *out_dir, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_minted m = { 0 };
	struct zy_desk d;
	bool ok;

	if (!need(q->type, "type", err) || !need(q->holder, "holder", err) || !need(q->name, "name", err) ||
	    !need(data, "data", err) || !zy_asked_terms_read(terms, &a, &q->terms, err) ||
	    !zy_file_read(data, ZY_APPLICATION_MAX, &a, &q->data, err))
		return false;
	if (!zy_desk_open_as(&d, c->home, &c->as, ZY_DESK_MINT, c->clock, c->tsa_time, err))
		return false;
	ok = zy_mint(&d, q, out_dir, NULL, &a, &m, err);
	if (ok)
		zy_minted_print(c, &m);
	zy_desk_close(&d);
	return ok;
}

static void print_progress(const struct zy_batch_counts *n, bool last)
{
	fprintf(stderr, "%s%llu minted, %llu done before, %llu refused%s", isatty(STDERR_FILENO) ? "\r" : "",
	    (unsigned long long)n->minted, (unsigned long long)n->again, (unsigned long long)n->refused,
	    last || !isatty(STDERR_FILENO) ? "\n" : "");
}

static void answer_line(void *arg, uint64_t line, const char *request, const struct zy_minted *m,
    const struct zy_error *refused, const struct zy_batch_counts *n)
{
	const uint64_t done = n->minted + n->again + n->refused;

	(void)arg;
	if (m != NULL)
		zy_cli_json(zy_minted_json(m));
	else
		zy_cli_json(json_pack(
		    "{s:s?, s:I, s:o}", "request", request, "line", (json_int_t)line, "error", zy_error_json(refused)));
	fflush(stdout);
	if (done % (isatty(STDERR_FILENO) ? 20 : 500) == 0)
		print_progress(n, false);
}

static bool mint_batch(
    struct zy_cli *c, const char *path, const char *out_dir, const struct zy_mint_request *q, struct zy_error *err)
{
	const bool is_stdin = strcmp(path, "-") == 0;
	struct zy_batch b = { .in = is_stdin ? stdin : fopen(path, "re"),
		.out_dir = out_dir,
		.forms = q->forms,
		.package = q->package,
		.threads = zy_cli_threads(),
		.answer = answer_line };
	struct zy_batch_counts n = { 0 };
	struct zy_desk d;
	bool ok;

	if (b.in == NULL)
		return zy_fail(err, ZY_E_IO, "batch", ZY_NOWHERE, "cannot open %s: %s", path, strerror(errno));
	ok = zy_desk_open_as(&d, c->home, &c->as, ZY_DESK_MINT, c->clock, c->tsa_time, err);
	if (ok) {
		ok = zy_batch_run(&d, &b, &n, err);
		print_progress(&n, true);
		zy_desk_close(&d);
	}
	if (!is_stdin)
		fclose(b.in);
	if (ok && n.refused > 0)
		c->exit = 1;
	return ok;
}

bool zy_cmd_mint(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	struct zy_mint_request q = { 0 };
	struct zy_asked_terms terms = { 0 };
	const char *data = NULL, *form = NULL, *out = NULL, *batch = NULL, *words[1];
	const struct zy_option opts[] = { { "type", "TYPE", "alias or code of the licence type", &q.type, NULL },
		{ "holder", "KIND:NUMBER", "uscc:CODE, citizen:NUMBER or passport:STATE-NUMBER", &q.holder, NULL },
		{ "name", "NAME", "the holder's name", &q.name, NULL },
		{ "data", "FILE|-", "the fields, as a JSON object", &data, NULL },
		{ "form", "ofd,pdf", "which faces (default: those of the type)", &form, NULL },
		{ "out", "DIR", "folder for the files (default: the vault only)", &out, NULL },
		ZY_PACKAGE_OPTION(q.package), { "request", "KEY", "makes the call safe to repeat", &q.request, NULL },
		ZY_TERMS_OPTIONS(terms), { "batch", "FILE|-", "JSON lines, many licences", &batch, NULL },
		ZY_TENANT_OPTION(c), ZY_SECRET_OPTION(c), { 0 } };
	bool go;

	if (!zy_cli_parse(c, "mint", opts, argc, argv, 0, 0, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (!zy_forms_parse(form, &q.forms, err) || !zy_cli_may_package(c, q.package, out, err))
		return false;
	if (batch == NULL)
		return mint_one(c, &q, &terms, data, out, err);
	if (q.type != NULL || q.holder != NULL || q.name != NULL || q.request != NULL || data != NULL ||
	    terms.kind != NULL || terms.until != NULL || terms.about != NULL || terms.evidence != NULL)
		return zy_fail(
		    err, ZY_E_USAGE, "batch", ZY_NOWHERE, "with --batch everything else stands in the lines");
	return mint_batch(c, batch, out, &q, err);
}

bool zy_cmd_change(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	struct zy_mint_request q = { .data = ZY_LITERAL("{}") };
	struct zy_asked_terms terms = { 0 };
	const char *data = NULL, *form = NULL, *out = NULL, *day = NULL, *words[1];
	const struct zy_option opts[] = { { "data", "FILE|-", "the fields that change, as a JSON object", &data, NULL },
		{ "name", "NAME", "the holder's new name", &q.name, NULL },
		{ "from", "DATE", "in law from this day on, not after today (default: from now)", &day, NULL },
		{ "form", "ofd,pdf", "which faces (default: those of the type)", &form, NULL },
		{ "out", "DIR", "folder for the files (default: the vault only)", &out, NULL },
		ZY_PACKAGE_OPTION(q.package), { "request", "KEY", "makes the call safe to repeat", &q.request, NULL },
		{ "fulfilled", NULL, "the promise was checked, or the paper came: without its terms", NULL,
		    &q.fulfilled },
		ZY_TERMS_OPTIONS(terms), ZY_TENANT_OPTION(c), ZY_SECRET_OPTION(c), { 0 } };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_minted m = { 0 };
	struct zy_desk d;
	zy_time from;
	bool go, ok;

	if (!zy_cli_parse(c, "change", opts, argc, argv, 1, 1, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (q.fulfilled && terms.kind != NULL)
		return zy_fail(err, ZY_E_USAGE, "fulfilled", ZY_NOWHERE, "terms are either at their end or new");
	if (!zy_asked_terms_read(&terms, &a, &q.terms, err) ||
	    (!q.fulfilled && q.terms == NULL && !need(data, "data", err)) || !zy_forms_parse(form, &q.forms, err) ||
	    !zy_cli_may_package(c, q.package, out, err) ||
	    (day != NULL && !zy_cli_day(day, "from", false, &from, err)) ||
	    (data != NULL && !zy_file_read(data, ZY_APPLICATION_MAX, &a, &q.data, err)) ||
	    !zy_desk_open_as(&d, c->home, &c->as, ZY_DESK_MINT, c->clock, c->tsa_time, err))
		return false;
	q.from = day == NULL ? NULL : &from;
	ok = zy_change(&d, words[0], &q, out, &a, &m, err);
	if (ok)
		zy_minted_print(c, &m);
	zy_desk_close(&d);
	return ok;
}
