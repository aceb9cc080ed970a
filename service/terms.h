/* The terms on which a licence is minted (zy/terms.h), as commands take and tell them. */
#ifndef ZY_SERVICE_TERMS_H
#define ZY_SERVICE_TERMS_H

#include "cli.h"
#include "zy/terms.h"

struct zy_asked_terms {
	const char *kind, *until, *about, *evidence;
};
#define ZY_TERMS_OPTIONS(t)                                                                                            \
	{ "terms", "promise|condition", "on a promise that is to be checked, or while a paper is missing", &(t).kind,  \
		NULL },                                                                                                \
	    { "until", "DATE", "with --terms: to be checked, or to come, by this day", &(t).until, NULL },             \
	    { "about", "TEXT", "with --terms: what is promised or missing, as the face says it", &(t).about, NULL },   \
	{                                                                                                              \
		"evidence", "FILE", "with --terms: what the applicant signed; its digest goes into the licence",       \
		    &(t).evidence, NULL                                                                                \
	}
/* *out NULL: none were asked for. Texts in the arena or of the options. Errors: usage, io, no-memory. */
ZY_MUST_CHECK bool zy_asked_terms_read(
    const struct zy_asked_terms *t, struct zy_arena *a, const struct zy_terms **out, struct zy_error *err);
/* {"kind", "until", "about", "evidence"}, or null. */
json_t *zy_terms_json(const struct zy_terms *t);

#endif
