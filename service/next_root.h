/*
 * The next generation of a root (RFC 4210 4.4): its key and its own certificate, "new with new", and two links under
 * the roots' common name, "new with old", until the plan's day, and "old with new", by which who trusts one of them
 * follows to the other.
 * HOME/pki/root-SUITE~N.pem, root-SUITE~N.by~M.pem, root-SUITE~M.by~N.pem with M before N. A ceremony that was broken
 * off leaves a planned key and some of the files; the next one goes on with them.
 */
#ifndef ZY_NEXT_ROOT_H
#define ZY_NEXT_ROOT_H

#include "ca_desk.h"
#include "ceremony.h"
#include "zy/trust.h"

struct zy_next_root {
	struct zy_ca_desk *d;
	struct zy_ceremony_run *r;
	struct {
		struct zy_bytes before, cert;         /* of the root of now and of the next; empty: not of this plan */
		struct zy_bytes by_before, of_before; /* links: the next by the root of now, and that by the next */
		const char *key;                      /* of the next */
	} of[2];                                      /* by suite */
};

/* Key and certificates of one suite, each said and in its file. Errors: those of zy_generation_next and zy_cert_issue,
 * io. */
ZY_MUST_CHECK bool zy_next_root_make(struct zy_next_root *n, enum zy_suite s, struct zy_error *err);
/* The bundle gets the next roots as anchors for what the ones before are for, which end on the plan's day, and the
 * links. Errors: no-memory. */
ZY_MUST_CHECK bool zy_next_root_trust(const struct zy_next_root *n, struct zy_trust *t, struct zy_error *err);
/* The next roots take over: certificates are theirs from now on. Errors: those of zy_hsm_life. */
ZY_MUST_CHECK bool zy_next_root_begin(const struct zy_next_root *n, struct zy_error *err);

#endif
