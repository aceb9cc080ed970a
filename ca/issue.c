/* Issuing: plan, encode, lint, intent, sign, compare, release. */
#include "internal.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "zy/x509.h"

#define THREADS_MAX 64
#define STEP_MAX ((size_t)16)

struct zy_issuing {
	const struct zy_authority *ca;
	const char *key;
	struct zy_arena arena; /* owns the issuer's certificate and key name */
	struct zy_issuer_facts issuer;
	pthread_mutex_t lock; /* guards making a template */
	_Atomic bool made[ZY_PROFILES_MAX];
	struct zy_cert_template templates[ZY_PROFILES_MAX]; /* in the order of the profiles */
};

static bool open_issuer(struct zy_issuing *s, const struct zy_cert_issuer *issuer, struct zy_error *err)
{
	uint8_t point[65];
	enum zy_key_kind kind;
	struct zy_bytes cert;

	if ((s->key = zy_arena_text(&s->arena, zy_str(issuer->key), err)) == NULL ||
	    !zy_hsm_public(s->ca->hsm, issuer->key, &kind, point, err))
		return false;
	if (issuer->cert.len == 0) {
		s->issuer.self = true;
		s->issuer.suite = kind == ZY_KEY_SM2 ? ZY_SUITE_GM : ZY_SUITE_INTL;
		memcpy(s->issuer.point, point, sizeof(point));
		return zy_key_identifier(ZY_BYTES(point, 65), s->issuer.key_id, err);
	}
	if (!zy_arena_copy(&s->arena, issuer->cert, &cert, err) || !zy_issuer_facts_read(cert, &s->issuer, err))
		return false;
	return memcmp(point, s->issuer.point, sizeof(point)) == 0 ||
	       zy_fail(err, ZY_E_ISSUER, "issuer", ZY_NOWHERE, "the issuer's certificate is not of the issuer's key");
}

bool zy_issuing_open(
    struct zy_issuing **out, const struct zy_authority *ca, const struct zy_cert_issuer *issuer, struct zy_error *err)
{
	struct zy_issuing *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "issuer", ZY_NOWHERE, "no memory for an issuer");
	s->ca = ca;
	pthread_mutex_init(&s->lock, NULL); /* glibc's never fails with default attributes */
	if (open_issuer(s, issuer, err)) {
		s->issuer.addresses = &ca->profiles->addresses;
		s->issuer.generation = zy_key_generation(zy_str(issuer->key), &(struct zy_bytes){ 0 });
		*out = s;
		return true;
	}
	zy_issuing_close(s);
	return false;
}

void zy_issuing_close(struct zy_issuing *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < ZY_PROFILES_MAX; i++)
		zy_cert_template_free(&s->templates[i]);
	pthread_mutex_destroy(&s->lock);
	zy_arena_free(&s->arena);
	free(s);
}

static const struct zy_cert_template *template_of(
    struct zy_issuing *s, const struct zy_cert_profile *p, struct zy_error *err)
{
	const size_t i = (size_t)(p - s->ca->profiles->profiles);

	if (s->made[i])
		return &s->templates[i];
	pthread_mutex_lock(&s->lock);
	if (!s->made[i]) {
		if (zy_cert_template_make(&s->templates[i], p, &s->issuer, err))
			s->made[i] = true;
		else
			zy_cert_template_free(&s->templates[i]);
	}
	pthread_mutex_unlock(&s->lock);
	return s->made[i] ? &s->templates[i] : NULL;
}

/* ---- one job ---- */

/* What a job needs between its steps; each has its own memory, since an arena belongs to one thread. */
struct work {
	struct zy_cert_job *job;
	struct zy_arena arena;
	struct zy_buf tbs, cert;
	bool intended; /* the register has its intent */
	struct zy_asked asked;
};

static bool draw_serial(uint8_t serial[ZY_SERIAL_LEN], struct zy_error *err)
{
	if (!zy_random(serial, ZY_SERIAL_LEN, err))
		return false;
	serial[0] = (uint8_t)((serial[0] & 0x7f) | 0x40); /* positive, always 16 octets, 126 random bits */
	return true;
}

