#include "generations.h"

#include <stdio.h>
#include <unistd.h>

#include "processes.h"
#include "zy/kept.h"
#include "zy/revocation.h"
#include "zy/x509.h"

#define CERT_MAX ((size_t)64 << 10)
#define LABEL "issuing"

struct family {
	const char *label, *tokens[2]; /* by suite */
};
static const struct family issuing = { LABEL, { [ZY_SUITE_GM] = ZY_TOKEN_TPM, [ZY_SUITE_INTL] = ZY_TOKEN_SOFT } };
static const struct family root = { "root", { [ZY_SUITE_GM] = ZY_TOKEN_ROOT_TPM, [ZY_SUITE_INTL] = ZY_TOKEN_ROOT } };

static bool read_cert(const char *path, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err)
{
	struct zy_bytes pem;

	return zy_kept_read(path, CERT_MAX, a, &pem, err) && zy_cert_from_pem(pem, a, out, err);
}

static const char *cert_path(const struct family *f, const struct zy_home *h, enum zy_suite suite, unsigned n,
    struct zy_arena *a, struct zy_error *err)
{
	const char *stem = zy_arena_printf(a, err, "pki/%s-%s", f->label, zy_suite_name(suite));

	return stem == NULL ? NULL : zy_home_generation(h, stem, n, "pem", a, err);
}

static const char *list_name(
    const struct family *f, enum zy_suite suite, unsigned n, struct zy_arena *a, struct zy_error *err)
{
	return n == 1 ? zy_arena_printf(a, err, "%s-%s", f->label, zy_suite_name(suite))
		      : zy_arena_printf(a, err, "%s-%s~%u", f->label, zy_suite_name(suite), n);
}

static bool describe(const struct family *f, struct zy_ca_desk *d, enum zy_suite suite, const struct zy_hsm_key *k,
    struct zy_generation *out, struct zy_error *err)
{
	struct zy_arena *a = &d->arena;
	const char *path = cert_path(f, &d->home, suite, out->n, a, err);

	out->state = k->state;
	return path != NULL && read_cert(path, a, &out->issuer.cert, err) &&
	       zy_revocation_issuer_of(out->issuer.cert, out->key_id, err) &&
	       (out->name = list_name(f, suite, out->n, a, err)) != NULL &&
	       (out->issuer.key = zy_arena_printf(a, err, "pkcs11:token=%s;object=%s", f->tokens[suite], k->label)) !=
		   NULL;
}

/* The table of a token is in the order of its labels, where ~10 comes before ~2. */
static void sort(struct zy_generation *all, size_t num)
{
	for (size_t i = 1; i < num; i++)
		for (size_t k = i; k > 0 && all[k - 1].n > all[k].n; k--) {
			struct zy_generation swap = all[k];

			all[k] = all[k - 1];
			all[k - 1] = swap;
		}
}

static bool list(const struct family *f, struct zy_ca_desk *d, enum zy_suite suite, const struct zy_generation **out,
    size_t *num, struct zy_error *err)
{
	const struct zy_hsm_key *keys;
	struct zy_generation *all;
	size_t listed;

	*num = 0;
	if (!zy_hsm_list(d->ca.hsm, f->tokens[suite], &d->arena, &keys, &listed, err) ||
	    (all = zy_arena_array(&d->arena, listed + 1, sizeof(*all), err)) == NULL)
		return false;
	for (size_t i = 0; i < listed; i++) {
		struct zy_generation *g = &all[*num];
		struct zy_bytes alias;
		const char *path;

		g->n = zy_key_generation(zy_str(keys[i].label), &alias);
		if (!zy_bytes_equal(alias, zy_str(f->label)) || keys[i].state > ZY_KEY_RETIRING)
			continue;
		if ((path = cert_path(f, &d->home, suite, g->n, &d->arena, err)) == NULL)
			return false;
		if (access(path, F_OK) != 0) /* planned in a ceremony that was broken off */
			continue;
		if (!describe(f, d, suite, &keys[i], g, err))
			return false;
		++*num;
	}
	sort(all, *num);
	*out = all;
	return true;
}

