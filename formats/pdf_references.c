/* References in the text of an object, as qpdf writes it. */
#include "pdf_internal.h"

static const char *skip_string(const char *s)
{
	int depth = 0;

	for (; *s != 0; s++) {
		if (*s == '\\' && s[1] != 0)
			s++;
		else if (*s == '(')
			depth++;
		else if (*s == ')' && --depth == 0)
			return s + 1;
	}
	return s;
}

static bool take_int(const char **s, int *out)
{
	const char *from = *s;
	long v = 0;

	for (; **s >= '0' && **s <= '9' && *s - from < 9; ++*s)
		v = v * 10 + (**s - '0');
	*out = (int)v;
	return *s > from;
}

bool pdf_each_reference(const char *s, bool (*take)(void *arg, int number, int generation), void *arg)
{
	while (*s != 0) {
		const char *at = s;
		int number, generation;

		if (*s == '(') {
			s = skip_string(s);
		} else if (*s >= '0' && *s <= '9') {
			if (take_int(&at, &number) && *at++ == ' ' && take_int(&at, &generation) && at[0] == ' ' &&
			    at[1] == 'R') {
				s = at + 2;
				if (!take(arg, number, generation))
					return false;
			} else {
				while (*s != 0 && strchr(" /[]<>()", *s) == NULL)
					s++;
			}
		} else if (*s == ' ' || strchr("/[]<>)", *s) != NULL) {
			s++;
			while (s[-1] == '/' && *s != 0 && strchr(" /[]<>()", *s) == NULL)
				s++;
		} else {
			s++;
		}
	}
	return true;
}
