/* journal: what the signers of a home signed. */
#include "cli.h"
#include "processes.h"

#include <inttypes.h>
#include <stdlib.h>

#include "zy/home.h"
#include "zy/kept.h"
#include "zy/journal_file.h"
#include "zy/order.h"
#include "zy/text.h"

/* A head in text: SEQ:HASH. */
enum { HASH_TEXT = 2 * ZY_HASH_LEN, HEAD_TEXT = 20 + 1 + HASH_TEXT + 1 };

struct walk {
	struct zy_cli *c;
	const struct zy_home *home;
	const char *token, *since; /* since: NULL for none */
	bool print, met;
	json_t *seals; /* "esID": total */
};

static void head_text(const struct zy_journal_head *h, char out[HEAD_TEXT])
{
	char hash[HASH_TEXT + 1];

	zy_hex(ZY_BYTES(h->hash, ZY_HASH_LEN), hash);
	snprintf(out, HEAD_TEXT, "%" PRIu64 ":%s", h->seq, hash);
}

static json_t *text_json(struct zy_bytes v)
{
	return v.len == 0 ? json_null() : json_stringn((const char *)v.p, v.len);
}

/* What stands behind an order's record: the order itself, kept beside the journal; null when it is not there. */
static json_t *order_json(const struct walk *w, const struct zy_journal_record *r)
{
	char hex[HASH_TEXT + 1], until[ZY_TIME_TEXT] = "";
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error ignored = { 0 };
	struct zy_order_file f;
	struct zy_bytes whole;
	const char *path;
	struct zy_order o;

	if (!zy_bytes_equal(r->what, ZY_LITERAL("order")))
		return json_null();
	zy_hex(ZY_BYTES(r->rule, ZY_HASH_LEN), hex);
	if ((path = zy_home_path(w->home, &a, &ignored, "signer/approved/%s.order", hex)) == NULL ||
	    !zy_kept_read(path, ZY_ORDER_FILE_MAX, &a, &whole, &ignored) || !zy_order_file_parse(&f, whole, &ignored) ||
	    !zy_order_parse(&o, f.order, &ignored))
		return json_null();
	if (o.until != 0)
		zy_time_to_rfc3339(o.until, until);
	return json_pack("{s:s%, s:o, s:s?}", "purpose", o.purpose.p, o.purpose.len, "ground", text_json(o.ground),
	    "until", o.until == 0 ? NULL : until);
}

static void print_order(json_t *order)
{
	const char *ground = json_string_value(json_object_get(order, "ground"));
	const char *until = json_string_value(json_object_get(order, "until"));

	if (!json_is_object(order))
		return;
	printf("    order: %s", json_string_value(json_object_get(order, "purpose")));
	printf("%s%s%s%s\n", ground == NULL ? "" : "; ground: ", ground == NULL ? "" : ground,
	    until == NULL ? "" : "; until ", until == NULL ? "" : until);
}

static void print_record(const struct walk *w, const struct zy_journal_record *r)
{
	char at[ZY_TIME_TEXT], digest[HASH_TEXT + 1], rule[HASH_TEXT + 1] = "";
	json_t *order = order_json(w, r);

	zy_time_to_rfc3339(r->at, at);
	zy_hex(ZY_BYTES(r->digest, ZY_HASH_LEN), digest);
	if (r->has_rule)
		zy_hex(ZY_BYTES(r->rule, ZY_HASH_LEN), rule);
	if (w->c->json)
		zy_cli_json(json_pack("{s:s, s:I, s:s, s:o, s:o, s:o, s:s, s:o, s:o, s:s?, s:I, s:I, s:I, s:O}",
		    "token", w->token, "seq", (json_int_t)r->seq, "at", at, "what", text_json(r->what), "key",
		    text_json(r->key), "use", text_json(r->use), "digest", digest, "esID", text_json(r->esID), "item",
		    text_json(r->item), "rule", r->has_rule ? rule : NULL, "caller", (json_int_t)r->caller, "total",
		    (json_int_t)r->total, "today", (json_int_t)r->today, "order", order));
	else
		printf("%s %" PRIu64 "  %s  %.*s  %.*s  %.16s  uid %" PRIu64 "  %.*s\n", w->token, r->seq, at,
		    (int)r->use.len, (const char *)r->use.p, (int)r->key.len, (const char *)r->key.p, digest, r->caller,
		    (int)r->item.len, r->item.len == 0 ? "" : (const char *)r->item.p);
	if (!w->c->json)
		print_order(order);
	json_decref(order);
}

