/* ca issue, ca list, ca renew, ca revoke. */
#include "ca_desk.h"
#include "ca_revoke.h"
#include "cli.h"
#include "presigned.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "zy/csr.h"
#include "zy/file.h"
#include "zy/text.h"

struct ca_options {
	const char *profile, *csr, *suite, *subject, *days, *out, *batch, *reason, *invalid, *request, *identity;
	unsigned num_days;
};

static bool read_days(struct ca_options *o, struct zy_error *err)
{
	size_t len = o->days == NULL ? 0 : strlen(o->days);

	if (o->days == NULL)
		return true;
	if (len == 0 || len > 5 || strspn(o->days, "0123456789") != len || o->days[0] == '0')
		return zy_fail(err, ZY_E_USAGE, "days", ZY_NOWHERE, "--days is a whole number from 1 to 99999");
	o->num_days = (unsigned)strtoul(o->days, NULL, 10);
	return true;
}

static bool answer(struct zy_cli *c, const struct ca_options *o, const struct zy_entry *e, struct zy_error *err)
{
	ZY_BUF_AUTO pem = { 0 };
	json_t *json;

	zy_cert_to_pem(e->der, &pem);
	if (!zy_buf_done(&pem, "certificate", err) ||
	    (o->out != NULL && !zy_file_write(o->out, zy_buf_bytes(&pem), 0644, true, err)))
		return false;
	if (c->json) {
		json = zy_entry_json(e);
		json_object_set_new(json, "path", o->out == NULL ? json_null() : json_string(o->out));
		json_object_set_new(json, "pem", json_stringn((const char *)pem.p, pem.len));
		zy_cli_json(json);
	} else if (o->out == NULL) {
		fwrite(pem.p, 1, pem.len, stdout);
	} else {
		printf("%s\n", o->out);
	}
	return true;
}

static bool issue_job(struct zy_cli *c, struct zy_ca_desk *d, const struct ca_options *o, const char *profile_name,
    enum zy_suite suite, struct zy_cert_job *job, struct zy_error *err)
{
	const struct zy_cert_profile *profile;
	struct zy_issuing *issuer;
	ZY_ARENA_AUTO a = { 0 };

	if (!zy_profile_find(&d->profiles, profile_name, &profile, err) ||
	    (issuer = zy_ca_desk_issuer(d, profile, suite, err)) == NULL ||
	    !zy_cert_issue_many(issuer, job, 1, 1, zy_now(c->clock), &a, err))
		return false;
	if (job->err.code != ZY_OK)
		return zy_fail(err, job->err.code, job->err.field, job->err.offset, "%s", job->err.msg);
	return answer(c, o, &job->entry, err);
}

static bool issue_one(struct zy_cli *c, struct zy_ca_desk *d, const struct ca_options *o, struct zy_error *err)
{
	struct zy_cert_job job = { .wish = { .profile = o->profile,
				       .subject = o->subject,
				       .days = o->num_days,
				       .request = o->request,
				       .identities = o->identity } };
	const struct zy_cert_profile *profile;
	enum zy_suite suite;

	if (!zy_profile_find(&d->profiles, o->profile, &profile, err) ||
	    !zy_file_read(o->csr, 2 * ZY_CSR_MAX, &d->arena, &job.wish.csr, err) ||
	    !zy_ca_desk_suite(job.wish.csr, &suite, err))
		return false;
	if (o->suite != NULL && strcmp(o->suite, zy_suite_name(suite)) != 0)
		return zy_fail(
		    err, ZY_E_PROFILE, "suite", ZY_NOWHERE, "the request's key is of suite %s", zy_suite_name(suite));
	return issue_job(c, d, o, o->profile, suite, &job, err);
}

static bool issue_batch(struct zy_cli *c, struct zy_ca_desk *d, const struct ca_options *o, struct zy_error *err)
{
	FILE *in = strcmp(o->batch, "-") == 0 ? stdin : fopen(o->batch, "re");
	uint64_t refused;
	bool ok;

	if (in == NULL)
		return zy_fail(err, ZY_E_IO, "batch", ZY_NOWHERE, "cannot read %s: %s", o->batch, strerror(errno));
	ok = zy_ca_batch(d, in, zy_cli_threads(), zy_now(c->clock), &refused, err);
	if (in != stdin)
		fclose(in);
	c->exit = refused > 0;
	return ok;
}

