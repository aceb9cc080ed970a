/*
 * Changes single bytes of a real file and judges each changed file in process. The original must pass; every change
 * must end as TOTAL-FAILED or as malformed input (exit 65). INDETERMINATE counts as a hole. So does TOTAL-PASSED, but
 * for an OFD package of which the same is read: the same names and the same inflated bytes in the same order, and the
 * same report. A PDF has no such excuse: no change of it may pass. With --inside the bytes of the files in an OFD
 * package are changed, and the package is written anew, so that no check sum of the ZIP stands in the way.
 * stdout: a table by region and verdict, and every hole; exit 0 without holes, 1 with, 64 and others as the verifier.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "zy/file.h"
#include "zy/judge.h"
#include "zy/options.h"
#include "zy/package.h"
#include "zy/pdf.h"
#include "zy/text.h"

#define THREADS_MAX 64
#define HOLES_SHOWN 20
#define STEPS 10 /* of progress */

enum verdict { MALFORMED, FAILED, INDETERMINATE, SAME, PASSED, BROKEN, NUM_VERDICTS };
enum region { LOCAL_HEADER, DATA, CENTRAL, END_RECORD, DOCUMENT, SIGNATURE, SIGNED, HOLE, NUM_REGIONS };
static const char *const verdict_names[] = { "exit 65", "FAILED", "INDETERMINATE", "same read", "PASSED", "our bug" };
static const char *const region_names[] = { "ZIP local headers", "ZIP data", "ZIP central directory", "ZIP end record",
	"OFD document files", "OFD signature files", "PDF signed bytes", "PDF hole" };

struct options {
	const char *trust, *at_text, *every_text, *from_text, *to_text, *xor_text;
	bool all, inside;
	zy_time at;
	size_t every, from, to; /* to: one behind the last */
};

struct flip {
	struct options o;
	struct zy_arena arena;
	struct zy_keys *keys;
	struct zy_trust trust;
	struct zy_bytes file;
	struct zy_bytes target;     /* what is changed: the file, or the packed files one behind the other */
	struct zy_package *package; /* NULL for a PDF */
	struct zy_buf report;       /* of the file as it is */
	uint8_t *regions;           /* for each byte */
	size_t num_masks;
	uint8_t masks[255];
	atomic_size_t next; /* position, counted in steps of `every` */
	atomic_size_t counts[NUM_REGIONS][NUM_VERDICTS];
	atomic_size_t num_judged, num_holes;
	atomic_ullong cpu_ns;
};

static size_t num_positions(const struct flip *f)
{
	size_t end = f->target.len < f->o.to ? f->target.len : f->o.to;

	return end <= f->o.from ? 0 : (end - f->o.from - 1) / f->o.every + 1;
}

/* The changed package says what the original says, byte by byte. */
static bool same_package(const struct flip *f, struct zy_bytes in)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error err = { 0 };
	struct zy_package *p;

	if (f->package == NULL || (p = zy_arena_alloc(&a, sizeof(*p), &err)) == NULL ||
	    !zy_package_parse(p, in, &a, &err) || p->num_files != f->package->num_files)
		return false;
	for (size_t i = 0; i < p->num_files; i++)
		if (strcmp(p->files[i].name, f->package->files[i].name) != 0 ||
		    !zy_bytes_equal(p->files[i].bytes, f->package->files[i].bytes))
			return false;
	return true;
}

static enum verdict judge(const struct flip *f, struct zy_bytes in, struct zy_buf *json)
{
	ZY_REPORT_AUTO r;
	struct zy_error err = { 0 };

