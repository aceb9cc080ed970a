/* archive-time-stamp-v3 (EN 319 122-1 5.5). */
#include "zy/ats.h"

#include "tsp_internal.h"

#define OID(name, ...)                                                                                                 \
	static const uint8_t name##_octets[] = { __VA_ARGS__ };                                                        \
	static const struct zy_bytes name = { name##_octets, sizeof(name##_octets) }

/* ats-hash-index, 0.4.0.1733.2.5; the second and the third version, 0.4.0.19122.1.4 and .5 */
OID(oid_index, 0x04, 0x00, 0x8d, 0x45, 0x02, 0x05);
OID(oid_index_v2, 0x04, 0x00, 0x81, 0x95, 0x32, 0x01, 0x04);
OID(oid_index_v3, 0x04, 0x00, 0x81, 0x95, 0x32, 0x01, 0x05);

static const uint8_t stamp_octets[] = { 0x04, 0x00, 0x8d, 0x45, 0x02, 0x04 };
const struct zy_bytes zy_oid_archive_stamp = { stamp_octets, sizeof(stamp_octets) };

static const char index_field[] = "ats-hash-index-v3";

/* ---- the index ---- */

/* hashIndAlgorithm DEFAULT sha256 was the first version's; programs write it in all, and leave it out in all. */
static bool read_hash(struct zy_reader *r, struct zy_ats_index *x, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);
	struct zy_reader ahead = *r, seq;
	struct zy_bytes oid = zy_oid_sha256;
	bool has_params = false;

	if (zy_der_enter(&ahead, ZY_DER_SEQUENCE, index_field, &seq, err) && zy_der_next_is(&seq, ZY_DER_OID) &&
	    !cms_algorithm(r, index_field, &oid, &has_params, err))
		return false;
	if (err->code != ZY_OK)
		return false;
	x->hash = tsp_hash_of(oid);
	return (x->hash != ZY_TSP_HASH_OTHER && !has_params) ||
	       zy_fail(err, ZY_E_TSP, index_field, at, "the hashes of the index are of an algorithm not known here");
}

static bool read_list(struct zy_reader *r, const struct zy_ats_index *x, struct zy_bytes *out, struct zy_error *err)
{
	struct zy_reader at = *r, list;
	struct zy_bytes hash;

	if (!zy_der_take(r, ZY_DER_SEQUENCE, index_field, out, err) ||
	    !zy_der_enter(&at, ZY_DER_SEQUENCE, index_field, &list, err))
		return false;
	while (zy_reader_left(&list) > 0) {
		if (!zy_der_take(&list, ZY_DER_OCTETS, index_field, &hash, err))
			return false;
		if (hash.len != zy_tsp_hash_len(x->hash))
			return zy_fail(err, ZY_E_TSP, index_field, zy_reader_offset(&list),
			    "a hash of the index has %zu octets", hash.len);
	}
	return true;
}

static bool read_index(struct zy_reader *values, struct zy_ats_index *x, struct zy_error *err)
{
	struct zy_reader at = *values, seq;

	if (!zy_der_take_whole(values, ZY_DER_SEQUENCE, index_field, &x->whole, err) ||
	    !zy_der_end(values, index_field, err) || !zy_der_enter(&at, ZY_DER_SEQUENCE, index_field, &seq, err) ||
	    !read_hash(&seq, x, err))
		return false;
	for (int i = 0; i < ZY_ATS_LISTS; i++)
		if (!read_list(&seq, x, &x->lists[i], err))
			return false;
	return zy_der_end(&seq, index_field, err);
}

bool zy_ats_index_parse(struct zy_ats_index *out, struct zy_bytes unsigned_attrs, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(unsigned_attrs), set, attribute, values;
	struct zy_ats_index x = { 0 };
	struct zy_bytes oid;

	if (unsigned_attrs.len > 0 && !zy_der_enter(&r, ZY_DER_CONTEXT_MADE | 1, "unsignedAttrs", &set, err))
		return false;
	while (unsigned_attrs.len > 0 && zy_reader_left(&set) > 0) {
		if (!zy_der_enter(&set, ZY_DER_SEQUENCE, "unsignedAttrs", &attribute, err) ||
		    !zy_der_take(&attribute, ZY_DER_OID, "unsignedAttrs", &oid, err) ||
		    !zy_der_enter(&attribute, ZY_DER_SET, "unsignedAttrs", &values, err))
			return false;
		if (!zy_bytes_equal(oid, oid_index) && !zy_bytes_equal(oid, oid_index_v2) &&
		    !zy_bytes_equal(oid, oid_index_v3))
			continue;
		if (x.whole.len > 0)
			return zy_fail(
			    err, ZY_E_CMS, index_field, zy_reader_offset(&set), "there is more than one index");
		x.by_attribute = !zy_bytes_equal(oid, oid_index_v3);
		if (!read_index(&values, &x, err))
			return false;
	}
	if (x.whole.len == 0)
		return zy_fail(err, ZY_E_CMS, index_field, ZY_NOWHERE, "the token has no index of what it protects");
	*out = x;
	return true;
}

bool zy_ats_index_get(const struct zy_ats_index *x, enum zy_ats_list list, size_t n, struct zy_bytes *hash)
{
	const size_t each = zy_tsp_hash_len(x->hash) + 2; /* tag and length, of at most 64 octets */

	if (n >= x->lists[list].len / each)
		return false;
	*hash = ZY_BYTES(x->lists[list].p + n * each + 2, each - 2);
	return true;
}

