/* Steps 1 and 2: what is asked for is held against every rule before anything is stored, then the intent. */
#include "mint_internal.h"

#include <stdio.h>
#include <time.h>

#include "zy/cbor.h"
#include "zy/person.h"
#include "zy/secret_home.h"
#include "zy/text.h"

#define SIGNERS_SEEN_MS 1000
#define TERMS_MOST_S ((zy_time)366 * 86400)

/* A number that has come to its end names nobody from then on, and one with a birth date to come nobody yet. */
static bool check_number_holds(struct zy_mint_work *w, struct zy_error *err)
{
	zy_time until;

	if (w->holder.kind == ZY_HOLDER_CITIZEN && zy_citizen_born(w->holder.number) > zy_now(w->desk->clock))
		return zy_fail(err, ZY_E_CITIZEN, "citizen-number", 6,
		    "the birth date in the citizen number has not come; one of its digits is mistyped");
	return zy_vault_identifier_until(w->desk->vault, &w->holder, &until, err) &&
	       (until >= zy_now(w->desk->clock) ||
		   zy_fail(err, ZY_E_HOLDER, "holder", ZY_NOWHERE,
		       "this number of the holder has come to its end; `zhengyin holder show` has those that hold"));
}

static bool check_holder(struct zy_mint_work *w, struct zy_error *err)
{
	const struct zy_mint_request *q = w->asked;

	if (!zy_policy_type(&w->desk->policy, q->type, &w->type, err) || !zy_desk_may_mint(w->desk, w->type, err) ||
	    !zy_holder_parse(&w->holder, zy_str(q->holder), err))
		return false;
	if ((w->type->holder_kinds & 1u << w->holder.kind) == 0)
		return zy_fail(err, ZY_E_HOLDER_KIND, "holder", ZY_NOWHERE, "a %s is not held by a %s holder",
		    w->type->alias, zy_holder_kind_name(w->holder.kind));
	w->holder_name = q->name;
	return check_number_holds(w, err) && zy_utf8_check(zy_str(q->name), "name", err);
}

/* A change starts from the newest version: its type, its holder, its fields. */
static bool check_change(struct zy_mint_work *w, struct zy_application *before, struct zy_error *err)
{
	struct zy_version v;
	struct zy_given *given;

	if (!zy_vault_get(w->desk->vault, w->changes, 0, ZY_TIME_NEVER, false, w->arena, &v, err) ||
	    !zy_record_parse(&w->before_record, v.record, w->arena, err) ||
	    !zy_identifier_parse(&w->before, zy_str(v.identifier), NULL, err) ||
	    !zy_policy_type(&w->desk->policy, w->before_record.type_code, &w->type, err) ||
	    !zy_desk_may_mint(w->desk, w->type, err))
		return false;
	/* A change would make a suspended licence valid again behind the back of whoever suspended it. Days can be
	 * corrected: of a licence that has not begun, and of one that is over. */
	if (!zy_status_holds(v.status) && v.status != ZY_STATUS_NOT_YET_VALID && v.status != ZY_STATUS_EXPIRED)
		return zy_fail(err, ZY_E_STATE, "status", ZY_NOWHERE, "the licence is %s; only a valid one can change",
		    zy_status_name(v.status));
	w->holder = w->before_record.holder;
	w->holder_name = w->asked->name != NULL ? w->asked->name : w->before_record.holder_name;
	given = zy_arena_array(w->arena, w->before_record.num_fields + 1, sizeof(*given), err);
	if (given == NULL)
		return false;
	*before = (struct zy_application){ .given = given };
	for (size_t i = 0; i < w->before_record.num_fields; i++)
		if (!zy_terms_is_field(w->before_record.fields[i].key))
			given[before->num++] =
			    (struct zy_given){ w->before_record.fields[i].key, w->before_record.fields[i].value };
	w->terms = v.terms;
	return zy_utf8_check(zy_str(w->holder_name), "name", err);
}

