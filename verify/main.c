/*
 * zhengyin-verify: judges files, offline. It holds no key, opens no store and no socket, and links no signing code.
 * stdout carries only reports; errors and hints go to stderr.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "zy/file.h"
#include "zy/judge.h"
#include "zy/text.h"

#define INPUT_MAX ((size_t)64 << 20)
#define PATH_ROOM 4096

struct options {
	const char *trust, *home;
	uint8_t pin[ZY_HASH_LEN];
	bool has_pin, has_at, json, help, version;
	zy_time at;
};

struct option {
	const char *name, *value, *what; /* value NULL: a switch */
	bool (*set)(struct options *o, const char *value, struct zy_error *err);
};

static bool set_trust(struct options *o, const char *value, struct zy_error *err)
{
	(void)err;
	o->trust = value;
	return true;
}

static bool set_pin(struct options *o, const char *value, struct zy_error *err)
{
	o->has_pin = true;
	return zy_unhex(zy_str(value), o->pin, sizeof(o->pin), err);
}

static bool set_at(struct options *o, const char *value, struct zy_error *err)
{
	o->has_at = true;
	return zy_time_from_rfc3339(zy_str(value), &o->at, err);
}

static bool set_home(struct options *o, const char *value, struct zy_error *err)
{
	(void)err;
	o->home = value;
	return true;
}

static bool set_json(struct options *o, const char *value, struct zy_error *err)
{
	(void)value;
	(void)err;
	return o->json = true;
}

static bool set_help(struct options *o, const char *value, struct zy_error *err)
{
	(void)value;
	(void)err;
	return o->help = true;
}

static bool set_version(struct options *o, const char *value, struct zy_error *err)
{
	(void)value;
	(void)err;
	return o->version = true;
}

static const struct option options[] = {
	{ "--trust", "BUNDLE", "trust bundle to judge with (default: HOME/trust/bundle.json)", set_trust },
	{ "--trust-pin", "HEX",
	    "SHA-256 of the bundle's anchors, from another channel (default: the file `pin` beside it)", set_pin },
	{ "--at", "TIME", "judge for this moment, as 2026-03-01T00:00:00Z (default: now)", set_at },
	{ "--json", NULL, "one JSON object a line instead of text", set_json },
	{ "-C", "HOME", "home folder (default: $ZHENGYIN_HOME, else ./zhengyin-home)", set_home },
	{ "--help", NULL, "this text", set_help },
	{ "--version", NULL, "the version", set_version },
};

static void print_help(void)
{
	printf("zhengyin-verify: judges sealed and signed documents, offline\n\n"
	       "usage: zhengyin-verify [OPTION]... FILE...      FILE may be - for standard input\n\n");
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		printf("  %-11s %-6s  %s\n", options[i].name, options[i].value == NULL ? "" : options[i].value,
		    options[i].what);
	printf("\nOFD packages and PDF files are told apart by their content.\n\n"
	       "exit status: 0 TOTAL-PASSED, 1 TOTAL-FAILED, 2 INDETERMINATE; 64 usage, 65 malformed input,\n"
	       "70 our own mistake, 74 a file could not be read. Of several files the worst.\n\n"
	       "examples:\n"
	       "  zhengyin-verify licence.ofd\n"
	       "  zhengyin-verify --trust bundle.json --trust-pin \"$(cat pin)\" licence.ofd licence.pdf\n"
	       "  zhengyin-verify --at 2026-03-01T00:00:00Z --json licence.pdf | jq .indication\n"
	       "  zhengyin-verify --json *.ofd | jq -r 'select(.indication != \"TOTAL-PASSED\") | .input'\n");
}

