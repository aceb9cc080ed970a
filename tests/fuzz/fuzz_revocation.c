/* Target functions: zy_crl_parse, zy_ocsp_answer_parse, zy_path_standing, over items from bytes: each behind its length
 * (2 octets, big-endian). The first is the certificate asked about, the second its issuer, the third may sign lists;
 * what follows is tried as a list and as an answer. */
#include <stdlib.h>

#include "verify/revocation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void ask(const struct zy_revocation *q, const struct zy_path *p)
{
	ZY_ARENA_AUTO a = { .cap = 64 << 20 };
	struct zy_standing out[ZY_PATH_MAX] = { 0 };
	struct zy_error err = { 0 };
	struct zy_keys *k;

	if (!zy_keys_open(&k, &err))
		return;
	if (!zy_path_standing(k, q, p, out, &a, &err)) {
		if (err.code != ZY_E_CRYPTO && err.code != ZY_E_NO_MEMORY)
			abort();
	} else if (out[0].is == ZY_STANDS_UNKNOWN ? zy_standing_sentence(out[0].why) == NULL
						  : out[0].as_of > q->until + 600) {
		abort();
	}
	zy_keys_close(k);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct zy_reader r = zy_reader_over(ZY_BYTES(data, len));
	struct zy_error ignored = { 0 };
	struct zy_bytes items[8];
	struct zy_x509 leaf, issuer;
	const struct zy_path path = { .num = 2, .certs = { &leaf, &issuer } };
	struct zy_revocation q = { .crls = items + 3, .answers = items + 3, .others = items + 2, .num_others = 1 };
	uint64_t n;
	size_t num = 0;

	while (num < 8 && zy_take_be(&r, 2, "length", &n, &ignored) && zy_take(&r, n, "item", &items[num], &ignored))
		num++;
	if (num < 4 || !zy_x509_parse(&leaf, items[0], &ignored) || !zy_x509_parse(&issuer, items[1], &ignored))
		return 0;
	q.num_crls = q.num_answers = num - 3;
	q.at = q.until = 1772323200;
	ask(&q, &path);
	q.at -= 30 * 86400;
	ask(&q, &path);
	return 0;
}
