/* Target functions: zy_ats_index_parse, zy_ats_items, zy_ats_next, zy_ats_index_encode, zy_ats_message,
 * zy_signed_data_add, zy_revocation_values_encode. */
#include <stdlib.h>

#include "zy/ats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define ITEMS 512

static size_t count(struct zy_ats_walk w)
{
	struct zy_ats_item item;
	size_t num = 0;

	while (zy_ats_next(&w, &item)) {
		if (item.value.len == 0)
			abort();
		num++;
	}
	return num;
}

static void read_index(struct zy_bytes unsigned_attrs)
{
	struct zy_error err = { 0 };
	struct zy_ats_index x;
	struct zy_bytes hash;

	if (!zy_ats_index_parse(&x, unsigned_attrs, &err)) {
		if (err.code == ZY_OK || (err.offset != ZY_NOWHERE && err.offset > unsigned_attrs.len))
			abort();
		return;
	}
	for (int list = 0; list < ZY_ATS_LISTS; list++) {
		size_t n = 0;

		while (zy_ats_index_get(&x, (enum zy_ats_list)list, n, &hash))
			n++;
		if (n * (zy_tsp_hash_len(x.hash) + 2) != x.lists[list].len)
			abort();
	}
}

/* What is made names everything, and its own parser reads it back. */
static void write_index(const struct zy_signed_data *d, const struct zy_signer *s)
{
	struct zy_error err = { 0 };
	ZY_BUF_AUTO index = { 0 };
	ZY_BUF_AUTO message = { 0 };

	if (count(zy_ats_items(d, s, false)) > ITEMS)
		return;
	if (!zy_ats_index_encode(d, s, ZY_TSP_SHA256, &index, &err) ||
	    !zy_ats_message(d, s, ZY_LITERAL("digest"), zy_buf_bytes(&index), &message, &err))
		abort();
}

/* With more beside it signed data is read as before, and what was signed is the same. */
static void add(const struct zy_signed_data *d, struct zy_arena *a)
{
	static const struct zy_bytes cert = ZY_LITERAL("\x30\x02\x05\x00"), type = ZY_LITERAL("\x2a\x03\x04");
	const struct zy_signed_addition what = {
		.num_certs = 1, .certs = &cert, .num_answers = 1, .answers = &cert, .type = type, .value = cert
	};
	struct zy_signed_data *after;
	struct zy_error err = { 0 };
	ZY_BUF_AUTO out = { 0 };

	if (!zy_signed_data_add(d, &what, &out, &err)) {
		if (err.code == ZY_OK)
			abort();
		return;
	}
	if ((after = zy_arena_alloc(a, sizeof(*after), &err)) == NULL)
		abort();
	/* one more certificate or list than may be is read no more */
	if (!zy_signed_data_parse(after, zy_buf_bytes(&out), a, &err)) {
		if (err.code != ZY_E_TOO_LARGE)
			abort();
		return;
	}
	if (after->num_signers != d->num_signers || after->content_len != d->content_len || after->num_certs == 0 ||
	    !zy_bytes_equal(after->encap, d->encap) || after->signers[0].fault.code != ZY_OK ||
	    !zy_bytes_equal(after->signers[0].signature, d->signers[0].signature) ||
	    !zy_bytes_equal(after->signers[0].signed_attrs, d->signers[0].signed_attrs))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct zy_bytes in = ZY_BYTES(data, len);
	struct zy_signed_data *d;
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO values = { 0 };

	if ((d = zy_arena_alloc(&a, sizeof(*d), &err)) == NULL)
		abort();
	read_index(in);
	if (zy_revocation_values_encode(&in, 1, &values, &err) == (err.code != ZY_OK))
		abort();
	err = (struct zy_error){ 0 };
	if (!zy_signed_data_parse(d, in, &a, &err))
		return 0;
	for (size_t i = 0; i < d->num_signers; i++) {
		const struct zy_signer *s = &d->signers[i];

		if (s->fault.code != ZY_OK)
			continue;
		read_index(s->unsigned_attrs);
		(void)count(zy_ats_items(d, s, true));
		write_index(d, s);
	}
	add(d, &a);
	return 0;
}
