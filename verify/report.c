#include "zy/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define DETAIL_MAX 200

void zy_report_start(struct zy_report *r, const char *input, zy_time at)
{
	*r = (struct zy_report){ .input = input, .at = at, .logged = ZY_TIME_NEVER };
	r->last = r->part = &r->first;
}

void zy_report_free(struct zy_report *r)
{
	zy_arena_free(&r->arena);
	r->first = NULL;
	r->last = r->part = &r->first;
	r->num_findings = 0;
}

static bool known_already(const struct zy_report *r, const struct zy_finding_rule *rule, const char *field, size_t at)
{
	for (const struct zy_finding *f = *r->part; f != NULL; f = f->next)
		if (f->rule == rule && f->offset == at && strcmp(f->field, field) == 0)
			return true;
	return false;
}

static void append(struct zy_report *r, const struct zy_finding_rule *rule, const char *field, size_t at, const char *d)
{
	struct zy_error ignored = { 0 };
	struct zy_finding *f = zy_arena_alloc(&r->arena, sizeof(*f), &ignored);

	if (f == NULL) {
		r->num_findings = ZY_REPORT_FINDINGS_MAX;
		return;
	}
	*f = (struct zy_finding){ .rule = rule, .field = field, .offset = at };
	if (d[0] != 0)
		f->detail = zy_arena_text(&r->arena, zy_str(d), &ignored);
	*r->last = f;
	r->last = &f->next;
	r->num_findings++;
}

/* Cut at DETAIL_MAX bytes, never inside a character. */
static void cut(char *text, size_t len)
{
	if (len < DETAIL_MAX)
		return;
	len = DETAIL_MAX - 1;
	while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	text[len] = 0;
}

void zy_report_add(struct zy_report *r, const char *code, const char *field, size_t offset, const char *detail, ...)
{
	const struct zy_finding_rule *rule = zy_finding_rule(code);
	char text[DETAIL_MAX] = "";
	va_list ap;
	int n;

	if (rule == NULL)
		abort(); /* a finding that were dropped could let a bad document pass */
	if (field == NULL)
		field = "";
	if (r->num_findings >= ZY_REPORT_FINDINGS_MAX || known_already(r, rule, field, offset))
		return;
	if (detail != NULL) {
		va_start(ap, detail);
		n = vsnprintf(text, sizeof(text), detail, ap);
		va_end(ap);
		cut(text, n < 0 ? 0 : (size_t)n);
	}
	if (r->num_findings == ZY_REPORT_FINDINGS_MAX - 1)
		append(r, zy_finding_rule("too-many-findings"), "", ZY_NOWHERE, "");
	else
		append(r, rule, field, offset, text);
}

void zy_report_add_error(struct zy_report *r, const char *code, const struct zy_error *why)
{
	struct zy_error ignored = { 0 };
	const char *field = zy_arena_text(&r->arena, zy_str(why->field == NULL ? "" : why->field), &ignored);

	zy_report_add(r, code, field, why->offset, "%s: %s", zy_code_name(why->code), why->msg);
}

static enum zy_indication worse(enum zy_indication so_far, const struct zy_finding *f, const char **sub)
{
	if (f->rule->severity == ZY_SEVERITY_FAIL && so_far != ZY_TOTAL_FAILED) {
		*sub = f->rule->sub_indication;
		return ZY_TOTAL_FAILED;
	}
	if (f->rule->severity == ZY_SEVERITY_UNKNOWN && so_far == ZY_TOTAL_PASSED) {
		*sub = f->rule->sub_indication;
		return ZY_INDETERMINATE;
	}
	return so_far;
}

enum zy_indication zy_report_since(const struct zy_report *r, struct zy_finding *const *mark, const char **sub)
{
	enum zy_indication i = ZY_TOTAL_PASSED;

	*sub = NULL;
	for (const struct zy_finding *f = *mark; f != NULL; f = f->next)
		i = worse(i, f, sub);
	if (i != ZY_TOTAL_FAILED && r->num_findings >= ZY_REPORT_FINDINGS_MAX) {
		*sub = "FORMAT_FAILURE";
		return ZY_TOTAL_FAILED;
	}
	return i;
}

static enum zy_indication verdict(const struct zy_report *r, const char **sub)
{
	enum zy_indication i = zy_report_since(r, &r->first, sub);

	if (i == ZY_TOTAL_PASSED && (r->num_signatures == 0 || !r->trusted)) {
		*sub = r->num_signatures == 0 ? "NO_SIGNATURE" : "NO_CERTIFICATE_CHAIN_FOUND";
		return ZY_INDETERMINATE;
	}
	return i;
}

enum zy_indication zy_report_indication(const struct zy_report *r)
{
	const char *sub;

	return verdict(r, &sub);
}

const char *zy_report_sub_indication(const struct zy_report *r)
{
	const char *sub;

	verdict(r, &sub);
	return sub;
}

const char *zy_indication_name(enum zy_indication i)
{
	switch (i) {
	case ZY_TOTAL_PASSED:
		return "TOTAL-PASSED";
	case ZY_TOTAL_FAILED:
		return "TOTAL-FAILED";
	case ZY_INDETERMINATE:
		break;
	}
	return "INDETERMINATE";
}

int zy_indication_exit(enum zy_indication i)
{
	switch (i) {
	case ZY_TOTAL_PASSED:
		return 0;
	case ZY_TOTAL_FAILED:
		return 1;
	case ZY_INDETERMINATE:
		break;
	}
	return 2;
}
