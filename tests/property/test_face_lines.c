/* Random texts in the box of the business scope: every line keeps inside, obeys the rules of line ends, loses nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "face_made.h"

enum { ROUNDS = 60, PIECES_MAX = 160 };

static uint64_t state_of_dice;

static size_t dice(size_t sides)
{
	state_of_dice = state_of_dice * 6364136223846793005u + 1442695040888963407u;
	return (size_t)(state_of_dice >> 33) % sides;
}

static const char *const pieces[] = { "技", "术", "服务", "；", "，", "。", "、", "（", "）", "《", "》", "“", "”",
	"：", "Windows", "C++", "10086", " ", "&", "a", "——", "……", "100%", "第3类", "生产" };
static const char *const never_first[] = { "；", "，", "。", "、", "）", "》", "”", "：" };
static const char *const never_last[] = { "（", "《", "“" };
static const char *const words[] = { "Windows", "10086" };

static void make_text(char *out)
{
	size_t num = 1 + dice(PIECES_MAX);

	out[0] = '\0';
	for (size_t i = 0; i < num; i++)
		strcat(out, pieces[i == 0 ? 0 : dice(sizeof pieces / sizeof pieces[0])]);
	strcat(out, "止");
}

static bool begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

static bool ends(const char *s, const char *with)
{
	return strlen(s) >= strlen(with) && strcmp(s + strlen(s) - strlen(with), with) == 0;
}

/* Three forbidden signs in a row may leave no other place to break: then anything goes. */
static bool is_knot(const char *text)
{
	size_t run = 0;

	for (const char *p = text; *p != '\0';) {
		size_t len = 1;
		bool sign = false;

		for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
			if (begins(p, pieces[i]) && strlen(pieces[i]) > len)
				len = strlen(pieces[i]);
		}
		for (size_t i = 0; i < 8; i++)
			sign |= begins(p, never_first[i]) || (i < 3 && begins(p, never_last[i]));
		sign |= begins(p, "——") || begins(p, "……");
		if ((run = sign ? run + 1 : 0) > 20)
			return true;
		p += len;
	}
	return false;
}

static void check_line(const char *line, const char *next)
{
	for (size_t i = 0; i < 8; i++) {
		if (begins(line, never_first[i]))
			fail_msg("a line begins with %s", never_first[i]);
	}
	for (size_t i = 0; i < 3 && next != NULL; i++) {
		if (ends(line, never_last[i]))
			fail_msg("a line ends with %s", never_last[i]);
	}
	for (size_t i = 0; i < 2 && next != NULL; i++) {
		for (size_t cut = 1; cut < strlen(words[i]); cut++) {
			char head[16];

			memcpy(head, words[i], cut);
			head[cut] = '\0';
			if (ends(line, head) && begins(next, words[i] + cut))
				fail_msg("%s is cut after %zu characters", words[i], cut);
		}
	}
}

static void lines_keep_to_their_box_and_to_the_rules(void **state)
{
	struct zy_faces *fonts = face_fonts();
	ZY_ARENA_AUTO shared = { 0 };
	const struct zy_type *t = face_type("business-licence", &shared);
	const struct zy_box *box = face_box(t, "{business_scope}");
	struct face_line *lines = calloc(FACE_LINES_MAX, sizeof *lines);
	double left = box->x + box->label_w, right = box->x + box->w;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		ZY_ARENA_AUTO a = { 0 };
		struct zy_error err = { 0 };
		const struct zy_face *face;
		struct zy_package *p = zy_arena_alloc(&a, sizeof *p, &err);
		struct face_record r;
		char text[8192];
		const char *expected = text;

		make_text(text);
		if (is_knot(text))
			continue;
		face_record(&r, t);
		face_set(&r, "business_scope", text);
		if (!zy_face_lay_out(fonts, t, &r.rec, &a, &face, &err) || !zy_face_ofd(face, &r.rec, p, &a, &err))
			fail_msg("%s: %s", text, err.msg);
		for (size_t i = 0, n = face_lines(p, &a, lines); i < n; i++) {
			const struct face_line *l = &lines[i];
			size_t len = strlen(l->text);

			if (fabs(l->x - left) > 0.01 || l->y < box->y || l->y > box->y + box->h ||
			    strstr(expected, l->text) == NULL)
				continue;
			if (l->x + l->width > right + 0.005)
				fail_msg("a line reaches %.2f mm, its box %.2f", l->x + l->width, right);
			if (l->y - 0.88 * l->size < box->y - 0.01 || l->y + 0.22 * l->size > box->y + box->h + 0.01)
				fail_msg("a line leaves its box at %.2f mm", l->y);
			while (*expected == ' ')
				expected++;
			if (!begins(expected, l->text))
				fail_msg("a line reads %s, the text goes on with %.60s", l->text, expected);
			expected += len;
			check_line(l->text, *expected == '\0' ? NULL : expected);
		}
		if (*expected != '\0')
			fail_msg("lost from the page: %s", expected);
	}
	free(lines);
	zy_faces_close(fonts);
}

int main(void)
{
	const char *seed = getenv("ZY_TEST_SEED");
	const struct CMUnitTest tests[] = { cmocka_unit_test(lines_keep_to_their_box_and_to_the_rules) };

	state_of_dice = seed == NULL ? 20260301 : strtoull(seed, NULL, 10);
	fprintf(stderr, "ZY_TEST_SEED=%llu\n", (unsigned long long)state_of_dice);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
