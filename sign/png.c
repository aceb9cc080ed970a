#include <zlib.h>

#include "page.h"
#include "raster.h"

enum { LEVELS = 16 }; /* of alpha, four bits: smooth edges at 300 dpi in a third of the bytes of eight */

void zy_png_put_chunk(struct zy_buf *b, const char type[4], struct zy_bytes v)
{
	uLong crc = crc32(crc32(0, NULL, 0), (const Bytef *)type, 4);

	if (v.len > 0)
		crc = crc32(crc, v.p, (uInt)v.len);
	zy_buf_put_be(b, v.len, 4);
	zy_buf_put(b, ZY_BYTES(type, 4));
	zy_buf_put(b, v);
	zy_buf_put_be(b, crc, 4);
}

static void put_head(struct zy_buf *b, const struct zy_raster *r, const uint8_t colour[3], unsigned pixels_per_m)
{
	ZY_BUF_AUTO v = { 0 };
	uint8_t palette[3 * LEVELS], alpha[LEVELS];

	for (size_t i = 0; i < LEVELS; i++) {
		memcpy(palette + 3 * i, colour, 3);
		alpha[i] = (uint8_t)(i * 255 / (LEVELS - 1));
	}
	zy_buf_put_be(&v, r->width, 4);
	zy_buf_put_be(&v, r->height, 4);
	zy_buf_put(&v, ZY_BYTES("\x04\x03\0\0\0", 5)); /* 4 bits, palette, deflate, adaptive filters, not interlaced */
	zy_png_put_chunk(b, "IHDR", zy_buf_bytes(&v));
	v.len = 0;
	zy_buf_put_be(&v, pixels_per_m, 4);
	zy_buf_put_be(&v, pixels_per_m, 4);
	zy_buf_put_u8(&v, 1);
	zy_png_put_chunk(b, "pHYs", zy_buf_bytes(&v));
	zy_png_put_chunk(b, "PLTE", ZY_BYTES(palette, sizeof palette));
	zy_png_put_chunk(b, "tRNS", ZY_BYTES(alpha, sizeof alpha));
	b->failed |= v.failed;
}

bool zy_png_encode(
    const struct zy_raster *r, const uint8_t colour[3], unsigned pixels_per_m, struct zy_buf *out, struct zy_error *err)
{
	ZY_BUF_AUTO raw = { 0 }, packed = { 0 };

	for (size_t y = 0; y < r->height; y++) {
		const uint8_t *row = r->alpha + y * r->width;

		zy_buf_put_u8(&raw, 0); /* filter: none */
		for (size_t x = 0; x < r->width; x += 2) {
			unsigned hi = (row[x] * (LEVELS - 1u) + 127) / 255;
			unsigned lo = x + 1 < r->width ? (row[x + 1] * (LEVELS - 1u) + 127) / 255 : 0;

			zy_buf_put_u8(&raw, (uint8_t)(hi << 4 | lo));
		}
	}
	if (!zy_buf_done(&raw, "png", err) || !zy_deflate(&packed, zy_buf_bytes(&raw), 9, ZY_ZLIB, err))
		return false;
	zy_buf_put(out, ZY_LITERAL("\x89PNG\r\n\x1a\n"));
	put_head(out, r, colour, pixels_per_m);
	zy_png_put_chunk(out, "IDAT", zy_buf_bytes(&packed));
	zy_png_put_chunk(out, "IEND", ZY_BYTES(NULL, 0));
	return zy_buf_done(out, "png", err);
}
