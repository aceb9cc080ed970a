/* shred: a holder's data destroyed by lawful order. */
#include "cli.h"

#include "holder.h"
#include "zy/file.h"
#include "zy/key_order.h"
#include "zy/order.h"
#include "zy/text.h"

static void hex_id(const uint8_t id[ZY_DATA_KEY_ID_LEN], char out[2 * ZY_DATA_KEY_ID_LEN + 1])
{
	zy_hex(ZY_BYTES(id, ZY_DATA_KEY_ID_LEN), out);
}

/* ---- what is asked for ---- */

static bool write_proposal(struct zy_desk *d, const struct zy_data_key *k, const char *out, struct zy_error *err)
{
	struct zy_key_order o = { .event = ZY_KEY_ORDER_SHRED, .uri = zy_str(d->wrapping.key) };
	ZY_BUF_AUTO line = { 0 };

	memcpy(o.data_key, k->id, sizeof(o.data_key));
	return zy_key_order_encode(&o, &line, err) && zy_file_write(out, zy_buf_bytes(&line), 0644, false, err);
}

static void tell_proposal(const struct zy_cli *c, const struct zy_data_key *k, const char *out)
{
	char id[2 * ZY_DATA_KEY_ID_LEN + 1];

	hex_id(k->id, id);
	if (c->json)
		zy_cli_json(
		    json_pack("{s:s, s:s, s:I}", "proposal", out, "data_key", id, "licences", (json_int_t)k->licences));
	else
		printf(
		    "%s: data key %s, of %llu licences\nzhengyin approve request shred %s --as REQUESTER --purpose TEXT "
		    "--ground TEXT --out ORDER\n",
		    out, id, (unsigned long long)k->licences, out);
}

/* One for each identifier, since each has a data key of its own: FILE, FILE.2, FILE.3 ... */
static bool propose_all(struct zy_cli *c, struct zy_desk *d, const struct zy_person *p, const char *out,
    struct zy_arena *a, struct zy_error *err)
{
	unsigned num = 0;

	for (size_t i = 0; i < p->num; i++) {
		const char *file = num == 0 ? out : zy_arena_printf(a, err, "%s.%u", out, num + 1);
		struct zy_data_key k;

		if (p->identifiers[i].destroyed)
			continue;
		if (file == NULL || !zy_vault_data_key(d->vault, &p->identifiers[i].holder, &k, err) ||
		    !write_proposal(d, &k, file, err))
			return false;
		tell_proposal(c, &k, file);
		num++;
	}
	return num > 0 || zy_fail(err, ZY_E_DESTROYED, "holder", ZY_NOWHERE, "the holder's data is destroyed already");
}

static bool propose(struct zy_cli *c, const char *holder_text, const char *out, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_holder holder;
	struct zy_person p;
	struct zy_desk d;
	bool found, ok;

	if (!zy_holder_parse(&holder, zy_str(holder_text), err) ||
	    !zy_desk_open_as(&d, c->home, &c->as, ZY_DESK_READ, c->clock, NULL, err))
		return false;
	ok = zy_vault_person(d.vault, &holder, NULL, &a, &p, &found, err);
	if (ok && !found)
		ok = zy_fail(err, ZY_E_NOT_FOUND, "holder", ZY_NOWHERE, "nothing is recorded of this holder");
	ok = ok && propose_all(c, &d, &p, out, &a, err);
	zy_desk_close(&d);
	return ok;
}

/* ---- what was ordered ---- */

struct ordered {
	struct zy_bytes whole;
	struct zy_key_order what;
	uint8_t digest[ZY_HASH_LEN];
};

static bool read_order(struct ordered *o, const char *path, struct zy_arena *a, struct zy_error *err)
{
	struct zy_order_file f;
	struct zy_order order;

	if (!zy_file_read(path, ZY_ORDER_FILE_MAX, a, &o->whole, err) || !zy_order_file_parse(&f, o->whole, err) ||
	    !zy_order_parse(&order, f.order, err))
		return false;
	if (order.action != ZY_ORDER_SHRED)
		return zy_fail(err, ZY_E_ORDER, "action", ZY_NOWHERE, "the order is for something else than `shred`");
	return zy_key_order_parse(&o->what, f.subject, err) && zy_digest(ZY_HASH_SHA256, f.order, o->digest, err);
}

