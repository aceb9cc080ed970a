#include "zy/record.h"

#include <stdio.h>

#include "zy/cbor.h"
#include "zy/terms.h"
#include "zy/text.h"

/* The texts of a record in their stored order; `least` and `most` are bytes. */
static const struct {
	const char *name;
	size_t at, least, most;
	bool date;
} texts[] = {
	{ "ZZLXDM", offsetof(struct zy_record, type_code), ZY_TYPE_CODE_LEN, ZY_TYPE_CODE_LEN, false },
	{ "ZZLXMC", offsetof(struct zy_record, type_name), 1, 512, false },
	{ "ZZBH", offsetof(struct zy_record, number), 1, 128, false },
	{ "ZZBFJGDM", offsetof(struct zy_record, issuer_code), 18, 18, false },
	{ "ZZBFJG", offsetof(struct zy_record, issuer_name), 1, 512, false },
	{ "ZZBFRQ", offsetof(struct zy_record, issue_date), 10, 10, true },
	{ "CZZT", offsetof(struct zy_record, holder_name), 1, 512, false },
	{ "ZZYXQQSRQ", offsetof(struct zy_record, valid_from), 10, 10, true },
	{ "ZZYXQJZRQ", offsetof(struct zy_record, valid_to), 0, 10, true },
	{ "SXBM", offsetof(struct zy_record, item_code), 1, 64, false },
	{ "ZZQZMC", offsetof(struct zy_record, seal_name), 1, 512, false },
};
#define NUM_TEXTS (sizeof(texts) / sizeof(texts[0]))

enum { STORED_FORM = 1, STORED_ITEMS = 1 + 1 + NUM_TEXTS + 2 + 2 + 1, CATALOGUE_VERSION_MAX = 9999 };

static const char *text_of(const struct zy_record *rec, size_t i)
{
	return *(const char *const *)((const char *)rec + texts[i].at);
}

static void set_text(struct zy_record *rec, size_t i, const char *s)
{
	*(const char **)((char *)rec + texts[i].at) = s;
}

/* Characters that neither XML 1.0 nor a printed line can carry; a field's value may have several lines. */
static bool text_check(const char *s, bool lines, const char *name, struct zy_error *err)
{
	struct zy_bytes v = zy_str(s);
	uint32_t cp;

	if (!zy_utf8_check(v, name, err))
		return false;
	for (size_t at = 0; (cp = zy_utf8_next(v, &at)) != 0;)
		if ((cp < 0x20 && !(lines && (cp == '\t' || cp == '\n' || cp == '\r'))) || (cp >= 0x7f && cp < 0xa0))
			return zy_fail(err, ZY_E_UTF8, name, ZY_NOWHERE,
			    "%s holds the control character U+%04X; take it out", name, (unsigned)cp);
	return true;
}

static bool texts_check(const struct zy_record *rec, struct zy_error *err)
{
	for (size_t i = 0; i < NUM_TEXTS; i++) {
		const char *s = text_of(rec, i), *name = texts[i].name;
		size_t len = s == NULL ? 0 : strlen(s);
		zy_time ignored;

		if (s == NULL || len < texts[i].least || len > texts[i].most)
			return zy_fail(err, ZY_E_FIELD_LENGTH, name, ZY_NOWHERE, "%s must have %zu to %zu bytes", name,
			    texts[i].least, texts[i].most);
		if (texts[i].date) {
			if (len > 0 && !zy_time_from_date(zy_str(s), 0, &ignored, &(struct zy_error){ 0 }))
				return zy_fail(
				    err, ZY_E_TIME, name, ZY_NOWHERE, "%s must be a day like 2026-03-01", name);
		} else if (!text_check(s, false, name, err)) {
			return false;
		}
	}
	/* One form of date, so the order of texts is the order of days. */
	if (rec->valid_to[0] != 0 && strcmp(rec->valid_to, rec->valid_from) < 0)
		return zy_fail(err, ZY_E_DATES, "ZZYXQJZRQ", ZY_NOWHERE, "the last valid day lies before the first");
	return true;
}