/* Terms that are new are held against the type and the calendar; those that stay were, and their form is the record's.
 */
static bool check_terms(struct zy_mint_work *w, struct zy_error *err)
{
	static const unsigned bits[] = { 0, ZY_ON_PROMISE, ZY_ON_CONDITION };
	const struct zy_terms *asked = w->asked->terms;
	const zy_time now = zy_now(w->desk->clock);

	if (w->asked->fulfilled && w->terms.kind == ZY_TERMS_NONE)
		return zy_fail(err, ZY_E_STATE, "terms", ZY_NOWHERE, "the licence has no terms to fulfil");
	if (w->asked->fulfilled)
		w->terms = (struct zy_terms){ 0 };
	if (asked == NULL)
		return true;
	w->terms = *asked;
	if ((w->type->terms & bits[asked->kind]) == 0)
		return zy_fail(err, ZY_E_TERMS, "terms", ZY_NOWHERE, "a %s is not minted on a %s", w->type->alias,
		    zy_terms_kind_name(asked->kind));
	if (zy_terms_end(asked) == ZY_TIME_NEVER || zy_terms_end(asked) < now ||
	    zy_terms_end(asked) > now + TERMS_MOST_S)
		return zy_fail(err, ZY_E_DATES, "until", ZY_NOWHERE,
		    "terms end on a day like 2026-03-01, today at the earliest and within 366 days");
	return zy_faces_cover(w->desk->faces, zy_str(asked->about), "about", err);
}

/* The seal's rule here as well as in the signer: a refusal should come before the intent. */
static bool check_seal(struct zy_mint_work *w, struct zy_error *err)
{
	const struct zy_seal_rule *rule = zy_policy_seal(&w->desk->policy, w->type->seal);

	w->seal = zy_desk_seal(w->desk, w->type->seal);
	if (rule == NULL || w->seal == NULL)
		return zy_fail(err, ZY_E_SEAL_RULE, "seal", ZY_NOWHERE,
		    "there is no seal %s; a seal of seals.json is made by zhengyin seal make", w->type->seal);
	return zy_seal_rule_allows(rule, w->type->item_code, zy_now(w->desk->clock), err);
}

static bool check_glyphs(struct zy_mint_work *w, struct zy_error *err)
{
	if (!zy_faces_cover(w->desk->faces, zy_str(w->holder_name), "name", err))
		return false;
	for (size_t i = 0; i < w->application.num; i++)
		if (!zy_faces_cover(
			w->desk->faces, zy_str(w->application.given[i].value), w->application.given[i].key, err))
			return false;
	return true;
}

static int64_t monotonic_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000 + 1; /* never 0 */
}

/* A signer that is away is found out before the intent. Under load one question serves all mints of the next second;
 * a signer that leaves within it fails the seal, and the intent is taken back. */
static bool check_signers(struct zy_mint_work *w, struct zy_error *err)
{
	const int64_t now = monotonic_ms(), seen = w->desk->signers_seen_ms;

	if (seen != 0 && now - seen < SIGNERS_SEEN_MS)
		return true;
	for (size_t i = 0; i < w->desk->home.num_tokens; i++)
		if (zy_home_needs(&w->desk->home, w->desk->secret, w->desk->home.tokens[i]) &&
		    !zy_hsm_ping(w->desk->hsm, w->desk->home.tokens[i], err))
			return false;
	w->desk->signers_seen_ms = now;
	return true;
}

