#include "internal.h"

#include "zy/text.h"

#define TEXT_MAX 300

void zy_text_put(struct zy_buf *out, const char *text)
{
	struct zy_bytes t = zy_str(text);
	struct zy_error ignored = { 0 };
	bool is_utf8 = zy_utf8_check(t, "", &ignored);

	for (size_t i = 0, next = 0; i < t.len; i = next) {
		uint32_t c = is_utf8 ? zy_utf8_next(t, &next) : t.p[next++];

		if (next > TEXT_MAX) {
			zy_buf_put_str(out, "...");
			return;
		}
		/* C0, DEL, C1, line and paragraph separators and the bidirectional controls could fake a report */
		if (c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200e && c <= 0x200f) ||
		    (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || (!is_utf8 && c >= 0x80))
			zy_buf_put_u8(out, '?');
		else
			zy_buf_put(out, ZY_BYTES(t.p + i, next - i));
	}
}

static void line(struct zy_buf *out, const char *name, const char *text)
{
	if (text == NULL || text[0] == 0)
		return;
	zy_buf_printf(out, "  %s: ", name);
	zy_text_put(out, text);
	zy_buf_put_u8(out, '\n');
}

static const char *severity_word(enum zy_severity s)
{
	switch (s) {
	case ZY_SEVERITY_FAIL:
		return "FAIL    不合格";
	case ZY_SEVERITY_UNKNOWN:
		return "UNKNOWN 无法判断";
	case ZY_SEVERITY_WARN:
		return "warn    提醒";
	case ZY_SEVERITY_INFO:
		break;
	}
	return "info    说明";
}

static void put_head(const struct zy_report *r, struct zy_buf *out)
{
	const char *sub = zy_report_sub_indication(r);
	char at[ZY_TIME_TEXT];

	zy_text_put(out, r->input);
	zy_buf_printf(out, ": %s%s%s\n", zy_indication_name(zy_report_indication(r)), sub == NULL ? "" : " ",
	    sub == NULL ? "" : sub);
	zy_buf_put_str(out, "  ");
	zy_report_summary(r, out, &(struct zy_buf){ .failed = true });
	zy_buf_put_str(out, "\n  ");
	zy_report_summary(r, &(struct zy_buf){ .failed = true }, out);
	zy_buf_put_u8(out, '\n');
	if (zy_report_advice(r) != NULL) {
		line(out, "what to do", zy_report_advice(r)->en);
		line(out, "处理建议", zy_report_advice(r)->zh);
	}
	line(out, "format 格式", r->format);
	zy_time_to_rfc3339(r->at, at);
	line(out, "judged at 验证时间", at);
	if (r->vouched_by != NULL) {
		line(out, "vouched for by 信任包", r->vouched_by);
		zy_buf_printf(out, "  version 信任包版本: %llu\n", (unsigned long long)r->vouched_version);
	}
}

static void put_licence(const struct zy_report_licence *l, struct zy_buf *out)
{
	zy_buf_put_str(out, "licence 证照\n");
	line(out, "identifier 证照标识", l->identifier);
	line(out, "type 证照类型", l->type_zh);
	line(out, "type", l->type_en);
	line(out, "holder 持证主体", l->holder_name);
	line(out, "holder number 持证主体代码", l->holder_masked);
	line(out, "issuer 颁发机构", l->issuer);
	line(out, "status 状态", l->status);
}

static void put_showing(const struct zy_report_showing *s, struct zy_buf *out)
{
	char at[ZY_TIME_TEXT];

	zy_buf_put_str(out, "shown 亮证\n");
	line(out, "type 证照类型", s->type_zh);
	line(out, "type", s->type_en);
	line(out, "issuer 颁发机构", s->issuer_zh);
	for (size_t i = 0; i < s->num_fields; i++)
		line(out, s->fields[i].zh, s->fields[i].value);
	zy_time_to_rfc3339(s->made_at, at);
	line(out, "made at 亮证时间", at);
}

static void time_line(struct zy_buf *out, const char *name, zy_time t)
{
	char text[ZY_TIME_TEXT];

	zy_time_to_rfc3339(t, text);
	line(out, name, text);
}

