#include "zy/ses.h"

/* What can be taken from a reader in sequence; each fails with the field's own name. */
static bool take_extension(struct zy_reader *list, struct zy_ses_extension *x, bool *strict, struct zy_error *err)
{
	struct zy_reader r;

	if (!zy_der_enter(list, ZY_DER_SEQUENCE, "ExtData", &r, err) ||
	    !zy_der_take(&r, ZY_DER_OID, "ExtData.extnID", &x->extnID, err))
		return false;
	if (zy_der_next_is(&r, ZY_DER_BOOLEAN)) {
		if (!zy_der_bool(&r, "ExtData.critical", &x->critical, err))
			return false;
		/* DEFAULT FALSE must not be written (X.690 11.5), yet nearly all makers of seals write it. */
		*strict = *strict && x->critical;
	}
	return zy_der_take(&r, ZY_DER_OCTETS, "ExtData.extnValue", &x->extnValue, err) &&
	       zy_der_end(&r, "ExtData", err);
}

static bool take_extensions(
    struct zy_reader *r, const char *field, struct zy_ses_extensions *x, bool *strict, struct zy_error *err)
{
	struct zy_reader list;

	if (!zy_der_enter(r, ZY_DER_SEQUENCE, field, &list, err))
		return false;
	x->present = true;
	while (zy_reader_left(&list) > 0) {
		if (x->num == ZY_SES_EXTENSIONS_MAX)
			return zy_fail(err, ZY_E_SES, field, zy_reader_offset(&list), "%s holds over %d extensions",
			    field, ZY_SES_EXTENSIONS_MAX);
		if (!take_extension(&list, &x->items[x->num], strict, err))
			return false;
		x->num++;
	}
	return zy_der_end(&list, field, err);
}

static bool take_header(struct zy_reader *info, struct zy_seal_info *s, struct zy_error *err)
{
	size_t at = zy_reader_offset(info);
	struct zy_bytes id;
	struct zy_reader r;
	uint64_t version;

	if (!zy_der_enter(info, ZY_DER_SEQUENCE, "header", &r, err) ||
	    !zy_der_ascii(&r, ZY_DER_IA5, "header.ID", &id, err) ||
	    !zy_der_small(&r, "header.version", UINT16_MAX, &version, err))
		return false;
	if (!zy_bytes_equal(id, ZY_LITERAL("ES")))
		return zy_fail(err, ZY_E_SES, "header.ID", at, "header.ID is not ES (GB/T 38540 6.1)");
	if (version != ZY_SES_VERSION)
		return zy_fail(err, ZY_E_SES, "header.version", at, "a seal of version %u is not read yet, only 4",
		    (unsigned)version);
	return zy_der_ascii(&r, ZY_DER_IA5, "header.Vid", &s->Vid, err) && zy_der_end(&r, "header", err);
}

static bool take_cert(struct zy_reader *list, unsigned certListType, struct zy_ses_cert *c, struct zy_error *err)
{
	struct zy_reader r;

	if (certListType == ZY_CERT_LIST_CERTS)
		return zy_der_take(list, ZY_DER_OCTETS, "property.certList", &c->value, err);
	return zy_der_enter(list, ZY_DER_SEQUENCE, "CertDigestObj", &r, err) &&
	       zy_der_ascii(&r, ZY_DER_PRINTABLE, "CertDigestObj.type", &c->type, err) &&
	       zy_der_take(&r, ZY_DER_OCTETS, "CertDigestObj.value", &c->value, err) &&
	       zy_der_end(&r, "CertDigestObj", err);
}

/* An untagged CHOICE of two SEQUENCEs: only certListType tells them apart (GB/T 38540 6.1). */
static bool take_cert_list(struct zy_reader *r, struct zy_seal_info *s, struct zy_error *err)
{
	struct zy_reader list;
	uint64_t type;

	if (!zy_der_small(r, "property.certListType", ZY_CERT_LIST_DIGESTS, &type, err))
		return false;
	if (type == 0)
		return zy_fail(err, ZY_E_SES, "property.certListType", zy_reader_offset(r),
		    "certListType is neither 1 (certificates) nor 2 (digests)");
	s->certListType = (unsigned)type;
	if (!zy_der_enter(r, ZY_DER_SEQUENCE, "property.certList", &list, err))
		return false;
	while (zy_reader_left(&list) > 0) {
		if (s->num_certs == ZY_SES_CERTS_MAX)
			return zy_fail(err, ZY_E_SES, "property.certList", zy_reader_offset(&list),
			    "certList holds over %d entries", ZY_SES_CERTS_MAX);
		if (!take_cert(&list, s->certListType, &s->certs[s->num_certs], err))
			return false;
		s->num_certs++;
	}
	if (s->num_certs == 0)
		return zy_fail(err, ZY_E_SES, "property.certList", zy_reader_offset(&list), "certList is empty");
	return zy_der_end(&list, "property.certList", err);
}

