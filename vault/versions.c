#include "common.h"

/* A commit: what can be done ahead (the subject's key, sealing the bytes) is done by the caller's thread, so that the
 * one writer only checks the order of versions and puts rows. */
struct commit {
	const struct zy_version_new *n;
	unsigned version;
	struct zy_name name;
	struct zy_key request;
	struct zy_subject subject;
	struct zy_buf blob;
	struct zy_row_version row;
	struct zy_content content; /* for the log */
	bool again;                /* the subject is not what was prepared for */
};

struct zy_key zy_part_place(const char *name, unsigned version, unsigned part)
{
	struct zy_key k = { .len = 5 }, n = zy_key_text(name), rest = zy_key_version(part, version);

	memcpy(k.p, "blob", 5); /* with its zero byte */
	memcpy(k.p + k.len, n.p, n.len);
	k.len += n.len + 1;
	memcpy(k.p + k.len, rest.p, rest.len);
	k.len += rest.len;
	return k;
}

static bool check_new(const struct zy_version_new *n, struct zy_error *err)
{
	if (n->record.len > ZY_VERSION_RECORD_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "record", ZY_VERSION_RECORD_MAX, "the record is too large to store");
	if (n->num_files > ZY_VERSION_FILES_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "files", ZY_NOWHERE, "a version has at most %d files", ZY_VERSION_FILES_MAX);
	for (size_t i = 0; i < n->num_files; i++)
		if (n->files[i].bytes.len > ZY_VERSION_FILE_MAX || n->files[i].form > 255)
			return zy_fail(
			    err, ZY_E_TOO_LARGE, "files", ZY_NOWHERE, "file %zu is too large to store", i + 1);
	if (n->valid_to < n->valid_from)
		return zy_fail(err, ZY_E_DATES, "valid_to", ZY_NOWHERE, "the licence ends before it starts");
	return zy_request_check(n->request, err) && (n->reason == NULL || zy_reason_check(n->reason, err));
}

static bool parse_names(struct zy_vault *v, struct commit *q, struct zy_error *err)
{
	struct zy_identifier id;

	if (!zy_identifier_parse(
		&id, ZY_BYTES(q->n->identifier, strnlen(q->n->identifier, ZY_IDENTIFIER_MAX + 1)), NULL, err) ||
	    !zy_name_parse(&q->name, q->n->identifier, err) ||
	    !zy_vault_hmac(v, "request", q->n->request, &q->request, err))
		return false;
	if (strcmp(id.type, q->n->type_code) != 0)
		return zy_fail(err, ZY_E_IDENTIFIER, "ZZLXDM", ZY_NOWHERE, "the identifier is of another licence type");
	q->version = id.version;
	return true;
}

static bool seal_part(struct commit *q, unsigned part, struct zy_bytes plain, struct zy_error *err)
{
	struct zy_key place = zy_part_place(q->name.text, q->version, part);

	return zy_sealed_put(&q->subject.key, ZY_BYTES(place.p, place.len), plain, &q->blob, err);
}

static bool seal_file(struct commit *q, struct zy_packer *packer, unsigned i, struct zy_error *err)
{
	const struct zy_vault_file *f = &q->n->files[i];
	ZY_BUF_AUTO packed = { .cap = ZY_PACKED_MAX };

	if (!zy_content_add(&q->content, f->form, f->bytes, err) || !zy_pack(packer, f->bytes, &packed, err))
		return false;
	q->row.files[i].form = f->form;
	q->row.files[i].len = f->bytes.len;
	q->row.files[i].packed = packed.len;
	return seal_part(q, i + 1, zy_buf_bytes(&packed), err);
}

static bool seal_parts(struct zy_vault *v, struct commit *q, struct zy_error *err)
{
	const struct zy_version_new *n = q->n;
	const struct zy_common *common;
	ZY_PACKER_AUTO packer = { 0 };

	if (!zy_common_newest(v, &common, err))
		return false;
	packer.base = &common->pack;
	zy_buf_free(&q->blob);
	q->blob.cap = SIZE_MAX; /* each part is capped */
	q->content.num = 0;
	q->row = (struct zy_row_version){ .valid_from = n->valid_from,
		.valid_to = n->valid_to,
		.record_len = n->record.len,
		.common = common->rows,
		.num_files = n->num_files };
	if (!zy_content_add(&q->content, 0, n->record, err) ||
	    !zy_content_term(&q->content, n->valid_from, n->valid_to, n->record, err) ||
	    !seal_part(q, 0, n->record, err))
		return false;
	for (size_t i = 0; i < n->num_files; i++)
		packer.expect += n->files[i].bytes.len;
	for (size_t i = 0; i < n->num_files; i++)
		if (!seal_file(q, &packer, (unsigned)i, err))
			return false;
	return true;
}