static bool see(void *arg, const struct zy_journal_record *r, const struct zy_journal_head *head, struct zy_error *err)
{
	struct walk *w = arg;
	char text[HEAD_TEXT];

	(void)err;
	if (w->since != NULL && !w->met) {
		head_text(head, text);
		w->met = strcmp(text, w->since) == 0;
	}
	if (r->esID.len > 0)
		json_object_setn_new(
		    w->seals, (const char *)r->esID.p, r->esID.len, json_integer((json_int_t)r->total));
	if (w->print)
		print_record(w, r);
	return true;
}

static void print_end(const struct walk *w, const struct zy_journal_head *head, uint64_t rest)
{
	char text[HEAD_TEXT];
	const char *esID;
	json_t *total;

	head_text(head, text);
	if (w->c->json) {
		zy_cli_json(json_pack("{s:s, s:I, s:s, s:I, s:O}", "token", w->token, "records", (json_int_t)head->seq,
		    "head", text, "unfinished_bytes", (json_int_t)rest, "seals", w->seals));
		return;
	}
	printf("%s: %" PRIu64 " records, each follows on the one before; head %s\n", w->token, head->seq, text);
	json_object_foreach(w->seals, esID, total)
	    printf("  seal %s: used %" JSON_INTEGER_FORMAT " times\n", esID, json_integer_value(total));
}

static bool walk_token(struct walk *w, const struct zy_home *h, bool check, struct zy_arena *a, struct zy_error *err)
{
	const char *path = zy_home_path(h, a, err, "signer/%s.journal", w->token);
	struct zy_journal_head head;
	uint64_t rest;
	bool ok;

	if (path == NULL)
		return false;
	w->seals = json_object();
	ok = zy_journal_read_file(path, w->token, see, w, &head, &rest, err);
	if (ok && w->since != NULL && !w->met)
		ok = zy_fail(err, ZY_E_JOURNAL, "since", ZY_NOWHERE,
		    "the journal of %s does not hold the head given: it was cut short or replaced", w->token);
	if (ok && check)
		print_end(w, &head, rest);
	json_decref(w->seals);
	return ok;
}

bool zy_cmd_journal(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	static const char *const roots[] = { ZY_TOKEN_ROOT_TPM, ZY_TOKEN_ROOT };
	struct walk w = { .c = c };
	const char *only = NULL, *words[1];
	bool go, check = false, known = false;
	const struct zy_option opts[] = { { "token", "NAME", "of this token alone", &only, NULL },
		{ "check", NULL, "no records: how many, the head, the uses of each seal", NULL, &check },
		{ "since", "SEQ:HASH", "a head noted earlier, which the journal must still hold", &w.since, NULL },
		{ 0 } };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_home h;

	if (!zy_cli_parse(c, "journal", opts, argc, argv, 0, 0, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (w.since != NULL && only == NULL)
		return zy_fail(
		    err, ZY_E_USAGE, "since", ZY_NOWHERE, "--since is a head of one token; name it: --token");
	if (!zy_home_open(&h, c->home, &a, err))
		return false;
	w.print = !check;
	w.home = &h;
	for (size_t i = 0; i < h.num_tokens + 2; i++) {
		w.token = i < h.num_tokens ? h.tokens[i] : roots[i - h.num_tokens];
		if (only != NULL && strcmp(only, w.token) != 0)
			continue;
		known = true;
		if (!walk_token(&w, &h, check, &a, err))
			return false;
	}
	return known || zy_fail(err, ZY_E_NOT_FOUND, "token", ZY_NOWHERE, "the home has no token \"%.64s\"", only);
}
