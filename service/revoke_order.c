#include "revoke_order.h"

#include <unistd.h>

#include "zy/file.h"
#include "zy/kept.h"
#include "zy/text.h"

#define BEGUN "begun "
#define DONE "done "
enum { TIME_LEN = 20, BEGUN_LEN = sizeof(BEGUN) + TIME_LEN, DONE_LEN = sizeof(DONE) + TIME_LEN };

static bool write_note(const struct zy_revoke_order *o, zy_time done, struct zy_error *err)
{
	char begun[ZY_TIME_TEXT], end[ZY_TIME_TEXT] = "";
	ZY_BUF_AUTO b = { 0 };

	zy_time_to_rfc3339(o->begun, begun);
	zy_buf_printf(&b, BEGUN "%s\n", begun);
	if (done != 0) {
		zy_time_to_rfc3339(done, end);
		zy_buf_printf(&b, DONE "%s\n", end);
	}
	return zy_buf_done(&b, "order", err) && zy_kept_write(o->note, zy_buf_bytes(&b), 0600, true, err);
}

/* "begun TIME", and "done TIME" when it was carried out. */
static bool read_note(struct zy_revoke_order *o, struct zy_arena *a, struct zy_error *err)
{
	struct zy_error ignored = { 0 };
	struct zy_bytes text, line;
	struct zy_reader r;

	if (!zy_kept_read(o->note, BEGUN_LEN + DONE_LEN, a, &text, err))
		return false;
	r = zy_reader_over(text);
	if (!zy_take(&r, BEGUN_LEN, "order", &line, &ignored) ||
	    !zy_bytes_equal(ZY_BYTES(line.p, sizeof(BEGUN) - 1), ZY_LITERAL(BEGUN)) ||
	    !zy_time_from_rfc3339(ZY_BYTES(line.p + sizeof(BEGUN) - 1, TIME_LEN), &o->begun, &ignored))
		return zy_fail(
		    err, ZY_E_IO, "order", ZY_NOWHERE, "%s is no note of an order; was it changed?", o->note);
	o->resumed = true;
	return zy_reader_left(&r) == 0 || zy_fail(err, ZY_E_APPROVAL_USED, "order", ZY_NOWHERE,
					      "the order was carried out before; make a new one");
}

static bool read_order(
    struct zy_revoke_order *o, const char *path, struct zy_bytes rule, struct zy_arena *a, struct zy_error *err)
{
	uint8_t digest[ZY_HASH_LEN];
	struct zy_order_file f;
	struct zy_order order;

	if (!zy_file_read(path, ZY_ORDER_FILE_MAX, a, &o->whole, err) || !zy_order_file_parse(&f, o->whole, err) ||
	    !zy_order_parse(&order, f.order, err))
		return false;
	if (order.action != ZY_ORDER_REVOKE_MANY)
		return zy_fail(err, ZY_E_ORDER, "action", ZY_NOWHERE, "this is an order for %s, not for revoke-many",
		    zy_order_action_name(order.action));
	if (!zy_digest(ZY_HASH_SHA256, rule, digest, err))
		return false;
	if (memcmp(digest, order.subject, sizeof(digest)) != 0 || !zy_bytes_equal(rule, f.subject))
		return zy_fail(err, ZY_E_APPROVAL_SUBJECT, "rule", ZY_NOWHERE, "the order is about another rule");
	if (!zy_digest(ZY_HASH_SHA256, f.order, digest, err))
		return false;
	zy_hex(ZY_BYTES(digest, sizeof(digest)), o->digest);
	return true;
}

bool zy_revoke_order_open(struct zy_revoke_order *o, const struct zy_home *h, const char *path, struct zy_bytes rule,
    zy_time now, struct zy_arena *a, struct zy_error *err)
{
	const char *folder, *lock;

	*o = (struct zy_revoke_order){ .begun = now, .lock = -1 };
	if (!read_order(o, path, rule, a, err) || (folder = zy_home_path(h, a, err, "ca/orders")) == NULL ||
	    !zy_folder_make(folder, 0700, err) || (lock = zy_home_path(h, a, err, "ca/orders/lock")) == NULL ||
	    (o->note = zy_home_path(h, a, err, "ca/orders/%s", o->digest)) == NULL ||
	    !zy_file_lock(lock, &o->lock, err))
		return false;
	if (access(o->note, F_OK) != 0 || read_note(o, a, err))
		return true;
	zy_revoke_order_close(o);
	return false;
}

/* Every token has a journal of its own. One that has used the order up before did so for the run that was cut off. */
static bool ask_signers(
    const struct zy_revoke_order *o, const struct zy_home *h, struct zy_hsm *hsm, size_t *asked, struct zy_error *err)
{
	for (*asked = 0; *asked < h->num_tokens; ++*asked) {
		struct zy_error why = { 0 };
		bool already;

		if (!zy_hsm_approve(hsm, h->tokens[*asked], o->whole, &already, &why) &&
		    !(o->resumed && why.code == ZY_E_APPROVAL_USED))
			return zy_fail(err, why.code, why.field, why.offset, "%s", why.msg);
	}
	return true;
}

/* The error could also be one after which a signer has the order in its journal; only a refusal is sure. */
static bool is_refusal(enum zy_code c)
{
	return c >= ZY_E_RULES && c <= ZY_E_APPROVAL_UNKNOWN;
}

bool zy_revoke_order_use(struct zy_revoke_order *o, const struct zy_home *h, struct zy_hsm *hsm, struct zy_error *err)
{
	size_t asked;
	bool ok = false;

	if (!o->resumed && !write_note(o, 0, err))
		return false;
	if (ask_signers(o, h, hsm, &asked, err))
		return true;
	if (!o->resumed && asked == 0 && is_refusal(err->code))
		ok = zy_kept_rename(o->note, NULL, err);
	return ok && err->code == ZY_OK;
}

bool zy_revoke_order_done(const struct zy_revoke_order *o, zy_time now, struct zy_error *err)
{
	return write_note(o, now, err);
}

void zy_revoke_order_close(struct zy_revoke_order *o)
{
	if (o->lock >= 0)
		close(o->lock);
	o->lock = -1;
}
