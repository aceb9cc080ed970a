/* mint: the whole main path, beside C_Sign of the slowest signature that it needs; and the samples of the others. */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

#include "zy/application.h"
#include "zy/batch.h"

#define SAMPLES 160

json_t *zy_bench_line(const struct zy_bench *b, uint64_t i, struct zy_error *err)
{
	static const char *const words[] = { "云", "海", "山", "川", "星", "河", "松", "柏", "竹", "梅", "兰", "菊",
		"春", "夏", "秋", "冬", "东", "南", "西", "北", "金", "木", "水", "火", "土", "光", "华", "明", "德",
		"智", "和", "平" };
	const size_t num = sizeof(words) / sizeof(*words);
	ZY_BUF_AUTO text = { 0 };
	json_error_t why;
	json_t *line;

	if (!zy_policy_example_line(b->type, "bench", &text, err) || !zy_buf_done(&text, "example", err))
		return NULL;
	if ((line = json_loadb((const char *)text.p, text.len, 0, &why)) == NULL) {
		(void)zy_fail(err, ZY_E_BUG, "example", ZY_NOWHERE, "%s", why.text);
		return NULL;
	}
	json_object_set_new(line, "request", json_sprintf("bench-%llu", (unsigned long long)i));
	json_object_set_new(line, "name",
	    json_sprintf("%s%s%s%s", words[i % num], words[i / num % num], words[i * 7 % num],
		json_string_value(json_object_get(line, "name"))));
	return line;
}

static bool write_lines(const struct zy_bench *b, uint64_t first, uint64_t count, FILE *out, struct zy_error *err)
{
	for (uint64_t i = first; i < first + count; i++) {
		json_t *line = zy_bench_line(b, i, err);

		if (line == NULL)
			return false;
		json_dumpf(line, out, JSON_COMPACT);
		fputc('\n', out);
		json_decref(line);
	}
	rewind(out);
	return true;
}

static void count_answer(void *arg, uint64_t line, const char *request, const struct zy_minted *m,
    const struct zy_error *refused, const struct zy_batch_counts *n)
{
	(void)arg, (void)line, (void)request, (void)m, (void)n;
	if (refused->code != ZY_OK)
		fprintf(stderr, "zhengyin: warning: %s\n", refused->msg);
}

static bool run_batch(struct zy_bench *b, uint64_t first, uint64_t count, struct zy_mint_times *times,
    double *per_second, struct zy_error *err)
{
	struct zy_batch batch = { .in = tmpfile(), .threads = b->threads, .answer = count_answer, .times = times };
	struct zy_batch_counts n = { 0 };
	double start;
	bool ok;

	if (batch.in == NULL)
		return zy_fail(err, ZY_E_IO, "bench", ZY_NOWHERE, "no temporary file");
	ok = write_lines(b, first, count, batch.in, err);
	start = zy_bench_now_s();
	ok = ok && zy_batch_run(&b->desk, &batch, &n, err);
	*per_second = (double)n.minted / (zy_bench_now_s() - start);
	fclose(batch.in);
	if (ok && n.minted != count)
		return zy_fail(err, ZY_E_BUG, "bench", ZY_NOWHERE, "%llu of %llu were minted",
		    (unsigned long long)n.minted, (unsigned long long)count);
	return ok;
}

/* Where a licence's time goes: microseconds of wall time in its thread. */
static json_t *each_us(const struct zy_mint_times *t)
{
	const double num = (double)(t->num == 0 ? 1 : t->num) * 1e3;

	return json_pack("{s:f, s:f, s:f, s:f, s:f}", "check", (double)t->check / num, "draw", (double)t->draw / num,
	    "seal", (double)t->seal / num, "verify", (double)t->verify / num, "commit", (double)t->commit / num);
}

bool zy_bench_mint(struct zy_bench *b, struct zy_error *err)
{
	struct zy_bench_result r = { .name = "mint", .threads = b->threads };
	struct zy_mint_times times = { 0 };
	double sm2 = 0, p256 = 0;
	unsigned sessions = 0;

	if (!run_batch(b, SAMPLES, b->count, &times, &r.ours, err) ||
	    !zy_hsm_bench(b->desk.hsm, b->rule->seal_key, b->seconds, &sm2, &sessions, err) ||
	    !zy_hsm_bench(b->desk.hsm, b->rule->document_key, b->seconds, &p256, &sessions, err))
		return false;
	r.raw = sm2 < p256 ? sm2 : p256;
	r.raw_name = sm2 < p256 ? "C_Sign SM2" : "C_Sign P-256";
	r.more = json_pack("{s:o, s:{s:f, s:f, s:i}}", "each_us", each_us(&times), "tokens", "C_Sign SM2", sm2,
	    "C_Sign P-256", p256, "sessions", (int)sessions);
	zy_bench_print(b, &r);
	return true;
}

static bool mint_sample(struct zy_bench *b, uint64_t i, struct zy_bench_sample *out, struct zy_error *err)
{
	json_t *line = zy_bench_line(b, i, err);
	char *data = line == NULL ? NULL : json_dumps(json_object_get(line, "data"), JSON_COMPACT);
	struct zy_mint_request q = { .type = b->type->alias };
	struct zy_minted m;
	bool ok = data != NULL;

	if (ok) {
		q.request = json_string_value(json_object_get(line, "request"));
		q.holder = json_string_value(json_object_get(line, "holder"));
		q.name = json_string_value(json_object_get(line, "name"));
		q.data = zy_str(data);
		ok = zy_mint(&b->desk, &q, NULL, NULL, &b->arena, &m, err);
	}
	free(data);
	json_decref(line);
	if (!ok)
		return false;
	memcpy(out->identifier, m.identifier, sizeof(out->identifier));
	for (size_t k = 0; k < m.num_files; k++)
		*(m.files[k].form == ZY_FORM_OFD ? &out->ofd : &out->pdf) = m.files[k].bytes;
	return (out->ofd.len > 0 && out->pdf.len > 0) ||
	       zy_fail(err, ZY_E_BUG, "bench", ZY_NOWHERE, "the type is not minted in both forms");
}

bool zy_bench_samples(struct zy_bench *b, struct zy_error *err)
{
	if (b->num_samples > 0)
		return true;
	if ((b->samples = zy_arena_array(&b->arena, SAMPLES, sizeof(*b->samples), err)) == NULL)
		return false;
	for (size_t i = 0; i < SAMPLES; i++)
		if (!mint_sample(b, i, &b->samples[i], err))
			return false;
	b->num_samples = SAMPLES;
	return true;
}
