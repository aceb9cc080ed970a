#include "zy/home.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <jansson.h>

#include "zy/kept.h"

#define CONFIG_MAX ((size_t)64 << 10)
#define FORMAT 1
#define ALARM_DAYS_MAX 3660
#define SECRET_KEY "pkcs11:token=zy-soft;object=secret-wrap"

const char *zy_home_path(const struct zy_home *h, struct zy_arena *a, struct zy_error *err, const char *fmt, ...)
{
	char rest[1024];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(rest, sizeof(rest), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(rest)) {
		zy_fail(err, ZY_E_IO, "home", ZY_NOWHERE, "a path in the home is too long");
		return NULL;
	}
	return zy_arena_printf(a, err, "%s/%s", h->path, rest);
}

static bool bad_config(struct zy_error *err, const json_error_t *why)
{
	return zy_fail(err, ZY_E_POLICY, "config.json", ZY_NOWHERE, "config.json:%d: %s", why->line, why->text);
}

static const char *keep(struct zy_arena *a, const char *s, struct zy_error *err)
{
	return zy_arena_text(a, zy_str(s), err);
}

static bool suite_of(const char *name, enum zy_suite *out, struct zy_error *err)
{
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++)
		if (strcmp(zy_suite_name(s), name) == 0) {
			*out = s;
			return true;
		}
	return zy_fail(err, ZY_E_POLICY, "suite", ZY_NOWHERE, "config.json: a suite is gm or intl");
}

static bool read_signer(json_t *j, struct zy_credential_signer *out, struct zy_arena *a, struct zy_error *err)
{
	const char *issuer, *suite, *key, *cert;
	json_error_t why;

	if (json_unpack_ex(j, &why, JSON_STRICT, "{s:s, s:s, s:s, s:s}", "issuer", &issuer, "suite", &suite, "key",
		&key, "cert", &cert) != 0)
		return bad_config(err, &why);
	return suite_of(suite, &out->suite, err) && (out->issuer = keep(a, issuer, err)) != NULL &&
	       (out->key = keep(a, key, err)) != NULL && (out->cert = keep(a, cert, err)) != NULL;
}

static bool read_lists(struct zy_home *h, json_t *tokens, json_t *signers, struct zy_arena *a, struct zy_error *err)
{
	if (json_array_size(tokens) < 1 || json_array_size(tokens) > 8 || json_array_size(signers) > ZY_HOME_KEYS_MAX)
		return zy_fail(err, ZY_E_POLICY, "tokens", ZY_NOWHERE,
		    "config.json: 1 to 8 tokens and at most %d credential signers", ZY_HOME_KEYS_MAX);
	for (h->num_tokens = 0; h->num_tokens < json_array_size(tokens); h->num_tokens++) {
		const char *name = json_string_value(json_array_get(tokens, h->num_tokens));

		if (name == NULL)
			return zy_fail(err, ZY_E_POLICY, "tokens", ZY_NOWHERE, "config.json: a token is a name");
		if ((h->tokens[h->num_tokens] = keep(a, name, err)) == NULL)
			return false;
	}
	for (h->num_credential_signers = 0; h->num_credential_signers < json_array_size(signers);
	     h->num_credential_signers++)
		if (!read_signer(json_array_get(signers, h->num_credential_signers),
			&h->credential_signers[h->num_credential_signers], a, err))
			return false;
	return true;
}

/* Optional. */
static bool read_alarm_days(struct zy_home *h, json_t *days, struct zy_error *err)
{
	static const unsigned usual[] = { 90, 30, 7 };
	json_int_t before = ALARM_DAYS_MAX;
	bool ok = days == NULL || json_array_size(days) == 3;

	for (size_t i = 0; i < 3 && ok; i++) {
		json_t *v = json_array_get(days, i);
		json_int_t n = days == NULL ? (json_int_t)usual[i] : json_integer_value(v);

		ok = (days == NULL || json_is_integer(v)) && n >= 1 && n <= before;
		h->alarm_days[i] = ok ? (unsigned)n : 0;
		before = n;
	}
	return ok || zy_fail(err, ZY_E_POLICY, "alarm_days", ZY_NOWHERE,
			 "config.json: alarm_days are three numbers of days, the longest first, such as [90, 30, 7]");
}

