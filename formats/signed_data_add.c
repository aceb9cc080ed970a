/* Signed data with more beside it than before: certificates, revocation information, an unsigned attribute of a signer.
 * What was signed stays octet for octet (RFC 5652 5.1). */
#include "signed_data_internal.h"

static const uint8_t values_octets[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x02, 0x18 };
const struct zy_bytes zy_oid_revocation_values = { values_octets, sizeof(values_octets) };

/* id-ri-ocsp-response, 1.3.6.1.5.5.7.16.2 (RFC 5940 2.1) */
static const struct zy_bytes oid_answer = ZY_LITERAL("\x2b\x06\x01\x05\x05\x07\x10\x02");

/* A SET under its tag. */
struct members {
	size_t num, num_old;
	struct zy_bytes all[ZY_SIGNED_ADDITION_MAX];
};

static bool has(const struct members *m, struct zy_bytes one)
{
	for (size_t i = 0; i < m->num; i++)
		if (zy_bytes_equal(m->all[i], one))
			return true;
	return false;
}

static bool add(struct members *m, struct zy_bytes one, const char *field, struct zy_error *err)
{
	if (m->num == ZY_SIGNED_ADDITION_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, field, ZY_NOWHERE, "more than %d of them", ZY_SIGNED_ADDITION_MAX);
	m->all[m->num++] = one;
	return true;
}

static bool add_new(struct members *m, struct zy_bytes one, const char *field, struct zy_error *err)
{
	return has(m, one) || add(m, one, field, err);
}

static bool begin(struct members *m, struct zy_bytes old, const char *field, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(old);
	struct zy_bytes one;

	m->num = 0;
	while (zy_reader_left(&r) > 0)
		if (!zy_der_any(&r, field, NULL, NULL, &one, err) || !add(m, one, field, err))
			return false;
	m->num_old = m->num;
	return true;
}

/* In ascending order when the old ones were (X.690 11.6); else an order that somebody may have stamped stays. */
static void sort(struct members *m)
{
	for (size_t i = 1; i < m->num_old; i++)
		if (cms_set_compare(m->all[i - 1], m->all[i]) > 0)
			return;
	for (size_t i = m->num_old; i < m->num; i++)
		for (size_t n = i; n > 0 && cms_set_compare(m->all[n - 1], m->all[n]) > 0; n--) {
			struct zy_bytes higher = m->all[n - 1];

			m->all[n - 1] = m->all[n];
			m->all[n] = higher;
		}
}

static void put(struct members *m, uint8_t tag, struct zy_buf *out)
{
	size_t set;

	if (m->num == 0)
		return;
	sort(m);
	set = zy_der_open(out, tag);
	for (size_t i = 0; i < m->num; i++)
		zy_buf_put(out, m->all[i]);
	zy_der_close(out, set);
}

static bool put_certs(const struct zy_signed_data *d, const struct zy_signed_addition *a, struct members *m,
    struct zy_buf *out, struct zy_error *err)
{
	if (!begin(m, d->cert_set, "certificates", err))
		return false;
	for (size_t i = 0; i < a->num_certs; i++)
		if (!add_new(m, a->certs[i], "certificates", err))
			return false;
	put(m, ZY_DER_CONTEXT_MADE | 0, out);
	return true;
}

/* OtherRevocationInfoFormat [1] { id-ri-ocsp-response, OCSPResponse }. */
static bool make_other(struct zy_bytes answer, struct zy_arena *arena, struct zy_bytes *out, struct zy_error *err)
{
	ZY_BUF_AUTO b = { 0 };
	size_t other = zy_der_open(&b, ZY_DER_CONTEXT_MADE | 1);

	zy_der_put(&b, ZY_DER_OID, oid_answer);
	zy_buf_put(&b, answer);
	zy_der_close(&b, other);
	return zy_buf_done(&b, "crls", err) && zy_arena_copy(arena, zy_buf_bytes(&b), out, err);
}

static bool put_crls(const struct zy_signed_data *d, const struct zy_signed_addition *a, struct members *m,
    struct zy_buf *out, struct zy_error *err)
{
	ZY_ARENA_AUTO arena = { 0 };
	struct zy_bytes other;

	if (!begin(m, d->crl_set, "crls", err))
		return false;
	for (size_t i = 0; i < a->num_crls; i++)
		if (!add_new(m, a->crls[i], "crls", err))
			return false;
	for (size_t i = 0; i < a->num_answers; i++)
		if (!make_other(a->answers[i], &arena, &other, err) || !add_new(m, other, "crls", err))
			return false;
	put(m, ZY_DER_CONTEXT_MADE | 1, out);
	return true;
}

static bool make_attribute(
    const struct zy_signed_addition *a, struct zy_arena *arena, struct zy_bytes *out, struct zy_error *err)
{
	ZY_BUF_AUTO b = { 0 };
	size_t attribute = zy_der_open(&b, ZY_DER_SEQUENCE), values;

	zy_der_put(&b, ZY_DER_OID, a->type);
	values = zy_der_open(&b, ZY_DER_SET);
	zy_buf_put(&b, a->value);
	zy_der_close(&b, values);
	zy_der_close(&b, attribute);
	return zy_buf_done(&b, "unsignedAttrs", err) && zy_arena_copy(arena, zy_buf_bytes(&b), out, err);
}

