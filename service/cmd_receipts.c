/* receipts: who looked, for the one who was looked at. */
#include "cli.h"

#include "holder.h"
#include "zy/text.h"

void zy_cli_looks(struct zy_access *a)
{
	if (a->who == NULL)
		a->who = "console";
}

static json_t *text_json(struct zy_bytes v)
{
	return json_stringn(v.len == 0 ? "" : (const char *)v.p, v.len);
}

static json_t *base64_json(struct zy_bytes v)
{
	ZY_BUF_AUTO b = { 0 };

	zy_base64_encode(&b, v);
	return json_stringn((const char *)b.p, b.len);
}

static bool print_one(const struct zy_cli *c, const struct zy_receipt_at *at, json_t *list, struct zy_error *err)
{
	char time[ZY_TIME_TEXT];
	struct zy_receipt r;

	if (!zy_receipt_parse(&r, at->octets, err))
		return false;
	zy_time_to_rfc3339(r.at, time);
	if (c->json)
		json_array_append_new(
		    list, json_pack("{s:I, s:s, s:o, s:o, s:o, s:I, s:o, s:o, s:o, s:I, s:o}", "n", (json_int_t)r.n,
			      "at", time, "who", text_json(r.who), "what", text_json(r.what), "licence",
			      text_json(r.licence), "version", (json_int_t)r.version, "item", text_json(r.item), "case",
			      text_json(r.case_id), "ground", text_json(r.ground), "index", (json_int_t)at->index,
			      "receipt", base64_json(at->octets)));
	else
		printf("%llu  %s  %.*s  %.*s  %.*s  %.*s %.*s %.*s\n", (unsigned long long)r.n, time, (int)r.who.len,
		    (const char *)r.who.p, (int)r.what.len, (const char *)r.what.p, (int)r.licence.len,
		    r.licence.len == 0 ? "" : (const char *)r.licence.p, (int)r.item.len,
		    r.item.len == 0 ? "" : (const char *)r.item.p, (int)r.case_id.len,
		    r.case_id.len == 0 ? "" : (const char *)r.case_id.p, (int)r.ground.len,
		    r.ground.len == 0 ? "" : (const char *)r.ground.p);
	return true;
}

static bool print_all(const struct zy_cli *c, const struct zy_holder *h, const struct zy_receipts *all,
    const struct zy_log_answer *head, struct zy_error *err)
{
	char key[2 * ZY_HASH_LEN + 1];
	ZY_BUF_AUTO proof = { 0 };
	json_t *list = json_array();
	bool ok = true;

	for (size_t i = 0; ok && i < all->num; i++)
		ok = print_one(c, &all->list[i], list, err);
	if (ok && c->json) {
		zy_hex(ZY_BYTES(all->key, ZY_HASH_LEN), key);
		zy_log_answer_encode(head, &proof);
		zy_cli_json(json_pack("{s:o, s:O, s:s, s:o}", "holder", zy_holder_json(h), "receipts", list, "key", key,
		    "proof", head->proved ? text_json(zy_buf_bytes(&proof)) : json_null()));
	}
	json_decref(list);
	return ok;
}

/* This look is a receipt too, the newest: what is proved of it is proved of the chain that it ends. */
static bool give(
    struct zy_cli *c, struct zy_desk *d, const struct zy_holder *h, const struct zy_access *who, struct zy_error *err)
{
	struct zy_log_answer head;
	ZY_ARENA_AUTO a = { 0 };
	struct zy_receipts all;
	struct zy_logged own;
	bool found;

	if (!zy_receipt_holder(d->vault, h, who, &found, &own, err) || !zy_vault_receipts(d->vault, h, &a, &all, err))
		return false;
	return zy_log_book_prove(d->log, own.index, &own, &a, &head, err) && print_all(c, h, &all, &head, err);
}

/* Each identifier has a chain of its own. */
static bool give_all(
    struct zy_cli *c, struct zy_desk *d, const struct zy_holder *h, const struct zy_access *who, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_person p;
	bool found;

	if (!zy_vault_person(d->vault, h, NULL, &a, &p, &found, err))
		return false;
	if (!found)
		return zy_fail(err, ZY_E_NOT_FOUND, "holder", ZY_NOWHERE, "the vault knows no such holder");
	for (size_t i = 0; i < p.num; i++)
		if ((i == 0 || !p.identifiers[i].destroyed) &&
		    !give(c, d, i == 0 ? h : &p.identifiers[i].holder, who, err))
			return false;
	return true;
}

bool zy_cmd_receipts(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	struct zy_access who = { .what = "receipts" };
	const char *holder_text = NULL, *words[1];
	const struct zy_option opts[] = { { "holder", "KIND:NUMBER", "of this holder", &holder_text, NULL },
		ZY_TENANT_OPTION(c), ZY_SECRET_OPTION(c), ZY_ACCESS_OPTIONS(who), { 0 } };
	struct zy_holder holder;
	struct zy_desk d;
	bool go, ok;

	if (!zy_cli_parse(c, "receipts", opts, argc, argv, 0, 0, words, &go, err) || !go)
		return err->code == ZY_OK;
	zy_cli_looks(&who);
	if (holder_text == NULL)
		return zy_fail(err, ZY_E_USAGE, "holder", ZY_NOWHERE, "give --holder KIND:NUMBER");
	if (!zy_holder_parse(&holder, zy_str(holder_text), err) ||
	    !zy_desk_open_as(&d, c->home, &c->as, ZY_DESK_READ, c->clock, NULL, err))
		return false;
	ok = give_all(c, &d, &holder, &who, err);
	zy_desk_close(&d);
	return ok;
}
