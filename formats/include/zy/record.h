/*
 * The licence record: what a licence says, apart from how it looks. It is the canonical content: the same
 * approved data gives the same bytes on any node. Three forms: deterministic CBOR (stored, digested), XML
 * (attached to both faces, machine-readable) and the GB/T 36903 metadata list (OFD CustomDatas).
 */
#ifndef ZY_RECORD_H
#define ZY_RECORD_H

#include "zy/arena.h"
#include "zy/buf.h"
#include "zy/clock.h"
#include "zy/digest.h"
#include "zy/identity.h"

#define ZY_RECORD_MAX ((size_t)256 << 10) /* bytes of any form */
#define ZY_RECORD_FIELDS_MAX 64
#define ZY_FIELD_KEY_MAX 32
#define ZY_FIELD_VALUE_MAX 8192 /* bytes of UTF-8 */

/* A field's value is kept as its canonical text: dates YYYY-MM-DD, integers without leading zeros, choices as
 * their code, texts as given (NFC is not applied; the text is stored byte by byte). */
struct zy_field {
	const char *key;   /* KZ_ name of GB/T 36903 without the prefix, [A-Za-z][A-Za-z0-9_]{0,31} */
	const char *value; /* UTF-8, 1..ZY_FIELD_VALUE_MAX bytes */
};

struct zy_record {
	char identifier[ZY_IDENTIFIER_MAX + 1]; /* ZZBS */
	const char *type_code;                  /* ZZLXDM, 21 characters */
	const char *type_name;                  /* ZZLXMC and ZZMC */
	const char *number;                     /* ZZBH, the number that people read on the licence */
	const char *issuer_code;                /* ZZBFJGDM, credit code */
	const char *issuer_name;                /* ZZBFJG */
	const char *issue_date;                 /* ZZBFRQ, YYYY-MM-DD, Beijing */
	const char *holder_name;                /* CZZT */
	struct zy_holder holder;                /* CZZTDM, CZZTDMLX, CZZTDMLXDM */
	const char *valid_from;                 /* ZZYXQQSRQ, YYYY-MM-DD */
	const char *valid_to;                   /* ZZYXQJZRQ, YYYY-MM-DD, or "" for long term 长期 */
	const char *item_code;                  /* code of the item (事项) under whose seal rule it was minted */
	const char *seal_name;                  /* ZZQZMC */
	unsigned catalogue_version;             /* version of the type's definition */
	zy_time made_at;                        /* CJSJ, from the intent */
	size_t num_fields;
	const struct zy_field *fields; /* KZ_ elements, in the order of the type's schema */
};

/*
 * What every writer below asks first and every reader last. Checked: lengths (names up to 512 bytes, number 128,
 * item code 64), UTF-8 without control characters (a field's value may hold TAB, LF and CR), the calendar, the order
 * of valid_from and valid_to, identifier with its check character and its type and issuer equal to the record's,
 * credit code and holder number, keys well-formed and not repeated, at most ZY_RECORD_FIELDS_MAX fields, terms whole
 * (zy/terms.h).
 * Not checked: the rules of the type (policies/).
 * Errors: field-length, field-unknown, field-missing, field-range, utf8, time, dates, licence-identifier, credit-code,
 * citizen-number, holder, too-large; err->field is the short name (KZ for a field).
 */
ZY_MUST_CHECK bool zy_record_check(const struct zy_record *rec, struct zy_error *err);

/*
 * Deterministic CBOR, one array: 1 (form), ZZBS, ZZLXDM, ZZLXMC, ZZBH, ZZBFJGDM, ZZBFJG, ZZBFRQ, CZZT, ZZYXQQSRQ,
 * ZZYXQJZRQ ("" for long term), SXBM, ZZQZMC, CZZTDMLXDM, CZZTDM, MLBB (uint), CJSJ (int, seconds), array of key,
 * value, key, value... Same record, same bytes; parse then encode gives the same bytes.
 * Errors: those of zy_record_check, no-memory.
 */
ZY_MUST_CHECK bool zy_record_encode(const struct zy_record *rec, struct zy_buf *out, struct zy_error *err);
/* All texts are copied to the arena. Errors: cbor, truncated, trailing-bytes, too-large, utf8, and those of the
 * numbers inside (those of zy_record_check). */
ZY_MUST_CHECK bool zy_record_parse(struct zy_record *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err);
/* Digest of the CBOR form. */
ZY_MUST_CHECK bool zy_record_digest(
    const struct zy_record *rec, enum zy_hash h, uint8_t out[ZY_HASH_LEN], struct zy_error *err);

/* XML, UTF-8, root Licence of namespace urn:zhengyin:licence:1, one element a line, the metadata list below in its
 * order. Same record, same bytes. The parser takes exactly what the writer writes (elements in this order, no
 * attributes besides the namespace, no DTD, no comment), so that parse then encode gives the same bytes. Errors: xml,
 * and as above. */
ZY_MUST_CHECK bool zy_record_to_xml(const struct zy_record *rec, struct zy_buf *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_record_from_xml(
    struct zy_record *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err);

/*
 * The metadata list: pairs of short name and text, in a fixed order: ZZBS ZZMC ZZLXDM ZZLXMC ZZBH ZZBFJG ZZBFJGDM
 * ZZBFRQ CZZT CZZTDM CZZTDMLX CZZTDMLXDM ZZYXQQSRQ ZZYXQJZRQ (empty for long term) ZZQZMC CJSJ (RFC 3339, Z), ours:
 * SXBM (item code 事项编码) MLBB (catalogue version 目录版本), then KZ_<key> for each field. Names of fixed elements
 * are static; the rest lies in the arena or in the record.
 */
struct zy_metadata {
	const char *name, *value;
};
ZY_MUST_CHECK bool zy_record_metadata(
    const struct zy_record *rec, struct zy_arena *a, const struct zy_metadata **out, size_t *num, struct zy_error *err);

bool zy_record_equal(const struct zy_record *a, const struct zy_record *b);

#endif
