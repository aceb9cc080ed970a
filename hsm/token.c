#include "token.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "log.h"
#include "pin.h"

#define SLOTS_MAX 64
#define RETRY_MS 25
#define REOPENED_MAX 8 /* times that one operation opens its session anew */

struct zy_token {
	const struct zy_signer_config *config;
	const struct zy_log *log;
	void *library;
	CK_FUNCTION_LIST *f;
	bool is_initialised;
	/* Read-locked while sessions are used, write-locked while they are opened and closed: no session is closed
	 * under a call, and none that was closed is used, even if the module gives its handle to another. */
	pthread_rwlock_t lock;
	CK_SLOT_ID slot;
	CK_SESSION_HANDLE keeper; /* login lasts while a session is open: this one stays */
	bool has_keeper;
	unsigned generation; /* counts disconnections; a session of an older one is stale */
};

static bool fail_token(struct zy_error *err, const struct zy_signer_config *c, const char *what, CK_RV rv)
{
	return zy_fail(
	    err, ZY_E_TOKEN, "token", ZY_NOWHERE, "token \"%s\": %s: %s (0x%lx)", c->name, what, zy_ckr_name(rv), rv);
}

static void sleep_ms(long ms)
{
	nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000 }, NULL);
}

static int64_t monotonic_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool load_module(struct zy_token *t, struct zy_error *err)
{
	CK_C_GetFunctionList get;
	CK_RV rv;

	t->library = dlopen(t->config->module, RTLD_NOW | RTLD_LOCAL);
	if (t->library == NULL)
		return zy_fail(err, ZY_E_TOKEN, "module", ZY_NOWHERE, "cannot load the PKCS#11 module: %s", dlerror());
	/* POSIX: a symbol's address may be stored through a void pointer; ISO C has no cast for it */
	*(void **)&get = dlsym(t->library, "C_GetFunctionList");
	if (get == NULL)
		return zy_fail(err, ZY_E_TOKEN, "module", ZY_NOWHERE, "%s is not a PKCS#11 module", t->config->module);
	rv = get(&t->f);
	return rv == CKR_OK || fail_token(err, t->config, "C_GetFunctionList", rv);
}

static CK_RV initialise(struct zy_token *t)
{
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };
	CK_RV rv = t->f->C_Initialize(&args);

	t->is_initialised = rv == CKR_OK;
	return rv;
}

/* Labels of tokens are padded with blanks to 32 octets (PKCS#11 2.40 3.2). */
static bool label_is(const CK_TOKEN_INFO *info, const char *label)
{
	char padded[sizeof(info->label)];

	memset(padded, ' ', sizeof(padded));
	memcpy(padded, label, strnlen(label, sizeof(padded)));
	return memcmp(padded, info->label, sizeof(padded)) == 0;
}

/* The slot of the token with the configured label, or with label NULL the first slot whose token is not initialised. */
static CK_RV find_slot(struct zy_token *t, const char *label, CK_SLOT_ID *out)
{
	CK_SLOT_ID slots[SLOTS_MAX];
	CK_ULONG num = SLOTS_MAX;
	CK_RV rv = t->f->C_GetSlotList(CK_TRUE, slots, &num);
	CK_TOKEN_INFO info;

	if (rv != CKR_OK)
		return rv;
	for (CK_ULONG i = 0; i < num; i++) {
		if (t->f->C_GetTokenInfo(slots[i], &info) != CKR_OK)
			continue;
		if (label == NULL ? (info.flags & CKF_TOKEN_INITIALIZED) == 0
				  : (info.flags & CKF_TOKEN_INITIALIZED) != 0 && label_is(&info, label)) {
			*out = slots[i];
			return CKR_OK;
		}
	}
	return CKR_TOKEN_NOT_PRESENT;
}

/* The PIN lives in memory for the length of C_Login; a later login reads the file again. */
static CK_RV login(struct zy_token *t, struct zy_error *err)
{
	ZY_PIN_AUTO pin = { 0 };
	CK_RV rv;

	if (!zy_pin_read(&pin, t->config->pin, err))
		return CKR_PIN_INCORRECT;
	rv = t->f->C_Login(t->keeper, CKU_USER, (CK_UTF8CHAR_PTR)pin.text, pin.len);
	if (rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN)
		return CKR_OK;
	if (rv == CKR_PIN_INCORRECT || rv == CKR_PIN_LOCKED || rv == CKR_PIN_EXPIRED || rv == CKR_PIN_LEN_RANGE)
		zy_fail_set(err, ZY_E_PIN, "pin", ZY_NOWHERE, "token \"%s\" does not take the PIN of %s: %s",
		    t->config->name, t->config->pin, zy_ckr_name(rv));
	else
		fail_token(err, t->config, "C_Login", rv);
	return rv;
}

