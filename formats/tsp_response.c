/* TimeStampResp (RFC 3161 2.4.2): a status, and a token when it was granted. */
#include "tsp_internal.h"

#define TEXTS_MAX 16

const char *zy_tsp_fail_name(enum zy_tsp_fail bit)
{
	switch (bit) {
	case ZY_TSP_BAD_ALG:
		return "badAlg";
	case ZY_TSP_BAD_REQUEST:
		return "badRequest";
	case ZY_TSP_BAD_DATA_FORMAT:
		return "badDataFormat";
	case ZY_TSP_TIME_NOT_AVAILABLE:
		return "timeNotAvailable";
	case ZY_TSP_UNACCEPTED_POLICY:
		return "unacceptedPolicy";
	case ZY_TSP_UNACCEPTED_EXTENSION:
		return "unacceptedExtension";
	case ZY_TSP_ADD_INFO_NOT_AVAILABLE:
		return "addInfoNotAvailable";
	case ZY_TSP_SYSTEM_FAILURE:
		return "systemFailure";
	}
	return "?";
}

/* PKIFreeText ::= SEQUENCE SIZE (1..MAX) OF UTF8String */
static bool read_text(struct zy_reader *r, struct zy_bytes *out, struct zy_error *err)
{
	struct zy_reader at = *r, list;
	struct zy_bytes v;
	size_t num = 0;

	if (!zy_der_next_is(r, ZY_DER_SEQUENCE))
		return true;
	if (!zy_der_take(r, ZY_DER_SEQUENCE, "statusString", out, err) ||
	    !zy_der_enter(&at, ZY_DER_SEQUENCE, "statusString", &list, err))
		return false;
	do {
		if (num++ == TEXTS_MAX)
			return zy_fail(err, ZY_E_TOO_LARGE, "statusString", zy_reader_offset(&list),
			    "more than %d texts", TEXTS_MAX);
		if (!zy_der_utf8(&list, "statusString", &v, err))
			return false;
	} while (zy_reader_left(&list) > 0);
	return true;
}

/* A named bit list: bit 0 is the first octet's highest, trailing zero bits are dropped (X.690 11.2.2). */
static bool read_fail_info(struct zy_reader *r, uint32_t *out, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);
	struct zy_bytes v;
	uint32_t bits = 0;
	unsigned unused;

	if (!zy_der_next_is(r, ZY_DER_BITS))
		return true;
	if (!zy_der_take(r, ZY_DER_BITS, "failInfo", &v, err))
		return false;
	unused = v.len > 0 ? v.p[0] : 8;
	if (v.len < 2 || v.len > 5 || unused > 7 || (v.p[v.len - 1] & ((1u << (unused + 1)) - 1)) != 1u << unused)
		return zy_fail(err, ZY_E_DER, "failInfo", at, "failInfo is not a bit list that ends with a set bit");
	for (size_t i = 0; i < 8 * (v.len - 1); i++)
		if ((v.p[1 + i / 8] & 0x80u >> i % 8) != 0)
			bits |= 1u << i;
	*out = bits;
	return true;
}

static void put_fail_info(struct zy_buf *b, uint32_t bits)
{
	uint8_t v[5] = { 0 };
	size_t last = 31;

	while ((bits >> last & 1) == 0)
		last--;
	v[0] = (uint8_t)(7 - last % 8);
	for (size_t i = 0; i <= last; i++)
		if ((bits >> i & 1) != 0)
			v[1 + i / 8] = (uint8_t)(v[1 + i / 8] | 0x80u >> i % 8);
	zy_der_put(b, ZY_DER_BITS, ZY_BYTES(v, 2 + last / 8));
}

static bool read_status(struct zy_reader *r, struct zy_tsp_response *out, struct zy_error *err)
{
	struct zy_reader seq;
	uint64_t status;

	if (!zy_der_enter(r, ZY_DER_SEQUENCE, "PKIStatusInfo", &seq, err) ||
	    !zy_der_small(&seq, "PKIStatusInfo.status", ZY_TSP_STATUS_MOST, &status, err) ||
	    !read_text(&seq, &out->text, err) || !read_fail_info(&seq, &out->fail_info, err))
		return false;
	out->status = (unsigned)status;
	return zy_der_end(&seq, "PKIStatusInfo", err);
}

bool zy_tsp_response_parse(struct zy_tsp_response *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in), seq;
	struct zy_tsp_response v = { 0 };
	bool granted;

	if (in.len > ZY_TSP_RESPONSE_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "TimeStampResp", ZY_NOWHERE, "more than %zu bytes", ZY_TSP_RESPONSE_MAX);
	if (!zy_der_enter(&r, ZY_DER_SEQUENCE, "TimeStampResp", &seq, err) || !zy_der_end(&r, "TimeStampResp", err) ||
	    !read_status(&seq, &v, err))
		return false;
	if (zy_reader_left(&seq) > 0 && !zy_der_take_whole(&seq, ZY_DER_SEQUENCE, "timeStampToken", &v.token, err))
		return false;
	if (!zy_der_end(&seq, "TimeStampResp", err))
		return false;
	granted = v.status <= ZY_TSP_GRANTED_WITH_MODS;
	if (granted != (v.token.len > 0) || (granted && v.fail_info != 0))
		return zy_fail(err, ZY_E_TSP, "TimeStampResp", 0,
		    "a granted response, and no other, has a token; failInfo is for refusals");
	*out = v;
	return true;
}

bool zy_tsp_response_encode(const struct zy_tsp_response *r, struct zy_buf *out, struct zy_error *err)
{
	size_t mark = zy_der_open(out, ZY_DER_SEQUENCE), status = zy_der_open(out, ZY_DER_SEQUENCE);

	zy_der_put_small(out, r->status);
	if (r->text.len > 0)
		zy_der_put(out, ZY_DER_SEQUENCE, r->text);
	if (r->fail_info != 0)
		put_fail_info(out, r->fail_info);
	zy_der_close(out, status);
	zy_buf_put(out, r->token);
	zy_der_close(out, mark);
	return zy_buf_done(out, "TimeStampResp", err);
}

bool zy_tsp_refusal_encode(enum zy_tsp_fail why, const char *text, struct zy_buf *out, struct zy_error *err)
{
	ZY_BUF_AUTO texts = { 0 };
	struct zy_tsp_response r = { .status = ZY_TSP_REJECTION, .fail_info = 1u << why };

	zy_der_put(&texts, ZY_DER_UTF8, zy_str(text));
	r.text = zy_buf_bytes(&texts);
	return zy_buf_done(&texts, "statusString", err) && zy_tsp_response_encode(&r, out, err);
}
