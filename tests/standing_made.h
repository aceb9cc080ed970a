/*
 * Answers about a day, made from a small log with the keys of tests/keys, each part of which can be made wrong: a
 * business licence that was minted, suspended, resumed and changed (then on a promise), the rules noted twice.
 */
#ifndef ZY_TEST_STANDING_MADE_H
#define ZY_TEST_STANDING_MADE_H

#include "verify_keys.h"
#include "zy/identity.h"
#include "zy/licence_day.h"
#include "zy/receipt.h"
#include "zy/standing_answer.h"
#include "zy/standing_judge.h"
#include "zy/text.h"

#define STANDING_ORIGIN "log.example/yunze"
#define STANDING_NAME VERIFY_TYPE "." VERIFY_USCC ".202600000001"
#define STANDING_OTHER VERIFY_TYPE "." VERIFY_USCC ".202600000002"
#define STANDING_START 1767225600 /* 2026-01-01T00:00:00Z */
#define STANDING_DAY 86400

enum {
	STANDING_ENTRIES = 14,
	STANDING_EVENTS = 5,
	STANDING_ASKED = 10,
	STANDING_SIZE = 11 /* of the answer's tree; what comes behind is in the published log alone */
};
/* Where they are in the log. 11: a revocation, 12: rules, 13: the licence's second event once more */
static const uint64_t standing_index[STANDING_EVENTS] = { 1, 3, 4, 7, 8 };
static const uint64_t standing_rules_index[2] = { 0, 6 };

struct standing_log {
	uint64_t index;
	struct zy_buf leaf;
	struct zy_merkle_path path;
	const char *checkpoint; /* NULL: null */
};
struct standing_event {
	uint64_t n;
	unsigned version;
	zy_time at, from;
	const char *what, *reason;
	struct standing_log log;
};
struct standing_rules {
	uint64_t n; /* 0: null */
	uint8_t digest[ZY_HASH_LEN];
	zy_time at;
	struct standing_log log;
};

/* All of it is what an honest answer says, until somebody changes it. */
struct standing_made {
	struct zy_arena a;
	struct zy_trust trust;
	struct zy_note_key keys[2];
	struct zy_trust_note_key logs[2];
	struct zy_log_leaf leaves[STANDING_ENTRIES];
	uint8_t entries[STANDING_ENTRIES][ZY_LOG_ENTRY_LEN];
	uint64_t size;      /* of the answer's tree */
	uint64_t published; /* of the published one */
	zy_time on, at, since;
	const char *serial, *status, *reason, *extra; /* extra: a member more */
	unsigned version, in_force;                   /* 0: null */
	uint8_t key[ZY_HASH_LEN];
	size_t num_events;
	struct standing_event events[STANDING_EVENTS];
	struct standing_rules rules, next;
	bool has_asked;
	struct standing_log asked;
};

static inline zy_time standing_day(int64_t n)
{
	return STANDING_START + n * STANDING_DAY;
}

/* ---- the tree ---- */

static bool standing_hash(void *arg, unsigned level, uint64_t index, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	const struct standing_made *m = arg;
	uint8_t left[ZY_HASH_LEN], right[ZY_HASH_LEN];

	if (level == 0)
		return zy_merkle_leaf(ZY_HASH_SHA256, ZY_BYTES(m->entries[index], ZY_LOG_ENTRY_LEN), out, err);
	return standing_hash(arg, level - 1, 2 * index, left, err) &&
	       standing_hash(arg, level - 1, 2 * index + 1, right, err) &&
	       zy_merkle_node(ZY_HASH_SHA256, left, right, out, err);
}

