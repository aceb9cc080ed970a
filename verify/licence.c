/* What makes a sealed file a licence: its record, its issuer's right, its own dates (GB/T 36903 to 36905). */
#include "internal.h"

#include "zy/terms.h"

#define DAY_S 86400

static bool same_value(const struct zy_metadata *m, const struct zy_metadata *all, size_t num)
{
	size_t found = 0;

	for (size_t i = 0; i < num; i++)
		if (strcmp(all[i].name, m->name) == 0 && strcmp(all[i].value, m->value) == 0)
			found++;
	return found == 1;
}

/* Both lists say the same, neither says more; an element without a value is as good as none. */
static bool judge_metadata(struct zy_case *c, const struct zy_record *rec, const struct zy_metadata *shown,
    size_t num_shown, struct zy_error *err)
{
	const struct zy_metadata *own;
	size_t num_own;

	if (!zy_record_metadata(rec, c->work, &own, &num_own, err))
		return false;
	for (size_t i = 0; i < num_own; i++)
		if (own[i].value[0] != 0 && !same_value(&own[i], shown, num_shown))
			zy_report_add(
			    c->r, "licence-metadata-differs", zy_case_text(c, zy_str(own[i].name)), ZY_NOWHERE, NULL);
	for (size_t i = 0; i < num_shown; i++)
		if (shown[i].value[0] != 0 && !same_value(&shown[i], own, num_own))
			zy_report_add(
			    c->r, "licence-metadata-differs", zy_case_text(c, zy_str(shown[i].name)), ZY_NOWHERE, NULL);
	return true;
}

static bool owns_seal(const struct zy_trust_issuer *i, const char *esID)
{
	for (size_t k = 0; k < i->num_seals; k++)
		if (strcmp(i->seals[k], esID) == 0)
			return true;
	return false;
}

/* Who signed is who issued, and may issue this. */
static void judge_issuer(struct zy_case *c, const struct zy_record *rec, const struct zy_signed_by *by)
{
	const struct zy_trust_issuer *issuer;

	if (by->known && by->facts.uscc[0] == 0)
		zy_report_add(c->r, "licence-signer-unnamed", "ZZBFJGDM", ZY_NOWHERE, NULL);
	else if (by->known && strcmp(by->facts.uscc, rec->issuer_code) != 0)
		zy_report_add(c->r, "licence-signer-not-issuer", "ZZBFJGDM", ZY_NOWHERE, NULL);
	if (c->trust == NULL)
		return;
	if (zy_trust_is_seniors(c->trust, rec->issuer_code))
		zy_report_add(c->r, "issuer-of-another-bundle", "ZZBFJGDM", ZY_NOWHERE, NULL);
	if ((issuer = zy_trust_issuer(c->trust, rec->issuer_code)) == NULL) {
		zy_report_add(c->r, "licence-issuer-unknown", "ZZBFJGDM", ZY_NOWHERE, NULL);
		return;
	}
	if (!zy_trust_issuer_may(issuer, rec->type_code))
		zy_report_add(c->r, "licence-type-not-allowed", "ZZLXDM", ZY_NOWHERE, NULL);
	if (by->esID[0] != 0 && !owns_seal(issuer, by->esID))
		zy_report_add(c->r, "licence-seal-not-issuers", "esID", ZY_NOWHERE, NULL);
}

/* A licence is in force from the first second of its first day to the last of its last, in Beijing. */
static bool judge_dates(struct zy_case *c, const struct zy_record *rec, struct zy_error *err)
{
	zy_time from, to = ZY_TIME_NEVER;

	if (!zy_time_from_date(zy_str(rec->valid_from), ZY_BEIJING_S, &from, err) ||
	    (rec->valid_to[0] != 0 && !zy_time_from_date(zy_str(rec->valid_to), ZY_BEIJING_S, &to, err)))
		return false;
	if (c->at < from) {
		zy_report_add(
		    c->r, "licence-not-yet-valid", "ZZYXQQSRQ", ZY_NOWHERE, "it begins on %s", rec->valid_from);
		c->r->licence.status = "not-yet-valid";
	}
	if (to != ZY_TIME_NEVER && c->at >= to + DAY_S) {
		zy_report_add(c->r, "licence-expired", "ZZYXQJZRQ", ZY_NOWHERE, "it ended on %s", rec->valid_to);
		c->r->licence.status = "expired";
	}
	return true;
}

