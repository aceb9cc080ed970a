/*
 * HOME/signer/TOKEN.json: where a token is and how it signs with SM2. Strict: unknown or repeated members, values out
 * of range and paths that leave HOME are errors with the file's name.
 */
#ifndef ZY_HSM_CONFIG_H
#define ZY_HSM_CONFIG_H

#include "pin.h"
#include "uri.h"

#define ZY_SIGNER_FILE_MAX ((size_t)1 << 20)
#define ZY_SESSIONS_MAX 64
#define ZY_TOKEN_LABEL_MAX 32 /* CK_TOKEN_INFO.label */

/* What the token's SM2 mechanism takes: e = SM3(Z || M); M with the default identifier known to the token; or M with
 * the identifier as the mechanism's parameter. */
enum zy_sm2_input { ZY_SM2_E, ZY_SM2_MESSAGE, ZY_SM2_ID_MESSAGE };

struct zy_sm2_form {
	bool present; /* else the token has no SM2 */
	unsigned long mechanism;
	enum zy_sm2_input input;
	bool output_der; /* SEQUENCE { r, s }, else r||s */
};

struct zy_signer_variable {
	const char *name, *path; /* path is absolute or begins with HOME */
};

struct zy_signer_config {
	const char *name;   /* TOKEN */
	const char *module; /* absolute path */
	const char *label;  /* 1..32 bytes */
	enum zy_pin_source pin_source;
	const char *pin;          /* FILE: a path beginning with HOME; CREDENTIAL: that of main.c; else NULL */
	struct zy_pin_page *page; /* PROMPT: that of main.c; else NULL */
	const char *so_pin;       /* a path beginning with HOME; NULL when not given */
	const char *home;         /* HOME */
	const char *group;        /* tokens with the same keys, named together by this in key URIs; NULL without */
	const char *swtpm;        /* HOME/...: state of a software TPM that the signer runs; NULL without */
	const char *refused;      /* HOME/run/TOKEN.pin-refused, see zy_pin_may_try */
	const char *keys;         /* HOME/signer/TOKEN.keys.json */
	const char *journal;      /* HOME/signer/TOKEN.journal */
	const char *head;         /* HOME/signer/TOKEN.head */
	const char *approved;     /* HOME/signer/approved */
	const char *run;          /* HOME/run */
	const char *policies;     /* HOME/policies */
	bool ceremony;            /* a root token: see ceremony.h */
	bool demo;                /* keys that can be taken out of the token are used all the same */
	bool network;             /* the module may open sockets of any family: a module of a network HSM */
	unsigned sessions;        /* 1..64 */
	size_t num_variables;     /* to be set before C_Initialize */
	struct zy_signer_variable variables[2];
	struct zy_sm2_form sm2;
};

/* Everything points into the arena. sessions: the number when the file names none. Errors: json, key-uri, io. */
ZY_MUST_CHECK bool zy_signer_config_read(struct zy_signer_config *out, const char *home, const char *token,
    unsigned sessions, struct zy_arena *a, struct zy_error *err);
/* The same from bytes; `file` names them in errors. */
ZY_MUST_CHECK bool zy_signer_config_parse(struct zy_signer_config *out, struct zy_bytes in, const char *file,
    const char *home, const char *token, unsigned sessions, struct zy_arena *a, struct zy_error *err);

/* The PIN for the next login; one that the token refused is not given again. Errors: pin. */
ZY_MUST_CHECK bool zy_signer_pin(const struct zy_signer_config *c, struct zy_pin *pin, struct zy_error *err);
void zy_signer_pin_refused(const struct zy_signer_config *c, const struct zy_pin *pin);

#endif
