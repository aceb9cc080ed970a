#include "internal.h"

#include <stdio.h>

static bool encode_name(struct zy_name *out, const struct zy_identifier *id, struct zy_error *err)
{
	int n = snprintf(out->text, sizeof(out->text), "%s.%s.%s", id->type, id->issuer, id->serial);

	return (n > 0 && (size_t)n < sizeof(out->text)) ||
	       zy_fail(err, ZY_E_IDENTIFIER, "ZZBS", ZY_NOWHERE, "the licence's name is too long");
}

/* Copies the segment up to the next dot, or all that is left; false when it is empty or longer than the room. */
static bool segment(struct zy_reader *r, char *out, size_t room)
{
	struct zy_bytes rest = zy_reader_rest(r), part;
	const uint8_t *dot = rest.len == 0 ? NULL : memchr(rest.p, '.', rest.len);
	size_t len = dot == NULL ? rest.len : (size_t)(dot - rest.p);
	struct zy_error ignored = { 0 };

	if (len == 0 || len >= room || !zy_take(r, dot == NULL ? len : len + 1, "", &part, &ignored))
		return false;
	memcpy(out, part.p, len);
	out[len] = 0;
	return true;
}

/* TYPE.ISSUER.SERIAL; what the segments may hold is checked by writing an identifier of them. */
static bool parse_short(struct zy_identifier *id, const char *name, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(ZY_BYTES(name, strnlen(name, ZY_IDENTIFIER_MAX)));
	char whole[ZY_IDENTIFIER_MAX + 1];

	*id = (struct zy_identifier){ .version = 1 };
	if (!segment(&r, id->type, sizeof(id->type)) || !segment(&r, id->issuer, sizeof(id->issuer)) ||
	    !segment(&r, id->serial, sizeof(id->serial)) || zy_reader_left(&r) != 0)
		return zy_fail(err, ZY_E_IDENTIFIER, "ZZBS", ZY_NOWHERE,
		    "name a licence by its identifier, or by TYPE.ISSUER.SERIAL of it");
	return zy_identifier_encode(id, whole, err);
}

bool zy_name_parse(struct zy_name *out, const char *identifier, struct zy_error *err)
{
	static const char root[] = ZY_IDENTIFIER_ROOT ".";
	struct zy_identifier id;

	if (strncmp(identifier, root, sizeof(root) - 1) == 0) {
		struct zy_bytes text = ZY_BYTES(identifier, strnlen(identifier, ZY_IDENTIFIER_MAX + 1));

		return zy_identifier_parse(&id, text, NULL, err) && encode_name(out, &id, err);
	}
	return parse_short(&id, identifier, err) && encode_name(out, &id, err);
}

bool zy_name_identifier(const char *name, unsigned version, char out[ZY_IDENTIFIER_MAX + 1], struct zy_error *err)
{
	struct zy_identifier id;

	if (!parse_short(&id, name, err))
		return false;
	id.version = version;
	return zy_identifier_encode(&id, out, err);
}

bool zy_licence_find(struct zy_vault *v, struct zy_txn *txn, const char *name, struct zy_row_licence *out, bool *found,
    struct zy_error *err)
{
	ZY_BUF_AUTO plain = { 0 };
	struct zy_key k;

	if (!zy_licence_key(v, name, &k, err) || !zy_row_get(v, txn, ZY_DB_LICENCE, &k, &v->key, &plain, found, err))
		return false;
	return !*found || zy_row_licence_parse(out, zy_buf_bytes(&plain), err) || zy_row_bad(ZY_DB_LICENCE, err);
}

bool zy_licence_get(
    struct zy_vault *v, struct zy_txn *txn, const char *name, struct zy_row_licence *out, struct zy_error *err)
{
	bool found;

	if (!zy_licence_find(v, txn, name, out, &found, err))
		return false;
	return found || zy_fail(err, ZY_E_NOT_FOUND, "licence", ZY_NOWHERE, "there is no licence %s", name);
}

bool zy_version_last(struct zy_vault *v, struct zy_txn *txn, uint64_t number, unsigned *version, struct zy_error *err)
{
	struct zy_key prefix = zy_key_number(number);
	struct zy_bytes key, value;
	bool found;

	if (!zy_store_last(&v->store, txn, ZY_DB_VERSION, &prefix, &key, &value, &found, err))
		return false;
	*version = found ? (unsigned)zy_key_get(key, 8, 2) : 0;
	return true;
}
