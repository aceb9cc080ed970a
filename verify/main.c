/*
 * zhengyin-verify: judges files, offline. It holds no key, opens no store and no socket, and links no signing code.
 * stdout carries only reports; errors and hints go to stderr.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bundles.h"
#include "command.h"
#include "internal.h"
#include "zy/file.h"
#include "zy/judge.h"
#include "zy/log_judge.h"
#include "zy/options.h"
#include "zy/original.h"
#include "zy/standing_answer.h"
#include "zy/text.h"

#define PATH_ROOM 4096
#define MEMORY_MAX ((rlim_t)2 << 30)
#define SHOWING_MAX ((size_t)8192) /* over what any code holds: its own cap gives the better message */

struct options {
	const char *trust[ZY_OPTION_REPEAT], *pin_text[ZY_OPTION_REPEAT];
	const char *at_text, *home, *showing, *detached, *anchor, *untrusted, *crl, *ocsp, *extract, *log_proof,
	    *log_files, *original;
	bool json, help, version;
	zy_time at;
	struct zy_bundle_pin pins[ZY_OPTION_REPEAT];
};

static void print_help(const struct zy_option *table)
{
	printf("zhengyin-verify: judges sealed and signed documents, offline\n\n"
	       "usage: zhengyin-verify [OPTION]... FILE...      FILE may be - for standard input\n"
	       "       zhengyin-verify [OPTION]... --showing TEXT|-\n"
	       "       zhengyin-verify [OPTION]... --detached CONTENT FILE      FILE is a time-stamp, or signed data\n"
	       "       zhengyin-verify [OPTION]... --log-proof PROOF FILE\n"
	       "       zhengyin-verify [OPTION]... --log-files DIR CHECKPOINT\n"
	       "       zhengyin-verify [OPTION]... --log-files DIR ANSWER.json    how a licence stood on a day\n"
	       "       zhengyin-verify [OPTION]... --original ORIGINAL FILE\n"
	       "       zhengyin-verify chain --anchor FILE LEAF.pem               (chain --help tells more)\n"
	       "       zhengyin-verify raw --key PUB.pem --signature SIG FILE     (raw --help tells more)\n\n");
	zy_options_help(table, stdout);
	printf(
	    "\nOFD packages, PDF files, packages of a licence with its proof, XML, signed data (CMS and GB/T 35275, DER or PEM), log proofs, checkpoints and\n"
	    "answers of `zhengyin show ID --on DATE --json` are told apart by their content.\n\n"
	    "exit status: 0 TOTAL-PASSED, 1 TOTAL-FAILED, 2 INDETERMINATE; 64 usage, 65 malformed input,\n"
	    "70 our own mistake, 74 a file could not be read, or changed meanwhile. Of several files the worst counts: an error, then 1, "
	    "2, 0.\n\n"
	    "examples:\n"
	    "  zhengyin-verify licence.ofd\n"
	    "  zhengyin-verify --trust bundle.json --trust-pin \"$(cat pin)\" licence.ofd licence.pdf\n"
	    "  zhengyin-verify --trust our-city/bundle.json --trust next-city/bundle.json licence.ofd\n"
	    "  zhengyin-verify --anchor root.pem --untrusted sub.pem contract.pdf\n"
	    "  zhengyin-verify --anchor root.pem --crl ca.crl --detached report.docx report.p7s\n"
	    "  zhengyin-verify --extract-signed 1 contract.pdf | sha256sum\n"
	    "  zhengyin-verify --log-proof licence.tlog-proof licence.ofd\n"
	    "  zhengyin-verify --log-files published-log kept-checkpoint\n"
	    "  zhengyin show ID --on 2025-06-30 --json > answer.json; zhengyin-verify --log-files published-log answer.json\n"
	    "  zhengyin-verify --original from-the-vault.ofd presented.pdf\n"
	    "  zhengyin-verify --at 2026-03-01T00:00:00Z --json licence.pdf | jq .indication\n"
	    "  zhengyin wallet show ID --fields name | zhengyin-verify --showing -\n"
	    "  zhengyin-verify --json *.ofd | jq -r 'select(.indication != \"TOTAL-PASSED\") | .input'\n");
}

static size_t count(const char *const values[ZY_OPTION_REPEAT])
{
	size_t n = 0;

	while (n < ZY_OPTION_REPEAT && values[n] != NULL)
		n++;
	return n;
}

