/* Target functions: zy_cms_parse, zy_cms_attrs_parse, zy_cms_time_stamp, zy_cert_name, zy_cms_encode. */
#include <stdlib.h>

#include "zy/cms.h"
#include "zy/der.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void failed(const struct zy_error *err, size_t len)
{
	if (err->code == ZY_OK || (err->offset != ZY_NOWHERE && err->offset > len))
		abort();
}

/* The form that we write: re-encoding must give the same bytes. */
static bool is_ours(const struct zy_cms *c, struct zy_bytes in)
{
	static const uint8_t null_params[] = { 0x05, 0x00 };

	return c->is_p256 && c->unsigned_attrs.len == 0 && c->crls.len == 0 && c->num_certs > 0 &&
	       memmem(in.p, in.len, null_params, 2) == NULL;
}

static void find_time_stamp(const struct zy_cms *c)
{
	struct zy_error err = { 0 };
	struct zy_bytes token;

	if (!zy_cms_time_stamp(c, &token, &err))
		failed(&err, c->unsigned_attrs.len);
	else if (token.len > c->unsigned_attrs.len)
		abort();
}

static void encode_again(const struct zy_cms *c, struct zy_bytes in)
{
	struct zy_bytes certs[ZY_CMS_CERTS_MAX];
	size_t signer = c->num_certs;

	memcpy(certs, c->certs, sizeof(certs));
	for (size_t i = 0; i < c->num_certs; i++) {
		struct zy_error err = { 0 };
		bool sid, bound;

		if (zy_cms_names(c, certs[i], &sid, &bound, &err) && sid)
			signer = i;
	}
	if (signer < c->num_certs && is_ours(c, in)) {
		struct zy_error err = { 0 };
		ZY_BUF_AUTO b = { 0 };

		certs[signer] = certs[0];
		certs[0] = c->certs[signer];
		if (!zy_cms_encode(c->signed_attrs, c->rs, certs, c->num_certs, &b, &err) ||
		    !zy_bytes_equal(zy_buf_bytes(&b), in))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zy_bytes in = ZY_BYTES(data, len);
	struct zy_cms_attrs attrs;
	struct zy_cert_name name;
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_cms c;

	if (zy_cms_parse(&c, in, &a, &err)) {
		encode_again(&c, in);
		find_time_stamp(&c);
	} else {
		failed(&err, len);
	}
	err = (struct zy_error){ 0 };
	if (!zy_cms_attrs_parse(&attrs, in, &err))
		failed(&err, len);
	err = (struct zy_error){ 0 };
	if (!zy_cert_name(in, &name, &err))
		failed(&err, len);
	return 0;
}
