/* What every command of `zhengyin` gets, and how it answers: results on stdout, everything else on stderr. */
#ifndef ZY_CLI_H
#define ZY_CLI_H

#include <jansson.h>

#include "zy/desk.h"
#include "zy/mint.h"
#include "zy/options.h"

struct zy_cli {
	const char *home;
	struct zy_desk_as as; /* of --tenant, --below and --reason */
	bool json, quiet;     /* quiet: no answer, for commands that call commands */
	const struct zy_clock *clock;
	const struct zy_tsa_time *tsa_time; /* of time-stamps */
	int exit;                           /* of a command that ran: 0 unless it says otherwise */
};

/* For commands about licences: whose. */
#define ZY_TENANT_OPTION(c)                                                                                            \
	{                                                                                                              \
		"tenant", "CODE", "as this tenant (default: config.json's, else the top of the tree)",                 \
		    &(c)->as.tenant, NULL                                                                              \
	}
/* For commands that write a licence's files. */
#define ZY_PACKAGE_OPTION(package)                                                                                     \
	{                                                                                                              \
		"package", NULL, "with --out: also as one package with the proof, IDENTIFIER.zip", NULL, &(package)    \
	}
/* Errors: usage (no folder to write it to, or of the secret compartment, whose log nobody proves). */
ZY_MUST_CHECK bool zy_cli_may_package(const struct zy_cli *c, bool package, const char *out_dir, struct zy_error *err);
/* On which side of the secret compartment (zy/secret_home.h). */
#define ZY_SECRET_OPTION(c)                                                                                            \
	{                                                                                                              \
		"secret", NULL, "in the secret compartment, and nowhere else", NULL, &(c)->as.secret                   \
	}
/* And for those that only read. */
#define ZY_BELOW_OPTIONS(c)                                                                                            \
	{ "below", "CODE", "look into a tenant below that one, by the right it gave", &(c)->as.below, NULL },          \
	{                                                                                                              \
		"reason", "CODE", "with --below: why; 1 to 64 of a-z, 0-9 and -", &(c)->as.reason, NULL                \
	}

