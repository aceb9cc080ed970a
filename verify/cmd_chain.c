/* zhengyin-verify chain: a certificate of anybody's, up to anchors of the caller's choice. */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "revocation.h"
#include "zy/options.h"
#include "zy/pkix.h"

#define CRLS_MAX 64
#define ANSWERS_MAX 16

struct chain {
	const char *anchor, *untrusted, *crl, *ocsp, *policy, *purpose;
	bool json, help;
	zy_time at;
	struct zy_bytes anchors[ZY_PATH_POOL_MAX], others[ZY_PATH_POOL_MAX];
	struct zy_bytes crls[CRLS_MAX], answers[ANSWERS_MAX];
	struct zy_path_question q;
	struct zy_revocation status;
	struct zy_bytes policy_oid;
};

static void print_help(const struct zy_option *table)
{
	printf("zhengyin-verify chain: judges a certificate and its path up to an anchor (RFC 5280 6, RFC 9618)\n\n"
	       "usage: zhengyin-verify chain --anchor FILE [OPTION]... LEAF.pem      LEAF.pem may be -\n\n");
	zy_options_help(table, stdout);
	printf(
	    "\nFiles are PEM, with any number of certificates, or DER. Certificates behind the first of LEAF.pem are\n"
	    "taken as --untrusted; signers of lists and answers are looked for among these, too. The same judgement\n"
	    "serves SM2, P-256 and other curves, RSA and EdDSA.\n"
	    "Purposes: any, document, server, client, email, code, timestamp, ocsp, crl.\n\n"
	    "exit status: 0 TOTAL-PASSED; 1 TOTAL-FAILED, as when it has expired or was altered; 2 INDETERMINATE, as when\n"
	    "no path leads to an anchor or a constraint is broken; 64 usage, 65 no certificate, 74 a file could not\n"
	    "be read.\n\n"
	    "example:\n"
	    "  zhengyin-verify chain --anchor root.pem --untrusted sub.pem --at 2026-03-01T00:00:00Z leaf.pem\n");
}

static bool read_purpose(struct chain *c, struct zy_error *err)
{
	return c->purpose == NULL || zy_path_use_named(c->purpose, &c->q.use) ||
	       zy_fail(
		   err, ZY_E_USAGE, "purpose", ZY_NOWHERE, "there is no purpose %.40s; --help names them", c->purpose);
}

static bool read_policy(struct chain *c, struct zy_arena *a, struct zy_error *err)
{
	ZY_BUF_AUTO oid = { .cap = 64 };
	struct zy_error why = { 0 };

	if (c->policy == NULL)
		return true;
	if (!zy_oid_from_text(c->policy, &oid, &why) || !zy_buf_done(&oid, "policy", &why))
		return zy_fail(
		    err, ZY_E_USAGE, "policy", ZY_NOWHERE, "--policy wants an OID such as 1.2.156.1: %.80s", why.msg);
	c->q.policies = &c->policy_oid;
	c->q.num_policies = 1;
	return zy_arena_copy(a, zy_buf_bytes(&oid), &c->policy_oid, err);
}

/* The leaf is the first certificate of its file; what follows it is a help for building. */
static bool read_files(struct chain *c, const char *leaf, struct zy_arena *a, struct zy_error *err)
{
	struct zy_bytes own[ZY_PATH_POOL_MAX];
	size_t num;

	if (!zy_verify_certs(leaf, own, ZY_PATH_POOL_MAX, &num, a, err) ||
	    !zy_verify_certs(c->anchor, c->anchors, ZY_PATH_POOL_MAX, &c->q.num_anchors, a, err) ||
	    !zy_verify_certs(c->untrusted, c->others, ZY_PATH_POOL_MAX, &c->q.num_others, a, err) ||
	    !zy_verify_blocks(c->crl, "X509 CRL", NULL, c->crls, CRLS_MAX, &c->status.num_crls, a, err) ||
	    !zy_verify_blocks(c->ocsp, "OCSP RESPONSE", NULL, c->answers, ANSWERS_MAX, &c->status.num_answers, a, err))
		return false;
	c->q.leaf = own[0];
	for (size_t i = 1; i < num && c->q.num_others < ZY_PATH_POOL_MAX; i++)
		c->others[c->q.num_others++] = own[i];
	c->q.anchors = c->anchors;
	c->q.others = c->others;
	c->status.others = c->others;
	c->status.num_others = c->q.num_others;
	c->status.crls = c->crls;
	c->status.answers = c->answers;
	return true;
}

static int answer(struct chain *c, const char *leaf)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error err = { 0 };
	struct zy_keys *k;
	ZY_REPORT_AUTO r;
	int status;

	zy_report_start(&r, leaf, c->at);
	if (!zy_keys_open(&k, &err))
		return zy_verify_error(c->json, leaf, &err);
	if (read_purpose(c, &err) && read_policy(c, &a, &err) && read_files(c, leaf, &a, &err) &&
	    zy_judge_certificate(k, &c->q, &c->status, &a, &r, &err) && zy_verify_write(c->json, &r, &err))
		status = zy_indication_exit(zy_report_indication(&r));
	else
		status = zy_verify_error(c->json, leaf, &err);
	zy_keys_close(k);
	return status;
}

int zy_verify_chain(int argc, char **argv, zy_time now)
{
	struct chain c = { .at = now };
	const char *at = NULL, *leaf[1];
	const struct zy_option table[] = {
		{ "anchor", "FILE", "certificates that are trusted; without them nothing passes", &c.anchor, NULL },
		{ "untrusted", "FILE", "certificates that a path may use", &c.untrusted, NULL },
		{ "crl", "FILE", "revocation lists, deltas too (RFC 5280 5); then the leaf must be covered", &c.crl,
		    NULL },
		{ "ocsp", "FILE", "OCSP responses (RFC 6960); then the leaf must be covered", &c.ocsp, NULL },
		{ "all", NULL, "authorities must be covered by --crl or --ocsp, too", NULL, &c.status.all },
		{ "at", "TIME", "judge for this moment, as 2026-03-01T00:00:00Z (default: now)", &at, NULL },
		{ "policy", "OID", "a certificate policy that must be valid for the path", &c.policy, NULL },
		{ "purpose", "NAME", "what the leaf is used for (default: any)", &c.purpose, NULL },
		{ "host", "NAME", "DNS name or IP address that the leaf must be for", &c.q.host, NULL },
		{ "strict", NULL, "certificates must have the form that RFC 5280 asks for, not only a valid path", NULL,
		    &c.q.strict },
		{ "json", NULL, "one JSON object instead of text", NULL, &c.json },
		{ "help", NULL, "this text", NULL, &c.help },
		{ 0 },
	};
	struct zy_error err = { 0 };
	size_t num;

	if (!zy_options_parse(table, argc, argv, leaf, 1, &num, &err))
		return zy_verify_error(c.json, NULL, &err);
	if (c.help) {
		print_help(table);
		return 0;
	}
	if (zy_verify_time(at, &c.at, &err) && num != 1)
		zy_fail_set(&err, ZY_E_USAGE, "LEAF", ZY_NOWHERE, "name one file with the certificate");
	if (err.code != ZY_OK)
		return zy_verify_error(c.json, NULL, &err);
	c.q.at = c.status.at = c.status.until = c.at;
	return answer(&c, leaf[0]);
}