static bool list_one(void *arg, const struct zy_entry *e, struct zy_error *err)
{
	const struct zy_cli *c = arg;
	char serial[2 * ZY_SERIAL_LEN + 1], to[ZY_TIME_TEXT];

	(void)err;
	if (c->json) {
		zy_cli_json(zy_entry_json(e));
		return true;
	}
	zy_hex(ZY_BYTES(e->serial, ZY_SERIAL_LEN), serial);
	zy_time_to_date(e->not_after, 0, to);
	printf("%s %-9s %-4s %-12s to %s  %s\n", serial, zy_cert_state_name(e->state), zy_suite_name(e->suite),
	    e->profile, to, e->subject);
	return true;
}

static bool find(struct zy_ca_desk *d, const char *serial, struct zy_entry *out, struct zy_error *err)
{
	uint8_t octets[ZY_SERIAL_LEN];

	if (serial == NULL || !zy_unhex(zy_str(serial), octets, sizeof(octets), &(struct zy_error){ 0 }))
		return zy_fail(err, ZY_E_USAGE, "serial", ZY_NOWHERE,
		    "a serial has %d hexadecimal digits, as `ca list` shows", 2 * ZY_SERIAL_LEN);
	return zy_register_find(d->ca.reg, octets, &d->arena, out, err);
}

static bool renew(
    struct zy_cli *c, struct zy_ca_desk *d, const char *serial, const struct ca_options *o, struct zy_error *err)
{
	struct zy_cert_job job = { 0 };
	struct zy_entry old;

	return find(d, serial, &old, err) &&
	       zy_cert_plan_for_renewal(&d->ca, &old, o->num_days, zy_now(c->clock), &d->arena, &job.plan, err) &&
	       issue_job(c, d, o, old.profile, zy_spki_suite(&job.plan.key), &job, err);
}

static void say_revoked(struct zy_cli *c, const struct zy_entry *e, const struct zy_presigned *ahead)
{
	char serial[2 * ZY_SERIAL_LEN + 1];
	json_t *json;

	if (c->json) {
		json = zy_entry_json(e);
		json_object_set_new(json, "answers", json_integer((json_int_t)ahead->made));
		json_object_set_new(json, "withdrawn", json_integer((json_int_t)ahead->withdrawn));
		zy_cli_json(json);
		return;
	}
	zy_hex(ZY_BYTES(e->serial, ZY_SERIAL_LEN), serial);
	printf("revoked %s: %s\n", serial, zy_revocation_reason_name(e->reason));
	if (ahead->made > 0)
		printf("OCSP answers signed ahead: %" PRIu64 " made anew\n", ahead->made);
	if (ahead->waits)
		printf("OCSP answers signed ahead: %" PRIu64
		       " taken away, and not made anew: `zhengyin up`, then `zhengyin ca "
		       "ocsp --presign`\n",
		    ahead->withdrawn);
	printf("lists name it from the next `zhengyin ca crl` on\n");
}

/* Revoking asks no signer: where none answers, the old answers are gone and new ones wait. */
static bool withdraw_and_revoke(struct zy_ca_desk *d, struct zy_presigned *ahead, struct zy_entry *e, unsigned reason,
    zy_time invalid, struct zy_error *err)
{
	struct zy_error ignored = { 0 };

	zy_presigned_withdraw(ahead, e);
	if (!zy_register_revoke(d->ca.reg, e->issuer, e->serial, reason, ahead->now, invalid, err) ||
	    !zy_register_get(d->ca.reg, e->issuer, e->serial, &d->arena, e, err))
		return false;
	ahead->waits = !zy_presigned_make(ahead, e, &ignored);
	return true;
}

static bool revoke(
    struct zy_cli *c, struct zy_ca_desk *d, const char *serial, const struct ca_options *o, struct zy_error *err)
{
	const zy_time now = zy_now(c->clock);
	struct zy_presigned ahead;
	zy_time invalid = 0;
	struct zy_entry e;
	unsigned reason;
	bool ok;

	if (o->reason == NULL || !zy_revocation_reason(o->reason, &reason))
		return zy_fail(err, ZY_E_USAGE, "reason", ZY_NOWHERE,
		    "--reason is keyCompromise, superseded, cessationOfOperation or another of `zhengyin ca revoke --help`");
	if (o->invalid != NULL && !zy_time_from_rfc3339(zy_str(o->invalid), &invalid, err))
		return false;
	if (!find(d, serial, &e, err) || !zy_presigned_open(&ahead, d, now, err))
		return false;
	ok = e.state == ZY_CERT_VALID ? withdraw_and_revoke(d, &ahead, &e, reason, invalid, err)
				      : zy_register_revoke(d->ca.reg, e.issuer, e.serial, reason, now, invalid, err);
	ok = ok && zy_presigned_end(&ahead, err);
	if (ok)
		say_revoked(c, &e, &ahead);
	zy_presigned_close(&ahead);
	return ok;
}

