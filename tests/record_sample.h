/* A licence record of an invented company, for tests of several rooms. */
#ifndef ZY_TEST_RECORD_SAMPLE_H
#define ZY_TEST_RECORD_SAMPLE_H

#include "zy/record.h"

static inline struct zy_record zy_record_sample(void)
{
	static const struct zy_field fields[] = {
		{ "name", "云泽市远山茶业有限公司" },
		{ "business_scope", "茶叶种植、加工与销售；<R&D>\n许可项目：食品经营。" },
		{ "registered_capital", "壹佰万元整" },
	};

	return (struct zy_record){
		.identifier = "1.2.156.3005.2.11100000MB0143028R001.11990100MB99000131.000000001.001.P",
		.type_code = "11100000MB0143028R001",
		.type_name = "营业执照",
		.number = "91990100MA9900X1XU",
		.issuer_code = "11990100MB99000131",
		.issuer_name = "云泽市市场监督管理局",
		.issue_date = "2026-03-01",
		.holder_name = "云泽市远山茶业有限公司",
		.holder = { ZY_HOLDER_USCC, "91990100MA9900X1XU" },
		.valid_from = "2026-03-01",
		.valid_to = "",
		.item_code = "990100-SCJG-0001",
		.seal_name = "云泽市市场监督管理局",
		.catalogue_version = 1,
		.made_at = 1772323200, /* 2026-03-01T00:00:00Z */
		.num_fields = 3,
		.fields = fields,
	};
}

#endif
