#include "home_check.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "zy/authority.h"
#include "zy/home_files.h"
#include "zy/journal_check.h"
#include "zy/secret_home.h"
#include "zy/tsa.h"
#include "zy/vault_files.h"

enum { FILES_A_STEP = 64 };

struct walk {
	struct zy_cli *cli;
	struct zy_kept kept;
	const struct zy_care *care;
	struct zy_home_figures *out;
	struct zy_error first; /* what was found first */
	struct zy_arena arena;
	uint64_t seen;
};

/* ---- what is found ---- */

static const struct state {
	const char *en, *zh;
} changed = { "changed", "已改动" }, missing = { "missing", "缺失" }, unknown = { "unknown", "未登记" };

static const char *what_to_do(const struct state *s, const char *name)
{
	if (zy_home_area_of(name) == ZY_AREA_HAND)
		return "if you did it, say `zhengyin check --accept FILE`, else bring it back from a backup; "
		       "如系本人所为，执行 zhengyin check --accept 文件，否则从备份恢复";
	return s == &unknown ? "remove it; nobody reads it; 请移除，程序不读取此文件"
			     : "bring it back from a backup; 请从备份恢复";
}

static void tell(struct walk *w, const struct state *s, const char *name, const struct zy_error *why)
{
	const char *say = why->code == ZY_E_HOME_FILE ? what_to_do(s, name) : why->msg;

	w->out->found++;
	if (w->first.code == ZY_OK)
		w->first = *why;
	if (w->cli->json)
		zy_cli_json(json_pack("{s:s, s:s, s:s, s:s, s:b}", "file", name, "state", s->en, "code",
		    zy_code_name(why->code), "say", say, "by_hand", zy_home_area_of(name) == ZY_AREA_HAND));
	else
		printf("%s %s  %s\n    %s\n", s->en, s->zh, name, say);
}

static void tell_file(struct walk *w, const struct state *s, const char *name)
{
	struct zy_error why = { 0 };

	zy_fail_set(&why, ZY_E_HOME_FILE, "home", ZY_NOWHERE, "%.100s: %s", name, s->en);
	tell(w, s, name, &why);
}

static bool ask(struct walk *w, const char *what, uint64_t done, uint64_t of)
{
	const struct zy_care_step s = { what, done, of };

	if (!w->out->stopped && !w->care->step(w->care->arg, &s))
		w->out->stopped = true;
	return !w->out->stopped;
}

/* ---- files of the record ---- */

static bool look(struct walk *w, const char *name, struct zy_error *err)
{
	enum zy_kept_state state;

	if (!zy_kept_look(&w->kept, name, &state, err))
		return false;
	w->out->files += state == ZY_KEPT_FINE;
	if (state != ZY_KEPT_FINE)
		tell_file(w,
		    state == ZY_KEPT_CHANGED   ? &changed
		    : state == ZY_KEPT_MISSING ? &missing
					       : &unknown,
		    name);
	return ++w->seen % FILES_A_STEP != 0 || ask(w, "files", w->seen, w->kept.num);
}

/* A line may say that there is no file: then it is nothing that one must look at. */
static bool look_at_lines(struct walk *w, struct zy_error *err)
{
	static const uint8_t none[ZY_HASH_LEN];

	for (size_t i = 0; i < w->kept.num && !w->out->stopped; i++) {
		const struct zy_kept_line *l = &w->kept.lines[i];

		if ((memcmp(l->now, none, ZY_HASH_LEN) != 0 || memcmp(l->next, none, ZY_HASH_LEN) != 0) &&
		    !look(w, l->name, err) && !w->out->stopped)
			return false;
	}
	return true;
}

