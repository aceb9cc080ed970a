#include "zy/cose.h"

#include "zy/cbor.h"

#define PAYLOAD_MAX ((size_t)4096)
enum { LABEL_ALG = 1, LABEL_KID = 4 };

static int64_t alg_of(enum zy_suite suite)
{
	return suite == ZY_SUITE_GM ? ZY_COSE_ALG_SM2 : ZY_COSE_ALG_ES256;
}

/* Exactly {1: alg, 4: kid}, alg from the closed list. */
static bool parse_header(struct zy_cose *c, const struct zy_reader *outer, struct zy_error *err)
{
	struct zy_reader r = zy_reader_inside(outer, c->protected_header);
	uint64_t label;
	int64_t alg;
	struct zy_bytes kid;
	size_t num;

	if (!zy_cbor_map(&r, 2, "protected", &num, err) || !zy_cbor_uint(&r, LABEL_ALG, "alg", &label, err) ||
	    !zy_cbor_int(&r, "alg", &alg, err))
		return false;
	if (num != 2 || label != LABEL_ALG || (alg != ZY_COSE_ALG_SM2 && alg != ZY_COSE_ALG_ES256))
		return zy_fail(
		    err, ZY_E_COSE, "alg", zy_reader_offset(&r), "the header is not {1: -65537 or -7, 4: kid}");
	if (!zy_cbor_uint(&r, LABEL_KID, "kid", &label, err) ||
	    !zy_cbor_bstr_exact(&r, ZY_COSE_KID_LEN, "kid", &kid, err) || !zy_reader_end(&r, "protected", err))
		return false;
	if (label != LABEL_KID)
		return zy_fail(
		    err, ZY_E_COSE, "kid", zy_reader_offset(&r), "the header is not {1: -65537 or -7, 4: kid}");
	c->suite = alg == ZY_COSE_ALG_SM2 ? ZY_SUITE_GM : ZY_SUITE_INTL;
	memcpy(c->kid, kid.p, kid.len);
	return true;
}

/* detached: the payload stands elsewhere, and null in its place; NULL: it stands here. */
static bool parse(struct zy_cose *out, struct zy_reader *r, const struct zy_bytes *detached, struct zy_error *err)
{
	struct zy_cose c = { 0 };
	struct zy_reader at = *r;
	struct zy_bytes signature;
	size_t unprotected;

	if (!zy_cbor_array_exact(&at, 4, "COSE_Sign1", err) ||
	    !zy_cbor_bstr(&at, 64, "protected", &c.protected_header, err) || !parse_header(&c, &at, err) ||
	    !zy_cbor_map(&at, 0, "unprotected", &unprotected, err) ||
	    !(detached != NULL ? zy_cbor_null(&at, "payload", err)
			       : zy_cbor_bstr(&at, PAYLOAD_MAX, "payload", &c.payload, err)) ||
	    !zy_cbor_bstr_exact(&at, sizeof(c.rs), "signature", &signature, err))
		return false;
	if (detached != NULL)
		c.payload = *detached;
	memcpy(c.rs, signature.p, sizeof(c.rs));
	c.whole = ZY_BYTES(r->p, zy_reader_offset(&at) - zy_reader_offset(r));
	*out = c;
	*r = at;
	return true;
}

bool zy_cose_parse(struct zy_cose *out, struct zy_reader *r, struct zy_error *err)
{
	return parse(out, r, NULL, err);
}

bool zy_cose_parse_detached(struct zy_cose *out, struct zy_reader *r, struct zy_bytes payload, struct zy_error *err)
{
	return parse(out, r, &payload, err);
}

void zy_cose_header_encode(enum zy_suite suite, const uint8_t kid[ZY_COSE_KID_LEN], struct zy_buf *out)
{
	zy_cbor_put_map(out, 2);
	zy_cbor_put_uint(out, LABEL_ALG);
	zy_cbor_put_int(out, alg_of(suite));
	zy_cbor_put_uint(out, LABEL_KID);
	zy_cbor_put_bstr(out, ZY_BYTES(kid, ZY_COSE_KID_LEN));
}

void zy_cose_input_encode(
    struct zy_bytes protected_header, const char *external_aad, struct zy_bytes payload, struct zy_buf *out)
{
	zy_cbor_put_array(out, 4);
	zy_cbor_put_text(out, "Signature1");
	zy_cbor_put_bstr(out, protected_header);
	zy_cbor_put_bstr(out, zy_str(external_aad));
	zy_cbor_put_bstr(out, payload);
}

static void put_head(struct zy_bytes protected_header, struct zy_buf *out)
{
	zy_cbor_put_array(out, 4);
	zy_cbor_put_bstr(out, protected_header);
	zy_cbor_put_map(out, 0);
}

void zy_cose_encode(struct zy_bytes protected_header, struct zy_bytes payload, const uint8_t rs[64], struct zy_buf *out)
{
	put_head(protected_header, out);
	zy_cbor_put_bstr(out, payload);
	zy_cbor_put_bstr(out, ZY_BYTES(rs, 64));
}

void zy_cose_encode_detached(struct zy_bytes protected_header, const uint8_t rs[64], struct zy_buf *out)
{
	put_head(protected_header, out);
	zy_cbor_put_null(out);
	zy_cbor_put_bstr(out, ZY_BYTES(rs, 64));
}
