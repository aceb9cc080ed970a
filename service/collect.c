/* Certificates and how they stand, from the home, its authority, and what the caller brought. */
#include "collect.h"

#include <glob.h>

#include "zy/crl.h"
#include "zy/kept.h"
#include "zy/ocsp.h"
#include "zy/tsp.h"
#include "zy/x509.h"

#define ANSWER_LIFE_S 86400

bool zy_collect_open(struct zy_collecting *c, struct zy_extending *x, struct zy_arena *a, struct zy_error *err)
{
	*c = (struct zy_collecting){ .x = x, .a = a };
	if (!zy_ca_desk_open(&c->ca, x->desk->home.path, false, zy_now(x->desk->clock), err))
		return false;
	if (zy_ca_desk_ocsp(&c->ca, &c->ocsp, err))
		return true;
	zy_ca_desk_close(&c->ca);
	return false;
}

void zy_collect_close(struct zy_collecting *c)
{
	zy_ocsp_close(c->ocsp);
	zy_ca_desk_close(&c->ca);
}

static bool add(struct zy_collecting *c, enum zy_pdf_dss_kind kind, struct zy_bytes der, struct zy_error *err)
{
	for (size_t i = 0; i < c->num[kind]; i++)
		if (zy_bytes_equal(c->values[kind][i], der))
			return true;
	if (c->num[kind] == ZY_PDF_DSS_VALUES_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "DSS", ZY_NOWHERE, "more than %d values", ZY_PDF_DSS_VALUES_MAX);
	return zy_arena_copy(c->a, der, &c->values[kind][c->num[kind]++], err);
}

/* ---- how a certificate stands ---- */

/* Without leading zeros. */
static struct zy_bytes magnitude(struct zy_bytes serial)
{
	while (serial.len > 1 && serial.p[0] == 0)
		serial = ZY_BYTES(serial.p + 1, serial.len - 1);
	return serial;
}

/* Our own authority answers itself. */
static bool ask_own(struct zy_collecting *c, const struct zy_x509 *cert, const struct zy_x509 *issuer, bool *known,
    struct zy_error *err)
{
	ZY_BUF_AUTO question = { 0 };
	ZY_BUF_AUTO answer = { .cap = ZY_OCSP_ANSWER_MAX };
	const struct zy_bytes serial = magnitude(cert->serial);
	uint8_t own[ZY_SERIAL_LEN] = { 0 };
	size_t by = 0;

	while (by < c->ca.num_responders && !zy_bytes_equal(issuer->der, c->ca.responders[by].issuer))
		by++;
	if (by == c->ca.num_responders || serial.len > ZY_SERIAL_LEN)
		return true;
	memcpy(own + ZY_SERIAL_LEN - serial.len, serial.p, serial.len);
	return zy_ocsp_question(c->ocsp, by, own, (struct zy_bytes){ 0 }, &question, err) &&
	       zy_ocsp_answer(
		   c->ocsp, zy_buf_bytes(&question), zy_now(c->x->desk->clock), ANSWER_LIFE_S, &answer, known, err) &&
	       (!*known || add(c, ZY_PDF_DSS_OCSP, zy_buf_bytes(&answer), err));
}

/* Is it a list by that issuer, as good as it says now? What it covers the judgement sees. */
static bool is_list_of(const struct zy_collecting *c, struct zy_bytes der, const struct zy_x509 *issuer)
{
	struct zy_error ignored = { 0 };
	struct zy_crl list;

	return zy_crl_parse(&list, der, &ignored) && zy_bytes_equal(list.issuer, issuer->subject) &&
	       (!list.has_next || list.next_update >= zy_now(c->x->desk->clock));
}

/* The lists that the home published, its roots' among them. */
static bool look_in_home(struct zy_collecting *c, const struct zy_x509 *issuer, bool *known, struct zy_error *err)
{
	const char *pattern = zy_home_path(&c->x->desk->home, c->a, err, "crl/*.crl");
	struct zy_bytes der;
	glob_t g = { 0 };
	bool ok = true;

	if (pattern == NULL)
		return false;
	if (glob(pattern, 0, NULL, &g) == 0)
		for (size_t i = 0; ok && i < g.gl_pathc; i++) {
			ok = zy_kept_read(g.gl_pathv[i], ZY_PDF_DSS_VALUE_MAX, c->a, &der, err);
			if (!ok || !is_list_of(c, der, issuer))
				continue;
			*known = true;
			ok = add(c, ZY_PDF_DSS_CRL, der, err);
		}
	globfree(&g);
	return ok;
}

