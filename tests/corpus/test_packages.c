/*
 * Licence packages with one fault each, made from the parts of an honest one (tests/corpus/package, minted by a demo
 * home; its bundle beside it). A row says what is in the package, which octets of it are then others, and what is
 * answered: the indication and the findings, or the error.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "verify_keys.h"
#include "zy/package.h"
#include "zy/text.h"

#define FOLDER ZY_SOURCE_DIR "/tests/corpus/package/"
#define ID "1.2.156.3005.2.11100000000019713D071.11990100MB9900021U.202600000001.001.9"
#define OTHER_ID "1.2.156.3005.2.11100000MB0143028R001.11990100MB99000131.202600000002.001.4"
#define O ID ".ofd"
#define P ID ".pdf"
#define L ID ".tlog-proof"

enum { PARTS_MAX = 5 };

struct fault {
	const char *name;
	struct {
		const char *name, *file; /* its name in the package, and what lies there */
	} parts[PARTS_MAX];
	const char *from, *to; /* octets that stand there, in all places, and what stands there instead: as long */
	const char *was, *is;  /* the same of the proof, before it is packed */
	const char *cut;       /* "front": an octet before it; "end": one less; "more": one more */
	const char *answer;    /* what every run says, of status and revocation, is left out */
};

static const struct fault faults[] = {
#define PAIR                                                                                                           \
	{ O, "licence.ofd" },                                                                                          \
	{                                                                                                              \
		P, "licence.pdf"                                                                                       \
	}
#define WHOLE                                                                                                          \
	PAIR,                                                                                                          \
	{                                                                                                              \
		L, "licence.tlog-proof"                                                                                \
	}
#include "package_faults.h"
};

struct world {
	struct zy_arena a;
	struct zy_keys *keys;
	struct zy_trust trust;
	zy_time at;
};

static struct zy_bytes read_file(struct world *w, const char *name)
{
	struct zy_error err = { 0 };
	struct zy_bytes out;
	char path[512];

	if (name[0] == '=') /* a text in the place of a file */
		return zy_str(name + 1);
	snprintf(path, sizeof(path), FOLDER "%s", name);
	if (!zy_file_read(path, 1 << 24, &w->a, &out, &err))
		fail_msg("%s", err.msg);
	return out;
}

static void replace_all(uint8_t *p, size_t in, const char *from, const char *to)
{
	const size_t len = strlen(from);
	uint8_t *at = p, *end = p + in;
	unsigned num = 0;

	assert_int_equal(len, strlen(to));
	while ((at = memmem(at, (size_t)(end - at), from, len)) != NULL) {
		memcpy(at, to, len);
		at += len;
		num++;
	}
	if (num == 0)
		fail_msg("no %s there", from);
}

static void make(struct world *w, const struct fault *f, struct zy_buf *out)
{
	struct zy_package p = { .arena = &w->a };
	struct zy_error err = { 0 };

	if (f->cut != NULL && strcmp(f->cut, "front") == 0)
		zy_buf_put_u8(out, 'P');
	for (size_t i = 0; i < PARTS_MAX && f->parts[i].name != NULL; i++) {
		struct zy_bytes bytes = read_file(w, f->parts[i].file);

		if (f->was != NULL && strcmp(f->parts[i].file, "licence.tlog-proof") == 0)
			replace_all((uint8_t *)(uintptr_t)bytes.p, bytes.len, f->was, f->is);
		if (!zy_package_add(&p, f->parts[i].name, bytes, &err))
			fail_msg("%s: %s", f->name, err.msg);
		p.files[p.num_files - 1].stored = true;
	}
	if (!zy_package_encode(&p, out, &err))
		fail_msg("%s: %s", f->name, err.msg);
	if (f->from != NULL)
		replace_all(out->p, out->len, f->from, f->to);
	if (f->cut != NULL && strcmp(f->cut, "end") == 0)
		out->len--;
	if (f->cut != NULL && strcmp(f->cut, "more") == 0)
		zy_buf_put_u8(out, 0);
}

static void answer_of(struct world *w, const struct fault *f, char out[1024])
{
	struct zy_error err = { 0 };
	ZY_BUF_AUTO file = { 0 };
	ZY_REPORT_AUTO r;
	size_t len;

	make(w, f, &file);
	zy_report_start(&r, "package", w->at);
	if (!zy_judge_file(w->keys, &w->trust, zy_buf_bytes(&file), w->at, &r, &err)) {
		snprintf(out, 1024, "error %s", zy_code_name(err.code));
		return;
	}
	len = (size_t)snprintf(out, 1024, "%s", zy_indication_name(zy_report_indication(&r)));
	for (const struct zy_finding *x = r.first; x != NULL; x = x->next)
		if (strstr(x->rule->code, "-not-checked") == NULL)
			len += (size_t)snprintf(out + len, 1024 - len, " %s", x->rule->code);
}

static void every_package_gets_its_verdict(void **state)
{
	struct world w = { 0 };
	struct zy_error err = { 0 };
	uint8_t pin[ZY_HASH_LEN];
	struct zy_bytes text;
	unsigned wrong = 0;

	(void)state;
	assert_true(zy_keys_open(&w.keys, &err));
	assert_true(zy_time_from_rfc3339(zy_str("2026-11-22T00:00:00Z"), &w.at, &err));
	text = read_file(&w, "pin");
	assert_true(zy_unhex(ZY_BYTES(text.p, 64), pin, sizeof(pin), &err));
	if (!zy_trust_open(&w.trust, read_file(&w, "bundle.json"), pin, w.at, w.keys, &w.a, &err))
		fail_msg("%s", err.msg);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		char have[1024];

		answer_of(&w, &faults[i], have);
		if (strcmp(have, faults[i].answer) != 0) {
			fprintf(stderr, "%s: wanted \"%s\", got \"%s\"\n", faults[i].name, faults[i].answer, have);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
	zy_keys_close(w.keys);
	zy_arena_free(&w.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_package_gets_its_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
