#include "zy/cbor.h"
#include "zy/log_proof.h"

#define FORM "zy-leaf-4"
enum { NUM_ITEMS = 11, TERM_ITEMS = 4, WHAT_MAX = 16, TEXT_MAX = 128 };

static bool take_octets(struct zy_reader *r, const char *field, uint8_t *out, size_t len, struct zy_error *err)
{
	struct zy_bytes v;

	if (!zy_cbor_bstr_exact(r, len, field, &v, err))
		return false;
	memcpy(out, v.p, len);
	return true;
}

static bool take_parts(struct zy_reader *r, struct zy_log_leaf *l, struct zy_error *err)
{
	uint64_t form;

	if (!zy_cbor_array(r, ZY_LOG_PARTS_MAX, "parts", &l->num_parts, err))
		return false;
	for (size_t i = 0; i < l->num_parts; i++) {
		if (!zy_cbor_array_exact(r, 2, "part", err) || !zy_cbor_uint(r, 255, "part.form", &form, err) ||
		    !take_octets(r, "part.digest", l->parts[i].digest, ZY_HASH_LEN, err))
			return false;
		l->parts[i].form = (unsigned)form;
	}
	return true;
}

static bool take_term(struct zy_reader *r, struct zy_log_leaf *l, struct zy_error *err)
{
	struct zy_log_term *t = &l->term;
	uint64_t kind;
	size_t num;

	if (!zy_cbor_array(r, TERM_ITEMS, "term", &num, err))
		return false;
	l->has_term = num > 0;
	if (num == 0)
		return true;
	if (num != TERM_ITEMS)
		return zy_fail(err, ZY_E_CBOR, "term", zy_reader_offset(r), "a term has %d items, or none", TERM_ITEMS);
	if (!zy_cbor_int(r, "term.first", &t->first, err) || !zy_cbor_int(r, "term.last", &t->last, err) ||
	    !zy_cbor_uint(r, ZY_TERMS_CONDITION, "term.kind", &kind, err) ||
	    !zy_cbor_int(r, "term.until", &t->until, err))
		return false;
	t->kind = (enum zy_terms_kind)kind;
	return (t->first <= t->last && (t->kind != ZY_TERMS_NONE || t->until == ZY_TIME_NEVER)) ||
	       zy_fail(
		   err, ZY_E_CBOR, "term", zy_reader_offset(r), "a term that ends before it begins, or terms of none");
}

bool zy_log_leaf_parse(struct zy_log_leaf *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_log_leaf l = { 0 };
	struct zy_bytes form;

	if (in.len > ZY_LOG_LEAF_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "leaf", ZY_NOWHERE, "a leaf has at most %zu octets", ZY_LOG_LEAF_MAX);
	if (!zy_cbor_array_exact(&r, NUM_ITEMS, "leaf", err) || !zy_cbor_tstr(&r, sizeof(FORM), "leaf", &form, err))
		return false;
	if (!zy_bytes_equal(form, ZY_LITERAL(FORM)))
		return zy_fail(err, ZY_E_CBOR, "leaf", 0, "a leaf of a form that is not known here");
	if (!take_octets(&r, "salt", l.salt, sizeof(l.salt), err) ||
	    !take_octets(&r, "tag", l.tag, sizeof(l.tag), err) || !zy_cbor_int(&r, "at", &l.at, err) ||
	    !zy_cbor_int(&r, "from", &l.from, err) || !zy_cbor_tstr(&r, WHAT_MAX, "what", &l.what, err) ||
	    !zy_cbor_tstr(&r, TEXT_MAX, "name", &l.name, err) ||
	    !zy_cbor_uint(&r, UINT64_MAX, "number", &l.number, err) ||
	    !zy_cbor_tstr(&r, TEXT_MAX, "reason", &l.reason, err) || !take_parts(&r, &l, err) ||
	    !take_term(&r, &l, err) || !zy_reader_end(&r, "leaf", err))
		return false;
	*out = l;
	return true;
}

void zy_log_leaf_encode(const struct zy_log_leaf *l, struct zy_buf *out)
{
	zy_cbor_put_array(out, NUM_ITEMS);
	zy_cbor_put_text(out, FORM);
	zy_cbor_put_bstr(out, ZY_BYTES(l->salt, sizeof(l->salt)));
	zy_cbor_put_bstr(out, ZY_BYTES(l->tag, sizeof(l->tag)));
	zy_cbor_put_int(out, l->at);
	zy_cbor_put_int(out, l->from);
	zy_cbor_put_tstr(out, l->what);
	zy_cbor_put_tstr(out, l->name);
	zy_cbor_put_uint(out, l->number);
	zy_cbor_put_tstr(out, l->reason);
	zy_cbor_put_array(out, l->num_parts);
	for (size_t i = 0; i < l->num_parts; i++) {
		zy_cbor_put_array(out, 2);
		zy_cbor_put_uint(out, l->parts[i].form);
		zy_cbor_put_bstr(out, ZY_BYTES(l->parts[i].digest, ZY_HASH_LEN));
	}
	zy_cbor_put_array(out, l->has_term ? TERM_ITEMS : 0);
	if (!l->has_term)
		return;
	zy_cbor_put_int(out, l->term.first);
	zy_cbor_put_int(out, l->term.last);
	zy_cbor_put_uint(out, l->term.kind);
	zy_cbor_put_int(out, l->term.until);
}

bool zy_log_entry(struct zy_bytes leaf, uint8_t out[ZY_LOG_ENTRY_LEN], struct zy_error *err)
{
	struct zy_log_leaf l;

	if (!zy_log_leaf_parse(&l, leaf, err) || !zy_digest(ZY_HASH_SHA256, leaf, out, err))
		return false;
	memcpy(out + ZY_HASH_LEN, l.tag, sizeof(l.tag));
	return true;
}
