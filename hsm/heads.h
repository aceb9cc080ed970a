/*
 * The tree head that each log key signed last: a log's key never signs a smaller tree, another tree of the same size, a
 * larger one that does not begin with it, or for another log, whatever the caller says. Rebuilt from the journal at
 * each start, as counts are. A head is the text of a checkpoint in one line, "ORIGIN SIZE ROOT", which the journal
 * keeps as the item. Generations of a key share theirs. Heads that are noted for a wrapping key, blinded
 * (zy/noted_head.h), are kept in the same way. Not for several threads at once: the journal's lock is around every
 * call.
 */
#ifndef ZY_HSM_HEADS_H
#define ZY_HSM_HEADS_H

#include "protocol.h"
#include "zy/checkpoint.h"
#include "zy/hsm.h"
#include "zy/log_loss.h"

#define ZY_HEADS_MAX 16      /* keys with heads in one token */
#define ZY_HEAD_TEXT_MAX 255 /* characters */

struct zy_head {
	char key[ZY_KEY_LABEL_MAX + 1]; /* without its generation */
	char text[ZY_HEAD_TEXT_MAX + 1];
};
struct zy_heads {
	size_t num;
	struct zy_head rows[ZY_HEADS_MAX];
};

/* What the key signs: a checkpoint's body (C2SP tlog-checkpoint) without extension lines. Errors: note, utf8,
 * too-large. */
ZY_MUST_CHECK bool zy_head_text(struct zy_bytes body, char out[ZY_HEAD_TEXT_MAX + 1], struct zy_error *err);
/* May the key sign it? A larger tree must be proved to begin with the one that was signed last: asked is the request
 * that the head came with. One that proves from another size is refused with ZY_SIGNED_LAST and that size as message.
 * Errors: state (from another size), log-fork. */
ZY_MUST_CHECK bool zy_heads_check(const struct zy_heads *h, struct zy_bytes key, struct zy_bytes text,
    const struct zy_checkpoint_request *asked, struct zy_error *err);
/* What was signed or noted last for a key; empty: nothing. */
const char *zy_heads_last(const struct zy_heads *h, struct zy_bytes key);
/* An order that the log goes on from another history must know of all that was signed here; of a noted head, which
 * tells no size, it must name the last one. Errors: order. */
ZY_MUST_CHECK bool zy_heads_check_loss(const struct zy_heads *h, const struct zy_log_loss *loss, struct zy_error *err);
/* It holds: all keys of that log go on from there, and no others. line: the order's, without its newline. Errors:
 * journal. */
ZY_MUST_CHECK bool zy_heads_go_on(struct zy_heads *h, struct zy_bytes line, struct zy_error *err);
/* It was signed. Errors: journal (not a head, or more than ZY_HEADS_MAX keys). */
ZY_MUST_CHECK bool zy_heads_note(struct zy_heads *h, struct zy_bytes key, struct zy_bytes text, struct zy_error *err);

#endif