static const char *hint_of(enum zy_code code)
{
	switch ((unsigned)code) {
	case ZY_E_USAGE:
		return "zhengyin-verify --help shows the options, with examples";
	case ZY_E_TRUST:
		return "fetch the current bundle from its publisher, or name another with --trust";
	case ZY_E_FORMAT:
		return "give a sealed .ofd or a signed .pdf file";
	case ZY_E_IO:
		return "check the path and that you may read it";
	case ZY_E_TOO_LARGE:
		return "files up to 64 MiB are judged";
	}
	return zy_code_exit(code) == 65 ? "the file is damaged: ask its issuer for it again" : NULL;
}

/* On stderr for people; with --json also as an object, so that a line is never missing. */
static int report_error(const struct options *o, const char *input, const struct zy_error *why)
{
	struct zy_error ignored = { 0 };
	ZY_BUF_AUTO out = { 0 };
	const char *hint = hint_of(why->code);

	fprintf(stderr, "zhengyin-verify: error: %s%s%s%s%s\n", input == NULL ? "" : input, input == NULL ? "" : ": ",
	    why->msg, why->field != NULL && why->field[0] != 0 ? " in " : "", why->field == NULL ? "" : why->field);
	if (hint != NULL)
		fprintf(stderr, "hint: %s\n", hint);
	if (o->json && zy_error_to_json(input, why, &out, &ignored))
		printf("%.*s\n", (int)out.len, (const char *)out.p);
	return zy_code_exit(why->code);
}

static const struct option *find_option(const char *name)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (strcmp(options[i].name, name) == 0)
			return &options[i];
	return NULL;
}

static bool set_option(struct options *o, char **argv, int argc, int *i, struct zy_error *err)
{
	const char *name = argv[*i], *value = NULL;
	const struct option *row = find_option(name);
	struct zy_error why = { 0 };

	if (row == NULL)
		return zy_fail(err, ZY_E_USAGE, "", ZY_NOWHERE, "there is no option %.60s", name);
	if (row->value != NULL && *i + 1 == argc)
		return zy_fail(err, ZY_E_USAGE, "", ZY_NOWHERE, "%s wants %s after it", name, row->value);
	if (row->value != NULL)
		value = argv[++*i];
	if (row->set(o, value, &why))
		return true;
	return zy_fail(err, ZY_E_USAGE, "", ZY_NOWHERE, "%s: %s", name, why.msg);
}

/* Moves the files to the front of argv and counts them. */
static bool read_options(struct options *o, int argc, char **argv, int *num_files, struct zy_error *err)
{
	bool only_files = false;

	*num_files = 0;
	for (int i = 1; i < argc; i++) {
		if (!only_files && strcmp(argv[i], "--") == 0)
			only_files = true;
		else if (only_files || argv[i][0] != '-' || argv[i][1] == 0)
			argv[(*num_files)++] = argv[i];
		else if (!set_option(o, argv, argc, &i, err))
			return false;
	}
	if (*num_files == 0 && !o->help && !o->version)
		return zy_fail(err, ZY_E_USAGE, "", ZY_NOWHERE, "name at least one file to judge");
	return true;
}

/* The bundle's path: as asked, or the home's if it is there; false: there is none. */
static bool find_bundle(const struct options *o, char path[PATH_ROOM])
{
	const char *home = o->home != NULL ? o->home : getenv("ZHENGYIN_HOME");

	if (o->trust != NULL)
		return snprintf(path, PATH_ROOM, "%s", o->trust) < PATH_ROOM;
	if (home == NULL || home[0] == 0)
		home = "./zhengyin-home";
	return snprintf(path, PATH_ROOM, "%s/trust/bundle.json", home) < PATH_ROOM && access(path, F_OK) == 0;
}

/* 64 digits and a newline in the file `pin` beside the bundle. */
static bool read_pin(struct options *o, const char *bundle, struct zy_arena *a, struct zy_error *err)
{
	const char *slash = strrchr(bundle, '/');
	int folder = slash == NULL ? 0 : (int)(slash - bundle) + 1;
	char path[PATH_ROOM + 8];
	struct zy_bytes text;

	snprintf(path, sizeof(path), "%.*spin", folder, bundle);
	if (o->has_pin || access(path, F_OK) != 0)
		return true;
	if (!zy_file_read(path, 256, a, &text, err))
		return false;
	if (text.len == 65 && text.p[64] == '\n')
		text.len = 64;
	o->has_pin = true;
	return zy_unhex(text, o->pin, sizeof(o->pin), err);
}

