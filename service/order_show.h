/* What an order would change, for people who must decide on it and for programs. */
#ifndef ZY_ORDER_SHOW_H
#define ZY_ORDER_SHOW_H

#include <jansson.h>
#include <stdio.h>

#include "zy/home.h"
#include "zy/officers.h"
#include "zy/order.h"

/* "action", "purpose", "ground", "until", "created", "expires", "requester", "signed_by", "subject", "changes": for
 * rules and officers [{"id", "member", "from", "to"}], against what lies in HOME/policies. Errors: order, json, io. */
ZY_MUST_CHECK bool zy_order_to_json(const struct zy_home *h, const struct zy_officers *o, const struct zy_order_file *f,
    struct zy_arena *a, json_t **out, struct zy_error *err);
/* The same as text, Chinese and English. */
void zy_order_print(json_t *order, FILE *out);

#endif
