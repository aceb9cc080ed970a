#include "ses_internal.h"

/* What can be taken from a reader in sequence; each fails with the field's own name. */
static bool take_extension(
    struct ses_way *w, struct zy_reader *list, struct zy_ses_extension *x, bool *strict, struct zy_error *err)
{
	struct zy_reader r;

	if (!zy_der_enter(list, ZY_DER_SEQUENCE, "ExtData", &r, err) ||
	    !zy_der_take(&r, ZY_DER_OID, "ExtData.extnID", &x->extnID, err))
		return false;
	if (zy_der_next_is(&r, ZY_DER_BOOLEAN)) {
		if (!ses_bool(w, &r, "ExtData.critical", &x->critical, err))
			return false;
		/* DEFAULT FALSE must not be written (X.690 11.5), yet nearly all makers of seals write it. */
		*strict = *strict && x->critical;
	}
	return zy_der_take(&r, ZY_DER_OCTETS, "ExtData.extnValue", &x->extnValue, err) &&
	       zy_der_end(&r, "ExtData", err);
}

bool ses_take_extensions(struct ses_way *w, struct zy_reader *list, const char *field, struct zy_ses_extensions *x,
    bool *strict, struct zy_error *err)
{
	x->present = true;
	while (zy_reader_left(list) > 0) {
		if (x->num == ZY_SES_EXTENSIONS_MAX)
			return zy_fail(err, ZY_E_SES, field, zy_reader_offset(list), "%s holds over %d extensions",
			    field, ZY_SES_EXTENSIONS_MAX);
		if (!take_extension(w, list, &x->items[x->num], strict, err))
			return false;
		x->num++;
	}
	return zy_der_end(list, field, err);
}

/* GM/T 0031-2014 writes 1. That older makers of version 1 also wrote 2 or 3 is not confirmed from the standard. */
unsigned ses_version_of(uint64_t written)
{
	if (written >= 1 && written <= 3)
		return 1;
	return written == 4 || written == 5 ? (unsigned)written : 0;
}

static bool take_header(struct ses_way *w, struct zy_reader *info, struct zy_seal_info *s, struct zy_error *err)
{
	size_t at = zy_reader_offset(info);
	struct zy_bytes id;
	struct zy_reader r;
	uint64_t version;

	if (!zy_der_enter(info, ZY_DER_SEQUENCE, "header", &r, err) ||
	    !ses_text(w, &r, ZY_DER_IA5, "header.ID", &id, err) ||
	    !zy_der_small(&r, "header.version", UINT16_MAX, &version, err))
		return false;
	if (!zy_bytes_equal(id, ZY_LITERAL("ES")))
		return zy_fail(err, ZY_E_SES, "header.ID", at, "header.ID is not ES (GB/T 38540 6.1)");
	if ((s->version = ses_version_of(version)) == 0)
		return zy_fail(err, ZY_E_SES, "header.version", at, "a seal of version %u is unknown; 1, 4 and 5 are",
		    (unsigned)version);
	s->strict = s->strict && s->version == version;
	return ses_text(w, &r, ZY_DER_IA5, "header.Vid", &s->Vid, err) && zy_der_end(&r, "header", err);
}

static bool take_cert(
    struct ses_way *w, struct zy_reader *list, unsigned certListType, struct zy_ses_cert *c, struct zy_error *err)
{
	struct zy_reader r;

	if (certListType == ZY_CERT_LIST_CERTS)
		return ses_cert(w, list, "property.certList", &c->value, err);
	return zy_der_enter(list, ZY_DER_SEQUENCE, "CertDigestObj", &r, err) &&
	       ses_text(w, &r, ZY_DER_PRINTABLE, "CertDigestObj.type", &c->type, err) &&
	       zy_der_take(&r, ZY_DER_OCTETS, "CertDigestObj.value", &c->value, err) &&
	       zy_der_end(&r, "CertDigestObj", err);
}

/* An untagged CHOICE of two SEQUENCEs: only certListType tells them apart (GB/T 38540 6.1). Version 1 has no such
 * member: there certList holds certificates (GM/T 0031-2014). */
static bool take_cert_list(struct ses_way *w, struct zy_reader *r, struct zy_seal_info *s, struct zy_error *err)
{
	struct zy_reader list;
	uint64_t type = ZY_CERT_LIST_CERTS;

	if (s->version != 1 && !zy_der_small(r, "property.certListType", ZY_CERT_LIST_DIGESTS, &type, err))
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
		if (!take_cert(w, &list, s->certListType, &s->certs[s->num_certs], err))
			return false;
		s->num_certs++;
	}
	if (s->num_certs == 0)
		return zy_fail(err, ZY_E_SES, "property.certList", zy_reader_offset(&list), "certList is empty");
	return zy_der_end(&list, "property.certList", err);
}

