#include "tenant_rows.h"

#include "zy/cbor.h"

void zy_row_tenant_encode(const struct zy_tenant *t, struct zy_buf *out)
{
	zy_cbor_put_array(out, 4);
	zy_cbor_put_uint(out, t->parent);
	zy_cbor_put_tstr(out, zy_str(t->code));
	zy_cbor_put_tstr(out, zy_str(t->name));
	zy_cbor_put_int(out, t->made_at);
}

bool zy_row_tenant_parse(struct zy_tenant *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_tenant t = { 0 };
	struct zy_bytes code, name;
	uint64_t parent;

	if (!zy_cbor_array_exact(&r, 4, "tenant", err) ||
	    !zy_cbor_uint(&r, UINT32_MAX, "tenant.parent", &parent, err) ||
	    !zy_cbor_tstr(&r, ZY_TENANT_CODE_MAX, "tenant.code", &code, err) ||
	    !zy_cbor_tstr(&r, ZY_TENANT_NAME_MAX, "tenant.name", &name, err) ||
	    !zy_cbor_int(&r, "tenant.made_at", &t.made_at, err) || !zy_reader_end(&r, "tenant", err))
		return false;
	if (memchr(code.p, 0, code.len) != NULL || memchr(name.p, 0, name.len) != NULL)
		return zy_fail(err, ZY_E_VAULT_CORRUPT, "tenant", 0, "a tenant's code or name with a zero octet");
	t.parent = (uint32_t)parent;
	memcpy(t.code, code.p, code.len);
	memcpy(t.name, name.p, name.len);
	*out = t;
	return true;
}

void zy_row_right_encode(const struct zy_row_right *row, struct zy_buf *out)
{
	zy_cbor_put_array(out, 3);
	zy_cbor_put_int(out, row->at);
	zy_cbor_put_int(out, row->until);
	zy_cbor_put_uint(out, row->given);
}

bool zy_row_right_parse(struct zy_row_right *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_row_right row = { 0 };
	uint64_t given;

	if (!zy_cbor_array_exact(&r, 3, "right", err) || !zy_cbor_int(&r, "right.at", &row.at, err) ||
	    !zy_cbor_int(&r, "right.until", &row.until, err) || !zy_cbor_uint(&r, 1, "right.given", &given, err) ||
	    !zy_reader_end(&r, "right", err))
		return false;
	row.given = given == 1;
	*out = row;
	return true;
}
