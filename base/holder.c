#include <stdio.h>

#include "zy/identity.h"

static const struct {
	const char *name, *code, *label;
} holder_kinds[] = {
	[ZY_HOLDER_USCC] = { "uscc", "001", "统一社会信用代码" },
	[ZY_HOLDER_CITIZEN] = { "citizen", "111", "公民身份号码" },
	[ZY_HOLDER_PASSPORT] = { "passport", "414", "普通护照" },
	[ZY_HOLDER_ORGCODE] = { "orgcode", "002", "组织机构代码" },
};

const char *zy_holder_kind_name(enum zy_holder_kind kind)
{
	return holder_kinds[kind].name;
}

const char *zy_holder_kind_code(enum zy_holder_kind kind)
{
	return holder_kinds[kind].code;
}

const char *zy_holder_kind_label(enum zy_holder_kind kind)
{
	return holder_kinds[kind].label;
}

bool zy_holder_kind_from_code(const char *code, enum zy_holder_kind *out)
{
	for (size_t k = 0; k < ZY_NUM_HOLDER_KINDS; k++)
		if (strcmp(holder_kinds[k].code, code) == 0) {
			*out = (enum zy_holder_kind)k;
			return true;
		}
	return false;
}

/* ---- numbers of one form ---- */

static bool is_in(uint8_t c, const char *set)
{
	return c != 0 && strchr(set, c) != NULL;
}

#define DIGITS "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

static bool take_citizen(struct zy_bytes in, char *out, struct zy_error *err)
{
	if (in.len == 15)
		return zy_citizen_from_old(in, out, err);
	if (!zy_citizen_check(in, err))
		return false;
	memcpy(out, in.p, in.len);
	return true;
}

static bool take_uscc(struct zy_bytes in, char *out, struct zy_error *err)
{
	if (!zy_uscc_check(in, err))
		return false;
	memcpy(out, in.p, in.len);
	return true;
}

static bool take_passport(struct zy_bytes in, char *out, struct zy_error *err)
{
	const uint8_t *dash = in.len == 0 ? NULL : memchr(in.p, '-', in.len);
	size_t state = dash == NULL ? 0 : (size_t)(dash - in.p), number = in.len - state - 1;

	if (state < 1 || state > 3 || number < 5 || number > 15)
		return zy_fail(err, ZY_E_HOLDER, "holder", ZY_NOWHERE,
		    "write a passport as STATE-NUMBER: who issued it in 1 to 3 letters as in its machine-readable zone, "
		    "then 5 to 15 characters");
	for (size_t i = 0; i < in.len; i++)
		if (i != state && !is_in(in.p[i], i < state ? LETTERS : DIGITS LETTERS))
			return zy_fail(err, ZY_E_HOLDER, "holder", i, "a passport number is of 0-9 and A-Z");
	memcpy(out, in.p, in.len);
	return true;
}

static bool take_orgcode(struct zy_bytes in, char *out, struct zy_error *err)
{
	size_t check = in.len == 10 && in.p[8] == '-' ? 9 : 8;

	if (in.len != check + 1)
		return zy_fail(err, ZY_E_HOLDER, "holder", ZY_NOWHERE, "an organisation code has 9 characters");
	for (size_t i = 0; i < 8; i++)
		if (!is_in(in.p[i], DIGITS LETTERS))
			return zy_fail(err, ZY_E_HOLDER, "holder", i, "an organisation code is of 0-9 and A-Z");
	memcpy(out, in.p, 8);
	out[8] = (char)in.p[check];
	return out[8] == zy_organisation_check_char(out) ||
	       zy_fail(err, ZY_E_HOLDER, "holder", check,
		   "the organisation code's check character is wrong (GB 11714); one of its characters is mistyped");
}

static bool take_number(enum zy_holder_kind kind, struct zy_bytes in, char *out, struct zy_error *err)
{
	switch (kind) {
	case ZY_HOLDER_USCC:
		return take_uscc(in, out, err);
	case ZY_HOLDER_CITIZEN:
		return take_citizen(in, out, err);
	case ZY_HOLDER_PASSPORT:
		return take_passport(in, out, err);
	case ZY_HOLDER_ORGCODE:
		return take_orgcode(in, out, err);
	case ZY_NUM_HOLDER_KINDS:
		break;
	}
	return zy_fail(err, ZY_E_BUG, "holder", ZY_NOWHERE, "a holder kind outside its table");
}

