/*
 * zhengyin-verify: judges files, offline. It holds no key, opens no store and no socket, and links no signing code.
 * stdout carries only reports; errors and hints go to stderr.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "command.h"
#include "internal.h"
#include "zy/file.h"
#include "zy/judge.h"
#include "zy/log_judge.h"
#include "zy/options.h"
#include "zy/original.h"
#include "zy/text.h"

#define PATH_ROOM 4096
#define MEMORY_MAX ((rlim_t)2 << 30)
#define SHOWING_MAX ((size_t)8192) /* over what any code holds: its own cap gives the better message */

struct options {
	const char *trust, *pin_text, *at_text, *home, *showing, *detached, *anchor, *untrusted, *crl, *ocsp, *extract,
	    *log_proof, *original;
	bool json, help, version;
	zy_time at;
	bool has_pin;
	uint8_t pin[ZY_HASH_LEN];
};

static void print_help(const struct zy_option *table)
{
	printf("zhengyin-verify: judges sealed and signed documents, offline\n\n"
	       "usage: zhengyin-verify [OPTION]... FILE...      FILE may be - for standard input\n"
	       "       zhengyin-verify [OPTION]... --showing TEXT|-\n"
	       "       zhengyin-verify [OPTION]... --detached CONTENT FILE      FILE is a time-stamp, or signed data\n"
	       "       zhengyin-verify [OPTION]... --log-proof PROOF FILE\n"
	       "       zhengyin-verify [OPTION]... --original ORIGINAL FILE\n"
	       "       zhengyin-verify chain --anchor FILE LEAF.pem               (chain --help tells more)\n"
	       "       zhengyin-verify raw --key PUB.pem --signature SIG FILE     (raw --help tells more)\n\n");
	zy_options_help(table, stdout);
	printf(
	    "\nOFD packages, PDF files, XML, signed data (CMS and GB/T 35275, DER or PEM), log proofs and checkpoints are told\n"
	    "apart by their content.\n\n"
	    "exit status: 0 TOTAL-PASSED, 1 TOTAL-FAILED, 2 INDETERMINATE; 64 usage, 65 malformed input,\n"
	    "70 our own mistake, 74 a file could not be read. Of several files the worst counts: an error, then 1, "
	    "2, 0.\n\n"
	    "examples:\n"
	    "  zhengyin-verify licence.ofd\n"
	    "  zhengyin-verify --trust bundle.json --trust-pin \"$(cat pin)\" licence.ofd licence.pdf\n"
	    "  zhengyin-verify --anchor root.pem --untrusted sub.pem contract.pdf\n"
	    "  zhengyin-verify --anchor root.pem --crl ca.crl --detached report.docx report.p7s\n"
	    "  zhengyin-verify --extract-signed 1 contract.pdf | sha256sum\n"
	    "  zhengyin-verify --log-proof licence.tlog-proof licence.ofd\n"
	    "  zhengyin-verify --original from-the-vault.ofd presented.pdf\n"
	    "  zhengyin-verify --at 2026-03-01T00:00:00Z --json licence.pdf | jq .indication\n"
	    "  zhengyin wallet show ID --fields name | zhengyin-verify --showing -\n"
	    "  zhengyin-verify --json *.ofd | jq -r 'select(.indication != \"TOTAL-PASSED\") | .input'\n");
}

