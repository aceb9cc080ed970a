/*
 * The leaf of an event is made from the event and, where it stored a version, from the digests of what was stored; salt
 * and tag are HMACs under the index key, so nothing more is kept, and a leaf can be made again as long as the vault can
 * be read.
 */
#include "internal.h"

#include <stdio.h>

#include "zy/licence_day.h"

bool zy_content_add(struct zy_content *c, unsigned form, struct zy_bytes bytes, struct zy_error *err)
{
	if (c->num == ZY_LOG_PARTS_MAX)
		return zy_fail(err, ZY_E_BUG, "log", ZY_NOWHERE, "a version has too many parts for a leaf");
	c->parts[c->num].form = form;
	return zy_digest(ZY_HASH_SHA256, bytes, c->parts[c->num++].digest, err);
}

bool zy_content_term(struct zy_content *c, zy_time first, zy_time last, struct zy_bytes record, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { .cap = ZY_PARTS_MAX };
	struct zy_terms terms = { 0 };
	struct zy_error why = { 0 };
	struct zy_record rec;

	if (zy_record_parse(&rec, record, &a, &why))
		zy_terms_get(&rec, &terms);
	else if (why.code == ZY_E_NO_MEMORY)
		return zy_fail(err, ZY_E_NO_MEMORY, "record", ZY_NOWHERE, "%s", why.msg);
	c->term = (struct zy_log_term){ first, last, terms.kind, zy_terms_end(&terms) };
	return true;
}

void zy_logged_set(struct zy_logged *out, uint64_t seq, struct zy_bytes leaf)
{
	*out = (struct zy_logged){ .index = seq - 1, .len = leaf.len <= ZY_LOG_LEAF_MAX ? leaf.len : 0 };
	if (out->len > 0)
		memcpy(out->leaf, leaf.p, leaf.len);
}

/* An access has a tag that its holder can know before (zy/receipt.h), an event of a licence one that who has the key of
 * the licence's events can, of the rules one that all know (zy/licence_day.h), all others one that nobody knows. */
static bool make_tag(struct zy_vault *v, const char *number, const struct zy_row_event *e, uint8_t out[ZY_LOG_TAG_LEN],
    struct zy_error *err)
{
	struct zy_key tag;

	if (e->what == ZY_EVENT_ACCESS)
		return zy_access_tag(v, e->subject, e->number, out, err);
	if (e->what == ZY_EVENT_POLICY)
		return zy_rules_tag(e->nth, out, err);
	if (e->nth != 0)
		return zy_licence_tag(v, e->name, e->nth, out, err);
	if (!zy_vault_hmac(v, "tag", number, &tag, err))
		return false;
	memcpy(out, tag.p, ZY_LOG_TAG_LEN);
	return true;
}

bool zy_leaf_make(struct zy_vault *v, uint64_t seq, const struct zy_row_event *e, const struct zy_content *content,
    struct zy_buf *out, struct zy_error *err)
{
	struct zy_log_leaf l = { .at = e->at,
		.from = e->from,
		.what = zy_str(zy_event_names[e->what]),
		.name = e->name,
		.number = e->number,
		.reason = e->reason };
	char number[24];
	struct zy_key salt;

	snprintf(number, sizeof(number), "%llu", (unsigned long long)seq);
	if (!zy_vault_hmac(v, "log", number, &salt, err) || !make_tag(v, number, e, l.tag, err))
		return false;
	memcpy(l.salt, salt.p, sizeof(l.salt));
	if (e->digest.len == ZY_HASH_LEN) {
		l.num_parts = 1;
		memcpy(l.parts[0].digest, e->digest.p, ZY_HASH_LEN);
	} else if (content != NULL) {
		l.num_parts = content->num;
		memcpy(l.parts, content->parts, sizeof(l.parts));
		l.has_term = true;
		l.term = content->term;
	}
	zy_log_leaf_encode(&l, out);
	return zy_buf_done(out, "leaf", err);
}

static bool add_parts(struct zy_vault *v, struct zy_txn *txn, const struct zy_value_key *key, const char *name,
    const struct zy_row_licence *licence, const struct zy_row_event *e, struct zy_content *out, struct zy_error *err)
{
	unsigned version = (unsigned)e->number;
	ZY_ARENA_AUTO a = { .cap = ZY_PARTS_MAX };
	struct zy_row_version row;
	struct zy_parts parts;
	bool found;

	if (!zy_version_row(v, txn, licence->number, version, key, &row, &found, err))
		return false;
	if (!found)
		return zy_row_bad(ZY_DB_VERSION, err);
	if (!zy_parts_open(v, txn, key, name, version, &row, true, &a, &parts, err) ||
	    !zy_content_add(out, 0, parts.record, err) ||
	    !zy_content_term(out, row.valid_from, row.valid_to, parts.record, err))
		return false;
	for (size_t i = 0; i < row.num_files; i++)
		if (!zy_content_add(out, row.files[i].form, parts.files[i], err))
			return false;
	return true;
}

/* What the version of a mint or change holds. */
static bool read_content(
    struct zy_vault *v, struct zy_txn *txn, const struct zy_row_event *e, struct zy_content *out, struct zy_error *err)
{
	char name[ZY_NAME_MAX + 1] = { 0 };
	struct zy_row_licence licence;
	ZY_VALUE_KEY_AUTO key = { 0 };
	bool found;

	memcpy(name, e->name.p, e->name.len);
	if (!zy_licence_find(v, txn, name, &licence, &found, err))
		return false;
	if (!found)
		return zy_row_bad(ZY_DB_LICENCE, err);
	return zy_subject_key(v, licence.subject, &key, err) && add_parts(v, txn, &key, name, &licence, e, out, err);
}

/* The event's leaf from what the vault holds. */
bool zy_leaf_read(struct zy_vault *v, struct zy_txn *txn, uint64_t seq, const struct zy_row_event *e,
    struct zy_buf *out, struct zy_content *content, struct zy_error *err)
{
	bool has_version = e->what == ZY_EVENT_MINT || e->what == ZY_EVENT_CHANGE;

	content->num = 0;
	return (!has_version || read_content(v, txn, e, content, err)) &&
	       zy_leaf_make(v, seq, e, has_version ? content : NULL, out, err);
}
