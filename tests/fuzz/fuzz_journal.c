/* Target functions: zy_journal_record_parse, zy_journal_record_encode, zy_journal_take, zy_journal_put. */
#include <stdlib.h>

#include "zy/journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void one_record(struct zy_bytes in)
{
	struct zy_error err = { 0 };
	struct zy_journal_record r;
	ZY_BUF_AUTO b = { 0 };

	if (!zy_journal_record_parse(&r, in, &err)) {
		if (err.code == ZY_OK || (err.offset != ZY_NOWHERE && err.offset > in.len))
			abort();
		return;
	}
	zy_journal_record_encode(&r, &b);
	if (b.failed || !zy_bytes_equal(zy_buf_bytes(&b), in))
		abort();
}

/* Records that follow on each other are written back as the same bytes. */
static void whole_journal(struct zy_bytes in)
{
	struct zy_journal_head head, again;
	struct zy_reader r = zy_reader_over(in);
	struct zy_journal_record record;
	struct zy_error err = { 0 };
	ZY_BUF_AUTO b = { 0 };

	if (!zy_journal_head_start(&head, "soft", &err))
		abort();
	again = head;
	while (zy_journal_take(&r, &head, &record, &err))
		if (!zy_journal_put(&b, &again, &record, &err) || memcmp(&again, &head, sizeof(head)) != 0)
			abort();
	if (err.code == ZY_OK || (err.offset != ZY_NOWHERE && err.offset > in.len))
		abort();
	if (head.offset != zy_reader_offset(&r) || !zy_bytes_equal(zy_buf_bytes(&b), ZY_BYTES(in.p, b.len)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	one_record(ZY_BYTES(data, len));
	whole_journal(ZY_BYTES(data, len));
	return 0;
}