/* Finds the token, opens the session that keeps the login. */
static CK_RV connect_token(struct zy_token *t, struct zy_error *err)
{
	CK_RV rv = find_slot(t, t->config->label, &t->slot);

	if (rv == CKR_TOKEN_NOT_PRESENT)
		zy_fail_set(err, ZY_E_TOKEN, "token", ZY_NOWHERE,
		    "token \"%s\": the module has no token labelled \"%s\"", t->config->name, t->config->label);
	else if (rv != CKR_OK)
		fail_token(err, t->config, "C_GetSlotList", rv);
	if (rv != CKR_OK)
		return rv;
	rv = t->f->C_OpenSession(t->slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &t->keeper);
	t->has_keeper = rv == CKR_OK;
	if (rv != CKR_OK)
		fail_token(err, t->config, "C_OpenSession", rv);
	return rv;
}

/* Connected and logged in, whatever was lost. Write-locked, or before there are threads. */
static CK_RV be_logged_in(struct zy_token *t, struct zy_error *err)
{
	CK_SESSION_INFO info = { 0 };
	CK_RV rv = CKR_OK;

	if (t->has_keeper && t->f->C_GetSessionInfo(t->keeper, &info) != CKR_OK)
		t->has_keeper = false;
	if (!t->has_keeper)
		rv = connect_token(t, err);
	else if (info.state == CKS_RW_USER_FUNCTIONS)
		return CKR_OK;
	return rv == CKR_OK ? login(t, err) : rv;
}

/* SoftHSM2 misses a token when another process logs in during C_Initialize: initialise again until it is there. */
static bool start(struct zy_token *t, struct zy_error *err)
{
	int64_t until = monotonic_ms() + ZY_TOKEN_PATIENCE_MS;
	CK_SLOT_ID slot;
	CK_RV rv;

	for (;;) {
		if ((rv = initialise(t)) != CKR_OK)
			return fail_token(err, t->config, "C_Initialize", rv);
		if (find_slot(t, t->config->label, &slot) == CKR_OK || monotonic_ms() >= until)
			return be_logged_in(t, err) == CKR_OK;
		t->f->C_Finalize(NULL);
		t->is_initialised = false;
		sleep_ms(RETRY_MS);
	}
}

static bool make(
    struct zy_token **out, const struct zy_signer_config *config, const struct zy_log *log, struct zy_error *err)
{
	struct zy_token *t = calloc(1, sizeof(*t));

	if (t == NULL || pthread_rwlock_init(&t->lock, NULL) != 0) {
		free(t);
		return zy_fail(err, ZY_E_NO_MEMORY, "token", ZY_NOWHERE, "no memory for the token");
	}
	t->config = config;
	t->log = log;
	*out = t;
	return true;
}

bool zy_token_open(
    struct zy_token **out, const struct zy_signer_config *config, const struct zy_log *log, struct zy_error *err)
{
	struct zy_token *t;

	if (!make(&t, config, log, err))
		return false;
	if (!load_module(t, err) || !start(t, err)) {
		zy_token_close(t);
		return false;
	}
	*out = t;
	return true;
}

void zy_token_close(struct zy_token *t)
{
	if (t == NULL)
		return;
	if (t->is_initialised)
		t->f->C_Finalize(NULL);
	/* the module stays loaded: some leave threads or exit handlers behind */
	pthread_rwlock_destroy(&t->lock);
	free(t);
}

const struct zy_signer_config *zy_token_config(const struct zy_token *t)
{
	return t->config;
}

void zy_session_start(struct zy_session *s, struct zy_token *t)
{
	*s = (struct zy_session){ .token = t, .f = t->f };
}

/* A session of an older generation is closed already. Write-locked. */
static void drop(struct zy_session *s)
{
	if (s->is_open && s->generation == s->token->generation)
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
	rv = be_logged_in(t, err);
	if (rv == CKR_OK)
		rv = t->f->C_OpenSession(
		    t->slot, CKF_SERIAL_SESSION | (s->writes ? CKF_RW_SESSION : 0), NULL, NULL, &s->handle);
	s->is_open = rv == CKR_OK;
	s->is_stale = false;
	s->generation = t->generation;
	pthread_rwlock_unlock(&t->lock);
	return rv;
}

/* Ends all sessions of the token, once for all threads that met the fault. */
static void disconnect(struct zy_session *s)
{
	struct zy_token *t = s->token;

	pthread_rwlock_wrlock(&t->lock);
	if (s->generation == t->generation) {
		t->f->C_CloseAllSessions(t->slot);
		t->has_keeper = false;
		t->generation++;
	}
	pthread_rwlock_unlock(&t->lock);
}

enum remedy { REMEDY_NONE, REMEDY_REOPEN, REMEDY_RECONNECT };

static enum remedy remedy_for(CK_RV rv)
{
	switch (rv) {
	case CKR_SESSION_HANDLE_INVALID:
	case CKR_SESSION_CLOSED:
	case CKR_OPERATION_ACTIVE:
	case CKR_KEY_HANDLE_INVALID: /* after a logout some modules forget their private objects */
	case CKR_OBJECT_HANDLE_INVALID:
	case CKR_USER_NOT_LOGGED_IN:
	case CKR_GENERAL_ERROR: /* SoftHSM2's word when the login ends under a call, and for much else */
		return REMEDY_REOPEN;
	case CKR_DEVICE_ERROR:
	case CKR_DEVICE_MEMORY:
	case CKR_DEVICE_REMOVED:
	case CKR_TOKEN_NOT_PRESENT:
	case CKR_TOKEN_NOT_RECOGNIZED:
	case CKR_SLOT_ID_INVALID:
		return REMEDY_RECONNECT;
	default:
		return REMEDY_NONE;
	}
}