static bool take_date(struct zy_reader *r, const char *field, zy_time *out, bool *strict, struct zy_error *err)
{
	*strict = *strict && !zy_der_next_is(r, ZY_DER_UTCTIME); /* one provincial variant writes UTCTime */
	return zy_der_time(r, true, field, out, err);
}

static bool take_property(struct zy_reader *info, struct zy_seal_info *s, struct zy_error *err)
{
	struct zy_reader r;

	return zy_der_enter(info, ZY_DER_SEQUENCE, "property", &r, err) &&
	       zy_der_small(&r, "property.type", 99, &s->type, err) &&
	       zy_der_utf8(&r, "property.name", &s->name, err) && take_cert_list(&r, s, err) &&
	       take_date(&r, "property.createDate", &s->createDate, &s->strict, err) &&
	       take_date(&r, "property.validStart", &s->validStart, &s->strict, err) &&
	       take_date(&r, "property.validEnd", &s->validEnd, &s->strict, err) && zy_der_end(&r, "property", err);
}

static bool take_picture(struct zy_reader *info, struct zy_seal_info *s, struct zy_error *err)
{
	struct zy_reader r;

	return zy_der_enter(info, ZY_DER_SEQUENCE, "picture", &r, err) &&
	       zy_der_ascii(&r, ZY_DER_IA5, "picture.type", &s->picture_type, err) &&
	       zy_der_take(&r, ZY_DER_OCTETS, "picture.data", &s->picture, err) &&
	       zy_der_small(&r, "picture.width", UINT16_MAX, &s->width, err) &&
	       zy_der_small(&r, "picture.height", UINT16_MAX, &s->height, err) && zy_der_end(&r, "picture", err);
}

static bool take_info(struct zy_reader *from, struct zy_seal_info *out, struct zy_error *err)
{
	struct zy_seal_info s = { .strict = true };
	struct zy_reader whole, r;

	if (!zy_der_take_whole(from, ZY_DER_SEQUENCE, "eSealInfo", &s.der, err))
		return false;
	whole = zy_reader_inside(from, s.der);
	if (!zy_der_enter(&whole, ZY_DER_SEQUENCE, "eSealInfo", &r, err) || !take_header(&r, &s, err) ||
	    !zy_der_ascii(&r, ZY_DER_IA5, "esID", &s.esID, err) || !take_property(&r, &s, err) ||
	    !take_picture(&r, &s, err))
		return false;
	/* No context tag: extDatas is a bare SEQUENCE as fifth element. */
	if (zy_reader_left(&r) > 0 && !take_extensions(&r, "eSealInfo.extDatas", &s.extDatas, &s.strict, err))
		return false;
	if (!zy_der_end(&r, "eSealInfo", err))
		return false;
	*out = s;
	return true;
}

/* How many elements a SEQUENCE holds, which tells the versions apart. Errors: der, truncated. */
static bool count_elements(struct zy_reader r, const char *field, size_t *num, struct zy_error *err)
{
	for (*num = 0; zy_reader_left(&r) > 0; ++*num)
		if (!zy_der_any(&r, field, NULL, NULL, NULL, err))
			return false;
	return true;
}

/* A seal of version 4 whose elements were broken apart is broken, not of another version. */
static bool says_version_4(struct zy_reader seal)
{
	struct zy_seal_info ignored = { 0 };
	struct zy_error why = { 0 };
	struct zy_reader info;

	return zy_der_enter(&seal, ZY_DER_SEQUENCE, "eSealInfo", &info, &why) && take_header(&info, &ignored, &why);
}

static bool take_seal(struct zy_reader *from, struct zy_seal *out, struct zy_error *err)
{
	struct zy_reader whole, r;
	struct zy_seal s = { 0 };
	size_t num, at = zy_reader_offset(from);

	if (!zy_der_take_whole(from, ZY_DER_SEQUENCE, "SESeal", &s.der, err))
		return false;
	whole = zy_reader_inside(from, s.der);
	if (!zy_der_enter(&whole, ZY_DER_SEQUENCE, "SESeal", &r, err) || !count_elements(r, "SESeal", &num, err))
		return false;
	if ((num == 2 || num == 5) && !says_version_4(r))
		return zy_fail(
		    err, ZY_E_SES, "SESeal", at, "a seal of version %d is not read yet, only 4", num == 2 ? 1 : 5);
	if (!take_info(&r, &s.info, err) || !zy_der_take(&r, ZY_DER_OCTETS, "SESeal.cert", &s.cert, err) ||
	    !zy_der_take(&r, ZY_DER_OID, "SESeal.signAlgID", &s.signAlgID, err) ||
	    !zy_der_bits(&r, "SESeal.signedValue", &s.signedValue, err) || !zy_der_end(&r, "SESeal", err))
		return false;
	*out = s;
	return true;
}

