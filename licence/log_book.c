#include "zy/log_book.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "zy/checkpoint.h"
#include "zy/file.h"

enum { KEYS_MAX = 64, OVERTAKEN = 8 };

/* A key of the log by the bundle. */
struct log_key {
	struct zy_note_key key;
	char uri[ZY_KEY_URI_MAX + 1]; /* of its generation in the token; empty: it does not sign */
};

struct zy_log_book {
	struct zy_vault *vault;
	struct zy_hsm *hsm;
	size_t num_keys;
	struct log_key keys[KEYS_MAX]; /* all of one name; of several generations, older first */
	pthread_mutex_t lock;
	pthread_cond_t done;
	/* by kind; whoever leads signs alone */
	bool looked_up[ZY_NUM_NOTE_KINDS];       /* which of them sign now */
	uint64_t signed_last[ZY_NUM_NOTE_KINDS]; /* size that was signed last, as far as it is known; 0: not known */
	bool leading;                            /* somebody signs */
	struct zy_merkle_head head;
	struct zy_buf note; /* the last that was signed; empty: none yet */
	struct zy_merkle_head preferred_head;
	struct zy_bytes preferred; /* empty: none */
};

/* The first log of the bundle is the home's own; its keys lie in the tokens of their suites. */
static const char *const tokens[ZY_NUM_NOTE_KINDS] = { [ZY_NOTE_ECDSA] = "zy-soft", [ZY_NOTE_SM2] = "zy-tpm" };
#define LABEL "log"

static bool read_keys(struct zy_log_book *b, const struct zy_trust *t, struct zy_error *err)
{
	for (size_t i = 0; i < t->num_logs && b->num_keys < KEYS_MAX; i++) {
		struct zy_note_key *k = &b->keys[b->num_keys].key;

		if (!zy_note_key_parse(k, zy_str(t->logs[i].key), err))
			return false;
		b->num_keys += tokens[k->kind] != NULL && strcmp(k->name, b->keys[0].key.name) == 0;
	}
	return true;
}

bool zy_log_book_open(
    struct zy_log_book **out, const struct zy_trust *t, struct zy_vault *v, struct zy_hsm *h, struct zy_error *err)
{
	struct zy_log_book *b = calloc(1, sizeof(*b));

	if (b == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "log", ZY_NOWHERE, "no memory for the log");
	b->vault = v;
	b->hsm = h;
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->done, NULL);
	*out = b;
	if (read_keys(b, t, err))
		return true;
	zy_log_book_close(b);
	*out = NULL;
	return false;
}

void zy_log_book_close(struct zy_log_book *b)
{
	if (b == NULL)
		return;
	zy_buf_free(&b->note);
	pthread_cond_destroy(&b->done);
	pthread_mutex_destroy(&b->lock);
	free(b);
}

void zy_log_book_prefer(struct zy_log_book *b, const struct zy_merkle_head *head, struct zy_bytes note)
{
	b->preferred_head = *head;
	b->preferred = note;
}

bool zy_log_book_cover(struct zy_log_book *b, uint64_t index)
{
	if (index >= b->preferred_head.size)
		b->preferred.len = 0;
	return b->preferred.len > 0;
}

const char *zy_log_book_origin(const struct zy_log_book *b)
{
	return b->num_keys == 0 ? NULL : b->keys[0].key.name;
}

/* ---- which generations sign ---- */

/* The bundle says which keys are the log's, the token which of them sign now: one, and through an overlap two. */
static bool look_up_one(
    struct zy_log_book *b, enum zy_note_kind kind, const char *label, size_t *found, struct zy_error *err)
{
	enum zy_key_kind ignored;
	char uri[ZY_KEY_URI_MAX + 1];
	uint8_t point[65];

	snprintf(uri, sizeof(uri), "pkcs11:token=%s;object=%s", tokens[kind], label);
	if (!zy_hsm_public(b->hsm, uri, &ignored, point, err))
		return false;
	for (size_t i = 0; i < b->num_keys; i++)
		if (b->keys[i].key.kind == kind && memcmp(b->keys[i].key.point, point, sizeof(point)) == 0) {
			memcpy(b->keys[i].uri, uri, sizeof(uri));
			++*found;
		}
	return true;
}