static bool read_values(struct options *o, size_t num_files, struct zy_error *err)
{
	struct zy_error why = { 0 };

	o->has_pin = o->pin_text != NULL;
	if (o->has_pin && !zy_unhex(zy_str(o->pin_text), o->pin, sizeof(o->pin), &why))
		return zy_fail(err, ZY_E_USAGE, "trust-pin", ZY_NOWHERE, "--trust-pin wants 64 hexadecimal digits");
	if (o->at_text != NULL && !zy_time_from_rfc3339(zy_str(o->at_text), &o->at, &why))
		return zy_fail(err, ZY_E_USAGE, "at", ZY_NOWHERE,
		    "--at wants a time such as 2026-03-01T00:00:00Z: %.80s", why.msg);
	if (num_files > 0 && o->showing != NULL)
		return zy_fail(err, ZY_E_USAGE, "showing", ZY_NOWHERE, "judge either files or one shown code");
	if (o->detached != NULL && (num_files != 1 || o->showing != NULL))
		return zy_fail(err, ZY_E_USAGE, "detached", ZY_NOWHERE, "--detached judges one file about CONTENT");
	if (o->anchor != NULL && (o->trust != NULL || o->pin_text != NULL || o->showing != NULL))
		return zy_fail(
		    err, ZY_E_USAGE, "anchor", ZY_NOWHERE, "--anchor takes the place of a bundle and its pin");
	if (o->untrusted != NULL && o->anchor == NULL)
		return zy_fail(err, ZY_E_USAGE, "untrusted", ZY_NOWHERE, "--untrusted helps only beside --anchor");
	if ((o->crl != NULL || o->ocsp != NULL) && o->showing != NULL)
		return zy_fail(err, ZY_E_USAGE, "crl", ZY_NOWHERE, "--crl and --ocsp are for files");
	if (o->extract != NULL && (num_files != 1 || o->showing != NULL || o->detached != NULL))
		return zy_fail(err, ZY_E_USAGE, "extract-signed", ZY_NOWHERE, "--extract-signed reads one file");
	if (o->log_proof != NULL && (num_files != 1 || o->showing != NULL || o->detached != NULL || o->extract != NULL))
		return zy_fail(err, ZY_E_USAGE, "log-proof", ZY_NOWHERE, "--log-proof is of one licence's file");
	if (o->original != NULL && (num_files != 1 || o->showing != NULL || o->detached != NULL || o->extract != NULL))
		return zy_fail(err, ZY_E_USAGE, "original", ZY_NOWHERE, "--original is of one licence's file");
	if (num_files == 0 && o->showing == NULL)
		return zy_fail(err, ZY_E_USAGE, "FILE", ZY_NOWHERE, "name at least one file to judge");
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

/* A code is short; its text never becomes the report's name, for it may hold personal data. */
static bool judge_code(const struct options *o, struct zy_keys *keys, const struct zy_trust *trust, struct zy_report *r,
    struct zy_error *err)
{
	ZY_ARENA_AUTO file = { 0 };
	struct zy_bytes text = zy_str(o->showing);

	return (strcmp(o->showing, "-") != 0 || zy_file_read("-", SHOWING_MAX, &file, &text, err)) &&
	       zy_judge_showing(keys, trust, text, o->at, r, err);
}

/* A file by its content; beside a content, the time-stamp of it or its signed data. */
static bool judge_input(const struct options *o, struct zy_keys *keys, const struct zy_trust *trust, const char *input,
    struct zy_report *r, struct zy_error *err)
{
	ZY_ARENA_AUTO file = { 0 };
	struct zy_bytes in, other;

	if (!zy_file_read(input, ZY_INPUT_MAX, &file, &in, err))
		return false;
	if (o->detached != NULL)
		return zy_verify_detached(keys, trust, in, o->detached, o->at, r, err);
	if (!zy_judge_file(keys, trust, in, o->at, r, err))
		return false;
	if (o->log_proof != NULL && (!zy_file_read(o->log_proof, ZY_LOG_PROOF_MAX, &file, &other, err) ||
					!zy_judge_logged(keys, trust, other, in, o->at, r, err)))
		return false;
	return o->original == NULL || (zy_file_read(o->original, ZY_INPUT_MAX, &file, &other, err) &&
					  zy_judge_original(keys, trust, other, in, o->at, r, err));
}

/* input NULL: the shown code */
static int judge_one(const struct options *o, struct zy_keys *keys, const struct zy_trust *trust, const char *input)
{
	ZY_REPORT_AUTO r;
	struct zy_error err = { 0 };

	zy_report_start(&r, input == NULL ? "showing" : input, o->at);
	if (trust != NULL && !o->has_pin && o->anchor == NULL)
		zy_report_add(&r, "trust-not-pinned", "", ZY_NOWHERE, NULL);
	if (input == NULL ? !judge_code(o, keys, trust, &r, &err) : !judge_input(o, keys, trust, input, &r, &err))
		return zy_verify_error(o->json, input == NULL ? "showing" : input, &err);
	if (!zy_verify_write(o->json, &r, &err))
		return zy_verify_error(o->json, input, &err);
	return zy_indication_exit(zy_report_indication(&r));
}

/* From good to bad: passed, indeterminate, failed, then the errors by number. */
static int worse(int a, int b)
{
	static const int rank[] = { 0, 2, 1 };
	int ra = a < 3 ? rank[a] : a, rb = b < 3 ? rank[b] : b;

	return ra > rb ? a : b;
}

static int judge_all(struct options *o, struct zy_keys *keys, const char **files, size_t num_files)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error err = { 0 };
	struct zy_trust trust;
	char bundle[PATH_ROOM];
	bool has_trust = o->anchor != NULL || find_bundle(o, bundle);
	zy_time now = zy_now(&zy_clock_system);
	int status = 0;

	if (o->at_text == NULL)
		o->at = now;
	if (o->anchor != NULL && !zy_verify_anchors(o->anchor, o->untrusted, &trust, &a, &err))
		return zy_verify_error(o->json, o->anchor, &err);
	if (o->anchor == NULL && has_trust && !open_trust(o, bundle, now, keys, &a, &trust, &err))
		return zy_verify_error(o->json, bundle, &err);
	if (!has_trust && (o->crl != NULL || o->ocsp != NULL))
		zy_fail_set(
		    &err, ZY_E_USAGE, "crl", ZY_NOWHERE, "--crl and --ocsp help only beside a bundle or --anchor");
	if (err.code != ZY_OK || (has_trust && !zy_verify_status(o->crl, o->ocsp, &trust, &a, &err)))
		return zy_verify_error(o->json, o->crl != NULL ? o->crl : o->ocsp, &err);
	if (o->showing != NULL)
		return judge_one(o, keys, has_trust ? &trust : NULL, NULL);
	for (size_t i = 0; i < num_files; i++)
		status = worse(status, judge_one(o, keys, has_trust ? &trust : NULL, files[i]));
	return status;
}

