/* What a call must do: MUST succeed, or be REFUSED with one code. Both give the call its `err`. After cmocka.h. */
#ifndef ZY_TEST_EXPECT_H
#define ZY_TEST_EXPECT_H

#include "zy/error.h"

#define MUST(call)                                                                                                     \
	do {                                                                                                           \
		struct zy_error err = { 0 };                                                                           \
		if (!(call))                                                                                           \
			fail_msg("%s (%s): %s", zy_code_name(err.code), err.field, err.msg);                           \
	} while (0)

#define REFUSED(call, want)                                                                                            \
	do {                                                                                                           \
		struct zy_error err = { 0 };                                                                           \
		assert_false(call);                                                                                    \
		assert_string_equal(zy_code_name(err.code), zy_code_name(want));                                       \
	} while (0)

#define REFUSED_AT(call, want, where)                                                                                  \
	do {                                                                                                           \
		struct zy_error err = { 0 };                                                                           \
		assert_false(call);                                                                                    \
		assert_string_equal(zy_code_name(err.code), zy_code_name(want));                                       \
		assert_int_equal(err.offset, where);                                                                   \
	} while (0)

#endif