static bool has_line(const struct walk *w, const char *name)
{
	size_t from = 0, to = w->kept.num;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		int order = strcmp(w->kept.lines[middle].name, name);

		if (order == 0)
			return true;
		if (order < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return false;
}

/* ---- files with sums of their own ---- */

static void own(struct walk *w, const char *name, const struct zy_error *why)
{
	if (why->code != ZY_OK)
		tell(w,
		    access(zy_arena_printf(&w->arena, &w->first, "%s/%s", w->cli->home, name), F_OK) == 0 ? &changed
													  : &missing,
		    name, why);
}

/* A journal or a head: both are held against each other once, when either is met first. */
static void journal(struct walk *w, const char *name)
{
	const char *file = name + strlen("signer/"), *dot = strrchr(file, '.');
	const bool is_head = strcmp(dot, ".head") == 0;
	const char *token = zy_arena_printf(&w->arena, &w->first, "%.*s", (int)(dot - file), file);
	const char *other = zy_arena_printf(&w->arena, &w->first, "%s/signer/%s.journal", w->cli->home, token);
	struct zy_error why = { 0 };
	uint64_t records;
	bool in_head;

	if (token == NULL || other == NULL || (is_head && access(other, F_OK) == 0))
		return; /* with the journal */
	if (zy_journal_check(w->cli->home, token, &records, &in_head, &why))
		w->out->records += records;
	else
		own(w,
		    in_head ? zy_arena_printf(&w->arena, &w->first, "signer/%s.head", token)
			    : zy_arena_printf(&w->arena, &w->first, "signer/%s.journal", token),
		    &why);
}

static void vault(struct walk *w, const char *folder)
{
	const char *path = zy_arena_printf(&w->arena, &w->first, "%s/%s", w->cli->home, folder);
	struct zy_error why = { 0 };
	struct zy_vault_files f;
	struct stat st;

	if (path == NULL || stat(path, &st) != 0)
		return;
	if (!zy_vault_files_check(path, w->care, &f, &why))
		own(w, zy_arena_printf(&w->arena, &w->first, "%s/%s", folder, f.file), &why);
	w->out->pages += f.pages;
	w->out->free += f.free;
	w->out->unheld += f.unheld;
	w->out->stopped = w->out->stopped || f.stopped;
}

static void note_of_before(struct walk *w)
{
	const char *path = zy_arena_printf(&w->arena, &w->first, "%s/vault", w->cli->home);
	struct zy_error why = { 0 };
	struct zy_files_note n;
	bool found;

	if (path != NULL && !zy_files_note_read(path, &n, &found, &why))
		own(w, "vault/check-files", &why);
}

static void certificates(struct walk *w)
{
	const char *path = zy_arena_printf(&w->arena, &w->first, "%s/ca", w->cli->home);
	struct zy_error why = { 0 };
	struct zy_register_pages n = { 0 };

	if (path != NULL && !zy_register_check(path, &n, &why))
		own(w, why.field != NULL && strcmp(why.field, "data.sums") == 0 ? "ca/data.sums" : "ca/data.mdb", &why);
	w->out->pages += n.used;
	w->out->free += n.free;
	w->out->unheld += n.unheld;
}

static void clock_of_stamps(struct walk *w, const char *name)
{
	const char *path = zy_arena_printf(&w->arena, &w->first, "%s/%s", w->cli->home, name);
	struct zy_error why = { 0 };

	if (path != NULL && !zy_tsa_clock_check(path, &why))
		own(w, name, &why);
}

static void look_at_own(struct walk *w, const char *name)
{
	if (strncmp(name, "signer/", 7) == 0)
		journal(w, name);
	else if (strcmp(name, "tsa/clock") == 0)
		clock_of_stamps(w, name);
}

/* ---- what lies there ---- */

static bool walk_folder(struct walk *w, const char *folder, struct zy_error *err);

static bool meet(struct walk *w, const char *name, struct zy_error *err)
{
	const char *path = zy_arena_printf(&w->arena, err, "%s/%s", w->cli->home, name);
	const enum zy_home_area area = zy_home_area_of(name);
	struct stat st;

	if (path == NULL)
		return false;
	if (area == ZY_AREA_OUT || lstat(path, &st) != 0)
		return true;
	if (S_ISDIR(st.st_mode))
		return walk_folder(w, name, err);
	if (area == ZY_AREA_UNFINISHED)
		w->out->unfinished++;
	else if (area == ZY_AREA_STRAY)
		json_array_append_new(w->out->stray, json_string(name));
	else if (area == ZY_AREA_OWN)
		look_at_own(w, name);
	else if (!has_line(w, name))
		return look(w, name, err); /* or it was made meanwhile */
	return true;
}

static bool walk_folder(struct walk *w, const char *folder, struct zy_error *err)
{
	const char *path = zy_arena_printf(&w->arena, err, "%s/%s", w->cli->home, folder);
	DIR *d = path == NULL ? NULL : opendir(path);
	struct dirent *e;
	bool ok = true;

	if (d == NULL)
		return path != NULL && zy_fail(err, ZY_E_IO, "home", ZY_NOWHERE, "%s: %s", path, strerror(errno));
	while (ok && !w->out->stopped && (e = readdir(d)) != NULL) {
		const char *name =
		    zy_arena_printf(&w->arena, err, "%s%s%s", folder, folder[0] == 0 ? "" : "/", e->d_name);

		ok =
		    name != NULL && (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 || meet(w, name, err));
	}
	closedir(d);
	return ok;
}

/* Without a record that can be read all else that has its own sums is still looked at. */
static bool open_record(struct walk *w, struct zy_error *err)
{
	struct zy_error why = { 0 };

	if (access(w->cli->home, F_OK) != 0)
		return zy_fail(err, ZY_E_VAULT_ABSENT, "home", ZY_NOWHERE, "there is no home at %s", w->cli->home);
	if (!zy_kept_open(&w->kept, w->cli->home, &why))
		tell(w, why.code == ZY_E_HOME_FILE ? &changed : &missing, ZY_KEPT_RECORD, &why);
	return true;
}

static bool check_all(struct walk *w, struct zy_error *err)
{
	bool has_record;

	if (!open_record(w, err))
		return false;
	has_record = w->first.code == ZY_OK;
	if (has_record && (!look_at_lines(w, err) || !walk_folder(w, "", err)))
		return false;
	if (!w->out->stopped)
		certificates(w);
	if (!w->out->stopped)
		vault(w, "vault");
	note_of_before(w);
	if (!w->out->stopped)
		vault(w, ZY_SECRET_FOLDER);
	return true;
}

bool zy_home_check(struct zy_cli *c, const struct zy_care *care, struct zy_home_figures *out, struct zy_error *err)
{
	struct walk w = { .cli = c, .care = care, .out = out };
	bool ok;

	*out = (struct zy_home_figures){ .stray = json_array() };
	ok = check_all(&w, err);
	zy_kept_close(&w.kept);
	zy_arena_free(&w.arena);
	if (!ok || out->found == 0)
		return ok;
	if (w.first.code == ZY_E_HOME_FILE || zy_code_exit(w.first.code) != zy_code_exit(ZY_E_HOME_FILE))
		return zy_fail(err, ZY_E_HOME_FILE, "home", ZY_NOWHERE,
		    "%" PRIu64 " files of the home are not what was written there, the first is %.120s", out->found,
		    w.first.msg);
	*err = w.first;
	return false;
}

void zy_home_figures_free(struct zy_home_figures *f)
{
	json_decref(f->stray);
	f->stray = NULL;
}

json_t *zy_home_figures_json(struct zy_home_figures *f)
{
	json_t *j = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "recorded", (json_int_t)f->files,
	    "journal_records", (json_int_t)f->records, "pages", (json_int_t)f->pages, "free_pages", (json_int_t)f->free,
	    "unheld_pages", (json_int_t)f->unheld, "unfinished", (json_int_t)f->unfinished, "stray", f->stray);

	f->stray = NULL;
	return j;
}

