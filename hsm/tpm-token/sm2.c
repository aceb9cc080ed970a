#include "tpm-token/sm2.h"

/* A positive INTEGER in the fewest bytes (X.690 8.3). */
static void put_integer(struct zy_buf *out, const uint8_t v[32])
{
	size_t skip = 0, lead;

	while (skip < 31 && v[skip] == 0)
		skip++;
	lead = v[skip] >= 0x80;
	zy_buf_put_u8(out, 0x02);
	zy_buf_put_u8(out, (uint8_t)(32 - skip + lead));
	if (lead)
		zy_buf_put_u8(out, 0);
	zy_buf_put(out, ZY_BYTES(v + skip, 32 - skip));
}

void zy_sm2_signature_encode(struct zy_buf *out, const uint8_t rs[64])
{
	ZY_BUF_AUTO parts = { 0 };

	put_integer(&parts, rs);
	put_integer(&parts, rs + 32);
	out->failed |= parts.failed;
	zy_buf_put_u8(out, 0x30);
	zy_buf_put_u8(out, (uint8_t)parts.len);
	zy_buf_put(out, zy_buf_bytes(&parts));
}
