#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "expect.h"
#include "zy/file.h"
#include "zy/qr.h"

static char folder[] = "/tmp/zy-qr-XXXXXX";

static int make(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL;
}

static int remove_all(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command);
}

static unsigned be32(const uint8_t *p)
{
	return (unsigned)p[0] << 24 | (unsigned)p[1] << 16 | (unsigned)p[2] << 8 | p[3];
}

/* `len` characters of the alphanumeric set. */
static const char *text_of(size_t len)
{
	static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
	static char text[2048];

	for (size_t i = 0; i < len; i++)
		text[i] = alphabet[(7 * i + 10) % 45];
	text[len] = 0;
	return text;
}

/* Modules on a side, without the quiet zone: 17 + 4 * version (ISO/IEC 18004 6.3.1). */
static unsigned side_of(const char *text, unsigned px)
{
	ZY_BUF_AUTO png = { 0 };
	unsigned width;

	MUST(zy_qr_png(text, px, &png, &err));
	assert_memory_equal(png.p, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
	width = be32(png.p + 16);
	assert_int_equal(be32(png.p + 20), width);
	assert_memory_equal(png.p + 24, "\1\0\0\0\0", 5);
	assert_int_equal(width % px, 0);
	return width / px - 8;
}

/* ISO/IEC 18004 table 7: alphanumeric characters of a version at level L. */
static void the_version_is_the_smallest_that_fits_at_level_l(void **state)
{
	static const struct {
		unsigned version;
		size_t characters;
	} rows[] = { { 1, 25 }, { 2, 47 }, { 10, 395 }, { 18, 1046 }, { 20, 1249 } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(side_of(text_of(rows[i].characters), 1 + (unsigned)i), 17 + 4 * rows[i].version);
		if (rows[i].version < 20)
			assert_int_equal(side_of(text_of(rows[i].characters + 1), 1), 21 + 4 * rows[i].version);
	}
}

static void a_text_over_a_screen_s_limit_is_refused(void **state)
{
	ZY_BUF_AUTO out = { 0 };

	(void)state;
	REFUSED(zy_qr_png(text_of(1250), 4, &out, &err), ZY_E_TOO_LARGE);
	REFUSED(zy_qr_lines(text_of(1250), &out, &err), ZY_E_TOO_LARGE);
	assert_int_equal(out.len, 0);
}

/* Another program reads from the picture what was put into it. */
static void a_scanner_reads_the_text(void **state)
{
	static const size_t lens[] = { 20, 395, 1249 };

	(void)state;
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		const char *text = text_of(lens[i]);
		char path[64], command[128], have[2048];
		ZY_BUF_AUTO png = { 0 };
		size_t len;
		FILE *p;

		MUST(zy_qr_png(text, 4, &png, &err));
		snprintf(path, sizeof(path), "%s/code.png", folder);
		MUST(zy_file_write(path, zy_buf_bytes(&png), 0600, true, &err));
		snprintf(command, sizeof(command), "zbarimg --quiet --raw --nodbus %s", path);
		assert_non_null(p = popen(command, "r"));
		len = fread(have, 1, sizeof(have) - 1, p);
		assert_int_equal(pclose(p), 0);
		have[len] = 0;
		assert_int_equal(len, lens[i] + 1); /* and a line feed */
		have[lens[i]] = 0;
		assert_string_equal(have, text);
	}
}

static void the_lines_of_a_terminal_have_the_quiet_zone_and_two_rows_each(void **state)
{
	ZY_BUF_AUTO out = { 0 };
	size_t lines = 0;

	(void)state;
	MUST(zy_qr_lines("ZY1:BB8", &out, &err));
	for (size_t i = 0; i < out.len; i++)
		lines += out.p[i] == '\n';
	assert_int_equal(lines, (21 + 8 + 1) / 2);
	/* the first two lines are light: 29 full blocks of three bytes */
	for (size_t i = 0; i < 29; i++)
		assert_memory_equal(out.p + 3 * i, "█", 3);
	assert_int_equal(out.p[87], '\n');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_version_is_the_smallest_that_fits_at_level_l),
		cmocka_unit_test(a_text_over_a_screen_s_limit_is_refused),
		cmocka_unit_test(a_scanner_reads_the_text),
		cmocka_unit_test(the_lines_of_a_terminal_have_the_quiet_zone_and_two_rows_each),
	};
	return cmocka_run_group_tests(tests, make, remove_all);
}
