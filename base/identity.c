#include "zy/identity.h"

#include <stdio.h>

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_alnum(uint8_t c)
{
	return is_digit(c) || (c >= 'A' && c <= 'Z');
}

static int value36(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'Z' ? c - 'A' + 10 : -1;
}

char zy_citizen_check_digit(const char first17[17])
{
	static const int weights[17] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	int sum = 0;

	for (int i = 0; i < 17; i++)
		sum += weights[i] * (first17[i] - '0');
	return "10X98765432"[sum % 11];
}

bool zy_citizen_check(struct zy_bytes number, struct zy_error *err)
{
	for (size_t i = 0; i < number.len; i++)
		if (!is_alnum(number.p[i]))
			return zy_fail(err, ZY_E_CITIZEN, "citizen-number", i,
			    "write the citizen number in the digits 0-9, with X in capitals, and nothing else: no spaces, no "
			    "full-width digits, no small x");
	if (number.len != 18)
		return zy_fail(err, ZY_E_CITIZEN, "citizen-number", ZY_NOWHERE, "a citizen number has 18 characters");
	for (size_t i = 0; i < 17; i++)
		if (!is_digit(number.p[i]))
			return zy_fail(err, ZY_E_CITIZEN, "citizen-number", i,
			    "character %zu of the citizen number is not a digit", i + 1);
	if (zy_citizen_born((const char *)number.p) == ZY_TIME_NEVER || memcmp(number.p + 6, "1800", 4) < 0)
		return zy_fail(
		    err, ZY_E_CITIZEN, "citizen-number", 6, "the birth date in the citizen number does not exist");
	if (zy_citizen_check_digit((const char *)number.p) != (char)number.p[17])
		return zy_fail(err, ZY_E_CITIZEN, "citizen-number", 17,
		    "the citizen number's check digit is wrong (GB 11643); one of its characters is mistyped");
	return true;
}

zy_time zy_citizen_born(const char number[18])
{
	struct zy_error no = { 0 };
	char born[11];
	zy_time t;

	snprintf(born, sizeof(born), "%.4s-%.2s-%.2s", number + 6, number + 10, number + 12);
	return zy_time_from_date(zy_str(born), ZY_BEIJING_S, &t, &no) ? t : ZY_TIME_NEVER;
}

bool zy_citizen_from_old(struct zy_bytes old, char out[19], struct zy_error *err)
{
	/* Sequence codes 996 to 999 were kept for people of a hundred years and more (GB 11643-1989). */
	bool old_age = old.len == 15 && memcmp(old.p + 12, "996", 3) >= 0;

	if (old.len != 15)
		return zy_fail(err, ZY_E_CITIZEN, "citizen-number", ZY_NOWHERE, "an old citizen number has 15 digits");
	for (size_t i = 0; i < 15; i++)
		if (!is_digit(old.p[i]))
			return zy_fail(err, ZY_E_CITIZEN, "citizen-number", i,
			    "character %zu of the citizen number is not a digit", i + 1);
	memcpy(out, old.p, 6);
	memcpy(out + 6, old_age ? "18" : "19", 2);
	memcpy(out + 8, old.p + 6, 9);
	out[17] = zy_citizen_check_digit(out);
	out[18] = 0;
	return zy_citizen_check(zy_str(out), err);
}

static const char uscc_alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

char zy_uscc_check_char(const char first17[17])
{
	static const int weights[17] = { 1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28 };
	int sum = 0;

	for (int i = 0; i < 17; i++) {
		const char *at = first17[i] == 0 ? NULL : strchr(uscc_alphabet, first17[i]);

		if (at == NULL)
			return 0;
		sum += weights[i] * (int)(at - uscc_alphabet);
	}
	return uscc_alphabet[(31 - sum % 31) % 31];
}

char zy_organisation_check_char(const char s[8])
{
	static const int weights[8] = { 3, 7, 9, 10, 5, 8, 4, 2 };
	int sum = 0, c;

	for (int i = 0; i < 8; i++)
		sum += weights[i] * value36(s[i]);
	c = 11 - sum % 11; /* GB 11714 */
	return c == 10 ? 'X' : c == 11 ? '0' : (char)('0' + c);
}

bool zy_uscc_check(struct zy_bytes code, struct zy_error *err)
{
	const char *s = (const char *)code.p;

	for (size_t i = 0; i < code.len; i++)
		if (!is_alnum(code.p[i]))
			return zy_fail(err, ZY_E_USCC, "credit-code", i,
			    "write the credit code in 0-9 and A-Z, and nothing else: no spaces, no full-width or small letters");
	if (code.len != 18)
		return zy_fail(
		    err, ZY_E_USCC, "credit-code", ZY_NOWHERE, "a unified social credit code has 18 characters");
	for (size_t i = 0; i < 18; i++) {
		if (s[i] == 0 || strchr(uscc_alphabet, s[i]) == NULL)
			return zy_fail(err, ZY_E_USCC, "credit-code", i,
			    "character %zu is not one of 0-9 A-H J-N P-R T U W X Y (GB 32100)", i + 1);
		if (i >= 2 && i < 8 && !is_digit(code.p[i]))
			return zy_fail(err, ZY_E_USCC, "credit-code", i,
			    "character %zu belongs to the division code and must be a digit", i + 1);
	}
	if (zy_organisation_check_char(s + 8) != s[16])
		return zy_fail(err, ZY_E_USCC, "credit-code", 16,
		    "the organisation code inside (characters 9 to 17) has a wrong check character (GB 11714)");
	if (zy_uscc_check_char(s) != s[17])
		return zy_fail(err, ZY_E_USCC, "credit-code", 17,
		    "the credit code's check character is wrong (GB 32100); one of its characters is mistyped");
	return true;
}

