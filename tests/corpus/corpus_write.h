/* Files of tests/corpus, and trust bundles signed by the leaf keys of tests/keys. */
#ifndef CORPUS_WRITE_H
#define CORPUS_WRITE_H

#include "verify_keys.h"

static inline void corpus_write(const char *name, struct zy_bytes v)
{
	char path[4096];
	struct zy_error err = { 0 };

	snprintf(path, sizeof(path), ZY_SOURCE_DIR "/tests/corpus/%s", name);
	VERIFY_CHECK(zy_file_write(path, v, 0644, true, &err));
}

static inline void corpus_bundle(const char *name, struct zy_bytes payload)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO file = { 0 };
	const struct zy_bytes certs[2] = { verify_cert(&a, "gm-leaf"), verify_cert(&a, "intl-leaf") };
	struct zy_error err = { 0 };
	uint8_t rs[2][64];

	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		ZY_BUF_AUTO input = { 0 };

		VERIFY_CHECK(zy_trust_jws_input(s, certs[s], payload, &input, &err));
		verify_sign(s, zy_buf_bytes(&input), rs[s]);
	}
	VERIFY_CHECK(zy_trust_jws_encode(payload, certs, (const uint8_t(*)[64])rs, &file, &err));
	corpus_write(name, zy_buf_bytes(&file));
}

#endif