/* What the licence is like before this commit. */
struct before {
	struct zy_row_licence licence;
	bool exists, is_done;
	struct zy_row_intent intent;
	struct zy_buf intent_plain;
};

/* The same request again after its answer was lost is fine; with another identifier it is not. */
static bool check_done(
    struct zy_vault *v, struct zy_change *c, const struct commit *q, const struct before *b, struct zy_error *err)
{
	ZY_BUF_AUTO plain = { 0 };
	struct zy_row_event e;

	if (!zy_event_get(v, c->txn, b->intent.done, &e, &plain, err))
		return false;
	return (zy_bytes_equal(e.name, zy_str(q->name.text)) && e.number == q->version) ||
	       zy_fail(err, ZY_E_REQUEST_CONFLICT, "request", ZY_NOWHERE,
		   "this request has been closed with another licence");
}

static bool check_intent(
    struct zy_vault *v, struct zy_change *c, const struct commit *q, struct before *b, struct zy_error *err)
{
	bool found;

	if (!zy_intent_find(v, c->txn, &q->request, &b->intent, &b->intent_plain, &found, err))
		return false;
	if (!found)
		return zy_fail(err, ZY_E_STATE, "request", ZY_NOWHERE,
		    "there is no open intent of this request; record it before a key is used");
	b->is_done = b->intent.done != 0;
	return !b->is_done || check_done(v, c, q, b, err);
}

static bool check_newest(
    struct zy_vault *v, struct zy_change *c, const struct commit *q, const struct before *b, struct zy_error *err)
{
	ZY_BUF_AUTO plain = { 0 };
	struct zy_row_status st;
	unsigned last;
	bool found;

	if (b->licence.subject != q->subject.number)
		return zy_fail(err, ZY_E_STATE, "licence", ZY_NOWHERE, "this licence belongs to another holder");
	if (!zy_version_last(v, c->txn, b->licence.number, &last, err) ||
	    !zy_status_find(v, c->txn, b->licence.number, last, ZY_TIME_NEVER, &st, &plain, &found, err))
		return false;
	if (found && st.status == ZY_STATUS_REVOKED)
		return zy_fail(err, ZY_E_STATE, "licence", ZY_NOWHERE, "this licence is revoked; mint a new one");
	if (found && st.status == ZY_STATUS_SUSPENDED)
		return zy_fail(err, ZY_E_STATE, "licence", ZY_NOWHERE, "this licence is suspended; resume it first");
	return q->version == last + 1 ||
	       zy_fail(err, ZY_E_STATE, "version", ZY_NOWHERE, "the next version is %u, not %u", last + 1, q->version);
}

static bool check_order(
    struct zy_vault *v, struct zy_change *c, struct commit *q, struct before *b, struct zy_error *err)
{
	if (!zy_subject_still(v, c->txn, &q->subject, &q->again, err))
		return false;
	if (q->again)
		return zy_fail(
		    err, ZY_E_STATE, "holder", ZY_NOWHERE, "the holder was recorded by another request just now");
	if (!zy_licence_find(v, c->txn, q->name.text, &b->licence, &b->exists, err))
		return false;
	if (b->exists)
		return zy_legal_time_check(q->n->from, c->now, err) && check_newest(v, c, q, b, err);
	return q->version == 1 ||
	       zy_fail(err, ZY_E_STATE, "version", ZY_NOWHERE, "the first version is 1, not %u", q->version);
}

static bool put_licence(
    struct zy_vault *v, struct zy_change *c, const struct commit *q, struct before *b, struct zy_error *err)
{
	struct zy_key k, owned = zy_key_pair(q->subject.number, c->next_seq);
	ZY_BUF_AUTO plain = { 0 };