static bool look_up(struct zy_log_book *b, enum zy_note_kind kind, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	const struct zy_hsm_key *listed;
	size_t num, found = 0;

	for (size_t i = 0; i < b->num_keys; i++)
		if (b->keys[i].key.kind == kind)
			b->keys[i].uri[0] = 0;
	if (!zy_hsm_list(b->hsm, tokens[kind], &a, &listed, &num, err))
		return false;
	for (size_t i = 0; i < num; i++) {
		struct zy_bytes alias;

		zy_key_generation(zy_str(listed[i].label), &alias);
		if (listed[i].state == ZY_KEY_ACTIVE && zy_bytes_equal(alias, ZY_LITERAL(LABEL)) &&
		    !look_up_one(b, kind, listed[i].label, &found, err))
			return false;
	}
	b->looked_up[kind] = found > 0;
	return found > 0 ||
	       zy_fail(err, ZY_E_KEY_STATE, "log", ZY_NOWHERE,
		   "no key of the log in the trust bundle signs in %s; see zhengyin key list", tokens[kind]);
}

/* ---- signing ---- */

/* The body behind the proof that this tree begins with the one that the key signed last. */
static bool ask_key(struct zy_log_book *b, const struct log_key *k, const struct zy_merkle_head *head,
    struct zy_bytes body, uint8_t rs[64], struct zy_error *err)
{
	struct zy_checkpoint_request asked = { .old = b->signed_last[k->key.kind], .checkpoint = body };
	struct zy_sign_request q = { .key = k->uri, .use = ZY_USE_LOG };
	ZY_BUF_AUTO message = { 0 };

	if (asked.old > head->size) /* the key will say what it thinks of that */
		asked.old = head->size;
	if (!zy_vault_log_consistency(b->vault, asked.old, head->size, &asked.path, err))
		return false;
	zy_checkpoint_request_encode(&asked, &message);
	q.message = zy_buf_bytes(&message);
	return zy_buf_done(&message, "checkpoint", err) && zy_hsm_sign(b->hsm, &q, rs, err);
}

/* A key that signed another size than was thought, in another process, says which; then it is asked once more. Its
 * generations have signed the same. */
static bool sign_body(struct zy_log_book *b, const struct log_key *k, const struct zy_merkle_head *head,
    struct zy_bytes body, uint8_t rs[64], struct zy_error *err)
{
	unsigned long long last;

	if (!ask_key(b, k, head, body, rs, err)) {
		if (err->code != ZY_E_STATE || sscanf(err->msg, ZY_SIGNED_LAST, &last) != 1)
			return false;
		*err = (struct zy_error){ 0 };
		b->signed_last[k->key.kind] = last;
		if (!ask_key(b, k, head, body, rs, err))
			return false;
	}
	b->signed_last[k->key.kind] = head->size;
	return true;
}

static bool put_signature(struct zy_log_book *b, const struct log_key *k, const struct zy_merkle_head *head,
    struct zy_bytes body, struct zy_buf *out, struct zy_error *err)
{
	struct zy_note_signature s = { .name = zy_str(k->key.name), .id = k->key.id };
	ZY_BUF_AUTO value = { 0 };
	uint8_t rs[64];

	if (!sign_body(b, k, head, body, rs, err))
		return false;
	zy_note_value_encode(&k->key, 0, rs, &value);
	s.value = zy_buf_bytes(&value);
	zy_note_put_signature(out, &s);
	return zy_buf_done(&value, "checkpoint", err) && zy_buf_done(out, "checkpoint", err);
}

static bool sign_kind(struct zy_log_book *b, enum zy_note_kind kind, const struct zy_merkle_head *head,
    struct zy_bytes body, struct zy_buf *out, struct zy_error *err)
{
	if (!b->looked_up[kind] && !look_up(b, kind, err))
		return false;
	for (size_t i = b->num_keys; i > 0; i--)
		if (b->keys[i - 1].key.kind == kind && b->keys[i - 1].uri[0] != 0 &&
		    !put_signature(b, &b->keys[i - 1], head, body, out, err))
			return false;
	return true;
}