static bool take_tbs_end(struct zy_reader *r, struct zy_ses_tbs *t, struct zy_error *err)
{
	struct zy_reader tagged;

	if (zy_reader_left(r) > 0 &&
	    (!zy_der_enter(r, ZY_DER_CONTEXT_MADE | 0, "TBS_Sign.extDatas", &tagged, err) ||
		!take_extensions(&tagged, "TBS_Sign.extDatas", &t->extDatas, &t->strict, err) ||
		!zy_der_end(&tagged, "TBS_Sign.extDatas", err)))
		return false;
	return zy_der_end(r, "TBS_Sign", err);
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
	    !take_seal(&r, &t.eseal, err))
		return false;
	if (version != ZY_SES_VERSION)
		return zy_fail(err, ZY_E_SES, "TBS_Sign.version", at,
		    "TBS_Sign has version %u around a seal of version 4", (unsigned)version);
	if (!zy_der_time(&r, false, "TBS_Sign.timeInfo", &t.timeInfo, err) ||
	    !zy_der_bits(&r, "TBS_Sign.dataHash", &t.dataHash, err) ||
	    !zy_der_ascii(&r, ZY_DER_IA5, "TBS_Sign.propertyInfo", &t.propertyInfo, err) || !take_tbs_end(&r, &t, err))
		return false;
	*out = t;
	return true;
}

static bool take_time_stamp(struct zy_reader *r, struct zy_bytes *out, struct zy_error *err)
{
	struct zy_reader tagged;

	if (!zy_der_enter(r, ZY_DER_CONTEXT_MADE | 0, "SES_Signature.timeStamp", &tagged, err) ||
	    !zy_der_bits(&tagged, "SES_Signature.timeStamp", out, err) ||
	    !zy_der_end(&tagged, "SES_Signature.timeStamp", err))
		return false;
	return out->len > 0 ||
	       zy_fail(err, ZY_E_SES, "SES_Signature.timeStamp", zy_reader_offset(r), "timeStamp is there but empty");
}

static bool take_signature(struct zy_reader *from, struct zy_ses_signature *out, struct zy_error *err)
{
	struct zy_ses_signature s = { 0 };
	size_t num, at = zy_reader_offset(from);
	struct zy_reader whole, r;

	if (!zy_der_take_whole(from, ZY_DER_SEQUENCE, "SES_Signature", &s.der, err))
		return false;
	whole = zy_reader_inside(from, s.der);
	if (!zy_der_enter(&whole, ZY_DER_SEQUENCE, "SES_Signature", &r, err) ||
	    !count_elements(r, "SES_Signature", &num, err))
		return false;
	if (num == 2)
		return zy_fail(
		    err, ZY_E_SES, "SES_Signature", at, "a seal signature of version 1 is not read yet, only 4");
	if (!take_tbs(&r, &s.toSign, err) || !zy_der_take(&r, ZY_DER_OCTETS, "SES_Signature.cert", &s.cert, err) ||
	    !zy_der_take(&r, ZY_DER_OID, "SES_Signature.signatureAlgID", &s.signatureAlgID, err) ||
	    !zy_der_bits(&r, "SES_Signature.signature", &s.signature, err) ||
	    (zy_reader_left(&r) > 0 && !take_time_stamp(&r, &s.timeStamp, err)) ||
	    !zy_der_end(&r, "SES_Signature", err))
		return false;
	*out = s;
	return true;
}

static bool within_cap(struct zy_bytes in, struct zy_error *err)
{
	return in.len <= ZY_SES_MAX ||
	       zy_fail(err, ZY_E_TOO_LARGE, "SES", 0, "%zu bytes are over the cap of %zu", in.len, ZY_SES_MAX);
}

bool zy_seal_info_parse(struct zy_seal_info *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_seal_info s;

	if (!within_cap(in, err) || !take_info(&r, &s, err) || !zy_der_end(&r, "eSealInfo", err))
		return false;
	*out = s;
	return true;
}

bool zy_seal_parse(struct zy_seal *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_seal s;

	if (!within_cap(in, err) || !take_seal(&r, &s, err) || !zy_der_end(&r, "SESeal", err))
		return false;
	*out = s;
	return true;
}

bool zy_ses_tbs_parse(struct zy_ses_tbs *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_ses_tbs t;

	if (!within_cap(in, err) || !take_tbs(&r, &t, err) || !zy_der_end(&r, "TBS_Sign", err))
		return false;
	*out = t;
	return true;
}

bool zy_ses_signature_parse(struct zy_ses_signature *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_ses_signature s;

	if (!within_cap(in, err) || !take_signature(&r, &s, err) || !zy_der_end(&r, "SES_Signature", err))
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