bool zy_generations(
    struct zy_ca_desk *d, enum zy_suite suite, const struct zy_generation **out, size_t *num, struct zy_error *err)
{
	return list(&issuing, d, suite, out, num, err);
}

bool zy_root_generations(
    struct zy_ca_desk *d, enum zy_suite suite, const struct zy_generation **out, size_t *num, struct zy_error *err)
{
	return list(&root, d, suite, out, num, err);
}

/* ---- the next one ---- */

static const struct zy_hsm_key *find(const struct zy_hsm_key *keys, size_t num, struct zy_bytes label)
{
	for (size_t i = 0; i < num; i++)
		if (zy_bytes_equal(zy_str(keys[i].label), label))
			return &keys[i];
	return NULL;
}

/* One planned generation at a time; one without a date is what an interrupted call left. */
static bool choose(
    const struct zy_hsm_key *keys, size_t num, struct zy_bytes alias, unsigned *out, bool *there, struct zy_error *err)
{
	unsigned newest = 0;

	*there = false;
	for (size_t i = 0; i < num; i++) {
		struct zy_bytes of;
		unsigned n = zy_key_generation(zy_str(keys[i].label), &of);

		if (!zy_bytes_equal(of, alias) || n <= newest)
			continue;
		newest = n;
		*there = keys[i].state == ZY_KEY_PLANNED;
		if (*there && keys[i].life.from != ZY_TIME_NEVER)
			return zy_fail(err, ZY_E_KEY_STATE, "key", ZY_NOWHERE,
			    "generation %u of this key is planned for a day already; destroy it first to plan another",
			    n);
	}
	*out = *there ? newest : newest + 1;
	return true;
}

bool zy_generation_next(struct zy_hsm *hsm, const char *before, struct zy_arena *a, const char **uri,
    unsigned *generation, struct zy_error *err)
{
	struct zy_bytes alias, label = zy_str(strstr(before, ";object=") + 8);
	const struct zy_hsm_key *keys, *old;
	char token[64];
	size_t num;
	bool there;

	snprintf(token, sizeof(token), "%.*s", (int)strcspn(before + 13, ";"), before + 13);
	zy_key_generation(label, &alias);
	if (!zy_hsm_list(hsm, token, a, &keys, &num, err) || !choose(keys, num, alias, generation, &there, err) ||
	    (*uri = zy_arena_printf(a, err, "pkcs11:token=%s;object=%.*s~%u", token, (int)alias.len,
		 (const char *)alias.p, *generation)) == NULL)
		return false;
	if (there)
		return true;
	if ((old = find(keys, num, label)) == NULL)
		return zy_fail(err, ZY_E_KEY_URI, "key", ZY_NOWHERE, "a key of this name cannot be rotated");
	return zy_hsm_generate(hsm, *uri, old->kind, old->uses, err);
}

/* ---- who answers for one ---- */

static const char *own_path(const struct zy_home *h, enum zy_suite suite, unsigned key, unsigned authority,
    struct zy_arena *a, struct zy_error *err)
{
	return zy_home_path(h, a, err, "pki/ocsp-%s~%u.of~%u.pem", zy_suite_name(suite), key, authority);
}

/* RFC 6960 4.2.2.2: the authority whose certificates are asked about has issued it. */
static bool is_issued_by(const char *path, const char *authority, struct zy_arena *a)
{
	struct zy_error ignored = { 0 };
	struct zy_bytes cert, issuer;
	struct zy_x509 c, by;

	return access(path, F_OK) == 0 && read_cert(path, a, &cert, &ignored) &&
	       read_cert(authority, a, &issuer, &ignored) && zy_x509_parse(&c, cert, &ignored) &&
	       zy_x509_parse(&by, issuer, &ignored) && by.subject_key_id.len > 0 &&
	       zy_bytes_equal(c.authority_key_id, by.subject_key_id);
}