/* Everything before a key is used. */
static bool prepare(struct zy_issuing *s, struct work *w, zy_time now, struct zy_error *err)
{
	struct zy_cert_job *j = w->job;
	const struct zy_cert_template *t;

	if (j->wish.csr.len > 0 && !zy_cert_plan_for_wish(s->ca, &j->wish, now, &w->arena, &j->plan, err))
		return false;
	memcpy(j->entry.issuer, s->issuer.key_id, ZY_KEY_ID_LEN);
	if ((t = template_of(s, j->plan.profile, err)) == NULL || !draw_serial(j->entry.serial, err) ||
	    !zy_cert_tbs_encode(t, &j->plan, j->entry.serial, &w->tbs, err) ||
	    !zy_cert_lint(zy_buf_bytes(&w->tbs), &j->plan, &s->issuer, now, err))
		return false;
	j->entry.state = ZY_CERT_INTENDED;
	j->entry.suite = s->issuer.suite;
	j->entry.not_before = j->plan.not_before;
	j->entry.not_after = j->plan.not_after;
	j->entry.profile = j->plan.profile->name;
	j->entry.der = zy_buf_bytes(&w->tbs);
	j->entry.subject = zy_arena_printf(
	    &w->arena, err, "C=CN, O=%s, CN=%s", j->plan.subject.organisation, j->plan.subject.common_name);
	return j->entry.subject != NULL;
}

static void put_certificate(struct zy_buf *b, struct zy_bytes tbs, enum zy_suite suite, const uint8_t rs[64])
{
	size_t mark = zy_der_open(b, ZY_DER_SEQUENCE), bits;

	zy_buf_put(b, tbs);
	zy_signature_alg_put(b, suite);
	bits = zy_der_open(b, ZY_DER_BITS);
	zy_buf_put_u8(b, 0);
	zy_der_put_rs(b, rs);
	zy_der_close(b, bits);
	zy_der_close(b, mark);
}

static bool is_named(struct zy_bytes subject, const char *common_name)
{
	struct zy_name_walk w = zy_name_walk_over(subject);
	struct zy_bytes value;

	return zy_name_walk_next(&w, zy_oid_common_name, &value) && zy_bytes_equal(value, zy_str(common_name)) &&
	       !zy_name_walk_next(&w, zy_oid_common_name, &value);
}

/* As who walks a path reads it. */
static bool is_as_planned(const struct zy_x509 *c, const struct zy_cert_plan *plan)
{
	ZY_BUF_AUTO key = { 0 };

	zy_spki_put(&key, &plan->key);
	return !key.failed && c->fault.code == ZY_OK && c->unknown_critical.len == 0 &&
	       zy_bytes_equal(c->spki, zy_buf_bytes(&key)) && c->not_before == plan->not_before &&
	       c->not_after == plan->not_after && c->is_authority == plan->profile->authority &&
	       is_named(c->subject, plan->subject.common_name);
}

/* The finished certificate, read by the verifier's reader, says what was meant, under a good signature. */
static bool compare(struct zy_issuing *s, struct work *w, const uint8_t rs[64], struct zy_error *err)
{
	struct zy_x509 c;
	bool good;

	if (!zy_x509_parse(&c, zy_buf_bytes(&w->cert), err) ||
	    !zy_signature_verify_point(
		s->ca->keys, ZY_BYTES(s->issuer.point, 65), s->issuer.suite, c.tbs, rs, &good, err))
		return false;
	return (good && is_as_planned(&c, &w->job->plan)) ||
	       zy_fail(err, ZY_E_SELF_VERIFY, "Certificate", ZY_NOWHERE,
		   "the certificate is not what was meant, or its signature does not verify");
}

static bool finish(struct zy_issuing *s, struct work *w, const uint8_t rs[64], struct zy_error *err)
{
	put_certificate(&w->cert, zy_buf_bytes(&w->tbs), s->issuer.suite, rs);
	return zy_buf_done(&w->cert, "Certificate", err) && compare(s, w, rs, err);
}

/* ---- asked before ---- */

static bool add_text(struct zy_hasher *h, const char *s, struct zy_error *err)
{
	return zy_hasher_add(h, ZY_BYTES(s, strlen(s) + 1), err); /* with its end: no two lists of texts are alike */
}

