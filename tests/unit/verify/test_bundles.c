#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "expect.h"
#include "verify/bundles.h"
#include "verify_ofd.h"

/* A licence of the office VERIFY_USCC under gm-root, and bundles of cities that know it or do not. */
struct world {
	struct zy_arena a;
	struct zy_keys *keys;
	struct zy_buf licence;
	struct zy_bundles b;
	struct zy_report r;
};

static struct zy_trust city(struct world *w, const char *root, const char *issuer)
{
	struct zy_error err = { 0 };
	struct zy_trust t = verify_trust(&w->a, ~0u);
	struct zy_trust_issuer *i = zy_arena_alloc(&w->a, sizeof(*i), &err);
	struct zy_trust_cert *c = zy_arena_alloc(&w->a, sizeof(*c), &err);

	assert_true(i != NULL && c != NULL);
	*i = t.issuers[0];
	i->code = issuer;
	*c = (struct zy_trust_cert){ .der = verify_cert(&w->a, root), .purposes = ~0u };
	t.issuers = i;
	t.anchors = c;
	t.num_anchors = 1;
	t.version = 3;
	return t;
}

static void start(struct world *w)
{
	*w = (struct world){ 0 };
	MUST(zy_keys_open(&w->keys, &err));
	verify_make_ofd(&(struct verify_ofd){ 0 }, &w->a, &w->licence);
	zy_report_start(&w->r, "licence.ofd", VERIFY_AT);
}

static void stop(struct world *w)
{
	zy_report_free(&w->r);
	zy_buf_free(&w->licence);
	zy_keys_close(w->keys);
	zy_arena_free(&w->a);
}

static void put(struct world *w, const char *name, const char *root, const char *issuer)
{
	const struct zy_trust t = city(w, root, issuer);

	MUST(zy_bundles_put(&w->b, name, &t, true, &err));
}

static bool judge_licence(void *arg, const struct zy_trust *trust, struct zy_report *r, struct zy_error *err)
{
	struct world *w = arg;

	return zy_judge_file(w->keys, trust, zy_buf_bytes(&w->licence), VERIFY_AT, r, err);
}

static void judged(struct world *w, enum zy_indication want, const char *code, const char *vouched_by)
{
	MUST(zy_bundles_judge(&w->b, judge_licence, w, &w->r, &err));
	assert_int_equal(zy_report_indication(&w->r), want);
	if (code != NULL)
		assert_true(verify_has(&w->r, code));
	if (vouched_by == NULL)
		assert_null(w->r.vouched_by);
	else
		assert_string_equal(w->r.vouched_by, vouched_by);
}

#define OTHER "11990200MB99000131"

static void the_first_bundle_that_knows_the_issuer_decides(void **state)
{
	struct world w;

	(void)state;
	start(&w);
	put(&w, "next-city", "gm-otherroot", OTHER);
	put(&w, "our-city", "gm-root", VERIFY_USCC);
	judged(&w, ZY_TOTAL_PASSED, NULL, "our-city");
	assert_int_equal(w.r.vouched_version, 3);
	stop(&w);
}

/* The second city has the anchors that would do, and names an office of the first. */
static void a_bundle_does_not_vouch_for_issuers_of_an_earlier_one(void **state)
{
	struct world w;

	(void)state;
	start(&w);
	put(&w, "our-city", "gm-otherroot", VERIFY_USCC);
	put(&w, "next-city", "gm-root", VERIFY_USCC);
	judged(&w, ZY_INDETERMINATE, "no-chain", NULL);
	stop(&w);
	start(&w);
	put(&w, "next-city", "gm-root", VERIFY_USCC);
	put(&w, "our-city", "gm-otherroot", VERIFY_USCC);
	judged(&w, ZY_TOTAL_PASSED, NULL, "next-city");
	stop(&w);
}

static void nor_does_it_for_their_documents(void **state)
{
	struct world w;
	struct zy_report *r = &w.r;

	(void)state;
	start(&w);
	zy_buf_free(&w.licence);
	verify_make_ofd(&(struct verify_ofd){ .plain = true }, &w.a, &w.licence);
	put(&w, "our-city", "gm-otherroot", VERIFY_USCC);
	put(&w, "next-city", "gm-root", OTHER);
	MUST(judge_licence(&w, &w.b.all[1].trust, r, &err));
	assert_true(verify_has(r, "issuer-of-another-bundle"));
	assert_int_equal(zy_report_indication(r), ZY_INDETERMINATE);
	assert_string_equal(zy_report_sub_indication(r), "ISSUER_NOT_AUTHORISED");
	stop(&w);
}

static void where_nobody_knows_the_issuer_nothing_passes(void **state)
{
	struct world w;

	(void)state;
	start(&w);
	put(&w, "one", "gm-otherroot", OTHER);
	put(&w, "two", "gm-otherroot", "11990300MB99000131");
	judged(&w, ZY_INDETERMINATE, "licence-issuer-unknown", NULL);
	stop(&w);
}

/* The first city trusts the same authority, but for its own office alone. */
static void a_limit_of_one_city_does_not_bind_another(void **state)
{
	static const char *const office[] = { OTHER };
	struct world w;

	(void)state;
	start(&w);
	put(&w, "next-city", "gm-root", OTHER);
	struct zy_trust_cert limited = w.b.all[0].trust.anchors[0];
	limited.num_issuers = 1;
	limited.issuers = office;
	w.b.all[0].trust.anchors = &limited;
	put(&w, "our-city", "gm-root", VERIFY_USCC);
	judged(&w, ZY_TOTAL_PASSED, NULL, "our-city");
	stop(&w);
}

