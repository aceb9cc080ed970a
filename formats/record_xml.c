#include "zy/record.h"

#include <stdlib.h>

#include "zy/text.h"

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Licence xmlns=\"urn:zhengyin:licence:1\">\n"
#define TAIL "</Licence>\n"

/* The fixed elements, in their order. */
enum element {
	ZZBS,
	ZZMC,
	ZZLXDM,
	ZZLXMC,
	ZZBH,
	ZZBFJG,
	ZZBFJGDM,
	ZZBFRQ,
	CZZT,
	CZZTDM,
	CZZTDMLX,
	CZZTDMLXDM,
	ZZYXQQSRQ,
	ZZYXQJZRQ,
	ZZQZMC,
	CJSJ,
	SXBM,
	MLBB,
	NUM_ELEMENTS
};
static const char *const names[NUM_ELEMENTS] = { "ZZBS", "ZZMC", "ZZLXDM", "ZZLXMC", "ZZBH", "ZZBFJG", "ZZBFJGDM",
	"ZZBFRQ", "CZZT", "CZZTDM", "CZZTDMLX", "CZZTDMLXDM", "ZZYXQQSRQ", "ZZYXQJZRQ", "ZZQZMC", "CJSJ", "SXBM",
	"MLBB" };

bool zy_record_metadata(
    const struct zy_record *rec, struct zy_arena *a, const struct zy_metadata **out, size_t *num, struct zy_error *err)
{
	struct zy_metadata *m;
	char made_at[ZY_TIME_TEXT];
	const char *made, *version;

	zy_time_to_rfc3339(rec->made_at, made_at);
	if (!zy_record_check(rec, err) || (made = zy_arena_text(a, zy_str(made_at), err)) == NULL ||
	    (version = zy_arena_printf(a, err, "%u", rec->catalogue_version)) == NULL ||
	    (m = zy_arena_array(a, NUM_ELEMENTS + rec->num_fields, sizeof(*m), err)) == NULL)
		return false;

	const char *const values[NUM_ELEMENTS] = { rec->identifier, rec->type_name, rec->type_code, rec->type_name,
		rec->number, rec->issuer_name, rec->issuer_code, rec->issue_date, rec->holder_name, rec->holder.number,
		zy_holder_kind_label(rec->holder.kind), zy_holder_kind_code(rec->holder.kind), rec->valid_from,
		rec->valid_to, rec->seal_name, made, rec->item_code, version };

	for (size_t i = 0; i < NUM_ELEMENTS; i++)
		m[i] = (struct zy_metadata){ names[i], values[i] };
	for (size_t i = 0; i < rec->num_fields; i++) {
		struct zy_metadata *f = &m[NUM_ELEMENTS + i];

		if ((f->name = zy_arena_printf(a, err, "KZ_%s", rec->fields[i].key)) == NULL)
			return false;
		f->value = rec->fields[i].value;
	}
	*out = m;
	*num = NUM_ELEMENTS + rec->num_fields;
	return true;
}

/* A carriage return must be a reference: readers turn a bare one into a line feed (XML 1.0, 2.11). */
static const struct {
	char c;
	struct zy_bytes text;
} references[] = {
	{ '&', { (const uint8_t *)"&amp;", 5 } },
	{ '<', { (const uint8_t *)"&lt;", 4 } },
	{ '>', { (const uint8_t *)"&gt;", 4 } },
	{ '\r', { (const uint8_t *)"&#xD;", 5 } },
};
#define NUM_REFERENCES (sizeof(references) / sizeof(references[0]))

static void put_escaped(struct zy_buf *out, const char *s)
{
	for (size_t n; *s != 0;) {
		zy_buf_put(out, ZY_BYTES(s, n = strcspn(s, "&<>\r")));
		s += n;
		for (size_t k = 0; *s != 0 && k < NUM_REFERENCES; k++)
			if (references[k].c == *s) {
				zy_buf_put(out, references[k].text);
				s++;
				break;
			}
	}
}

