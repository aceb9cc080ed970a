/* trust show, trust renew. */
#include "cli.h"
#include "trust_home.h"

#include <inttypes.h>
#include <stdlib.h>

#include "zy/text.h"

#define DAY_S 86400

static bool print_trust(struct zy_cli *c, const struct zy_trust *t, struct zy_error *err)
{
	char from[ZY_TIME_TEXT], until[ZY_TIME_TEXT], pin_text[2 * ZY_HASH_LEN + 1];
	int64_t left = (t->next_update - zy_now(c->clock)) / DAY_S;
	uint8_t pin[ZY_HASH_LEN];

	if (!zy_trust_pin(t, pin, err))
		return false;
	zy_hex(ZY_BYTES(pin, sizeof(pin)), pin_text);
	zy_time_to_rfc3339(t->issued_at, from);
	zy_time_to_rfc3339(t->next_update, until);
	if (c->json)
		zy_cli_json(json_pack("{s:I, s:s, s:s, s:I, s:s}", "version", (json_int_t)t->version, "issued_at", from,
		    "next_update", until, "days_left", (json_int_t)left, "pin", pin_text));
	else
		printf("version %" PRIu64 ", made %s, good until %s (%" PRId64 " days)\npin %s\n", t->version, from,
		    until, left, pin_text);
	return true;
}

static bool read_days(const char *text, unsigned *out, struct zy_error *err)
{
	size_t len = text == NULL ? 0 : strlen(text);

	*out = ZY_TRUST_DAYS;
	if (text == NULL)
		return true;
	if (len > 0 && len <= 4 && strspn(text, "0123456789") == len)
		*out = (unsigned)strtoul(text, NULL, 10);
	else
		*out = 0;
	return (*out >= 1 && *out <= ZY_TRUST_DAYS_MAX) ||
	       zy_fail(err, ZY_E_USAGE, "days", ZY_NOWHERE, "--days is a number from 1 to %d", ZY_TRUST_DAYS_MAX);
}

static bool renew(struct zy_cli *c, const struct zy_home *h, unsigned days, struct zy_trust *t, struct zy_arena *a,
    struct zy_error *err)
{
	const char *folder = zy_home_path(h, a, err, "policies");
	struct zy_hsm *hsm = NULL;
	struct zy_policy policy;
	bool ok;

	if (folder == NULL || !zy_policy_load(&policy, folder, a, err) || !zy_hsm_open(&hsm, h->path, err))
		return false;
	ok = zy_trust_home_renew(h, hsm, &policy, zy_now(c->clock), days, a, t, err);
	zy_hsm_close(hsm);
	return ok;
}

bool zy_cmd_trust(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const char *words[1] = { NULL }, *days_text = NULL;
	const struct zy_option opts[] = {
		{ "days", "N", "renew: how long the new one is good (default 365)", &days_text, NULL }, { 0 }
	};
	ZY_ARENA_AUTO a = { 0 };
	struct zy_keys *keys = NULL;
	struct zy_trust t;
	struct zy_home h;
	bool go, renewing, ok;
	unsigned days;

	if (!zy_cli_parse(c, "trust", opts, argc, argv, 1, 1, words, &go, err) || !go)
		return err->code == ZY_OK;
	renewing = strcmp(words[0], "renew") == 0;
	if (!renewing && (strcmp(words[0], "show") != 0 || days_text != NULL))
		return zy_fail(err, ZY_E_USAGE, "trust", ZY_NOWHERE, "usage: zhengyin trust show | renew [--days N]");
	if (!read_days(days_text, &days, err) || !zy_home_open(&h, c->home, &a, err) || !zy_keys_open(&keys, err))
		return false;
	ok = zy_trust_home_open(&h, keys, zy_now(c->clock), &a, &t, err) &&
	     (!renewing || renew(c, &h, days, &t, &a, err)) && print_trust(c, &t, err);
	zy_keys_close(keys);
	return ok;
}
