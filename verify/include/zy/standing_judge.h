/*
 * How a licence stood on a day, judged offline from the answer of `show --on --json` (zy/standing_answer.h), a trust
 * bundle and, better, the published files of the log. The state is made out from the leaves that the log is proved to
 * hold, by the rule of zy/licence_day.h; what the answer claims is held against it.
 *
 * Proved by the answer alone: that the log holds each event of it, what each says, that they are counted from 1 without
 * a gap under one key, the rules that are named, and how the licence stood by these events. Proved with the log's
 * files: that they are what the log signed, that the answer's tree is a part of theirs, that no event is counted twice
 * and none came after the last. Without them this is proved only of a time before a later event that is shown, and of a
 * licence that was revoked, after which nothing follows. Not proved: that what was recorded is true; that no second
 * count of the licence under another key is in the log; what was recorded after the checkpoint.
 */
#ifndef ZY_STANDING_JUDGE_H
#define ZY_STANDING_JUDGE_H

#include "zy/judge.h"
#include "zy/log_proof.h"

/* The published files of a log (C2SP tlog-tiles). */
struct zy_log_files {
	struct zy_bytes checkpoint; /* the signed note */
	/* Entries 256 * tile and `width` - 1 more, each behind its length; out in the arena, which is freed after each.
	 * Errors: io, too-large, no-memory. */
	bool (*read)(
	    void *arg, uint64_t tile, unsigned width, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err);
	void *arg;
};

/* An entry that is looked for by its tag. */
struct zy_log_sought {
	uint8_t tag[ZY_LOG_TAG_LEN];
	uint64_t index;     /* of the first that has it */
	unsigned num_found; /* how many have it */
};
/*
 * Reads all entries up to the size of *head and looks for tags. *good: they give its root. *begins: they begin with the
 * tree of *before, of a size up to head's. Errors: those of read, crypto, no-memory.
 */
ZY_MUST_CHECK bool zy_log_scan(const struct zy_log_files *f, const struct zy_merkle_head *head,
    const struct zy_merkle_head *before, struct zy_log_sought *sought, size_t num, bool *good, bool *begins,
    struct zy_error *err);

/* The log as it was known may end so long before the day that is asked about: what is recorded later can change it. */
#define ZY_STANDING_LAG_S ((zy_time)2 * 86400)

/* files: NULL without. The report's format is "standing", and it has a member of that name when the proofs hold.
 * Errors: answer, note, too-large (exit 65: no such answer), those of read, crypto, no-memory. */
ZY_MUST_CHECK bool zy_judge_standing(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes in,
    const struct zy_log_files *files, zy_time at, struct zy_report *r, struct zy_error *err);

#endif