/* Version 1 writes UTCTime, versions 4 and 5 GeneralizedTime; one provincial variant of version 4 has UTCTime. */
static bool take_date(struct ses_way *w, struct zy_reader *r, const char *field, zy_time *out, struct zy_seal_info *s,
    struct zy_error *err)
{
	bool utc = zy_der_next_is(r, ZY_DER_UTCTIME);

	if (s->version == 1 && !utc && !w->lenient)
		return zy_fail(err, ZY_E_DER, field, zy_reader_offset(r), "%s of version 1 is not a UTCTime", field);
	s->strict = s->strict && (!utc || s->version == 1);
	return ses_time(w, r, s->version != 5, field, out, err);
}

static bool take_property(struct ses_way *w, struct zy_reader *info, struct zy_seal_info *s, struct zy_error *err)
{
	struct zy_reader r;

	return zy_der_enter(info, ZY_DER_SEQUENCE, "property", &r, err) &&
	       zy_der_small(&r, "property.type", w->lenient ? UINT32_MAX : 99, &s->type, err) &&
	       ses_text(w, &r, ZY_DER_UTF8, "property.name", &s->name, err) && take_cert_list(w, &r, s, err) &&
	       take_date(w, &r, "property.createDate", &s->createDate, s, err) &&
	       take_date(w, &r, "property.validStart", &s->validStart, s, err) &&
	       take_date(w, &r, "property.validEnd", &s->validEnd, s, err) && zy_der_end(&r, "property", err);
}

static bool take_picture(struct ses_way *w, struct zy_reader *info, struct zy_seal_info *s, struct zy_error *err)
{
	struct zy_reader r;

	return zy_der_enter(info, ZY_DER_SEQUENCE, "picture", &r, err) &&
	       ses_text(w, &r, ZY_DER_IA5, "picture.type", &s->picture_type, err) &&
	       zy_der_take(&r, ZY_DER_OCTETS, "picture.data", &s->picture, err) &&
	       zy_der_small(&r, "picture.width", UINT16_MAX, &s->width, err) &&
	       zy_der_small(&r, "picture.height", UINT16_MAX, &s->height, err) && zy_der_end(&r, "picture", err);
}

/* The text of GM/T 0031-2014 is known to us only as others read it: [0] EXPLICIT. A real seal of version 1 has a bare
 * SEQUENCE, and an OCTET STRING around it is met too. */
static bool take_extensions_v1(struct ses_way *w, struct zy_reader *r, struct zy_seal_info *s, struct zy_error *err)
{
	static const char field[] = "eSealInfo.extDatas";
	bool octets = zy_der_next_is(r, ZY_DER_OCTETS);
	struct zy_reader inner = *r, list;

	s->strict = s->strict && zy_der_next_is(r, ZY_DER_CONTEXT_MADE | 0);
	if (zy_der_next_is(r, ZY_DER_SEQUENCE))
		return zy_der_enter(r, ZY_DER_SEQUENCE, field, &list, err) &&
		       ses_take_extensions(w, &list, field, &s->extDatas, &s->strict, err);
	return zy_der_enter(r, octets ? ZY_DER_OCTETS : ZY_DER_CONTEXT_MADE | 0, field, &inner, err) &&
	       zy_der_enter(&inner, ZY_DER_SEQUENCE, field, &list, err) && zy_der_end(&inner, field, err) &&
	       ses_take_extensions(w, &list, field, &s->extDatas, &s->strict, err);
}

/* Versions 4 and 5: no context tag, extDatas is a bare SEQUENCE as fifth element. */
static bool take_seal_extensions(struct ses_way *w, struct zy_reader *r, struct zy_seal_info *s, struct zy_error *err)
{
	static const char field[] = "eSealInfo.extDatas";
	struct zy_reader list;

	if (s->version == 1)
		return take_extensions_v1(w, r, s, err);
	if (w->lenient && zy_der_next_is(r, ZY_DER_CONTEXT_MADE | 0))
		return ses_enter_extensions(w, r, field, &list, err) &&
		       ses_take_extensions(w, &list, field, &s->extDatas, &s->strict, err) &&
		       (w->departs = w->departs == NULL ? field : w->departs) != NULL;
	return zy_der_enter(r, ZY_DER_SEQUENCE, field, &list, err) &&
	       ses_take_extensions(w, &list, field, &s->extDatas, &s->strict, err);
}

