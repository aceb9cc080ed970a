#include "zy/qr.h"

#include <qrencode.h>

#include "page.h"

enum { QUIET = 4 }; /* modules, ISO/IEC 18004 6.3.8 */

static QRcode *encode_at(const char *text, int version, QRecLevel level)
{
	QRinput *in = QRinput_new2(version, level);
	QRcode *code = NULL;

	if (in != NULL && QRinput_append(in, QR_MODE_AN, (int)strlen(text), (const unsigned char *)text) == 0)
		code = QRcode_encodeInput(in);
	QRinput_free(in);
	return code;
}

static QRcode *encode(const char *text, struct zy_error *err)
{
	QRcode *code = encode_at(text, 0, QR_ECLEVEL_L);
	int version = code == NULL ? 0 : code->version;

	if (code == NULL || version > ZY_QR_SCREEN_VERSION_MAX) {
		QRcode_free(code);
		zy_fail(err, ZY_E_TOO_LARGE, "qr", ZY_NOWHERE,
		    "the code needs more than QR version %d, a screen's limit", ZY_QR_SCREEN_VERSION_MAX);
		return NULL;
	}
	for (int level = QR_ECLEVEL_M; level <= QR_ECLEVEL_H; level++) {
		/* libqrencode goes to a larger version when the asked one is too small. */
		QRcode *better = encode_at(text, version, (QRecLevel)level);

		if (better == NULL || better->version > version) {
			QRcode_free(better);
			break;
		}
		QRcode_free(code);
		code = better;
	}
	return code;
}

static bool is_dark(const QRcode *code, int x, int y)
{
	return x >= 0 && y >= 0 && x < code->width && y < code->width && (code->data[y * code->width + x] & 1) != 0;
}

static void put_rows(const QRcode *code, unsigned px, struct zy_buf *raw)
{
	const int side = code->width + 2 * QUIET;
	const size_t width = (size_t)side * px;

	for (size_t y = 0; y < width; y++) {
		uint8_t *row;

		zy_buf_put_u8(raw, 0); /* filter: none */
		if ((row = zy_buf_extend(raw, (width + 7) / 8)) == NULL)
			return;
		memset(row, 0, (width + 7) / 8);
		for (size_t x = 0; x < width; x++)
			if (!is_dark(code, (int)(x / px) - QUIET, (int)(y / px) - QUIET))
				row[x / 8] |= (uint8_t)(0x80 >> x % 8);
	}
}

bool zy_qr_png(const char *text, unsigned module_px, struct zy_buf *out, struct zy_error *err)
{
	QRcode *code = encode(text, err);
	ZY_BUF_AUTO raw = { 0 };
	ZY_BUF_AUTO head = { 0 };
	ZY_BUF_AUTO packed = { 0 };
	uint64_t width;

	if (code == NULL)
		return false;
	width = (uint64_t)(code->width + 2 * QUIET) * module_px;
	put_rows(code, module_px, &raw);
	QRcode_free(code);
	if (!zy_buf_done(&raw, "qr", err) || !zy_deflate(&packed, zy_buf_bytes(&raw), 9, ZY_ZLIB, err))
		return false;
	zy_buf_put_be(&head, width, 4);
	zy_buf_put_be(&head, width, 4);
	zy_buf_put(
	    &head, ZY_BYTES("\x01\0\0\0\0", 5)); /* 1 bit, greyscale, deflate, adaptive filters, not interlaced */
	zy_buf_put(out, ZY_LITERAL("\x89PNG\r\n\x1a\n"));
	zy_png_put_chunk(out, "IHDR", zy_buf_bytes(&head));
	zy_png_put_chunk(out, "IDAT", zy_buf_bytes(&packed));
	zy_png_put_chunk(out, "IEND", ZY_BYTES(NULL, 0));
	return zy_buf_done(&head, "qr", err) && zy_buf_done(out, "qr", err);
}

bool zy_qr_lines(const char *text, struct zy_buf *out, struct zy_error *err)
{
	/* Light modules are drawn, dark ones left: terminals are dark. Upper and lower half make one character. */
	static const char *const halves[2][2] = { { "█", "▀" }, { "▄", " " } };
	QRcode *code = encode(text, err);

	if (code == NULL)
		return false;
	for (int y = -QUIET; y < code->width + QUIET; y += 2) {
		for (int x = -QUIET; x < code->width + QUIET; x++)
			zy_buf_put_str(out, halves[is_dark(code, x, y)][is_dark(code, x, y + 1)]);
		zy_buf_put_str(out, "\n");
	}
	QRcode_free(code);
	return zy_buf_done(out, "qr", err);
}
