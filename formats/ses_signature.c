#include "ses_internal.h"

#include "zy/identity.h"

static bool take_tbs_end(struct ses_way *w, struct zy_reader *r, struct zy_ses_tbs *t, struct zy_error *err)
{
	static const char field[] = "TBS_Sign.extDatas";
	struct zy_reader list;

	if (zy_reader_left(r) > 0 && (!ses_enter_extensions(w, r, field, &list, err) ||
					 !ses_take_extensions(w, &list, field, &t->extDatas, &t->strict, err)))
		return false;
	return zy_der_end(r, "TBS_Sign", err);
}

/* The DER of a time, or its text: RFC 3339 with a fraction was met in a real file, 2020-04-21 01:22:47 without a zone
 * is what others write. */
static bool read_time_v1(struct zy_bytes v, zy_time *out)
{
	const bool utc = v.len > 2 && v.p[0] == ZY_DER_UTCTIME && v.p[1] == v.len - 2,
		   generalized = v.len > 2 && v.p[0] == ZY_DER_TIME && v.p[1] == v.len - 2;

	if (utc || generalized)
		v = ZY_BYTES(v.p + 2, v.len - 2);
	/* twelve digits and Z are a UTCTime */
	return ses_time_of_text(v, utc || (!generalized && v.len == 13), out);
}

/* timeInfo of version 1 is a BIT STRING of a time-stamp token or of a time. Which forms of it GM/T 0031-2014 allows is
 * not confirmed. */
static bool take_time_info_v1(struct ses_way *w, struct zy_reader *r, struct zy_ses_tbs *t, struct zy_error *err)
{
	static const char field[] = "TBS_Sign.timeInfo";
	size_t at = zy_reader_offset(r);
	struct zy_bytes v;

	if (w->lenient && !zy_der_next_is(r, ZY_DER_BITS))
		return ses_time(w, r, true, field, &t->timeInfo, err);
	if (!zy_der_bits(r, field, &v, err))
		return false;
	if (read_time_v1(v, &t->timeInfo))
		return true;
	t->timeInfo = ZY_TIME_NEVER;
	t->timeToken = v;
	return (v.len > 0 && v.p[0] == ZY_DER_SEQUENCE) ||
	       zy_fail(err, ZY_E_SES, field, at, "timeInfo is neither a time-stamp token nor a time as text");
}

static bool take_time_info(struct ses_way *w, struct zy_reader *r, struct zy_ses_tbs *t, struct zy_error *err)
{
	return t->eseal.info.version == 1 ? take_time_info_v1(w, r, t, err)
					  : ses_time(w, r, false, "TBS_Sign.timeInfo", &t->timeInfo, err);
}

/* After propertyInfo: version 1 has the signer's certificate and algorithm inside what is signed. */
static bool take_tbs_rest(struct ses_way *w, struct zy_reader *r, struct zy_ses_tbs *t, struct zy_error *err)
{
	if (t->eseal.info.version != 1)
		return take_tbs_end(w, r, t, err);
	return ses_cert(w, r, "TBS_Sign.cert", &t->cert, err) &&
	       ses_algorithm(w, r, "TBS_Sign.signatureAlgorithm", &t->signatureAlgorithm, err) &&
	       zy_der_end(r, "TBS_Sign", err);
}

static bool take_tbs(struct ses_way *w, struct zy_reader *from, struct zy_ses_tbs *out, struct zy_error *err)
{
	struct zy_ses_tbs t = { .strict = true };
	size_t at = zy_reader_offset(from);
	struct zy_reader whole, r;
	uint64_t version;

	if (!zy_der_take_whole(from, ZY_DER_SEQUENCE, "TBS_Sign", &t.der, err))
		return false;
	whole = zy_reader_inside(from, t.der);
	if (!zy_der_enter(&whole, ZY_DER_SEQUENCE, "TBS_Sign", &r, err) ||
	    !zy_der_small(&r, "TBS_Sign.version", UINT16_MAX, &version, err) ||
	    /* The seal's header decides: its refusal names the version that stands there. */
	    !ses_take_seal(w, &r, &t.eseal, err))
		return false;
	if (ses_version_of(version) != t.eseal.info.version)
		return zy_fail(err, ZY_E_SES, "TBS_Sign.version", at,
		    "TBS_Sign has version %u around a seal of version %u", (unsigned)version, t.eseal.info.version);
	t.strict = version == t.eseal.info.version;
	if (!take_time_info(w, &r, &t, err) || !ses_bits(w, &r, "TBS_Sign.dataHash", &t.dataHash, err) ||
	    !ses_text(w, &r, ZY_DER_IA5, "TBS_Sign.propertyInfo", &t.propertyInfo, err) ||
	    !take_tbs_rest(w, &r, &t, err))
		return false;
	*out = t;
	return true;
}