static bool numbers_check(const struct zy_record *rec, struct zy_error *err)
{
	static const zy_time first = -62135596800, last = 253402300799; /* years 1 to 9999 */
	char holder[ZY_HOLDER_NUMBER_MAX + 16];
	struct zy_identifier id;
	struct zy_holder h;

	if (memchr(rec->identifier, 0, sizeof(rec->identifier)) == NULL ||
	    memchr(rec->holder.number, 0, sizeof(rec->holder.number)) == NULL ||
	    rec->holder.kind >= ZY_NUM_HOLDER_KINDS)
		return zy_fail(err, ZY_E_BUG, "record", ZY_NOWHERE, "a record whose numbers were not filled in");
	if (!zy_identifier_parse(&id, zy_str(rec->identifier), NULL, err) ||
	    !zy_uscc_check(zy_str(rec->issuer_code), err))
		return false;
	if (strcmp(id.type, rec->type_code) != 0 || strcmp(id.issuer, rec->issuer_code) != 0)
		return zy_fail(err, ZY_E_IDENTIFIER, "ZZBS", ZY_NOWHERE,
		    "the identifier names another type or issuer than the record");
	snprintf(holder, sizeof(holder), "%s:%s", zy_holder_kind_name(rec->holder.kind), rec->holder.number);
	if (!zy_holder_parse(&h, zy_str(holder), err))
		return false;
	if (strcmp(h.number, rec->holder.number) != 0)
		return zy_fail(err, ZY_E_HOLDER, "CZZTDM", ZY_NOWHERE, "the holder's number is not in its one form");
	if (rec->catalogue_version < 1 || rec->catalogue_version > CATALOGUE_VERSION_MAX)
		return zy_fail(err, ZY_E_FIELD_RANGE, "MLBB", ZY_NOWHERE, "a catalogue version is 1 to 9999");
	if (rec->made_at < first || rec->made_at > last)
		return zy_fail(err, ZY_E_TIME, "CJSJ", ZY_NOWHERE, "the creation time is outside years 1 to 9999");
	return true;
}

static bool key_ok(const char *key)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t len = strlen(key);

	return len >= 1 && len <= ZY_FIELD_KEY_MAX && strchr(letters, key[0]) != NULL &&
	       strspn(key + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == len - 1;
}

static bool fields_check(const struct zy_record *rec, struct zy_error *err)
{
	if (rec->num_fields > ZY_RECORD_FIELDS_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "KZ", ZY_NOWHERE, "a record has at most %d fields", ZY_RECORD_FIELDS_MAX);
	for (size_t i = 0; i < rec->num_fields; i++) {
		const char *key = rec->fields[i].key, *value = rec->fields[i].value;
		size_t len = strlen(value);

		if (!key_ok(key))
			return zy_fail(err, ZY_E_FIELD_UNKNOWN, "KZ", ZY_NOWHERE,
			    "a field's key is a letter and up to 31 letters, digits or _");
		for (size_t k = 0; k < i; k++)
			if (strcmp(rec->fields[k].key, key) == 0)
				return zy_fail(
				    err, ZY_E_FIELD_UNKNOWN, "KZ", ZY_NOWHERE, "the field %s is there twice", key);
		if (len < 1 || len > ZY_FIELD_VALUE_MAX)
			return zy_fail(err, ZY_E_FIELD_LENGTH, "KZ", ZY_NOWHERE, "the field %s must have 1 to %d bytes",
			    key, ZY_FIELD_VALUE_MAX);
		if (!text_check(value, true, "KZ", err))
			return false;
	}
	return true;
}

bool zy_record_check(const struct zy_record *rec, struct zy_error *err)
{
	return texts_check(rec, err) && numbers_check(rec, err) && fields_check(rec, err) && zy_terms_check(rec, err);
}

bool zy_record_encode(const struct zy_record *rec, struct zy_buf *out, struct zy_error *err)
{
	size_t start = out->len;

	if (!zy_record_check(rec, err))
		return false;
	zy_cbor_put_array(out, STORED_ITEMS);
	zy_cbor_put_uint(out, STORED_FORM);
	zy_cbor_put_text(out, rec->identifier);
	for (size_t i = 0; i < NUM_TEXTS; i++)
		zy_cbor_put_text(out, text_of(rec, i));
	zy_cbor_put_text(out, zy_holder_kind_code(rec->holder.kind));
	zy_cbor_put_text(out, rec->holder.number);
	zy_cbor_put_uint(out, rec->catalogue_version);
	zy_cbor_put_int(out, rec->made_at);
	zy_cbor_put_array(out, 2 * rec->num_fields);
	for (size_t i = 0; i < rec->num_fields; i++) {
		zy_cbor_put_text(out, rec->fields[i].key);
		zy_cbor_put_text(out, rec->fields[i].value);
	}
	if (!zy_buf_done(out, "record", err))
		return false;
	if (out->len - start > ZY_RECORD_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "record", ZY_NOWHERE, "the record is over %zu bytes", ZY_RECORD_MAX);
	return true;
}

