/* What every reader of XML asks of its bytes, before and while libxml2 reads them. */
#include "xml_internal.h"

#include <pthread.h>
#include <strings.h>

#include "zy/text.h"

#define EQUALS_MAX 4096

/* libxml2's tables, once for all threads. */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static bool contains(struct zy_bytes in, const char *what)
{
	return memmem(in.p, in.len, what, strlen(what)) != NULL;
}

/* Very many attributes or namespaces in one tag cost libxml2 quadratic time before it calls us. Each attribute has
 * an '=', and no '<' may stand inside a tag: so many '=' between two '<' are an upper bound that cannot be hidden. */
static bool check_counts(struct zy_bytes in, const char *field, struct zy_error *err)
{
	size_t equals = 0, namespaces = 0;

	for (size_t i = 0; i < in.len; i++) {
		equals = in.p[i] == '<' ? 0 : equals + (in.p[i] == '=');
		namespaces += in.p[i] == 'x' && in.len - i >= 5 && memcmp(&in.p[i], "xmlns", 5) == 0;
		if (equals > EQUALS_MAX || namespaces > ZY_XML_NAMESPACES_MAX)
			return zy_fail(err, ZY_E_TOO_LARGE, field, i, "too many attributes or namespaces");
	}
	return true;
}

/* libxml2 is not asked: it would convert first, and complain aloud where it cannot. */
static struct zy_bytes declared_encoding(struct zy_bytes in)
{
	static const char word[] = "encoding";
	const char *end, *at, *from;

	if (in.len > 3 && memcmp(in.p, "\xef\xbb\xbf", 3) == 0)
		in = ZY_BYTES(in.p + 3, in.len - 3);
	if (in.len < 5 || memcmp(in.p, "<?xml", 5) != 0 || (end = memmem(in.p, in.len, "?>", 2)) == NULL ||
	    (at = memmem(in.p, (size_t)(end - (const char *)in.p), word, strlen(word))) == NULL)
		return ZY_BYTES(NULL, 0);
	at += strlen(word);
	while (at < end && strchr(" \t\r\n=\"'", *at) != NULL)
		at++;
	for (from = at; at < end && *at != '"' && *at != '\'';)
		at++;
	return ZY_BYTES(from, (size_t)(at - from));
}

static bool is_ascii(struct zy_bytes in)
{
	size_t i = 0;

	while (i < in.len && in.p[i] < 0x80)
		i++;
	return i == in.len;
}

/* Octets below 0x80 are the same characters in all of these. */
static bool is_utf8(struct zy_bytes in)
{
	static const char *const names[] = { "UTF-8", "US-ASCII", "ISO-8859-1", "GB2312", "GBK", "GB18030" };
	struct zy_bytes named = declared_encoding(in);
	size_t i = 0;

	while (i < sizeof(names) / sizeof(names[0]) &&
	       (named.len != strlen(names[i]) || strncasecmp((const char *)named.p, names[i], named.len) != 0))
		i++;
	return named.len == 0 || i == 0 || (i < sizeof(names) / sizeof(names[0]) && is_ascii(in));
}

/* What can be seen before libxml2 sees it. */
bool zy_xml_check_bytes(struct zy_bytes in, const char *field, struct zy_error *err)
{
	if (in.len == 0)
		return zy_fail(err, ZY_E_XML, field, 0, "the file is empty");
	if (in.len > ZY_XML_BYTES_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, field, ZY_NOWHERE, "%zu bytes are over the cap for XML", in.len);
	if (!is_utf8(in))
		return zy_fail(err, ZY_E_XML_ENCODING, field, ZY_NOWHERE, "its declared encoding is not UTF-8");
	if (!zy_utf8_check(in, field, err))
		return false;
	if (contains(in, "<!DOCTYPE"))
		return zy_fail(err, ZY_E_XML, field, ZY_NOWHERE, "a document type (DTD) is refused");
	pthread_once(&once, xmlInitParser);
	return check_counts(in, field, err);
}

void zy_xml_take_ampersands(char *s)
{
	static const char amp[] = "&#38;";
	char *to = s;

	if (s == NULL)
		return;
	for (; *s != 0; s += strncmp(s, amp, 5) == 0 ? 5 : 1)
		*to++ = *s;
	*to = 0;
}

void zy_xml_reason(char out[ZY_XML_REASON], const char *message)
{
	size_t len;

	snprintf(out, ZY_XML_REASON, "%s", message == NULL ? "not well-formed" : message);
	for (len = strlen(out); len > 0 && (out[len - 1] == '\n' || (out[len - 1] & 0x80) != 0); len--)
		out[len - 1] = 0;
}
