#include "zy/charset.h"

#include <iconv.h>

/* Two octets of GB18030 or UTF-16 are at most three of UTF-8, a letter of one octet is one. */
#define MOST(len) (2 * (len) + 4)

bool zy_charset_utf8(struct zy_bytes in, const char *charset, const char *field, struct zy_arena *a,
    struct zy_bytes *out, struct zy_error *err)
{
	uint8_t *room = zy_arena_alloc(a, MOST(in.len), err);
	iconv_t cd;
	char *from = (char *)(uintptr_t)in.p, *to = (char *)room; /* iconv(3) takes what it does not write as char * */
	size_t left = in.len, space = MOST(in.len);
	bool ok;

	if (room == NULL)
		return false;
	if ((cd = iconv_open("UTF-8", charset)) == (iconv_t)-1)
		return zy_fail(err, ZY_E_NO_MEMORY, field, ZY_NOWHERE, "the system has no character set %s", charset);
	ok = iconv(cd, &from, &left, &to, &space) != (size_t)-1 && left == 0;
	iconv_close(cd);
	if (!ok)
		return zy_fail(err, ZY_E_UTF8, field, in.len - left, "octets that are not %s", charset);
	*out = ZY_BYTES(room, MOST(in.len) - space);
	return true;
}
