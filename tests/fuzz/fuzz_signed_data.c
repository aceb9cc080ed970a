/* Target functions: zy_signed_data_parse, zy_signed_data_is, zy_signed_data_is_stamp, zy_signed_content_next,
 * zy_unsigned_next, zy_signer_names, zy_counter_signature_parse. */
#include <stdlib.h>

#include "zy/signed_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void inside(struct zy_bytes v, struct zy_bytes in)
{
	if (v.len > 0 && (v.p < in.p || v.p + v.len > in.p + in.len))
		abort();
}

static void walk_content(const struct zy_signed_data *d, struct zy_bytes in)
{
	struct zy_reader walk = zy_reader_over(d->content);
	struct zy_bytes piece;
	uint64_t len = 0;

	while (zy_signed_content_next(&walk, &piece)) {
		inside(piece, in);
		len += piece.len;
	}
	if (zy_reader_left(&walk) != 0 || len != d->content_len || (!d->has_content && len > 0))
		abort();
}

static void walk_signer(const struct zy_signed_data *d, const struct zy_signer *s, struct zy_bytes in)
{
	static const struct zy_bytes stamp = ZY_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x0e");
	struct zy_unsigned_walk w = zy_unsigned_values(s);
	struct zy_bytes value;

	inside(s->whole, in);
	inside(s->unsigned_attrs, in);
	if (s->fault.code != ZY_OK &&
	    (s->fault.field == NULL || (s->fault.offset != ZY_NOWHERE && s->fault.offset > in.len)))
		abort();
	while (zy_unsigned_next(&w, stamp, &value))
		inside(value, s->unsigned_attrs);
	for (size_t i = 0; i < d->num_certs; i++)
		if (zy_signer_names(s, d->certs[i], s->key_id) && s->fault.code == ZY_OK && !s->by_key_id &&
		    s->sid.serial.len == 0)
			abort();
}

static void walk_counters(const struct zy_signer *s, struct zy_arena *a)
{
	static const struct zy_bytes counter = ZY_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x06");
	struct zy_unsigned_walk w = zy_unsigned_values(s);
	struct zy_error err = { 0 };
	struct zy_bytes value;
	struct zy_signer c;

	while (zy_unsigned_next(&w, counter, &value)) {
		if (!zy_counter_signature_parse(&c, s, value, a, &err) || c.offset != s->offset ||
		    (c.fault.code != ZY_OK && (c.fault.field == NULL || c.fault.offset != s->offset)))
			abort();
		inside(c.whole, value);
		inside(c.signature, value);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zy_bytes in = ZY_BYTES(data, len);
	struct zy_signed_data *d;
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };

	if ((d = zy_arena_alloc(&a, sizeof(*d), &err)) == NULL)
		abort();
	if (!zy_signed_data_parse(d, in, &a, &err)) {
		if (err.code == ZY_OK || (err.offset != ZY_NOWHERE && err.offset > len))
			abort();
		return 0;
	}
	if (!zy_signed_data_is(in))
		abort();
	walk_content(d, in);
	for (size_t i = 0; i < d->num_signers; i++)
		walk_signer(d, &d->signers[i], in);
	for (size_t i = 0; i < d->num_signers; i++)
		if (d->signers[i].fault.code == ZY_OK)
			walk_counters(&d->signers[i], &a);
	return 0;
}
