/* Sessions that outlive what happens to them: see zy_session_run. */
#include <stdlib.h>
#include <unistd.h>

#include "ckr.h"
#include "token_private.h"

#define RETRY_MS 25
#define REOPENED_MAX 16     /* times that one operation opens its session anew */
#define UNCLEAR_MAX 12      /* the same for faults that may be anything */
#define UNCLEAR_AT_ONCE 3   /* of these without a pause */
#define REINITIALISE_MS 500 /* a token away so long: perhaps it is the module that does not see it */
#define BROKEN_MAX 3        /* times that one operation finds the module broken */

void zy_session_patience(struct zy_session *s, unsigned wait_ms)
{
	s->until = zy_monotonic_ms() + (int64_t)wait_ms;
}

void zy_session_start(struct zy_session *s, struct zy_token *t)
{
	*s = (struct zy_session){ .token = t, .f = t->f };
}

/* A session of an older generation is closed already. Write-locked. */
static void drop(struct zy_session *s)
{
	if (s->is_open && s->generation == s->token->generation && s->token->is_initialised)
		s->f->C_CloseSession(s->handle);
	s->is_open = false;
	if (s->num_handles > 0)
		memset(s->handles, 0, s->num_handles * sizeof(*s->handles));
}

void zy_session_close(struct zy_session *s)
{
	pthread_rwlock_wrlock(&s->token->lock);
	drop(s);
	pthread_rwlock_unlock(&s->token->lock);
	free(s->handles);
	s->handles = NULL;
	s->num_handles = 0;
}

/* Opens the session anew, after what it needs. */
static CK_RV reopen(struct zy_session *s, struct zy_error *err)
{
	struct zy_token *t = s->token;
	CK_RV rv;

	pthread_rwlock_wrlock(&t->lock);
	drop(s);
	rv = zy_token_log_in(t, err);
	if (rv == CKR_OK)
		rv = t->f->C_OpenSession(
		    t->slot, CKF_SERIAL_SESSION | (s->writes ? CKF_RW_SESSION : 0), NULL, NULL, &s->handle);
	s->is_open = rv == CKR_OK;
	s->is_stale = false;
	s->generation = t->generation;
	pthread_rwlock_unlock(&t->lock);
	return rv;
}

/* Ends all sessions of the token, once for all threads that met the fault; with is_module the module starts anew. */
static void disconnect(struct zy_session *s, bool is_module)
{
	struct zy_token *t = s->token;

	pthread_rwlock_wrlock(&t->lock);
	if (s->generation == t->generation) {
		if (is_module)
			zy_token_finalise(t);
		else
			zy_token_disconnect(t);
	}
	pthread_rwlock_unlock(&t->lock);
}

struct healing {
	unsigned reopened, unclear, broken;
	int64_t since; /* monotonic; 0 before the first fault */
};

/* Another thread's accident may be ours again. SoftHSM2 says CKR_GENERAL_ERROR when the login ends under a call, and
 * for much that no session heals. */
static bool heal_session(struct zy_session *s, CK_RV rv, struct healing *h)
{
	s->is_stale = true;
	if (rv == CKR_GENERAL_ERROR || rv == CKR_FUNCTION_FAILED) {
		if (++h->unclear > UNCLEAR_AT_ONCE)
			zy_sleep_ms(RETRY_MS);
		return h->unclear <= UNCLEAR_MAX;
	}
	return ++h->reopened <= REOPENED_MAX;
}

static bool heal_token(struct zy_session *s, const struct healing *h, int64_t now)
{
	int64_t last = s->token->reinitialised > h->since ? s->token->reinitialised : h->since;

	disconnect(s, now - last >= REINITIALISE_MS);
	if (now > h->since)
		zy_sleep_ms(RETRY_MS);
	return true;
}

/* A module that stays broken after C_Finalize and C_Initialize leaves with its process, once it has worked in it: the
 * request is lost with it, and its client asks again. */
static bool heal_module(struct zy_session *s, struct healing *h)
{
	const uint64_t one = 1;

	if (++h->broken <= BROKEN_MAX) {
		disconnect(s, true);
		if (h->broken > 1)
			zy_sleep_ms(RETRY_MS);
		return true;
	}
	if (atomic_load(&s->token->has_worked) && !atomic_exchange(&s->token->wants_fresh, true)) {
		zy_log(s->token->log, ZY_LOG_ERROR, "module-broken", NULL);
		if (write(s->token->fresh, &one, sizeof(one)) != sizeof(one))
			abort(); /* the supervisor starts a process in our place */
	}
	s->is_lost = atomic_load(&s->token->wants_fresh);
	return false;
}

/* Makes another try worth while, or says no. */
static bool heal(struct zy_session *s, CK_RV rv, struct healing *h)
{
	enum zy_ckr_class class = zy_ckr_class(rv);
	int64_t now = zy_monotonic_ms();

	if (class == ZY_CKR_PERMANENT)
		return false;
	zy_log(s->token->log, ZY_LOG_WARNING, "token-fault", "{s:s}", "ckr", zy_ckr_name(rv));
	if (h->since == 0)
		h->since = now;
	if (atomic_load(&s->token->is_leaving)) {
		s->is_lost = true;
		return false;
	}
	if (now >= (s->until != 0 ? s->until : h->since + ZY_TOKEN_PATIENCE_MS)) {
		disconnect(s, false);
		return false;
	}
	if (class == ZY_CKR_SESSION)
		return heal_session(s, rv, h);
	return class == ZY_CKR_TOKEN ? heal_token(s, h, now) : heal_module(s, h);
}

/* The operation on a session that is good as far as is known; *usable tells whether there was one. */
static CK_RV try_op(struct zy_session *s, zy_session_op *op, void *arg, bool *usable)
{
	CK_RV rv = CKR_OK;

	pthread_rwlock_rdlock(&s->token->lock);
	*usable = s->is_open && !s->is_stale && s->generation == s->token->generation;
	if (*usable)
		rv = op(s, arg);
	pthread_rwlock_unlock(&s->token->lock);
	return rv;
}

/* What an answer says when healing did not help. */
static bool give_up(struct zy_session *s, const struct zy_error *why, const char *what, CK_RV rv, struct zy_error *err)
{
	if (why->code != ZY_OK)
		return zy_fail(err, why->code, why->field, ZY_NOWHERE, "%s", why->msg);
	if (rv == CKR_OBJECT_HANDLE_INVALID) /* said by zy_tokenkey_handle as well */
		return zy_fail(err, ZY_E_NOT_FOUND, "key", ZY_NOWHERE, "token \"%s\" does not hold this key any more",
		    s->token->config->name);
	return zy_token_fail(err, s->token->config, what, rv);
}

bool zy_session_run(struct zy_session *s, zy_session_op *op, void *arg, const char *what, struct zy_error *err)
{
	struct healing h = { 0 };

	s->is_lost = false;
	for (;;) {
		struct zy_error why = { 0 };
		bool usable;
		CK_RV rv = try_op(s, op, arg, &usable);

		if (!usable && (rv = reopen(s, &why)) == CKR_OK)
			continue;
		if (rv == CKR_OK) {
			atomic_store_explicit(&s->token->has_worked, true, memory_order_relaxed);
			return true;
		}
		if (!heal(s, rv, &h))
			return give_up(s, &why, what, rv, err);
	}
}