void zy_home_figures_print(const struct zy_home_figures *f)
{
	const char *name;
	size_t i;
	json_t *v;

	printf("files sound: %" PRIu64 " recorded, %" PRIu64 " journal records, %" PRIu64 " pages of stores\n",
	    f->files, f->records, f->pages);
	json_array_foreach(f->stray, i, v)
	{
		name = json_string_value(v);
		fprintf(stderr, "check: nobody's file, which nobody reads 无主文件: %s\n", name);
	}
	if (f->unheld > 0)
		fprintf(stderr,
		    "check: %" PRIu64 " pages of stores in no use were not looked at, since a process writes or was "
		    "killed; the next command that writes sees to it 未核对的空闲页\n",
		    f->unheld);
	if (f->unfinished > 0)
		fprintf(stderr, "check: %" PRIu64 " files that interrupted commands left; nobody reads them\n",
		    f->unfinished);
}

/* ---- taken as it lies ---- */

static bool may_accept(const char *name, struct zy_error *err)
{
	return zy_home_area_of(name) == ZY_AREA_HAND ||
	       zy_fail(err, ZY_E_USAGE, "accept", ZY_NOWHERE,
		   "%.80s is changed by no hand: bring it back from a backup; seals.json and officers.json go by "
		   "`approve`; --accept-all takes everything",
		   name);
}

/* A path that begins with HOME is taken too. */
static const char *below_home(const struct zy_cli *c, const char *name)
{
	const size_t len = strlen(c->home);

	return strncmp(name, c->home, len) == 0 && name[len] == '/' ? name + len + 1 : name;
}

bool zy_home_accept(struct zy_cli *c, const char *const *names, bool all, struct zy_error *err)
{
	json_t *accepted = json_array();
	bool ok = !all || zy_home_files_begin(c->home, err);

	for (size_t i = 0; ok && i < ZY_OPTION_REPEAT && names[i] != NULL; i++)
		ok = may_accept(below_home(c, names[i]), err);
	for (size_t i = 0; ok && !all && i < ZY_OPTION_REPEAT && names[i] != NULL; i++) {
		const char *name = below_home(c, names[i]);

		ok = zy_kept_accept(c->home, name, err);
		json_array_append_new(accepted, json_string(name));
		if (ok && !c->json)
			printf("accepted 已接受: %s\n", name);
	}
	if (ok && all && !c->json)
		printf("accepted 已接受: every file of the home, as it lies now\n");
	if (ok && c->json)
		zy_cli_json(json_pack("{s:o, s:b}", "accepted", json_incref(accepted), "all", all));
	json_decref(accepted);
	return ok;
}
