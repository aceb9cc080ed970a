/* Did a log only grow (RFC 9162 2.1.4)? The proof is what a witness is asked (C2SP tlog-witness): the old size, the
 * path, and the later checkpoint. */
#include "internal.h"
#include "zy/log_judge.h"

bool zy_log_grown_is(struct zy_bytes proof)
{
	return proof.len > 4 && memcmp(proof.p, "old ", 4) == 0;
}

/* Two roots of one size are two histories, whatever the proof says. */
static bool is_split(const struct zy_merkle_head *a, const struct zy_merkle_head *b)
{
	return a->size == b->size && memcmp(a->root, b->root, ZY_HASH_LEN) != 0;
}

static bool judge_growth(struct zy_case *c, const struct zy_checkpoint_request *q, const struct zy_checkpoint *old,
    const struct zy_checkpoint *now, struct zy_error *err)
{
	const unsigned long long before = old->head.size, after = now->head.size;
	bool good;

	if (!zy_bytes_equal(old->origin, now->origin) || q->old != old->head.size) {
		zy_report_add(c->r, "log-other", "old", ZY_NOWHERE, NULL);
		return true;
	}
	if (is_split(&old->head, &now->head)) {
		zy_report_add(c->r, "log-split", "root", ZY_NOWHERE, "%llu", after);
		return true;
	}
	if (!zy_merkle_check_consistency(&old->head, &q->path, &now->head, &good, err))
		return false;
	zy_report_add(c->r, good ? "log-grown" : "log-consistency", "proof", ZY_NOWHERE, "%llu, %llu", before, after);
	return true;
}

bool zy_judge_log_grown(struct zy_case *c, struct zy_bytes proof, struct zy_bytes file, struct zy_error *err)
{
	struct zy_checkpoint_request q;
	struct zy_checkpoint old, now;

	if (!zy_checkpoint_request_parse(&q, proof, err) || !zy_checkpoint_parse(&now, q.checkpoint, c->work, err) ||
	    !zy_case_checkpoint(c, &now, ZY_LOG_ANY_TIME.entry, err))
		return false;
	if (zy_case_old_checkpoint(c, file, &old))
		return judge_growth(c, &q, &old, &now, err);
	zy_report_add(c->r, "log-other", "old", ZY_NOWHERE, NULL);
	return true;
}