bool zy_mint_check(struct zy_mint_work *w, struct zy_error *err)
{
	struct zy_application before = { 0 };

	if (w->changes != NULL ? !check_change(w, &before, err) : !check_holder(w, err))
		return false;
	if (w->asked->from != NULL && *w->asked->from > zy_now(w->desk->clock))
		return zy_fail(err, ZY_E_DATES, "from", ZY_NOWHERE, "a change holds from today at the latest");
	w->forms = w->asked->forms == 0 ? w->type->forms : w->asked->forms;
	if ((w->forms & ~w->type->forms) != 0)
		return zy_fail(err, ZY_E_USAGE, "form", ZY_NOWHERE, "%s is not minted in that form", w->type->alias);
	return zy_application_parse(&w->application, w->type, &w->holder, w->holder_name, w->asked->data,
		   w->changes != NULL ? &before : NULL, w->arena, err) &&
	       check_terms(w, err) && check_seal(w, err) && check_glyphs(w, err) && check_signers(w, err);
}

/* Digest of all that was asked: a request key that comes back with other data is a conflict, not a retry. */
static bool asked_digest(const struct zy_mint_work *w, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	ZY_BUF_AUTO b = { 0 };
	struct zy_field terms[ZY_TERMS_FIELDS];
	const size_t num_terms = zy_terms_put(&w->terms, terms);

	zy_cbor_put_array(&b, (w->asked->from != NULL ? 7u : 6u) + 2 * (w->application.num + num_terms));
	zy_cbor_put_text(&b, w->changes == NULL ? "mint" : w->changes);
	zy_cbor_put_text(&b, w->type->code);
	zy_cbor_put_uint(&b, w->holder.kind);
	zy_cbor_put_text(&b, w->holder.number);
	zy_cbor_put_text(&b, w->holder_name);
	zy_cbor_put_uint(&b, w->forms);
	if (w->asked->from != NULL)
		zy_cbor_put_int(&b, *w->asked->from);
	for (size_t i = 0; i < w->application.num; i++) {
		zy_cbor_put_text(&b, w->application.given[i].key);
		zy_cbor_put_text(&b, w->application.given[i].value);
	}
	for (size_t i = 0; i < num_terms; i++) {
		zy_cbor_put_text(&b, terms[i].key);
		zy_cbor_put_text(&b, terms[i].value);
	}
	return zy_buf_done(&b, "request", err) && zy_digest(ZY_HASH_SHA256, zy_buf_bytes(&b), out, err);
}

static bool name_request(struct zy_mint_work *w, struct zy_error *err)
{
	const char *key = w->asked->request;
	uint8_t random[16];

	if (key == NULL) {
		char hex[2 * sizeof(random) + 1];

		if (!zy_random(random, sizeof(random), err))
			return false;
		zy_hex(ZY_BYTES(random, sizeof(random)), hex);
		snprintf(w->request, sizeof(w->request), ZY_OWN_REQUEST "%s", hex);
		return true;
	}
	for (size_t i = 0; key[i] != 0; i++)
		if (i == ZY_REQUEST_MAX || key[i] <= ' ' || key[i] > '~')
			return zy_fail(err, ZY_E_USAGE, "request", ZY_NOWHERE,
			    "a request key is 1 to %d printable ASCII characters without spaces", ZY_REQUEST_MAX);
	if (key[0] == 0 || strncmp(key, ZY_OWN_REQUEST, sizeof(ZY_OWN_REQUEST) - 1) == 0)
		return zy_fail(err, ZY_E_USAGE, "request", ZY_NOWHERE,
		    "a request key is not empty and does not begin with " ZY_OWN_REQUEST);
	snprintf(w->request, sizeof(w->request), "%s", key);
	return true;
}

bool zy_mint_intend(struct zy_mint_work *w, struct zy_error *err)
{
	uint8_t asked[ZY_HASH_LEN];
	char scope[64];

	snprintf(scope, sizeof(scope), "%s.%s", w->type->code, w->type->issuer_code);
	if (!name_request(w, err) || !asked_digest(w, asked, err))
		return false;
	zy_in_flight_enter(w->desk->in_flight, &w->passenger, w->request);
	if (!zy_vault_intend(w->desk->vault, w->request, asked, w->changes == NULL ? scope : NULL, &w->intent, err))
		return false;
	w->intended = w->intent.state == ZY_INTENT_OPEN;
	return true;
}