static bool take_info(struct ses_way *w, struct zy_reader *from, struct zy_seal_info *out, struct zy_error *err)
{
	struct zy_seal_info s = { .strict = true };
	struct zy_reader whole, r;

	if (!zy_der_take_whole(from, ZY_DER_SEQUENCE, "eSealInfo", &s.der, err))
		return false;
	whole = zy_reader_inside(from, s.der);
	if (!zy_der_enter(&whole, ZY_DER_SEQUENCE, "eSealInfo", &r, err) || !take_header(w, &r, &s, err) ||
	    !ses_text(w, &r, ZY_DER_IA5, "esID", &s.esID, err) || !take_property(w, &r, &s, err) ||
	    !take_picture(w, &r, &s, err))
		return false;
	if (zy_reader_left(&r) > 0 && !take_seal_extensions(w, &r, &s, err))
		return false;
	if (!zy_der_end(&r, "eSealInfo", err))
		return false;
	*out = s;
	return true;
}

bool ses_count(struct zy_reader r, const char *field, size_t *num, struct zy_error *err)
{
	for (*num = 0; zy_reader_left(&r) > 0; ++*num)
		if (!zy_der_any(&r, field, NULL, NULL, NULL, err))
			return false;
	return true;
}

bool ses_take_time_stamp(
    struct ses_way *w, struct zy_reader *r, const char *field, struct zy_bytes *out, struct zy_error *err)
{
	struct zy_reader tagged;

	if (!zy_der_enter(r, ZY_DER_CONTEXT_MADE | 0, field, &tagged, err) || !ses_bits(w, &tagged, field, out, err) ||
	    !zy_der_end(&tagged, field, err))
		return false;
	return out->len > 0 || zy_fail(err, ZY_E_SES, field, zy_reader_offset(r), "timeStamp is there but empty");
}

/* cert, the algorithm and the value: in version 1 inside SES_SignInfo, later beside eSealInfo. */
static bool take_seal_value(struct ses_way *w, struct zy_reader *r, struct zy_seal *s, struct zy_error *err)
{
	return ses_cert(w, r, "SESeal.cert", &s->cert, err) &&
	       ses_algorithm(w, r, "SESeal.signAlgID", &s->signAlgID, err) &&
	       ses_bits(w, r, "SESeal.signedValue", &s->signedValue, err);
}

static bool take_sign_info(struct ses_way *w, struct zy_reader *r, struct zy_seal *s, struct zy_error *err)
{
	struct zy_reader inner;

	return zy_der_enter(r, ZY_DER_SEQUENCE, "SESeal.signInfo", &inner, err) && take_seal_value(w, &inner, s, err) &&
	       zy_der_end(&inner, "SESeal.signInfo", err);
}

/* The number of elements and header.version must tell the same version: a seal of one version whose elements were
 * broken apart or joined is broken, not of another version. */
static bool fits_version(size_t num, unsigned version)
{
	return version == 1 ? num == 2 : num != 2 && (version == 5 || num != 5);
}

bool ses_take_seal(struct ses_way *w, struct zy_reader *from, struct zy_seal *out, struct zy_error *err)
{
	struct zy_reader whole, r;
	struct zy_seal s = { 0 };
	size_t num, at = zy_reader_offset(from);

	if (!zy_der_take_whole(from, ZY_DER_SEQUENCE, "SESeal", &s.der, err))
		return false;
	whole = zy_reader_inside(from, s.der);
	if (!zy_der_enter(&whole, ZY_DER_SEQUENCE, "SESeal", &r, err) || !ses_count(r, "SESeal", &num, err) ||
	    !take_info(w, &r, &s.info, err))
		return false;
	if (!fits_version(num, s.info.version))
		return zy_fail(err, ZY_E_SES, "SESeal", at, "a seal of version %u does not have %zu elements",
		    s.info.version, num);
	if (!(s.info.version == 1 ? take_sign_info(w, &r, &s, err) : take_seal_value(w, &r, &s, err)) ||
	    (num == 5 && !ses_take_time_stamp(w, &r, "SESeal.timeStamp", &s.timeStamp, err)) ||
	    !zy_der_end(&r, "SESeal", err))
		return false;
	*out = s;
	return true;
}

bool ses_within_cap(struct zy_bytes in, struct zy_error *err)
{
	return in.len <= ZY_SES_MAX ||
	       zy_fail(err, ZY_E_TOO_LARGE, "SES", 0, "%zu bytes are over the cap of %zu", in.len, ZY_SES_MAX);
}

bool zy_seal_info_parse(struct zy_seal_info *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct ses_way strict = { 0 };
	struct zy_seal_info s;

	if (!ses_within_cap(in, err) || !take_info(&strict, &r, &s, err) || !zy_der_end(&r, "eSealInfo", err))
		return false;
	*out = s;
	return true;
}

bool zy_seal_parse(struct zy_seal *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct ses_way strict = { 0 };
	struct zy_seal s;

	if (!ses_within_cap(in, err) || !ses_take_seal(&strict, &r, &s, err) || !zy_der_end(&r, "SESeal", err))
		return false;
	*out = s;
	return true;
}
