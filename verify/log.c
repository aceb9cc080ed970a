/* Proofs and checkpoints of transparency logs (RFC 9162 2.1.3, C2SP signed-note, tlog-checkpoint, tlog-proof). */
#include "zy/log_judge.h"

#include <openssl/evp.h>

#include "internal.h"

static bool verify_ed25519(
    const struct zy_note_key *key, struct zy_bytes message, const uint8_t sig[64], bool *good, struct zy_error *err)
{
	EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->point, key->point_len);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = pkey != NULL && ctx != NULL && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey) == 1;

	*good = ok && EVP_DigestVerify(ctx, sig, 64, message.p, message.len) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	return ok || zy_fail_openssl(err, ZY_E_CRYPTO, "signature", "cannot verify with Ed25519");
}

bool zy_note_verify(struct zy_keys *k, const struct zy_note_key *key, struct zy_bytes text,
    const struct zy_note_signature *s, uint64_t *time, bool *good, struct zy_error *err)
{
	struct zy_error why = { 0 };
	ZY_BUF_AUTO message = { 0 };
	uint8_t sig[64];

	*good = false;
	if (!zy_note_value_parse(key, s->value, time, sig, &why))
		return true;
	zy_note_message(key, *time, text, &message);
	if (!zy_buf_done(&message, "note", err))
		return false;
	if (key->point_len != 65)
		return verify_ed25519(key, zy_buf_bytes(&message), sig, good, err);
	return zy_signature_verify_point(k, ZY_BYTES(key->point, key->point_len),
	    key->kind == ZY_NOTE_ECDSA || key->kind == ZY_NOTE_ECDSA_COSIGNED ? ZY_SUITE_INTL : ZY_SUITE_GM,
	    zy_buf_bytes(&message), sig, good, err);
}

struct tally {
	struct zy_keys *keys;
	const struct zy_checkpoint *c;
	struct zy_log_times times;
	bool known, bad;   /* the log is known; a signature of a known key does not verify */
	size_t good, late; /* signatures that verify: of keys that count, of others */
};

static bool counts(const struct zy_trust_note_key *l, struct zy_log_times times)
{
	return (l->until == 0 || l->until >= times.entry) && l->from <= times.at;
}

/* What one key of the log says: none, one or more of the note's lines may be its own. */
static bool ask_key(
    struct tally *t, const struct zy_note_key *key, const struct zy_trust_note_key *l, struct zy_error *err)
{
	uint64_t time;
	bool good;

	t->known = true;
	for (size_t i = 0; i < t->c->note.num; i++) {
		const struct zy_note_signature *s = &t->c->note.signatures[i];

		if (!zy_note_key_made(key, s))
			continue;
		if (!zy_note_verify(t->keys, key, t->c->note.text, s, &time, &good, err))
			return false;
		*(counts(l, t->times) ? &t->good : &t->late) += good;
		t->bad = t->bad || !good;
	}
	return true;
}

static bool names_itself(const struct zy_checkpoint *c)
{
	for (size_t i = 0; i < c->note.num; i++)
		if (zy_bytes_equal(c->note.signatures[i].name, c->origin))
			return true;
	return false;
}

bool zy_checkpoint_judge(struct zy_keys *k, const struct zy_trust *trust, const struct zy_checkpoint *c,
    struct zy_log_times times, enum zy_log_verdict *out, struct zy_error *err)
{
	struct tally t = { .keys = k, .c = c, .times = times };
	struct zy_note_key key;

	for (size_t i = 0; i < trust->num_logs; i++) {
		struct zy_error why = { 0 };

		/* a key of a kind that is not known here is another one's */
		if (zy_note_key_parse(&key, zy_str(trust->logs[i].key), &why) &&
		    zy_bytes_equal(c->origin, zy_str(key.name)) && !ask_key(&t, &key, &trust->logs[i], err))
			return false;
	}
	*out = !t.known          ? ZY_LOG_UNKNOWN
	       : t.bad           ? ZY_LOG_BAD
	       : t.good > 0      ? ZY_LOG_GOOD
	       : t.late > 0      ? ZY_LOG_OUT_OF_DATES
	       : names_itself(c) ? ZY_LOG_OTHER_KEYS
				 : ZY_LOG_UNSIGNED;
	return true;
}

