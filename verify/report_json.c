#include "internal.h"

#include "zy/text.h"

void zy_json_put(struct zy_buf *out, const char *text)
{
	struct zy_error ignored = { 0 };
	bool is_utf8 = zy_utf8_check(zy_str(text), "", &ignored);

	zy_buf_put_u8(out, '"');
	for (const unsigned char *c = (const unsigned char *)text; *c != 0; c++) {
		if (*c == '"' || *c == '\\')
			zy_buf_printf(out, "\\%c", *c);
		else if (*c < 0x20 || *c == 0x7f)
			zy_buf_printf(out, "\\u%04x", *c);
		else if (*c >= 0x80 && !is_utf8)
			zy_buf_put_str(out, "\xef\xbf\xbd"); /* U+FFFD */
		else
			zy_buf_put_u8(out, *c);
	}
	zy_buf_put_u8(out, '"');
}

static void member(struct zy_buf *out, const char *name, const char *text)
{
	zy_buf_printf(out, "\"%s\":", name);
	if (text == NULL)
		zy_buf_put_str(out, "null");
	else
		zy_json_put(out, text);
}

static void next_member(struct zy_buf *out, const char *name, const char *text)
{
	zy_buf_put_u8(out, ',');
	member(out, name, text);
}

static void time_member(struct zy_buf *out, const char *name, zy_time t)
{
	char text[ZY_TIME_TEXT];

	zy_time_to_rfc3339(t, text);
	next_member(out, name, text);
}

static void offset_member(struct zy_buf *out, size_t offset)
{
	if (offset == ZY_NOWHERE)
		next_member(out, "offset", NULL);
	else
		zy_buf_printf(out, ",\"offset\":%zu", offset);
}

static void put_summary(const struct zy_report *r, struct zy_buf *out)
{
	ZY_BUF_AUTO en = { 0 }, zh = { 0 };

	zy_report_summary(r, &en, &zh);
	zy_buf_put_u8(&en, 0);
	zy_buf_put_u8(&zh, 0);
	if (en.failed || zh.failed) {
		out->failed = true;
		return;
	}
	zy_buf_put_str(out, ",\"summary\":{");
	member(out, "en", (const char *)en.p);
	next_member(out, "zh", (const char *)zh.p);
	zy_buf_put_u8(out, '}');
}

static void put_legal_effect(const struct zy_report *r, struct zy_buf *out)
{
	struct zy_legal_condition all[ZY_LEGAL_MAX];
	size_t num = zy_legal_conditions(r, all);

	zy_buf_printf(out, ",\"legal_effect\":{\"holds\":%s,\"conditions\":[", zy_legal_holds(r) ? "true" : "false");
	for (size_t i = 0; i < num; i++) {
		zy_buf_put_str(out, i == 0 ? "{" : ",{");
		member(out, "clause", all[i].clause);
		zy_buf_printf(out, ",\"met\":%s", all[i].met ? "true" : "false");
		next_member(out, "because", all[i].because);
		zy_buf_put_u8(out, '}');
	}
	zy_buf_put_str(out, "]}");
}

static void put_signature(const struct zy_report_signature *s, struct zy_buf *out)
{
	zy_buf_printf(out, "{\"n\":%u", s->n);
	next_member(out, "kind", s->kind);
	next_member(out, "signer", s->signer);
	if (s->seal_esid == NULL) {
		next_member(out, "seal", NULL);
	} else {
		zy_buf_put_str(out, ",\"seal\":{");
		member(out, "esID", s->seal_esid);
		next_member(out, "name", s->seal_name);
		zy_buf_put_u8(out, '}');
	}
	if (s->time_source == NULL)
		next_member(out, "signing_time", NULL);
	else
		time_member(out, "signing_time", s->signing_time);
	next_member(out, "time_source", s->time_source);
	next_member(out, "covers", s->covers);
	next_member(out, "indication", zy_indication_name(s->indication));
	next_member(out, "sub_indication", s->sub_indication);
	zy_buf_put_u8(out, '}');
}

static void put_licence(const struct zy_report *r, struct zy_buf *out)
{
	const struct zy_report_licence *l = &r->licence;

	if (!r->has_licence) {
		zy_buf_put_str(out, ",\"licence\":null");
		return;
	}
	zy_buf_put_str(out, ",\"licence\":{");
	member(out, "identifier", l->identifier);
	next_member(out, "type", l->type_code);
	next_member(out, "holder", l->holder_name);
	next_member(out, "status", l->status);
	time_member(out, "status_as_of", l->status_as_of);
	if (l->logged)
		zy_buf_printf(out, ",\"log_index\":%llu", (unsigned long long)l->log_index);
	else
		next_member(out, "log_index", NULL);
	zy_buf_put_u8(out, '}');
}

static void put_showing(const struct zy_report_showing *s, struct zy_buf *out)
{
	zy_buf_put_str(out, ",\"showing\":{");
	member(out, "type", s->type_code);
	next_member(out, "type_zh", s->type_zh);
	next_member(out, "type_en", s->type_en);
	next_member(out, "issuer", s->issuer_code);
	next_member(out, "issuer_zh", s->issuer_zh);
	next_member(out, "issuer_en", s->issuer_en);
	time_member(out, "made_at", s->made_at);
	time_member(out, "credential_until", s->credential_until);
	zy_buf_put_str(out, ",\"fields\":[");
	for (size_t i = 0; i < s->num_fields; i++) {
		zy_buf_printf(out, "%s{\"label\":%u", i == 0 ? "" : ",", s->fields[i].label);
		next_member(out, "key", s->fields[i].key);
		next_member(out, "zh", s->fields[i].zh);
		next_member(out, "en", s->fields[i].en);
		next_member(out, "value", s->fields[i].value);
		zy_buf_put_u8(out, '}');
	}
	zy_buf_put_str(out, "]}");
}

