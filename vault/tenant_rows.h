/* Rows of the tree of tenants and of rights, as they are inside their seal. */
#ifndef ZY_VAULT_TENANT_ROWS_H
#define ZY_VAULT_TENANT_ROWS_H

#include "zy/tenants.h"

/* tenant: [parent, code, name, made_at] */
void zy_row_tenant_encode(const struct zy_tenant *t, struct zy_buf *out);
/* All but the number, which is the key. */
ZY_MUST_CHECK bool zy_row_tenant_parse(struct zy_tenant *out, struct zy_bytes in, struct zy_error *err);

/* right: [at, until, given] */
struct zy_row_right {
	zy_time at, until;
	bool given;
};
void zy_row_right_encode(const struct zy_row_right *row, struct zy_buf *out);
ZY_MUST_CHECK bool zy_row_right_parse(struct zy_row_right *out, struct zy_bytes in, struct zy_error *err);

#endif
