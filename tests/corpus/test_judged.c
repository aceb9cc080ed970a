/* Every file of tests/corpus against the .expect beside it: exactly these findings, no more, no fewer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <glob.h>
#include <unistd.h>

#include "verify/revocation.h"
#include "verify_keys.h"
#include "zy/pem.h"
#include "zy/pkix.h"
#include "zy/text.h"

#define CORPUS ZY_SOURCE_DIR "/tests/corpus/"

struct expect {
	zy_time at;
	const char *indication, *sub_indication, *error, *says; /* says: words of the error */
	const char *purpose, *policy, *all;                     /* of a chain */
	const char *file;                                       /* of a trust bundle: what is judged by it */
	const char *of;                                         /* of a time-stamp: its content */
	size_t num_findings;
	struct {
		const char *code, *field;
		bool seen;
	} findings[64];
};

struct world {
	struct zy_arena a;
	struct zy_keys *keys;
	struct zy_trust trust;
};

static struct zy_bytes read_file(struct world *w, const char *path)
{
	struct zy_bytes out;
	struct zy_error err = { 0 };

	if (!zy_file_read(path, 1 << 24, &w->a, &out, &err))
		fail_msg("%s", err.msg);
	return out;
}

static void read_line(struct expect *e, char *line, const char *path)
{
	char *value = strstr(line, ": "), *field;
	struct zy_error err = { 0 };

	if (line[0] == '#' || line[0] == 0)
		return;
	if (value == NULL)
		fail_msg("%s: no value in %s", path, line);
	*value = 0;
	value += 2;
	if (strcmp(line, "at") == 0) {
		assert_true(zy_time_from_rfc3339(zy_str(value), &e->at, &err));
	} else if (strcmp(line, "indication") == 0) {
		e->indication = value;
	} else if (strcmp(line, "sub_indication") == 0) {
		e->sub_indication = value;
	} else if (strcmp(line, "error") == 0) {
		e->error = value;
	} else if (strcmp(line, "says") == 0) {
		e->says = value;
	} else if (strcmp(line, "purpose") == 0) {
		e->purpose = value;
	} else if (strcmp(line, "policy") == 0) {
		e->policy = value;
	} else if (strcmp(line, "file") == 0) {
		e->file = value;
	} else if (strcmp(line, "of") == 0) {
		e->of = value;
	} else if (strcmp(line, "all") == 0) {
		e->all = value;
	} else if (strcmp(line, "openssl") == 0) {
		/* for tests/e2e/chain_corpus.sh */
	} else if (strcmp(line, "finding") == 0 && e->num_findings < 64) {
		if ((field = strchr(value, ' ')) != NULL)
			*field++ = 0;
		e->findings[e->num_findings].code = value;
		e->findings[e->num_findings++].field = field == NULL ? "" : field;
	} else {
		fail_msg("%s: unknown key %s", path, line);
	}
}

static void read_expect(struct world *w, const char *file, struct expect *e)
{
	char path[4096], *text, *line;
	struct zy_error err = { 0 };

	*e = (struct expect){ 0 };
	snprintf(path, sizeof(path), "%.*s.expect", (int)(strrchr(file, '.') - file), file);
	assert_non_null(text = zy_arena_text(&w->a, read_file(w, path), &err));
	while ((line = strsep(&text, "\n")) != NULL)
		read_line(e, line, path);
}

static void check_finding(struct expect *e, const struct zy_finding *f, const char *file)
{
	for (size_t i = 0; i < e->num_findings; i++)
		if (!e->findings[i].seen && strcmp(e->findings[i].code, f->rule->code) == 0 &&
		    strcmp(e->findings[i].field, f->field) == 0) {
			e->findings[i].seen = true;
			return;
		}
	fail_msg(
	    "%s: unexpected finding %s %s (%s)", file, f->rule->code, f->field, f->detail == NULL ? "" : f->detail);
}

static void check_report(struct expect *e, const struct zy_report *r, const char *file)
{
	const char *sub = zy_report_sub_indication(r);

	for (const struct zy_finding *f = r->first; f != NULL; f = f->next)
		check_finding(e, f, file);
	for (size_t i = 0; i < e->num_findings; i++)
		if (!e->findings[i].seen)
			fail_msg("%s: no finding %s %s", file, e->findings[i].code, e->findings[i].field);
	if (e->indication == NULL || strcmp(e->indication, zy_indication_name(zy_report_indication(r))) != 0 ||
	    strcmp(e->sub_indication == NULL ? "" : e->sub_indication, sub == NULL ? "" : sub) != 0)
		fail_msg("%s: %s %s", file, zy_indication_name(zy_report_indication(r)), sub == NULL ? "" : sub);
}