static bool digest_wish(const struct zy_cert_wish *w, struct zy_asked *out, struct zy_error *err)
{
	struct zy_hasher h = { 0 };
	char days[16];

	snprintf(days, sizeof(days), "%u", w->days);
	if (zy_digest(ZY_HASH_SHA256, zy_str(w->request), out->key, err) && zy_hasher_start(&h, ZY_HASH_SHA256, err) &&
	    add_text(&h, w->profile, err) && add_text(&h, w->subject == NULL ? "" : w->subject, err) &&
	    add_text(&h, days, err) && zy_hasher_add(&h, w->csr, err))
		return zy_hasher_final(&h, out->digest, err);
	zy_hasher_free(&h);
	return false;
}

/* Sets what was issued for the job's request key, if anything was. */
static void recall(struct zy_issuing *s, struct work *w, struct zy_arena *a)
{
	struct zy_cert_job *j = w->job;

	if (j->wish.request != NULL && digest_wish(&j->wish, &w->asked, &j->err) &&
	    !zy_register_asked(s->ca->reg, &w->asked, a, &j->again, &j->entry, &j->err))
		j->again = false;
}

/* ---- many ---- */

struct crew {
	struct zy_issuing *s;
	struct work *works;
	size_t num, step; /* step: jobs that a thread takes at once */
	_Atomic size_t next;
	zy_time now;
};

static bool stands(const struct work *w)
{
	return w->job->err.code == ZY_OK && !w->job->again;
}

static void refuse_for(struct work *w)
{
	if (w->job->err.code == ZY_OK)
		(void)zy_fail(&w->job->err, ZY_E_BUG, "certificate", ZY_NOWHERE, "refused without a reason");
}

static void *run_prepare(void *arg)
{
	struct crew *c = arg;

	for (size_t i; (i = c->next++) < c->num;)
		if (stands(&c->works[i]) && !prepare(c->s, &c->works[i], c->now, &c->works[i].job->err))
			refuse_for(&c->works[i]);
	return NULL;
}

/* One question to the signer for those of a step that stand. */
static void sign_step(struct zy_issuing *s, struct work *works, size_t num)
{
	struct zy_signing_job jobs[STEP_MAX];
	struct work *of[STEP_MAX];
	struct zy_error err = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < num; i++) {
		if (!stands(&works[i]))
			continue;
		of[n] = &works[i];
		jobs[n++] = (struct zy_signing_job){
			.q = { .key = s->key, .use = ZY_USE_CERTIFICATE, .message = zy_buf_bytes(&works[i].tbs) }
		};
	}
	if (!zy_hsm_sign_many(s->ca->hsm, jobs, n, &err))
		for (size_t i = 0; i < n; i++)
			jobs[i].err = err;
	for (size_t i = 0; i < n; i++) {
		of[i]->job->err = jobs[i].err;
		if (jobs[i].err.code == ZY_OK && !finish(s, of[i], jobs[i].rs, &of[i]->job->err))
			refuse_for(of[i]);
	}
}

static void *run_sign(void *arg)
{
	struct crew *c = arg;

	for (size_t i; (i = c->next++ * c->step) < c->num;)
		sign_step(c->s, &c->works[i], c->num - i < c->step ? c->num - i : c->step);
	return NULL;
}

static void run_all(struct crew *c, void *(*run)(void *), unsigned threads)
{
	pthread_t ids[THREADS_MAX];
	unsigned started = 0;

	c->next = 0;
	for (; started + 1 < threads && started < THREADS_MAX && started + 1 < c->num; started++)
		if (pthread_create(&ids[started], NULL, run, c) != 0)
			break;
	run(c); /* this one too: without threads it is the only one */
	while (started > 0)
		pthread_join(ids[--started], NULL);
}

/* Entries of the jobs that stand. */
static size_t gather(const struct crew *c, struct zy_entry *entries)
{
	size_t num = 0;

	for (size_t i = 0; i < c->num; i++)
		if (stands(&c->works[i]))
			entries[num++] = c->works[i].job->entry;
	return num;
}

static bool intend(struct crew *c, struct zy_entry *entries, struct zy_error *err)
{
	const size_t num = gather(c, entries);

	if (num > 0 && !zy_register_intend(c->s->ca->reg, entries, num, err))
		return false;
	for (size_t i = 0; i < c->num; i++)
		c->works[i].intended = c->works[i].job->err.code == ZY_OK;
	return true;
}

