/* The two shipped types with records of invented holders, drawn: for tests of faces. */
#ifndef ZY_TEST_FACE_MADE_H
#define ZY_TEST_FACE_MADE_H

#include <stdio.h>
#include <stdlib.h>

#include "zy/face.h"
#include "zy/package.h"

#define FONTS "/usr/share/fonts/opentype/noto/NotoSerifCJK-"
#define REGULAR FONTS "Regular.ttc"
#define BOLD FONTS "Bold.ttc"

static inline struct zy_faces *face_fonts(void)
{
	struct zy_faces *f;
	struct zy_error err = { 0 };

	if (!zy_faces_open(&f, REGULAR, BOLD, &err)) {
		fprintf(stderr, "%s\n", err.msg);
		abort();
	}
	return f;
}

static inline const struct zy_type *face_type(const char *alias, struct zy_arena *a)
{
	struct zy_policy p;
	const struct zy_type *t;
	struct zy_error err = { 0 };

	if (!zy_policy_load(&p, ZY_SOURCE_DIR "/policies", a, &err) || !zy_policy_type(&p, alias, &t, &err)) {
		fprintf(stderr, "%s\n", err.msg);
		abort();
	}
	return t;
}

/* Writable copies of the fields, so that a test may change a value. */
#define FACE_FIELDS_MAX 16
struct face_record {
	struct zy_record rec;
	struct zy_field fields[FACE_FIELDS_MAX];
};

static inline void face_set(struct face_record *r, const char *key, const char *value)
{
	for (size_t i = 0; i < r->rec.num_fields; i++) {
		if (strcmp(r->fields[i].key, key) == 0)
			r->fields[i].value = value;
	}
}

/* The examples of the type's schema, apart from what the tests look for. */
static inline void face_record(struct face_record *r, const struct zy_type *t)
{
	struct zy_identifier id = { "", "11990100MB99000131", "000000001", 1 };
	struct zy_error err = { 0 };
	bool is_company = strcmp(t->alias, "business-licence") == 0;

	memset(r, 0, sizeof *r);
	memcpy(id.type, t->code, ZY_TYPE_CODE_LEN + 1);
	for (size_t i = 0; i < t->num_fields; i++) {
		if (t->fields[i].example != NULL && t->fields[i].example[0] != '\0')
			r->fields[r->rec.num_fields++] = (struct zy_field){ t->fields[i].key, t->fields[i].example };
	}
	r->rec.type_code = t->code;
	r->rec.type_name = t->name.zh;
	r->rec.number = is_company ? "91990100MA9900X1XU" : "99010119900307004X";
	r->rec.issuer_code = "11990100MB99000131";
	r->rec.issuer_name = is_company ? "云泽市市场监督管理局" : "云泽市交通运输局";
	r->rec.issue_date = "2026-03-01";
	r->rec.holder_name = is_company ? "云泽市远山茶业有限公司" : "欧阳清岚";
	r->rec.holder.kind = is_company ? ZY_HOLDER_USCC : ZY_HOLDER_CITIZEN;
	memcpy(r->rec.holder.number, r->rec.number, 19);
	r->rec.valid_from = "2026-03-01";
	r->rec.valid_to = is_company ? "" : "2032-02-29";
	r->rec.item_code = t->item_code;
	r->rec.seal_name = r->rec.issuer_name;
	r->rec.catalogue_version = t->catalogue_version;
	r->rec.made_at = 1772323200; /* 2026-03-01T00:00:00Z */
	r->rec.fields = r->fields;
	if (!zy_identifier_encode(&id, r->rec.identifier, &err))
		abort();
}

/* One box of the face that shows {business_scope} or another field; NULL if none does. */
static inline const struct zy_box *face_box(const struct zy_type *t, const char *text)
{
	for (size_t i = 0; i < t->layout.num_boxes; i++) {
		if (t->layout.boxes[i].text != NULL && strcmp(t->layout.boxes[i].text, text) == 0)
			return &t->layout.boxes[i];
	}
	return NULL;
}

/* The text objects of an OFD's template and page, in order. */
struct face_line {
	double x, y, size, width; /* mm; width from the first glyph's origin to the last one's */
	unsigned font;            /* 0 regular, 1 bold */
	char text[2048];
};
#define FACE_LINES_MAX 256

static inline double face_attribute(const char *from, const char *end, const char *name)
{
	const char *p = strstr(from, name);

	return p == NULL || p > end ? 0 : strtod(p + strlen(name), NULL);
}

static inline double face_deltas(const char *p)
{
	double sum = 0, v;
	char *end;

	while (*p != '"') {
		if (*p == 'g') {
			double count = strtod(p + 1, &end);

			v = strtod(end, &end);
			sum += count * v;
		} else {
			sum += strtod(p, &end);
		}
		for (p = end; *p == ' ';)
			p++;
	}
	return sum;
}

static inline void face_unescape(char *out, const char *in, size_t len)
{
	static const struct {
		const char *name;
		char c;
	} refs[] = { { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&quot;", '"' } };

	for (size_t i = 0; i < len;) {
		size_t skip = 1;

		*out = in[i];
		for (size_t k = 0; in[i] == '&' && k < 4; k++) {
			if (strncmp(in + i, refs[k].name, strlen(refs[k].name)) == 0) {
				*out = refs[k].c;
				skip = strlen(refs[k].name);
			}
		}
		out++;
		i += skip;
	}
	*out = '\0';
}

static inline size_t face_lines_of(
    const struct zy_package *p, const char *name, struct zy_arena *a, struct face_line *out, size_t n)
{
	const struct zy_package_file *f = zy_package_find(p, name);
	struct zy_error err = { 0 };
	const char *at = f == NULL ? NULL : zy_arena_text(a, f->bytes, &err);

	while (at != NULL && (at = strstr(at, "<ofd:TextObject ")) != NULL && n < FACE_LINES_MAX) {
		const char *code = strstr(at, "<ofd:TextCode "), *body = strchr(code, '>') + 1,
			   *end = strstr(body, "</ofd");
		const char *deltas = strstr(code, "DeltaX=\"");
		struct face_line *l = &out[n++];

		l->font = (unsigned)face_attribute(at, code, "Font=\"") - 3;
		l->size = face_attribute(at, code, "Size=\"");
		l->x = face_attribute(code, body, " X=\"");
		l->y = face_attribute(code, body, " Y=\"");
		l->width = deltas != NULL && deltas < body ? face_deltas(deltas + 8) : 0;
		face_unescape(l->text, body, (size_t)(end - body));
		at = end;
	}
	return n;
}

static inline size_t face_lines(const struct zy_package *p, struct zy_arena *a, struct face_line *out)
{
	size_t n = face_lines_of(p, "Doc_0/Tpls/Tpl_0/Content.xml", a, out, 0);

	return face_lines_of(p, "Doc_0/Pages/Page_0/Content.xml", a, out, n);
}

#endif
