#include "zy/journal.h"

#include "zy/cbor.h"

enum { VERSION = 1, NUM_ITEMS = 14, FRAME_HEAD = 4 };

static bool take_hash(struct zy_reader *r, const char *field, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	struct zy_bytes v;

	if (!zy_cbor_bstr_exact(r, ZY_HASH_LEN, field, &v, err))
		return false;
	memcpy(out, v.p, ZY_HASH_LEN);
	return true;
}

/* A text that is not empty; where null is allowed it gives an empty view. */
static bool take_text(struct zy_reader *r, bool or_null, const char *field, struct zy_bytes *out, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);

	*out = (struct zy_bytes){ 0 };
	if (or_null && zy_cbor_next_is_null(r))
		return zy_cbor_null(r, field, err);
	return zy_cbor_tstr(r, ZY_JOURNAL_NAME_MAX, field, out, err) &&
	       (out->len > 0 || zy_fail(err, ZY_E_CBOR, field, at, "%s is empty", field));
}

static bool take_rule(struct zy_reader *r, struct zy_journal_record *out, struct zy_error *err)
{
	out->has_rule = !zy_cbor_next_is_null(r);
	return out->has_rule ? take_hash(r, "rule", out->rule, err) : zy_cbor_null(r, "rule", err);
}

bool zy_journal_record_parse(struct zy_journal_record *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_journal_record v = { 0 };
	uint64_t version;

	if (in.len > ZY_JOURNAL_RECORD_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "record", ZY_NOWHERE, "a journal record has at most %zu bytes",
		    ZY_JOURNAL_RECORD_MAX);
	if (!zy_cbor_array_exact(&r, NUM_ITEMS, "record", err) || !zy_cbor_uint(&r, VERSION, "record", &version, err))
		return false;
	if (version != VERSION)
		return zy_fail(err, ZY_E_CBOR, "record", 0, "a journal record of a version not known here");
	if (!zy_cbor_uint(&r, UINT64_MAX, "seq", &v.seq, err) || !take_hash(&r, "prev", v.prev, err) ||
	    !zy_cbor_int(&r, "at", &v.at, err) || !take_text(&r, false, "what", &v.what, err) ||
	    !take_text(&r, false, "key", &v.key, err) || !take_text(&r, false, "use", &v.use, err) ||
	    !take_hash(&r, "digest", v.digest, err) || !take_text(&r, true, "esID", &v.esID, err) ||
	    !take_text(&r, true, "item", &v.item, err) || !take_rule(&r, &v, err) ||
	    !zy_cbor_uint(&r, UINT32_MAX, "caller", &v.caller, err) ||
	    !zy_cbor_uint(&r, UINT64_MAX, "total", &v.total, err) ||
	    !zy_cbor_uint(&r, v.total, "today", &v.today, err) || !zy_reader_end(&r, "record", err))
		return false;
	*out = v;
	return true;
}

static void put_text(struct zy_buf *out, struct zy_bytes v)
{
	if (v.len == 0)
		zy_cbor_put_null(out);
	else
		zy_cbor_put_tstr(out, v);
}

void zy_journal_record_encode(const struct zy_journal_record *r, struct zy_buf *out)
{
	zy_cbor_put_array(out, NUM_ITEMS);
	zy_cbor_put_uint(out, VERSION);
	zy_cbor_put_uint(out, r->seq);
	zy_cbor_put_bstr(out, ZY_BYTES(r->prev, ZY_HASH_LEN));
	zy_cbor_put_int(out, r->at);
	put_text(out, r->what);
	put_text(out, r->key);
	put_text(out, r->use);
	zy_cbor_put_bstr(out, ZY_BYTES(r->digest, ZY_HASH_LEN));
	put_text(out, r->esID);
	put_text(out, r->item);
	if (r->has_rule)
		zy_cbor_put_bstr(out, ZY_BYTES(r->rule, ZY_HASH_LEN));
	else
		zy_cbor_put_null(out);
	zy_cbor_put_uint(out, r->caller);
	zy_cbor_put_uint(out, r->total);
	zy_cbor_put_uint(out, r->today);
}

bool zy_journal_head_start(struct zy_journal_head *out, const char *token, struct zy_error *err)
{
	ZY_BUF_AUTO b = { 0 };

	*out = (struct zy_journal_head){ 0 };
	zy_buf_printf(&b, "zhengyin journal %s", token);
	return zy_buf_done(&b, "journal", err) && zy_digest(ZY_HASH_SHA256, zy_buf_bytes(&b), out->hash, err);
}

bool zy_journal_take(
    struct zy_reader *r, struct zy_journal_head *head, struct zy_journal_record *out, struct zy_error *err)
{
	struct zy_journal_head next = { .seq = head->seq + 1 };
	struct zy_reader at = *r;
	struct zy_journal_record v;
	struct zy_bytes bytes;
	uint64_t len;

	if (!zy_take_be(&at, FRAME_HEAD, "journal", &len, err))
		return false;
	if (len == 0 || len > ZY_JOURNAL_RECORD_MAX)
		return zy_fail(err, ZY_E_JOURNAL, "journal", zy_reader_offset(r),
		    "no frame of 1 to %zu bytes after record %llu", ZY_JOURNAL_RECORD_MAX,
		    (unsigned long long)head->seq);
	if (!zy_take(&at, (size_t)len, "journal", &bytes, err))
		return false;
	if (!zy_journal_record_parse(&v, bytes, err)) {
		if (err->offset != ZY_NOWHERE) /* it counts from the record's start: say where in the journal */
			err->offset += zy_reader_offset(r) + FRAME_HEAD;
		return false;
	}
	if (v.seq != next.seq || memcmp(v.prev, head->hash, ZY_HASH_LEN) != 0)
		return zy_fail(err, ZY_E_JOURNAL, "prev", zy_reader_offset(r),
		    "what stands after record %llu does not follow on it", (unsigned long long)head->seq);
	if (!zy_digest(ZY_HASH_SHA256, bytes, next.hash, err))
		return false;
	next.offset = head->offset + FRAME_HEAD + len;
	*head = next;
	*out = v;
	*r = at;
	return true;
}

bool zy_journal_put(struct zy_buf *out, struct zy_journal_head *head, struct zy_journal_record *r, struct zy_error *err)
{
	struct zy_journal_head next = { .seq = head->seq + 1 };
	ZY_BUF_AUTO b = { .cap = ZY_JOURNAL_RECORD_MAX };

	r->seq = next.seq;
	memcpy(r->prev, head->hash, ZY_HASH_LEN);
	zy_journal_record_encode(r, &b);
	if (b.failed)
		return zy_fail(err, ZY_E_TOO_LARGE, "record", ZY_NOWHERE, "a journal record has at most %zu bytes",
		    ZY_JOURNAL_RECORD_MAX);
	if (!zy_digest(ZY_HASH_SHA256, zy_buf_bytes(&b), next.hash, err))
		return false;
	zy_buf_put_be(out, b.len, FRAME_HEAD);
	zy_buf_put(out, zy_buf_bytes(&b));
	next.offset = head->offset + FRAME_HEAD + b.len;
	if (!zy_buf_done(out, "journal", err))
		return false;
	*head = next;
	return true;
}
