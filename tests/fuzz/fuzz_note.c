/* Target functions: zy_note_parse, zy_checkpoint_parse, zy_checkpoint_body_parse, zy_note_key_parse, and what writes
 * them. */
#include <stdlib.h>

#include "zy/checkpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void refused(const struct zy_error *err, size_t len)
{
	if (err->code == ZY_OK || (err->offset != ZY_NOWHERE && err->offset > len))
		abort();
}

static void same(const struct zy_buf *b, struct zy_bytes in)
{
	if (b->failed || !zy_bytes_equal(zy_buf_bytes(b), in))
		abort();
}

static void one_note(struct zy_bytes in)
{
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO b = { 0 };
	struct zy_note n;

	if (!zy_note_parse(&n, in, &a, &err)) {
		refused(&err, in.len);
		return;
	}
	zy_buf_put(&b, n.text);
	zy_buf_put_u8(&b, '\n');
	for (size_t i = 0; i < n.num; i++)
		zy_note_put_signature(&b, &n.signatures[i]);
	same(&b, in);
}

static void one_body(struct zy_bytes in)
{
	struct zy_error err = { 0 };
	struct zy_checkpoint c;
	ZY_BUF_AUTO b = { 0 };

	if (!zy_checkpoint_body_parse(&c, in, &err)) {
		refused(&err, in.len);
		return;
	}
	zy_checkpoint_body_encode(c.origin, &c.head, &b);
	zy_buf_put(&b, c.extensions);
	same(&b, in);
}

static void one_key(struct zy_bytes in)
{
	struct zy_error err = { 0 };
	struct zy_note_key k;
	ZY_BUF_AUTO b = { 0 };

	if (!zy_note_key_parse(&k, in, &err)) {
		refused(&err, in.len);
		return;
	}
	zy_note_key_encode(&k, &b);
	same(&b, in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zy_bytes in = ZY_BYTES(data, len);
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_checkpoint c;

	one_note(in);
	one_body(in);
	one_key(in);
	if (!zy_checkpoint_parse(&c, in, &a, &err))
		refused(&err, len);
	return 0;
}
