/* check: the files of the home against their sums, then the whole vault against itself, beside whoever mints. */
#include "cli.h"
#include "home_check.h"
#include "log_signed.h"
#include "progress.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "zy/secret_home.h"
#include "zy/text.h"
#include "zy/cosigned.h"
#include "zy/vault_files.h"

/* Is it the vault that the log's keys signed last, or a later one? Nobody knows it of a compartment, whose head is
 * asked for before, nor without the journals. */
struct since_signed {
	bool known, newest;
	uint64_t signed_size;
};

static struct since_signed look_at_signed(const struct zy_desk *d)
{
	struct zy_error unread = { 0 }; /* the check of the files has told of it */
	struct since_signed s = { .newest = true };

	s.known = !d->secret && zy_log_signed_all(d, &s.newest, &s.signed_size, &unread);
	return s;
}

static json_t *figures_json(
    const struct zy_check_figures *f, const struct since_signed *s, struct zy_home_figures *files)
{
	const struct zy_vault_counts *n = &f->counts;
	char begun[ZY_TIME_TEXT];
	ZY_BUF_AUTO root = { 0 };

	zy_time_to_rfc3339(f->begun, begun);
	zy_base64_encode(&root, ZY_BYTES(f->head.root, ZY_HASH_LEN));
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s, s:o, s:o, s:o}", "subjects",
	    (json_int_t)n->subjects, "licences", (json_int_t)n->licences, "versions", (json_int_t)n->versions,
	    "open_intents", (json_int_t)n->open_intents, "events", (json_int_t)f->head.size, "bytes",
	    (json_int_t)n->used_bytes, "rows", (json_int_t)f->rows, "resumed_rows", (json_int_t)f->resumed_rows,
	    "begun", begun, "root", json_stringn((const char *)root.p, root.len), "newest",
	    s->known ? json_boolean(s->newest) : json_null(), "files", zy_home_figures_json(files));
}

static void say_resumed(const struct zy_check_figures *f)
{
	char begun[ZY_TIME_TEXT];

	if (!f->resumed)
		return;
	zy_time_to_rfc3339(f->begun, begun);
	fprintf(stderr, "check: went on from %" PRIu64 " rows of the check begun at %s; --anew begins anew\n",
	    f->resumed_rows, begun);
}

static void print_figures(
    struct zy_cli *c, const struct zy_check_figures *f, const struct since_signed *s, struct zy_home_figures *files)
{
	const struct zy_vault_counts *n = &f->counts;

	if (s->known && !s->newest)
		fprintf(stderr,
		    "check: sound, but not the newest: the log's keys signed %" PRIu64
		    " entries, and these are %" PRIu64
		    "; bring the newest vault back, or see zhengyin log loss --help 证照库不是最新的，日志密钥签过更多\n",
		    s->signed_size, f->head.size);
	if (c->json) {
		zy_cli_json(figures_json(f, s, files));
		return;
	}
	zy_home_figures_print(files);
	printf("sound: %" PRIu64 " subjects, %" PRIu64 " licences, %" PRIu64 " versions, %" PRIu64
	       " open intents, %" PRIu64 " events; %" PRIu64 " rows held against each other\n",
	    n->subjects, n->licences, n->versions, n->open_intents, f->head.size, f->rows);
}

static bool stopped(struct zy_cli *c, const struct zy_check_figures *f)
{
	c->exit = 69;
	if (c->json)
		zy_cli_json(json_pack("{s:b, s:I}", "finished", 0, "rows", (json_int_t)f->rows));
	else
		printf("stopped after %" PRIu64 " rows; the next check goes on from there\n", f->rows);
	return true;
}

/* No type has licences on both sides, or on the one where the policies do not have it. */
static bool sides_hold(struct zy_desk *d, struct zy_error *err)
{
	if (!zy_secret_look(d, err))
		return false;
	for (size_t i = 0; i < d->policy.num_types; i++)
		if (d->policy.types[i].secret == d->secret && !zy_desk_may_mint(d, &d->policy.types[i], err))
			return false;
	return true;
}

static bool check_vault(
    struct zy_cli *c, struct zy_progress *p, bool anew, struct zy_home_figures *files, struct zy_error *err)
{
	const struct zy_care care = { .step = zy_progress_step, .arg = p };
	struct zy_check_figures f;
	struct since_signed since;
	struct zy_desk d;
	bool ok;

