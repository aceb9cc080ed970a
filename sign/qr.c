/* The code on a face carries the licence identifier, so that a print leads back to the licence. */
#include <errno.h>
#include <qrencode.h>

#include "page.h"

enum { QUIET = 4 };         /* modules, ISO/IEC 18004 6.3.8 */
#define LEAST_MODULE_MM 0.5 /* what a phone reads from an office print */

static QRcode *encode(const char *text)
{
	QRinput *in = QRinput_new2(0, QR_ECLEVEL_Q);
	QRcode *code = NULL;

	if (in != NULL && QRinput_append(in, QR_MODE_AN, (int)strlen(text), (const unsigned char *)text) == 0)
		code = QRcode_encodeInput(in);
	QRinput_free(in);
	return code;
}

/* One stroke for each horizontal run of dark modules: half the numbers of a box. */
static void put_modules(struct zy_path *p, const QRcode *code, double x0, double y0, double module)
{
	int n = code->width;

	for (int y = 0; y < n; y++) {
		for (int x = 0, run; x < n; x += run) {
			bool dark = (code->data[y * n + x] & 1) != 0;

			for (run = 1; x + run < n && ((code->data[y * n + x + run] & 1) != 0) == dark;)
				run++;
			if (dark) {
				zy_path_move(p, x0 + x * module, y0 + (y + 0.5) * module);
				zy_path_line(p, x0 + (x + run) * module, y0 + (y + 0.5) * module);
			}
		}
	}
}

bool zy_face_qr(const char *text, double x, double y, double w, double h, struct zy_arena *a, struct zy_shape **out,
    struct zy_error *err)
{
	QRcode *code = encode(text);
	struct zy_shape *ground = zy_arena_alloc(a, sizeof *ground, err), *dark = zy_arena_alloc(a, sizeof *dark, err);
	double side = w < h ? w : h, module;
	bool ok = false;

	if (code == NULL) {
		if (errno == ENOMEM)
			(void)zy_fail(err, ZY_E_NO_MEMORY, "identifier", ZY_NOWHERE, "no memory for the QR code");
		else
			(void)zy_fail(
			    err, ZY_E_LAYOUT, "identifier", ZY_NOWHERE, "the identifier does not fit a QR code");
		goto out;
	}
	if (ground == NULL || dark == NULL)
		goto out;
	module = side / (code->width + 2 * QUIET);
	if (module < LEAST_MODULE_MM) {
		(void)zy_fail(err, ZY_E_LAYOUT, "identifier", ZY_NOWHERE,
		    "the QR box of %.1f mm gives modules of %.2f mm; %.1f mm are needed", side, module,
		    LEAST_MODULE_MM);
		goto out;
	}
	*ground = (struct zy_shape){ .next = dark, .path = zy_path_new(a, err), .colour = { 255, 255, 255 } };
	*dark = (struct zy_shape){ .path = zy_path_new(a, err), .width = module };
	zy_path_box(&ground->path, x, y, side, side);
	put_modules(&dark->path, code, x + QUIET * module, y + QUIET * module, module);
	ok = zy_path_done(&ground->path) && zy_path_done(&dark->path);
	*out = ground;
out:
	QRcode_free(code);
	return ok;
}
