#include "ses_internal.h"

#include "zy/identity.h"

static bool take_tbs_end(struct zy_reader *r, struct zy_ses_tbs *t, struct zy_error *err)
{
	struct zy_reader tagged;

	if (zy_reader_left(r) > 0 &&
	    (!zy_der_enter(r, ZY_DER_CONTEXT_MADE | 0, "TBS_Sign.extDatas", &tagged, err) ||
		!ses_take_extensions(&tagged, "TBS_Sign.extDatas", &t->extDatas, &t->strict, err) ||
		!zy_der_end(&tagged, "TBS_Sign.extDatas", err)))
		return false;
	return zy_der_end(r, "TBS_Sign", err);
}

/* RFC 3339 without its fraction of a second: a real file has 2020-01-25T07:31:56.377Z. */
static bool time_of_text(struct zy_bytes text, zy_time *out)
{
	struct zy_error ignored = { 0 };
	char plain[32];
	size_t len = 0;

	for (size_t i = 0; i < text.len && len < sizeof(plain); i++) {
		if (text.p[i] == '.' && i == 19) /* the place of the fraction */
			while (i + 1 < text.len && text.p[i + 1] >= '0' && text.p[i + 1] <= '9')
				i++;
		else
			plain[len++] = (char)text.p[i];
	}
	return len < sizeof(plain) && zy_time_from_rfc3339(ZY_BYTES((const uint8_t *)plain, len), out, &ignored);
}

/* timeInfo of version 1 is a BIT STRING of a time-stamp token or of a text. Which texts GM/T 0031-2014 allows is not
 * confirmed: RFC 3339 was met in a real file. */
static bool take_time_info_v1(struct zy_reader *r, struct zy_ses_tbs *t, struct zy_error *err)
{
	static const char field[] = "TBS_Sign.timeInfo";
	size_t at = zy_reader_offset(r);
	struct zy_bytes v;

	if (!zy_der_bits(r, field, &v, err))
		return false;
	if (time_of_text(v, &t->timeInfo))
		return true;
	t->timeInfo = ZY_TIME_NEVER;
	t->timeToken = v;
	return (v.len > 0 && v.p[0] == ZY_DER_SEQUENCE) ||
	       zy_fail(err, ZY_E_SES, field, at, "timeInfo is neither a time-stamp token nor a time as text");
}

static bool take_time_info(struct zy_reader *r, struct zy_ses_tbs *t, struct zy_error *err)
{
	return t->eseal.info.version == 1 ? take_time_info_v1(r, t, err)
					  : zy_der_time(r, false, "TBS_Sign.timeInfo", &t->timeInfo, err);
}

/* After propertyInfo: version 1 has the signer's certificate and algorithm inside what is signed. */
static bool take_tbs_rest(struct zy_reader *r, struct zy_ses_tbs *t, struct zy_error *err)
{
	if (t->eseal.info.version != 1)
		return take_tbs_end(r, t, err);
	return zy_der_take(r, ZY_DER_OCTETS, "TBS_Sign.cert", &t->cert, err) &&
	       zy_der_take(r, ZY_DER_OID, "TBS_Sign.signatureAlgorithm", &t->signatureAlgorithm, err) &&
	       zy_der_end(r, "TBS_Sign", err);
}

static bool take_tbs(struct zy_reader *from, struct zy_ses_tbs *out, struct zy_error *err)
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
	    !ses_take_seal(&r, &t.eseal, err))
		return false;
	if (ses_version_of(version) != t.eseal.info.version)
		return zy_fail(err, ZY_E_SES, "TBS_Sign.version", at,
		    "TBS_Sign has version %u around a seal of version %u", (unsigned)version, t.eseal.info.version);
	t.strict = version == t.eseal.info.version;
	if (!take_time_info(&r, &t, err) || !zy_der_bits(&r, "TBS_Sign.dataHash", &t.dataHash, err) ||
	    !zy_der_ascii(&r, ZY_DER_IA5, "TBS_Sign.propertyInfo", &t.propertyInfo, err) || !take_tbs_rest(&r, &t, err))
		return false;
	*out = t;
	return true;
}

static bool take_parts(struct zy_reader *r, struct zy_ses_signature *s, struct zy_error *err)
{
	if (s->toSign.eseal.info.version == 1) {
		s->cert = s->toSign.cert;
		s->signatureAlgID = s->toSign.signatureAlgorithm;
		return zy_der_bits(r, "SES_Signature.signature", &s->signature, err);
	}
	return zy_der_take(r, ZY_DER_OCTETS, "SES_Signature.cert", &s->cert, err) &&
	       zy_der_take(r, ZY_DER_OID, "SES_Signature.signatureAlgID", &s->signatureAlgID, err) &&
	       zy_der_bits(r, "SES_Signature.signature", &s->signature, err) &&
	       (zy_reader_left(r) == 0 || ses_take_time_stamp(r, "SES_Signature.timeStamp", &s->timeStamp, err));
}

static bool take_signature(struct zy_reader *from, struct zy_ses_signature *out, struct zy_error *err)
{
	struct zy_ses_signature s = { 0 };
	struct zy_reader whole, r;

	if (!zy_der_take_whole(from, ZY_DER_SEQUENCE, "SES_Signature", &s.der, err))
		return false;
	whole = zy_reader_inside(from, s.der);
	if (!zy_der_enter(&whole, ZY_DER_SEQUENCE, "SES_Signature", &r, err) || !take_tbs(&r, &s.toSign, err) ||
	    !take_parts(&r, &s, err) || !zy_der_end(&r, "SES_Signature", err))
		return false;
	*out = s;
	return true;
}

bool zy_ses_tbs_parse(struct zy_ses_tbs *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_ses_tbs t;

	if (!ses_within_cap(in, err) || !take_tbs(&r, &t, err) || !zy_der_end(&r, "TBS_Sign", err))
		return false;
	*out = t;
	return true;
}

bool zy_ses_signature_parse(struct zy_ses_signature *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_ses_signature s;

	if (!ses_within_cap(in, err) || !take_signature(&r, &s, err) || !zy_der_end(&r, "SES_Signature", err))
		return false;
	*out = s;
	return true;
}

bool zy_ses_rs(struct zy_bytes value, uint8_t rs[64], bool *raw, struct zy_error *err)
{
	/* DER of two full-size integers is 70 to 72 octets; 64 octets that parse as DER are DER. */
	struct zy_error ignored = { 0 };

	*raw = false;
	if (zy_der_rs(value, rs, &ignored))
		return true;
	if (value.len != 64)
		return zy_fail(err, ZY_E_DER, "signature", ZY_NOWHERE, "%s", ignored.msg);
	*raw = true;
	memcpy(rs, value.p, 64);
	return true;
}
