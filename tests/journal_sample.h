/* Records of a journal, for tests. Include it after <cmocka.h> or <stdlib.h>. */
#ifndef JOURNAL_SAMPLE_H
#define JOURNAL_SAMPLE_H

#include "zy/journal.h"

#define JOURNAL_AT 1772323200 /* 2026-03-01T00:00:00Z */

/* A use of the seal of the demo city; n is in the digest. */
static inline struct zy_journal_record journal_sealed(unsigned n)
{
	struct zy_journal_record r = { .at = JOURNAL_AT,
		.what = ZY_LITERAL("sign"),
		.key = ZY_LITERAL("seal-99010000000001"),
		.use = ZY_LITERAL("seal-sign"),
		.esID = ZY_LITERAL("99010000000001"),
		.item = ZY_LITERAL("990100-SCJG-0001"),
		.has_rule = true,
		.caller = 1000 };

	r.digest[0] = (uint8_t)n;
	r.digest[1] = (uint8_t)(n >> 8);
	r.digest[31] = (uint8_t)(n >> 16);
	memset(r.rule, 0xab, sizeof(r.rule));
	return r;
}

/* A signature under no seal. */
static inline struct zy_journal_record journal_plain(unsigned n)
{
	struct zy_journal_record r = journal_sealed(n);

	r.key = ZY_LITERAL("trust");
	r.use = ZY_LITERAL("trust");
	r.esID = r.item = (struct zy_bytes){ 0 };
	r.has_rule = false;
	memset(r.rule, 0, sizeof(r.rule));
	return r;
}

#endif
