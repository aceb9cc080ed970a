#include "zy/noting.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/crypto.h>

#include "zy/follow.h"
#include "zy/noted_head.h"
#include "zy/secret.h"

struct zy_noting {
	struct zy_hsm *hsm;
	struct zy_vault *vault;
	struct zy_bytes label;          /* of the wrapping key: a view of what was borrowed */
	char token[ZY_KEY_URI_MAX + 1]; /* or group */
	uint8_t key[ZY_NOTED_KEY_LEN];
	pthread_mutex_t lock;
	uint64_t size; /* that was noted here last; 0: none yet */
};

#define TOKEN "pkcs11:token="
#define OBJECT ";object="

static bool read_uri(struct zy_noting *n, const char *uri, struct zy_error *err)
{
	const char *object = strstr(uri, OBJECT);

	if (strncmp(uri, TOKEN, strlen(TOKEN)) != 0 || object == NULL || strlen(uri) > ZY_KEY_URI_MAX)
		return zy_fail(err, ZY_E_KEY_URI, "secret_wrap_key", ZY_NOWHERE, "not pkcs11:token=TOKEN;object=LABEL");
	snprintf(n->token, sizeof(n->token), "%.*s", (int)(object - uri) - (int)strlen(TOKEN), uri + strlen(TOKEN));
	n->label = zy_str(object + strlen(OBJECT));
	return true;
}

bool zy_noting_open(struct zy_noting **out, struct zy_hsm *h, const char *key, struct zy_vault *v, struct zy_error *err)
{
	struct zy_noting *n = calloc(1, sizeof(*n));

	*out = NULL;
	if (n == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "head", ZY_NOWHERE, "no memory for the head");
	n->hsm = h;
	n->vault = v;
	if (!read_uri(n, key, err) || !zy_vault_noted_key(v, n->key, err)) {
		free(n);
		return false;
	}
	pthread_mutex_init(&n->lock, NULL);
	*out = n;
	return true;
}

void zy_noting_close(struct zy_noting *n)
{
	if (n == NULL)
		return;
	pthread_mutex_destroy(&n->lock);
	OPENSSL_cleanse(n, sizeof(*n));
	free(n);
}

/* ---- what was noted ---- */

/* One token's: the last head that it noted, and the size that this gives when it is this log's. */
struct noted {
	char uri[ZY_KEY_URI_MAX + 1];
	struct zy_merkle_head blinded, head;
	bool any, ours;
};

static bool read_line(struct zy_noting *n, const char *line, struct noted *out, struct zy_error *err)
{
	out->any = line[0] != 0;
	return !out->any || (zy_noted_text_parse(zy_str(line), &out->blinded, err) &&
				zy_noted_size(n->key, &out->blinded, &out->head.size, err));
}

static bool ask(struct zy_noting *n, const char *token, struct noted *out, struct zy_error *err)
{
	char line[ZY_HSM_NOTED_MAX + 1];

	*out = (struct noted){ 0 };
	return snprintf(out->uri, sizeof(out->uri), TOKEN "%s" OBJECT "%.*s", token, (int)n->label.len,
		   (const char *)n->label.p) < (int)sizeof(out->uri) &&
	       zy_hsm_note(n->hsm, out->uri, ZY_BYTES(NULL, 0), line, err) && read_line(n, line, out, err);
}

/* Asked first, read then: what is noted meanwhile is in the log that is read. */
static bool hold(struct zy_noting *n, struct noted *k, const struct zy_merkle_head *now, struct zy_error *err)
{
	struct zy_merkle_head again;

	if (!k->any || k->head.size > now->size || k->head.size == 0)
		return true;
	if (!zy_vault_log_head_of(n->vault, k->head.size, &k->head, err) ||
	    !zy_noted_blind(n->key, &k->head, &again, err))
		return false;
	k->ours = again.size == k->blinded.size && memcmp(again.root, k->blinded.root, ZY_HASH_LEN) == 0;
	return true;
}

static bool fork_of(const struct noted *k, const struct zy_merkle_head *now, struct zy_error *err)
{
	/* a mask that is not this log's gives a number of sixty bits */
	if (k->head.size > now->size && k->head.size - now->size < (uint64_t)1 << 40)
		return zy_fail(err, ZY_E_LOG_FORK, "vault-secret", ZY_NOWHERE,
		    "the secret compartment is older than what was noted of it: its last %llu events are missing; bring the "
		    "newest back",
		    (unsigned long long)(k->head.size - now->size));
	return zy_fail(err, ZY_E_LOG_FORK, "vault-secret", ZY_NOWHERE,
	    "the secret compartment holds another history than was noted of it; bring the right one back");
}

static bool ask_and_hold(
    struct zy_noting *n, const char *token, struct noted *k, struct zy_merkle_head *now, struct zy_error *err)
{
	return ask(n, token, k, err) && zy_vault_log_head(n->vault, now, err) && hold(n, k, now, err);
}

