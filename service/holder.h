/* A holder with all identifiers that he has, for commands. */
#ifndef ZY_SERVICE_HOLDER_H
#define ZY_SERVICE_HOLDER_H

#include "cli.h"
#include "zy/person.h"
#include "zy/receipts.h"

/* A look at all that is held of somebody, written into the receipts of each identifier. *found false: nothing is. */
ZY_MUST_CHECK bool zy_holder_looked(
    struct zy_desk *d, const struct zy_holder *h, const struct zy_access *who, bool *found, struct zy_error *err);
/* "KIND:NUMBER" */
json_t *zy_holder_json(const struct zy_holder *h);

#endif