/* ---- what it names ---- */

static struct zy_reader inside(struct zy_bytes whole, uint8_t tag)
{
	struct zy_reader r = zy_reader_over(whole), inner = zy_reader_over((struct zy_bytes){ 0 });
	struct zy_error ignored = { 0 };

	return zy_der_enter(&r, tag, "", &inner, &ignored) ? inner : zy_reader_over((struct zy_bytes){ 0 });
}

struct zy_ats_walk zy_ats_items(const struct zy_signed_data *d, const struct zy_signer *s, bool by_attribute)
{
	return (struct zy_ats_walk){ .by_attribute = by_attribute,
		.rest = { zy_reader_over(d->cert_set), zy_reader_over(d->crl_set),
		    inside(s->unsigned_attrs, ZY_DER_CONTEXT_MADE | 1) },
		.values = zy_reader_over((struct zy_bytes){ 0 }) };
}

/* The next attribute: as an item itself, or opened. */
static bool next_attribute(struct zy_ats_walk *w, struct zy_ats_item *out)
{
	struct zy_reader *rest = &w->rest[ZY_ATS_ATTRS], attribute;
	struct zy_error ignored = { 0 };

	while (zy_reader_left(&w->values) == 0) {
		if (w->by_attribute)
			return zy_der_any(rest, "", NULL, NULL, &out->value, &ignored);
		if (!zy_der_enter(rest, ZY_DER_SEQUENCE, "", &attribute, &ignored) ||
		    !zy_der_take_whole(&attribute, ZY_DER_OID, "", &w->type, &ignored) ||
		    !zy_der_enter(&attribute, ZY_DER_SET, "", &w->values, &ignored))
			return false;
	}
	out->type = w->type;
	return zy_der_any(&w->values, "", NULL, NULL, &out->value, &ignored);
}

bool zy_ats_next(struct zy_ats_walk *w, struct zy_ats_item *out)
{
	struct zy_error ignored = { 0 };

	for (int i = ZY_ATS_CERTS; i <= ZY_ATS_CRLS; i++) {
		*out = (struct zy_ats_item){ .list = (enum zy_ats_list)i };
		if (zy_der_any(&w->rest[i], "", NULL, NULL, &out->value, &ignored))
			return true;
		ignored = (struct zy_error){ 0 };
	}
	*out = (struct zy_ats_item){ .list = ZY_ATS_ATTRS };
	return next_attribute(w, out);
}

bool zy_ats_item_digest(
    const struct zy_ats_item *item, enum zy_tsp_hash hash, uint8_t out[ZY_TSP_DIGEST_MAX], struct zy_error *err)
{
	const struct zy_bytes parts[2] = { item->type, item->value };

	return zy_tsp_digest_parts(hash, parts, out, err);
}

/* ---- writing ---- */

bool zy_ats_index_encode(const struct zy_signed_data *d, const struct zy_signer *s, enum zy_tsp_hash hash,
    struct zy_buf *out, struct zy_error *err)
{
	struct zy_ats_walk w = zy_ats_items(d, s, false);
	size_t seq = zy_der_open(out, ZY_DER_SEQUENCE), list = 0;
	uint8_t digest[ZY_TSP_DIGEST_MAX];
	struct zy_ats_item item;
	bool more;

	tsp_put_hash(out, hash);
	more = zy_ats_next(&w, &item);
	for (int i = 0; i < ZY_ATS_LISTS; i++) {
		list = zy_der_open(out, ZY_DER_SEQUENCE);
		for (; more && (int)item.list == i; more = zy_ats_next(&w, &item)) {
			if (!zy_ats_item_digest(&item, hash, digest, err))
				return false;
			zy_der_put(out, ZY_DER_OCTETS, ZY_BYTES(digest, zy_tsp_hash_len(hash)));
		}
		zy_der_close(out, list);
	}
	zy_der_close(out, seq);
	return zy_buf_done(out, index_field, err);
}

/* The signer's fields from version to signature lie one behind the other: all of it but its unsigned attributes. */
bool zy_ats_message(const struct zy_signed_data *d, const struct zy_signer *s, struct zy_bytes content_digest,
    struct zy_bytes index, struct zy_buf *out, struct zy_error *err)
{
	struct zy_reader fields = inside(s->whole, ZY_DER_SEQUENCE);
	struct zy_bytes rest = zy_reader_rest(&fields);

	if (s->fault.code != ZY_OK)
		return zy_fail(err, ZY_E_CMS, "SignerInfo", s->offset, "the signer cannot be read");
	zy_der_put(out, ZY_DER_OID, d->content_type);
	zy_buf_put(out, content_digest);
	zy_buf_put(out, ZY_BYTES(rest.p, rest.len - s->unsigned_attrs.len));
	zy_buf_put(out, index);
	return zy_buf_done(out, "archive-time-stamp-v3", err);
}

bool zy_ats_token(struct zy_bytes token, struct zy_bytes index, struct zy_buf *out, struct zy_error *err)
{
	const struct zy_signed_addition add = { .type = oid_index_v3, .value = index };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_signed_data *d = zy_arena_alloc(&a, sizeof(*d), err);

	return d != NULL && zy_signed_data_parse(d, token, &a, err) && zy_signed_data_add(d, &add, out, err);
}