/* It is the office's own city that limits the anchor: no later bundle can widen it. */
static void nor_can_another_city_widen_it(void **state)
{
	static const char *const type[] = { "11100000MB0143028R071" };
	struct world w;

	(void)state;
	start(&w);
	put(&w, "far-city", "gm-otherroot", OTHER);
	put(&w, "our-city", "gm-root", VERIFY_USCC);
	struct zy_trust_cert limited = w.b.all[1].trust.anchors[0];
	limited.num_types = 1;
	limited.types = type;
	w.b.all[1].trust.anchors = &limited;
	put(&w, "next-city", "gm-root", VERIFY_USCC);
	judged(&w, ZY_TOTAL_FAILED, "anchor-type-not-allowed", "our-city");
	stop(&w);
}

/* No bundle knows it well: the one that has the anchor says why it does not vouch. */
static void a_limit_is_told_rather_than_that_nobody_knows_it(void **state)
{
	struct world w;

	(void)state;
	start(&w);
	put(&w, "far-city", "gm-otherroot", OTHER);
	put(&w, "our-city", "gm-root", VERIFY_USCC);
	struct zy_trust_cert limited = w.b.all[1].trust.anchors[0];
	limited.until = VERIFY_AT - 1;
	w.b.all[1].trust.anchors = &limited;
	judged(&w, ZY_INDETERMINATE, "anchor-dates", NULL);
	stop(&w);
}

static void a_bundle_that_cannot_be_used_lets_nothing_pass(void **state)
{
	struct world w;

	(void)state;
	start(&w);
	put(&w, "our-city", "gm-root", VERIFY_USCC);
	MUST(zy_bundles_add(&w.b, "/nonexistent/bundle.json", NULL, VERIFY_AT, w.keys, &w.a, &err));
	judged(&w, ZY_INDETERMINATE, "trust-not-loaded", "our-city");
	assert_string_equal(zy_report_sub_indication(&w.r), "TRY_LATER");
	stop(&w);
}

static void a_bundle_is_pinned_by_its_anchors_and_its_oldest_version(void **state)
{
	static const char corpus[] = ZY_SOURCE_DIR "/tests/corpus/bundle.json";
	struct zy_bundle_pin pin;
	char text[96];
	struct world w;

	(void)state;
	start(&w);
	for (unsigned version = 0; version < 3; version++) { /* the corpus has version 1 */
		struct zy_bytes own;

		MUST(zy_file_read(ZY_SOURCE_DIR "/tests/corpus/pin", 256, &w.a, &own, &err));
		snprintf(text, sizeof(text), "%.64s@%u", (const char *)own.p, version);
		MUST(zy_bundle_pin_parse(text, &pin, &err));
		MUST(zy_bundles_add(&w.b, corpus, &pin, VERIFY_AT, w.keys, &w.a, &err));
		assert_int_equal(w.b.all[version].good, version <= 1);
	}
	assert_int_equal(w.b.all[2].why.code, ZY_E_TRUST);
	assert_string_equal(w.b.all[2].why.field, "version");
	pin.anchors[0] ^= 1;
	MUST(zy_bundles_add(&w.b, corpus, &pin, VERIFY_AT, w.keys, &w.a, &err));
	assert_false(w.b.all[3].good);
	MUST(zy_bundles_add(&w.b, corpus, NULL, VERIFY_LATE, w.keys, &w.a, &err)); /* long past its nextUpdate */
	assert_false(w.b.all[4].good);
	assert_true(w.b.all[4].pinned);
	stop(&w);
}

static void a_pin_is_digits_and_perhaps_a_version(void **state)
{
	static const char *const bad[] = { "", "00", "@1", "g", "0@", "0@x", "0@1x", "0@-1",
		"0@123456789012345678901" };
	struct zy_bundle_pin pin;
	char text[128];

	(void)state;
	snprintf(text, sizeof(text), "%064d@12", 0);
	MUST(zy_bundle_pin_parse(text, &pin, &err));
	assert_int_equal(pin.version, 12);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), "%s%s",
		    i < 4 ? ""
			  : "00000000000000000000000000000000"
			    "0000000000000000000000000000000",
		    bad[i]);
		REFUSED(zy_bundle_pin_parse(text, &pin, &err), ZY_E_USAGE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_bundle_that_knows_the_issuer_decides),
		cmocka_unit_test(a_bundle_does_not_vouch_for_issuers_of_an_earlier_one),
		cmocka_unit_test(nor_does_it_for_their_documents),
		cmocka_unit_test(where_nobody_knows_the_issuer_nothing_passes),
		cmocka_unit_test(a_limit_of_one_city_does_not_bind_another),
		cmocka_unit_test(nor_can_another_city_widen_it),
		cmocka_unit_test(a_limit_is_told_rather_than_that_nobody_knows_it),
		cmocka_unit_test(a_bundle_that_cannot_be_used_lets_nothing_pass),
		cmocka_unit_test(a_bundle_is_pinned_by_its_anchors_and_its_oldest_version),
		cmocka_unit_test(a_pin_is_digits_and_perhaps_a_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