bool zy_holder_parse(struct zy_holder *out, struct zy_bytes text, struct zy_error *err)
{
	for (size_t k = 0; k < ZY_NUM_HOLDER_KINDS; k++) {
		struct zy_holder h = { .kind = (enum zy_holder_kind)k };
		size_t n = strlen(holder_kinds[k].name);

		if (text.len <= n || memcmp(text.p, holder_kinds[k].name, n) != 0 || text.p[n] != ':')
			continue;
		if (!take_number(h.kind, ZY_BYTES(text.p + n + 1, text.len - n - 1), h.number, err))
			return false;
		*out = h;
		return true;
	}
	return zy_fail(err, ZY_E_HOLDER, "holder", ZY_NOWHERE,
	    "write the holder as uscc:CODE, citizen:NUMBER, passport:STATE-NUMBER or orgcode:CODE");
}

void zy_holder_mask(const struct zy_holder *h, char out[ZY_HOLDER_NUMBER_MAX + 1])
{
	size_t len = strlen(h->number);
	/* A short number would show itself nearly whole. */
	size_t head = len < 12 ? 1 : 3, tail = len < 12 ? 2 : 4;

	for (size_t i = 0; i < len; i++)
		out[i] = i < head || i + tail >= len ? h->number[i] : '*';
	out[len] = 0;
}

/* ---- what a subject is ---- */

static const struct {
	const char *name, *label;
} subject_kinds[] = {
	[ZY_SUBJECT_ENTERPRISE] = { "enterprise", "企业" },
	[ZY_SUBJECT_PERSON] = { "person", "自然人" },
	[ZY_SUBJECT_SOCIAL] = { "social-organisation", "社会组织" },
	[ZY_SUBJECT_INSTITUTION] = { "public-institution", "事业单位" },
	[ZY_SUBJECT_GOVERNMENT] = { "government-body", "机关" },
};

const char *zy_subject_kind_name(enum zy_subject_kind k)
{
	return subject_kinds[k].name;
}

const char *zy_subject_kind_label(enum zy_subject_kind k)
{
	return subject_kinds[k].label;
}

bool zy_subject_kind_from_name(const char *name, enum zy_subject_kind *out)
{
	for (size_t k = 0; k < ZY_NUM_SUBJECT_KINDS; k++)
		if (strcmp(subject_kinds[k].name, name) == 0) {
			*out = (enum zy_subject_kind)k;
			return true;
		}
	return false;
}

/* GB 32100 annex A: the department that registers, and the class of what it registers; 0 is any class. */
static const struct {
	char registrar, class;
	enum zy_subject_kind kind;
} registers[] = {
	{ '1', '1', ZY_SUBJECT_GOVERNMENT },
	{ '1', '2', ZY_SUBJECT_INSTITUTION },
	{ '1', '3', ZY_SUBJECT_SOCIAL },
	{ 'A', '1', ZY_SUBJECT_INSTITUTION },
	{ '5', 0, ZY_SUBJECT_SOCIAL },
	{ '7', 0, ZY_SUBJECT_SOCIAL },
	{ '8', 0, ZY_SUBJECT_SOCIAL },
	{ '9', 0, ZY_SUBJECT_ENTERPRISE },
};

enum zy_subject_kind zy_subject_kind_of(const struct zy_holder *h, bool *certain)
{
	*certain = true;
	if (h->kind == ZY_HOLDER_CITIZEN || h->kind == ZY_HOLDER_PASSPORT)
		return ZY_SUBJECT_PERSON;
	for (size_t i = 0; h->kind == ZY_HOLDER_USCC && i < sizeof(registers) / sizeof(registers[0]); i++)
		if (registers[i].registrar == h->number[0] &&
		    (registers[i].class == 0 || registers[i].class == h->number[1]))
			return registers[i].kind;
	*certain = false;
	return ZY_SUBJECT_ENTERPRISE;
}