const char *zy_responder_path(const struct zy_home *h, enum zy_suite suite, unsigned key, unsigned authority,
    struct zy_arena *a, struct zy_error *err)
{
	const char *stem = zy_arena_printf(a, err, "pki/ocsp-%s", zy_suite_name(suite)),
		   *own = own_path(h, suite, key, authority, a, err),
		   *usual = stem == NULL ? NULL : zy_home_generation(h, stem, key, "pem", a, err),
		   *by = cert_path(&issuing, h, suite, authority, a, err);

	if (own == NULL || usual == NULL || by == NULL)
		return NULL;
	return is_issued_by(own, by, a) ? own : is_issued_by(usual, by, a) ? usual : NULL;
}

bool zy_responder_certify(struct zy_ca_desk *d, enum zy_suite suite, const struct zy_generation *by,
    const char *ocsp_key, const char *common_name, zy_time now, struct zy_error *err)
{
	const struct zy_cert_subject subject = { d->policy.operator_name.zh, common_name, "" };
	struct zy_bytes alias, cert;
	const char *path =
	    own_path(&d->home, suite, zy_key_generation(zy_str(ocsp_key), &alias), by->n, &d->arena, err);
	struct zy_cert_plan plan;
	ZY_BUF_AUTO pem = { 0 };

	if (path == NULL || !zy_cert_plan_for_key(&d->ca, "ocsp", &subject, ocsp_key, 0, now, &plan, err) ||
	    !zy_cert_issue(&d->ca, &by->issuer, &plan, now, &d->arena, &cert, err))
		return false;
	zy_cert_to_pem(cert, &pem);
	return zy_buf_done(&pem, "certificate", err) && zy_kept_write(path, zy_buf_bytes(&pem), 0644, true, err);
}

/* ---- may one go? ---- */

struct counting {
	zy_time now, last;
	uint64_t num;
};

static bool count(void *arg, const struct zy_entry *e, struct zy_error *err)
{
	struct counting *c = arg;

	(void)err;
	/* who answers about certificates is not missed where there are none */
	if (e->state != ZY_CERT_VALID || e->not_after < c->now || strcmp(e->profile, "ocsp") == 0)
		return true;
	c->num++;
	if (e->not_after > c->last)
		c->last = e->not_after;
	return true;
}

static bool count_valid(struct zy_ca_desk *d, const char *path, struct counting *c, struct zy_error *err)
{
	uint8_t issuer[ZY_KEY_ID_LEN];
	struct zy_bytes cert;

	return read_cert(path, &d->arena, &cert, err) && zy_revocation_issuer_of(cert, issuer, err) &&
	       zy_register_walk(d->ca.reg, issuer, count, c, err);
}

bool zy_issuing_unused(const char *home, zy_time now, const char *key, struct zy_error *err)
{
	struct counting c = { .now = now };
	struct zy_ca_desk d;
	struct zy_bytes alias;
	unsigned n = zy_key_generation(zy_str(key), &alias);
	char last[ZY_TIME_TEXT];
	bool ok = true;

	if (!zy_ca_desk_open(&d, home, false, now, err))
		return false;
	for (enum zy_suite s = ZY_SUITE_GM; ok && s <= ZY_SUITE_INTL; s++) {
		const char *uri = zy_arena_printf(&d.arena, err, "pkcs11:token=%s;object=" LABEL, issuing.tokens[s]),
			   *path = cert_path(&issuing, &d.home, s, n, &d.arena, err);

		ok = uri != NULL && path != NULL;
		if (ok && zy_bytes_equal(alias, zy_str(uri)) && access(path, F_OK) == 0)
			ok = count_valid(&d, path, &c, err);
	}
	zy_ca_desk_close(&d);
	if (!ok || c.num == 0)
		return ok;
	zy_time_to_rfc3339(c.last, last);
	return zy_fail(err, ZY_E_KEY_STATE, "key", ZY_NOWHERE,
	    "%llu certificates of this authority are valid until %s at last, and its key signs the lists about them; "
	    "`zhengyin ca list`, then renew or revoke them",
	    (unsigned long long)c.num, last);
}
