/*
 * Command lines as tables: a program has commands, a command has options; the same table parses and prints --help.
 * An option that is not in the table is usage (exit 64), never ignored; so is one given twice.
 */
#ifndef ZY_OPTIONS_H
#define ZY_OPTIONS_H

#include <stdio.h>

#include "zy/error.h"

#define ZY_OPTION_REPEAT 8

struct zy_option {
	const char *name; /* without the dashes; one letter for a short one */
	const char *arg; /* what its value is called in --help; NULL for a flag; ending with "..." it may be repeated */
	const char *help;
	const char *
	    *value; /* receives the value (points into argv); repeated: an array of ZY_OPTION_REPEAT, in order */
	bool *flag; /* or: set when given */
};

/* Parses argv[1..argc): options may stand before, between and after the words; "--" ends them, "-" is a word.
 * `--name VALUE` and `--name=VALUE`. opts ends with { 0 }. words: receives pointers into argv, at most max_words.
 * Errors: usage. */
ZY_MUST_CHECK bool zy_options_parse(const struct zy_option *opts, int argc, char **argv, const char **words,
    size_t max_words, size_t *num_words, struct zy_error *err);
/* Stops at the first word that is no option, for programs whose first word is a command: *next is its index. */
ZY_MUST_CHECK bool zy_options_parse_head(
    const struct zy_option *opts, int argc, char **argv, int *next, struct zy_error *err);
void zy_options_help(const struct zy_option *opts, FILE *out);

#endif