/* The signer as it is, its unsigned attributes last. */
static bool put_signer(const struct zy_signer *s, const struct zy_signed_addition *a, struct members *m,
    struct zy_buf *out, struct zy_error *err)
{
	struct zy_reader whole = zy_reader_over(s->whole), info, old = zy_reader_over(s->unsigned_attrs), set;
	ZY_ARENA_AUTO arena = { 0 };
	struct zy_bytes fields, made;
	size_t mark;

	set = zy_reader_over((struct zy_bytes){ 0 });
	if (!zy_der_enter(&whole, ZY_DER_SEQUENCE, "SignerInfo", &info, err) ||
	    (s->unsigned_attrs.len > 0 && !zy_der_enter(&old, ZY_DER_CONTEXT_MADE | 1, "unsignedAttrs", &set, err)) ||
	    !begin(m, zy_reader_rest(&set), "unsignedAttrs", err) || !make_attribute(a, &arena, &made, err) ||
	    !add_new(m, made, "unsignedAttrs", err))
		return false;
	if (m->num > ZY_SIGNER_UNSIGNED_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "unsignedAttrs", ZY_NOWHERE, "more than %d attributes",
		    ZY_SIGNER_UNSIGNED_MAX);
	fields = zy_reader_rest(&info);
	mark = zy_der_open(out, ZY_DER_SEQUENCE);
	zy_buf_put(out, ZY_BYTES(fields.p, fields.len - s->unsigned_attrs.len));
	put(m, ZY_DER_CONTEXT_MADE | 1, out);
	zy_der_close(out, mark);
	return true;
}

static bool put_signers(const struct zy_signed_data *d, const struct zy_signed_addition *a, struct members *m,
    struct zy_buf *out, struct zy_error *err)
{
	size_t set = zy_der_open(out, ZY_DER_SET);

	for (size_t i = 0; i < d->num_signers; i++) {
		const struct zy_signer *s = &d->signers[i];

		if (a->type.len == 0 || i != a->signer)
			zy_buf_put(out, s->whole);
		else if (!put_signer(s, a, m, out, err))
			return false;
	}
	zy_der_close(out, set);
	return true;
}

bool zy_signed_data_add(
    const struct zy_signed_data *d, const struct zy_signed_addition *a, struct zy_buf *out, struct zy_error *err)
{
	/* RFC 5652 5.1: revocation information of another kind makes it version 5 */
	const uint64_t version = a->num_answers > 0 ? 5 : d->version;
	ZY_ARENA_AUTO arena = { 0 };
	struct members *m = zy_arena_alloc(&arena, sizeof(*m), err);
	size_t info, content, data;

	if (m == NULL)
		return false;
	if (a->type.len > 0 && (a->signer >= d->num_signers || d->signers[a->signer].fault.code != ZY_OK))
		return zy_fail(err, ZY_E_CMS, "signerInfos", ZY_NOWHERE, "there is no such signer, or it is malformed");
	info = zy_der_open(out, ZY_DER_SEQUENCE);
	zy_der_put(out, ZY_DER_OID, d->is_gbt35275 ? cms_oid_gbt_signed_data : cms_oid_signed_data);
	content = zy_der_open(out, ZY_DER_CONTEXT_MADE | 0);
	data = zy_der_open(out, ZY_DER_SEQUENCE);
	zy_der_put_small(out, version);
	zy_buf_put(out, d->digest_set);
	zy_buf_put(out, d->encap);
	if (!put_certs(d, a, m, out, err) || !put_crls(d, a, m, out, err) || !put_signers(d, a, m, out, err))
		return false;
	zy_der_close(out, data);
	zy_der_close(out, content);
	zy_der_close(out, info);
	return zy_buf_done(out, "SignedData", err);
}

/* OCSPResponse { responseStatus, [0] { id-pkix-ocsp-basic, OCTET STRING } } (RFC 6960 4.2.1). */
static bool take_basic(struct zy_bytes answer, struct zy_bytes *out, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(answer), seq, outer, bytes;
	struct zy_bytes v;

	return zy_der_enter(&r, ZY_DER_SEQUENCE, "OCSPResponse", &seq, err) &&
	       zy_der_any(&seq, "responseStatus", NULL, NULL, &v, err) &&
	       zy_der_enter(&seq, ZY_DER_CONTEXT_MADE | 0, "responseBytes", &outer, err) &&
	       zy_der_enter(&outer, ZY_DER_SEQUENCE, "responseBytes", &bytes, err) &&
	       zy_der_take(&bytes, ZY_DER_OID, "responseType", &v, err) &&
	       zy_der_take(&bytes, ZY_DER_OCTETS, "response", out, err);
}

bool zy_revocation_values_encode(const struct zy_bytes *answers, size_t num, struct zy_buf *out, struct zy_error *err)
{
	size_t values = zy_der_open(out, ZY_DER_SEQUENCE), outer = zy_der_open(out, ZY_DER_CONTEXT_MADE | 1);
	size_t list = zy_der_open(out, ZY_DER_SEQUENCE);
	struct zy_bytes basic;

	for (size_t i = 0; i < num; i++) {
		if (!take_basic(answers[i], &basic, err))
			return false;
		zy_buf_put(out, basic);
	}
	zy_der_close(out, list);
	zy_der_close(out, outer);
	zy_der_close(out, values);
	return zy_buf_done(out, "RevocationValues", err);
}
