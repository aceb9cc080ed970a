/* Counter signatures (RFC 5652 11.4): a signature value, signed by others. Each is a signature of its own in the
 * report, behind the signers; what it covers is the value that it is about, and through that what that one covers. */
#include "cms.h"

#define COUNTERS_MAX 8 /* of one signature */
#define DEPTH_MAX 2    /* counter signatures of counter signatures */

/* id-countersignature, 1.2.840.113549.1.9.6 */
static const struct zy_bytes oid_counter = ZY_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x06");

static bool next_once(void *arg, struct zy_bytes *piece, struct zy_error *err)
{
	struct zy_bytes *left = arg;

	(void)err;
	*piece = *left;
	*left = (struct zy_bytes){ 0 };
	return true;
}

/* Its digest need not be announced: digestAlgorithms are those of the signers (RFC 5652 5.1). */
static void announce(struct zy_signed_data *d, struct zy_bytes digest_alg)
{
	if (d->num_digest_algs < ZY_SIGNED_DATA_DIGESTS_MAX)
		d->digest_algs[d->num_digest_algs++] = digest_alg;
	else
		d->digest_algs[0] = digest_alg;
}

static bool judge_one(
    struct cms_case *p, const struct zy_signer *about, struct zy_bytes value, unsigned depth, struct zy_error *err)
{
	struct zy_signed_data *d = zy_arena_alloc(p->c->work, sizeof(*d), err);
	struct cms_signer *g = zy_arena_alloc(p->c->work, sizeof(*g), err);
	struct zy_bytes left = about->signature;
	const struct zy_content content = { next_once, &left };
	ZY_HASHES_AUTO hashes = { 0 };
	struct cms_case q = *p;

	if (d == NULL || g == NULL)
		return false;
	*d = *p->d;
	*g = (struct cms_signer){ .s = &d->signers[0] };
	if (!zy_counter_signature_parse(&d->signers[0], about, value, p->c->work, err))
		return false;
	d->num_signers = 1;
	announce(d, d->signers[0].digest_alg);
	q.d = d;
	q.signers = g;
	q.hashes = &hashes;
	q.has_content = true;
	q.claimed = ZY_TIME_NEVER;
	if (!cms_signer_prepare(&q, g, err) || !zy_hashes_run(&hashes, &content, err))
		return false;
	cms_signer_list(&q, g);
	if (g->row != NULL)
		g->row->covers = "partial";
	return cms_signer_judge(&q, g, err) && cms_counters_judge(&q, &d->signers[0], depth + 1, err);
}

bool cms_counters_judge(struct cms_case *p, const struct zy_signer *s, unsigned depth, struct zy_error *err)
{
	struct zy_unsigned_walk walk = zy_unsigned_values(s);
	struct zy_bytes value;

	if (s->fault.code != ZY_OK)
		return true;
	for (size_t n = 0; zy_unsigned_next(&walk, oid_counter, &value); n++) {
		if (n == COUNTERS_MAX || depth == DEPTH_MAX || p->c->r->num_signatures == ZY_REPORT_SIGNATURES_MAX) {
			zy_report_add(p->c->r, "counter-signature-not-judged", "countersignature", s->offset, NULL);
			return true;
		}
		if (!judge_one(p, s, value, depth, err))
			return false;
	}
	return true;
}