bool zy_cmd_ca_issue(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	struct ca_options o = { 0 };
	const struct zy_option opts[] = { { "profile", "NAME", "a profile of profiles.json", &o.profile, NULL },
		{ "csr", "FILE|-", "the request, PKCS#10", &o.csr, NULL },
		{ "suite", "gm|intl", "refuse a key of the other suite", &o.suite, NULL },
		{ "subject", "O=...,CN=...", "in place of the request's own", &o.subject, NULL },
		{ "identity", "KIND:NUMBER,...", "of the subject, if the profile carries it", &o.identity, NULL },
		{ "days", "N", "days from now (default: the profile's)", &o.days, NULL },
		{ "request", "KEY", "again with the same key: the same certificate", &o.request, NULL },
		{ "out", "FILE", "write the certificate there", &o.out, NULL },
		{ "batch", "FILE|-", "JSON lines in place of one request", &o.batch, NULL }, { 0 } };
	struct zy_ca_desk d;
	bool go, ok;

	if (!zy_cli_parse(c, "ca issue", opts, argc, argv, 0, 0, NULL, &go, err) || !go)
		return err->code == ZY_OK;
	if (o.batch != NULL ? o.profile != NULL || o.csr != NULL || o.request != NULL || o.identity != NULL
			    : o.profile == NULL || o.csr == NULL)
		return zy_fail(err, ZY_E_USAGE, "ca issue", ZY_NOWHERE, "give --profile and --csr, or --batch");
	if (!read_days(&o, err) || !zy_ca_desk_open(&d, c->home, true, zy_now(c->clock), err))
		return false;
	ok = o.batch != NULL ? issue_batch(c, &d, &o, err) : issue_one(c, &d, &o, err);
	zy_ca_desk_close(&d);
	return ok;
}

bool zy_cmd_ca_list(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const struct zy_option opts[] = { { 0 } };
	struct zy_ca_desk d;
	bool go, ok;

	if (!zy_cli_parse(c, "ca list", opts, argc, argv, 0, 0, NULL, &go, err) || !go)
		return err->code == ZY_OK;
	if (!zy_ca_desk_open(&d, c->home, false, zy_now(c->clock), err))
		return false;
	ok = zy_register_walk(d.ca.reg, NULL, list_one, c, err);
	zy_ca_desk_close(&d);
	return ok;
}

bool zy_cmd_ca_renew(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	struct ca_options o = { 0 };
	const struct zy_option opts[] = { { "days", "N", "days from now (default: the profile's)", &o.days, NULL },
		{ "out", "FILE", "write the certificate there", &o.out, NULL }, { 0 } };
	const char *words[1] = { NULL };
	struct zy_ca_desk d;
	bool go, ok;

	if (!zy_cli_parse(c, "ca renew", opts, argc, argv, 1, 1, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (!read_days(&o, err) || !zy_ca_desk_open(&d, c->home, true, zy_now(c->clock), err))
		return false;
	ok = renew(c, &d, words[0], &o, err);
	zy_ca_desk_close(&d);
	return ok;
}

bool zy_cmd_ca_revoke(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	struct ca_options o = { 0 };
	struct zy_ca_rule_options many = { 0 };
	const struct zy_option opts[] = { { "reason", "CODE", "why", &o.reason, NULL },
		{ "invalidity-date", "TIME", "since when the key is suspect (RFC 3339)", &o.invalid, NULL },
		{ "rule", "FILE", "in place of SERIAL: the rule that says which, and why", &many.rule, NULL },
		{ "order", "ORDER", "--rule: the order that two officers approved", &many.order, NULL },
		{ "digits", "0|1|2", "--order: as of `ca crl`", &many.digits, NULL },
		{ "out", "DIR", "--order: where the lists go (HOME/crl)", &many.out, NULL }, { 0 } };
	const char *words[1] = { NULL };
	struct zy_ca_desk d;
	bool go, ok;

	if (!zy_cli_parse(c, "ca revoke", opts, argc, argv, 0, 1, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (many.rule == NULL ? words[0] == NULL || many.order != NULL || many.digits != NULL || many.out != NULL
			      : words[0] != NULL || o.reason != NULL || o.invalid != NULL)
		return zy_fail(err, ZY_E_USAGE, "ca revoke", ZY_NOWHERE,
		    "give SERIAL and --reason, or --rule, whose file names reason and date");
	if (!zy_ca_desk_open(&d, c->home, false, zy_now(c->clock), err))
		return false;
	ok = many.rule != NULL ? zy_ca_revoke_by_rule(c, &d, &many, err) : revoke(c, &d, words[0], &o, err);
	zy_ca_desk_close(&d);
	return ok;
}
