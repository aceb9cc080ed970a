/* Canonical forms of random documents: the same whatever the markup, and steady. ZY_TEST_SEED replays. With
 * ZY_XML_CANONICAL=FOLDER the documents and the digests of their forms are written there, for tests/e2e/xml.sh to hold
 * against the JDK's: N.xml, and in N.forms a line URI, number of the element (-1: the document), digest, prefixes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "xml_made.h"

#define DOCUMENTS 200
#define FORMS 9

static unsigned seed(void)
{
	const char *given = getenv("ZY_TEST_SEED");

	return given == NULL ? 20260301 : (unsigned)strtoul(given, NULL, 10);
}

static unsigned below(unsigned n)
{
	return (unsigned)rand() % n;
}

/* One content, in two markups: what differs between them no canonical form keeps. */
struct pair {
	struct zy_buf text[2];
};

static void both(struct pair *p, const char *a, const char *b)
{
	zy_buf_put_str(&p->text[0], a);
	zy_buf_put_str(&p->text[1], b);
}

static void same(struct pair *p, const char *text)
{
	both(p, text, text);
}

#define PICK(...)                                                                                                      \
	pick((const char *const[]){ __VA_ARGS__ }, sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))
static const char *pick(const char *const *list, size_t num)
{
	return list[below((unsigned)num)];
}

static void put_content(struct pair *p)
{
	switch (below(11)) {
	case 0:
		both(p, "a&amp;b", "<![CDATA[a&b]]>");
		break;
	case 1:
		both(p, "<![CDATA[<]]>]]&gt;", "&lt;]]&#62;");
		break;
	case 2:
		both(p, "&#13;\n", "&#xD;\r\n");
		break;
	case 3:
		both(p, "云泽 \xf0\x9f\x98\x80", "&#x4e91;&#27901;&#32;&#x1F600;");
		break;
	case 4:
		both(p, "<!-- one -->", "<!-- one -->");
		break;
	case 5:
		both(p, "<?do it ?>", "<?do    it ?>");
		break;
	case 6:
		both(p, "\t\n ", "&#9;&#10;&#32;");
		break;
	case 7:
		both(p, "'\">", "&apos;&quot;&gt;");
		break;
	case 8:
		both(p, "<?do?>", "<?do ?>");
		break;
	default:
		break;
	}
}

/* Prefixes p, q, r are declared at the root, and again anywhere. */
static void put_attributes(struct pair *p)
{
	static const char *const all[][2] = { { "z=\"1\"", "z = '1'" },
		{ "a=\"&lt;&#9;&quot;'\"", "a='&#60;&#x9;\"&apos;'" }, { "p:z=\"&#10;\"", "p:z=\"&#xA;\"" },
		{ "xml:lang=\"zh\"", "xml:lang='zh'" }, { "xml:space=\"preserve\"", "xml:space='preserve'" },
		{ "b=\"a  b\"", "b='a\t\nb'" }, { "xmlns:p=\"urn:a\"", "xmlns:p='urn:a'" },
		{ "xmlns:p=\"urn:b\"", "xmlns:p = 'urn:b'" }, { "xmlns:q=\"urn:c\"", "xmlns:q='urn:c'" },
		{ "xmlns=\"urn:d\"", "xmlns='urn:d'" }, { "xmlns=\"\"", "xmlns=''" },
		{ "xmlns:r=\"http://example.org/?a&amp;b\"", "xmlns:r='http://example.org/?a&#38;b'" },
		{ "q:é=\"1\"", "q:é='1'" }, { "r:y=\"&#13;\"", "r:y='&#xd;'" } };
	bool taken[sizeof(all) / sizeof(all[0])] = { false };
	size_t chosen[4], num = below(5);

	for (size_t i = 0; i < num; i++) {
		do
			chosen[i] = below((unsigned)(sizeof(all) / sizeof(all[0])));
		while (taken[chosen[i]] || (chosen[i] == 6 && taken[7]) || (chosen[i] == 7 && taken[6]) ||
		       (chosen[i] == 9 && taken[10]) || (chosen[i] == 10 && taken[9]));
		taken[chosen[i]] = true;
	}
	for (size_t i = 0; i < num; i++) {
		zy_buf_printf(&p->text[0], " %s", all[chosen[i]][0]);
		zy_buf_printf(&p->text[1], "\n%s", all[chosen[num - 1 - i]][1]);
	}
}

static void put_element(struct pair *p, int depth)
{
	const char *name = PICK("a", "p:a", "q:b", "r:c", "d");
	const unsigned children = depth == 0 ? 0 : below(5);

	zy_buf_printf(&p->text[0], "<%s", name);
	zy_buf_printf(&p->text[1], "<%s", name);
	put_attributes(p);
	if (children == 0 && below(2) == 0) {
		zy_buf_put_str(&p->text[0], "/>");
		zy_buf_printf(&p->text[1], " ></%s >", name);
		return;
	}
	same(p, ">");
	for (unsigned i = 0; i < children; i++) {
		put_content(p);
		put_element(p, depth - 1);
	}
	put_content(p);
	zy_buf_printf(&p->text[0], "</%s>", name);
	zy_buf_printf(&p->text[1], "</%s\n>", name);
}