struct healing {
	unsigned reopened;
	int64_t until; /* monotonic; 0 before the first fault */
	bool reconnected;
};

/* Makes another try worth while, or says no. */
static bool heal(struct zy_session *s, CK_RV rv, struct healing *h)
{
	enum remedy remedy = remedy_for(rv);

	if (remedy == REMEDY_NONE)
		return false;
	zy_log(s->token->log, ZY_LOG_WARNING, "token-fault", "{s:s}", "ckr", zy_ckr_name(rv));
	if (h->until == 0)
		h->until = monotonic_ms() + ZY_TOKEN_PATIENCE_MS;
	if (remedy == REMEDY_REOPEN) {
		s->is_stale = true;
		/* another thread's accident may be ours again */
		return ++h->reopened <= (rv == CKR_GENERAL_ERROR ? 2 : REOPENED_MAX);
	}
	disconnect(s);
	if (monotonic_ms() >= h->until)
		return false;
	if (h->reconnected)
		sleep_ms(RETRY_MS);
	h->reconnected = true;
	return true;
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

bool zy_session_run(struct zy_session *s, zy_session_op *op, void *arg, const char *what, struct zy_error *err)
{
	struct healing h = { 0 };

	for (;;) {
		struct zy_error why = { 0 };
		bool usable;
		CK_RV rv = try_op(s, op, arg, &usable);

		if (!usable && (rv = reopen(s, &why)) == CKR_OK)
			continue;
		if (rv == CKR_OK)
			return true;
		if (!heal(s, rv, &h))
			return why.code != ZY_OK ? zy_fail(err, why.code, why.field, ZY_NOWHERE, "%s", why.msg)
						 : fail_token(err, s->token->config, what, rv);
	}
}

/* C_InitPIN wants a session of the security officer (PKCS#11 2.40 5.5). */
static CK_RV set_user_pin(struct zy_token *t, const struct zy_pin *so, const struct zy_pin *user)
{
	CK_SESSION_HANDLE h;
	CK_RV rv = t->f->C_OpenSession(t->slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &h);

	if (rv != CKR_OK)
		return rv;
	rv = t->f->C_Login(h, CKU_SO, (CK_UTF8CHAR_PTR)so->text, so->len);
	if (rv == CKR_OK)
		rv = t->f->C_InitPIN(h, (CK_UTF8CHAR_PTR)user->text, user->len);
	t->f->C_CloseSession(h);
	return rv;
}

static bool make_token(struct zy_token *t, struct zy_error *err)
{
	const struct zy_signer_config *c = t->config;
	ZY_PIN_AUTO so = { 0 };
	ZY_PIN_AUTO user = { 0 };
	CK_UTF8CHAR label[ZY_TOKEN_LABEL_MAX];
	CK_RV rv;

	memset(label, ' ', sizeof(label));
	memcpy(label, c->label, strnlen(c->label, sizeof(label)));
	if (!zy_pin_make(c->so_pin, err) || !zy_pin_make(c->pin, err) || !zy_pin_read(&so, c->so_pin, err) ||
	    !zy_pin_read(&user, c->pin, err))
		return false;
	if ((rv = t->f->C_InitToken(t->slot, (CK_UTF8CHAR_PTR)so.text, so.len, label)) != CKR_OK)
		return fail_token(err, c, "C_InitToken", rv);
	/* SoftHSM2 moves a new token to another slot */
	if ((rv = find_slot(t, c->label, &t->slot)) != CKR_OK)
		return fail_token(err, c, "the new token is not found", rv);
	rv = set_user_pin(t, &so, &user);
	return rv == CKR_OK || fail_token(err, c, "C_InitPIN", rv);
}

static bool find_free_slot(struct zy_token *t, struct zy_error *err)
{
	CK_RV rv = initialise(t);

	if (rv != CKR_OK)
		return fail_token(err, t->config, "C_Initialize", rv);
	if (find_slot(t, t->config->label, &t->slot) == CKR_OK)
		return zy_fail(err, ZY_E_EXISTS, "token", ZY_NOWHERE, "the module has a token labelled \"%s\" already",
		    t->config->label);
	rv = find_slot(t, NULL, &t->slot);
	return rv == CKR_OK || fail_token(err, t->config, "no slot is free for a new token", rv);
}

bool zy_token_init(const struct zy_signer_config *config, const struct zy_log *log, struct zy_error *err)
{
	struct zy_token *t;
	bool ok;

	if (config->so_pin == NULL)
		return zy_fail(err, ZY_E_PIN, "pin", ZY_NOWHERE,
		    "signer/%s.json names no \"so_pin_file\", which a new token needs", config->name);
	if (!make(&t, config, log, err))
		return false;
	ok = load_module(t, err) && find_free_slot(t, err) && make_token(t, err);
	zy_token_close(t);
	return ok;
}
