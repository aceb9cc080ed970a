/*
 * A licence on terms: granted on what the applicant promised and signed (告知承诺), which the issuer is to check until
 * a day, or while a paper is still missing (容缺), which has to come until a day. Terms are fields of the record, so
 * that every form of it says them: terms ("promise" or "condition"), terms_until, terms_about, terms_evidence.
 *
 * When the day is over a promise that nobody checked is overdue and the licence still holds; a condition has lapsed,
 * and the licence with it. A version without the terms, made before, is the end of them.
 */
#ifndef ZY_TERMS_H
#define ZY_TERMS_H

#include "zy/record.h"

enum zy_terms_kind { ZY_TERMS_NONE, ZY_TERMS_PROMISE, ZY_TERMS_CONDITION };
const char *zy_terms_kind_name(enum zy_terms_kind k); /* "promise" "condition"; "" of none */
bool zy_terms_kind_find(const char *name, enum zy_terms_kind *out);

#define ZY_TERMS_FIELDS 4
#define ZY_TERMS_ABOUT_MAX 200
struct zy_terms {
	enum zy_terms_kind kind;
	const char *until;    /* YYYY-MM-DD, the last day, in Beijing */
	const char *about;    /* what is promised, or what is missing: 1..ZY_TERMS_ABOUT_MAX octets, one line */
	const char *evidence; /* "sha256:" and 64 digits, of what the applicant signed; "" where there is none */
};

/* Of the fields of a record: all that belong together are there, and in their forms. A promise has evidence. What
 * zy_record_check asks, too. Errors: field-missing, field-range, field-length, dates. */
ZY_MUST_CHECK bool zy_terms_check(const struct zy_record *rec, struct zy_error *err);
/* Of a record that was checked. Views. */
void zy_terms_get(const struct zy_record *rec, struct zy_terms *out);
/* As fields; how many. Views. */
size_t zy_terms_put(const struct zy_terms *t, struct zy_field out[ZY_TERMS_FIELDS]);
bool zy_terms_is_field(const char *key);

enum zy_terms_state { ZY_TERMS_FREE, ZY_TERMS_PROMISED, ZY_TERMS_OVERDUE, ZY_TERMS_CONDITIONAL, ZY_TERMS_LAPSED };
enum zy_terms_state zy_terms_state(const struct zy_terms *t, zy_time at);
/* end: as zy_terms_end gives it. */
enum zy_terms_state zy_terms_state_of(enum zy_terms_kind kind, zy_time end, zy_time at);
/* "" "on-promise" "overdue" "conditional" "lapsed" */
const char *zy_terms_state_name(enum zy_terms_state s);
/* The last second of the last day; ZY_TIME_NEVER of none. */
zy_time zy_terms_end(const struct zy_terms *t);

#endif
