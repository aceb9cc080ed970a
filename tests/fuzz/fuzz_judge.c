/* Target function: zy_judge_file, without trust: nothing may pass, and every answer can be written down. */
#include <stdint.h>
#include <stdlib.h>

#include "zy/judge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	ZY_REPORT_AUTO r;
	ZY_BUF_AUTO json = { 0 };
	struct zy_error err = { 0 }, again = { 0 };
	struct zy_keys *k;

	if (!zy_keys_open(&k, &again))
		abort();
	zy_report_start(&r, "fuzz", 1772323200);
	if (zy_judge_file(k, NULL, ZY_BYTES(data, len), r.at, &r, &err)) {
		if (zy_report_indication(&r) == ZY_TOTAL_PASSED || !zy_report_to_json(&r, &json, &again))
			abort();
	} else if (err.code == ZY_OK || (err.offset != ZY_NOWHERE && err.offset > len)) {
		abort();
	}
	zy_keys_close(k);
	return 0;
}
