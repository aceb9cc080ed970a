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
/*
 * What a log's signer or a witness is asked (C2SP tlog-witness, add-checkpoint): "old SIZE", the consistency proof from
 * that size on, a hash a line, an empty line, and the checkpoint, or for the log's own signer its body alone. path->num
 * is 0 from size 0 and for the same size. Views of in. Errors: note, too-large, truncated.
 */
struct zy_checkpoint_request {
	uint64_t old;
	struct zy_merkle_path path;
	struct zy_bytes checkpoint;
};
ZY_MUST_CHECK bool zy_checkpoint_request_parse(
    struct zy_checkpoint_request *out, struct zy_bytes in, struct zy_error *err);
void zy_checkpoint_request_encode(const struct zy_checkpoint_request *q, struct zy_buf *out);

#endif