static void put_standing(const struct zy_report_standing *s, struct zy_buf *out)
{
	zy_buf_put_str(out, "standing 当日状态\n");
	time_line(out, "on 所问时刻", s->on);
	if (s->at != ZY_TIME_NEVER)
		time_line(out, "as recorded by 以此前的记录为准", s->at);
	line(out, "status 状态", s->status);
	line(out, "状态", s->status_zh);
	line(out, "reason 原因", s->reason);
	time_line(out, "since 起始", s->since);
	zy_buf_printf(out, "  version 版本: %u\n", s->version);
	if (s->in_force != 0 && s->in_force != s->version)
		zy_buf_printf(out, "  in force 当时有效版本: %u\n", s->in_force);
	line(out, "rules of that day 当日目录", s->rules[0] == 0 ? "none were known 未记录" : s->rules);
	zy_buf_printf(out, "  log 日志条目数: %llu\n", (unsigned long long)s->entries);
	time_line(out,
	    s->witnessed ? "known until, by witnesses 已知截至（见证方）" : "known until, by the log 已知截至（日志）",
	    s->known);
}

static void put_signature(const struct zy_report_signature *s, struct zy_buf *out)
{
	char at[ZY_TIME_TEXT] = "";

	zy_buf_printf(out, "signature 签名 %u (%s): %s%s%s\n", s->n, s->kind, zy_indication_name(s->indication),
	    s->sub_indication == NULL ? "" : " ", s->sub_indication == NULL ? "" : s->sub_indication);
	line(out, "signer 签署人", s->signer);
	line(out, "seal 印章", s->seal_name);
	line(out, "seal code 印章编码", s->seal_esid);
	if (s->time_source != NULL)
		zy_time_to_rfc3339(s->signing_time, at);
	line(out, "signed at 签署时间", at);
	line(out, "time from 时间来源", s->time_source);
	line(out, "covers 覆盖范围", s->covers);
}

static void put_findings(const struct zy_report *r, struct zy_buf *out)
{
	if (r->first != NULL)
		zy_buf_put_str(out, "findings 发现\n");
	for (const struct zy_finding *f = r->first; f != NULL; f = f->next) {
		zy_buf_printf(out, "  %s  %s", severity_word(f->rule->severity), f->rule->code);
		if (f->field[0] != 0) {
			zy_buf_put_str(out, "  ");
			zy_text_put(out, f->field);
		}
		if (f->offset != ZY_NOWHERE)
			zy_buf_printf(out, " @ %zu", f->offset);
		zy_buf_printf(out, "  [%s]\n    %s\n    %s\n", f->rule->clause, f->rule->en, f->rule->zh);
		if (f->detail != NULL) {
			zy_buf_put_str(out, "    ");
			zy_text_put(out, f->detail);
			zy_buf_put_u8(out, '\n');
		}
	}
}

static void put_legal_effect(const struct zy_report *r, struct zy_buf *out)
{
	struct zy_legal_condition all[ZY_LEGAL_MAX];
	size_t num = zy_legal_conditions(r, all);

	zy_buf_printf(out, "legal effect 法律效力: %s\n", zy_legal_holds(r) ? "holds 具备" : "not shown 未能确认");
	for (size_t i = 0; i < num; i++)
		zy_buf_printf(out, "  %s %s: %s %s (%s)\n", all[i].met ? "yes 是" : "no  否", all[i].clause, all[i].en,
		    all[i].zh, all[i].because);
}

bool zy_report_to_text(const struct zy_report *r, struct zy_buf *out, struct zy_error *err)
{
	put_head(r, out);
	if (r->has_licence)
		put_licence(&r->licence, out);
	if (r->has_showing)
		put_showing(&r->showing, out);
	if (r->has_standing)
		put_standing(&r->standing, out);
	for (size_t i = 0; i < r->num_signatures; i++)
		put_signature(&r->signatures[i], out);
	for (size_t i = 0; i < r->num_path; i++)
		line(out, i == 0 ? "path 证书路径" : "issued by 颁发者", r->path[i]);
	put_findings(r, out);
	if (r->passed_en == NULL)
		put_legal_effect(r, out);
	return zy_buf_done(out, "report", err);
}
