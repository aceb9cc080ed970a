/*
 * Checkpoints (C2SP tlog-checkpoint): a signed note whose text is origin, tree size in decimal, root in base64, and
 * extension lines that nobody needs; each a line of its own, none empty.
 */
#ifndef ZY_CHECKPOINT_H
#define ZY_CHECKPOINT_H

#include "zy/merkle.h"
#include "zy/note.h"

struct zy_checkpoint {
	struct zy_bytes origin;
	struct zy_merkle_head head;
	struct zy_bytes extensions; /* lines with their newlines; empty as a rule */
	struct zy_note note;        /* note.text is the body */
};

/* Views of in; signatures in the arena. Errors: note, utf8, too-large, no-memory. */
ZY_MUST_CHECK bool zy_checkpoint_parse(
    struct zy_checkpoint *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err);
/* The body alone: what is signed; note is left empty. Errors: note, utf8, too-large. */
ZY_MUST_CHECK bool zy_checkpoint_body_parse(struct zy_checkpoint *out, struct zy_bytes body, struct zy_error *err);
/* The body of a checkpoint without extension lines. */
void zy_checkpoint_body_encode(struct zy_bytes origin, const struct zy_merkle_head *head, struct zy_buf *out);

#endif
