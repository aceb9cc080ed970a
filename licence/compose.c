/* Step 3: the licence record in canonical form. Same approved data and same intent, same bytes. */
#include "mint_internal.h"

#include <stdio.h>

/* Serial as in the identifiers of practice: the year, then a running number. */
static bool compose_identifier(struct zy_mint_work *w, struct zy_error *err)
{
	struct zy_identifier id = w->before;
	char date[ZY_TIME_TEXT];

	if (w->changes == NULL) {
		zy_time_to_date(w->intent.at, ZY_BEIJING_S, date);
		id.version = 0;
		snprintf(id.type, sizeof(id.type), "%s", w->type->code);
		snprintf(id.issuer, sizeof(id.issuer), "%s", w->type->issuer_code);
		snprintf(id.serial, sizeof(id.serial), "%.4s%08llu", date, (unsigned long long)w->intent.serial);
	}
	id.version++;
	return zy_identifier_encode(&id, w->record.identifier, err);
}

static bool compose_fields(struct zy_mint_work *w, struct zy_error *err)
{
	struct zy_field *fields = zy_arena_array(w->arena, w->application.num + ZY_TERMS_FIELDS, sizeof(*fields), err);

	if (fields == NULL)
		return false;
	for (size_t i = 0; i < w->application.num; i++)
		fields[i] = (struct zy_field){ w->application.given[i].key, w->application.given[i].value };
	w->record.fields = fields;
	w->record.num_fields = w->application.num + zy_terms_put(&w->terms, fields + w->application.num);
	return true;
}

/* What the feed and the log say of terms: what kind, and until when; or that they were fulfilled. */
static bool compose_reason(struct zy_mint_work *w, struct zy_error *err)
{
	if (w->terms.kind != ZY_TERMS_NONE)
		w->reason =
		    zy_arena_printf(w->arena, err, "%s-until-%s", zy_terms_kind_name(w->terms.kind), w->terms.until);
	else
		w->reason = w->asked != NULL && w->asked->fulfilled ? "fulfilled" : "";
	return w->reason != NULL;
}

static const char *value_or(const struct zy_mint_work *w, const char *key, const char *otherwise)
{
	const char *v = zy_application_value(&w->application, key);

	return v[0] == 0 ? otherwise : v;
}

/* Legal time: the start of the first day and the end of the last, Beijing time. */
static bool legal_time(struct zy_mint_work *w, struct zy_error *err)
{
	if (!zy_time_from_date(zy_str(w->record.valid_from), ZY_BEIJING_S, &w->valid_from, err))
		return false;
	w->valid_to = ZY_TIME_NEVER;
	if (w->record.valid_to[0] == 0)
		return true;
	if (!zy_time_from_date(zy_str(w->record.valid_to), ZY_BEIJING_S, &w->valid_to, err))
		return false;
	w->valid_to += 86399;
	return w->valid_to > w->valid_from ||
	       zy_fail(err, ZY_E_DATES, w->type->to_field, ZY_NOWHERE, "the licence ends before it begins");
}

bool zy_mint_compose(struct zy_mint_work *w, struct zy_error *err)
{
	const struct zy_type *t = w->type;
	const struct zy_department *issuer = zy_policy_department(&w->desk->policy, t->issuer_code);
	struct zy_record *r = &w->record;
	char date[ZY_TIME_TEXT];
	const char *today;

	zy_time_to_date(w->intent.at, ZY_BEIJING_S, date);
	if (issuer == NULL || (today = zy_arena_text(w->arena, zy_str(date), err)) == NULL)
		return zy_fail(
		    err, ZY_E_POLICY, "issuer_code", ZY_NOWHERE, "there is no department %s", t->issuer_code);
	r->type_code = t->code;
	r->type_name = t->name.zh;
	r->number = value_or(w, t->number_field, w->holder.number);
	r->issuer_code = t->issuer_code;
	r->issuer_name = issuer->name.zh;
	r->issue_date = value_or(w, t->issue_field, today);
	r->holder_name = w->holder_name;
	r->holder = w->holder;
	r->valid_from = value_or(w, t->from_field, r->issue_date);
	r->valid_to = value_or(w, t->to_field, "");
	r->item_code = t->item_code;
	r->seal_name = w->seal->rule->name.zh;
	r->catalogue_version = t->catalogue_version;
	r->made_at = w->intent.at;
	return compose_identifier(w, err) && compose_fields(w, err) && compose_reason(w, err) && legal_time(w, err);
}