static bool read_config(struct zy_home *h, json_t *root, struct zy_arena *a, struct zy_error *err)
{
	const char *suite, *regular, *bold, *wrap_key, *tenant = NULL, *secret_key = SECRET_KEY;
	json_t *tokens, *signers, *days = NULL, *alarms = NULL;
	json_error_t why;
	int format, demo;

	if (json_unpack_ex(root, &why, JSON_STRICT,
		"{s:i, s:b, s:s, s:{s:s, s:s !}, s:s, s:o, s:o, s?o, s?s, s?s, s?o}", "format", &format, "demo", &demo,
		"suite", &suite, "fonts", "regular", &regular, "bold", &bold, "wrap_key", &wrap_key, "tokens", &tokens,
		"credential_signers", &signers, "alarm_days", &days, "tenant", &tenant, "secret_wrap_key", &secret_key,
		"alarms", &alarms) != 0)
		return bad_config(err, &why);
	if (format != FORMAT)
		return zy_fail(
		    err, ZY_E_POLICY, "format", ZY_NOWHERE, "config.json: format %d is not known here", format);
	if (strcmp(secret_key, wrap_key) == 0)
		return zy_fail(err, ZY_E_POLICY, "secret_wrap_key", ZY_NOWHERE,
		    "config.json: the secret compartment has a wrapping key of its own");
	h->demo = demo != 0;
	if (tenant != NULL && (h->tenant = keep(a, tenant, err)) == NULL)
		return false;
	return suite_of(suite, &h->suite, err) && (h->font_regular = keep(a, regular, err)) != NULL &&
	       (h->font_bold = keep(a, bold, err)) != NULL && (h->wrap_key = keep(a, wrap_key, err)) != NULL &&
	       (h->secret_key = keep(a, secret_key, err)) != NULL && read_lists(h, tokens, signers, a, err) &&
	       read_alarm_days(h, days, err) && zy_alarm_limits_read(&h->alarms, alarms, err);
}

bool zy_home_open(struct zy_home *out, const char *path, struct zy_arena *a, struct zy_error *err)
{
	struct zy_home h = { 0 };
	const char *config, *record;
	struct zy_bytes text;
	json_error_t why;
	json_t *root;
	char *whole;
	bool ok;

	if ((whole = realpath(path, NULL)) == NULL)
		return zy_fail(err, ZY_E_VAULT_ABSENT, "home", ZY_NOWHERE,
		    "there is no home at %s; make one with `zhengyin -C %s init`", path, path);
	h.path = keep(a, whole, err);
	free(whole);
	if (h.path == NULL || (config = zy_home_path(&h, a, err, "config.json")) == NULL)
		return false;
	if (access(config, F_OK) != 0 && errno == ENOENT)
		return zy_fail(err, ZY_E_VAULT_ABSENT, "home", ZY_NOWHERE,
		    "%s is not a home (no config.json); make one with `zhengyin -C %s init`", path, path);
	if ((record = zy_home_path(&h, a, err, ZY_KEPT_RECORD)) == NULL)
		return false;
	if (access(record, F_OK) != 0)
		return zy_fail(err, ZY_E_HOME_FILE, "home", ZY_NOWHERE,
		    "%s has no " ZY_KEPT_RECORD
		    ", so a changed file would be seen by nobody; see `zhengyin check --help`",
		    path);
	if (!zy_kept_read(config, CONFIG_MAX, a, &text, err))
		return false;
	if ((root = json_loadb((const char *)text.p, text.len, JSON_REJECT_DUPLICATES, &why)) == NULL)
		return bad_config(err, &why);
	ok = read_config(&h, root, a, err);
	json_decref(root);
	if (ok)
		*out = h;
	return ok;
}

bool zy_home_write(const struct zy_home *h, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	const char *path = zy_home_path(h, &a, err, "config.json");
	json_t *tokens = json_array(), *signers = json_array(), *root;
	char *text;
	bool ok;

	if (path == NULL)
		return false;
	for (size_t i = 0; i < h->num_tokens; i++)
		json_array_append_new(tokens, json_string(h->tokens[i]));
	for (size_t i = 0; i < h->num_credential_signers; i++) {
		const struct zy_credential_signer *s = &h->credential_signers[i];

		json_array_append_new(signers, json_pack("{s:s, s:s, s:s, s:s}", "issuer", s->issuer, "suite",
						   zy_suite_name(s->suite), "key", s->key, "cert", s->cert));
	}
	root = json_pack("{s:i, s:b, s:s, s:{s:s, s:s}, s:s, s:o, s:o}", "format", FORMAT, "demo", (int)h->demo,
	    "suite", zy_suite_name(h->suite), "fonts", "regular", h->font_regular, "bold", h->font_bold, "wrap_key",
	    h->wrap_key, "tokens", tokens, "credential_signers", signers);
	text = json_dumps(root, JSON_INDENT(1));
	json_decref(root);
	if (text == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "config.json", ZY_NOWHERE, "no memory");
	ok = zy_kept_write(path, zy_str(text), 0600, false, err);
	free(text);
	return ok;
}
