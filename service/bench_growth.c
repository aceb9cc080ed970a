/*
 * vault: what a put, an open and a get cost at ten thousand, a hundred thousand, a million versions and so on. Between
 * these points the vault is filled by hundreds of callers at once, which is told but is no measure; at each of them the
 * usual callers put, and beside it in the same seconds the machine says what it gives without a vault: what grows with
 * the vault and what comes from neighbours of the machine can be told apart.
 */
#include "bench_many.h"

#include <string.h>

#include "zy/file.h"

enum { FILLERS = 960, FIRST_POINT = 10000, TURNS = 5 };

struct point {
	struct zy_many *m;
	double fill, sm2, open_ms; /* fill 0: nothing was filled */
	unsigned sessions;
};

static uint64_t next_point(uint64_t stored, uint64_t last)
{
	uint64_t p = FIRST_POINT;

	while (p <= stored)
		p *= 10;
	return p < last ? p : last;
}

/* By as many at once as one commit takes; but first each holder comes once, since a signer, which wraps his key, serves
 * no such crowd. */
static bool fill(struct point *p, uint64_t to, struct zy_error *err)
{
	struct zy_many *m = p->m;
	const uint64_t few = to < ZY_MANY_HOLDERS ? to : ZY_MANY_HOLDERS;

	p->fill = 0;
	if (m->stored < few && !zy_bench_times(m->b->threads, &m->stored, few, zy_many_put, m, &p->fill, err))
		return false;
	return to <= m->stored || zy_bench_times(FILLERS, &m->stored, to, zy_many_put, m, &p->fill, err);
}

static bool bench_puts(struct point *p, struct zy_bench_result *r, struct zy_error *err)
{
	struct zy_many *m = p->m;
	const double slice = (double)m->b->seconds / TURNS;

	for (int i = 0; i < TURNS; i++) {
		uint64_t writes = 0;
		double ours, raw;

		if (!zy_bench_while(m->b->threads, slice, &m->stored, zy_many_put, m, &ours, err) ||
		    !zy_bench_while(1, slice, &writes, zy_many_write, m, &raw, err))
			return false;
		r->ours += ours / TURNS;
		r->raw += raw / TURNS;
	}
	r->threads = m->b->threads;
	return zy_hsm_bench(m->b->desk.hsm, m->b->rule->seal_key, 1, &p->sm2, &p->sessions, err);
}

static void add_table(void *arg, const struct zy_vault_table *t)
{
	json_object_set_new(arg, t->name, json_integer((json_int_t)t->bytes));
}

static bool tell_puts(struct point *p, struct zy_bench_result *r, struct zy_error *err)
{
	const struct zy_many *m = p->m;
	struct zy_vault_counts n;
	json_t *tables = json_object();
	double overhead;

	if (!zy_vault_count(m->vault, &n, err) || !zy_vault_tables(m->vault, add_table, tables, err)) {
		json_decref(tables);
		return false;
	}
	overhead = (double)n.used_bytes / (double)m->stored - (double)m->len;
	r->more = json_pack("{s:I, s:i, s:f, s:f, s:i, s:f, s:o}", "records", (json_int_t)m->stored, "bytes",
	    (int)m->len, "overhead_bytes", overhead, "fill", p->fill, "fill_threads", (int)FILLERS, "C_Sign", p->sm2,
	    "table_bytes", tables);
	if (!m->b->cli.json)
		printf("%-20s %9llu versions, %.0f octets beyond the %zu of each; filled at %.0f/s by %d; C_Sign SM2 "
		       "%.0f/s\n",
		    "vault", (unsigned long long)m->stored, overhead, m->len, p->fill, (int)FILLERS, p->sm2);
	zy_bench_print(m->b, r);
	return true;
}

/* Memory of this process that is no file's, in KiB; 0 when the system does not say. */
static unsigned long own_memory(void)
{
	static const char name[] = "RssAnon:";
	struct zy_error ignored = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes text;
	unsigned long kib = 0;
	const char *at;

	if (zy_file_read("/proc/self/status", 65536, &a, &text, &ignored) &&
	    (at = memmem(text.p, text.len, name, sizeof(name) - 1)) != NULL)
		sscanf(at + sizeof(name) - 1, "%20lu", &kib);
	return kib;
}

static bool bench_gets(struct point *p, struct zy_error *err)
{
	struct zy_bench_result r = { .name = "vault-gets", .raw_name = "mdb_get of the bytes" };
	struct zy_many *m = p->m;

	if (!zy_many_open_again(m, &p->open_ms, err) || !zy_many_fill_raw(m, err) ||
	    !zy_bench_beside(m->b, zy_many_get, zy_many_get_raw, m, &r, err))
		return false;
	if (!m->b->cli.json)
		printf(
		    "%-20s %9.1f ms to open with %llu versions\n", "vault", p->open_ms, (unsigned long long)m->stored);
	r.more = json_pack("{s:I, s:f, s:I}", "records", (json_int_t)m->stored, "open_ms", p->open_ms, "memory_kib",
	    (json_int_t)own_memory());
	zy_bench_print(m->b, &r);
	return true;
}

bool zy_bench_vault(struct zy_bench *b, struct zy_error *err)
{
	struct zy_many m;
	struct point p = { .m = &m };
	bool ok = zy_many_open(&m, b, err), last = false;

	while (ok && !last) {
		struct zy_bench_result r = { .name = "vault-puts", .raw_name = "write + fdatasync, one thread" };
		const uint64_t to = next_point(m.stored, b->records);

		last = to == b->records;
		ok = fill(&p, to, err) && bench_puts(&p, &r, err) && tell_puts(&p, &r, err) && bench_gets(&p, err);
	}
	zy_many_close(&m);
	return ok;
}