/* Signed with both keys. */
static inline const char *standing_checkpoint(struct standing_made *m, uint64_t size)
{
	const struct zy_merkle t = { standing_hash, m };
	struct zy_merkle_head head = { .size = size };
	ZY_BUF_AUTO body = { 0 }, note = { 0 };
	struct zy_error err = { 0 };
	const char *text;

	VERIFY_CHECK(zy_merkle_root(&t, size, head.root, &err));
	zy_checkpoint_body_encode(ZY_LITERAL(STANDING_ORIGIN), &head, &body);
	zy_buf_put(&note, zy_buf_bytes(&body));
	zy_buf_put_u8(&note, '\n');
	for (unsigned i = 0; i < 2; i++) {
		struct zy_note_signature s = { zy_str(m->keys[i].name), m->keys[i].id, { 0 } };
		ZY_BUF_AUTO value = { 0 };
		uint8_t rs[64];

		verify_sign((enum zy_suite)i, zy_buf_bytes(&body), rs);
		zy_note_value_encode(&m->keys[i], 0, rs, &value);
		s.value = zy_buf_bytes(&value);
		zy_note_put_signature(&note, &s);
	}
	VERIFY_CHECK((text = zy_arena_text(&m->a, zy_buf_bytes(&note), &err)) != NULL);
	return text;
}

static inline void standing_log_set(struct standing_made *m, struct standing_log *out, uint64_t index)
{
	const struct zy_merkle t = { standing_hash, m };
	struct zy_error err = { 0 };

	out->index = index;
	out->leaf.len = 0;
	zy_log_leaf_encode(&m->leaves[index], &out->leaf);
	VERIFY_CHECK(zy_merkle_prove_inclusion(&t, index, m->size, &out->path, &err));
}

/* ---- what is in the log ---- */

static inline void standing_leaf(struct standing_made *m, size_t i, zy_time at, const char *what, const char *name,
    unsigned number, zy_time from, const char *reason)
{
	struct zy_log_leaf *l = &m->leaves[i];

	*l = (struct zy_log_leaf){ .at = at,
		.from = from,
		.what = zy_str(what),
		.name = zy_str(name),
		.number = number,
		.reason = zy_str(reason) };
	memset(l->salt, (int)i + 1, sizeof(l->salt));
	memset(l->tag, 0x80 + (int)i, sizeof(l->tag));
}

static inline void standing_rules_leaf(struct standing_made *m, size_t i, uint64_t n, zy_time at)
{
	struct zy_error err = { 0 };

	standing_leaf(m, i, at, "policy", "policies", 0, at, "changed");
	m->leaves[i].num_parts = 1;
	memset(m->leaves[i].parts[0].digest, 0x40 + (int)n, ZY_HASH_LEN);
	VERIFY_CHECK(zy_rules_tag(n, m->leaves[i].tag, &err));
}

static inline void standing_term(struct standing_made *m, size_t i, struct zy_log_term term)
{
	m->leaves[i].has_term = true;
	m->leaves[i].term = term;
}

static inline void standing_tag(struct standing_made *m, size_t i, uint64_t n)
{
	struct zy_error err = { 0 };

	VERIFY_CHECK(zy_receipt_tag(m->key, n, m->leaves[i].tag, &err));
}

static inline void standing_entries(struct standing_made *m)
{
	for (size_t i = 0; i < STANDING_ENTRIES; i++) {
		ZY_BUF_AUTO leaf = { 0 };
		struct zy_error err = { 0 };

		zy_log_leaf_encode(&m->leaves[i], &leaf);
		VERIFY_CHECK(zy_log_entry(zy_buf_bytes(&leaf), m->entries[i], &err));
	}
}

