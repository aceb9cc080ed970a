/*
 * Persons who ask and approve: each has a key `order` in a token of their own, zy-ID. Its signer runs only while it is
 * needed, so that no officer's key stays online.
 */
#ifndef ZY_PERSON_H
#define ZY_PERSON_H

#include "zy/home.h"
#include "zy/hsm.h"
#include "zy/officers.h"
#include "zy/order.h"

/*
 * The person's token and key. Where HOME/signer/zy-ID.json names no token yet, one is made in SoftHSM2 with a store of
 * its own (module: its PKCS#11 library); a key that is there already is kept. Errors: those of zy_hsm_generate, pin,
 * io.
 */
ZY_MUST_CHECK bool zy_person_enrol(const struct zy_home *h, const char *id, const char *module, enum zy_suite *suite,
    uint8_t point[65], struct zy_error *err);
/* One entry of officers.json, valid from `from` for so many days. */
void zy_person_entry(struct zy_buf *out, const char *id, const struct zy_label *name, unsigned roles,
    enum zy_suite suite, const uint8_t point[65], zy_time from, unsigned days);

/* HOME/policies/officers.json. Errors: not-found (nobody is enrolled), policy, io. */
ZY_MUST_CHECK bool zy_persons_read(
    const struct zy_home *h, struct zy_arena *a, struct zy_officers *out, struct zy_error *err);
/* Adds the person's signature over f->order to f; its protected header lies in the arena. Errors: those of zy_hsm_sign;
 * approval-unknown-officer when the token's key is not the one of the register. */
ZY_MUST_CHECK bool zy_person_sign(const struct zy_home *h, const struct zy_officer *p, struct zy_order_file *f,
    struct zy_arena *a, struct zy_error *err);

/* Who is to be a person of a new home. */
#define ZY_PERSONS_MAX 20
struct zy_person_wish {
	const char *id;
	struct zy_label name;
	unsigned roles, days;
	const char *token; /* a file: what becomes HOME/signer/zy-ID.json; NULL: a SoftHSM2 token is made */
};
/* { "persons": [ { "id", "name": {"zh", "en"}, "role": "officer" or "requester", "days": 730, "token": FILE } ] }, 3 to
 * ZY_PERSONS_MAX of them, two officers at least; days and token may be left out. Into the arena. Errors: json, io. */
ZY_MUST_CHECK bool zy_persons_list(
    const char *path, struct zy_arena *a, struct zy_person_wish **out, size_t *num, struct zy_error *err);
/* Enrols all and writes HOME/policies/officers.json. attend, or NULL: called before a person's token is asked.
 * Errors: exists (there is a register), those of zy_person_enrol and zy_officers_parse. */
ZY_MUST_CHECK bool zy_persons_enrol(const struct zy_home *h, const struct zy_person_wish *wishes, size_t num,
    const char *module, void (*attend)(const char *id, const struct zy_label *name), zy_time now, struct zy_error *err);
/* Who asks, and two officers, none of them twice: the first of the register that fit. Errors: approval-one-officer. */
ZY_MUST_CHECK bool zy_persons_for_order(
    const struct zy_officers *o, const char *ids[1 + ZY_OFFICERS_NEEDED], struct zy_error *err);

/* The persons of the demo: two officers and a requester; writes HOME/policies/officers.json. */
ZY_MUST_CHECK bool zy_persons_demo(const struct zy_home *h, const char *module, zy_time now, struct zy_error *err);

#endif
