/* What came along to verify a signature by, later: in SignedData (RFC 5652 10.2, RFC 5940), and in certificate-values
 * and revocation-values (EN 319 122-1 A.1.1.2, A.1.2.2). None of it is believed for where it came from. */
#include "cms.h"
#include "kept.h"

#include "zy/der.h"

/* 1.2.840.113549.1.9.16.2.23 and .24 */
static const struct zy_bytes oid_certificate_values = ZY_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x17");
static const struct zy_bytes oid_revocation_values = ZY_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x18");

static void add(struct zy_bytes *to, size_t *num, struct zy_bytes der)
{
	if (*num < CMS_VALUES_MAX)
		to[(*num)++] = der;
}

/* SEQUENCE OF something, r inside of it. */
static void add_each(struct zy_bytes *to, size_t *num, struct zy_reader r)
{
	struct zy_error ignored = { 0 };
	struct zy_bytes whole;

	while (zy_reader_left(&r) > 0 && zy_der_take_whole(&r, ZY_DER_SEQUENCE, "", &whole, &ignored))
		add(to, num, whole);
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
static bool add_revocation(struct cms_values *v, struct zy_bytes value, struct zy_arena *a, struct zy_error *err)
{
	struct zy_bytes basic[CMS_VALUES_MAX], answer;
	struct zy_reader r = zy_reader_over(value), seq, outer, list;
	struct zy_error ignored = { 0 };
	size_t num = 0;

	if (!zy_der_enter(&r, ZY_DER_SEQUENCE, "", &seq, &ignored))
		return true;
	if (zy_der_enter(&seq, ZY_DER_CONTEXT_MADE | 0, "", &outer, &ignored) &&
	    zy_der_enter(&outer, ZY_DER_SEQUENCE, "", &list, &ignored))
		add_each(v->crls, &v->evidence.num_crls, list);
	if (zy_der_enter(&seq, ZY_DER_CONTEXT_MADE | 1, "", &outer, &ignored) &&
	    zy_der_enter(&outer, ZY_DER_SEQUENCE, "", &list, &ignored))
		add_each(basic, &num, list);
	for (size_t i = 0; i < num; i++) {
		if (!wrap_answer(basic[i], a, &answer, err))
			return false;
		add(v->answers, &v->evidence.num_answers, answer);
	}
	return true;
}

/* What the document around it keeps (EN 319 142-1 5.4.2). */
static void add_kept(struct cms_values *v, const struct zy_kept *k)
{
	for (size_t i = 0; k != NULL && i < k->num_certs; i++)
		add(v->certs, &v->num_certs, k->certs[i]);
	for (size_t i = 0; k != NULL && i < k->num_crls; i++)
		add(v->crls, &v->evidence.num_crls, k->crls[i].der);
	for (size_t i = 0; k != NULL && i < k->num_answers; i++)
		add(v->answers, &v->evidence.num_answers, k->answers[i].der);
}

bool cms_values_gather(struct cms_case *p, const struct zy_signer *s, struct cms_values *v, struct zy_error *err)
{
	struct zy_error ignored = { 0 };
	struct zy_unsigned_walk walk;
	struct zy_bytes value;
	struct zy_reader r, seq;

	*v = (struct cms_values){ .evidence = { .crls = v->crls, .answers = v->answers } };
	for (size_t i = 0; i < p->d->num_certs; i++)
		add(v->certs, &v->num_certs, p->d->certs[i]);
	for (size_t i = 0; i < p->d->num_crls; i++)
		add(v->crls, &v->evidence.num_crls, p->d->crls[i]);
	for (size_t i = 0; i < p->d->num_answers; i++)
		add(v->answers, &v->evidence.num_answers, p->d->answers[i]);
	walk = zy_unsigned_values(s);
	while (zy_unsigned_next(&walk, oid_certificate_values, &value)) {
		r = zy_reader_over(value);
		if (zy_der_enter(&r, ZY_DER_SEQUENCE, "", &seq, &ignored))
			add_each(v->certs, &v->num_certs, seq);
	}
	walk = zy_unsigned_values(s);
	while (zy_unsigned_next(&walk, oid_revocation_values, &value))
		if (!add_revocation(v, value, p->c->work, err))
			return false;
	add_kept(v, p->c->kept);
	return true;
}