static inline void standing_leaves(struct standing_made *m)
{
	const zy_time first = standing_day(-30);

	standing_rules_leaf(m, 0, 1, standing_day(0));
	standing_leaf(m, 1, standing_day(1), "mint", STANDING_NAME, 1, first, "");
	standing_leaf(m, 2, standing_day(2), "mint", STANDING_OTHER, 1, first, "");
	standing_leaf(m, 3, standing_day(10), "suspended", STANDING_NAME, 1, standing_day(9), "inspection");
	standing_leaf(m, 4, standing_day(20), "valid", STANDING_NAME, 1, standing_day(20), "passed");
	standing_leaf(m, 5, standing_day(25), "seal", "99010000000001", 1, standing_day(25), "made");
	standing_rules_leaf(m, 6, 2, standing_day(26));
	standing_leaf(m, 7, standing_day(30), "change", STANDING_NAME, 2, standing_day(30), "");
	standing_leaf(m, 8, standing_day(30), "superseded", STANDING_NAME, 1, standing_day(30), "");
	standing_leaf(m, 9, standing_day(31), "access", STANDING_OTHER, 1, standing_day(31), "show");
	standing_leaf(m, 10, standing_day(50), "access", STANDING_NAME, 1, standing_day(50), "show");
	standing_leaf(m, 11, standing_day(52), "revoked", STANDING_NAME, 2, standing_day(5), "forged-papers");
	standing_rules_leaf(m, 12, 3, standing_day(53));
	standing_leaf(m, 13, standing_day(54), "suspended", STANDING_NAME, 1, standing_day(9), "inspection");
	for (size_t i = 0; i < STANDING_EVENTS; i++)
		standing_tag(m, standing_index[i], i + 1);
	standing_tag(m, 11, STANDING_EVENTS + 1);
	standing_tag(m, 13, 2);
	standing_term(m, 1, (struct zy_log_term){ first, standing_day(365), ZY_TERMS_NONE, ZY_TIME_NEVER });
	standing_term(m, 2, (struct zy_log_term){ first, standing_day(365), ZY_TERMS_NONE, ZY_TIME_NEVER });
	standing_term(m, 7, (struct zy_log_term){ first, ZY_TIME_NEVER, ZY_TERMS_PROMISE, standing_day(60) });
	standing_entries(m);
}

/* ---- the answer ---- */

static inline void standing_event(struct standing_made *m, size_t i)
{
	const struct zy_log_leaf *l = &m->leaves[standing_index[i]];
	struct standing_event *e = &m->events[i];

	e->n = i + 1;
	e->version = (unsigned)l->number;
	e->at = l->at;
	e->from = l->from;
	e->what = (const char *)l->what.p;
	e->reason = (const char *)l->reason.p;
}

static inline void standing_rules_set(struct standing_made *m, struct standing_rules *r, uint64_t n)
{
	const struct zy_log_leaf *l = &m->leaves[standing_rules_index[n - 1]];

	r->n = n;
	r->at = l->at;
	memcpy(r->digest, l->parts[0].digest, ZY_HASH_LEN);
}

/* Every proof, by the tree of m->size. */
static inline void standing_prove(struct standing_made *m)
{
	const char *note = standing_checkpoint(m, m->size);

	for (size_t i = 0; i < m->num_events; i++) {
		standing_log_set(m, &m->events[i].log, standing_index[i]);
		m->events[i].log.checkpoint = note;
	}
	standing_log_set(m, &m->rules.log, standing_rules_index[0]);
	standing_log_set(m, &m->next.log, standing_rules_index[1]);
	if (m->size > STANDING_ASKED)
		standing_log_set(m, &m->asked, STANDING_ASKED);
	m->rules.log.checkpoint = m->next.log.checkpoint = m->asked.checkpoint = note;
}

