#include "tpm-token/config.h"

#include "zy/text.h"

enum key { KEY_TCTI, KEY_STATE, KEY_LABEL, KEY_MECHANISM, KEY_INPUT, KEY_OUTPUT, NUM_KEYS };

static const char *const keys[NUM_KEYS] = { "tcti", "state", "label", "mechanism", "input", "output" };

struct line {
	struct zy_bytes key, value;
	unsigned number;
	size_t at; /* offset in the file */
};

/* The next line without its newline; false when nothing is left. */
static bool next_line(struct zy_reader *r, struct zy_bytes *line)
{
	struct zy_bytes rest = zy_reader_rest(r);
	struct zy_error ignored = { 0 };
	const uint8_t *end;
	struct zy_bytes newline;

	if (rest.len == 0)
		return false;
	end = memchr(rest.p, '\n', rest.len);
	return zy_take(r, end == NULL ? rest.len : (size_t)(end - rest.p), "line", line, &ignored) &&
	       (end == NULL || zy_take(r, 1, "line", &newline, &ignored));
}

static void skip_blanks(struct zy_reader *r)
{
	struct zy_error ignored = { 0 };
	struct zy_bytes blank;
	uint8_t c;

	while (zy_peek_u8(r, &c) && c == ' ' && zy_take(r, 1, "line", &blank, &ignored))
		;
}

static size_t key_length(struct zy_bytes v)
{
	size_t n = 0;

	while (n < v.len && v.p[n] >= 'a' && v.p[n] <= 'z')
		n++;
	return n;
}

static bool split_line(struct line *l, struct zy_bytes text, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(text);
	uint8_t equals = 0;

	for (size_t i = 0; i < text.len; i++)
		if (text.p[i] < 0x20 || text.p[i] == 0x7f)
			return zy_fail(err, ZY_E_POLICY, "line", l->at + i, "line %u: a control character", l->number);
	if (!zy_take(&r, key_length(text), "key", &l->key, err))
		return false;
	skip_blanks(&r);
	if (l->key.len == 0 || !zy_peek_u8(&r, &equals) || equals != '=')
		return zy_fail(err, ZY_E_POLICY, "line", l->at, "line %u: write `key = value`", l->number);
	if (!zy_take_u8(&r, "line", &equals, err))
		return false;
	skip_blanks(&r);
	l->value = zy_reader_rest(&r);
	if (l->value.len == 0 || l->value.len > ZY_TPM_VALUE_MAX || l->value.p[l->value.len - 1] == ' ')
		return zy_fail(err, ZY_E_POLICY, "value", l->at,
		    "line %u: the value is empty, too long, or ends in a blank", l->number);
	return true;
}

static bool value_range(const struct line *l, const char *what, struct zy_error *err)
{
	return zy_fail(err, ZY_E_POLICY, "value", l->at, "line %u: %s", l->number, what);
}

/* 0x and one to eight hexadecimal digits. */
static bool set_mechanism(struct zy_tpm_config *c, const struct line *l, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(l->value);
	struct zy_error bad = { 0 };
	struct zy_bytes prefix, digits;
	uint8_t v[4];

	if (!zy_take(&r, 2, "mechanism", &prefix, &bad) || !zy_bytes_equal(prefix, ZY_LITERAL("0x")) ||
	    !zy_take(&r, 8, "mechanism", &digits, &bad) || !zy_reader_end(&r, "mechanism", &bad) ||
	    !zy_unhex(digits, v, sizeof(v), &bad) || v[0] < 0x80)
		return value_range(l, "mechanism is a number from 0x80000000 to 0xffffffff", err);
	c->mechanism = (uint32_t)v[0] << 24 | (uint32_t)v[1] << 16 | (uint32_t)v[2] << 8 | v[3];
	return true;
}

static bool set_input(struct zy_tpm_config *c, const struct line *l, struct zy_error *err)
{
	if (zy_bytes_equal(l->value, ZY_LITERAL("e")))
		c->input = ZY_TPM_IN_E;
	else if (zy_bytes_equal(l->value, ZY_LITERAL("message")))
		c->input = ZY_TPM_IN_MESSAGE;
	else if (zy_bytes_equal(l->value, ZY_LITERAL("id-message")))
		c->input = ZY_TPM_IN_ID_MESSAGE;
	else
		return value_range(l, "input is e, message or id-message", err);
	return true;
}

static bool set_output(struct zy_tpm_config *c, const struct line *l, struct zy_error *err)
{
	if (zy_bytes_equal(l->value, ZY_LITERAL("rs")))
		c->output = ZY_TPM_OUT_RS;
	else if (zy_bytes_equal(l->value, ZY_LITERAL("der")))
		c->output = ZY_TPM_OUT_DER;
	else
		return value_range(l, "output is rs or der", err);
	return true;
}

static bool set_value(struct zy_tpm_config *c, enum key key, const struct line *l, struct zy_error *err)
{
	switch (key) {
	case KEY_TCTI:
		if (zy_bytes_equal(l->value, ZY_LITERAL("unix:")))
			return value_range(l, "tcti unix: needs the path of a socket", err);
		c->tcti = l->value;
		return true;
	case KEY_STATE:
		c->state = l->value;
		return true;
	case KEY_LABEL:
		if (l->value.len > ZY_TPM_LABEL_LEN)
			return value_range(l, "label has more than 32 bytes", err);
		c->label = l->value;
		return true;
	case KEY_MECHANISM:
		return set_mechanism(c, l, err);
	case KEY_INPUT:
		return set_input(c, l, err);
	case KEY_OUTPUT:
		return set_output(c, l, err);
	case NUM_KEYS:
		break;
	}
	return zy_fail(err, ZY_E_POLICY, "key", l->at, "line %u: an unknown key", l->number);
}

static enum key key_of(struct zy_bytes name)
{
	size_t k = 0;

	while (k < NUM_KEYS && !zy_bytes_equal(name, zy_str(keys[k])))
		k++;
	return (enum key)k;
}

bool zy_tpm_config_parse(struct zy_tpm_config *out, struct zy_bytes text, struct zy_error *err)
{
	struct zy_tpm_config c = { .label = ZY_LITERAL("zhengyin TPM"), .mechanism = ZY_TPM_MECHANISM };
	struct zy_reader r = zy_reader_over(text);
	bool seen[NUM_KEYS] = { 0 };
	struct line l = { .at = 0 };
	struct zy_bytes line;

	if (text.len > ZY_TPM_CONFIG_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "config", ZY_TPM_CONFIG_MAX, "more than %zu bytes", ZY_TPM_CONFIG_MAX);
	if (!zy_utf8_check(text, "config", err))
		return false;
	for (; next_line(&r, &line); l.at = zy_reader_offset(&r)) {
		enum key key;

		l.number++;
		if (line.len == 0 || line.p[0] == '#')
			continue;
		if (!split_line(&l, line, err))
			return false;
		key = key_of(l.key);
		if (key != NUM_KEYS && seen[key])
			return zy_fail(
			    err, ZY_E_POLICY, "key", l.at, "line %u: %s is given twice", l.number, keys[key]);
		if (!set_value(&c, key, &l, err))
			return false;
		seen[key] = true;
	}
	if (!seen[KEY_TCTI] || !seen[KEY_STATE])
		return zy_fail(err, ZY_E_POLICY, "key", text.len, "line %u: %s is missing", l.number,
		    seen[KEY_TCTI] ? "state" : "tcti");
	*out = c;
	return true;
}