bool zy_case_checkpoint(struct zy_case *c, const struct zy_checkpoint *cp, zy_time entry, struct zy_error *err)
{
	static const char *const codes[] = { [ZY_LOG_UNKNOWN] = "log-unknown",
		[ZY_LOG_UNSIGNED] = "log-unsigned",
		[ZY_LOG_BAD] = "log-signature",
		[ZY_LOG_OTHER_KEYS] = "log-key-unknown",
		[ZY_LOG_OUT_OF_DATES] = "log-key-dates" };
	const struct zy_log_times times = { entry, c->at };
	struct zy_finding *const *mark = c->r->last;
	struct zy_report_signature *s = zy_case_signature(c, "log");
	enum zy_log_verdict verdict;

	if (s == NULL)
		return true;
	s->signer = zy_case_text(c, cp->origin);
	s->covers = "whole";
	zy_case_trust(c);
	if (c->trust != NULL) {
		if (!zy_checkpoint_judge(c->keys, c->trust, cp, times, &verdict, err))
			return false;
		if (codes[verdict] != NULL)
			zy_report_add(c->r, codes[verdict], "checkpoint", ZY_NOWHERE, NULL);
		if (verdict != ZY_LOG_UNKNOWN && !zy_case_witnesses(c, cp, entry, err))
			return false;
	}
	s->indication = zy_report_since(c->r, mark, &s->sub_indication);
	return true;
}

bool zy_leaf_check(struct zy_bytes leaf, uint64_t index, const struct zy_merkle_path *path,
    const struct zy_merkle_head *head, bool *good, struct zy_error *err)
{
	uint8_t entry[ZY_LOG_ENTRY_LEN], hash[ZY_HASH_LEN];

	return zy_log_entry(leaf, entry, err) &&
	       zy_merkle_leaf(ZY_HASH_SHA256, ZY_BYTES(entry, sizeof(entry)), hash, err) &&
	       zy_merkle_check_inclusion(hash, index, path, head, good, err);
}

static bool judge_path(struct zy_case *c, const struct zy_log_proof *p, struct zy_error *err)
{
	bool good;

	if (!zy_leaf_check(p->extra, p->index, &p->path, &p->checkpoint.head, &good, err))
		return false;
	if (!good)
		zy_report_add(c->r, "log-path", "path", ZY_NOWHERE, NULL);
	return true;
}

static bool judge_proof(
    struct zy_case *c, struct zy_bytes in, struct zy_log_proof *p, struct zy_log_leaf *leaf, struct zy_error *err)
{
	struct zy_error why = { 0 };
	bool has_leaf;

	if (!zy_log_proof_parse(p, in, c->work, err))
		return false;
	has_leaf = zy_log_leaf_parse(leaf, p->extra, &why);
	if (!zy_case_checkpoint(c, &p->checkpoint, has_leaf ? leaf->at : ZY_LOG_ANY_TIME.entry, err))
		return false;
	if (has_leaf)
		return judge_path(c, p, err);
	/* without a leaf there is no entry that a path could lead from */
	*leaf = (struct zy_log_leaf){ 0 };
	zy_report_add(c->r, "log-leaf", "extra", ZY_NOWHERE, "%s", why.msg);
	return true;
}

bool zy_judge_log_proof(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes in, zy_time at,
    struct zy_report *r, struct zy_error *err)
{
	ZY_ARENA_AUTO work = { 0 };
	struct zy_case c = { .keys = k, .trust = trust, .at = at, .r = r, .work = &work };
	struct zy_log_proof p;
	struct zy_log_leaf leaf;

	r->format = "log-proof";
	return judge_proof(&c, in, &p, &leaf, err) || zy_case_keep_error(&c, err);
}

bool zy_judge_checkpoint(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes in, zy_time at,
    struct zy_report *r, struct zy_error *err)
{
	ZY_ARENA_AUTO work = { 0 };
	struct zy_case c = { .keys = k, .trust = trust, .at = at, .r = r, .work = &work };
	struct zy_checkpoint cp;

	r->format = "checkpoint";
	return (zy_checkpoint_parse(&cp, in, &work, err) && zy_case_checkpoint(&c, &cp, ZY_LOG_ANY_TIME.entry, err)) ||
	       zy_case_keep_error(&c, err);
}

