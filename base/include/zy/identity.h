/* Who a licence belongs to, and what a licence is called: numbers with check digits, read strictly. */
#ifndef ZY_IDENTITY_H
#define ZY_IDENTITY_H

#include "zy/clock.h"

/* Citizen number 公民身份号码, GB 11643-1999: 17 digits and a check character (X in capitals).
 * Checked: length, digits, the birth date exists and is not before 1800, the check character.
 * Not checked: that the division code is or was in use, that the number was given out. Errors: citizen-number. */
ZY_MUST_CHECK bool zy_citizen_check(struct zy_bytes number, struct zy_error *err);
char zy_citizen_check_digit(const char first17[17]); /* digits only */
/* The birth date in a number that was checked, 00:00 in Beijing. */
zy_time zy_citizen_born(const char number[18]);
/* The number of 18 characters of an old one of 15 digits (GB 11643-1989): the century, and a check character; the
 * century is 19, or 18 where the sequence code is 996 to 999. Errors: citizen-number. */
ZY_MUST_CHECK bool zy_citizen_from_old(struct zy_bytes old, char out[19], struct zy_error *err);

/* Unified social credit code 统一社会信用代码, GB 32100-2015: 18 characters.
 * Checked: alphabet, digits where digits belong, the check character of the organisation code (GB 11714) inside
 * and the check character of the whole. Errors: credit-code. */
ZY_MUST_CHECK bool zy_uscc_check(struct zy_bytes code, struct zy_error *err);
char zy_uscc_check_char(const char first17[17]); /* 0 when a character is outside the alphabet */
/* GB 11714: the ninth character of an organisation code from its first eight, of 0-9A-Z. */
char zy_organisation_check_char(const char first8[8]);

/* ORGCODE: what organisations had before credit codes. It finds them; no licence is given to it. */
enum zy_holder_kind { ZY_HOLDER_USCC, ZY_HOLDER_CITIZEN, ZY_HOLDER_PASSPORT, ZY_HOLDER_ORGCODE, ZY_NUM_HOLDER_KINDS };

/* A holder as written KIND:NUMBER. The number is a view of the text it was parsed from, or NUL-terminated here. */
#define ZY_HOLDER_NUMBER_MAX 32
struct zy_holder {
	enum zy_holder_kind kind;
	char number[ZY_HOLDER_NUMBER_MAX + 1]; /* 1..32 of 0-9A-Z, in a passport's also - */
};
/* "uscc:..." "citizen:..." "passport:STATE-NUMBER" "orgcode:..."; the number's check digits are checked. One number has
 * one form: a citizen number of 15 digits becomes that of 18, an organisation code may be written with a - before its
 * check character. STATE: who issued the passport, as in its machine-readable zone (ICAO 9303, 1 to 3 letters: CHN, D).
 * Not checked: that there is such a state. Errors: holder, credit-code, citizen-number. */
ZY_MUST_CHECK bool zy_holder_parse(struct zy_holder *out, struct zy_bytes text, struct zy_error *err);
const char *zy_holder_kind_name(enum zy_holder_kind kind); /* "uscc" ... */
/* GB/T 36903 appendix A holder code type: 001, 111, 414, 002, and its Chinese name. */
const char *zy_holder_kind_code(enum zy_holder_kind kind);
const char *zy_holder_kind_label(enum zy_holder_kind kind);
/* The kind of a holder code type; false when there is none. */
bool zy_holder_kind_from_code(const char *code, enum zy_holder_kind *out);
/* The number with its middle hidden, for people and logs: 3 first, 4 last characters kept; under 12 characters 1 and 2.
 */
void zy_holder_mask(const struct zy_holder *h, char out[ZY_HOLDER_NUMBER_MAX + 1]);

/* What a subject is. */
enum zy_subject_kind {
	ZY_SUBJECT_ENTERPRISE,
	ZY_SUBJECT_PERSON,
	ZY_SUBJECT_SOCIAL,
	ZY_SUBJECT_INSTITUTION,
	ZY_SUBJECT_GOVERNMENT,
	ZY_NUM_SUBJECT_KINDS
};
const char *zy_subject_kind_name(enum zy_subject_kind k);  /* "enterprise" ... */
const char *zy_subject_kind_label(enum zy_subject_kind k); /* 企业 自然人 社会组织 事业单位 机关 */
bool zy_subject_kind_from_name(const char *name, enum zy_subject_kind *out);
/* What the number says: a credit code by who registers (its first character) and the class there (its second). *certain
 * is false where it leaves room; then it is an enterprise. */
enum zy_subject_kind zy_subject_kind_of(const struct zy_holder *h, bool *certain);

/* Licence identifier 电子证照标识, GB/T 36904: 1.2.156.3005.2.TYPE.ISSUER.SERIAL.VERSION.CHECK */
#define ZY_IDENTIFIER_ROOT "1.2.156.3005.2"
#define ZY_IDENTIFIER_MAX 128
#define ZY_TYPE_CODE_LEN 21
struct zy_identifier {
	char type[ZY_TYPE_CODE_LEN + 1]; /* 18-character code of the defining authority, 3 digits */
	char issuer[19];                 /* 1..18 of 0-9A-Z, normally a credit code */
	char serial[33];                 /* 1..32 of 0-9A-Z */
	unsigned version;                /* 1..999 */
};
/* Writes the identifier with its check character (ISO 7064 MOD 37,36 over the segments without dots and root). */
ZY_MUST_CHECK bool zy_identifier_encode(
    const struct zy_identifier *id, char out[ZY_IDENTIFIER_MAX + 1], struct zy_error *err);
/* Reads one; a wrong check character is licence-identifier unless check_ok is given, which then says so. */
ZY_MUST_CHECK bool zy_identifier_parse(
    struct zy_identifier *out, struct zy_bytes text, bool *check_ok, struct zy_error *err);
/* The check character of ISO 7064 MOD 37,36 over 0-9A-Z; 0 when another character is met. */
char zy_mod37_36(const char *s, size_t len);

#endif
