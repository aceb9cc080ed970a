/* Target functions: zy_subject_identity_parse, zy_subject_identity_put, zy_subject_identity_read. The first octet is
 * the last arc; above 5, what follows is text of who asks. */
#include <stdint.h>
#include <stdlib.h>

#include "zy/subject_identity.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must_come_back(const struct zy_subject_identity *id)
{
	struct zy_subject_identity again;
	struct zy_error err = { 0 };
	ZY_BUF_AUTO b = { 0 };

	zy_subject_identity_put(&b, id);
	/* PrintableString is written for what was a UTF8String: it need not be one */
	if (b.failed)
		abort();
	if (zy_subject_identity_parse(&again, zy_subject_identity_oid(id->kind), zy_buf_bytes(&b), &err) &&
	    (again.kind != id->kind || !zy_bytes_equal(again.value, id->value)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t oid[] = { 0x2a, 0x81, 0x1c, 0xd0, 0x14, 0x04, 0x01, 0 };
	struct zy_subject_identity id;
	struct zy_error err = { 0 };
	bool ok;

	if (len == 0)
		return 0;
	oid[7] = data[0];
	ok = data[0] > 5
		 ? zy_subject_identity_read(&id, ZY_BYTES(data + 1, len - 1), &err)
		 : zy_subject_identity_parse(&id, ZY_BYTES(oid, sizeof(oid)), ZY_BYTES(data + 1, len - 1), &err);
	if (ok)
		must_come_back(&id);
	else if (err.code == ZY_OK)
		abort();
	return 0;
}
