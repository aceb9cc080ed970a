/* What came along to verify a signature by, later: in SignedData (RFC 5652 10.2, RFC 5940), and in certificate-values
 * and revocation-values (EN 319 122-1 A.1.1.2, A.1.2.2). None of it is believed for where it came from. */
#include "cms.h"

#include "zy/ats.h"
#include "zy/der.h"

/* 1.2.840.113549.1.9.16.2.23 */
static const struct zy_bytes oid_certificate_values = ZY_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x17");

/* Where a value came from: an octet of the input that stands in it; NULL: each value's own. */
struct gathering {
	struct cms_values *v;
	struct zy_arena *a;
	const uint8_t *at;
};

static void add_cert(struct cms_values *v, struct zy_bytes der)
{
	if (v->num_certs < CMS_VALUES_MAX)
		v->certs[v->num_certs++] = der;
}

static void add_value(const struct gathering *g, struct cms_kept *to, struct zy_bytes der)
{
	if (to->num == CMS_VALUES_MAX)
		return;
	to->at[to->num] = g->at == NULL ? der.p : g->at;
	to->values[to->num++] = (struct zy_kept_value){ der, ZY_TIME_NEVER };
}

/* A BasicOCSPResponse becomes an OCSPResponse (RFC 6960 4.2.1): successful, id-pkix-ocsp-basic. */
static bool wrap_answer(struct zy_bytes basic, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err)
{
	static const struct zy_bytes oid = ZY_LITERAL("\x2b\x06\x01\x05\x05\x07\x30\x01\x01");
	static const struct zy_bytes successful = ZY_LITERAL("\x0a\x01\x00");
	ZY_BUF_AUTO b = { 0 };
	size_t response = zy_der_open(&b, ZY_DER_SEQUENCE), outer, bytes;

	zy_buf_put(&b, successful);
	outer = zy_der_open(&b, ZY_DER_CONTEXT_MADE | 0);
	bytes = zy_der_open(&b, ZY_DER_SEQUENCE);
	zy_der_put(&b, ZY_DER_OID, oid);
	zy_der_put(&b, ZY_DER_OCTETS, basic);
	zy_der_close(&b, bytes);
	zy_der_close(&b, outer);
	zy_der_close(&b, response);
	return zy_buf_done(&b, "OCSPResponse", err) && zy_arena_copy(a, zy_buf_bytes(&b), out, err);
}

/* RevocationValues: crlVals [0], ocspVals [1], otherRevVals [2]. */
static bool add_revocation(const struct gathering *g, struct zy_bytes value, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(value), seq, outer, list;
	struct zy_error ignored = { 0 };
	struct zy_bytes one, answer;

	if (!zy_der_enter(&r, ZY_DER_SEQUENCE, "", &seq, &ignored))
		return true;
	if (zy_der_enter(&seq, ZY_DER_CONTEXT_MADE | 0, "", &outer, &ignored) &&
	    zy_der_enter(&outer, ZY_DER_SEQUENCE, "", &list, &ignored))
		while (zy_der_take_whole(&list, ZY_DER_SEQUENCE, "", &one, &ignored))
			add_value(g, &g->v->crls, one);
	ignored = (struct zy_error){ 0 };
	if (zy_der_enter(&seq, ZY_DER_CONTEXT_MADE | 1, "", &outer, &ignored) &&
	    zy_der_enter(&outer, ZY_DER_SEQUENCE, "", &list, &ignored))
		while (g->v->answers.num < CMS_VALUES_MAX &&
		       zy_der_take_whole(&list, ZY_DER_SEQUENCE, "", &one, &ignored)) {
			if (!wrap_answer(one, g->a, &answer, err))
				return false;
			add_value(g, &g->v->answers, answer);
		}
	return true;
}