/* Does an answer that is there already tell about it, and still holds? */
static bool tells(const struct zy_collecting *c, struct zy_bytes der, const struct zy_x509 *cert,
    const struct zy_x509 *issuer, bool *yes, struct zy_error *err)
{
	struct zy_ocsp_answer *a = zy_arena_alloc(c->a, sizeof(*a), err);
	struct zy_error ignored = { 0 };
	uint8_t name[ZY_HASH_LEN];

	if (a == NULL)
		return false;
	for (size_t i = 0; zy_ocsp_answer_parse(a, der, &ignored) && i < a->num; i++) {
		const struct zy_ocsp_item *item = &a->items[i];
		const enum zy_cert_id_hash h = item->id.hash;

		if (!zy_bytes_equal(magnitude(cert->serial), item->id.serial) || h == ZY_CERT_ID_OTHER ||
		    (item->has_next_update ? item->next_update : item->this_update) < zy_now(c->x->desk->clock))
			continue;
		if (!(h == ZY_CERT_ID_SHA1 ? zy_digest_sha1(issuer->subject, name, err)
					   : zy_digest(h == ZY_CERT_ID_SM3 ? ZY_HASH_SM3 : ZY_HASH_SHA256,
						 issuer->subject, name, err)))
			return false;
		*yes = *yes || zy_bytes_equal(ZY_BYTES(name, item->id.name_hash.len), item->id.name_hash);
	}
	return true;
}

/* What came along may be enough. */
static bool look_beside(struct zy_collecting *c, const struct zy_x509 *cert, const struct zy_x509 *issuer, bool *known,
    struct zy_error *err)
{
	for (size_t i = 0; !*known && i < c->num_beside[ZY_PDF_DSS_CRL]; i++)
		*known = is_list_of(c, c->beside[ZY_PDF_DSS_CRL][i], issuer);
	for (size_t i = 0; !*known && i < c->num_beside[ZY_PDF_DSS_OCSP]; i++)
		if (!tells(c, c->beside[ZY_PDF_DSS_OCSP][i], cert, issuer, known, err))
			return false;
	return true;
}

static bool add_standing(struct zy_collecting *c, const struct zy_x509 *cert, const struct zy_x509 *issuer,
    bool is_leaf, struct zy_error *err)
{
	bool known = false;

	for (size_t i = 0; i < c->num_asked; i++)
		if (zy_bytes_equal(c->asked[i], cert->der))
			return true;
	if (c->num_asked < ZY_PDF_DSS_VALUES_MAX)
		c->asked[c->num_asked++] = cert->der;
	if (!look_beside(c, cert, issuer, &known, err) || (!known && !ask_own(c, cert, issuer, &known, err)) ||
	    (!known && !look_in_home(c, issuer, &known, err)))
		return false;
	/* what the caller brought may be about it */
	known = known || c->x->answer.len > 0 || c->x->crl.len > 0;
	return known || !is_leaf ||
	       zy_fail(err, ZY_E_NOT_FOUND, "revocation", ZY_NOWHERE,
		   "nothing at hand says whether a signer's certificate is revoked; give its authority's list or answer "
		   "with --crl or --ocsp");
}

/* ---- certificates ---- */

bool zy_collect_path(struct zy_collecting *c, unsigned purposes, struct zy_bytes leaf, const struct zy_bytes *extra,
    size_t num_extra, struct zy_error *err)
{
	struct zy_desk *d = c->x->desk;
	struct zy_bytes path[ZY_CHAIN_MAX];
	struct zy_x509 certs[ZY_CHAIN_MAX];
	size_t num;

	if (!zy_chain_list(
		d->keys, &d->trust, purposes, leaf, extra, num_extra, zy_now(d->clock), path, &num, c->a, err))
		return false;
	if (num == 0)
		return zy_fail(err, ZY_E_NOT_FOUND, "certificate", ZY_NOWHERE,
		    "a signer's certificate leads to no anchor of the trust bundle");
	for (size_t i = 0; i < num; i++)
		if (!zy_x509_parse(&certs[i], path[i], err) || !add(c, ZY_PDF_DSS_CERT, path[i], err))
			return false;
	for (size_t i = 0; i + 1 < num; i++)
		if (!add_standing(c, &certs[i], &certs[i + 1], i == 0, err))
			return false;
	return true;
}

bool zy_collect_signer(struct zy_collecting *c, unsigned purposes, const struct zy_cms *cms, struct zy_error *err)
{
	for (size_t i = 0; i < cms->num_certs; i++) {
		bool named, bound;

		if (!zy_cms_names(cms, cms->certs[i], &named, &bound, err))
			return false;
		if (named)
			return zy_collect_path(c, purposes, cms->certs[i], cms->certs, cms->num_certs, err);
	}
	return zy_fail(err, ZY_E_NOT_FOUND, "certificate", ZY_NOWHERE, "a signature came without its certificate");
}

bool zy_collect_token(struct zy_collecting *c, struct zy_bytes token, struct zy_error *err)
{
	struct zy_tst *t = zy_arena_alloc(c->a, sizeof(*t), err);

	return t != NULL && zy_tst_parse(t, token, c->a, err) &&
	       zy_collect_signer(c, ZY_PURPOSE_TIMESTAMP, &t->cms, err);
}

bool zy_collect_given(struct zy_collecting *c, struct zy_error *err)
{
	return (c->x->crl.len == 0 || add(c, ZY_PDF_DSS_CRL, c->x->crl, err)) &&
	       (c->x->answer.len == 0 || add(c, ZY_PDF_DSS_OCSP, c->x->answer, err));
}