/* An overlap may end while this process runs: then it is looked up once more which keys sign. */
static bool sign_kind_now(struct zy_log_book *b, enum zy_note_kind kind, const struct zy_merkle_head *head,
    struct zy_bytes body, struct zy_buf *out, struct zy_error *err)
{
	size_t before = out->len;

	if (sign_kind(b, kind, head, body, out, err))
		return true;
	if (err->code != ZY_E_KEY_STATE || !b->looked_up[kind])
		return false;
	*err = (struct zy_error){ 0 };
	b->looked_up[kind] = false;
	out->len = before;
	return sign_kind(b, kind, head, body, out, err);
}

static bool has_kind(const struct zy_log_book *b, enum zy_note_kind kind)
{
	for (size_t i = 0; i < b->num_keys; i++)
		if (b->keys[i].key.kind == kind)
			return true;
	return false;
}

/* fast: the P-256 key alone. */
static bool sign_note(
    struct zy_log_book *b, bool fast, const struct zy_merkle_head *head, struct zy_buf *note, struct zy_error *err)
{
	ZY_BUF_AUTO body = { 0 };

	zy_checkpoint_body_encode(zy_str(b->keys[0].key.name), head, &body);
	zy_buf_put(note, zy_buf_bytes(&body));
	zy_buf_put_u8(note, '\n');
	if (!zy_buf_done(&body, "checkpoint", err))
		return false;
	return (!has_kind(b, ZY_NOTE_ECDSA) || sign_kind_now(b, ZY_NOTE_ECDSA, head, zy_buf_bytes(&body), note, err)) &&
	       (fast || !has_kind(b, ZY_NOTE_SM2) ||
		   sign_kind_now(b, ZY_NOTE_SM2, head, zy_buf_bytes(&body), note, err));
}

static bool has_log(const struct zy_log_book *b, struct zy_error *err)
{
	return b->num_keys > 0 || zy_fail(err, ZY_E_NOT_FOUND, "log", ZY_NOWHERE,
				      "the trust bundle names no key of a log: the home was made before there was one");
}

/* The head of now. Beside another process that writes a newer one may have been signed since it was read. */
static bool sign_newest(
    struct zy_log_book *b, bool fast, struct zy_merkle_head *head, struct zy_buf *note, struct zy_error *err)
{
	struct zy_merkle_head now;

	if (!zy_vault_log_head(b->vault, head, err))
		return false;
	for (unsigned left = OVERTAKEN; !sign_note(b, fast, head, note, err); left--) {
		struct zy_error ignored = { 0 };

		if (err->code != ZY_E_LOG_FORK || left == 0 || !zy_vault_log_head(b->vault, &now, &ignored) ||
		    now.size <= head->size)
			return false;
		*err = (struct zy_error){ 0 };
		*head = now;
		note->len = 0;
	}
	return true;
}

/* Signers look at heads in the order in which they come: the tree is read and signed by one at a time. */
static void lead(struct zy_log_book *b, bool fast, struct zy_buf *note, bool *ok, struct zy_error *err)
{
	struct zy_merkle_head head = { 0 };

	b->leading = true;
	pthread_mutex_unlock(&b->lock);
	*ok = sign_newest(b, fast, &head, note, err);
	pthread_mutex_lock(&b->lock);
	b->leading = false;
	if (*ok) {
		struct zy_buf old = b->note;

		b->note = *note;
		b->head = head;
		*note = old;
	}
	pthread_cond_broadcast(&b->done);
}

/* The last checkpoint when it holds entry `index`, else a new one. Under the lock. */
static bool cover(struct zy_log_book *b, bool fast, uint64_t index, struct zy_error *err)
{
	bool ok = true;

	while (ok && (b->note.len == 0 || b->head.size <= index)) {
		ZY_BUF_AUTO note = { 0 };

		if (b->leading)
			pthread_cond_wait(&b->done, &b->lock);
		else
			lead(b, fast, &note, &ok, err);
	}
	return ok;
}