	zy_report_start(&r, "file", f->o.at);
	if (!zy_judge_file(f->keys, &f->trust, in, f->o.at, &r, &err)) {
		zy_buf_printf(json, "%s: %s", zy_code_name(err.code), err.msg);
		return zy_code_exit(err.code) == 65 ? MALFORMED : BROKEN;
	}
	if (!zy_report_to_json(&r, json, &err))
		return BROKEN;
	switch (zy_report_indication(&r)) {
	case ZY_TOTAL_FAILED:
		return FAILED;
	case ZY_INDETERMINATE:
		return INDETERMINATE;
	case ZY_TOTAL_PASSED:
		break;
	}
	return zy_bytes_equal(zy_buf_bytes(json), zy_buf_bytes(&f->report)) && same_package(f, in) ? SAME : PASSED;
}

/* The package with its files from `all`, of which the byte `at` was changed; only that file is deflated anew. */
static bool pack(const struct flip *f, const uint8_t *all, size_t at, struct zy_buf *out)
{
	struct zy_package p = { .num_files = f->package->num_files };
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	size_t from = 0;

	if ((p.files = zy_arena_array(&a, p.num_files + 1, sizeof(*p.files), &err)) == NULL)
		return false;

	for (size_t i = 0; i < p.num_files; i++) {
		p.files[i] = f->package->files[i];
		if (at >= from && at - from < p.files[i].bytes.len)
			p.files[i].deflated.len = 0;
		p.files[i].bytes.p = all + from;
		from += p.files[i].bytes.len;
	}
	return zy_package_encode(&p, out, &err);
}

static void judge_change(struct flip *f, uint8_t *copy, size_t at, uint8_t mask)
{
	ZY_BUF_AUTO json = { 0 };
	ZY_BUF_AUTO packed = { 0 };
	enum verdict v = BROKEN;

	copy[at] ^= mask;
	if (!f->o.inside || pack(f, copy, at, &packed))
		v = judge(f, f->o.inside ? zy_buf_bytes(&packed) : ZY_BYTES(copy, f->target.len), &json);
	copy[at] ^= mask;
	f->counts[f->regions[at]][v]++;
	f->num_judged++;
	if (v != MALFORMED && v != FAILED && v != SAME && f->num_holes++ < HOLES_SHOWN)
		printf("HOLE byte %zu ^ %02x in %s: %s\n  %.*s\n", at, mask, region_names[f->regions[at]],
		    verdict_names[v], (int)json.len, (const char *)json.p);
}

static void *work(void *arg)
{
	struct flip *f = arg;
	size_t total = num_positions(f), i;
	uint8_t *copy = malloc(f->target.len);
	struct timespec t = { 0 };

	if (copy == NULL)
		abort();
	memcpy(copy, f->target.p, f->target.len);
	while ((i = f->next++) < total) {
		for (size_t k = 0; k < f->num_masks; k++)
			judge_change(f, copy, f->o.from + i * f->o.every, f->masks[k]);
		if ((i + 1) * STEPS / total != i * STEPS / total)
			fprintf(stderr, "flip: %zu of %zu bytes\n", i + 1, total);
	}
	free(copy);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	f->cpu_ns += (unsigned long long)t.tv_sec * 1000000000u + (unsigned long long)t.tv_nsec;
	return NULL;
}

static void run_threads(struct flip *f)
{
	pthread_t threads[THREADS_MAX];
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	size_t num = 0, want = cores < 1 ? 1 : cores > THREADS_MAX ? THREADS_MAX : (size_t)cores;

	while (num < want && pthread_create(&threads[num], NULL, work, f) == 0)
		num++;
	if (num == 0)
		work(f);
	for (size_t i = 0; i < num; i++)
		pthread_join(threads[i], NULL);
}

static size_t le(const uint8_t *p, size_t len)
{
	size_t v = 0;

	while (len-- > 0)
		v = v << 8 | p[len];
	return v;
}