	b->licence = (struct zy_row_licence){ .number = c->next_seq, .subject = q->subject.number };
	zy_row_licence_encode(&b->licence, &plain);
	return (!q->subject.is_new || zy_subject_store(v, c, &q->subject, err)) &&
	       zy_type_note(v, c, q->name.text, err) && zy_licence_key(v, q->name.text, &k, err) &&
	       zy_row_put(c, ZY_DB_LICENCE, &k, &v->key, &plain, err) &&
	       zy_change_put(c, ZY_DB_OWNED, &owned, ZY_BYTES(NULL, 0), err);
}

/* From when it is the licence's version, in legal time. */
static zy_time legal_from(const struct commit *q, const struct before *b, zy_time now)
{
	if (!b->exists)
		return q->n->valid_from;
	if (q->n->from != NULL)
		return *q->n->from;
	return q->n->valid_from > now ? q->n->valid_from : now;
}

static bool put_version(
    struct zy_vault *v, struct zy_change *c, struct commit *q, const struct before *b, struct zy_error *err)
{
	struct zy_key k = zy_key_version(b->licence.number, q->version);
	struct zy_key link = zy_key_pair(b->licence.number, b->intent.seq);
	ZY_BUF_AUTO plain = { 0 }, leaf = { 0 };
	struct zy_row_event e = { .what = b->exists ? ZY_EVENT_CHANGE : ZY_EVENT_MINT,
		.name = zy_str(q->name.text),
		.number = q->version,
		.reason = zy_str(q->n->reason == NULL ? "" : q->n->reason),
		.from = legal_from(q, b, c->now),
		.dated = true };

	if (!zy_change_put(c, ZY_DB_HISTORY, &link, ZY_BYTES(NULL, 0), err) ||
	    !zy_event_append_with(v, c, &e, b->licence.number, &q->content, &leaf, &q->row.seq, err))
		return false;
	if (q->n->logged != NULL)
		zy_logged_set(q->n->logged, q->row.seq, zy_buf_bytes(&leaf));
	q->row.recorded_at = c->now;
	zy_row_version_encode(&q->row, &plain);
	return zy_row_put(c, ZY_DB_VERSION, &k, &q->subject.key, &plain, err) &&
	       zy_blob_put(c, q->row.seq, zy_buf_bytes(&q->blob), err);
}

static bool put_all(struct zy_vault *v, struct zy_change *c, struct commit *q, struct before *b, struct zy_error *err)
{
	const zy_time from = legal_from(q, b, c->now);

	return (b->exists || put_licence(v, c, q, b, err)) && put_version(v, c, q, b, err) &&
	       (!b->exists || zy_status_append(v, c, q->name.text, b->licence.number, q->version - 1,
				  ZY_STATUS_SUPERSEDED, "", &from, err)) &&
	       zy_intent_close(v, c, &q->request, &b->intent, q->row.seq, err);
}

static bool apply_commit(struct zy_vault *v, struct zy_change *c, void *arg, struct zy_error *err)
{
	struct commit *q = arg;
	struct before b = { 0 };
	bool ok = check_intent(v, c, q, &b, err) &&
		  (b.is_done || (check_order(v, c, q, &b, err) && put_all(v, c, q, &b, err)));

	zy_buf_free(&b.intent_plain);
	return ok;
}

/* Two first licences of one holder at once: the second finds the subject that the first has made, and prepares anew. */
static bool commit_once(struct zy_vault *v, struct commit *q, struct zy_error *err)
{
	bool ok;

	q->again = false;
	ok = zy_subject_prepare(v, q->n->holder, &q->subject, err) && seal_parts(v, q, err) &&
	     zy_intent_fetch(v, &q->request, err) && zy_vault_apply(v, apply_commit, q, err);
	if (ok && q->subject.is_new)
		zy_key_cache_put(v->subjects, q->subject.number, &q->subject.key);
	zy_subject_wipe(&q->subject);
	return ok;
}

bool zy_vault_commit(struct zy_vault *v, const struct zy_version_new *n, struct zy_error *err)
{
	struct commit q = { .n = n };
	bool ok;

	if (!check_new(n, err) || !parse_names(v, &q, err))
		return false;
	while (!(ok = commit_once(v, &q, err)) && q.again)
		*err = (struct zy_error){ 0 };
	zy_buf_free(&q.blob);
	return ok;
}
