/* A trust bundle's payload for tests: certificates are stand-in bytes, which policies/ never looks into. */
#ifndef ZY_TEST_TRUST_SAMPLE_H
#define ZY_TEST_TRUST_SAMPLE_H

#include "zy/trust.h"

static inline struct zy_trust zy_trust_sample(void)
{
	static const char *const limit_types[] = { "11100000MB0143028R001" }, *const limit_issuers[] = {
		"11990100MB99000131"
	};
	static const struct zy_trust_cert anchors[] = {
		{ .der = { (const uint8_t *)"\x30\x03root-gm", 9 },
		    .purposes = ZY_PURPOSE_SEAL | ZY_PURPOSE_SEAL_MAKER | ZY_PURPOSE_TRUST },
		{ .der = { (const uint8_t *)"\x30\x05root-intl", 11 },
		    .purposes = ZY_PURPOSE_DOCUMENT | ZY_PURPOSE_TRUST },
		{ .der = { (const uint8_t *)"\x30\x05root-intl", 11 },
		    .purposes = ZY_PURPOSE_CREDENTIAL,
		    .num_types = 1,
		    .num_issuers = 1,
		    .types = limit_types,
		    .issuers = limit_issuers,
		    .from = 1767225600,
		    .until = 1798761599 },
	};
	static const struct zy_trust_cert intermediates[] = { { .der = { (const uint8_t *)"\x30\x04sub!", 6 } } };
	static const struct zy_trust_field fields[] = {
		{ "name", 1, ZY_FIELD_TEXT, { "名称", "Name" } },
		{ "term_to", 7, ZY_FIELD_DATE, { "营业期限止", "Term \"to\" \\" } },
	};
	static const struct zy_trust_type types[] = { {
	    .code = "11100000MB0143028R001",
	    .alias = "business-licence",
	    .name = { "营业执照", "Business Licence" },
	    .number = 1,
	    .credential_days = 30,
	    .num_fields = 2,
	    .fields = fields,
	} };
	static const char *const codes[] = { "11100000MB0143028R001" }, *const seals[] = { "99010000000001" };
	static const struct zy_trust_issuer issuers[] = { {
	    .code = "11990100MB99000131",
	    .name = { "云泽市市场监督管理局", "Yunze Administration for Market Regulation" },
	    .num_types = 1,
	    .num_seals = 1,
	    .types = codes,
	    .seals = seals,
	} };
	/* The kid is the start of SHA-256 of "credential". */
	static const struct zy_trust_credential_key keys[] = { { { 0xe2, 0x65, 0xb6, 0xf5, 0x64, 0x60, 0x1a, 0x1f },
	    ZY_SUITE_INTL, { (const uint8_t *)"credential", 10 }, "11990100MB99000131" } };

	static const struct zy_trust_retired retired[] = { { "99010000000007", 1772323200, "99010000000001" },
		{ "99010000000008", 1772323200, NULL } };

	return (struct zy_trust){
		.version = 7,
		.issued_at = 1772323200,   /* 2026-03-01T00:00:00Z */
		.next_update = 1774915200, /* 2026-03-31T00:00:00Z */
		.num_anchors = 3,
		.num_intermediates = 1,
		.num_issuers = 1,
		.num_types = 1,
		.num_credential_keys = 1,
		.anchors = anchors,
		.intermediates = intermediates,
		.issuers = issuers,
		.types = types,
		.credential_keys = keys,
		.num_retired = 2,
		.retired = retired,
	};
}

#endif
