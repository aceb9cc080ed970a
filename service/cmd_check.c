/* check: the whole vault held against itself, beside whoever mints. */
#include "cli.h"
#include "progress.h"

#include <inttypes.h>

#include "zy/secret_home.h"
#include "zy/text.h"
#include "zy/cosigned.h"

static json_t *figures_json(const struct zy_check_figures *f)
{
	const struct zy_vault_counts *n = &f->counts;
	char begun[ZY_TIME_TEXT];
	ZY_BUF_AUTO root = { 0 };

	zy_time_to_rfc3339(f->begun, begun);
	zy_base64_encode(&root, ZY_BYTES(f->head.root, ZY_HASH_LEN));
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s, s:o}", "subjects", (json_int_t)n->subjects,
	    "licences", (json_int_t)n->licences, "versions", (json_int_t)n->versions, "open_intents",
	    (json_int_t)n->open_intents, "events", (json_int_t)f->head.size, "bytes", (json_int_t)n->used_bytes, "rows",
	    (json_int_t)f->rows, "resumed_rows", (json_int_t)f->resumed_rows, "begun", begun, "root",
	    json_stringn((const char *)root.p, root.len));
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

static void print_figures(struct zy_cli *c, const struct zy_check_figures *f)
{
	const struct zy_vault_counts *n = &f->counts;

	if (c->json) {
		zy_cli_json(figures_json(f));
		return;
	}
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

bool zy_cmd_check(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	bool anew = false, go, ok;
	const struct zy_option opts[] = { { "anew", NULL, "from the beginning, whatever was checked before", NULL,
					      &anew },
		ZY_SECRET_OPTION(c), { 0 } };
	struct zy_check_figures f;
	struct zy_progress p;
	const struct zy_care care = { .step = zy_progress_step, .arg = &p };
	const char *words[1];
	struct zy_desk d;

	if (!zy_cli_parse(c, "check", opts, argc, argv, 0, 0, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (!zy_desk_open_side(&d, c->home, c->as.secret, ZY_DESK_BESIDE, c->clock, NULL, err))
		return false;
	zy_cli_other_side(&d, "check");
	zy_progress_begin(&p, "check");
	ok = sides_hold(&d, err) && zy_vault_check_run(d.vault, anew, &care, &f, err) &&
	     (!f.finished || d.secret || zy_cosigned_check(&d, err));
	zy_progress_end(&p);
	if (!ok) {
		struct zy_error unnoted = { 0 };

		if (!zy_vault_check_failed(d.vault, err, &unnoted))
			fprintf(stderr, "check: status will not know of it: %s\n", unnoted.msg);
	}
	zy_desk_close(&d);
	if (!ok)
		return false;
	say_resumed(&f);
	if (!f.finished)
		return stopped(c, &f);
	print_figures(c, &f);
	return true;
}
