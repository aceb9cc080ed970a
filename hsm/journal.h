/*
 * The signer's own journal of what it signed, and the counts of seals that follow from it. A signature leaves the
 * signer only when its record is on the disk; records that wait together share one fdatasync. HOME/signer/TOKEN.head
 * holds the last head a second time, so that an old journal put back, or one cut short, is noticed at the next start.
 * Threads: any.
 */
#ifndef ZY_HSM_JOURNAL_H
#define ZY_HSM_JOURNAL_H

#include "config.h"
#include "counts.h"
#include "heads.h"
#include "in_force.h"
#include "keys.h"
#include "log.h"
#include "zy/journal.h"

struct zy_signer_journal;

/*
 * Reads the journal from its beginning and gives the keys the lives that it says they have (records of "key"); makes
 * journal and head when neither is there, which is refused when the token has keys already. keys is borrowed. A frame
 * cut off at the end, after the head, was never answered for and is taken away. Errors: journal (does not chain, ends
 * before its head, or one of the two files is missing), io, no-memory, crypto.
 */
ZY_MUST_CHECK bool zy_signer_journal_open(struct zy_signer_journal **out, const struct zy_signer_config *config,
    struct zy_keyring *keys, const struct zy_log *log, struct zy_error *err);
void zy_signer_journal_close(struct zy_signer_journal *j);

/* May a log's key sign the head that r->item is? Between this and _end no other head may be signed with the key: the
 * caller sees to that. Errors: state, log-fork, and those of reading the journal again. */
ZY_MUST_CHECK bool zy_signer_journal_check_head(struct zy_signer_journal *j, const struct zy_journal_record *r,
    const struct zy_checkpoint_request *asked, struct zy_error *err);
/* The head that was signed or noted last for a key, whatever its generation; empty: none was. Between this and _end no
 * other may be, as above. Errors: those of reading the journal again. */
ZY_MUST_CHECK bool zy_signer_journal_last_head(
    struct zy_signer_journal *j, struct zy_bytes key, char out[ZY_HEAD_TEXT_MAX + 1], struct zy_error *err);
/* Does an order that the log goes on from another history know of all that the keys here signed? Errors: order. */
ZY_MUST_CHECK bool zy_signer_journal_check_loss(
    struct zy_signer_journal *j, const struct zy_log_loss *loss, struct zy_error *err);
/* Around one use of a key: begin, sign, then end (signed) or cancel (not signed). use->rule NULL: no seal. */
ZY_MUST_CHECK bool zy_signer_journal_begin(
    struct zy_signer_journal *j, const struct zy_use_of_seal *use, bool *held, struct zy_error *err);
void zy_signer_journal_cancel(struct zy_signer_journal *j, const struct zy_use_of_seal *use, bool held);
/* What is put may wait together: one that begins as { 0 } is handed to each put, then the caller waits once. When a
 * write failed in between none of them may be answered for. */
struct zy_journal_wait {
	uint64_t seq, times_broken;
};
/* seq, prev, total and today of *r are set here. Errors: io, journal, ... */
ZY_MUST_CHECK bool zy_signer_journal_put(struct zy_signer_journal *j, struct zy_journal_record *r,
    const struct zy_use_of_seal *use, bool held, struct zy_journal_wait *w, struct zy_error *err);
/* Returns when all that was put is on the disk. Errors: io. */
ZY_MUST_CHECK bool zy_signer_journal_wait(
    struct zy_signer_journal *j, const struct zy_journal_wait *w, struct zy_error *err);
/* Both for one record. */
ZY_MUST_CHECK bool zy_signer_journal_end(struct zy_signer_journal *j, struct zy_journal_record *r,
    const struct zy_use_of_seal *use, bool held, struct zy_error *err);

/* What the journal says is in force, and whether an order was used (SHA-256 of its bytes). */
void zy_signer_journal_in_force(struct zy_signer_journal *j, enum zy_governed which, struct zy_governed_file *out);
bool zy_signer_journal_used(struct zy_signer_journal *j, const uint8_t order[ZY_HASH_LEN]);

#endif
