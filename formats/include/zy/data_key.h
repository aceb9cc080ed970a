/*
 * The name of a subject's data key: what a wrapping key is given as associated data with it,
 *   "zy-subject" || subject, 8 octets, big-endian || identifier, 16 random octets
 * so that a wrapped key opens for its subject and under its identifier only, wherever its bytes are taken from. The
 * identifier is never used twice, not even by a vault that was restored from an old copy: an order that destroys a key
 * names it, and the signer knows it again in each request (zy/shred_order.h).
 */
#ifndef ZY_DATA_KEY_H
#define ZY_DATA_KEY_H

#include "zy/bytes.h"

#define ZY_DATA_KEY_ID_LEN 16
#define ZY_DATA_KEY_NAME_LEN (10 + 8 + ZY_DATA_KEY_ID_LEN)

struct zy_data_key_name {
	uint8_t p[ZY_DATA_KEY_NAME_LEN];
};
struct zy_data_key_name zy_data_key_name(uint64_t subject, const uint8_t id[ZY_DATA_KEY_ID_LEN]);
/* The identifier in a name, a view; NULL when the octets are no such name. */
const uint8_t *zy_data_key_id(struct zy_bytes name);

#endif
