/* A holder with all identifiers that he has, for commands. */
#ifndef ZY_SERVICE_HOLDER_H
#define ZY_SERVICE_HOLDER_H

#include "cli.h"
#include "zy/person.h"
#include "zy/receipts.h"

/* Who he is, now (NULL) or then. Errors: not-found, those of zy_vault_person. */
ZY_MUST_CHECK bool zy_holder_find(struct zy_desk *d, const struct zy_holder *h, const struct zy_when *when,
    struct zy_arena *a, struct zy_person *p, struct zy_error *err);
/* His name then: what was said, else what his licences say; "" when neither does. p: of zy_holder_find. */
ZY_MUST_CHECK bool zy_holder_name(struct zy_desk *d, const struct zy_holder *h, const struct zy_person *p,
    const struct zy_when *when, struct zy_arena *a, const char **out, struct zy_error *err);
/* A look at all that is held of somebody, written into the receipts of each identifier that was his then. *found false:
 * nothing is. */
ZY_MUST_CHECK bool zy_holder_looked(struct zy_desk *d, const struct zy_holder *h, const struct zy_when *when,
    const struct zy_access *who, bool *found, struct zy_error *err);
/* "KIND:NUMBER" */
json_t *zy_holder_json(const struct zy_holder *h);

#endif