/* Asked on day 15, by all that was known: suspended. */
static inline void standing_make(struct standing_made *m)
{
	static const char *const names[] = { "gm-leaf", "intl-leaf" };
	struct zy_error err = { 0 };

	*m = (struct standing_made){ .size = STANDING_SIZE, .published = STANDING_SIZE, .num_events = STANDING_EVENTS };
	m->trust = verify_trust(&m->a, ZY_PURPOSE_DOCUMENT | ZY_PURPOSE_TRUST);
	for (size_t i = 0; i < 2; i++) {
		struct zy_cert_facts facts;
		ZY_BUF_AUTO text = { 0 };

		VERIFY_CHECK(zy_cert_facts(verify_cert(&m->a, names[i]), &m->a, &facts, &err));
		VERIFY_CHECK(zy_note_key_make(&m->keys[i], ZY_LITERAL(STANDING_ORIGIN),
		    i == 0 ? ZY_NOTE_SM2 : ZY_NOTE_ECDSA, ZY_BYTES(facts.point, 65), &err));
		zy_note_key_encode(&m->keys[i], &text);
		VERIFY_CHECK((m->logs[i].key = zy_arena_text(&m->a, zy_buf_bytes(&text), &err)) != NULL);
	}
	m->trust.logs = m->logs;
	m->trust.num_logs = 2;
	memset(m->key, 0x5a, sizeof(m->key));
	standing_leaves(m);
	for (size_t i = 0; i < STANDING_EVENTS; i++)
		standing_event(m, i);
	standing_rules_set(m, &m->rules, 1);
	standing_rules_set(m, &m->next, 2);
	m->on = standing_day(15);
	m->at = ZY_TIME_NEVER;
	m->serial = "202600000001";
	m->status = "suspended";
	m->reason = "inspection";
	m->since = standing_day(9);
	m->version = m->in_force = 1;
	m->has_asked = true;
	standing_prove(m);
}

static inline void standing_free(struct standing_made *m)
{
	for (size_t i = 0; i < STANDING_EVENTS; i++)
		zy_buf_free(&m->events[i].log.leaf);
	zy_buf_free(&m->rules.log.leaf);
	zy_buf_free(&m->next.log.leaf);
	zy_buf_free(&m->asked.leaf);
	zy_arena_free(&m->a);
}

/* ---- as JSON ---- */

static inline void standing_put_time(struct zy_buf *out, const char *name, zy_time t)
{
	char text[ZY_TIME_TEXT];

	zy_time_to_rfc3339(t, text);
	if (t == ZY_TIME_NEVER)
		zy_buf_printf(out, "\"%s\":null,", name);
	else
		zy_buf_printf(out, "\"%s\":\"%s\",", name, text);
}

static inline void standing_put_log(struct zy_buf *out, const struct standing_log *l)
{
	zy_buf_printf(out, "{\"index\":%llu,\"checkpoint\":", (unsigned long long)l->index);
	zy_buf_put_str(out, l->checkpoint == NULL ? "null" : "\"");
	for (const char *p = l->checkpoint; p != NULL && *p != 0; p++)
		zy_buf_put(out, *p == '\n' ? ZY_LITERAL("\\n") : ZY_BYTES(p, 1));
	zy_buf_put_str(out, l->checkpoint == NULL ? ",\"leaf\":\"" : "\",\"leaf\":\"");
	zy_base64_encode(out, zy_buf_bytes(&l->leaf));
	zy_buf_put_str(out, l->checkpoint == NULL ? "\",\"path\":null" : "\",\"path\":[");
	for (size_t i = 0; l->checkpoint != NULL && i < l->path.num; i++) {
		zy_buf_put_str(out, i == 0 ? "\"" : ",\"");
		zy_base64_encode(out, ZY_BYTES(l->path.hashes[i], ZY_HASH_LEN));
		zy_buf_put_u8(out, '"');
	}
	zy_buf_put_str(out, l->checkpoint == NULL ? ",\"proof\":null}" : "],\"proof\":null}");
}

static inline void standing_put_rules(struct zy_buf *out, const char *name, const struct standing_rules *r)
{
	char hex[2 * ZY_HASH_LEN + 1];

	zy_buf_printf(out, "\"%s\":", name);
	if (r->n == 0) {
		zy_buf_put_str(out, "null,");
		return;
	}
	zy_hex(ZY_BYTES(r->digest, ZY_HASH_LEN), hex);
	zy_buf_printf(out, "{\"n\":%llu,\"digest\":\"sha256:%s\",", (unsigned long long)r->n, hex);
	standing_put_time(out, "known_since", r->at);
	zy_buf_put_str(out, "\"log\":");
	standing_put_log(out, &r->log);
	zy_buf_put_str(out, "},");
}