/* After its day a condition ends this version for certain: what was completed in time has a later version. */
static void judge_terms(struct zy_case *c, const struct zy_record *rec)
{
	static const char *const codes[] = { [ZY_TERMS_PROMISED] = "licence-on-promise",
		[ZY_TERMS_OVERDUE] = "licence-promise-overdue",
		[ZY_TERMS_CONDITIONAL] = "licence-conditional",
		[ZY_TERMS_LAPSED] = "licence-lapsed" };
	enum zy_terms_state state;
	struct zy_terms t;

	zy_terms_get(rec, &t);
	if ((state = zy_terms_state(&t, c->at)) == ZY_TERMS_FREE)
		return;
	zy_report_add(c->r, codes[state], "KZ_terms_until", ZY_NOWHERE, "until %s", t.until);
	if (strcmp(c->r->licence.status, "valid") == 0)
		c->r->licence.status = zy_terms_state_name(state);
}

static void fill(struct zy_case *c, const struct zy_record *rec)
{
	const struct zy_trust_type *type = c->trust == NULL ? NULL : zy_trust_type_by_code(c->trust, rec->type_code);
	struct zy_report_licence *out = &c->r->licence;
	char masked[ZY_HOLDER_NUMBER_MAX + 1];

	zy_holder_mask(&rec->holder, masked);
	c->r->has_licence = true;
	*out = (struct zy_report_licence){ .identifier = zy_case_text(c, zy_str(rec->identifier)),
		.type_code = zy_case_text(c, zy_str(rec->type_code)),
		.type_zh = zy_case_text(c, zy_str(rec->type_name)),
		.type_en = type == NULL ? NULL : zy_case_text(c, zy_str(type->name.en)),
		.holder_name = zy_case_text(c, zy_str(rec->holder_name)),
		.holder_masked = zy_case_text(c, zy_str(masked)),
		.issuer = zy_case_text(c, zy_str(rec->issuer_name)),
		.status = "valid",
		.status_as_of = rec->made_at };
}

/* What a file shows of its status is worth no more than the file: anything else that is wrong makes it unknown. */
static void judge_status(struct zy_case *c)
{
	zy_report_add(c->r, "licence-status-not-checked", "", ZY_NOWHERE, NULL);
	for (const struct zy_finding *f = c->r->first; f != NULL; f = f->next)
		if (f->rule->breaks != 0 && strcmp(f->rule->code, "licence-expired") != 0 &&
		    strcmp(f->rule->code, "licence-not-yet-valid") != 0 && strcmp(f->rule->code, "licence-lapsed") != 0)
			c->r->licence.status = "unknown";
	if (c->trust == NULL)
		c->r->licence.status = "unknown";
}

static bool read_record(struct zy_case *c, struct zy_bytes xml, struct zy_error *why, struct zy_error *err)
{
	struct zy_record *rec = zy_arena_alloc(c->work, sizeof(*rec), err);

	if (rec == NULL)
		return false;
	if (zy_record_from_xml(rec, xml, c->work, why))
		c->record = rec;
	else if (zy_code_exit(why->code) != 65)
		return zy_fail(err, why->code, why->field, why->offset, "%s", why->msg);
	return true;
}

bool zy_case_record(struct zy_case *c, struct zy_bytes xml, struct zy_error *err)
{
	struct zy_error ignored = { 0 };

	return read_record(c, xml, &ignored, err);
}

const char *zy_case_type(const struct zy_case *c)
{
	return c->record == NULL ? NULL : c->record->type_code;
}

bool zy_case_licence(struct zy_case *c, struct zy_bytes xml, const struct zy_metadata *metadata, size_t num_metadata,
    const struct zy_signed_by *by, struct zy_error *err)
{
	struct zy_error why = { 0 };

	if (c->record == NULL && !read_record(c, xml, &why, err))
		return false;
	if (c->record == NULL) {
		zy_report_add_error(c->r, "licence-record-unreadable", &why);
		return true;
	}
	fill(c, c->record);
	if (metadata != NULL && !judge_metadata(c, c->record, metadata, num_metadata, err))
		return false;
	judge_issuer(c, c->record, by);
	if (!judge_dates(c, c->record, err))
		return false;
	judge_terms(c, c->record);
	judge_status(c);
	return true;
}
