/* Writes tests/corpus/anchors: trust bundles whose anchors are limited, and forms that no bundle has, each with the
 * file that is judged by it and the verdict. */
#include "corpus/corpus_write.h"

#define OTHER_TYPE "11100000MB0143028R071"
#define OTHER_USCC "11990100MB9900021U"
#define LICENCE_PURPOSES (ZY_PURPOSE_SEAL | ZY_PURPOSE_SEAL_MAKER | ZY_PURPOSE_DOCUMENT)
#define PASSED "indication: TOTAL-PASSED\nfinding: revocation-not-checked\n"
#define NOT_ALLOWED "indication: TOTAL-FAILED\nsub_indication: ISSUER_NOT_AUTHORISED\nfinding: revocation-not-checked\n"
#define STATUS "finding: licence-status-not-checked\n"
#define NO_CHAIN                                                                                                       \
	"indication: INDETERMINATE\nsub_indication: NO_CERTIFICATE_CHAIN_FOUND\nfinding: revocation-not-checked\n"
#define NOT_THEN "indication: INDETERMINATE\nsub_indication: OUT_OF_BOUNDS_NO_POE\nfinding: revocation-not-checked\n"
#define BOTH(code) "finding: " code " SES_Signature.cert\nfinding: " code " SESeal.cert\n"
#define IN_PDF(code) "finding: " code " SignedData.certificates\n"
#define REFUSED "error: trust-bundle\nsays: "
#define OFD "file: ofd/licence.ofd\n"
#define PDF "file: pdf/licence.pdf\n"
#define PLAIN "file: ofd/plain-document.ofd\n"

static const struct row {
	const char *name, *verdict;
	unsigned limited; /* the purposes that have the limits */
	const char *type, *issuer;
	zy_time from, until;
	bool sub_too;          /* the authority below is an anchor without limits */
	const char *old, *new; /* one part of the payload, exchanged before it is signed */
} rows[] = {
	{ "its-type", OFD PASSED STATUS, LICENCE_PURPOSES, .type = VERIFY_TYPE },
	{ "its-type-and-office-and-time", PDF PASSED STATUS, LICENCE_PURPOSES, .type = VERIFY_TYPE,
	    .issuer = VERIFY_USCC, .from = VERIFY_AT - 86400 * 30, .until = VERIFY_AT + 86400 },
	{ "other-type", OFD NOT_ALLOWED STATUS BOTH("anchor-type-not-allowed"), LICENCE_PURPOSES, .type = OTHER_TYPE },
	{ "other-type-pdf", PDF NOT_ALLOWED STATUS IN_PDF("anchor-type-not-allowed"), LICENCE_PURPOSES,
	    .type = OTHER_TYPE },
	{ "other-type-of-the-maker-alone", OFD NOT_ALLOWED STATUS "finding: anchor-type-not-allowed SESeal.cert\n",
	    ZY_PURPOSE_SEAL_MAKER, .type = OTHER_TYPE },
	{ "other-type-for-pdf-alone", OFD PASSED STATUS, ZY_PURPOSE_DOCUMENT, .type = OTHER_TYPE },
	{ "other-type-but-another-anchor", OFD PASSED STATUS, LICENCE_PURPOSES, .type = OTHER_TYPE, .sub_too = true },
	{ "other-office", OFD NOT_ALLOWED STATUS BOTH("anchor-issuer-not-allowed"), LICENCE_PURPOSES,
	    .issuer = OTHER_USCC },
	{ "other-office-pdf", PDF NOT_ALLOWED STATUS IN_PDF("anchor-issuer-not-allowed"), LICENCE_PURPOSES,
	    .issuer = OTHER_USCC },
	{ "its-office-plain-document", PLAIN PASSED, LICENCE_PURPOSES, .issuer = VERIFY_USCC },
	{ "other-office-plain-document", PLAIN NO_CHAIN BOTH("anchor-not-for-documents"), LICENCE_PURPOSES,
	    .issuer = OTHER_USCC },
	{ "licences-only-plain-document", PLAIN NO_CHAIN BOTH("anchor-not-for-documents"), LICENCE_PURPOSES,
	    .type = VERIFY_TYPE },
	{ "ended-before", OFD NOT_THEN STATUS BOTH("anchor-dates"), LICENCE_PURPOSES, .until = VERIFY_AT - 1 },
	{ "ends-now", OFD PASSED STATUS, LICENCE_PURPOSES, .until = VERIFY_AT },
	{ "begins-later", PDF NOT_THEN STATUS IN_PDF("anchor-dates"), LICENCE_PURPOSES, .from = VERIFY_AT + 1 },
	{ "begins-now", PDF PASSED STATUS, LICENCE_PURPOSES, .from = VERIFY_AT },
	{ "ended-but-another-anchor", OFD PASSED STATUS, LICENCE_PURPOSES, .until = VERIFY_AT - 1, .sub_too = true },
	{ "form-no-types", OFD REFUSED "1 to 200 items\n", LICENCE_PURPOSES, .type = OTHER_TYPE,
	    .old = "\"types\":[\"" OTHER_TYPE "\"]", .new = "\"types\":[]" },
	{ "form-no-offices", OFD REFUSED "1 to 1000 items\n", LICENCE_PURPOSES, .issuer = OTHER_USCC,
	    .old = "\"issuers\":[\"" OTHER_USCC "\"]", .new = "\"issuers\":[]" },
	{ "form-type-twice", OFD REFUSED "none twice\n", LICENCE_PURPOSES, .type = OTHER_TYPE,
	    .old = "\"types\":[\"" OTHER_TYPE "\"]", .new = "\"types\":[\"" OTHER_TYPE "\",\"" OTHER_TYPE "\"]" },
	{ "form-types-out-of-order", OFD REFUSED "ascending order\n", LICENCE_PURPOSES, .type = OTHER_TYPE,
	    .old = "\"types\":[\"" OTHER_TYPE "\"]", .new = "\"types\":[\"" OTHER_TYPE "\",\"" VERIFY_TYPE "\"]" },
	{ "form-type-unknown", OFD REFUSED "type that the bundle does not hold\n", LICENCE_PURPOSES, .type = OTHER_TYPE,
	    .old = "\"types\":[\"" OTHER_TYPE "\"]", .new = "\"types\":[\"11100000MB0143028R002\"]" },
	{ "form-office-unknown", OFD REFUSED "issuer that the bundle does not hold\n", LICENCE_PURPOSES,
	    .issuer = OTHER_USCC, .old = "\"issuers\":[\"" OTHER_USCC "\"]",
	    .new = "\"issuers\":[\"11990200MB99000131\"]" },
	{ "form-unknown-member", OFD REFUSED "limits\n", LICENCE_PURPOSES, .type = OTHER_TYPE,
	    .old = "\"types\":[\"" OTHER_TYPE, .new = "\"limits\":[\"" OTHER_TYPE },
	{ "form-until-before-from", OFD REFUSED "until must lie after from\n", LICENCE_PURPOSES, .from = VERIFY_AT,
	    .until = VERIFY_AT + 1, .old = "\"until\":\"2026-03-01T00:00:01Z\"",
	    .new = "\"until\":\"2026-03-01T00:00:00Z\"" },
	{ "form-limits-of-the-bundle-itself", OFD REFUSED "an entry of their own\n", LICENCE_PURPOSES,
	    .type = OTHER_TYPE, .old = "\"purposes\":[\"seal\",\"seal_maker\",\"document\"]",
	    .new = "\"purposes\":[\"trust\"]" },
	{ "form-one-purpose-twice", OFD REFUSED "twice for one purpose\n", LICENCE_PURPOSES, .type = OTHER_TYPE,
	    .old = "\"purposes\":[\"trust\"]", .new = "\"purposes\":[\"seal\",\"trust\"]" },
};

