/* Target functions: zy_log_proof_parse, zy_log_leaf_parse, zy_note_value_parse, zy_checkpoint_request_parse, and what
 * writes them. */
#include <stdlib.h>

#include "zy/log_proof.h"

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

static void one_leaf(struct zy_bytes in)
{
	struct zy_error err = { 0 };
	struct zy_log_leaf l;
	ZY_BUF_AUTO b = { 0 };

	if (!zy_log_leaf_parse(&l, in, &err)) {
		refused(&err, in.len);
		return;
	}
	zy_log_leaf_encode(&l, &b);
	same(&b, in);
}

/* A value that is read is written back the same. */
static void one_value(struct zy_bytes in)
{
	for (enum zy_note_kind kind = 0; kind < ZY_NUM_NOTE_KINDS; kind++) {
		const struct zy_note_key k = { .kind = kind };
		struct zy_error err = { 0 };
		ZY_BUF_AUTO b = { 0 };
		uint8_t sig[64];
		uint64_t time;

		if (!zy_note_value_parse(&k, in, &time, sig, &err)) {
			refused(&err, in.len);
			continue;
		}
		zy_note_value_encode(&k, time, sig, &b);
		same(&b, in);
	}
}

static void one_request(struct zy_bytes in)
{
	struct zy_checkpoint_request q;
	struct zy_error err = { 0 };
	ZY_BUF_AUTO b = { 0 };

	if (!zy_checkpoint_request_parse(&q, in, &err)) {
		refused(&err, in.len);
		return;
	}
	zy_checkpoint_request_encode(&q, &b);
	same(&b, in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zy_bytes in = ZY_BYTES(data, len);
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_log_proof p;
	ZY_BUF_AUTO b = { 0 };

	one_leaf(in);
	one_value(in);
	one_request(in);
	if (!zy_log_proof_parse(&p, in, &a, &err)) {
		refused(&err, len);
		return 0;
	}
	zy_log_proof_encode(p.extra, p.index, &p.path, p.checkpoint.note.text, &b);
	zy_buf_put_u8(&b, '\n');
	for (size_t i = 0; i < p.checkpoint.note.num; i++)
		zy_note_put_signature(&b, &p.checkpoint.note.signatures[i]);
	same(&b, in);
	return 0;
}
