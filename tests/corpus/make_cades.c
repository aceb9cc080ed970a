/* Writes tests/corpus/cades anew from the table in cades_faults.h, with a bundle of its own. By hand:
 * `cmake --build build -t make-cades && build/tests/make-cades`. */
#include "corpus/cades_faults.h"

static void make(const struct cades_case *c)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO expect = { 0 };
	struct zy_error err = { 0 };
	struct cades_work w = { .a = &a, .d = zy_arena_alloc(&a, sizeof(*w.d), &err) };

	fprintf(stderr, "%s\n", c->name);
	VERIFY_CHECK(w.d != NULL);
	for (size_t i = 0; i < sizeof(c->steps) / sizeof(c->steps[0]); i++)
		cades_do(&w, &c->steps[i]);
	zy_buf_printf(&expect, "at: %s\n%s\n%s", c->at == NULL ? "2026-03-01T00:00:00Z" : c->at, c->verdict,
	    c->findings == NULL ? "" : c->findings);
	lasting_write_case("cades", c->name, ".p7m", zy_buf_bytes(&w.now), zy_buf_bytes(&expect));
	zy_buf_free(&w.now);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(cades_cases) / sizeof(cades_cases[0]); i++)
		make(&cades_cases[i]);
	lasting_bundle("cades");
	return 0;
}