	if (!zy_desk_open_side(&d, c->home, c->as.secret, ZY_DESK_BESIDE, c->clock, NULL, err))
		return false;
	zy_cli_other_side(&d, "check");
	zy_progress_begin(p, "check");
	ok = zy_desk_is_newest(&d, err) && sides_hold(&d, err) && zy_vault_check_run(d.vault, anew, &care, &f, err) &&
	     (!f.finished || d.secret || zy_cosigned_check(&d, err));
	zy_progress_end(p);
	if (!ok) {
		struct zy_error unnoted = { 0 };

		if (!zy_vault_check_failed(d.vault, err, &unnoted))
			fprintf(stderr, "check: status will not know of it: %s\n", unnoted.msg);
	}
	since = look_at_signed(&d);
	zy_desk_close(&d);
	if (!ok)
		return false;
	say_resumed(&f);
	if (!f.finished)
		return stopped(c, &f);
	print_figures(c, &f, &since, files);
	return true;
}

/* What was found `status` says until a check of the files is sound; of one that could not be done nothing is noted. */
static void note_files(struct zy_cli *c, const struct zy_home_figures *files, bool ok, const struct zy_error *why)
{
	struct zy_files_note n = { .at = zy_now(c->clock), .found = files->found };
	struct zy_error unnoted = { 0 };
	char folder[4096];

	if ((size_t)snprintf(folder, sizeof(folder), "%s/vault", c->home) >= sizeof(folder) ||
	    access(folder, F_OK) != 0 || files->stopped || (!ok && files->found == 0))
		return;
	snprintf(n.fault, sizeof(n.fault), "%s", zy_code_name(why->code));
	if (!(ok ? zy_files_note_clear(folder, &unnoted) : zy_files_note_write(folder, &n, &unnoted)))
		fprintf(stderr, "check: status will not know of it: %s\n", unnoted.msg);
}

static bool check_files(struct zy_cli *c, struct zy_progress *p, struct zy_home_figures *files, struct zy_error *err)
{
	const struct zy_care care = { .step = zy_progress_step, .arg = p };
	bool ok;

	zy_progress_begin(p, "check");
	ok = zy_home_check(c, &care, files, err);
	zy_progress_end(p);
	note_files(c, files, ok, err);
	return ok;
}

static bool only_files(struct zy_cli *c, struct zy_home_figures *files)
{
	if (c->json)
		zy_cli_json(json_pack("{s:o}", "files", zy_home_figures_json(files)));
	else
		zy_home_figures_print(files);
	return true;
}

static bool check(struct zy_cli *c, bool anew, bool files_alone, struct zy_error *err)
{
	const struct zy_check_figures none = { 0 };
	struct zy_home_figures files;
	struct zy_progress p;
	bool ok = check_files(c, &p, &files, err);

	if (ok && files.stopped)
		ok = stopped(c, &none);
	else if (ok)
		ok = files_alone ? only_files(c, &files) : check_vault(c, &p, anew, &files, err);
	zy_home_figures_free(&files);
	return ok;
}

bool zy_cmd_check(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const char *words[1], *only = NULL, *accept[ZY_OPTION_REPEAT] = { NULL };
	bool anew = false, all = false, go;
	const struct zy_option opts[] = { { "anew", NULL, "from the beginning, whatever was checked before", NULL,
					      &anew },
		{ "only", "PART", "files: those of the home and their sums, without a key; not the vault's content",
		    &only, NULL },
		{ "accept", "FILE...", "a file of HOME that you changed by hand is right as it is now", accept, NULL },
		{ "accept-all", NULL, "every file of HOME is taken as it is now", NULL, &all }, ZY_SECRET_OPTION(c),
		{ 0 } };

	if (!zy_cli_parse(c, "check", opts, argc, argv, 0, 0, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (only != NULL && strcmp(only, "files") != 0)
		return zy_fail(
		    err, ZY_E_USAGE, "only", ZY_NOWHERE, "the one part that can be checked alone is `files`");
	if (all || accept[0] != NULL)
		return zy_home_accept(c, accept, all, err);
	return check(c, anew, only != NULL, err);
}
