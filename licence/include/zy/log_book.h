/*
 * The home's transparency log as its keeper sees it: the tree is the vault's, the keys are in the tokens, the names are
 * in the trust bundle. Checkpoints are signed when somebody needs one that covers an entry and none is there: those who
 * ask at once share one signature, so that minting many waits for few. Threads may share a book.
 */
#ifndef ZY_LOG_BOOK_H
#define ZY_LOG_BOOK_H

#include "zy/hsm.h"
#include "zy/trust.h"
#include "zy/vault.h"

struct zy_log_book;
/* All borrowed. A bundle without logs, of a home made before there was one, gives a book that signs nothing.
 * Errors: note, key (a log's key in the bundle cannot be read), no-memory. */
ZY_MUST_CHECK bool zy_log_book_open(
    struct zy_log_book **out, const struct zy_trust *t, struct zy_vault *v, struct zy_hsm *h, struct zy_error *err);
void zy_log_book_close(struct zy_log_book *b);
/* A checkpoint that witnesses signed: entries that it covers are proved by it. Borrowed; before threads use the book.
 */
void zy_log_book_prefer(struct zy_log_book *b, const struct zy_merkle_head *head, struct zy_bytes note);
/* From now on all proofs up to entry `index` are by one checkpoint. true: by the preferred one, which covers it. */
bool zy_log_book_cover(struct zy_log_book *b, uint64_t index);
/* The log's name; NULL when the home has none. */
const char *zy_log_book_origin(const struct zy_log_book *b);

/* A checkpoint of the tree as it is now, signed with the keys of both suites. note: a signed note, in the arena.
 * Errors: not-found (no log), log-fork, signer-absent, token, vault... */
ZY_MUST_CHECK bool zy_log_book_sign(struct zy_log_book *b, struct zy_arena *a, struct zy_bytes *note,
    struct zy_merkle_head *head, struct zy_error *err);

struct zy_log_answer {
	uint64_t index;
	bool proved; /* the rest is there; false when the log's key could not be asked */
	struct zy_bytes leaf,
	    checkpoint; /* checkpoint: the preferred one, else signed with the P-256 key alone, which is fast */
	struct zy_merkle_path path;
	const char *file; /* where the proof was written; NULL: nowhere */
};
/* Entry `index` with its proof. known: the leaf when the caller has it, else NULL. Texts in the arena. A signer that is
 * away is no error: then *out is not proved. Errors: not-found, log, log-fork, vault... */
ZY_MUST_CHECK bool zy_log_book_prove(struct zy_log_book *b, uint64_t index, const struct zy_logged *known,
    struct zy_arena *a, struct zy_log_answer *out, struct zy_error *err);
/* Is the vault's tree one that the log's key signs? A vault that was set back is found out before anything is minted in
 * it. A signer that is away is no error. Errors: log-fork, vault... */
ZY_MUST_CHECK bool zy_log_book_check(struct zy_log_book *b, struct zy_error *err);
/* Entry `index` is in a tree that the log's fast key signed, here and now if it was not yet. Errors: log-fork,
 * signer-absent, token, vault... */
ZY_MUST_CHECK bool zy_log_book_sign_to(struct zy_log_book *b, uint64_t index, struct zy_error *err);
/* The proof as a file (C2SP tlog-proof): FOLDER/IDENTIFIER.tlog-proof. Sets out->file. Errors: io, no-memory. */
ZY_MUST_CHECK bool zy_log_answer_write(
    struct zy_log_answer *out, const char *folder, const char *identifier, struct zy_arena *a, struct zy_error *err);
void zy_log_answer_encode(const struct zy_log_answer *l, struct zy_buf *out);

#endif
