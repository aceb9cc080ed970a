/* The words of a box: its pattern with {placeholders} filled from the record, as an office would write them. */
#include "page.h"

#include "zy/terms.h"

/* An end date that is not given means that there is none; any other absent value is a dash. */
static const char long_term[] = "长期", absent[] = "——";

static const struct zy_field_rule *rule_of(const struct zy_type *t, const char *key)
{
	for (size_t i = 0; i < t->num_fields; i++) {
		if (strcmp(t->fields[i].key, key) == 0)
			return &t->fields[i];
	}
	return NULL;
}

static const char *choice_label(const struct zy_field_rule *rule, const char *code)
{
	for (size_t i = 0; i < rule->num_choices; i++) {
		if (strcmp(rule->choices[i].code, code) == 0)
			return rule->choices[i].label.zh;
	}
	return code;
}

static const char *field_value(const struct zy_type *t, const struct zy_field_rule *rule, const struct zy_record *rec)
{
	for (size_t i = 0; i < rec->num_fields; i++) {
		if (strcmp(rec->fields[i].key, rule->key) == 0)
			return rule->kind == ZY_FIELD_CHOICE ? choice_label(rule, rec->fields[i].value)
							     : rec->fields[i].value;
	}
	return t->to_field != NULL && strcmp(rule->key, t->to_field) == 0 ? long_term : absent;
}

static const char *record_value(const char *name, const struct zy_record *rec)
{
	const struct {
		const char *name, *value;
	} known[] = {
		{ "identifier", rec->identifier },
		{ "number", rec->number },
		{ "holder_name", rec->holder_name },
		{ "holder_number", rec->holder.number },
		{ "issuer_name", rec->issuer_name },
		{ "issue_date", rec->issue_date },
		{ "valid_from", rec->valid_from },
		{ "valid_to", rec->valid_to[0] == '\0' ? long_term : rec->valid_to },
		{ "type_name", rec->type_name },
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (strcmp(known[i].name, name) == 0)
			return known[i].value;
	}
	return NULL;
}

/* YYYY-MM-DD as YYYY年MM月DD日; anything else (长期) as it is. */
static void put_value(struct zy_buf *b, const char *v, bool as_long)
{
	if (!as_long || strlen(v) != 10 || v[4] != '-' || v[7] != '-') {
		zy_buf_put_str(b, v);
		return;
	}
	zy_buf_printf(b, "%.4s年%.2s月%.2s日", v, v + 5, v + 8);
}

static bool put_placeholder(struct zy_buf *b, const char *at, size_t len, const struct zy_type *t,
    const struct zy_record *rec, const char **field, struct zy_error *err)
{
	const struct zy_field_rule *rule;
	char name[48];
	const char *value;
	bool as_long = len > 5 && memcmp(at + len - 5, ":long", 5) == 0;

	len -= as_long ? 5 : 0;
	if (len >= sizeof name)
		return zy_fail(err, ZY_E_POLICY, "layout.text", ZY_NOWHERE, "a placeholder of the layout is too long");
	memcpy(name, at, len);
	name[len] = '\0';
	if ((rule = rule_of(t, name)) != NULL) {
		*field = rule->key;
		value = field_value(t, rule, rec);
	} else if ((value = record_value(name, rec)) == NULL) {
		return zy_fail(err, ZY_E_POLICY, "layout.text", ZY_NOWHERE,
		    "the layout of %s asks for {%s}, which is no field of the type", t->alias, name);
	} else if (strcmp(name, "holder_name") == 0 || strcmp(name, "issuer_name") == 0) {
		*field = name[0] == 'h' ? "holder_name" : "issuer_name";
	}
	put_value(b, value, as_long);
	return true;
}

bool zy_face_text(const char *pattern, const struct zy_type *t, const struct zy_record *rec, struct zy_arena *a,
    const char **out, const char **field, struct zy_error *err)
{
	ZY_BUF_AUTO b = { .cap = (size_t)4 * ZY_FIELD_VALUE_MAX };
	const char *at = pattern, *open, *close;

	*field = "layout.text";
	while ((open = strchr(at, '{')) != NULL) {
		zy_buf_put(&b, ZY_BYTES(at, (size_t)(open - at)));
		if ((close = strchr(open, '}')) == NULL)
			return zy_fail(err, ZY_E_POLICY, "layout.text", ZY_NOWHERE, "a { of the layout has no }");
		if (!put_placeholder(&b, open + 1, (size_t)(close - open - 1), t, rec, field, err))
			return false;
		at = close + 1;
	}
	zy_buf_put_str(&b, at);
	if (!zy_buf_done(&b, "layout.text", err))
		return false;
	return (*out = zy_arena_text(a, zy_buf_bytes(&b), err)) != NULL;
}

bool zy_face_terms(const struct zy_record *rec, struct zy_arena *a, const char **out, struct zy_error *err)
{
	ZY_BUF_AUTO until = { 0 };
	struct zy_terms t;

	zy_terms_get(rec, &t);
	if (t.kind == ZY_TERMS_NONE) {
		*out = "";
		return true;
	}
	put_value(&until, t.until, true);
	zy_buf_put_u8(&until, 0);
	if (!zy_buf_done(&until, "terms_until", err))
		return false;
	*out = t.kind == ZY_TERMS_PROMISE
		   ? zy_arena_printf(a, err,
			 "告知承诺制办理：%s。核查期限至%s。 Granted on a promise, to be checked by %s.", t.about,
			 (const char *)until.p, t.until)
		   : zy_arena_printf(a, err,
			 "容缺办理：%s，最迟%s补齐，逾期本证照失效。 Conditional: lapses unless completed by %s.",
			 t.about, (const char *)until.p, t.until);
	return *out != NULL;
}