/* The next text, copied to the arena. */
static bool take_text(
    struct zy_reader *r, size_t most, const char *name, struct zy_arena *a, const char **out, struct zy_error *err)
{
	struct zy_bytes v;

	return zy_cbor_tstr(r, most, name, &v, err) && (*out = zy_arena_text(a, v, err)) != NULL;
}

/* The next text, into an array of the record. */
static bool take_array(struct zy_reader *r, char *out, size_t most, const char *name, struct zy_error *err)
{
	struct zy_bytes v;

	if (!zy_cbor_tstr(r, most, name, &v, err))
		return false;
	memcpy(out, v.p, v.len);
	out[v.len] = 0;
	return true;
}

static bool take_holder(struct zy_reader *r, struct zy_holder *out, struct zy_error *err)
{
	size_t at = zy_reader_offset(r);
	char code[4] = "";

	if (!take_array(r, code, 3, "CZZTDMLXDM", err))
		return false;
	if (!zy_holder_kind_from_code(code, &out->kind))
		return zy_fail(err, ZY_E_HOLDER, "CZZTDMLXDM", at, "the holder's code type is none that is known here");
	return take_array(r, out->number, ZY_HOLDER_NUMBER_MAX, "CZZTDM", err);
}

static bool take_fields(struct zy_reader *r, struct zy_record *rec, struct zy_arena *a, struct zy_error *err)
{
	size_t at = zy_reader_offset(r), num;
	struct zy_field *f;

	if (!zy_cbor_array(r, 2 * ZY_RECORD_FIELDS_MAX, "KZ", &num, err))
		return false;
	if (num % 2 != 0)
		return zy_fail(err, ZY_E_CBOR, "KZ", at, "a field's key has no value");
	if ((f = zy_arena_array(a, num / 2, sizeof(*f), err)) == NULL)
		return false;
	for (size_t i = 0; i < num / 2; i++)
		if (!take_text(r, ZY_FIELD_KEY_MAX, "KZ", a, &f[i].key, err) ||
		    !take_text(r, ZY_FIELD_VALUE_MAX, "KZ", a, &f[i].value, err))
			return false;
	rec->fields = f;
	rec->num_fields = num / 2;
	return true;
}

bool zy_record_parse(struct zy_record *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_record rec = { 0 };
	uint64_t form, version;

	if (in.len > ZY_RECORD_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "record", ZY_NOWHERE, "a record is at most %zu bytes", ZY_RECORD_MAX);
	if (!zy_cbor_array_exact(&r, STORED_ITEMS, "record", err) || !zy_cbor_uint(&r, STORED_FORM, "form", &form, err))
		return false;
	if (form != STORED_FORM)
		return zy_fail(err, ZY_E_CBOR, "form", 1, "the record's form must be %d", STORED_FORM);
	if (!take_array(&r, rec.identifier, ZY_IDENTIFIER_MAX, "ZZBS", err))
		return false;
	for (size_t i = 0; i < NUM_TEXTS; i++) {
		const char *s;

		if (!take_text(&r, texts[i].most, texts[i].name, a, &s, err))
			return false;
		set_text(&rec, i, s);
	}
	if (!take_holder(&r, &rec.holder, err) || !zy_cbor_uint(&r, CATALOGUE_VERSION_MAX, "MLBB", &version, err) ||
	    !zy_cbor_int(&r, "CJSJ", &rec.made_at, err) || !take_fields(&r, &rec, a, err) ||
	    !zy_reader_end(&r, "record", err))
		return false;
	rec.catalogue_version = (unsigned)version;
	if (!zy_record_check(&rec, err))
		return false;
	*out = rec;
	return true;
}

bool zy_record_digest(const struct zy_record *rec, enum zy_hash h, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	ZY_BUF_AUTO cbor = { 0 };

	return zy_record_encode(rec, &cbor, err) && zy_digest(h, zy_buf_bytes(&cbor), out, err);
}

bool zy_record_equal(const struct zy_record *a, const struct zy_record *b)
{
	bool same = strcmp(a->identifier, b->identifier) == 0 && a->holder.kind == b->holder.kind &&
		    strcmp(a->holder.number, b->holder.number) == 0 && a->catalogue_version == b->catalogue_version &&
		    a->made_at == b->made_at && a->num_fields == b->num_fields;

	for (size_t i = 0; same && i < NUM_TEXTS; i++)
		same = strcmp(text_of(a, i), text_of(b, i)) == 0;
	for (size_t i = 0; same && i < a->num_fields; i++)
		same = strcmp(a->fields[i].key, b->fields[i].key) == 0 &&
		       strcmp(a->fields[i].value, b->fields[i].value) == 0;
	return same;
}
