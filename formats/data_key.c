#include "zy/data_key.h"

#include <string.h>

#define LABEL "zy-subject"
enum { LABEL_LEN = sizeof(LABEL) - 1 };

struct zy_data_key_name zy_data_key_name(uint64_t subject, const uint8_t id[ZY_DATA_KEY_ID_LEN])
{
	struct zy_data_key_name n;

	memcpy(n.p, LABEL, LABEL_LEN);
	for (size_t i = 0; i < 8; i++)
		n.p[LABEL_LEN + i] = (uint8_t)(subject >> (56 - 8 * i));
	memcpy(n.p + LABEL_LEN + 8, id, ZY_DATA_KEY_ID_LEN);
	return n;
}

const uint8_t *zy_data_key_id(struct zy_bytes name)
{
	return name.len == ZY_DATA_KEY_NAME_LEN && memcmp(name.p, LABEL, LABEL_LEN) == 0 ? name.p + LABEL_LEN + 8
											 : NULL;
}
