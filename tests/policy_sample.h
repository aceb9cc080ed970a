/* One department, one seal and a small type with its face, as texts: a policy without a folder, for tests. */
#ifndef ZY_TEST_POLICY_SAMPLE_H
#define ZY_TEST_POLICY_SAMPLE_H

#include "zy/policy.h"

static inline struct zy_policy zy_policy_sample(void)
{
	static const struct zy_department departments[] = { { "11990100MB99000131",
	    { "云泽市市场监督管理局", "Yunze" } } };
	static const char *const items[] = { "990100-SCJG-0001" };
	static const struct zy_seal_rule seals[] = { { .esID = "99010000000001",
	    .department = "11990100MB99000131",
	    .valid_to = 4102444800,
	    .num_items = 1,
	    .items = items } };

	return (struct zy_policy){ .num_departments = 1, .departments = departments, .num_seals = 1, .seals = seals };
}

#define ZY_TYPE_SAMPLE                                                                                                 \
	"{\"code\":\"11100000MB0143028R001\",\"name\":{\"zh\":\"营业执照\",\"en\":\"Business Licence\"},"          \
	"\"catalogue_version\":1,\"showing_number\":1,\"holder_kinds\":[\"uscc\"],"                                    \
	"\"item_code\":\"990100-SCJG-0001\",\"issuer_code\":\"11990100MB99000131\",\"seal\":\"99010000000001\","       \
	"\"forms\":[\"pdf\"],\"name_field\":\"name\",\"to_field\":\"until\",\"credential_days\":30,"                   \
	"\"example\":{\"holder\":\"uscc:91990100MA9900X1XU\",\"name\":\"远山茶业\"},\"fields\":["                  \
	"{\"key\":\"name\",\"label\":{\"zh\":\"名称\",\"en\":\"Name\"},\"kind\":\"text\",\"required\":true,"         \
	"\"min\":1,\"max\":50,\"showing_label\":1,\"example\":\"远山茶业\"},"                                      \
	"{\"key\":\"until\",\"label\":{\"zh\":\"至\",\"en\":\"Until\"},\"kind\":\"date\",\"required\":false},"        \
	"{\"key\":\"shops\",\"label\":{\"zh\":\"店\",\"en\":\"Shops\"},\"kind\":\"integer\",\"required\":true,"       \
	"\"least\":0,\"most\":99,\"example\":\"3\"},"                                                                  \
	"{\"key\":\"size\",\"label\":{\"zh\":\"类\",\"en\":\"Size\"},\"kind\":\"choice\",\"required\":false,"         \
	"\"choices\":[{\"code\":\"S\",\"label\":{\"zh\":\"小\",\"en\":\"small\"}}]}]}"

#define ZY_LAYOUT_SAMPLE                                                                                               \
	"{\"page\":{\"width\":210,\"height\":297},\"border\":\"double\",\"border_colour\":\"#b8862b\","                \
	"\"background\":\"#ffffff\",\"boxes\":["                                                                       \
	"{\"kind\":\"text\",\"x\":10,\"y\":10,\"w\":100,\"h\":10,\"text\":\"{type_name} {until:long}\",\"size\":12,"   \
	"\"least_size\":8,\"leading\":1.2,\"bold\":false,\"align\":\"left\",\"colour\":\"#000000\"},"                  \
	"{\"kind\":\"seal\",\"x\":100,\"y\":200,\"w\":42,\"h\":42}]}"

#endif