/* Every token that has the wrapping key: one that did not refuse would open what the others do not. */
static bool tell_signers(struct zy_desk *d, const struct ordered *o, struct zy_error *err)
{
	const char *tokens[ZY_HSM_MEMBERS_MAX], *token = zy_arena_text(&d->arena, o->what.token, err);
	const size_t num = token == NULL ? 0 : zy_hsm_members(d->hsm, token, tokens);
	bool already;

	for (size_t i = 0; i < num; i++) {
		struct zy_error why = { 0 };

		if (zy_hsm_approve(d->hsm, tokens[i], o->whole, &already, &why) || why.code == ZY_E_APPROVAL_USED)
			continue;
		*err = why;
		return false;
	}
	return token != NULL;
}

/* First the signer, for good; then the vault. An order that was used up by a run that was cut off is this one's own
 * when the signer refuses the key, and zy_vault_shred looks. */
static bool carry_out(struct zy_desk *d, const struct ordered *o, struct zy_shredded *out, struct zy_error *err)
{
	if (!zy_bytes_equal(o->what.uri, zy_str(d->wrapping.key)))
		return zy_fail(
		    err, ZY_E_ORDER, "subject", ZY_NOWHERE, "the order is about another home's wrapping key");
	return tell_signers(d, o, err) && zy_vault_shred(d->vault, o->what.data_key, o->digest, out, err);
}

static bool execute(struct zy_cli *c, const char *path, struct zy_error *err)
{
	char id[2 * ZY_DATA_KEY_ID_LEN + 1], order[2 * ZY_HASH_LEN + 1];
	ZY_ARENA_AUTO a = { 0 };
	struct zy_shredded done;
	struct ordered o;
	struct zy_home h;
	struct zy_desk d;
	bool ok;

	if (!read_order(&o, path, &a, err) || !zy_home_open(&h, c->home, &a, err) ||
	    !zy_desk_open_side(
		&d, c->home, zy_bytes_equal(o.what.uri, zy_str(h.secret_key)), ZY_DESK_READ, c->clock, NULL, err))
		return false;
	ok = carry_out(&d, &o, &done, err);
	zy_desk_close(&d);
	if (!ok)
		return false;
	hex_id(o.what.data_key, id);
	zy_hex(ZY_BYTES(o.digest, sizeof(o.digest)), order);
	if (c->json)
		zy_cli_json(json_pack("{s:s, s:s, s:I, s:b}", "data_key", id, "order", order, "licences",
		    (json_int_t)done.licences, "already", (int)done.already));
	else if (done.already)
		printf("data key %s was destroyed before · 此前已销毁\n", id);
	else
		printf("data key %s is destroyed, %llu licences can be read no more · 已依令销毁\norder %s\n", id,
		    (unsigned long long)done.licences, order);
	return true;
}

bool zy_cmd_shred(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const char *holder = NULL, *out = NULL, *order = NULL, *words[1];
	const struct zy_option opts[] = { { "holder", "KIND:NUMBER", "whose data", &holder, NULL },
		{ "out", "FILE", "write what two officers are asked for", &out, NULL },
		{ "order", "ORDER", "carry out what they ordered", &order, NULL }, ZY_TENANT_OPTION(c),
		ZY_SECRET_OPTION(c), { 0 } };
	bool go;

	if (!zy_cli_parse(c, "shred", opts, argc, argv, 0, 0, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (order == NULL ? holder == NULL || out == NULL
			  : holder != NULL || out != NULL || c->as.tenant != NULL || c->as.secret)
		return zy_fail(err, ZY_E_USAGE, "shred", ZY_NOWHERE,
		    "give --holder KIND:NUMBER and --out FILE, with --tenant and --secret if need be, or --order ORDER "
		    "alone");
	return order == NULL ? propose(c, holder, out, err) : execute(c, order, err);
}
