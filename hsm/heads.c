#include "heads.h"

#include "zy/checkpoint.h"
#include "zy/noted_head.h"

bool zy_head_text(struct zy_bytes body, char out[ZY_HEAD_TEXT_MAX + 1], struct zy_error *err)
{
	struct zy_checkpoint c;

	if (!zy_checkpoint_body_parse(&c, body, err) || !zy_note_name_check(c.origin, err))
		return false;
	if (c.extensions.len > 0 || body.len - 1 > ZY_HEAD_TEXT_MAX)
		return zy_fail(
		    err, ZY_E_NOTE, "checkpoint", ZY_NOWHERE, "a log's key signs checkpoints without extension lines");
	for (size_t i = 0; i + 1 < body.len; i++)
		out[i] = body.p[i] == '\n' ? ' ' : (char)body.p[i];
	out[body.len - 1] = 0;
	return true;
}

/* The text as the body it was; views of room. */
static bool read_text(struct zy_bytes text, char room[ZY_HEAD_TEXT_MAX + 1], struct zy_checkpoint *out)
{
	struct zy_error ignored = { 0 };

	if (text.len > ZY_HEAD_TEXT_MAX)
		return false;
	for (size_t i = 0; i < text.len; i++)
		room[i] = text.p[i] == ' ' ? '\n' : (char)text.p[i];
	room[text.len] = '\n';
	return zy_checkpoint_body_parse(out, ZY_BYTES(room, text.len + 1), &ignored) && out->extensions.len == 0;
}

/* "log~2" is a generation of "log" (zy/key_life.h). */
static struct zy_bytes without_generation(struct zy_bytes key)
{
	const uint8_t *mark = key.len == 0 ? NULL : memchr(key.p, '~', key.len);

	return mark == NULL ? key : ZY_BYTES(key.p, (size_t)(mark - key.p));
}

static size_t find(const struct zy_heads *h, struct zy_bytes key)
{
	size_t i = 0;

	while (i < h->num && !zy_bytes_equal(zy_str(h->rows[i].key), without_generation(key)))
		i++;
	return i;
}

/* RFC 9162 2.1.4.2: every entry that was signed is where it was. */
static bool check_grown(const struct zy_merkle_head *last, const struct zy_merkle_head *now,
    const struct zy_checkpoint_request *asked, struct zy_error *err)
{
	bool good;

	if (asked->old != last->size)
		return zy_fail(err, ZY_E_STATE, "size", ZY_NOWHERE, ZY_SIGNED_LAST, (unsigned long long)last->size);
	return zy_merkle_check_consistency(last, &asked->path, now, &good, err) &&
	       (good || zy_fail(err, ZY_E_LOG_FORK, "proof", ZY_NOWHERE,
			    "the log does not begin with the %llu entries that the key signed; restore the vault that "
			    "they are in",
			    (unsigned long long)last->size));
}

bool zy_heads_check(const struct zy_heads *h, struct zy_bytes key, struct zy_bytes text,
    const struct zy_checkpoint_request *asked, struct zy_error *err)
{
	char room[ZY_HEAD_TEXT_MAX + 1], last_room[ZY_HEAD_TEXT_MAX + 1];
	struct zy_checkpoint c, last;
	size_t i = find(h, key);

	if (i == h->num)
		return true;
	if (!read_text(text, room, &c) || !read_text(zy_str(h->rows[i].text), last_room, &last))
		return zy_fail(err, ZY_E_BUG, "checkpoint", ZY_NOWHERE, "a head is not in its form");
	if (!zy_bytes_equal(c.origin, last.origin))
		return zy_fail(err, ZY_E_LOG_FORK, "origin", ZY_NOWHERE, "the key signs for another log");
	if (c.head.size < last.head.size)
		return zy_fail(err, ZY_E_LOG_FORK, "size", ZY_NOWHERE,
		    "the key signed a log of %llu entries and signs none of %llu: entries are missing; restore the newest "
		    "vault",
		    (unsigned long long)last.head.size, (unsigned long long)c.head.size);
	if (c.head.size > last.head.size)
		return check_grown(&last.head, &c.head, asked, err);
	return memcmp(c.head.root, last.head.root, ZY_HASH_LEN) == 0 ||
	       zy_fail(err, ZY_E_LOG_FORK, "root", ZY_NOWHERE,
		   "the key signed another log of %llu entries; restore the vault that it was made from",
		   (unsigned long long)c.head.size);
}

