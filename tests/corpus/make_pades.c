/* Writes tests/corpus/pades anew from the table in pades_faults.h, with a bundle of its own. By hand:
 * `cmake --build build -t make-pades && build/tests/make-pades`. */
#include "corpus/corpus_write.h"
#include "corpus/pades_faults.h"
#include "zy/text.h"
#include "zy/trust.h"

#define FOLDER ZY_SOURCE_DIR "/tests/corpus/pades/"

static void write_file(const char *name, const char *end, struct zy_bytes v)
{
	char path[4096];
	struct zy_error err = { 0 };

	snprintf(path, sizeof(path), FOLDER "%s%s", name, end);
	VERIFY_CHECK(zy_file_write(path, v, 0644, true, &err));
}

static void make(const struct pades_case *c)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO pdf = { 0 };
	ZY_BUF_AUTO expect = { 0 };

	fprintf(stderr, "%s\n", c->name);
	pades_base(c->lock, &pdf);
	for (size_t i = 0; i < 6; i++)
		pades_do(&a, &c->steps[i], &pdf);
	zy_buf_printf(&expect, "at: %s\n%s\n%s", c->at == NULL ? "2026-03-01T00:00:00Z" : c->at, c->verdict,
	    c->findings == NULL ? "" : c->findings);
	write_file(c->name, ".pdf", zy_buf_bytes(&pdf));
	write_file(c->name, ".expect", zy_buf_bytes(&expect));
}

/* Good for a long time, so that files can be judged after their certificates have ended. */
static void make_bundle(void)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO payload = { 0 };
	struct zy_trust t = verify_trust(&a, ZY_PURPOSE_TRUST);
	struct zy_trust_cert anchors[3], others[3];
	struct zy_error err = { 0 };
	uint8_t pin[ZY_HASH_LEN];
	char hex[2 * ZY_HASH_LEN + 2];
	EVP_PKEY *ignored;

	memcpy(anchors, t.anchors, 2 * sizeof(anchors[0]));
	anchors[2] = (struct zy_trust_cert){ .der = pades_der(&a, "root", &ignored),
		.purposes = ZY_PURPOSE_DOCUMENT | ZY_PURPOSE_TIMESTAMP };
	memcpy(others, t.intermediates, 2 * sizeof(others[0]));
	others[2] = (struct zy_trust_cert){ .der = pades_der(&a, "ca", &ignored) };
	t.intermediates = others;
	t.num_intermediates = 3;
	t.anchors = anchors;
	t.num_anchors = 3;
	t.next_update = 2208988800; /* 2040 */
	VERIFY_CHECK(zy_trust_encode(&t, &payload, &err));
	corpus_bundle("pades/bundle.json", zy_buf_bytes(&payload));
	VERIFY_CHECK(zy_trust_pin(&t, pin, &err));
	zy_hex(ZY_BYTES(pin, sizeof(pin)), hex);
	hex[2 * ZY_HASH_LEN] = '\n';
	write_file("pin", "", ZY_BYTES(hex, 2 * ZY_HASH_LEN + 1));
}

int main(void)
{
	for (size_t i = 0; i < sizeof(pades_cases) / sizeof(pades_cases[0]); i++)
		make(&pades_cases[i]);
	make_bundle();
	return 0;
}