bool zy_record_to_xml(const struct zy_record *rec, struct zy_buf *out, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	const struct zy_metadata *m;
	size_t num, start = out->len;

	if (!zy_record_metadata(rec, &a, &m, &num, err))
		return false;
	zy_buf_put_str(out, HEAD);
	for (size_t i = 0; i < num; i++) {
		zy_buf_printf(out, "<%s>", m[i].name);
		put_escaped(out, m[i].value);
		zy_buf_printf(out, "</%s>\n", m[i].name);
	}
	zy_buf_put_str(out, TAIL);
	if (!zy_buf_done(out, "Licence", err))
		return false;
	if (out->len - start > ZY_RECORD_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "Licence", ZY_NOWHERE, "the record's XML is over %zu bytes", ZY_RECORD_MAX);
	return true;
}

/* The literal if it comes next. */
static bool skip(struct zy_reader *r, struct zy_bytes text)
{
	struct zy_reader at = *r;
	struct zy_bytes v;

	if (!zy_take(&at, text.len, "", &v, &(struct zy_error){ 0 }) || !zy_bytes_equal(v, text))
		return false;
	*r = at;
	return true;
}

static bool expect(struct zy_reader *r, const char *text, const char *name, struct zy_error *err)
{
	return skip(r, zy_str(text)) ||
	       zy_fail(err, ZY_E_XML, name, zy_reader_offset(r), "%s: \"%.40s\" belongs here", name, text);
}

/* Bytes up to the next of `stop`; what follows is not looked at. */
static struct zy_bytes until(const struct zy_reader *r, const char *stop)
{
	struct zy_bytes rest = zy_reader_rest(r);
	size_t n = 0;

	while (n < rest.len && rest.p[n] != 0 && strchr(stop, rest.p[n]) == NULL)
		n++;
	return ZY_BYTES(rest.p, n);
}

static bool take_reference(struct zy_reader *r, struct zy_buf *out, const char *name, struct zy_error *err)
{
	for (size_t k = 0; k < NUM_REFERENCES; k++)
		if (skip(r, references[k].text)) {
			zy_buf_put_u8(out, (uint8_t)references[k].c);
			return true;
		}
	return zy_fail(err, ZY_E_XML, name, zy_reader_offset(r),
	    "%s: only &amp; &lt; &gt; and &#xD; stand for a character here", name);
}

/* The text of an element up to its end tag, references resolved. */
static bool take_content(
    struct zy_reader *r, const char *name, struct zy_arena *a, const char **out, struct zy_error *err)
{
	ZY_BUF_AUTO text = { .cap = ZY_FIELD_VALUE_MAX };
	struct zy_bytes v;
	uint8_t next;

	for (;;) {
		v = until(r, "&<>\r");
		if (!zy_take(r, v.len, name, &v, err))
			return false;
		zy_buf_put(&text, v);
		if (!zy_peek_u8(r, &next) || next != '&')
			break;
		if (!take_reference(r, &text, name, err))
			return false;
	}
	if (text.failed)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, name, zy_reader_offset(r), "%s is over %d bytes", name, ZY_FIELD_VALUE_MAX);
	return (*out = zy_arena_text(a, zy_buf_bytes(&text), err)) != NULL;
}

static bool take_element(
    struct zy_reader *r, const char *name, struct zy_arena *a, const char **out, struct zy_error *err)
{
	return expect(r, "<", name, err) && expect(r, name, name, err) && expect(r, ">", name, err) &&
	       take_content(r, name, a, out, err) && expect(r, "</", name, err) && expect(r, name, name, err) &&
	       expect(r, ">\n", name, err);
}

static bool take_fields(struct zy_reader *r, struct zy_record *rec, struct zy_arena *a, struct zy_error *err)
{
	struct zy_field *f = zy_arena_array(a, ZY_RECORD_FIELDS_MAX, sizeof(*f), err);
	struct zy_bytes v;

	if (f == NULL)
		return false;
	for (rec->fields = f; !skip(r, ZY_LITERAL(TAIL)); f++, rec->num_fields++) {
		if (rec->num_fields == ZY_RECORD_FIELDS_MAX)
			return zy_fail(err, ZY_E_TOO_LARGE, "KZ", zy_reader_offset(r), "a record has at most %d fields",
			    ZY_RECORD_FIELDS_MAX);
		if (!expect(r, "<KZ_", "KZ", err))
			return false;
		v = until(r, ">");
		if (v.len > ZY_FIELD_KEY_MAX)
			return zy_fail(err, ZY_E_XML, "KZ", zy_reader_offset(r), "a field's key is too long");
		if (!zy_take(r, v.len, "KZ", &v, err) || (f->key = zy_arena_text(a, v, err)) == NULL ||
		    !expect(r, ">", "KZ", err) || !take_content(r, "KZ", a, &f->value, err) ||
		    !expect(r, "</KZ_", "KZ", err) || !expect(r, f->key, "KZ", err) || !expect(r, ">\n", "KZ", err))
			return false;
	}
	return true;
}