static void make(struct pair *p)
{
	both(p, "<?xml version=\"1.0\"?>\n", "\xef\xbb\xbf<?xml version='1.0' encoding='utf-8'?>");
	same(p, PICK("", "<?before?>", "<!-- before -->"));
	same(p, "<root xmlns:p=\"urn:p\" xmlns:q=\"urn:q\" xmlns:r=\"urn:r\"");
	same(p, PICK("", " xmlns=\"urn:d\"", " xml:lang=\"en\"", " xml:base=\"http://example.org/\" xml:id=\"i\""));
	same(p, ">");
	put_element(p, 3);
	same(p, "</root>");
	both(p, PICK("", "\n", "\n\n"), "\n");
	same(p, PICK("", "<?after it?>", "<!-- after -->"));
}

static const char *const uris[] = { "http://www.w3.org/2001/10/xml-exc-c14n#",
	"http://www.w3.org/2001/10/xml-exc-c14n#WithComments", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
	"http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments", "http://www.w3.org/2006/12/xml-c14n11",
	"http://www.w3.org/2006/12/xml-c14n11#WithComments" };

struct chosen {
	size_t uri;
	int element;
	const char *prefixes;
};

static struct chosen choose(void)
{
	struct chosen c = { below(6), (int)below(12) - 1, NULL };

	if (c.uri < 2)
		c.prefixes = PICK(NULL, "p", "q r", "#default", " #default  p\tq ", "xml unknown r");
	return c;
}

static void canonical(struct zy_bytes in, const struct chosen *c, struct zy_buf *out)
{
	const struct zy_xml_element *e = NULL;
	struct zy_error err = { 0 };
	struct zy_xml_form form;
	struct zy_xml_tree *t;

	if (!zy_xml_tree_open(&t, in, "made", &err))
		fail_msg("%s: %.*s", err.msg, (int)in.len, (const char *)in.p);
	assert_true(zy_xml_form_named(uris[c->uri], &form));
	form.prefixes = c->prefixes;
	for (int i = 0; i <= c->element; i++)
		e = e == NULL ? zy_xml_tree_root(t) : zy_xml_tree_next(e) == NULL ? e : zy_xml_tree_next(e);
	assert_true(zy_xml_tree_canonical_as(t, form, e, NULL, out, &err));
	zy_xml_tree_close(t);
}

static void note(struct zy_buf *forms, const struct chosen *c, struct zy_bytes form)
{
	char hex[2 * ZY_HASH_LEN + 1];
	uint8_t digest[ZY_HASH_LEN];
	struct zy_error err = { 0 };

	assert_true(zy_digest(ZY_HASH_SHA256, form, digest, &err));
	zy_hex(ZY_BYTES(digest, sizeof(digest)), hex);
	zy_buf_printf(forms, "%s %d %s%s%s\n", uris[c->uri], c->element, hex, c->prefixes == NULL ? "" : "  ",
	    c->prefixes == NULL ? "" : c->prefixes);
}

static void keep(const char *folder, int number, const char *end, struct zy_bytes v)
{
	struct zy_error err = { 0 };
	char path[4096];

	snprintf(path, sizeof(path), "%s/%d.%s", folder, number, end);
	assert_true(zy_file_write(path, v, 0644, false, &err));
}

static void check_document(int number)
{
	const char *folder = getenv("ZY_XML_CANONICAL");
	ZY_BUF_AUTO forms = { 0 };
	struct pair p = { 0 };

	make(&p);
	for (int i = 0; i < FORMS; i++) {
		struct chosen c = choose();
		ZY_BUF_AUTO one = { 0 };
		ZY_BUF_AUTO other = { 0 };

		canonical(zy_buf_bytes(&p.text[0]), &c, &one);
		canonical(zy_buf_bytes(&p.text[1]), &c, &other);
		if (!zy_bytes_equal(zy_buf_bytes(&one), zy_buf_bytes(&other)))
			fail_msg("document %d: %s of %d\n%.*s\n%.*s", number, uris[c.uri], c.element, (int)one.len,
			    (const char *)one.p, (int)other.len, (const char *)other.p);
		note(&forms, &c, zy_buf_bytes(&one));
	}
	if (folder != NULL) {
		keep(folder, number, "xml", zy_buf_bytes(&p.text[number % 2]));
		keep(folder, number, "forms", zy_buf_bytes(&forms));
	}
	zy_buf_free(&p.text[0]);
	zy_buf_free(&p.text[1]);
}

static void other_markup_of_the_same_content_has_the_same_forms(void **state)
{
	(void)state;
	srand(seed());
	for (int i = 0; i < DOCUMENTS; i++)
		check_document(i);
}

/* A form of the whole is a document, and canonical: nothing is done to it twice. */
static void a_canonical_form_is_its_own(void **state)
{
	(void)state;
	srand(seed() + 1);
	for (int i = 0; i < DOCUMENTS; i++) {
		struct chosen c = { below(6), -1, NULL };
		struct pair p = { 0 };
		ZY_BUF_AUTO once = { 0 };
		ZY_BUF_AUTO twice = { 0 };

		make(&p);
		canonical(zy_buf_bytes(&p.text[i % 2]), &c, &once);
		canonical(zy_buf_bytes(&once), &c, &twice);
		assert_true(zy_bytes_equal(zy_buf_bytes(&once), zy_buf_bytes(&twice)));
		zy_buf_free(&p.text[0]);
		zy_buf_free(&p.text[1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_markup_of_the_same_content_has_the_same_forms),
		cmocka_unit_test(a_canonical_form_is_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