static bool add_attributes(struct gathering g, const struct zy_signer *s, struct zy_error *err)
{
	const uint8_t *inherited = g.at;
	struct zy_error ignored = { 0 };
	struct zy_unsigned_walk walk;
	struct zy_bytes value, one;
	struct zy_reader r, seq;

	walk = zy_unsigned_values(s);
	while (zy_unsigned_next(&walk, oid_certificate_values, &value)) {
		r = zy_reader_over(value);
		if (zy_der_enter(&r, ZY_DER_SEQUENCE, "", &seq, &ignored))
			while (zy_der_take_whole(&seq, ZY_DER_SEQUENCE, "", &one, &ignored))
				add_cert(g.v, one);
		ignored = (struct zy_error){ 0 };
	}
	walk = zy_unsigned_values(s);
	while (zy_unsigned_next(&walk, zy_oid_revocation_values, &value)) {
		g.at = inherited == NULL ? value.p : inherited;
		if (!add_revocation(&g, value, err))
			return false;
	}
	return true;
}

static void add_lists(const struct gathering *g, const struct zy_signed_data *d)
{
	for (size_t i = 0; i < d->num_crls; i++)
		add_value(g, &g->v->crls, d->crls[i]);
	for (size_t i = 0; i < d->num_answers; i++)
		add_value(g, &g->v->answers, d->answers[i]);
}

/* A time-stamp may bring along what its own authority is to be judged by. */
static bool add_tokens(struct gathering g, const struct zy_signer *s, struct zy_bytes type, struct zy_error *err)
{
	struct zy_unsigned_walk walk = zy_unsigned_values(s);
	struct zy_signed_data *d = NULL;
	struct zy_bytes token;

	for (size_t n = 0; n < CMS_ARCHIVES_MAX && zy_unsigned_next(&walk, type, &token); n++) {
		struct zy_error why = { 0 };

		if (d == NULL && (d = zy_arena_alloc(g.a, sizeof(*d), err)) == NULL)
			return false;
		g.at = token.p;
		if (!zy_signed_data_parse(d, token, g.a, &why)) {
			if (why.code == ZY_E_NO_MEMORY)
				return zy_fail(err, why.code, why.field, why.offset, "%s", why.msg);
			continue; /* its own judgement says so */
		}
		add_lists(&g, d);
		if (d->num_signers == 1 && !add_attributes(g, &d->signers[0], err))
			return false;
	}
	return true;
}

/* What the document around it keeps (EN 319 142-1 5.4.2), proven by that document's time-stamps. */
static void add_kept(struct cms_kept *to, const struct zy_kept_value *from, size_t num)
{
	for (size_t i = 0; i < num && to->num < CMS_VALUES_MAX; i++) {
		to->at[to->num] = NULL;
		to->values[to->num++] = from[i];
	}
}

bool cms_values_gather(struct cms_case *p, const struct zy_signer *s, struct cms_values *v, struct zy_error *err)
{
	const struct gathering g = { v, p->c->work, NULL };
	const struct zy_kept *around = p->c->kept;

	*v = (struct cms_values){ 0 };
	for (size_t i = 0; i < p->d->num_certs; i++)
		add_cert(v, p->d->certs[i]);
	add_lists(&g, p->d);
	if (!add_attributes(g, s, err) || !add_tokens(g, s, zy_oid_time_stamp, err) ||
	    !add_tokens(g, s, zy_oid_archive_stamp, err))
		return false;
	for (size_t i = 0; around != NULL && i < around->num_certs; i++)
		add_cert(v, around->certs[i]);
	if (around != NULL) {
		add_kept(&v->crls, around->crls, around->num_crls);
		add_kept(&v->answers, around->answers, around->num_answers);
	}
	v->kept = (struct zy_kept){ .num_certs = v->num_certs,
		.num_crls = v->crls.num,
		.num_answers = v->answers.num,
		.certs = v->certs,
		.crls = v->crls.values,
		.answers = v->answers.values };
	return true;
}

static void prove(struct cms_kept *k, struct zy_bytes place, zy_time at)
{
	for (size_t i = 0; i < k->num; i++)
		if (k->at[i] != NULL && k->at[i] >= place.p && k->at[i] < place.p + place.len &&
		    at < k->values[i].since)
			k->values[i].since = at;
}

void cms_values_prove(struct cms_values *v, struct zy_bytes place, zy_time at)
{
	prove(&v->crls, place, at);
	prove(&v->answers, place, at);
}