bool zy_noting_check(struct zy_noting *n, uint64_t *lost, struct zy_error *err)
{
	const char *tokens[ZY_HSM_MEMBERS_MAX];
	const size_t num = zy_hsm_members(n->hsm, n->token, tokens);
	struct zy_merkle_head now;
	struct noted k;

	if (lost != NULL)
		*lost = 0;
	for (size_t i = 0; i < num; i++) {
		if (!ask_and_hold(n, tokens[i], &k, &now, err))
			return false;
		if (!k.any || k.ours)
			continue;
		if (lost != NULL && k.head.size > now.size)
			*lost = k.head.size - now.size;
		return fork_of(&k, &now, err);
	}
	return true;
}

/* ---- noting ---- */

static bool note(struct zy_noting *n, const char *token, struct zy_merkle_head *now, struct zy_error *err)
{
	char line[ZY_HSM_NOTED_MAX + 1];
	struct zy_noted_request q = { 0 };
	ZY_BUF_AUTO request = { 0 };
	struct noted k;
	bool ok;

	if (!ask_and_hold(n, token, &k, now, err))
		return false;
	if (k.any && !k.ours)
		return fork_of(&k, now, err);
	if (k.any && k.head.size == now->size)
		return true;
	if (!zy_vault_log_consistency(n->vault, k.head.size, now->size, &q.path, err))
		return false;
	memcpy(q.key, n->key, sizeof(q.key));
	q.old = k.head;
	q.now = *now;
	zy_noted_request_encode(&q, &request);
	ok = zy_buf_done(&request, "head", err) && zy_hsm_note(n->hsm, k.uri, zy_buf_bytes(&request), line, err);
	OPENSSL_cleanse(&q, sizeof(q));
	return ok;
}

static bool note_all(struct zy_noting *n, struct zy_error *err)
{
	const char *tokens[ZY_HSM_MEMBERS_MAX];
	const size_t num = zy_hsm_members(n->hsm, n->token, tokens);
	struct zy_merkle_head now = { 0 };

	for (size_t i = 0; i < num; i++)
		if (!note(n, tokens[i], &now, err))
			return false;
	n->size = now.size;
	return true;
}

bool zy_noting_note(struct zy_noting *n, uint64_t index, struct zy_error *err)
{
	bool ok;

	pthread_mutex_lock(&n->lock);
	ok = n->size > index || note_all(n, err);
	pthread_mutex_unlock(&n->lock);
	return ok;
}

/* ---- what is given up ---- */

/* The newest of the heads that are not in this log. */
static bool find_lost(struct zy_noting *n, struct noted *out, uint64_t *lost, struct zy_error *err)
{
	const char *tokens[ZY_HSM_MEMBERS_MAX];
	const size_t num = zy_hsm_members(n->hsm, n->token, tokens);
	struct zy_merkle_head now;
	struct noted k;

	*out = (struct noted){ 0 };
	for (size_t i = 0; i < num; i++) {
		if (!ask_and_hold(n, tokens[i], &k, &now, err))
			return false;
		if (k.any && !k.ours && k.head.size >= out->head.size)
			*out = k;
	}
	*lost = out->any && out->head.size > now.size ? out->head.size - now.size : 0;
	return out->any || zy_fail(err, ZY_E_STATE, "log", ZY_NOWHERE,
			       "nothing of the compartment is lost: its log begins with all that was noted");
}

/* Said twice, it is one event. */
static bool pass_over(
    struct zy_noting *n, const struct noted *k, uint64_t lost, const char *about, struct zy_error *err)
{
	struct zy_followed f = { .source = "noted",
		.what = ZY_FOLLOWED_LOG,
		.about = about,
		.reason = "goes-on",
		.number = lost == 0 ? 0 : k->head.size };
	struct zy_mark mark;
	bool found;

	if (!zy_vault_mark(n->vault, f.source, &mark, &found, err))
		return false;
	if (found && memcmp(mark.digest, k->blinded.root, ZY_HASH_LEN) == 0)
		return true;
	memcpy(f.digest, k->blinded.root, ZY_HASH_LEN);
	memcpy(f.mark.digest, k->blinded.root, ZY_HASH_LEN);
	return zy_vault_follow(n->vault, &f, 1, err);
}

bool zy_noting_give_up(
    struct zy_noting *n, struct zy_arena *a, struct zy_log_loss *out, uint64_t *lost, struct zy_error *err)
{
	const char *origin =
	    zy_arena_printf(a, err, ZY_NOTED_ORIGIN "%.*s", (int)n->label.len, (const char *)n->label.p);
	struct zy_merkle_head now;
	struct noted k;

	if (origin == NULL || !find_lost(n, &k, lost, err) || !pass_over(n, &k, *lost, origin, err) ||
	    !zy_vault_log_head(n->vault, &now, err) || !zy_noted_blind(n->key, &now, &out->goes_on, err))
		return false;
	out->origin = zy_str(origin);
	out->lost = k.blinded;
	return true;
}