static inline void standing_put_event(struct zy_buf *out, const struct standing_event *e)
{
	zy_buf_printf(
	    out, "{\"n\":%llu,\"event\":\"%s\",\"version\":%u,", (unsigned long long)e->n, e->what, e->version);
	standing_put_time(out, "at", e->at);
	standing_put_time(out, "from", e->from);
	zy_buf_printf(out, "\"reason\":\"%s\",\"log\":", e->reason);
	standing_put_log(out, &e->log);
	zy_buf_put_u8(out, '}');
}

/* The identifier ends with its check character. */
static inline void standing_put_licence(struct zy_buf *out, const struct standing_made *m)
{
	struct zy_identifier id = { .version = m->version };
	char text[ZY_IDENTIFIER_MAX + 1];
	struct zy_error err = { 0 };

	snprintf(id.type, sizeof(id.type), "%s", VERIFY_TYPE);
	snprintf(id.issuer, sizeof(id.issuer), "%s", VERIFY_USCC);
	snprintf(id.serial, sizeof(id.serial), "%s", m->serial);
	VERIFY_CHECK(zy_identifier_encode(&id, text, &err));
	zy_buf_printf(out, "{\"licence\":\"%s\",\"name\":\"another member\",\"standing\":{", text);
}

static inline void standing_put(const struct standing_made *m, struct zy_buf *out)
{
	char hex[2 * ZY_HASH_LEN + 1];

	standing_put_licence(out, m);
	standing_put_time(out, "on", m->on);
	standing_put_time(out, "at", m->at);
	zy_buf_printf(out, "\"status\":\"%s\",", m->status);
	standing_put_time(out, "since", m->since);
	zy_buf_printf(out, "\"reason\":\"%s\",\"version\":%u,\"in_force\":", m->reason, m->version);
	if (m->in_force == 0)
		zy_buf_put_str(out, "null,");
	else
		zy_buf_printf(out, "%u,", m->in_force);
	standing_put_rules(out, "catalogue", &m->rules);
	standing_put_rules(out, "catalogue_next", &m->next);
	zy_buf_put_str(out, m->has_asked ? "\"asked\":" : "\"asked\":null");
	if (m->has_asked)
		standing_put_log(out, &m->asked);
	zy_buf_put_str(out, ",\"events\":[");
	for (size_t i = 0; i < m->num_events; i++) {
		zy_buf_put_str(out, i == 0 ? "" : ",");
		standing_put_event(out, &m->events[i]);
	}
	zy_hex(ZY_BYTES(m->key, ZY_HASH_LEN), hex);
	zy_buf_printf(out, "],\"key\":\"%s\"%s}}\n", hex, m->extra == NULL ? "" : m->extra);
}

/* ---- the published log ---- */

static bool standing_read(
    void *arg, uint64_t tile, unsigned width, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err)
{
	const struct standing_made *m = arg;
	ZY_BUF_AUTO b = { 0 };

	VERIFY_CHECK(tile == 0 && width <= STANDING_ENTRIES);
	for (unsigned i = 0; i < width; i++) {
		zy_buf_put_be(&b, ZY_LOG_ENTRY_LEN, 2);
		zy_buf_put(&b, ZY_BYTES(m->entries[i], ZY_LOG_ENTRY_LEN));
	}
	return zy_arena_copy(a, zy_buf_bytes(&b), out, err);
}

static inline struct zy_log_files standing_files(struct standing_made *m)
{
	return (struct zy_log_files){ zy_str(standing_checkpoint(m, m->published)), standing_read, m };
}

#endif
