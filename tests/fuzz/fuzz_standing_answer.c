/* Target functions: zy_standing_answer_parse, zy_judge_standing without trust: nothing may pass, and every answer can
 * be written down. */
#include <stdlib.h>

#include "zy/standing_answer.h"
#include "zy/standing_judge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct zy_keys *keys;

static bool read_nothing(
    void *arg, uint64_t tile, unsigned width, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err)
{
	static const uint8_t zeros[256 * 50];

	(void)arg, (void)tile, (void)a, (void)err;
	*out = ZY_BYTES(zeros, (size_t)width * 50);
	return true;
}

static void judged(struct zy_bytes in, const struct zy_log_files *files)
{
	struct zy_error err = { 0 };
	ZY_BUF_AUTO json = { 0 }, text = { 0 };
	ZY_REPORT_AUTO r;

	zy_report_start(&r, "answer", 1772323200);
	if (!zy_judge_standing(keys, NULL, in, files, 1772323200, &r, &err)) {
		if (err.code == ZY_OK)
			abort();
		return;
	}
	if (zy_report_indication(&r) == ZY_TOTAL_PASSED || !zy_report_to_json(&r, &json, &err) ||
	    !zy_report_to_text(&r, &text, &err))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct zy_log_files files = { ZY_LITERAL("log.example/yunze\n1\nAAAA\n\n"), read_nothing, NULL };
	struct zy_bytes in = ZY_BYTES(data, len);
	struct zy_standing_answer out;
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };

	if (keys == NULL && !zy_keys_open(&keys, &err))
		abort();
	if (!zy_standing_answer_parse(&out, in, &a, &err)) {
		if (err.code == ZY_OK || (err.offset != ZY_NOWHERE && err.offset > len))
			abort();
		return 0;
	}
	judged(in, NULL);
	judged(in, &files);
	return 0;
}