bool zy_leaf_is_of(const struct zy_log_leaf *leaf, const char *identifier)
{
	struct zy_error ignored = { 0 };
	struct zy_identifier id;
	ZY_BUF_AUTO name = { 0 };

	if (!zy_identifier_parse(&id, zy_str(identifier), NULL, &ignored) || id.version != leaf->number)
		return false;
	zy_buf_printf(&name, "%s.%s.%s", id.type, id.issuer, id.serial);
	return !name.failed && zy_bytes_equal(zy_buf_bytes(&name), leaf->name);
}

bool zy_case_old_checkpoint(struct zy_case *c, struct zy_bytes file, struct zy_checkpoint *out)
{
	struct zy_error no = { 0 };
	struct zy_log_proof p;

	if (zy_log_proof_parse(&p, file, c->work, &no)) {
		*out = p.checkpoint;
		return true;
	}
	no = (struct zy_error){ 0 };
	return zy_checkpoint_parse(out, file, c->work, &no);
}

/* "goes-on SIZE" */
static uint64_t goes_on_from(struct zy_bytes reason)
{
	uint64_t size = 0;

	for (size_t i = strlen("goes-on "); i < reason.len && i < 28; i++)
		size = size * 10 + (uint64_t)(reason.p[i] - '0') % 10;
	return size;
}

/* The leaf of an order that gave a part of the log up: a tree of that size and root, for one that goes on from another.
 * What lies between may be of the part or of what the log grew to again: only the tree tells, so nothing is decided. */
static bool judge_loss(struct zy_case *c, const struct zy_log_leaf *leaf, struct zy_bytes file)
{
	struct zy_checkpoint old;

	if (!zy_bytes_equal(leaf->what, ZY_LITERAL("log")) || leaf->num_parts != 1 ||
	    !zy_case_old_checkpoint(c, file, &old) || !zy_bytes_equal(old.origin, leaf->name))
		return false;
	if (old.head.size > goes_on_from(leaf->reason) && old.head.size <= leaf->number)
		zy_report_add(c->r, "log-lost", "checkpoint", ZY_NOWHERE,
		    "%llu entries; up to %llu were given up, and the log %.*s", (unsigned long long)old.head.size,
		    (unsigned long long)leaf->number, (int)leaf->reason.len, (const char *)leaf->reason.p);
	return true;
}

static bool judge_file_of(struct zy_case *c, const struct zy_log_proof *p, const struct zy_log_leaf *leaf,
    struct zy_bytes file, struct zy_error *err)
{
	uint8_t digest[ZY_HASH_LEN];
	bool same = false;

	if (judge_loss(c, leaf, file))
		return true;
	if (!zy_digest(ZY_HASH_SHA256, file, digest, err))
		return false;
	for (size_t i = 0; i < leaf->num_parts; i++)
		same = same || (leaf->parts[i].form != 0 && memcmp(leaf->parts[i].digest, digest, ZY_HASH_LEN) == 0);
	if (!same || (c->r->has_licence && !zy_leaf_is_of(leaf, c->r->licence.identifier)))
		zy_report_add(c->r, "log-other", "extra", ZY_NOWHERE, NULL);
	else if (c->r->has_licence) {
		c->r->licence.logged = true;
		c->r->licence.log_index = p->index;
	}
	return true;
}

bool zy_judge_logged(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes proof, struct zy_bytes file,
    zy_time at, struct zy_report *r, struct zy_error *err)
{
	return zy_judge_logged_files(k, trust, proof, &file, 1, at, r, err);
}

bool zy_judge_logged_files(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes proof,
    const struct zy_bytes *files, size_t num, zy_time at, struct zy_report *r, struct zy_error *err)
{
	struct zy_finding *const *mark = r->last;
	ZY_ARENA_AUTO work = { 0 };
	struct zy_case c = { .keys = k, .trust = trust, .at = at, .r = r, .work = &work };
	struct zy_log_proof p;
	struct zy_log_leaf leaf;
	const char *sub;

	if (num == 1 && zy_log_grown_is(proof))
		return zy_judge_log_grown(&c, proof, files[0], err) || zy_case_keep_error(&c, err);
	if (!judge_proof(&c, proof, &p, &leaf, err))
		return zy_case_keep_error(&c, err);
	for (size_t i = 0; i < num; i++)
		if (!judge_file_of(&c, &p, &leaf, files[i], err))
			return zy_case_keep_error(&c, err);
	/* an index is only told when everything about it holds */
	r->licence.logged = r->licence.logged && zy_report_since(r, mark, &sub) == ZY_TOTAL_PASSED;
	return true;
}
