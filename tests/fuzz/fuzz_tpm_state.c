/* Target functions: zy_tpm_token_file_parse, zy_tpm_key_file_parse and their encoders. The input is a file without its
 * MAC and digest, which random bytes never hit; they are added here. */
#include <stdlib.h>

#include "tpm-token/state.h"
#include "zy/digest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const uint8_t mac_key[32] = { 1 };

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void look_at(const struct zy_error *err, size_t len)
{
	must(err->code != ZY_OK && (err->offset == ZY_NOWHERE || err->offset <= len));
}

static void with_tail(struct zy_buf *b, const uint8_t *data, size_t len)
{
	uint8_t out[ZY_HASH_LEN];
	struct zy_error err = { 0 };

	zy_buf_put(b, ZY_BYTES(data, len));
	must(zy_hmac(ZY_HASH_SHA256, ZY_BYTES(mac_key, 32), zy_buf_bytes(b), out, &err));
	zy_buf_put(b, ZY_BYTES(out, sizeof(out)));
	must(zy_digest(ZY_HASH_SHA256, zy_buf_bytes(b), out, &err));
	zy_buf_put(b, ZY_BYTES(out, sizeof(out)));
	must(!b->failed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zy_error token_err = { 0 }, key_err = { 0 }, err = { 0 };
	ZY_BUF_AUTO in = { 0 }, token_out = { 0 }, key_out = { 0 };
	struct zy_tpm_token_file token;
	struct zy_tpm_key_file key;

	with_tail(&in, data, len);
	if (zy_tpm_token_file_parse(&token, zy_buf_bytes(&in), &token_err)) {
		must(zy_tpm_token_file_encode(&token_out, &token, mac_key, &err));
		must(zy_bytes_equal(zy_buf_bytes(&token_out), zy_buf_bytes(&in)));
	} else
		look_at(&token_err, in.len);
	if (zy_tpm_key_file_parse(&key, zy_buf_bytes(&in), &key_err)) {
		must(zy_tpm_key_file_encode(&key_out, &key, mac_key, &err));
		must(zy_bytes_equal(zy_buf_bytes(&key_out), zy_buf_bytes(&in)));
		must(zy_tpm_file_authentic(key.covered, key.mac, mac_key, &err));
	} else
		look_at(&key_err, in.len);
	return 0;
}