/* The original is strict and parsed well: entries follow one another, no comment at the end (APPNOTE 4.3). */
static void mark_zip(struct flip *f)
{
	const uint8_t *p = f->file.p, *end = p + f->file.len - 22;
	size_t central = le(end + 16, 4), at = central;

	memset(f->regions, DATA, central);
	memset(f->regions + central, CENTRAL, f->file.len - central);
	memset(f->regions + f->file.len - 22, END_RECORD, 22);
	for (size_t i = 0; i < le(end + 10, 2); i++) {
		size_t local = le(p + at + 42, 4), len = 30 + le(p + local + 26, 2) + le(p + local + 28, 2);

		memset(f->regions + local, LOCAL_HEADER, len);
		if (le(p + at + 10, 2) == 8 && i < f->package->num_files) /* no folders: each entry is a file */
			f->package->files[i].deflated = ZY_BYTES(p + local + len, le(p + at + 20, 4));
		at += 46 + le(p + at + 28, 2) + le(p + at + 30, 2) + le(p + at + 32, 2);
	}
}

/* All packed files one behind the other; their packed forms, as they stand, serve those that are not changed. */
static bool mark_packed(struct flip *f, struct zy_error *err)
{
	size_t total = 0, at = 0;
	uint8_t *all;

	for (size_t i = 0; i < f->package->num_files; i++)
		total += f->package->files[i].bytes.len;
	if ((f->regions = zy_arena_alloc(&f->arena, total, err)) == NULL ||
	    (all = zy_arena_alloc(&f->arena, total, err)) == NULL)
		return false;
	for (size_t i = 0; i < f->package->num_files; i++) {
		struct zy_package_file *file = &f->package->files[i];

		memcpy(all + at, file->bytes.p, file->bytes.len);
		memset(f->regions + at, strstr(file->name, "/Signs/") == NULL ? DOCUMENT : SIGNATURE, file->bytes.len);
		at += file->bytes.len;
	}
	f->target = ZY_BYTES(all, total);
	return true;
}

static bool mark_regions(struct flip *f, struct zy_error *err)
{
	struct zy_pdf d;

	f->target = f->file;
	if ((f->regions = zy_arena_alloc(&f->arena, f->file.len, err)) == NULL)
		return false;
	if (f->file.p[0] == 'P') {
		if ((f->package = zy_arena_alloc(&f->arena, sizeof(*f->package), err)) == NULL ||
		    !zy_package_parse(f->package, f->file, &f->arena, err))
			return false;
		mark_zip(f);
		return !f->o.inside || mark_packed(f, err);
	}
	if (f->o.inside)
		return zy_fail(err, ZY_E_USAGE, "inside", ZY_NOWHERE, "--inside is for OFD packages");
	if (!zy_pdf_parse(&d, f->file, NULL, &f->arena, err))
		return false;
	memset(f->regions, SIGNED, f->file.len);
	for (size_t i = 0; i < d.num_signatures; i++)
		memset(f->regions + d.signatures[i].hole_at, HOLE, d.signatures[i].hole_len);
	return true;
}

static void choose_masks(struct flip *f, uint8_t one)
{
	static const uint8_t usual[] = { 0x01, 0x80, 0x20, 0xff }; /* 0x20: the case of a letter */

	f->num_masks = f->o.all ? 255 : f->o.xor_text != NULL ? 1 : sizeof(usual);
	for (size_t i = 0; i < f->num_masks; i++)
		f->masks[i] = f->o.all ? (uint8_t)(i + 1) : f->o.xor_text != NULL ? one : usual[i];
}

static bool read_count(const char *text, size_t least, size_t *out)
{
	char *end;

	if (text == NULL)
		return true;
	*out = strtoul(text, &end, 10);
	return *end == 0 && end != text && *out >= least;
}

