#include "zy/receipt.h"

#include "zy/cbor.h"

#define FORM "zy-receipt-1"
enum { NUM_ITEMS = 11, LICENCE_MAX = 128 };

static bool take_head(struct zy_reader *r, struct zy_receipt *p, struct zy_error *err)
{
	struct zy_bytes form, prev;

	if (!zy_cbor_array_exact(r, NUM_ITEMS, "receipt", err) || !zy_cbor_tstr(r, sizeof(FORM), "receipt", &form, err))
		return false;
	if (!zy_bytes_equal(form, ZY_LITERAL(FORM)))
		return zy_fail(err, ZY_E_CBOR, "receipt", 0, "a receipt of a form that is not known here");
	if (!zy_cbor_uint(r, UINT64_MAX, "n", &p->n, err) || !zy_cbor_bstr_exact(r, ZY_HASH_LEN, "prev", &prev, err) ||
	    !zy_cbor_int(r, "at", &p->at, err))
		return false;
	memcpy(p->prev, prev.p, ZY_HASH_LEN);
	return true;
}

bool zy_receipt_parse(struct zy_receipt *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_receipt p = { 0 };

	if (in.len > ZY_RECEIPT_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "receipt", ZY_NOWHERE, "a receipt has at most %zu octets", ZY_RECEIPT_MAX);
	if (!take_head(&r, &p, err) || !zy_cbor_tstr(&r, ZY_RECEIPT_WHO_MAX, "who", &p.who, err) ||
	    !zy_cbor_tstr(&r, ZY_RECEIPT_WHAT_MAX, "what", &p.what, err) ||
	    !zy_cbor_tstr(&r, LICENCE_MAX, "licence", &p.licence, err) ||
	    !zy_cbor_uint(&r, UINT64_MAX, "version", &p.version, err) ||
	    !zy_cbor_tstr(&r, ZY_RECEIPT_WHO_MAX, "item", &p.item, err) ||
	    !zy_cbor_tstr(&r, ZY_RECEIPT_WHO_MAX, "case", &p.case_id, err) ||
	    !zy_cbor_tstr(&r, ZY_RECEIPT_WHO_MAX, "ground", &p.ground, err) || !zy_reader_end(&r, "receipt", err))
		return false;
	*out = p;
	return true;
}

void zy_receipt_encode(const struct zy_receipt *r, struct zy_buf *out)
{
	zy_cbor_put_array(out, NUM_ITEMS);
	zy_cbor_put_text(out, FORM);
	zy_cbor_put_uint(out, r->n);
	zy_cbor_put_bstr(out, ZY_BYTES(r->prev, ZY_HASH_LEN));
	zy_cbor_put_int(out, r->at);
	zy_cbor_put_tstr(out, r->who);
	zy_cbor_put_tstr(out, r->what);
	zy_cbor_put_tstr(out, r->licence);
	zy_cbor_put_uint(out, r->version);
	zy_cbor_put_tstr(out, r->item);
	zy_cbor_put_tstr(out, r->case_id);
	zy_cbor_put_tstr(out, r->ground);
}

bool zy_receipt_tag(const uint8_t key[ZY_HASH_LEN], uint64_t n, uint8_t out[ZY_LOG_TAG_LEN], struct zy_error *err)
{
	uint8_t octets[8], whole[ZY_HASH_LEN];

	for (size_t i = 0; i < sizeof(octets); i++)
		octets[i] = (uint8_t)(n >> (56 - 8 * i));
	if (!zy_hmac(ZY_HASH_SHA256, ZY_BYTES(key, ZY_HASH_LEN), ZY_BYTES(octets, sizeof(octets)), whole, err))
		return false;
	memcpy(out, whole, ZY_LOG_TAG_LEN);
	return true;
}