static bool read_values(struct options *o, size_t num_files, struct zy_error *err)
{
	struct zy_error why = { 0 };

	for (size_t i = 0; i < ZY_OPTION_REPEAT && o->pin_text[i] != NULL; i++)
		if (!zy_bundle_pin_parse(o->pin_text[i], &o->pins[i], err))
			return false;
	if (o->pin_text[1] != NULL && count(o->pin_text) != count(o->trust))
		return zy_fail(
		    err, ZY_E_USAGE, "trust-pin", ZY_NOWHERE, "give one --trust-pin for each --trust, or none");
	if (o->at_text != NULL && !zy_time_from_rfc3339(zy_str(o->at_text), &o->at, &why))
		return zy_fail(err, ZY_E_USAGE, "at", ZY_NOWHERE,
		    "--at wants a time such as 2026-03-01T00:00:00Z: %.80s", why.msg);
	if (num_files > 0 && o->showing != NULL)
		return zy_fail(err, ZY_E_USAGE, "showing", ZY_NOWHERE, "judge either files or one shown code");
	if (o->detached != NULL && (num_files != 1 || o->showing != NULL))
		return zy_fail(err, ZY_E_USAGE, "detached", ZY_NOWHERE, "--detached judges one file about CONTENT");
	if (o->anchor != NULL && (o->trust[0] != NULL || o->pin_text[0] != NULL || o->showing != NULL))
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
	if (o->log_files != NULL &&
	    (num_files != 1 || o->showing != NULL || o->detached != NULL || o->extract != NULL || o->log_proof != NULL))
		return zy_fail(err, ZY_E_USAGE, "log-files", ZY_NOWHERE,
		    "--log-files is beside one checkpoint, or one answer about a day");
	if (o->original != NULL && (num_files != 1 || o->showing != NULL || o->detached != NULL || o->extract != NULL))
		return zy_fail(err, ZY_E_USAGE, "original", ZY_NOWHERE, "--original is of one licence's file");
	if (num_files == 0 && o->showing == NULL)
		return zy_fail(err, ZY_E_USAGE, "FILE", ZY_NOWHERE, "name at least one file to judge");
	return true;
}

/* The home's bundle, if it is there. */
static bool find_bundle(const struct options *o, char path[PATH_ROOM])
{
	const char *home = o->home != NULL ? o->home : getenv("ZHENGYIN_HOME");

	if (home == NULL || home[0] == 0)
		home = "./zhengyin-home";
	return snprintf(path, PATH_ROOM, "%s/trust/bundle.json", home) < PATH_ROOM && access(path, F_OK) == 0;
}

/* A bundle is opened as of the time judged, but never as of a time to come: how old it is, is a fact of today. One that
 * cannot be loaded lets nothing pass, which the report says. */
static bool open_bundles(struct options *o, char home[PATH_ROOM], struct zy_keys *keys, struct zy_arena *a,
    struct zy_bundles *out, struct zy_error *err)
{
	const zy_time now = zy_now(&zy_clock_system), when = o->at < now ? o->at : now;

	if (o->trust[0] == NULL && find_bundle(o, home))
		o->trust[0] = home;
	for (size_t i = 0; i < count(o->trust); i++)
		if (!zy_bundles_add(out, o->trust[i], o->pin_text[i] == NULL ? NULL : &o->pins[i], when, keys, a, err))
			return false;
	return true;
}

static bool open_anchors(const struct options *o, struct zy_arena *a, struct zy_bundles *out, struct zy_error *err)
{
	struct zy_trust trust;

	return zy_verify_anchors(o->anchor, o->untrusted, &trust, a, err) &&
	       zy_bundles_put(out, o->anchor, &trust, true, err);
}

/* What is judged, read once: with several bundles it is judged more than once. */
struct input {
	const struct options *o;
	struct zy_keys *keys;
	struct zy_mapped in, original;
	struct zy_bytes proof;
};

/* name NULL: the shown code */
static bool read_input(struct input *i, const char *name, struct zy_arena *a, struct zy_error *err)
{
	const struct options *o = i->o;

	if (name != NULL)
		return zy_verify_open(name, &i->in, a, err) &&
		       (o->log_proof == NULL || zy_file_read(o->log_proof, ZY_LOG_PROOF_MAX, a, &i->proof, err)) &&
		       (o->original == NULL || zy_verify_open(o->original, &i->original, a, err));
	i->in.bytes = zy_str(o->showing);
	return strcmp(o->showing, "-") != 0 || zy_file_read("-", SHOWING_MAX, a, &i->in.bytes, err);
}

static void close_input(struct input *i)
{
	zy_mapped_close(&i->in);
	zy_mapped_close(&i->original);
}

