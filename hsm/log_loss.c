/* A log that goes on from a shorter history than its keys signed: what two officers may order, and nobody else. */
#include "call.h"

#include "zy/log_loss.h"
#include "zy/order.h"

bool zy_call_read_loss_order(struct zy_call *c, bool *is_one, struct zy_error *err)
{
	struct zy_log_loss loss;
	uint8_t digest[ZY_HASH_LEN];
	struct zy_order_file f;
	struct zy_order o;

	*is_one = false;
	if (!zy_order_file_parse(&f, c->q.message, err) || !zy_order_parse(&o, f.order, err))
		return false;
	if (o.action != ZY_ORDER_LOG)
		return true;
	*is_one = true;
	if (!zy_digest(ZY_HASH_SHA256, f.order, digest, err) || !zy_log_loss_parse(&loss, f.subject, err))
		return false;
	/* told again: it is refused as used, whatever was signed since */
	return zy_signer_journal_used(c->signer->journal, digest) ||
	       zy_signer_journal_check_loss(c->signer->journal, &loss, err);
}

/* The record is where the heads of log keys are kept, as each signature's is. */
static bool record(struct zy_call *c, const struct zy_order_file *f, struct zy_error *err)
{
	const struct zy_use_of_seal none = { 0 };
	struct zy_journal_record r = { .at = zy_now(c->signer->clock),
		.what = ZY_LITERAL("log"),
		.key = ZY_LITERAL("log"),
		.use = ZY_LITERAL("goes-on"),
		.item = ZY_BYTES(f->subject.p, f->subject.len - 1),
		.has_rule = true,
		.caller = c->caller };

	return zy_digest(ZY_HASH_SHA256, f->subject, r.digest, err) &&
	       zy_digest(ZY_HASH_SHA256, f->order, r.rule, err) &&
	       zy_signer_journal_end(c->signer->journal, &r, &none, false, err);
}

bool zy_call_go_on(struct zy_call *c, struct zy_error *err)
{
	struct zy_order_file f;
	bool ok;

	if (!zy_order_file_parse(&f, c->q.message, err))
		return false;
	pthread_mutex_lock(&c->signer->making);
	ok = record(c, &f, err);
	pthread_mutex_unlock(&c->signer->making);
	if (ok)
		zy_log(c->signer->log, ZY_LOG_WARNING, "log-goes-on", "{s:s%}", "what", (const char *)f.subject.p,
		    f.subject.len - 1);
	return ok;
}