/* A bundle is opened as of the time judged, but never as of a time to come: how old it is, is a fact of today. */
static bool open_trust(struct options *o, const char *path, zy_time now, struct zy_keys *keys, struct zy_arena *a,
    struct zy_trust *out, struct zy_error *err)
{
	struct zy_bytes file;
	zy_time when = o->at < now ? o->at : now;

	return zy_file_read(path, ZY_TRUST_MAX, a, &file, err) && read_pin(o, path, a, err) &&
	       zy_trust_open(out, file, o->has_pin ? o->pin : NULL, when, keys, a, err);
}

static bool write_report(const struct options *o, const struct zy_report *r, struct zy_error *err)
{
	ZY_BUF_AUTO out = { 0 };

	if (o->json ? !zy_report_to_json(r, &out, err) : !zy_report_to_text(r, &out, err))
		return false;
	zy_buf_put_u8(&out, '\n');
	if (!zy_buf_done(&out, "report", err))
		return false;
	if (fwrite(out.p, 1, out.len, stdout) == out.len && fflush(stdout) == 0)
		return true;
	return zy_fail(err, ZY_E_IO, "stdout", ZY_NOWHERE, "the report could not be written");
}

static int judge_one(const struct options *o, struct zy_keys *keys, const struct zy_trust *trust, const char *input)
{
	ZY_ARENA_AUTO file = { 0 };
	ZY_REPORT_AUTO r;
	struct zy_error err = { 0 };
	struct zy_bytes in;

	zy_report_start(&r, input, o->at);
	if (trust != NULL && !o->has_pin)
		zy_report_add(&r, "trust-not-pinned", "", ZY_NOWHERE, NULL);
	if (!zy_file_read(input, INPUT_MAX, &file, &in, &err) || !zy_judge_file(keys, trust, in, o->at, &r, &err) ||
	    !write_report(o, &r, &err))
		return report_error(o, input, &err);
	return zy_indication_exit(zy_report_indication(&r));
}

/* From good to bad: passed, indeterminate, failed, then the errors by number. */
static int worse(int a, int b)
{
	static const int rank[] = { 0, 2, 1 };
	int ra = a < 3 ? rank[a] : a, rb = b < 3 ? rank[b] : b;

	return ra > rb ? a : b;
}

static int judge_all(struct options *o, struct zy_keys *keys, char **files, int num_files)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error err = { 0 };
	struct zy_trust trust;
	char bundle[PATH_ROOM];
	bool has_trust = find_bundle(o, bundle);
	zy_time now = zy_now(&zy_clock_system);
	int status = 0;

	if (!o->has_at)
		o->at = now;
	if (has_trust && !open_trust(o, bundle, now, keys, &a, &trust, &err))
		return report_error(o, bundle, &err);
	for (int i = 0; i < num_files; i++)
		status = worse(status, judge_one(o, keys, has_trust ? &trust : NULL, files[i]));
	return status;
}

int main(int argc, char **argv)
{
	struct options o = { 0 };
	struct zy_error err = { 0 };
	struct zy_keys *keys;
	int num_files, status;

	if (!read_options(&o, argc, argv, &num_files, &err))
		return report_error(&o, NULL, &err);
	if (o.help || o.version) {
		if (o.help)
			print_help();
		else
			printf("zhengyin-verify " ZY_VERSION "\n");
		return 0;
	}
	if (!zy_keys_open(&keys, &err))
		return report_error(&o, NULL, &err);
	status = judge_all(&o, keys, argv, num_files);
	zy_keys_close(keys);
	return status;
}
