#include "zy/noted_head.h"

#include <openssl/crypto.h>

#include "zy/checkpoint.h"

#define ORIGIN_MAX 80

bool zy_noted_is_origin(struct zy_bytes origin)
{
	static const struct zy_bytes prefix = ZY_LITERAL(ZY_NOTED_ORIGIN);

	return origin.len > prefix.len && memcmp(origin.p, prefix.p, prefix.len) == 0;
}

/* HMAC(K, what || size || octets). */
static bool hmac(const uint8_t key[ZY_NOTED_KEY_LEN], const char *what, uint64_t size,
    const uint8_t octets[ZY_HASH_LEN], uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	ZY_BUF_AUTO text = { 0 };

	zy_buf_put_str(&text, what);
	zy_buf_put_be(&text, size, 8);
	zy_buf_put(&text, ZY_BYTES(octets, ZY_HASH_LEN));
	return zy_buf_done(&text, "head", err) &&
	       zy_hmac(ZY_HASH_SHA256, ZY_BYTES(key, ZY_NOTED_KEY_LEN), zy_buf_bytes(&text), out, err);
}

/* 62 bits, so that the number is one of a checkpoint. */
static bool mask_of(
    const uint8_t key[ZY_NOTED_KEY_LEN], const uint8_t octets[ZY_HASH_LEN], uint64_t *out, struct zy_error *err)
{
	uint8_t bits[ZY_HASH_LEN];

	if (!hmac(key, "size", 0, octets, bits, err))
		return false;
	*out = 0;
	for (int i = 0; i < 8; i++)
		*out = *out << 8 | bits[i];
	*out &= ZY_MERKLE_SIZE_MAX - 1;
	return true;
}

bool zy_noted_blind(const uint8_t key[ZY_NOTED_KEY_LEN], const struct zy_merkle_head *head, struct zy_merkle_head *out,
    struct zy_error *err)
{
	uint64_t mask;

	if (head->size >= ZY_MERKLE_SIZE_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "size", ZY_NOWHERE, "the tree is too large");
	if (!hmac(key, "head", head->size, head->root, out->root, err) || !mask_of(key, out->root, &mask, err))
		return false;
	out->size = head->size ^ mask;
	return true;
}

bool zy_noted_size(
    const uint8_t key[ZY_NOTED_KEY_LEN], const struct zy_merkle_head *blinded, uint64_t *out, struct zy_error *err)
{
	uint64_t mask;

	if (!mask_of(key, blinded->root, &mask, err))
		return false;
	*out = blinded->size ^ mask;
	return true;
}

/* ---- as text ---- */

static void change(uint8_t *p, size_t len, uint8_t from, uint8_t to)
{
	for (size_t i = 0; i < len; i++)
		p[i] = p[i] == from ? to : p[i];
}

bool zy_noted_text(struct zy_bytes name, const struct zy_merkle_head *blinded, struct zy_buf *out, struct zy_error *err)
{
	ZY_BUF_AUTO origin = { 0 }, body = { 0 };

	zy_buf_put_str(&origin, ZY_NOTED_ORIGIN);
	zy_buf_put(&origin, name);
	zy_checkpoint_body_encode(zy_buf_bytes(&origin), blinded, &body);
	if (!zy_buf_done(&origin, "head", err) || !zy_buf_done(&body, "head", err) ||
	    !zy_note_name_check(zy_buf_bytes(&origin), err))
		return false;
	if (origin.len > ORIGIN_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "name", ZY_NOWHERE, "the key's name is too long for a head");
	body.len--; /* its last newline */
	change(body.p, body.len, '\n', ' ');
	zy_buf_put(out, zy_buf_bytes(&body));
	return zy_buf_done(out, "head", err);
}

bool zy_noted_text_parse(struct zy_bytes text, struct zy_merkle_head *blinded, struct zy_error *err)
{
	ZY_BUF_AUTO body = { 0 };
	struct zy_checkpoint c;

	zy_buf_put(&body, text);
	zy_buf_put_u8(&body, '\n');
	if (text.len > 0 && memchr(text.p, '\n', text.len) != NULL)
		return zy_fail(err, ZY_E_NOTE, "head", ZY_NOWHERE, "a noted head is one line");
	if (text.len > ZY_NOTED_TEXT_MAX || !zy_buf_done(&body, "head", err))
		return zy_fail(err, ZY_E_TOO_LARGE, "head", ZY_NOWHERE, "a noted head is one short line");
	change(body.p, body.len, ' ', '\n');
	if (!zy_checkpoint_body_parse(&c, zy_buf_bytes(&body), err))
		return false;
	*blinded = c.head;
	return (zy_noted_is_origin(c.origin) && c.extensions.len == 0) ||
	       zy_fail(err, ZY_E_NOTE, "head", ZY_NOWHERE, "not a noted head");
}

/* ---- the request ---- */

bool zy_noted_request_parse(struct zy_noted_request *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_checkpoint_request asked;
	struct zy_noted_request q = { 0 };
	struct zy_bytes key, root;
	struct zy_checkpoint c;

	if (!zy_take(&r, ZY_NOTED_KEY_LEN, "key", &key, err) || !zy_take(&r, ZY_HASH_LEN, "root", &root, err) ||
	    !zy_checkpoint_request_parse(&asked, zy_reader_rest(&r), err) ||
	    !zy_checkpoint_body_parse(&c, asked.checkpoint, err))
		return false;
	if (!zy_bytes_equal(c.origin, ZY_LITERAL(ZY_NOTED_ORIGIN)) || c.extensions.len > 0)
		return zy_fail(err, ZY_E_NOTE, "origin", ZY_NOWHERE, "what is noted is a head of the compartment");
	memcpy(q.key, key.p, sizeof(q.key));
	memcpy(q.old.root, root.p, sizeof(q.old.root));
	q.old.size = asked.old;
	q.now = c.head;
	q.path = asked.path;
	*out = q;
	OPENSSL_cleanse(q.key, sizeof(q.key));
	return true;
}

void zy_noted_request_encode(const struct zy_noted_request *q, struct zy_buf *out)
{
	struct zy_checkpoint_request asked = { .old = q->old.size, .path = q->path };
	ZY_BUF_AUTO body = { 0 };

	zy_checkpoint_body_encode(ZY_LITERAL(ZY_NOTED_ORIGIN), &q->now, &body);
	asked.checkpoint = zy_buf_bytes(&body);
	zy_buf_put(out, ZY_BYTES(q->key, sizeof(q->key)));
	zy_buf_put(out, ZY_BYTES(q->old.root, ZY_HASH_LEN));
	zy_checkpoint_request_encode(&asked, out);
	out->failed = out->failed || body.failed;
}
