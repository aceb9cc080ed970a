#include "zy/ses.h"

static void put_extensions(struct zy_buf *b, const struct zy_ses_extensions *x)
{
	size_t list = zy_der_open(b, ZY_DER_SEQUENCE);

	for (size_t i = 0; i < x->num; i++) {
		size_t item = zy_der_open(b, ZY_DER_SEQUENCE);

		zy_der_put(b, ZY_DER_OID, x->items[i].extnID);
		if (x->items[i].critical)
			zy_der_put_bool(b, true);
		zy_der_put(b, ZY_DER_OCTETS, x->items[i].extnValue);
		zy_der_close(b, item);
	}
	zy_der_close(b, list);
}

static void put_header(struct zy_buf *b, const struct zy_seal_info *s)
{
	size_t header = zy_der_open(b, ZY_DER_SEQUENCE);

	zy_der_put(b, ZY_DER_IA5, ZY_LITERAL("ES"));
	zy_der_put_small(b, s->version == 0 ? ZY_SES_VERSION : s->version);
	zy_der_put(b, ZY_DER_IA5, s->Vid);
	zy_der_close(b, header);
}

static void put_cert_list(struct zy_buf *b, const struct zy_seal_info *s)
{
	size_t list = zy_der_open(b, ZY_DER_SEQUENCE);

	for (size_t i = 0; i < s->num_certs; i++) {
		size_t item = s->certListType == ZY_CERT_LIST_CERTS ? 0 : zy_der_open(b, ZY_DER_SEQUENCE);

		if (item != 0)
			zy_der_put(b, ZY_DER_PRINTABLE, s->certs[i].type);
		zy_der_put(b, ZY_DER_OCTETS, s->certs[i].value);
		if (item != 0)
			zy_der_close(b, item);
	}
	zy_der_close(b, list);
}

static void put_property(struct zy_buf *b, const struct zy_seal_info *s)
{
	size_t property = zy_der_open(b, ZY_DER_SEQUENCE);

	zy_der_put_small(b, s->type);
	zy_der_put(b, ZY_DER_UTF8, s->name);
	zy_der_put_small(b, s->certListType);
	put_cert_list(b, s);
	zy_der_put_time(b, s->createDate);
	zy_der_put_time(b, s->validStart);
	zy_der_put_time(b, s->validEnd);
	zy_der_close(b, property);
}

static void put_picture(struct zy_buf *b, const struct zy_seal_info *s)
{
	size_t picture = zy_der_open(b, ZY_DER_SEQUENCE);

	zy_der_put(b, ZY_DER_IA5, s->picture_type);
	zy_der_put(b, ZY_DER_OCTETS, s->picture);
	zy_der_put_small(b, s->width);
	zy_der_put_small(b, s->height);
	zy_der_close(b, picture);
}

/* What was written since `from`, or nothing when a put failed. */
static bool written(const struct zy_buf *out, size_t from, const char *field, struct zy_bytes *v, struct zy_error *err)
{
	if (!zy_buf_done(out, field, err))
		return false;
	*v = ZY_BYTES(out->p + from, out->len - from);
	return true;
}

/* The parser is the one place that knows the rules: a writer hands over only what it takes back, and so never version
 * 1, whose parts lie otherwise. */
static bool refused(
    struct zy_buf *out, size_t from, const char *field, const struct zy_error *why, struct zy_error *err)
{
	out->len = from;
	return zy_fail(err, ZY_E_SES, field, ZY_NOWHERE, "a field cannot be written: %s", why->msg);
}

static void put_time_stamp(struct zy_buf *b, struct zy_bytes token)
{
	size_t tagged = zy_der_open(b, ZY_DER_CONTEXT_MADE | 0);

	zy_der_put_bits(b, token);
	zy_der_close(b, tagged);
}