struct zy_cmd {
	const char *name, *usage, *summary;
	/* argv[0] is the command's name. false: *err says why. */
	bool (*run)(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
	/* more for --help: what it does, then examples; NULL for none */
	const char *teach;
};
extern const struct zy_cmd zy_cmds[];          /* ends with { 0 } */
extern const struct zy_cmd zy_ca_cmds[];       /* "ca VERB"; ends with { 0 } */
extern const struct zy_cmd zy_holder_cmds[];   /* "holder VERB"; ends with { 0 } */
extern const struct zy_cmd zy_tenant_cmds[];   /* "tenant VERB"; ends with { 0 } */
extern const struct zy_cmd zy_log_cmds[];      /* "log VERB"; ends with { 0 } */
extern const struct zy_cmd zy_seal_cmds[];     /* seal verbs with options of their own; ends with { 0 } */
extern const struct zy_cmd zy_approve_cmds[];  /* "approve VERB"; ends with { 0 } */
extern const struct zy_cmd zy_ceremony_cmds[]; /* "ceremony VERB"; ends with { 0 } */
const struct zy_cmd *zy_verb_find(const struct zy_cmd *verbs, const char *verb); /* NULL: none */
/* Runs the verb that argv[1] names out of such a table, or lists the verbs. Errors: usage, those of the verb. */
bool zy_verb_run(
    struct zy_cli *c, const struct zy_cmd *verbs, const char *what, int argc, char **argv, struct zy_error *err);

/*
 * Parses a command's own options and words; --help and --json are added to every table. *go is false when --help was
 * asked for and printed. Errors: usage.
 */
#define ZY_CLI_WORDS_MAX 8
ZY_MUST_CHECK bool zy_cli_parse(struct zy_cli *c, const char *name, const struct zy_option *opts, int argc, char **argv,
    size_t least_words, size_t most_words, const char **words, bool *go, struct zy_error *err);

/* One JSON object on one line; takes the reference. */
void zy_cli_json(json_t *object);
/* {"code", "field", "message"}; a failure without a field has an empty one. */
json_t *zy_error_json(const struct zy_error *e);
/* RFC 3339; null for 0 and for the ends of time, which say that there is no such date. */
json_t *zy_time_json(zy_time t);
/* The answer of a mint, as the command contract has it. */
json_t *zy_minted_json(const struct zy_minted *m);
/* {"index", "checkpoint", "leaf", "path", "proof"}; what is not proved is null. */
json_t *zy_log_json(const struct zy_log_answer *l);
void zy_minted_print(struct zy_cli *c, const struct zy_minted *m);
/* What a command has just done around the vault (zy/follow_home.h) gets its place in the log now. That it cannot, since
 * another command holds the vault or a token is away, is said on stderr and no failure: who mints next notes it. */
void zy_cli_follow(struct zy_cli *c);
/* Who cares for the vault is told on stderr that this does not take the secret compartment in, when there is one. */
void zy_cli_other_side(const struct zy_desk *d, const char *command);
/* Who looks, for which item and case, on which ground: options of the commands that show what is held of somebody. */
#define ZY_ACCESS_OPTIONS(a)                                                                                           \
	{ "as", "WHO", "who looks: a system or an account (default: console)", &(a).who, NULL },                       \
	    { "item", "CODE", "for which item", &(a).item, NULL },                                                     \
	    { "case", "NUMBER", "for which case", &(a).case_id, NULL },                                                \
	{                                                                                                              \
		"ground", "TEXT", "on which legal ground", &(a).ground, NULL                                           \
	}
/* Who looked when no --as was given. */
struct zy_access;
void zy_cli_looks(struct zy_access *a);
/* A version's number, 0 for NULL. Errors: usage. */
ZY_MUST_CHECK bool zy_cli_version(const char *text, unsigned *out, struct zy_error *err);
/* "ofd,pdf" to bits. Errors: usage. */
ZY_MUST_CHECK bool zy_forms_parse(const char *text, unsigned *out, struct zy_error *err);
/* The digest as the contract writes it: sm3:HEX for OFD, sha256:HEX for PDF. */
void zy_form_digest_text(const struct zy_licence_file *f, char out[80]);
/* Threads for many licences: they mostly wait for tokens and the disk. */
unsigned zy_cli_threads(void);
/* Where share/zhengyin lies, beside the programs. Errors: io. */
ZY_MUST_CHECK bool zy_share_folder(char *out, size_t room, struct zy_error *err);

/* Makes a device key and a credential for the newest version of a licence, and keeps the wallet in HOME/wallet. What
 * *w points to is in the arena. Errors: not-found, state, type-unknown, those of zy_wallet_enrol, io. */
struct zy_wallet;
ZY_MUST_CHECK bool zy_wallet_make(struct zy_desk *d, const char *identifier, enum zy_suite suite, struct zy_arena *a,
    struct zy_wallet *w, struct zy_error *err);

bool zy_cmd_init(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_up(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_down(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_status(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_mint(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_change(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_suspend(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_resume(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_revoke(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_show(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_list(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_history(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_holder(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_receipts(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_events(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_check(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_shred(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_backup(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_restore(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_tenant(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_tenant_list(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_tenant_add(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_tenant_allow(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_tenant_forbid(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_journal(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_log(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_log_checkpoint(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_log_prove(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_log_check(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_log_export(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_log_cosign(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_log_loss(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_log_ask(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_log_answer(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_policy(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_seal(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_seal_sign(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_seal_extend(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_seal_fields(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_key(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_trust(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_seal_retire(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_seal_switch_off(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_wallet(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_ca(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_ca_issue(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_ca_list(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_ca_renew(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_ca_revoke(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_ca_crl(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_ca_ocsp(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_ca_tsa(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_ca_timestamp(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_drill(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_approve(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_approve_request(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_approve_show(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_approve_sign(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_approve_apply(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_approve_officers(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_approve_enrol(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_ceremony(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_ceremony_plan(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_ceremony_run(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_ceremony_check(struct zy_cli *c, int argc, char **argv, struct zy_error *err);
bool zy_cmd_bench(struct zy_cli *c, int argc, char **argv, struct zy_error *err);

#endif