/* Each root twice: with the limits, and for all else. */
static size_t make_certs(const struct row *w, const struct zy_trust *t, struct zy_trust_cert *out)
{
	size_t num = 0;

	for (size_t i = 0; i < 2; i++) {
		out[num++] = (struct zy_trust_cert){ .der = t->anchors[i].der,
			.purposes = w->limited,
			.num_types = w->type != NULL,
			.types = &w->type,
			.num_issuers = w->issuer != NULL,
			.issuers = &w->issuer,
			.from = w->from,
			.until = w->until };
		out[num++] = (struct zy_trust_cert){ .der = t->anchors[i].der,
			.purposes = (LICENCE_PURPOSES | ZY_PURPOSE_TRUST) & ~w->limited };
	}
	for (size_t i = 0; w->sub_too && i < 2; i++)
		out[num++] = (struct zy_trust_cert){ .der = t->intermediates[i].der, .purposes = LICENCE_PURPOSES };
	return num;
}

static void exchange(const struct row *w, struct zy_buf *payload)
{
	ZY_BUF_AUTO text = { 0 };
	const char *at;

	if (w->old == NULL)
		return;
	zy_buf_put(&text, zy_buf_bytes(payload));
	zy_buf_put_u8(&text, 0);
	VERIFY_CHECK((at = strstr((const char *)text.p, w->old)) != NULL);
	payload->len = 0;
	zy_buf_put(payload, ZY_BYTES(text.p, (size_t)(at - (const char *)text.p)));
	zy_buf_put_str(payload, w->new);
	zy_buf_put_str(payload, at + strlen(w->old));
}

static void make(const struct row *w)
{
	static const struct zy_trust_type more = { .code = OTHER_TYPE,
		.alias = "transport-practitioner",
		.name = { "道路运输从业资格证", "Road Transport Practitioner" },
		.number = 2,
		.credential_days = 30 };
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO payload = { 0 };
	ZY_BUF_AUTO expect = { 0 };
	struct zy_trust t = verify_trust(&a, ZY_PURPOSE_TRUST);
	const struct zy_trust_type types[2] = { t.types[0], more };
	struct zy_trust_issuer issuers[2] = { t.issuers[0], t.issuers[0] };
	struct zy_trust_cert anchors[6];
	struct zy_error err = { 0 };
	char name[160];

	issuers[1].code = OTHER_USCC;
	t.num_anchors = make_certs(w, &t, anchors);
	t.anchors = anchors;
	t.types = types;
	t.issuers = issuers;
	t.num_types = t.num_issuers = 2;
	VERIFY_CHECK(zy_trust_encode(&t, &payload, &err));
	exchange(w, &payload);
	snprintf(name, sizeof(name), "anchors/%s.json", w->name);
	corpus_bundle(name, zy_buf_bytes(&payload));
	zy_buf_printf(&expect, "at: 2026-03-01T00:00:00Z\n%s", w->verdict);
	snprintf(name, sizeof(name), "anchors/%s.expect", w->name);
	corpus_write(name, zy_buf_bytes(&expect));
}

int main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		make(&rows[i]);
	return 0;
}
