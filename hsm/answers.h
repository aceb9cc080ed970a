/*
 * Answers that are ready and wait for the signer's disk. One thread waits for all of them, so that no worker holds its
 * session idle meanwhile: while the disk takes the records of one round, the workers sign what the next will hold.
 */
#ifndef ZY_HSM_ANSWERS_H
#define ZY_HSM_ANSWERS_H

#include "journal.h"

/* Lies in what is answered (a connection), which leaves it alone from give until it is told. */
struct zy_waiting_answer {
	struct zy_waiting_answer *next;
	struct zy_journal_wait after;
};

/* The records of `a` are on the disk (why NULL), or will never be: then why says so, and the answer must not leave.
 * Called in the thread of the answers, in the order in which they were given. */
typedef void zy_answer_told(void *arg, struct zy_waiting_answer *a, const struct zy_error *why);

struct zy_answers;

/* journal, told and arg are borrowed until close. Errors: no-memory. */
ZY_MUST_CHECK bool zy_answers_open(
    struct zy_answers **out, struct zy_signer_journal *journal, zy_answer_told *told, void *arg, struct zy_error *err);
/* Threads: any. */
void zy_answers_give(struct zy_answers *w, struct zy_waiting_answer *a);
/* Returns when all that were given have been told of. Nothing may be given any more. */
void zy_answers_close(struct zy_answers *w);

#endif
