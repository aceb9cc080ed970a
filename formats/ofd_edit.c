#include "zy/ofd_edit.h"

#include "zy/text.h"
#include "zy/xml.h"

/* One tag as it stands in the text: enough of XML for a text that a parser has taken, without a DTD. */
struct tag {
	size_t at, end;         /* from '<' to behind '>' */
	struct zy_bytes prefix; /* with its ':', or empty */
	struct zy_bytes name;
	bool opens, closes; /* <a> opens, </a> closes, <a/> does both */
};

static size_t find(struct zy_bytes v, size_t from, const char *what)
{
	const uint8_t *p = from > v.len ? NULL : memmem(v.p + from, v.len - from, what, strlen(what));

	return p == NULL ? v.len : (size_t)(p - v.p);
}

static bool begins(struct zy_bytes v, size_t at, const char *what)
{
	size_t len = strlen(what);

	return v.len - at >= len && memcmp(v.p + at, what, len) == 0;
}

/* Behind the '>' of a tag; attribute values may hold one. */
static size_t tag_end(struct zy_bytes v, size_t at)
{
	uint8_t quote = 0;

	for (; at < v.len; at++) {
		if (quote != 0)
			quote = v.p[at] == quote ? 0 : quote;
		else if (v.p[at] == '"' || v.p[at] == '\'')
			quote = v.p[at];
		else if (v.p[at] == '>')
			return at + 1;
	}
	return v.len;
}

static void read_name(struct zy_bytes v, size_t at, struct tag *t)
{
	size_t from = at, colon = at;

	for (; at < t->end && strchr(" \t\r\n/>", v.p[at]) == NULL; at++)
		if (v.p[at] == ':')
			colon = at + 1;
	t->prefix = ZY_BYTES(v.p + from, colon - from);
	t->name = ZY_BYTES(v.p + colon, at - colon);
}

/* The first tag at or behind *at, which moves behind it; false at the end. */
static bool next_tag(struct zy_bytes v, size_t *at, struct tag *t)
{
	static const char *const passed_over[][2] = { { "<!--", "-->" }, { "<![CDATA[", "]]>" }, { "<?", "?>" } };

	for (;;) {
		size_t from = find(v, *at, "<"), i;

		if (from == v.len)
			return false;
		for (i = 0; i < 3 && !begins(v, from, passed_over[i][0]); i++)
			;
		if (i < 3) {
			size_t end = find(v, from + strlen(passed_over[i][0]), passed_over[i][1]);

			*at = end == v.len ? end : end + strlen(passed_over[i][1]);
			continue;
		}
		*t = (struct tag){ .at = from, .end = tag_end(v, from) };
		t->closes = begins(v, from, "</");
		t->opens = !t->closes;
		read_name(v, from + 1 + t->closes, t);
		t->closes = t->closes || (t->end >= 2 && v.p[t->end - 2] == '/');
		*at = t->end;
		return true;
	}
}

/* The tag number n (from 0) that opens, or else that ends an element of that name in that depth; the root is in depth
 * 1. <a/> is no end tag: there is no place before it inside the element. */
static bool find_tag(struct zy_bytes v, bool opens, unsigned depth, const char *name, size_t n, struct tag *t)
{
	unsigned d = 0;
	size_t at = 0;

	while (next_tag(v, &at, t)) {
		d += t->opens;
		if (d == depth && t->opens == opens && t->closes == !opens && zy_bytes_equal(t->name, zy_str(name)) &&
		    n-- == 0)
			return true;
		d -= t->closes;
	}
	return false;
}

static void put_part(struct zy_buf *out, struct zy_bytes v, size_t from, size_t to)
{
	zy_buf_put(out, ZY_BYTES(v.p + from, to - from));
}

bool zy_ofd_name_signatures(
    struct zy_bytes ofd_xml, size_t body, const char *path, struct zy_buf *out, struct zy_error *err)
{
	struct tag end;

	if (!find_tag(ofd_xml, false, 2, "DocBody", body, &end))
		return zy_fail(err, ZY_E_OFD, "DocBody", ZY_NOWHERE, "OFD.xml has no such DocBody");
	put_part(out, ofd_xml, 0, end.at);
	zy_buf_put_str(out, "<");
	zy_buf_put(out, end.prefix);
	zy_buf_put_str(out, "Signatures>/");
	zy_xml_put(out, zy_str(path));
	zy_buf_put_str(out, "</");
	zy_buf_put(out, end.prefix);
	zy_buf_put_str(out, "Signatures>");
	put_part(out, ofd_xml, end.at, ofd_xml.len);
	return zy_buf_done(out, "OFD.xml", err);
}

bool zy_ofd_list_signature(struct zy_bytes signatures_xml, const char *ID, const char *type, const char *path,
    struct zy_buf *out, struct zy_error *err)
{
	const struct zy_bytes v = signatures_xml;
	struct tag most, end;
	size_t from = 0;

	if (!find_tag(v, false, 1, "Signatures", 0, &end))
		return zy_fail(err, ZY_E_OFD, "Signatures", ZY_NOWHERE, "Signatures.xml has no end tag");
	if (find_tag(v, true, 2, "MaxSignId", 0, &most)) {
		put_part(out, v, 0, most.end);
		zy_xml_put(out, zy_str(ID));
		from = find(v, most.end, "<");
	}
	put_part(out, v, from, end.at);
	zy_buf_put_str(out, "<");
	zy_buf_put(out, end.prefix);
	zy_buf_put_str(out, "Signature ID=\"");
	zy_xml_put(out, zy_str(ID));
	zy_buf_printf(out, "\" Type=\"%s\" BaseLoc=\"/", type);
	zy_xml_put(out, zy_str(path));
	zy_buf_put_str(out, "\"/>");
	put_part(out, v, end.at, v.len);
	return zy_buf_done(out, "Signatures.xml", err);
}