static bool cancel_failed(struct crew *c, struct zy_error *err)
{
	for (size_t i = 0; i < c->num; i++) {
		struct zy_cert_job *j = c->works[i].job;

		if (j->err.code != ZY_OK && c->works[i].intended &&
		    !zy_register_cancel(c->s->ca->reg, &j->entry, c->now, err))
			return false;
	}
	return true;
}

static bool release(struct crew *c, struct zy_entry *entries, struct zy_arena *a, struct zy_error *err)
{
	size_t num;

	for (size_t i = 0; i < c->num; i++) {
		struct zy_cert_job *j = c->works[i].job;

		if (j->err.code != ZY_OK || j->again)
			continue;
		j->entry.asked = j->wish.request == NULL ? NULL : &c->works[i].asked;
		j->entry.state = ZY_CERT_VALID;
		if (!zy_arena_copy(a, zy_buf_bytes(&c->works[i].cert), &j->entry.der, err) ||
		    (j->entry.subject = zy_arena_text(a, zy_str(j->entry.subject), err)) == NULL)
			return false;
	}
	num = gather(c, entries);
	return num == 0 || zy_register_release(c->s->ca->reg, entries, num, err);
}

/* Preparing is work for processors alone. */
static unsigned fewer(unsigned threads)
{
	const long cores = sysconf(_SC_NPROCESSORS_ONLN);

	return cores >= 1 && (unsigned)cores < threads ? (unsigned)cores : threads;
}

static bool issue_all(struct crew *c, unsigned threads, struct zy_arena *a, struct zy_error *err)
{
	struct zy_entry *entries = calloc(c->num + 1, sizeof(*entries));
	const size_t each = c->num / (threads == 0 ? 1 : threads);
	bool ok;

	if (entries == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "certificate", ZY_NOWHERE, "no memory for certificates");
	c->step = each < 1 ? 1 : each > STEP_MAX ? STEP_MAX : each;
	for (size_t i = 0; i < c->num; i++)
		recall(c->s, &c->works[i], a);
	run_all(c, run_prepare, fewer(threads));
	ok = intend(c, entries, err);
	if (ok) {
		run_all(c, run_sign, threads);
		ok = cancel_failed(c, err) && release(c, entries, a, err);
	}
	free(entries);
	return ok;
}

bool zy_cert_issue_many(struct zy_issuing *issuer, struct zy_cert_job *jobs, size_t num, unsigned threads, zy_time now,
    struct zy_arena *a, struct zy_error *err)
{
	struct crew c = { .s = issuer, .works = calloc(num + 1, sizeof(*c.works)), .num = num, .now = now };
	bool ok;

	if (c.works == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "certificate", ZY_NOWHERE, "no memory for certificates");
	for (size_t i = 0; i < num; i++) {
		c.works[i].job = &jobs[i];
		jobs[i].err = (struct zy_error){ 0 };
		jobs[i].entry = (struct zy_entry){ 0 };
		jobs[i].again = false;
	}
	ok = issue_all(&c, threads, a, err);
	for (size_t i = 0; i < num; i++) {
		if (!ok)
			(void)zy_fail(&jobs[i].err, err->code, err->field, err->offset, "%s", err->msg);
		if (jobs[i].err.code != ZY_OK)
			jobs[i].entry = (struct zy_entry){ 0 };
		jobs[i].entry.asked = NULL;
		jobs[i].plan = (struct zy_cert_plan){ 0 }; /* its texts may be of the work's arena */
		zy_buf_free(&c.works[i].tbs);
		zy_buf_free(&c.works[i].cert);
		zy_arena_free(&c.works[i].arena);
	}
	free(c.works);
	return ok;
}

bool zy_cert_issue(const struct zy_authority *ca, const struct zy_cert_issuer *issuer, const struct zy_cert_plan *plan,
    zy_time now, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err)
{
	struct zy_cert_job job = { .plan = *plan };
	struct zy_issuing *s;
	bool ok;

	if (!zy_issuing_open(&s, ca, issuer, err))
		return false;
	ok = zy_cert_issue_many(s, &job, 1, 1, now, a, err);
	zy_issuing_close(s);
	if (ok && job.err.code != ZY_OK)
		return zy_fail(err, job.err.code, job.err.field, job.err.offset, "%s", job.err.msg);
	if (ok)
		*out = job.entry.der;
	return ok;
}