static size_t blocks(struct world *w, struct zy_bytes file, const char *label, struct zy_bytes out[8])
{
	struct zy_error err = { 0 };
	size_t num = 0;

	if (memmem(file.p, file.len, label, strlen(label)) != NULL &&
	    !zy_pem_collect(file, label, NULL, out, 8, &num, &w->a, &err))
		fail_msg("%s", err.msg);
	return num;
}

/* A PEM file has the leaf first and the anchor last, lists and answers behind. */
static bool judge_chain(
    struct world *w, struct zy_bytes file, const struct expect *e, struct zy_report *r, struct zy_error *err)
{
	struct zy_bytes certs[8], crls[8], answers[8], policy;
	ZY_BUF_AUTO oid = { .cap = 64 };
	const size_t num = blocks(w, file, "CERTIFICATE", certs);
	const struct zy_revocation status = { .crls = crls,
		.num_crls = blocks(w, file, "X509 CRL", crls),
		.answers = answers,
		.num_answers = blocks(w, file, "OCSP RESPONSE", answers),
		.others = certs + 1,
		.num_others = num - 2,
		.at = e->at,
		.until = e->at,
		.all = e->all != NULL };
	struct zy_path_question q = { .leaf = certs[0],
		.others = certs + 1,
		.num_others = num - 2,
		.anchors = &certs[num - 1],
		.num_anchors = 1,
		.policies = &policy,
		.num_policies = e->policy != NULL,
		.at = e->at };

	assert_true(num >= 2);
	assert_true(e->purpose == NULL || zy_path_use_named(e->purpose, &q.use));
	assert_true(e->policy == NULL || zy_oid_from_text(e->policy, &oid, err));
	policy = zy_buf_bytes(&oid);
	return zy_judge_certificate(w->keys, &q, &status, &w->a, r, err);
}

/* A bundle, and the file of another folder that is judged by it. */
static bool judge_by(
    struct world *w, struct zy_bytes bundle, const struct expect *e, struct zy_report *r, struct zy_error *err)
{
	struct zy_trust t;
	char path[4096];

	assert_non_null(e->file);
	snprintf(path, sizeof(path), CORPUS "%s", e->file);
	return zy_trust_open(&t, bundle, NULL, e->at, w->keys, &w->a, err) &&
	       zy_judge_file(w->keys, &t, read_file(w, path), e->at, r, err);
}

static bool judge_of(
    struct world *w, struct zy_bytes stamp, const struct expect *e, struct zy_report *r, struct zy_error *err)
{
	char path[4096];

	snprintf(path, sizeof(path), CORPUS "%s", e->of);
	return zy_judge_timestamp(w->keys, &w->trust, stamp, read_file(w, path), e->at, r, err);
}

static bool judge(struct world *w, const char *file, const struct expect *e, struct zy_report *r, struct zy_error *err)
{
	struct zy_bytes bytes = read_file(w, file);

	if (e->of != NULL)
		return judge_of(w, bytes, e, r, err);

	if (strstr(file, ".pem") != NULL)
		return judge_chain(w, bytes, e, r, err);
	return strstr(file, ".json") != NULL ? judge_by(w, bytes, e, r, err)
					     : zy_judge_file(w->keys, &w->trust, bytes, e->at, r, err);
}

static void check_file(struct world *w, const char *file)
{
	ZY_REPORT_AUTO r;
	struct expect e;
	struct zy_error err = { 0 };

	read_expect(w, file, &e);
	zy_report_start(&r, file, e.at);
	if (judge(w, file, &e, &r, &err))
		check_report(&e, &r, file);
	else if (e.error == NULL || strcmp(e.error, zy_code_name(err.code)) != 0 ||
		 (e.says != NULL && strstr(err.msg, e.says) == NULL))
		fail_msg("%s: error %s: %s", file, zy_code_name(err.code), err.msg);
}

/* A folder may have a bundle of its own. */
static const char *trust_file(const char *pattern, const char *name, char path[4096])
{
	snprintf(path, 4096, "%.*s%s", (int)(strlen(pattern) - 1), pattern, name);
	if (access(path, R_OK) != 0)
		snprintf(path, 4096, CORPUS "%s", name);
	return path;
}

