/* Writes tests/corpus/standing anew from the table in tests/standing_faults.h, with a bundle of its own. By hand:
 * `cmake --build build -t make-standing && build/tests/make-standing`. */
#include "corpus/corpus_write.h"
#include "standing_faults.h"

static void write_case(const char *name, const char *ending, const struct zy_buf *b)
{
	char path[128];

	VERIFY_CHECK(!b->failed);
	snprintf(path, sizeof(path), "standing/%s.%s", name, ending);
	corpus_write(path, zy_buf_bytes(b));
}

static void make(const struct standing_fault *f)
{
	ZY_BUF_AUTO answer = { 0 }, expect = { 0 };
	struct standing_made m;

	standing_make(&m);
	f->spoil(&m);
	standing_put(&m, &answer);
	zy_buf_printf(&expect, "at: 2026-03-01T00:00:00Z\n%s%s", f->verdict, f->findings == NULL ? "" : f->findings);
	write_case(f->name, "answer", &answer);
	write_case(f->name, "expect", &expect);
	standing_free(&m);
}

static void make_bundle(void)
{
	char hex[2 * ZY_HASH_LEN + 2];
	struct zy_error err = { 0 };
	uint8_t pin[ZY_HASH_LEN];
	ZY_BUF_AUTO payload = { 0 };
	struct standing_made m;

	standing_make(&m);
	VERIFY_CHECK(zy_trust_encode(&m.trust, &payload, &err));
	corpus_bundle("standing/bundle.json", zy_buf_bytes(&payload));
	VERIFY_CHECK(zy_trust_pin(&m.trust, pin, &err));
	zy_hex(ZY_BYTES(pin, sizeof(pin)), hex);
	hex[2 * ZY_HASH_LEN] = '\n';
	corpus_write("standing/pin", ZY_BYTES(hex, 2 * ZY_HASH_LEN + 1));
	standing_free(&m);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(standing_faults) / sizeof(standing_faults[0]); i++)
		make(&standing_faults[i]);
	make_bundle();
	return 0;
}