char zy_mod37_36(const char *s, size_t len)
{
	int p = 36, v, c;

	for (size_t i = 0; i < len; i++) {
		if ((v = value36(s[i])) < 0)
			return 0;
		v = (p + v) % 36;
		p = 2 * (v == 0 ? 36 : v) % 37;
	}
	c = (37 - p) % 36;
	return (char)(c < 10 ? '0' + c : 'A' + c - 10);
}

static bool segment_ok(const char *s, size_t least, size_t most)
{
	size_t len = strlen(s);

	if (len < least || len > most)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!is_alnum((uint8_t)s[i]))
			return false;
	return true;
}

static bool segments_check(const struct zy_identifier *id, struct zy_error *err)
{
	if (!segment_ok(id->type, ZY_TYPE_CODE_LEN, ZY_TYPE_CODE_LEN))
		return zy_fail(
		    err, ZY_E_IDENTIFIER, "ZZLXDM", ZY_NOWHERE, "a type code has 21 characters of 0-9 and A-Z");
	if (!segment_ok(id->issuer, 1, 18))
		return zy_fail(err, ZY_E_IDENTIFIER, "ZZBFJGDM", ZY_NOWHERE,
		    "an issuer code has 1 to 18 characters of 0-9 and A-Z");
	if (!segment_ok(id->serial, 1, 32))
		return zy_fail(
		    err, ZY_E_IDENTIFIER, "serial", ZY_NOWHERE, "a serial has 1 to 32 characters of 0-9 and A-Z");
	if (id->version < 1 || id->version > 999)
		return zy_fail(err, ZY_E_IDENTIFIER, "version", ZY_NOWHERE, "a version is 1 to 999");
	return true;
}

static char identifier_check_char(const struct zy_identifier *id)
{
	char all[96];
	int n = snprintf(all, sizeof(all), "%s%s%s%03u", id->type, id->issuer, id->serial, id->version);

	return zy_mod37_36(all, (size_t)n);
}

bool zy_identifier_encode(const struct zy_identifier *id, char out[ZY_IDENTIFIER_MAX + 1], struct zy_error *err)
{
	if (!segments_check(id, err))
		return false;
	snprintf(out, ZY_IDENTIFIER_MAX + 1, ZY_IDENTIFIER_ROOT ".%s.%s.%s.%03u.%c", id->type, id->issuer, id->serial,
	    id->version, identifier_check_char(id));
	return true;
}

/* Copies the segment up to the next dot; false when it is empty, longer than the room or not of 0-9 A-Z. */
static bool next_segment(struct zy_reader *r, char *out, size_t room)
{
	struct zy_bytes rest = zy_reader_rest(r), skipped;
	const uint8_t *dot = rest.len == 0 ? NULL : memchr(rest.p, '.', rest.len);
	size_t len = dot == NULL ? rest.len : (size_t)(dot - rest.p);
	struct zy_error ignored = { 0 };

	if (len == 0 || len >= room)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!is_alnum(rest.p[i]))
			return false;
	memcpy(out, rest.p, len);
	out[len] = 0;
	return zy_take(r, dot == NULL ? len : len + 1, "", &skipped, &ignored);
}

bool zy_identifier_parse(struct zy_identifier *out, struct zy_bytes text, bool *check_ok, struct zy_error *err)
{
	static const char root[] = ZY_IDENTIFIER_ROOT ".";
	struct zy_identifier id = { 0 };
	struct zy_reader r = zy_reader_over(text);
	struct zy_bytes head;
	char version[4], check[2];
	bool good;

	if (text.len > ZY_IDENTIFIER_MAX || text.len < sizeof(root) || text.p[text.len - 1] == '.' ||
	    !zy_take(&r, sizeof(root) - 1, "root", &head, err) || memcmp(head.p, root, head.len) != 0 ||
	    !next_segment(&r, id.type, sizeof(id.type)) || !next_segment(&r, id.issuer, sizeof(id.issuer)) ||
	    !next_segment(&r, id.serial, sizeof(id.serial)) || !next_segment(&r, version, sizeof(version)) ||
	    !next_segment(&r, check, sizeof(check)) || zy_reader_left(&r) != 0)
		return zy_fail(err, ZY_E_IDENTIFIER, "ZZBS", ZY_NOWHERE,
		    "a licence identifier is " ZY_IDENTIFIER_ROOT ".TYPE.ISSUER.SERIAL.VERSION.CHECK");
	if (strlen(version) != 3 || !is_digit((uint8_t)version[0]) || !is_digit((uint8_t)version[1]) ||
	    !is_digit((uint8_t)version[2]) || !is_alnum((uint8_t)check[0]))
		return zy_fail(err, ZY_E_IDENTIFIER, "version", ZY_NOWHERE, "the version is three digits");
	id.version =
	    (unsigned)(version[0] - '0') * 100 + (unsigned)(version[1] - '0') * 10 + (unsigned)(version[2] - '0');
	if (!segments_check(&id, err))
		return false;
	good = identifier_check_char(&id) == check[0];
	if (check_ok != NULL)
		*check_ok = good;
	else if (!good)
		return zy_fail(err, ZY_E_IDENTIFIER, "ZZBS", ZY_NOWHERE,
		    "the identifier's check character is wrong (ISO 7064 MOD 37,36); one of its characters is "
		    "mistyped");
	*out = id;
	return true;
}
