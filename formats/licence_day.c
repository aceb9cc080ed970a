#include "zy/licence_day.h"

#include "zy/receipt.h"

const char *zy_day_status_name(enum zy_day_status s)
{
	static const char *const names[ZY_NUM_DAY_STATUS] = { "not-yet-valid", "valid", "suspended", "revoked",
		"superseded", "expired", "on-promise", "overdue", "conditional", "lapsed" };

	return s < ZY_NUM_DAY_STATUS ? names[s] : "unknown";
}

const char *zy_day_status_zh(enum zy_day_status s)
{
	static const char *const names[ZY_NUM_DAY_STATUS] = { "尚未生效", "有效", "暂停", "已撤销", "已被新版取代",
		"已过期", "有效（告知承诺，待核查）", "有效（告知承诺，核查逾期）", "有效（容缺）", "容缺逾期失效" };

	return s < ZY_NUM_DAY_STATUS ? names[s] : "";
}

static bool is(const struct zy_day_event *e, const char *what)
{
	return e != NULL && strcmp(e->what, what) == 0;
}

static bool makes(const struct zy_day_event *e)
{
	return is(e, "mint") || is(e, "change");
}

/* Events come in the order they were recorded, so the last one that counts overrules those before. */
static void weigh(struct zy_day_weighed *w, const struct zy_day_event *e, const struct zy_when *when)
{
	if (e->at > when->at || e->from > when->on)
		return;
	if (makes(e))
		w->in_force = e;
	else if (!is(e, "superseded"))
		w->status = e;
}

static const struct zy_day_event *made(
    const struct zy_day_event *events, size_t num, unsigned version, const struct zy_when *when)
{
	for (size_t i = 0; i < num; i++)
		if (makes(&events[i]) && events[i].version == version && events[i].at <= when->at)
			return &events[i];
	return NULL;
}

void zy_day_weigh(const struct zy_day_event *events, size_t num, const struct zy_when *when, struct zy_day_weighed *out)
{
	*out = (struct zy_day_weighed){ 0 };
	for (size_t i = 0; i < num; i++)
		weigh(out, &events[i], when);
	out->version = when->version != 0      ? made(events, num, when->version, when)
		       : out->in_force != NULL ? out->in_force
					       : made(events, num, 1, when);
}

/* Of a version that stands that day: valid, or on its terms. */
static struct zy_day_verdict on_terms(const struct zy_log_term *t, zy_time on, zy_time since)
{
	static const enum zy_day_status stands[] = { [ZY_TERMS_FREE] = ZY_DAY_VALID,
		[ZY_TERMS_PROMISED] = ZY_DAY_ON_PROMISE,
		[ZY_TERMS_OVERDUE] = ZY_DAY_OVERDUE,
		[ZY_TERMS_CONDITIONAL] = ZY_DAY_CONDITIONAL,
		[ZY_TERMS_LAPSED] = ZY_DAY_LAPSED };
	const enum zy_terms_state state = zy_terms_state_of(t->kind, t->until, on);

	return (struct zy_day_verdict){ stands[state], "",
		state == ZY_TERMS_OVERDUE || state == ZY_TERMS_LAPSED ? t->until : since };
}

void zy_day_judge(const struct zy_day_weighed *w, const struct zy_when *when, const struct zy_log_term *term,
    struct zy_day_verdict *out)
{
	const zy_time begins = w->version->from > term->first ? w->version->from : term->first;
	const struct zy_day_event *s = w->status;
	const zy_time on = when->on;

	if (is(s, "revoked"))
		*out = (struct zy_day_verdict){ ZY_DAY_REVOKED, s->reason, s->from };
	else if (begins > on)
		*out = (struct zy_day_verdict){ ZY_DAY_NOT_YET, "", begins };
	else if (w->in_force != w->version)
		*out = (struct zy_day_verdict){ ZY_DAY_SUPERSEDED, "", w->in_force->from };
	else if (term->last < on)
		*out = (struct zy_day_verdict){ ZY_DAY_EXPIRED, "", term->last };
	else if (is(s, "suspended") && zy_terms_state_of(term->kind, term->until, on) != ZY_TERMS_LAPSED)
		*out = (struct zy_day_verdict){ ZY_DAY_SUSPENDED, s->reason, s->from };
	else
		*out = on_terms(term, on, s != NULL && s->from > begins ? s->from : begins);
}

bool zy_rules_tag(uint64_t n, uint8_t out[ZY_LOG_TAG_LEN], struct zy_error *err)
{
	uint8_t key[ZY_HASH_LEN];

	return zy_digest(ZY_HASH_SHA256, ZY_LITERAL("zy-rules-1"), key, err) && zy_receipt_tag(key, n, out, err);
}
