#include "token_private.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "ckr.h"
#include "lock.h"
#include "pin.h"

#define SLOTS_MAX 64
#define RETRY_MS 25
#define START_MS 10000 /* a token that is not there when its signer starts is waited for so long */

bool zy_token_fail(struct zy_error *err, const struct zy_signer_config *c, const char *what, CK_RV rv)
{
	return zy_fail(
	    err, ZY_E_TOKEN, "token", ZY_NOWHERE, "token \"%s\": %s: %s (0x%lx)", c->name, what, zy_ckr_name(rv), rv);
}

void zy_sleep_ms(long ms)
{
	nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000 }, NULL);
}

int64_t zy_monotonic_ms(void)
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
	return rv == CKR_OK || zy_token_fail(err, t->config, "C_GetFunctionList", rv);
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

static bool is_pin_refused(CK_RV rv)
{
	return rv == CKR_PIN_INCORRECT || rv == CKR_PIN_LOCKED || rv == CKR_PIN_EXPIRED || rv == CKR_PIN_LEN_RANGE;
}

/* A PIN of a file lives in memory for the length of C_Login; a later login reads it again. A PIN that was refused is
 * not tried again before its file changes, by whatever process: tokens lock themselves after a few wrong ones. */
static CK_RV login(struct zy_token *t, struct zy_error *err)
{
	ZY_PIN_AUTO pin = { 0 };
	CK_RV rv;

	if (!zy_signer_pin(t->config, &pin, err))
		return CKR_PIN_INCORRECT;
	rv = t->f->C_Login(t->keeper, CKU_USER, (CK_UTF8CHAR_PTR)pin.text, pin.len);
	if (rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN)
		return CKR_OK;
	if (!is_pin_refused(rv)) {
		zy_token_fail(err, t->config, "C_Login", rv);
		return rv;
	}
	if (rv != CKR_PIN_LOCKED) /* that says nothing about this PIN, and some locks open with time */
		zy_signer_pin_refused(t->config, &pin);
	zy_fail_set(err, ZY_E_PIN, "pin", ZY_NOWHERE, "token \"%s\" does not take the PIN of %s: %s", t->config->name,
	    t->config->pin == NULL ? "whoever typed it" : t->config->pin, zy_ckr_name(rv));
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
		zy_token_fail(err, t->config, "C_GetSlotList", rv);
	if (rv != CKR_OK)
		return rv;
	rv = t->f->C_OpenSession(t->slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &t->keeper);
	t->has_keeper = rv == CKR_OK;
	if (rv != CKR_OK)
		zy_token_fail(err, t->config, "C_OpenSession", rv);
	return rv;
}

CK_RV zy_token_log_in(struct zy_token *t, struct zy_error *err)
{
	CK_SESSION_INFO info = { 0 };
	CK_RV rv = CKR_OK;

	if (!t->is_initialised && (rv = initialise(t)) != CKR_OK) {
		zy_token_fail(err, t->config, "C_Initialize", rv);
		return rv;
	}
	if (t->has_keeper && t->f->C_GetSessionInfo(t->keeper, &info) != CKR_OK)
		t->has_keeper = false;
	if (!t->has_keeper)
		rv = connect_token(t, err);
	else if (info.state == CKS_RW_USER_FUNCTIONS)
		return CKR_OK;
	return rv == CKR_OK ? login(t, err) : rv;
}

void zy_token_disconnect(struct zy_token *t)
{
	if (t->is_initialised)
		t->f->C_CloseAllSessions(t->slot);
	t->has_keeper = false;
	t->generation++;
}

void zy_token_finalise(struct zy_token *t)
{
	zy_token_disconnect(t);
	t->f->C_Finalize(NULL);
	t->is_initialised = false;
	t->reinitialised = zy_monotonic_ms();
}

