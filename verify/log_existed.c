/* A log as proof of existence (EN 319 102-1 5.5.4): what an entry is about was there when witnesses saw the entry. */
#include "internal.h"
#include "zy/log_judge.h"

/* Every part of it holds, and its leaf is of each of the files. How old the bundle is, the file's own report says. */
static bool is_good(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes proof,
    const struct zy_bytes *files, size_t num, zy_time at, bool *good, struct zy_error *err)
{
	struct zy_error why = { 0 };
	ZY_REPORT_AUTO r;

	zy_report_start(&r, "log", at);
	if (!zy_judge_logged_files(k, trust, proof, files, num, at, &r, &why))
		return zy_code_exit(why.code) == 65 || zy_fail(err, why.code, "log-proof", ZY_NOWHERE, "%s", why.msg);
	*good = true;
	for (const struct zy_finding *f = r.first; f != NULL; f = f->next)
		*good = *good && (f->rule->severity == ZY_SEVERITY_INFO || strcmp(f->rule->code, "trust-too-old") == 0);
	return true;
}

static bool made_at(const struct zy_log_proof *p, zy_time *out, struct zy_error *err)
{
	struct zy_log_leaf leaf;

	if (!zy_log_leaf_parse(&leaf, p->extra, err))
		return false;
	*out = leaf.at;
	return true;
}

bool zy_log_existed(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes proof,
    const struct zy_bytes *files, size_t num, zy_time at, struct zy_report *r, struct zy_error *err)
{
	ZY_ARENA_AUTO work = { 0 };
	struct zy_witnessed seen;
	struct zy_log_proof p;
	char text[ZY_TIME_TEXT];
	bool good = false;
	zy_time since;
	size_t least;

	if (trust == NULL || proof.len == 0 || num == 0 || zy_log_grown_is(proof))
		return true;
	if (!is_good(k, trust, proof, files, num, at, &good, err))
		return false;
	if (!good)
		return true;
	if (!zy_log_proof_parse(&p, proof, &work, err) ||
	    !zy_checkpoint_witnesses(k, trust, &p.checkpoint, at, &seen, err))
		return false;
	least = trust->witness_least > 1 ? trust->witness_least : 1;
	if (seen.good < least)
		return true;
	if (!made_at(&p, &since, err))
		return false;
	/* a witness whose clock is behind makes nothing older than the log itself says */
	if (seen.times[least - 1] > since)
		since = seen.times[least - 1];
	if (since > at)
		return true;
	r->logged = since;
	zy_time_to_rfc3339(r->logged, text);
	zy_report_add(r, "log-existed", "checkpoint", ZY_NOWHERE, "%s", text);
	return true;
}