static bool copy(char *out, size_t room, const char *s, const char *name, struct zy_error *err)
{
	size_t len = strlen(s);

	if (len >= room)
		return zy_fail(err, ZY_E_XML, name, ZY_NOWHERE, "%s is longer than %zu characters", name, room - 1);
	memcpy(out, s, len + 1);
	return true;
}

static bool take_holder(struct zy_holder *out, const char *const v[NUM_ELEMENTS], struct zy_error *err)
{
	if (!zy_holder_kind_from_code(v[CZZTDMLXDM], &out->kind))
		return zy_fail(
		    err, ZY_E_HOLDER, "CZZTDMLXDM", ZY_NOWHERE, "the holder's code type is none that is known here");
	if (strcmp(v[CZZTDMLX], zy_holder_kind_label(out->kind)) != 0)
		return zy_fail(
		    err, ZY_E_XML, "CZZTDMLX", ZY_NOWHERE, "CZZTDMLX and CZZTDMLXDM name different code types");
	return copy(out->number, sizeof(out->number), v[CZZTDM], "CZZTDM", err);
}

/* Numbers have one text each: what was read must be what would be written. */
static bool take_numbers(struct zy_record *rec, const char *const v[NUM_ELEMENTS], struct zy_error *err)
{
	size_t len = strlen(v[MLBB]);
	char made[ZY_TIME_TEXT];

	if (len < 1 || len > 4 || v[MLBB][0] == '0' || strspn(v[MLBB], "0123456789") != len)
		return zy_fail(err, ZY_E_XML, "MLBB", ZY_NOWHERE, "a catalogue version is 1 to 9999");
	rec->catalogue_version = (unsigned)strtoul(v[MLBB], NULL, 10);
	if (!zy_time_from_rfc3339(zy_str(v[CJSJ]), &rec->made_at, err))
		return false;
	zy_time_to_rfc3339(rec->made_at, made);
	if (strcmp(made, v[CJSJ]) != 0)
		return zy_fail(err, ZY_E_XML, "CJSJ", ZY_NOWHERE, "CJSJ must be in UTC, like 2026-03-01T00:00:00Z");
	return true;
}

static bool from_elements(struct zy_record *rec, const char *const v[NUM_ELEMENTS], struct zy_error *err)
{
	if (strcmp(v[ZZMC], v[ZZLXMC]) != 0)
		return zy_fail(err, ZY_E_XML, "ZZMC", ZY_NOWHERE, "ZZMC and ZZLXMC must be the same");
	rec->type_code = v[ZZLXDM];
	rec->type_name = v[ZZLXMC];
	rec->number = v[ZZBH];
	rec->issuer_code = v[ZZBFJGDM];
	rec->issuer_name = v[ZZBFJG];
	rec->issue_date = v[ZZBFRQ];
	rec->holder_name = v[CZZT];
	rec->valid_from = v[ZZYXQQSRQ];
	rec->valid_to = v[ZZYXQJZRQ];
	rec->item_code = v[SXBM];
	rec->seal_name = v[ZZQZMC];
	return copy(rec->identifier, sizeof(rec->identifier), v[ZZBS], "ZZBS", err) &&
	       take_holder(&rec->holder, v, err) && take_numbers(rec, v, err);
}

bool zy_record_from_xml(struct zy_record *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_record rec = { 0 };
	const char *v[NUM_ELEMENTS];

	if (in.len > ZY_RECORD_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "Licence", ZY_NOWHERE, "a record's XML is at most %zu bytes", ZY_RECORD_MAX);
	if (!zy_utf8_check(in, "Licence", err) || !expect(&r, HEAD, "Licence", err))
		return false;
	for (size_t i = 0; i < NUM_ELEMENTS; i++)
		if (!take_element(&r, names[i], a, &v[i], err))
			return false;
	if (!take_fields(&r, &rec, a, err) || !zy_reader_end(&r, "Licence", err) || !from_elements(&rec, v, err) ||
	    !zy_record_check(&rec, err))
		return false;
	*out = rec;
	return true;
}
