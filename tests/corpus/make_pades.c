/* Writes tests/corpus/pades, pades-locks and pades-filled anew from the tables in pades_faults.h, pades_locks.h and
 * pades_filled.h, or the one that is named, each with a bundle of its own. By hand:
 * `cmake --build build -t make-pades && build/tests/make-pades [FOLDER]`. */
#include "corpus/pades_filled.h"

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

int main(int argc, char **argv)
{
	static const struct {
		const char *folder;
		const struct pades_case *cases;
		size_t num;
	} all[] = { { "pades", pades_cases, sizeof(pades_cases) / sizeof(pades_cases[0]) },
		{ "pades-locks", pades_locks, sizeof(pades_locks) / sizeof(pades_locks[0]) },
		{ "pades-filled", pades_filled, sizeof(pades_filled) / sizeof(pades_filled[0]) } };

	for (size_t k = 0; k < sizeof(all) / sizeof(all[0]); k++) {
		if (argc > 1 && strcmp(argv[1], all[k].folder) != 0)
			continue;
		for (size_t i = 0; i < all[k].num; i++)
			make(all[k].folder, &all[k].cases[i]);
		lasting_bundle(all[k].folder);
	}
	return 0;
}
