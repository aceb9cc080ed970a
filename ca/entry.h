/* The stored form of a register's entry: value of the databases `cert` and `intent`. */
#ifndef ZY_CA_ENTRY_H
#define ZY_CA_ENTRY_H

#include "zy/authority.h"
#include "zy/buf.h"

#define ZY_ENTRY_KEY_LEN (ZY_KEY_ID_LEN + ZY_SERIAL_LEN)
#define ZY_ENTRY_TEXT_MAX 2048 /* octets of subject and of profile */
#define ZY_ENTRY_DER_MAX ((size_t)65536)

/* Issuer and serial, which are the key, are not in it. Errors: vault-corrupt with the offset. */
ZY_MUST_CHECK bool zy_entry_parse(struct zy_bytes in, struct zy_arena *a, struct zy_entry *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_entry_encode(const struct zy_entry *e, struct zy_buf *out, struct zy_error *err);

#endif