static void put_standing(const struct zy_report_standing *s, struct zy_buf *out)
{
	zy_buf_printf(out, ",\"standing\":{\"version\":%u", s->version);
	time_member(out, "on", s->on);
	if (s->at == ZY_TIME_NEVER)
		next_member(out, "at", NULL);
	else
		time_member(out, "at", s->at);
	next_member(out, "status", s->status);
	time_member(out, "since", s->since);
	next_member(out, "reason", s->reason);
	zy_buf_printf(out, ",\"in_force\":%.0u%s", s->in_force, s->in_force == 0 ? "null" : "");
	zy_buf_printf(
	    out, ",\"complete\":%s,\"entries\":%llu", s->complete ? "true" : "false", (unsigned long long)s->entries);
	time_member(out, "known_until", s->known);
	next_member(out, "known_by", s->witnessed ? "witnesses" : "log");
	next_member(out, "catalogue", s->rules[0] == 0 ? NULL : s->rules);
	if (s->rules[0] == 0)
		next_member(out, "catalogue_since", NULL);
	else
		time_member(out, "catalogue_since", s->rules_since);
	zy_buf_printf(out, ",\"catalogue_complete\":%s}", s->rules_complete ? "true" : "false");
}

/* UNKNOWN has no word of its own in the contract: it does not fail the document, it keeps it from passing. */
static const char *severity_name(enum zy_severity s)
{
	switch (s) {
	case ZY_SEVERITY_FAIL:
		return "fail";
	case ZY_SEVERITY_UNKNOWN:
	case ZY_SEVERITY_WARN:
		return "warn";
	case ZY_SEVERITY_INFO:
		break;
	}
	return "info";
}

static void put_sentence(struct zy_buf *out, const char *name, const char *sentence, const char *detail)
{
	ZY_BUF_AUTO text = { 0 };

	zy_buf_put_str(&text, sentence);
	if (detail != NULL)
		zy_buf_printf(&text, " (%s)", detail);
	zy_buf_put_u8(&text, 0);
	if (text.failed)
		out->failed = true;
	else
		next_member(out, name, (const char *)text.p);
}

static void put_finding(const struct zy_finding *f, struct zy_buf *out)
{
	zy_buf_put_u8(out, '{');
	member(out, "code", f->rule->code);
	next_member(out, "severity", severity_name(f->rule->severity));
	next_member(out, "field", f->field);
	offset_member(out, f->offset);
	next_member(out, "clause", f->rule->clause);
	put_sentence(out, "en", f->rule->en, f->detail);
	put_sentence(out, "zh", f->rule->zh, f->detail);
	zy_buf_put_str(out, ",\"hint\":{");
	member(out, "en", zy_finding_advice(f->rule)->en);
	next_member(out, "zh", zy_finding_advice(f->rule)->zh);
	zy_buf_put_str(out, "}}");
}

bool zy_report_to_json(const struct zy_report *r, struct zy_buf *out, struct zy_error *err)
{
	zy_buf_put_u8(out, '{');
	member(out, "input", r->input);
	next_member(out, "format", r->format);
	time_member(out, "at", r->at);
	next_member(out, "indication", zy_indication_name(zy_report_indication(r)));
	next_member(out, "sub_indication", zy_report_sub_indication(r));
	put_summary(r, out);
	put_legal_effect(r, out);
	zy_buf_put_str(out, ",\"signatures\":[");
	for (size_t i = 0; i < r->num_signatures; i++) {
		zy_buf_put_str(out, i == 0 ? "" : ",");
		put_signature(&r->signatures[i], out);
	}
	zy_buf_put_u8(out, ']');
	put_licence(r, out);
	for (size_t i = 0; i < r->num_path; i++) {
		zy_buf_put_str(out, i == 0 ? ",\"path\":[" : ",");
		zy_json_put(out, r->path[i]);
	}
	zy_buf_put_str(out, r->num_path > 0 ? "]" : "");
	if (r->vouched_by != NULL) {
		zy_buf_put_str(out, ",\"vouched_by\":{");
		member(out, "bundle", r->vouched_by);
		zy_buf_printf(out, ",\"version\":%llu}", (unsigned long long)r->vouched_version);
	}
	if (r->has_showing)
		put_showing(&r->showing, out);
	if (r->has_standing)
		put_standing(&r->standing, out);
	zy_buf_put_str(out, ",\"findings\":[");
	for (const struct zy_finding *f = r->first; f != NULL; f = f->next) {
		zy_buf_put_str(out, f == r->first ? "" : ",");
		put_finding(f, out);
	}
	zy_buf_put_str(out, "]}");
	return zy_buf_done(out, "report", err);
}

bool zy_error_to_json(const char *input, const struct zy_error *why, struct zy_buf *out, struct zy_error *err)
{
	zy_buf_put_u8(out, '{');
	member(out, "input", input);
	zy_buf_put_str(out, ",\"error\":{");
	member(out, "code", zy_code_name(why->code));
	next_member(out, "field", why->field == NULL ? "" : why->field);
	offset_member(out, why->offset);
	next_member(out, "message", why->msg);
	zy_buf_put_str(out, "}}");
	return zy_buf_done(out, "error", err);
}
