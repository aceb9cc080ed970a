/* Target functions: zy_ses_signature_parse, zy_ses_signature_read, zy_seal_parse, zy_seal_info_parse, zy_ses_tbs_parse.
 * Version 1 has no encoder, which must refuse it. */
#include <stdlib.h>

#include "zy/ses.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void failed(const struct zy_error *err, size_t len)
{
	if (err->code == ZY_OK || (err->offset != ZY_NOWHERE && err->offset > len))
		abort();
}

static void same(const struct zy_buf *b, struct zy_bytes v)
{
	if (!zy_bytes_equal(zy_buf_bytes(b), v))
		abort();
}

static void try_seal(struct zy_bytes in)
{
	struct zy_error err = { 0 }, never = { 0 };
	ZY_BUF_AUTO b = { 0 };
	struct zy_seal s;

	if (!zy_seal_parse(&s, in, &err)) {
		failed(&err, in.len);
		return;
	}
	if (zy_seal_encode(&s, &b, &never) != (s.info.version != 1))
		abort();
	if (s.info.version != 1)
		same(&b, in);
}

static void try_info(struct zy_bytes in)
{
	struct zy_error err = { 0 }, never = { 0 };
	ZY_BUF_AUTO b = { 0 };
	struct zy_seal_info s;

	if (!zy_seal_info_parse(&s, in, &err)) {
		failed(&err, in.len);
		return;
	}
	if (zy_seal_info_encode(&s, &b, &never) != (s.version != 1))
		abort();
	if (s.strict && s.version != 1)
		same(&b, in);
}

static void try_tbs(struct zy_bytes in)
{
	struct zy_error err = { 0 }, never = { 0 };
	ZY_BUF_AUTO b = { 0 };
	struct zy_ses_tbs t;

	if (!zy_ses_tbs_parse(&t, in, &err)) {
		failed(&err, in.len);
		return;
	}
	if (zy_ses_tbs_encode(&t, &b, &never) != (t.eseal.info.version != 1))
		abort();
	if (t.strict && t.eseal.info.version != 1)
		same(&b, in);
}

/* What the strict reading takes, the judge's takes, too, to the same, and finds nothing odd. */
static void try_read(struct zy_bytes in)
{
	struct zy_error err = { 0 }, ignored = { 0 };
	struct zy_ses_signature s, strict;
	const char *departs = NULL;

	if (!zy_ses_signature_read(&s, in, &departs, &err)) {
		failed(&err, in.len);
		if (zy_ses_signature_parse(&strict, in, &ignored))
			abort();
		return;
	}
	if (zy_ses_signature_parse(&strict, in, &ignored) &&
	    (departs != NULL || !zy_bytes_equal(strict.toSign.der, s.toSign.der) ||
		strict.toSign.timeInfo != s.toSign.timeInfo))
		abort();
	(void)zy_ber_is_whole(in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zy_error err = { 0 }, never = { 0 };
	struct zy_bytes in = ZY_BYTES(data, len);
	struct zy_ses_signature s;
	ZY_BUF_AUTO b = { 0 };
	uint8_t rs[64];
	bool raw;

	try_seal(in);
	try_info(in);
	try_tbs(in);
	try_read(in);
	if (!zy_ses_signature_parse(&s, in, &err)) {
		failed(&err, len);
		return 0;
	}
	if (zy_ses_signature_encode(&s, &b, &never) != (s.toSign.eseal.info.version != 1))
		abort();
	if (s.toSign.eseal.info.version != 1)
		same(&b, in);
	(void)!zy_ses_rs(s.signature, rs, &raw, &err);
	return 0;
}
