/*
 * The sRGB profile that PDF/A asks for as output intent, computed so that no foreign file is shipped. A matrix/TRC
 * display profile, ICC.1:2001-04 6.3.1.2; colorants are those of IEC 61966-2-1 adapted to D50 (Bradford).
 */
#include <math.h>

#include "page.h"

enum { HEADER = 128, CURVE_POINTS = 1024, NUM_TAGS = 9 };

static void put_s15_fixed16(struct zy_buf *b, double v)
{
	zy_buf_put_be(b, (uint32_t)(int32_t)lround(v * 65536.0), 4);
}

static void put_xyz(struct zy_buf *b, double x, double y, double z)
{
	put_s15_fixed16(b, x);
	put_s15_fixed16(b, y);
	put_s15_fixed16(b, z);
}

static void put_xyz_tag(struct zy_buf *b, double x, double y, double z)
{
	zy_buf_put_str(b, "XYZ ");
	zy_buf_put_be(b, 0, 4);
	put_xyz(b, x, y, z);
}

static void put_zeros(struct zy_buf *b, size_t num)
{
	while (num-- > 0)
		zy_buf_put_u8(b, 0);
}

/* textDescriptionType, 6.5.17: ASCII, then empty Unicode and ScriptCode parts. */
static void put_description(struct zy_buf *b, const char *s)
{
	zy_buf_put_str(b, "desc");
	zy_buf_put_be(b, 0, 4);
	zy_buf_put_be(b, strlen(s) + 1, 4);
	zy_buf_put_str(b, s);
	put_zeros(b, 1 + 4 + 4 + 2 + 1 + 67);
}

static void put_text(struct zy_buf *b, const char *s)
{
	zy_buf_put_str(b, "text");
	zy_buf_put_be(b, 0, 4);
	zy_buf_put_str(b, s);
	zy_buf_put_u8(b, 0);
}

static void put_curve(struct zy_buf *b)
{
	zy_buf_put_str(b, "curv");
	zy_buf_put_be(b, 0, 4);
	zy_buf_put_be(b, CURVE_POINTS, 4);
	for (int i = 0; i < CURVE_POINTS; i++) {
		double v = (double)i / (CURVE_POINTS - 1);

		v = v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
		zy_buf_put_be(b, (uint64_t)lround(v * 65535.0), 2);
	}
}

/* 6.1: 128 bytes; the size is known when all tags are. Dates are fixed: the profile is the same everywhere. */
static void put_header(struct zy_buf *b, size_t size)
{
	zy_buf_put_be(b, size, 4);
	put_zeros(b, 4);
	zy_buf_put_be(b, 0x02400000, 4);
	zy_buf_put_str(b, "mntrRGB XYZ ");
	for (size_t i = 0; i < 6; i++)
		zy_buf_put_be(b, (const uint16_t[]){ 2026, 1, 1, 0, 0, 0 }[i], 2);
	zy_buf_put_str(b, "acsp");
	put_zeros(b, 28);
	put_xyz(b, 0.9642, 1.0, 0.8249); /* the illuminant of the connection space, D50 */
	put_zeros(b, HEADER - 80);
}

void zy_icc_srgb(struct zy_buf *out)
{
	static const char *const names[NUM_TAGS] = { "desc", "cprt", "wtpt", "rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC",
		"bTRC" };
	size_t begin[7], end[7], data_at = HEADER + 4 + 12 * NUM_TAGS;
	ZY_BUF_AUTO data = { 0 };

	for (size_t i = 0; i < 7; i++) {
		begin[i] = data.len;
		switch (i) {
		case 0:
			put_description(&data, "sRGB IEC61966-2.1");
			break;
		case 1:
			put_text(&data, "No copyright, use freely");
			break;
		case 2:
			put_xyz_tag(&data, 0.9505, 1.0, 1.0891);
			break;
		case 3:
			put_xyz_tag(&data, 0.4360657, 0.2224884, 0.0139160);
			break;
		case 4:
			put_xyz_tag(&data, 0.3851471, 0.7168732, 0.0970764);
			break;
		case 5:
			put_xyz_tag(&data, 0.1430664, 0.0606079, 0.7140961);
			break;
		case 6:
			put_curve(&data);
			break;
		}
		end[i] = data.len;
		put_zeros(&data, (4 - data.len % 4) % 4);
	}
	put_header(out, data_at + data.len);
	zy_buf_put_be(out, NUM_TAGS, 4);
	for (size_t i = 0; i < NUM_TAGS; i++) {
		size_t k = i < 6 ? i : 6; /* the three curves are one */

		zy_buf_put_str(out, names[i]);
		zy_buf_put_be(out, data_at + begin[k], 4);
		zy_buf_put_be(out, end[k] - begin[k], 4);
	}
	out->failed |= data.failed;
	zy_buf_put(out, zy_buf_bytes(&data));
}
