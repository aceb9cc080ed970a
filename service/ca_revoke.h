/* Revoking by a rule: what the rule picks, and, with an order that two officers approved, its revocation and the lists
 * that say so. */
#ifndef ZY_CA_REVOKE_H
#define ZY_CA_REVOKE_H

#include "ca_desk.h"
#include "cli.h"
#include "zy/revocation.h"

struct zy_ca_rule_options {
	const char *rule, *order; /* files; order NULL: only say what it would do */
	const char *digits, *out; /* of the lists; NULL: whole ones, HOME/crl */
};
ZY_MUST_CHECK bool zy_ca_revoke_by_rule(
    struct zy_cli *c, struct zy_ca_desk *d, const struct zy_ca_rule_options *o, struct zy_error *err);

/* Of which `rule` is the owner; it must stay while *out is used. Errors: dates, io, certificate. */
ZY_MUST_CHECK bool zy_ca_revocation_open(struct zy_ca_desk *d, const struct zy_revocation_rule *rule, zy_time begun,
    struct zy_revocation *out, struct zy_error *err);
/* After the revocation: lists of the issuing authorities, those of roots take a ceremony (struct zy_ca_lists as JSON,
 * appended), each with every revoked certificate in it; and no certificate that the rule picks is valid. *covered: how
 * many it picks. Errors: self-verify, those of zy_crl_publish. */
ZY_MUST_CHECK bool zy_ca_revocation_publish(struct zy_ca_desk *d, const struct zy_revocation *v, const char *folder,
    unsigned digits, zy_time now, json_t *lists, uint64_t *covered, struct zy_error *err);

#endif
