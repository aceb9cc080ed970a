/*
 * The state of the module between calls. PKCS#11 calls carry no context, so there is one zy_module in the process,
 * and one lock around it: the TPM does one thing at a time anyway. Every C_ function enters, works, leaves.
 */
#ifndef ZY_TPM_TOKEN_H
#define ZY_TPM_TOKEN_H

#include <sys/stat.h>
#include <sys/types.h>

#include "tpm-token/config.h"
#include "tpm-token/state.h"
#include "tpm.h"
#include "zy/arena.h"

#define ZY_SLOT ((CK_SLOT_ID)0)
#define ZY_SESSIONS_MAX 1024u
#define ZY_PAIRS_MAX 1024u
#define ZY_PIN_MIN 4u
#define ZY_PIN_MAX 64u

enum zy_role { ZY_ROLE_NONE, ZY_ROLE_USER, ZY_ROLE_SO };

struct zy_session {
	CK_SESSION_HANDLE handle;
	CK_FLAGS flags;
	bool is_finding, is_signing;
	CK_OBJECT_HANDLE *found; /* owned */
	size_t num_found, next_found;
	CK_OBJECT_HANDLE sign_key;
	uint8_t *sign_id; /* owned: the ID of an id-message operation */
	size_t sign_id_len;
};

/* One key file: up to two objects, handles 2 * index + 1 (public) and 2 * index + 2 (private). */
struct zy_pair {
	struct zy_arena arena; /* holds the file that the views point into */
	struct zy_tpm_key_file file;
	uint64_t number;
	uint8_t point[65];
	bool is_gone;      /* no such file any more, or refused; the index stays taken */
	bool is_authentic; /* the MAC was checked */
	bool is_listed;    /* seen in the folder by the scan that runs */
};

struct zy_module {
	bool is_ready; /* between C_Initialize and C_Finalize */
	pid_t pid;     /* that called C_Initialize */
	struct zy_arena arena;
	struct zy_tpm_config config;
	char *state, *tcti; /* absolute */
	struct zy_tpm tpm;

	struct zy_arena token_arena;
	struct zy_tpm_token_file token;
	bool has_token; /* the token file was read */

	enum zy_role role;
	uint8_t secret[ZY_TPM_SECRET_LEN]; /* the token secret while somebody is logged in */

	struct zy_session *sessions[ZY_SESSIONS_MAX];
	size_t num_sessions;
	CK_SESSION_HANDLE last_handle;

	struct zy_pair *pairs[ZY_PAIRS_MAX];
	size_t num_pairs;
	struct timespec scanned; /* change time of the folder at the last scan */
};

/* Locks; CKR_CRYPTOKI_NOT_INITIALIZED unlocks again. */
CK_RV zy_module_enter(struct zy_module **m);
/* The same, and the session. CKR_SESSION_HANDLE_INVALID. */
CK_RV zy_module_enter_session(CK_SESSION_HANDLE handle, struct zy_module **m, struct zy_session **s);
/* Unlocks; gives rv back. */
CK_RV zy_module_leave(CK_RV rv);
/* One line on stderr: the caller's program has no other way to learn which file is at fault. */
void zy_module_complain(const char *path, const struct zy_error *err);

/* settings.c: reads ZY_TPM_TOKEN_CONF into m->config, m->state, m->tcti. CKR_GENERAL_ERROR with a line on stderr. */
CK_RV zy_module_configure(struct zy_module *m);

/* sessions.c */
struct zy_session *zy_session_find(struct zy_module *m, CK_SESSION_HANDLE handle);
void zy_sessions_close_all(struct zy_module *m);
bool zy_session_is_rw(const struct zy_session *s);
void zy_session_end_sign(struct zy_session *s);
void zy_session_end_find(struct zy_session *s);

/* pins.c: logs out, wiping the secret here and in the TPM library. */
void zy_token_logout(struct zy_module *m);
/* Keys derived from the token secret: one to authorise each key, one for the MAC of the files. */
CK_RV zy_token_derive(const struct zy_module *m, const char *purpose, uint64_t number, uint8_t out[32]);
CK_RV zy_token_mac_key(const struct zy_module *m, uint8_t out[32]);

/* store.c: the folder. */
CK_RV zy_store_read_token(struct zy_module *m); /* m->has_token tells if there is one; TOKEN_NOT_RECOGNIZED */
CK_RV zy_store_write_token(struct zy_module *m, const struct zy_tpm_token_file *f); /* and reads it back */
CK_RV zy_store_scan(struct zy_module *m); /* brings m->pairs up to date with the folder */
CK_RV zy_store_write_key(struct zy_module *m, const struct zy_tpm_key_file *f, bool replace);
CK_RV zy_store_remove_key(struct zy_module *m, uint64_t number);
void zy_store_remove_keys(struct zy_module *m); /* all of them */
void zy_store_forget(struct zy_module *m);      /* frees what was read */

/* objects.c */
struct zy_pair *zy_object_find(struct zy_module *m, CK_OBJECT_HANDLE handle, CK_OBJECT_CLASS *class);
/* Puts the attribute's value. CKR_ATTRIBUTE_TYPE_INVALID, CKR_ATTRIBUTE_SENSITIVE. */
CK_RV zy_object_attribute(const struct zy_module *m, const struct zy_pair *p, CK_OBJECT_CLASS class,
    CK_ATTRIBUTE_TYPE type, struct zy_buf *out);

#endif
