/* Judgements about the transparency log: who signed a checkpoint, and whether a leaf is in its tree. */
#ifndef ZY_LOG_JUDGE_H
#define ZY_LOG_JUDGE_H

#include "zy/judge.h"
#include "zy/log_proof.h"

/* One signature of a note by one key. *time: of a cosignature, seconds since 1970-01-01T00:00:00Z, else 0. true with
 * *good set; false only when the work could not be done. Errors: key, crypto, no-memory. */
ZY_MUST_CHECK bool zy_note_verify(struct zy_keys *k, const struct zy_note_key *key, struct zy_bytes text,
    const struct zy_note_signature *s, uint64_t *time, bool *good, struct zy_error *err);

/*
 * A checkpoint against the logs of a trust bundle (C2SP signed-note): signatures of keys that are not known are passed
 * over, one of a known key that does not verify spoils the whole, and one at least must verify that counts. A
 * checkpoint has no time of its own. A key that ended before an entry came cannot have signed a tree with that entry,
 * and one that begins after the time judged has signed nothing yet: those do not count. A newer key than the entry
 * does: it signs the tree of then with all that came before.
 */
struct zy_log_times {
	zy_time entry; /* when what is to be proved came into the log */
	zy_time at;    /* the time judged */
};
#define ZY_LOG_ANY_TIME ((struct zy_log_times){ INT64_MIN, INT64_MAX }) /* each key of the log counts */
enum zy_log_verdict {
	ZY_LOG_GOOD,
	ZY_LOG_UNKNOWN,  /* a log that the bundle does not name */
	ZY_LOG_UNSIGNED, /* no line in its name */
	ZY_LOG_BAD,
	ZY_LOG_OTHER_KEYS,  /* lines in its name, of keys that the bundle does not name */
	ZY_LOG_OUT_OF_DATES /* of keys that do not count */
};
ZY_MUST_CHECK bool zy_checkpoint_judge(struct zy_keys *k, const struct zy_trust *trust, const struct zy_checkpoint *c,
    struct zy_log_times times, enum zy_log_verdict *out, struct zy_error *err);

/*
 * What each signature line of a checkpoint is, for the logs and the witnesses of a trust bundle. A witness counts once,
 * whatever lines and keys it has; a line that says a time more than ZY_WITNESS_AHEAD_S after `at`, or outside its key's
 * days, counts for nothing. good: how many witnesses.
 */
#define ZY_WITNESS_AHEAD_S 300
enum zy_note_line {
	ZY_LINE_STRANGER, /* of a key that the bundle does not name */
	ZY_LINE_LOG,      /* of a log's key; not judged here */
	ZY_LINE_WITNESS,
	ZY_LINE_AGAIN, /* of a witness that was counted before */
	ZY_LINE_EARLY, /* of a time to come */
	ZY_LINE_OUTSIDE,
	ZY_LINE_BAD, /* does not verify over this text */
};
struct zy_witnessed {
	size_t good;
	zy_time times[ZY_WITNESSES_MAX];                 /* of the good ones, the earliest first */
	enum zy_note_line lines[ZY_NOTE_SIGNATURES_MAX]; /* as many as the note has */
};
ZY_MUST_CHECK bool zy_checkpoint_witnesses(struct zy_keys *k, const struct zy_trust *trust,
    const struct zy_checkpoint *c, zy_time at, struct zy_witnessed *out, struct zy_error *err);

/* A proof by itself: the log's signature, and the path from its leaf to the root. The report's format is "log-proof".
 * Errors: note, utf8, too-large (exit 65: no proof), crypto, no-memory. */
ZY_MUST_CHECK bool zy_judge_log_proof(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes in, zy_time at,
    struct zy_report *r, struct zy_error *err);
/* A checkpoint by itself; format "checkpoint". Errors: as above. */
ZY_MUST_CHECK bool zy_judge_checkpoint(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes in, zy_time at,
    struct zy_report *r, struct zy_error *err);
/* Before files are judged into r: when the log and its witnesses prove that they existed, r->logged says since when,
 * and signatures in them are judged as of then where nothing else proves more (EN 319 102-1 5.5.4). Since when as many
 * witnesses as the bundle asks for, at least one, had seen the entry: the log's own word proves nothing against it. A
 * proof that is not good in every part proves nothing; that it is not, zy_judge_logged says. Errors: crypto, no-memory.
 */
ZY_MUST_CHECK bool zy_log_existed(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes proof,
    const struct zy_bytes *files, size_t num, zy_time at, struct zy_report *r, struct zy_error *err);
/* A proof about a file that was just judged into r. One that begins with "old " (C2SP tlog-witness, as `log prove
 * --from` writes it) is that a log only grew from the checkpoint in the file on. Else also that its leaf is of that
 * file's very octets, and of the licence in the report, which then has its log_index. Errors: as above. */
ZY_MUST_CHECK bool zy_judge_logged(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes proof,
    struct zy_bytes file, zy_time at, struct zy_report *r, struct zy_error *err);

/* A kept checkpoint (or a proof with one) that was just judged into r, and the log as static files in a folder (C2SP
 * tlog-tiles): the checkpoint there, every tile and entry up to it, and that this log begins with the kept one's. Reads
 * each file once, in memory that does not grow with the log. Errors: as above, io (no checkpoint). */
ZY_MUST_CHECK bool zy_judge_log_files(struct zy_keys *k, const struct zy_trust *trust, const char *folder,
    struct zy_bytes file, zy_time at, struct zy_report *r, struct zy_error *err);
/* The same of files that one leaf holds, all of one version. */
ZY_MUST_CHECK bool zy_judge_logged_files(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes proof,
    const struct zy_bytes *files, size_t num, zy_time at, struct zy_report *r, struct zy_error *err);

#endif
