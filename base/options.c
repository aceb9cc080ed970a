#include "zy/options.h"

#include <string.h>

static const struct zy_option *find(const struct zy_option *opts, const char *name, size_t len)
{
	for (; opts->name != NULL; opts++)
		if (strlen(opts->name) == len && memcmp(opts->name, name, len) == 0)
			return opts;
	return NULL;
}

static bool is_repeated(const struct zy_option *o)
{
	size_t len = o->arg == NULL ? 0 : strlen(o->arg);

	return len > 3 && strcmp(o->arg + len - 3, "...") == 0;
}

/* Where its next value goes; NULL when there is no more room. */
static const char **place_of(const struct zy_option *o)
{
	size_t n = 0;

	while (is_repeated(o) && n < ZY_OPTION_REPEAT && o->value[n] != NULL)
		n++;
	return n == ZY_OPTION_REPEAT ? NULL : &o->value[n];
}

static bool given_before(const struct zy_option *o)
{
	if (is_repeated(o))
		return place_of(o) == NULL;
	return o->value != NULL ? *o->value != NULL : *o->flag;
}

/* One option at argv[*i]; moves *i over its value. */
static bool take_option(const struct zy_option *opts, int argc, char **argv, int *i, struct zy_error *err)
{
	const char *text = argv[*i], *name = text[1] == '-' ? text + 2 : text + 1, *equals = strchr(name, '=');
	size_t len = equals != NULL ? (size_t)(equals - name) : strlen(name);
	const struct zy_option *o = find(opts, name, len);

	if (o == NULL || (text[1] == '-') != (len > 1))
		return zy_fail(
		    err, ZY_E_USAGE, "option", ZY_NOWHERE, "there is no option %.60s; --help shows the options", text);
	if (given_before(o))
		return zy_fail(err, ZY_E_USAGE, o->name, ZY_NOWHERE, "option %s is given %s", o->name,
		    is_repeated(o) ? "too often" : "twice");
	if (o->arg == NULL) {
		if (equals != NULL)
			return zy_fail(err, ZY_E_USAGE, o->name, ZY_NOWHERE, "option %s takes no value", o->name);
		*o->flag = true;
		return true;
	}
	if (equals == NULL && *i + 1 >= argc)
		return zy_fail(err, ZY_E_USAGE, o->name, ZY_NOWHERE, "option %s needs a value: %s", o->name, o->arg);
	*place_of(o) = equals != NULL ? equals + 1 : argv[++*i];
	return true;
}

static bool is_option(const char *text)
{
	return text[0] == '-' && text[1] != 0;
}

bool zy_options_parse(const struct zy_option *opts, int argc, char **argv, const char **words, size_t max_words,
    size_t *num_words, struct zy_error *err)
{
	bool only_words = false;

	*num_words = 0;
	for (int i = 1; i < argc; i++) {
		if (!only_words && strcmp(argv[i], "--") == 0) {
			only_words = true;
		} else if (!only_words && is_option(argv[i])) {
			if (!take_option(opts, argc, argv, &i, err))
				return false;
		} else {
			if (*num_words == max_words)
				return zy_fail(err, ZY_E_USAGE, "words", ZY_NOWHERE,
				    "%.60s is one word too many; --help shows the usage", argv[i]);
			words[(*num_words)++] = argv[i];
		}
	}
	return true;
}

bool zy_options_parse_head(const struct zy_option *opts, int argc, char **argv, int *next, struct zy_error *err)
{
	int i;

	for (i = 1; i < argc && is_option(argv[i]); i++)
		if (!take_option(opts, argc, argv, &i, err))
			return false;
	*next = i;
	return true;
}

void zy_options_help(const struct zy_option *opts, FILE *out)
{
	for (; opts->name != NULL; opts++) {
		char left[64];

		snprintf(left, sizeof(left), "%s%s%s%s", strlen(opts->name) > 1 ? "--" : "-", opts->name,
		    opts->arg == NULL ? "" : " ", opts->arg == NULL ? "" : opts->arg);
		fprintf(out, "  %-26s %s\n", left, opts->help);
	}
}