const char *zy_heads_last(const struct zy_heads *h, struct zy_bytes key)
{
	size_t i = find(h, key);

	return i == h->num ? "" : h->rows[i].text;
}

static bool knows(const struct zy_log_loss *loss, const struct zy_checkpoint *last, struct zy_error *err)
{
	const bool same =
	    last->head.size == loss->lost.size && memcmp(last->head.root, loss->lost.root, ZY_HASH_LEN) == 0;

	if (zy_noted_is_origin(last->origin))
		return same || zy_fail(err, ZY_E_ORDER, "subject", ZY_NOWHERE,
				   "another head was noted here since; `zhengyin log loss --secret` once more");
	return last->head.size < loss->lost.size || same ||
	       zy_fail(err, ZY_E_ORDER, "subject", ZY_NOWHERE,
		   "a key here signed a log of %llu entries that the order does not know of",
		   (unsigned long long)last->head.size);
}

bool zy_heads_check_loss(const struct zy_heads *h, const struct zy_log_loss *loss, struct zy_error *err)
{
	for (size_t i = 0; i < h->num; i++) {
		char room[ZY_HEAD_TEXT_MAX + 1];
		struct zy_checkpoint last;

		if (!read_text(zy_str(h->rows[i].text), room, &last))
			return zy_fail(err, ZY_E_BUG, "checkpoint", ZY_NOWHERE, "a head is not in its form");
		if (zy_bytes_equal(last.origin, loss->origin)) {
			if (!knows(loss, &last, err))
				return false;
		} else if (!zy_noted_is_origin(last.origin) && !zy_noted_is_origin(loss->origin)) {
			return zy_fail(err, ZY_E_ORDER, "subject", ZY_NOWHERE, "the order is about another log");
		}
	}
	return true;
}

bool zy_heads_go_on(struct zy_heads *h, struct zy_bytes line, struct zy_error *err)
{
	ZY_BUF_AUTO whole = { 0 }, text = { 0 };
	struct zy_log_loss loss;

	zy_buf_put(&whole, line);
	zy_buf_put_u8(&whole, '\n');
	if (!zy_buf_done(&whole, "journal", err) ||
	    !zy_log_loss_parse(&loss, zy_buf_bytes(&whole), &(struct zy_error){ 0 }))
		return zy_fail(err, ZY_E_JOURNAL, "journal", ZY_NOWHERE, "a record of a log holds no order");
	zy_checkpoint_body_encode(loss.origin, &loss.goes_on, &text);
	if (!zy_buf_done(&text, "journal", err))
		return false;
	for (size_t k = 0; k + 1 < text.len; k++)
		text.p[k] = text.p[k] == '\n' ? ' ' : text.p[k];
	for (size_t i = 0; i < h->num; i++) {
		char room[ZY_HEAD_TEXT_MAX + 1];
		struct zy_checkpoint last;

		if (!read_text(zy_str(h->rows[i].text), room, &last) || !zy_bytes_equal(last.origin, loss.origin))
			continue;
		memcpy(h->rows[i].text, text.p, text.len - 1);
		h->rows[i].text[text.len - 1] = 0;
	}
	return true;
}

bool zy_heads_note(struct zy_heads *h, struct zy_bytes key, struct zy_bytes text, struct zy_error *err)
{
	struct zy_bytes name = without_generation(key);
	char room[ZY_HEAD_TEXT_MAX + 1];
	size_t i = find(h, key);
	struct zy_checkpoint c;

	if (!read_text(text, room, &c) || i == ZY_HEADS_MAX || name.len > ZY_KEY_LABEL_MAX)
		return zy_fail(err, ZY_E_JOURNAL, "journal", ZY_NOWHERE, "a record of a log's key holds no head");
	if (i == h->num)
		h->rows[h->num++] = (struct zy_head){ 0 };
	memcpy(h->rows[i].key, name.p, name.len);
	memcpy(h->rows[i].text, text.p, text.len);
	h->rows[i].text[text.len] = 0;
	return true;
}