static bool take_parts(struct ses_way *w, struct zy_reader *r, struct zy_ses_signature *s, struct zy_error *err)
{
	if (s->toSign.eseal.info.version == 1) {
		s->cert = s->toSign.cert;
		s->signatureAlgID = s->toSign.signatureAlgorithm;
		return ses_bits(w, r, "SES_Signature.signature", &s->signature, err);
	}
	return ses_cert(w, r, "SES_Signature.cert", &s->cert, err) &&
	       ses_algorithm(w, r, "SES_Signature.signatureAlgID", &s->signatureAlgID, err) &&
	       ses_bits(w, r, "SES_Signature.signature", &s->signature, err) &&
	       (zy_reader_left(r) == 0 || ses_take_time_stamp(w, r, "SES_Signature.timeStamp", &s->timeStamp, err));
}

static bool take_signature(
    struct ses_way *w, struct zy_reader *from, struct zy_ses_signature *out, struct zy_error *err)
{
	struct zy_ses_signature s = { 0 };
	struct zy_reader whole, r;

	if (!zy_der_take_whole(from, ZY_DER_SEQUENCE, "SES_Signature", &s.der, err))
		return false;
	whole = zy_reader_inside(from, s.der);
	if (!zy_der_enter(&whole, ZY_DER_SEQUENCE, "SES_Signature", &r, err) || !take_tbs(w, &r, &s.toSign, err) ||
	    !take_parts(w, &r, &s, err) || !zy_der_end(&r, "SES_Signature", err))
		return false;
	*out = s;
	return true;
}

bool zy_ses_tbs_parse(struct zy_ses_tbs *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct ses_way strict = { 0 };
	struct zy_ses_tbs t;

	if (!ses_within_cap(in, err) || !take_tbs(&strict, &r, &t, err) || !zy_der_end(&r, "TBS_Sign", err))
		return false;
	*out = t;
	return true;
}

static bool take_all(struct ses_way *w, struct zy_ses_signature *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_ses_signature s;

	if (!ses_within_cap(in, err) || !take_signature(w, &r, &s, err) || !zy_der_end(&r, "SES_Signature", err))
		return false;
	*out = s;
	return true;
}

bool zy_ses_signature_parse(struct zy_ses_signature *out, struct zy_bytes in, struct zy_error *err)
{
	struct ses_way strict = { 0 };

	return take_all(&strict, out, in, err);
}

bool zy_ses_signature_read(struct zy_ses_signature *out, struct zy_bytes in, const char **departs, struct zy_error *err)
{
	struct ses_way lenient = { .lenient = true };

	if (!take_all(&lenient, out, in, err))
		return false;
	*departs = lenient.departs;
	return true;
}

/* Two integers of 32 octets that some pad or, without a zero octet, make negative. */
static bool take_any_rs(struct zy_bytes value, uint8_t rs[64])
{
	struct zy_reader r = zy_reader_over(value), seq;
	struct zy_error ignored = { 0 };
	struct zy_bytes v;

	if (!zy_der_enter(&r, ZY_DER_SEQUENCE, "", &seq, &ignored) || zy_reader_left(&r) > 0)
		return false;
	memset(rs, 0, 64);
	for (size_t i = 0; i < 2; i++) {
		if (!zy_der_take(&seq, ZY_DER_INTEGER, "", &v, &ignored))
			return false;
		while (v.len > 32 && v.p[0] == 0)
			v = ZY_BYTES(v.p + 1, v.len - 1);
		if (v.len == 0 || v.len > 32)
			return false;
		memcpy(rs + 32 * i + 32 - v.len, v.p, v.len);
	}
	return zy_reader_left(&seq) == 0;
}

bool zy_ses_rs(struct zy_bytes value, uint8_t rs[64], bool *raw, struct zy_error *err)
{
	/* DER of two full-size integers is 70 to 72 octets; 64 octets that parse as DER are DER. */
	struct zy_error ignored = { 0 };

	*raw = false;
	if (zy_der_rs(value, rs, &ignored))
		return true;
	*raw = true;
	if (value.len == 64)
		memcpy(rs, value.p, 64);
	else if (!take_any_rs(value, rs))
		return zy_fail(err, ZY_E_DER, "signature", ZY_NOWHERE, "%s", ignored.msg);
	return true;
}