/* Files of strangers are read by libraries that allocate as the file says: there is an end to it. The sanitizers
 * reserve more address space than any limit, so a build with them has none. */
static void limit_memory(void)
{
#ifndef __SANITIZE_ADDRESS__
	const struct rlimit most = { MEMORY_MAX, MEMORY_MAX };

	setrlimit(RLIMIT_AS, &most);
#endif
}

static int run(struct options *o, const char **files, size_t num_files)
{
	struct zy_error err = { 0 };
	struct zy_keys *keys;
	int status;

	limit_memory();
	if (!read_values(o, num_files, &err))
		return zy_verify_error(o->json, NULL, &err);
	if (o->extract != NULL)
		return zy_verify_extract(o->extract, files[0], o->json);
	if (!zy_keys_open(&keys, &err))
		return zy_verify_error(o->json, NULL, &err);
	status = judge_all(o, keys, files, num_files);
	zy_keys_close(keys);
	return status;
}

static const struct {
	const char *name;
	int (*run)(int argc, char **argv, zy_time now);
} commands[] = { { "chain", zy_verify_chain }, { "raw", zy_verify_raw } };

/* A file of a command's name is judged as ./raw. */
static bool is_command(const char *word)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(commands[i].name, word) == 0)
			return true;
	return false;
}

static int run_command(int argc, char **argv)
{
	size_t i = 0;

	limit_memory();
	while (strcmp(commands[i].name, argv[0]) != 0)
		i++;
	return commands[i].run(argc, argv, zy_now(&zy_clock_system));
}

int main(int argc, char **argv)
{
	struct options o = { 0 };
	const struct zy_option table[] = {
		{ "trust", "BUNDLE", "trust bundle to judge with (default: HOME/trust/bundle.json)", &o.trust, NULL },
		{ "trust-pin", "HEX",
		    "SHA-256 of the bundle's anchors, from another channel (default: `pin` beside it)", &o.pin_text,
		    NULL },
		{ "anchor", "FILE", "certificates that are trusted for any document, instead of a bundle", &o.anchor,
		    NULL },
		{ "untrusted", "FILE", "certificates that a path to an --anchor may use", &o.untrusted, NULL },
		{ "crl", "FILE", "revocation lists (RFC 5280); then signers' certificates must be covered", &o.crl,
		    NULL },
		{ "ocsp", "FILE", "an OCSP response (RFC 6960); then signers' certificates must be covered", &o.ocsp,
		    NULL },
		{ "extract-signed", "N", "write the bytes that signature N of FILE covers, and judge nothing",
		    &o.extract, NULL },
		{ "at", "TIME", "judge for this moment, as 2026-03-01T00:00:00Z (default: now)", &o.at_text, NULL },
		{ "showing", "TEXT", "judge a shown code as scanned (ZY1:...); - reads it from standard input",
		    &o.showing, NULL },
		{ "detached", "CONTENT",
		    "judge FILE as a time-stamp (RFC 3161) or as signed data (CMS, GB/T 35275) of this file",
		    &o.detached, NULL },
		{ "log-proof", "PROOF", "the proof that the transparency log holds FILE", &o.log_proof, NULL },
		{ "original", "FILE",
		    "hold the licence against this one (OFD, PDF, or its record) and name what differs", &o.original,
		    NULL },
		{ "json", NULL, "one JSON object a line instead of text", NULL, &o.json },
		{ "C", "HOME", "home folder (default: $ZHENGYIN_HOME, else ./zhengyin-home)", &o.home, NULL },
		{ "help", NULL, "this text", NULL, &o.help },
		{ "version", NULL, "the version", NULL, &o.version },
		{ 0 },
	};
	const char **files;
	struct zy_error err = { 0 };
	size_t num_files = 0;
	int status = 0;

	if (argc > 1 && is_command(argv[1]))
		return run_command(argc - 1, argv + 1);
	files = calloc((size_t)argc + 1, sizeof(*files));
	if (files == NULL || !zy_options_parse(table, argc, argv, files, (size_t)argc, &num_files, &err))
		status = zy_verify_error(o.json, NULL, &err);
	else if (o.help)
		print_help(table);
	else if (o.version)
		printf("zhengyin-verify " ZY_VERSION "\n");
	else
		status = run(&o, files, num_files);
	free(files);
	return status;
}
