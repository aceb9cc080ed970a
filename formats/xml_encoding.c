/* XML that is not in UTF-8: what Windows and Java write here and there. */
#include "xml_internal.h"

#include <strings.h>

#include "zy/charset.h"

#define BOM "\xef\xbb\xbf"

static bool begins(struct zy_bytes in, struct zy_bytes with)
{
	return in.len >= with.len && memcmp(in.p, with.p, with.len) == 0;
}

/* By its first octets (XML 1.0 F.1). */
static const char *utf16_of(struct zy_bytes in)
{
	if (begins(in, ZY_LITERAL("\xff\xfe")) || begins(in, ZY_BYTES("<\0", 2)))
		return "UTF-16LE";
	return begins(in, ZY_LITERAL("\xfe\xff")) || begins(in, ZY_BYTES("\0<", 2)) ? "UTF-16BE" : NULL;
}

/* Up to the end of the XML declaration; empty when there is none. */
static struct zy_bytes declaration(struct zy_bytes in)
{
	const uint8_t *end = begins(in, ZY_LITERAL("<?xml")) ? memmem(in.p, in.len, "?>", 2) : NULL;

	return ZY_BYTES(in.p, end == NULL ? 0 : (size_t)(end - in.p) + 2);
}

static struct zy_bytes without_bom(struct zy_bytes in)
{
	return begins(in, ZY_LITERAL(BOM)) ? ZY_BYTES(in.p + 3, in.len - 3) : in;
}

/* The name between the quotes behind encoding=; empty when there is none. */
static struct zy_bytes encoding_named(struct zy_bytes declared)
{
	static const char word[] = "encoding", space[] = " \t\r\n=\"'";
	const uint8_t *at = memmem(declared.p, declared.len, word, strlen(word)), *end = declared.p + declared.len, *to;

	if (at == NULL)
		return ZY_BYTES(declared.p, 0);
	for (at += strlen(word); at < end && *at != 0 && strchr(space, *at) != NULL; at++)
		;
	for (to = at; to < end && *to != 0 && strchr("\"'?", *to) == NULL; to++)
		;
	return ZY_BYTES(at, (size_t)(to - at));
}

static bool is_named(struct zy_bytes name, const char *want)
{
	return name.len == strlen(want) && strncasecmp((const char *)name.p, want, name.len) == 0;
}

/* The character set, of which GB18030 holds the older two. NULL: UTF-8, or one that is not read. */
static const char *charset_of(struct zy_bytes in)
{
	static const char *const gb[] = { "GBK", "GB2312", "GB18030", "CP936", "x-gbk" };
	const char *utf16 = utf16_of(in);
	const struct zy_bytes name = encoding_named(declaration(in));

	for (size_t i = 0; utf16 == NULL && i < sizeof(gb) / sizeof(gb[0]); i++)
		if (is_named(name, gb[i]))
			return "GB18030";
	return utf16;
}

bool zy_xml_is_utf16(struct zy_bytes in)
{
	return utf16_of(in) != NULL;
}

bool zy_xml_utf8(struct zy_bytes *in, const char *field, struct zy_arena *a, struct zy_error *err)
{
	const char *charset;
	struct zy_bytes text, head;

	if (in->len > ZY_XML_BYTES_MAX || (charset = charset_of(*in)) == NULL)
		return true;
	if (!zy_charset_utf8(*in, charset, field, a, &text, err))
		return false;
	text = without_bom(text);
	head = declaration(text); /* it names the encoding that the text had */
	*in = ZY_BYTES(text.p + head.len, text.len - head.len);
	return true;
}