static bool read_options(struct flip *f, struct zy_error *err)
{
	uint8_t mask = 0;

	f->o.every = 1;
	f->o.to = SIZE_MAX;
	if (f->o.trust == NULL || f->o.at_text == NULL || !zy_time_from_rfc3339(zy_str(f->o.at_text), &f->o.at, err) ||
	    !read_count(f->o.every_text, 1, &f->o.every) || !read_count(f->o.from_text, 0, &f->o.from) ||
	    !read_count(f->o.to_text, 1, &f->o.to) ||
	    (f->o.xor_text != NULL && (f->o.all || !zy_unhex(zy_str(f->o.xor_text), &mask, 1, err) || mask == 0)))
		return zy_fail(err, ZY_E_USAGE, "options", ZY_NOWHERE,
		    "flip --trust BUNDLE --at TIME [--every N] [--from K] [--to K] [--xor HH|--all] [--inside] FILE");
	choose_masks(f, mask);
	return true;
}

static bool open_all(struct flip *f, const char *path, struct zy_error *err)
{
	struct zy_bytes bundle;
	enum verdict original;

	if (!zy_file_read(f->o.trust, ZY_TRUST_MAX, &f->arena, &bundle, err) ||
	    !zy_file_read(path, ZY_PDF_MAX, &f->arena, &f->file, err) || !zy_keys_open(&f->keys, err) ||
	    !zy_trust_open(&f->trust, bundle, NULL, f->o.at, f->keys, &f->arena, err) || !mark_regions(f, err))
		return false;
	original = judge(f, f->file, &f->report);
	return original == PASSED || original == SAME ||
	       zy_fail(err, ZY_E_USAGE, "FILE", ZY_NOWHERE, "the file must pass before it is changed");
}

static void print_table(const struct flip *f)
{
	double judged = (double)(f->num_judged == 0 ? 1 : f->num_judged);

	printf("%-22s", "");
	for (int v = 0; v < NUM_VERDICTS; v++)
		printf(" %13s", verdict_names[v]);
	for (int r = 0; r < NUM_REGIONS; r++) {
		size_t sum = 0;

		for (int v = 0; v < NUM_VERDICTS; v++)
			sum += f->counts[r][v];
		if (sum == 0)
			continue;
		printf("\n%-22s", region_names[r]);
		for (int v = 0; v < NUM_VERDICTS; v++)
			printf(" %13zu", f->counts[r][v]);
	}
	printf("\n%zu changes of %zu bytes of %zu, %zu holes, %.3f ms of processor time each\n", f->num_judged,
	    num_positions(f), f->target.len, f->num_holes, (double)f->cpu_ns / judged / 1e6);
}

static bool run(struct flip *f, int argc, char **argv, struct zy_error *err)
{
	const struct zy_option table[] = {
		{ "trust", "BUNDLE", "trust bundle to judge with", &f->o.trust, NULL },
		{ "at", "TIME", "the moment to judge for", &f->o.at_text, NULL },
		{ "every", "N", "only each Nth byte", &f->o.every_text, NULL },
		{ "from", "K", "from byte K on", &f->o.from_text, NULL },
		{ "to", "K", "up to byte K", &f->o.to_text, NULL },
		{ "xor", "HH", "this change only", &f->o.xor_text, NULL },
		{ "all", NULL, "all 255 changes of each byte", NULL, &f->o.all },
		{ "inside", NULL, "change the files in an OFD package, and pack it anew", NULL, &f->o.inside },
		{ 0 },
	};
	const char *path;
	size_t num = 0;

	if (!zy_options_parse(table, argc, argv, &path, 1, &num, err))
		return false;
	if (num != 1)
		return zy_fail(err, ZY_E_USAGE, "FILE", ZY_NOWHERE, "name one file to change");
	if (!read_options(f, err) || !open_all(f, path, err))
		return false;
	run_threads(f);
	print_table(f);
	return true;
}

int main(int argc, char **argv)
{
	static struct flip f;
	struct zy_error err = { 0 };
	bool ok = run(&f, argc, argv, &err);

	if (!ok)
		fprintf(stderr, "flip: %s\n", err.msg);
	zy_keys_close(f.keys);
	zy_buf_free(&f.report);
	zy_arena_free(&f.arena);
	return ok ? f.num_holes > 0 : zy_code_exit(err.code);
}
