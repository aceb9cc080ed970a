/* Writes tests/corpus/pades and pades-locks anew from the tables in pades_faults.h and pades_locks.h, each with a
 * bundle of its own. By hand: `cmake --build build -t make-pades && build/tests/make-pades`. */
#include "corpus/pades_locks.h"

static void make(const char *folder, const struct pades_case *c)
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
	lasting_write_case(folder, c->name, ".pdf", zy_buf_bytes(&pdf), zy_buf_bytes(&expect));
}

int main(void)
{
	for (size_t i = 0; i < sizeof(pades_cases) / sizeof(pades_cases[0]); i++)
		make("pades", &pades_cases[i]);
	lasting_bundle("pades");
	for (size_t i = 0; i < sizeof(pades_locks) / sizeof(pades_locks[0]); i++)
		make("pades-locks", &pades_locks[i]);
	lasting_bundle("pades-locks");
	return 0;
}
