/*
 * Minting, the main path: check, intent, compose, draw, seal, self-verify, commit, release. Idempotent by request
 * key; what is refused leaves no licence, no file and no unaccounted serial.
 */
#ifndef ZY_MINT_H
#define ZY_MINT_H

#include "zy/desk.h"

#define ZY_LICENCE_FORMS_MAX 2

struct zy_mint_request {
	const char *request;  /* key of the caller's, printable ASCII up to ZY_REQUEST_MAX; NULL: one is made up */
	const char *type;     /* alias or code; for a change: NULL, the licence's own */
	const char *holder;   /* KIND:NUMBER; for a change: NULL */
	const char *name;     /* holder's name; for a change NULL keeps it */
	struct zy_bytes data; /* JSON object of the type's fields; for a change only those that change */
	/* On which terms (zy/terms.h); of a change NULL keeps those of the version before. */
	const struct zy_terms *terms;
	bool fulfilled;      /* of a change: the terms are at their end */
	const zy_time *from; /* of a change: legal time from which it holds, not after now; NULL: from now */
	bool package;        /* with a folder asked for: also as one package there (zy/licence_package.h) */
	unsigned forms;      /* bits ZY_FORM_*; 0: all forms of the type */
};

struct zy_licence_file {
	unsigned form;
	const char *path; /* where it was written; NULL when no folder was asked for */
	struct zy_bytes bytes;
	uint8_t digest[ZY_HASH_LEN]; /* SM3 for OFD, SHA-256 for PDF */
};

struct zy_minted {
	const char *request; /* NULL when made up */
	char identifier[ZY_IDENTIFIER_MAX + 1];
	unsigned version;
	struct zy_holder holder;
	const struct zy_type *type;
	bool again; /* the request had been answered before: nothing new was made */
	size_t num_files;
	struct zy_licence_file files[ZY_LICENCE_FORMS_MAX];
	const char *package;      /* where it was written; NULL when it was not asked for, or cannot be proved now */
	struct zy_log_answer log; /* with a folder asked for, log.file is IDENTIFIER.tlog-proof there */
};

/* Where the time goes; every mint adds its nanoseconds. For `bench`. */
struct zy_mint_times {
	_Atomic uint64_t check, draw, seal, verify, commit, num;
};

/* out_dir: folder for the files, or NULL. Texts of *out live in the arena.
 * Errors: type-unknown, holder..., field-..., terms, dates, glyph-missing, layout-overflow, seal-not-allowed,
 * seal-date, request-conflict, signer-absent, token, self-verify, vault, vault-full, io. */
ZY_MUST_CHECK bool zy_mint(struct zy_desk *d, const struct zy_mint_request *q, const char *out_dir,
    struct zy_mint_times *times, struct zy_arena *a, struct zy_minted *out, struct zy_error *err);
/* A new version of a valid licence. Errors: as above, not-found, state (suspended, revoked, or lapsed; or it has no
 * terms that could be fulfilled). */
ZY_MUST_CHECK bool zy_change(struct zy_desk *d, const char *identifier, const struct zy_mint_request *q,
    const char *out_dir, struct zy_arena *a, struct zy_minted *out, struct zy_error *err);

/* A licence's file judged as an outsider would, at the desk's time. *fault: the code of the first finding that stands
 * against it ("another-licence": it is not the one named), NULL when it is sound; its own dates do not count. */
ZY_MUST_CHECK bool zy_licence_judge(
    struct zy_desk *d, const char *identifier, struct zy_bytes file, const char **fault, struct zy_error *err);

/* The files of a stored version, written to out_dir when given. Errors: not-found, vault..., io. */
ZY_MUST_CHECK bool zy_licence_take(const struct zy_version *v, const char *out_dir, struct zy_arena *a,
    struct zy_licence_file *files, size_t *num, struct zy_error *err);

/* Files and proof as one package, FOLDER/IDENTIFIER.zip; *path in the arena. Errors: io, too-large, no-memory. */
ZY_MUST_CHECK bool zy_licence_pack(const char *identifier, const struct zy_licence_file *files, size_t num,
    const struct zy_log_answer *log, const char *folder, struct zy_arena *a, const char **path, struct zy_error *err);

#endif