/* Documents of strangers have an anchor, and behind it certificates that lead to it. */
static bool open_anchor(struct world *w, const char *pattern)
{
	struct zy_trust_cert *certs;
	struct zy_error err = { 0 };
	struct zy_bytes ders[8];
	char path[4096];
	size_t num;

	if (access(trust_file(pattern, "anchor.crt", path), R_OK) != 0)
		return false;
	if (!zy_pem_collect(read_file(w, path), "CERTIFICATE", NULL, ders, 8, &num, &w->a, &err) ||
	    (certs = zy_arena_array(&w->a, num, sizeof(*certs), &err)) == NULL)
		fail_msg("%s", err.msg);
	for (size_t i = 0; i < num; i++)
		certs[i] =
		    (struct zy_trust_cert){ .der = ders[i], .purposes = ZY_PURPOSE_DOCUMENT | ZY_PURPOSE_TIMESTAMP };
	w->trust = (struct zy_trust){ .next_update = ZY_TIME_NEVER,
		.anchors = certs,
		.num_anchors = 1,
		.intermediates = certs + 1,
		.num_intermediates = num - 1 };
	return true;
}

static void open_bundle(struct world *w, const char *pattern)
{
	struct zy_error err = { 0 };
	uint8_t pin[ZY_HASH_LEN];
	struct zy_bytes text;
	char path[4096];

	text = read_file(w, trust_file(pattern, "pin", path));
	assert_true(zy_unhex(ZY_BYTES(text.p, text.len - 1), pin, sizeof(pin), &err));
	if (!zy_trust_open(&w->trust, read_file(w, trust_file(pattern, "bundle.json", path)), pin, VERIFY_AT, w->keys,
		&w->a, &err))
		fail_msg("%s", err.msg);
}

static bool is_judged(const char *path)
{
	static const char *const beside[] = { ".expect", "/bundle.json", "/pin", "/anchor.crt", ".txt" };

	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++)
		if (strstr(path, beside[i]) != NULL)
			return false;
	return true;
}

static void every_file_gets_its_verdict(void **state)
{
	const char *pattern = *state;
	struct world w = { 0 };
	struct zy_error err = { 0 };
	glob_t g;

	assert_true(zy_keys_open(&w.keys, &err));
	if (!open_anchor(&w, pattern))
		open_bundle(&w, pattern);
	assert_int_equal(glob(pattern, 0, NULL, &g), 0);
	for (size_t i = 0; i < g.gl_pathc; i++)
		if (is_judged(g.gl_pathv[i]))
			check_file(&w, g.gl_pathv[i]);
	globfree(&g);
	zy_keys_close(w.keys);
	zy_arena_free(&w.a);
}

int main(void)
{
	char cms[] = CORPUS "cms/*", ofd[] = CORPUS "ofd/*", pdf[] = CORPUS "pdf/*", chain[] = CORPUS "chain/*",
	     crl[] = CORPUS "crl/*", ocsp[] = CORPUS "ocsp/*", xml[] = CORPUS "xml/*", pades[] = CORPUS "pades/*",
	     anchors[] = CORPUS "anchors/*", cades[] = CORPUS "cades/*", locks[] = CORPUS "pades-locks/*",
	     filled[] = CORPUS "pades-filled/*", others[] = CORPUS "others/*", foreign[] = CORPUS "foreign/*",
	     unknown[] = CORPUS "keys-of-others/*", xml_others[] = CORPUS "xml-others/*",
	     standing[] = CORPUS "standing/*";
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(every_file_gets_its_verdict, cms),
		cmocka_unit_test_prestate(every_file_gets_its_verdict, ofd),
		cmocka_unit_test_prestate(every_file_gets_its_verdict, pdf),
		cmocka_unit_test_prestate(every_file_gets_its_verdict, chain),
		cmocka_unit_test_prestate(every_file_gets_its_verdict, crl),
		cmocka_unit_test_prestate(every_file_gets_its_verdict, ocsp),
		cmocka_unit_test_prestate(every_file_gets_its_verdict, xml),
		cmocka_unit_test_prestate(every_file_gets_its_verdict, pades),
		cmocka_unit_test_prestate(every_file_gets_its_verdict, anchors),
		cmocka_unit_test_prestate(every_file_gets_its_verdict, cades),
		cmocka_unit_test_prestate(every_file_gets_its_verdict, locks),
		cmocka_unit_test_prestate(every_file_gets_its_verdict, filled),
		cmocka_unit_test_prestate(every_file_gets_its_verdict, others),
		cmocka_unit_test_prestate(every_file_gets_its_verdict, foreign),
		cmocka_unit_test_prestate(every_file_gets_its_verdict, unknown),
		cmocka_unit_test_prestate(every_file_gets_its_verdict, xml_others),
		cmocka_unit_test_prestate(every_file_gets_its_verdict, standing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