/* A file by its content; beside a content, the time-stamp of it or its signed data. */
static bool judge_input(void *arg, const struct zy_trust *trust, struct zy_report *r, struct zy_error *err)
{
	const struct input *i = arg;
	const struct options *o = i->o;

	if (o->showing != NULL)
		return zy_judge_showing(i->keys, trust, i->in.bytes, o->at, r, err);
	if (o->detached != NULL)
		return zy_verify_detached(i->keys, trust, i->in.bytes, o->detached, o->at, r, err);
	if (o->log_files != NULL && zy_standing_answer_is(i->in.bytes))
		return zy_verify_standing(i->keys, trust, i->in.bytes, o->log_files, o->at, r, err);
	if (o->log_proof != NULL && !zy_log_existed(i->keys, trust, i->proof, &i->in.bytes, 1, o->at, r, err))
		return false;
	if (!zy_judge_file(i->keys, trust, i->in.bytes, o->at, r, err))
		return false;
	r->logged = ZY_TIME_NEVER; /* of the file alone, not of its original */
	return (o->log_proof == NULL || zy_judge_logged(i->keys, trust, i->proof, i->in.bytes, o->at, r, err)) &&
	       (o->log_files == NULL || zy_judge_log_files(i->keys, trust, o->log_files, i->in.bytes, o->at, r, err)) &&
	       (o->original == NULL ||
		   zy_judge_original(i->keys, trust, i->original.bytes, i->in.bytes, o->at, r, err));
}

/* input NULL: the shown code, whose text never becomes the report's name, for it may hold personal data */
static int judge_one(const struct options *o, struct zy_keys *keys, const struct zy_bundles *b, const char *input)
{
	ZY_ARENA_AUTO file = { 0 };
	ZY_REPORT_AUTO r;
	struct zy_error err = { 0 };
	__attribute__((cleanup(close_input))) struct input i = { .o = o, .keys = keys };

	zy_report_start(&r, input == NULL ? "showing" : input, o->at);
	if (!read_input(&i, input, &file, &err) || !zy_bundles_judge(b, judge_input, &i, &r, &err) ||
	    !zy_mapped_check(&i.in, &err) || !zy_mapped_check(&i.original, &err))
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
	struct zy_bundles b = { 0 };
	char home[PATH_ROOM];
	int status = 0;

	if (o->at_text == NULL)
		o->at = zy_now(&zy_clock_system);
	if (o->anchor != NULL ? !open_anchors(o, &a, &b, &err) : !open_bundles(o, home, keys, &a, &b, &err))
		return zy_verify_error(o->json, o->anchor != NULL ? o->anchor : o->trust[0], &err);
	if (b.num == 0 && (o->crl != NULL || o->ocsp != NULL))
		zy_fail_set(
		    &err, ZY_E_USAGE, "crl", ZY_NOWHERE, "--crl and --ocsp help only beside a bundle or --anchor");
	for (size_t i = 0; i < b.num && err.code == ZY_OK; i++)
		if (!zy_verify_status(o->crl, o->ocsp, &b.all[i].trust, &a, &err))
			break;
	if (err.code != ZY_OK)
		return zy_verify_error(o->json, o->crl != NULL ? o->crl : o->ocsp, &err);
	if (o->showing != NULL)
		return judge_one(o, keys, &b, NULL);
	for (size_t i = 0; i < num_files; i++)
		status = worse(status, judge_one(o, keys, &b, files[i]));
	return status;
}

/* Files of strangers are read by libraries that allocate as the file says: there is an end to it. The sanitizers
 * reserve more address space than any limit, so a build with them has none. */
static void limit_memory(void)
{
#ifndef __SANITIZE_ADDRESS__
	const struct rlimit most = { MEMORY_MAX, MEMORY_MAX };

	setrlimit(RLIMIT_DATA, &most); /* files that are mapped for reading do not count */
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
		{ "trust", "BUNDLE...",
		    "trust bundle to judge with (default: HOME/trust/bundle.json); several, of several cities: the first that "
		    "knows the issuer decides",
		    o.trust, NULL },
		{ "trust-pin", "HEX...",
		    "SHA-256 of the bundle's anchors, from another channel (default: `pin` beside it); HEX@N: no "
		    "version before N",
		    o.pin_text, NULL },
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
		{ "log-proof", "PROOF", "the proof that the transparency log holds FILE, or grew from it", &o.log_proof,
		    NULL },
		{ "log-files", "DIR",
		    "the published log (C2SP tlog-tiles), all of it, beside a kept checkpoint or an answer about a day",
		    &o.log_files, NULL },
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