bool zy_seal_signed(const struct zy_seal *s, struct zy_buf *out, struct zy_error *err)
{
	size_t mark = s->info.version == 1 ? zy_der_open(out, ZY_DER_SEQUENCE) : 0;

	zy_buf_put(out, s->info.der);
	if (s->info.version == 1) {
		zy_der_put(out, ZY_DER_OCTETS, s->cert);
		zy_der_put(out, ZY_DER_OID, s->signAlgID);
		zy_der_close(out, mark);
	}
	return zy_buf_done(out, "SESeal", err);
}

bool zy_seal_info_encode(const struct zy_seal_info *s, struct zy_buf *out, struct zy_error *err)
{
	size_t from = out->len, info = zy_der_open(out, ZY_DER_SEQUENCE);
	struct zy_seal_info again;
	struct zy_error why = { 0 };
	struct zy_bytes v;

	put_header(out, s);
	zy_der_put(out, ZY_DER_IA5, s->esID);
	put_property(out, s);
	put_picture(out, s);
	if (s->extDatas.present)
		put_extensions(out, &s->extDatas);
	zy_der_close(out, info);
	if (!written(out, from, "eSealInfo", &v, err))
		return false;
	return zy_seal_info_parse(&again, v, &why) || refused(out, from, "eSealInfo", &why, err);
}

bool zy_seal_encode(const struct zy_seal *s, struct zy_buf *out, struct zy_error *err)
{
	size_t from = out->len, seal = zy_der_open(out, ZY_DER_SEQUENCE);
	struct zy_error why = { 0 };
	struct zy_seal again;
	struct zy_bytes v;

	zy_buf_put(out, s->info.der);
	zy_der_put(out, ZY_DER_OCTETS, s->cert);
	zy_der_put(out, ZY_DER_OID, s->signAlgID);
	zy_der_put_bits(out, s->signedValue);
	if (s->timeStamp.len > 0)
		put_time_stamp(out, s->timeStamp);
	zy_der_close(out, seal);
	if (!written(out, from, "SESeal", &v, err))
		return false;
	return zy_seal_parse(&again, v, &why) || refused(out, from, "SESeal", &why, err);
}

bool zy_ses_tbs_encode(const struct zy_ses_tbs *t, struct zy_buf *out, struct zy_error *err)
{
	size_t from = out->len, tbs = zy_der_open(out, ZY_DER_SEQUENCE);
	struct zy_error why = { 0 };
	struct zy_ses_tbs again;
	struct zy_seal seal;
	struct zy_bytes v;

	if (!zy_seal_parse(&seal, t->eseal.der, &why))
		return refused(out, from, "TBS_Sign", &why, err);
	zy_der_put_small(out, seal.info.version);
	zy_buf_put(out, t->eseal.der);
	zy_der_put_time(out, t->timeInfo);
	zy_der_put_bits(out, t->dataHash);
	zy_der_put(out, ZY_DER_IA5, t->propertyInfo);
	if (t->extDatas.present) {
		size_t tagged = zy_der_open(out, ZY_DER_CONTEXT_MADE | 0);

		put_extensions(out, &t->extDatas);
		zy_der_close(out, tagged);
	}
	zy_der_close(out, tbs);
	if (!written(out, from, "TBS_Sign", &v, err))
		return false;
	return zy_ses_tbs_parse(&again, v, &why) || refused(out, from, "TBS_Sign", &why, err);
}

bool zy_ses_signature_encode(const struct zy_ses_signature *s, struct zy_buf *out, struct zy_error *err)
{
	size_t from = out->len, signature = zy_der_open(out, ZY_DER_SEQUENCE);
	struct zy_ses_signature again;
	struct zy_error why = { 0 };
	struct zy_bytes v;

	zy_buf_put(out, s->toSign.der);
	zy_der_put(out, ZY_DER_OCTETS, s->cert);
	zy_der_put(out, ZY_DER_OID, s->signatureAlgID);
	zy_der_put_bits(out, s->signature);
	if (s->timeStamp.len > 0)
		put_time_stamp(out, s->timeStamp);
	zy_der_close(out, signature);
	if (!written(out, from, "SES_Signature", &v, err))
		return false;
	return zy_ses_signature_parse(&again, v, &why) || refused(out, from, "SES_Signature", &why, err);
}