bool zy_log_book_sign(
    struct zy_log_book *b, struct zy_arena *a, struct zy_bytes *note, struct zy_merkle_head *head, struct zy_error *err)
{
	ZY_BUF_AUTO made = { 0 };
	bool ok;

	if (!has_log(b, err))
		return false;
	pthread_mutex_lock(&b->lock);
	while (b->leading)
		pthread_cond_wait(&b->done, &b->lock);
	lead(b, false, &made, &ok, err);
	if (ok) {
		*head = b->head;
		ok = zy_arena_copy(a, zy_buf_bytes(&b->note), note, err);
	}
	pthread_mutex_unlock(&b->lock);
	return ok;
}

bool zy_log_book_sign_to(struct zy_log_book *b, uint64_t index, struct zy_error *err)
{
	bool ok;

	if (b->num_keys == 0)
		return true;
	pthread_mutex_lock(&b->lock);
	ok = cover(b, true, index, err);
	pthread_mutex_unlock(&b->lock);
	return ok;
}

static bool signer_is_away(const struct zy_error *err)
{
	return err->code == ZY_E_SIGNER_ABSENT || err->code == ZY_E_TOKEN || err->code == ZY_E_BUSY;
}

bool zy_log_book_check(struct zy_log_book *b, struct zy_error *err)
{
	struct zy_merkle_head head;
	struct zy_error why = { 0 };
	ZY_BUF_AUTO note = { 0 };

	if (b->num_keys == 0)
		return true;
	if (sign_newest(b, true, &head, &note, &why) || signer_is_away(&why))
		return true;
	*err = why;
	return false;
}

/* ---- proofs ---- */

static bool take_cover(struct zy_log_book *b, uint64_t index, struct zy_arena *a, struct zy_log_answer *out,
    uint64_t *size, struct zy_error *err)
{
	bool ok;

	pthread_mutex_lock(&b->lock);
	ok = cover(b, true, index, err) && zy_arena_copy(a, zy_buf_bytes(&b->note), &out->checkpoint, err);
	*size = b->head.size;
	pthread_mutex_unlock(&b->lock);
	return ok;
}

bool zy_log_book_prove(struct zy_log_book *b, uint64_t index, const struct zy_logged *known, struct zy_arena *a,
    struct zy_log_answer *out, struct zy_error *err)
{
	struct zy_error why = { 0 };
	struct zy_logged made;
	uint64_t size;

	*out = (struct zy_log_answer){ .index = index };
	if (known == NULL || known->len == 0) {
		if (!zy_vault_log_leaf(b->vault, index, &made, err))
			return false;
		known = &made;
	}
	if (!zy_arena_copy(a, ZY_BYTES(known->leaf, known->len), &out->leaf, err))
		return false;
	if (b->num_keys == 0)
		return true;
	if (b->preferred.len > 0 && index < b->preferred_head.size) {
		out->proved = true;
		return zy_arena_copy(a, b->preferred, &out->checkpoint, err) &&
		       zy_vault_log_prove(b->vault, index, b->preferred_head.size, &out->path, err);
	}
	if (!take_cover(b, index, a, out, &size, &why)) {
		if (signer_is_away(&why))
			return true;
		*err = why;
		return false;
	}
	out->proved = true;
	return zy_vault_log_prove(b->vault, index, size, &out->path, err);
}

void zy_log_answer_encode(const struct zy_log_answer *l, struct zy_buf *out)
{
	zy_log_proof_encode(l->leaf, l->index, &l->path, l->checkpoint, out);
}

bool zy_log_answer_write(
    struct zy_log_answer *out, const char *folder, const char *identifier, struct zy_arena *a, struct zy_error *err)
{
	const char *path = zy_arena_printf(a, err, "%s/%s.tlog-proof", folder, identifier);
	ZY_BUF_AUTO text = { 0 };

	zy_log_answer_encode(out, &text);
	if (path == NULL || !zy_buf_done(&text, "proof", err) ||
	    !zy_file_write(path, zy_buf_bytes(&text), 0644, true, err))
		return false;
	out->file = path;
	return true;
}
