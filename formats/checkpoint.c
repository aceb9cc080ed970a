#include "zy/checkpoint.h"

#include "lines.h"
#include "zy/text.h"

/* The rest: lines that are not empty. */
static bool take_extensions(struct zy_reader *r, struct zy_bytes *out, struct zy_error *err)
{
	struct zy_bytes line;

	*out = zy_reader_rest(r);
	while (zy_reader_left(r) > 0) {
		size_t at = zy_reader_offset(r);

		if (!zy_line_take(r, "extension", &line, err))
			return false;
		if (line.len == 0)
			return zy_fail(err, ZY_E_NOTE, "extension", at, "a checkpoint holds no empty line");
	}
	return true;
}

bool zy_checkpoint_body_parse(struct zy_checkpoint *out, struct zy_bytes body, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(body);
	struct zy_checkpoint c = { .note.text = body };
	struct zy_bytes size, root;

	if (body.len > ZY_NOTE_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "checkpoint", ZY_NOWHERE, "a checkpoint has at most %zu octets", ZY_NOTE_MAX);
	if (!zy_line_take(&r, "origin", &c.origin, err) || !zy_line_take(&r, "size", &size, err) ||
	    !zy_line_take(&r, "root", &root, err) ||
	    !zy_line_decimal(size, ZY_MERKLE_SIZE_MAX, "size", &c.head.size, err) ||
	    !zy_line_hash(root, "root", c.head.root, err) || !take_extensions(&r, &c.extensions, err) ||
	    !zy_utf8_check(body, "checkpoint", err))
		return false;
	if (c.origin.len == 0)
		return zy_fail(err, ZY_E_NOTE, "origin", 0, "a checkpoint names its log in the first line");
	*out = c;
	return true;
}

bool zy_checkpoint_parse(struct zy_checkpoint *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err)
{
	struct zy_checkpoint c;
	struct zy_note note;

	if (!zy_note_parse(&note, in, a, err) || !zy_checkpoint_body_parse(&c, note.text, err))
		return false;
	c.note = note;
	*out = c;
	return true;
}

void zy_checkpoint_body_encode(struct zy_bytes origin, const struct zy_merkle_head *head, struct zy_buf *out)
{
	zy_buf_put(out, origin);
	zy_buf_printf(out, "\n%llu\n", (unsigned long long)head->size);
	zy_base64_encode(out, ZY_BYTES(head->root, ZY_HASH_LEN));
	zy_buf_put_u8(out, '\n');
}

bool zy_checkpoint_request_parse(struct zy_checkpoint_request *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_checkpoint_request q = { 0 };
	struct zy_bytes line, old;

	if (!zy_line_take(&r, "old", &line, err))
		return false;
	if (!zy_line_after(line, "old", &old))
		return zy_fail(err, ZY_E_NOTE, "old", 0, "the line of the old size is missing");
	if (!zy_line_decimal(old, ZY_MERKLE_SIZE_MAX, "old", &q.old, err))
		return false;
	for (; zy_line_take(&r, "proof", &line, err) && line.len > 0; q.path.num++) {
		if (q.path.num == ZY_MERKLE_PATH_MAX)
			return zy_fail(err, ZY_E_TOO_LARGE, "proof", zy_reader_offset(&r),
			    "a proof has at most %d hashes", ZY_MERKLE_PATH_MAX);
		if (!zy_line_hash(line, "proof", q.path.hashes[q.path.num], err))
			return false;
	}
	q.checkpoint = zy_reader_rest(&r);
	*out = q;
	return err->code == ZY_OK;
}

void zy_checkpoint_request_encode(const struct zy_checkpoint_request *q, struct zy_buf *out)
{
	zy_buf_printf(out, "old %llu\n", (unsigned long long)q->old);
	for (size_t i = 0; i < q->path.num; i++) {
		zy_base64_encode(out, ZY_BYTES(q->path.hashes[i], ZY_HASH_LEN));
		zy_buf_put_u8(out, '\n');
	}
	zy_buf_put_u8(out, '\n');
	zy_buf_put(out, q->checkpoint);
}