/* SoftHSM2 misses a token when another process logs in during C_Initialize: initialise again until it is there. */
static bool start(struct zy_token *t, struct zy_error *err)
{
	int64_t until = zy_monotonic_ms() + START_MS;
	CK_SLOT_ID slot;
	CK_RV rv;

	for (;;) {
		if ((rv = initialise(t)) != CKR_OK)
			return zy_token_fail(err, t->config, "C_Initialize", rv);
		if (find_slot(t, t->config->label, &slot) == CKR_OK || zy_monotonic_ms() >= until)
			return zy_token_log_in(t, err) == CKR_OK;
		t->f->C_Finalize(NULL);
		t->is_initialised = false;
		zy_sleep_ms(RETRY_MS);
	}
}

static bool make(
    struct zy_token **out, const struct zy_signer_config *config, const struct zy_log *log, struct zy_error *err)
{
	struct zy_token *t = calloc(1, sizeof(*t));

	/* whose session was lost must get it back while the others go on signing */
	if (t == NULL || !zy_lock_init(&t->lock, err)) {
		free(t);
		return zy_fail(err, ZY_E_NO_MEMORY, "token", ZY_NOWHERE, "no memory for the token");
	}
	if (!zy_verifier_open(&t->verifier, err)) {
		pthread_rwlock_destroy(&t->lock);
		free(t);
		return false;
	}
	t->config = config;
	t->log = log;
	t->fresh = eventfd(0, EFD_CLOEXEC);
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
	if (t->fresh >= 0)
		close(t->fresh);
	zy_verifier_close(t->verifier);
	pthread_rwlock_destroy(&t->lock);
	free(t);
}

struct zy_verifier *zy_token_verifier(const struct zy_token *t)
{
	return t->verifier;
}

int zy_token_fresh(const struct zy_token *t)
{
	return t->fresh;
}

bool zy_token_is_broken(const struct zy_token *t)
{
	return atomic_load(&t->wants_fresh);
}

void zy_token_leave(struct zy_token *t)
{
	atomic_store(&t->is_leaving, true);
}

const struct zy_signer_config *zy_token_config(const struct zy_token *t)
{
	return t->config;
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
		return zy_token_fail(err, c, "C_InitToken", rv);
	/* SoftHSM2 moves a new token to another slot */
	if ((rv = find_slot(t, c->label, &t->slot)) != CKR_OK)
		return zy_token_fail(err, c, "the new token is not found", rv);
	rv = set_user_pin(t, &so, &user);
	return rv == CKR_OK || zy_token_fail(err, c, "C_InitPIN", rv);
}

/* A software TPM that was just started may not listen yet: initialise again until there is a slot. */
static bool find_free_slot(struct zy_token *t, struct zy_error *err)
{
	int64_t until = zy_monotonic_ms() + START_MS;
	CK_RV rv;

	for (;;) {
		if ((rv = initialise(t)) != CKR_OK)
			return zy_token_fail(err, t->config, "C_Initialize", rv);
		if (find_slot(t, t->config->label, &t->slot) == CKR_OK)
			return zy_fail(err, ZY_E_EXISTS, "token", ZY_NOWHERE,
			    "the module has a token labelled \"%s\" already", t->config->label);
		rv = find_slot(t, NULL, &t->slot);
		if (rv != CKR_TOKEN_NOT_PRESENT || zy_monotonic_ms() >= until)
			return rv == CKR_OK || zy_token_fail(err, t->config, "no slot is free for a new token", rv);
		t->f->C_Finalize(NULL);
		t->is_initialised = false;
		zy_sleep_ms(RETRY_MS);
	}
}

bool zy_token_init(const struct zy_signer_config *config, const struct zy_log *log, struct zy_error *err)
{
	struct zy_token *t;
	bool ok;

	if (config->pin_source != ZY_PIN_FILE)
		return zy_fail(err, ZY_E_PIN, "pin", ZY_NOWHERE,
		    "signer/%s.json: a new token takes its PIN from a \"pin_file\"; another source can be said later",
		    config->name);
	if (config->so_pin == NULL)
		return zy_fail(err, ZY_E_PIN, "pin", ZY_NOWHERE,
		    "signer/%s.json names no \"so_pin_file\", which a new token needs", config->name);
	if (!make(&t, config, log, err))
		return false;
	ok = load_module(t, err) && find_free_slot(t, err) && make_token(t, err);
	zy_token_close(t);
	return ok;
}
