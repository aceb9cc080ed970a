/*
 * A log for tests of verify/: one key under two names, both known to a trust, and trees whose entries are their
 * numbers; in a forked one entry 5 is another.
 */
#ifndef TESTS_LOG_MADE_H
#define TESTS_LOG_MADE_H

#include <stdio.h>

#include "verify_keys.h"
#include "zy/log_judge.h"

#define ORIGIN "log.example/yunze"
#define OTHER "log.example/other"

struct log {
	struct zy_arena a;
	struct zy_keys *keys;
	struct zy_note_key log, other;
	struct zy_trust_note_key logs[2];
	struct zy_trust trust;
};

static struct log made;

static int make(void **state)
{
	struct zy_cert_facts facts;

	*state = &made;
	MUST(zy_keys_open(&made.keys, &err));
	MUST(zy_cert_facts(verify_cert(&made.a, "intl-leaf"), &made.a, &facts, &err));
	MUST(zy_note_key_make(&made.log, ZY_LITERAL(ORIGIN), ZY_NOTE_ECDSA, ZY_BYTES(facts.point, 65), &err));
	MUST(zy_note_key_make(&made.other, ZY_LITERAL(OTHER), ZY_NOTE_ECDSA, ZY_BYTES(facts.point, 65), &err));
	made.logs[0].key = verify_note_text(&made.a, &made.log);
	made.logs[1].key = verify_note_text(&made.a, &made.other);
	made.trust = verify_trust(&made.a, ZY_PURPOSE_DOCUMENT);
	made.trust.logs = made.logs;
	made.trust.num_logs = 2;
	return 0;
}

static int unmake(void **state)
{
	(void)state;
	zy_keys_close(made.keys);
	zy_arena_free(&made.a);
	return 0;
}

static struct zy_bytes entry_of(bool forked, uint64_t index, char room[24])
{
	snprintf(room, 24, "%s%llu", forked && index == 5 ? "x" : "", (unsigned long long)index);
	return zy_str(room);
}

static bool get(void *arg, unsigned level, uint64_t index, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	const bool *forked = arg;
	uint8_t right[ZY_HASH_LEN];
	char entry[24];

	if (level == 0)
		return zy_merkle_leaf(ZY_HASH_SHA256, entry_of(*forked, index, entry), out, err);
	return get(arg, level - 1, 2 * index, out, err) && get(arg, level - 1, 2 * index + 1, right, err) &&
	       zy_merkle_node(ZY_HASH_SHA256, out, right, out, err);
}

static void put_checkpoint(const struct zy_note_key *k, uint64_t size, bool forked, struct zy_buf *out)
{
	struct zy_note_signature s = { zy_str(k->name), k->id, { 0 } };
	const struct zy_merkle t = { get, &forked };
	struct zy_merkle_head head = { .size = size };
	ZY_BUF_AUTO body = { 0 }, value = { 0 };
	uint8_t sig[64];

	MUST(zy_merkle_root(&t, size, head.root, &err));
	zy_checkpoint_body_encode(zy_str(k->name), &head, &body);
	verify_sign(ZY_SUITE_INTL, zy_buf_bytes(&body), sig);
	zy_note_value_encode(k, 0, sig, &value);
	s.value = zy_buf_bytes(&value);
	zy_buf_put(out, zy_buf_bytes(&body));
	zy_buf_put_u8(out, '\n');
	zy_note_put_signature(out, &s);
}

#endif
