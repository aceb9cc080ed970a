/*
 * That a log goes on from a history other than the one its keys signed last, since the rest is lost: the subject of an
 * order of the action `log`. One line of text that officers can read, in one spelling only:
 *   zy-log-1 ORIGIN goes-on SIZE ROOT lost SIZE ROOT LF
 * goes-on: the tree that is there; lost: the newest that was signed. ORIGIN: a note's name of at most 80 octets; SIZE
 * decimal, ROOT base64 of 32 octets. Not checked: what the two trees have in common, which nobody can tell any more.
 */
#ifndef ZY_LOG_LOSS_H
#define ZY_LOG_LOSS_H

#include "zy/buf.h"
#include "zy/merkle.h"

#define ZY_LOG_LOSS_MAX ((size_t)255) /* octets, with the newline */

struct zy_log_loss {
	struct zy_bytes origin;
	struct zy_merkle_head goes_on, lost;
};

/* Views into `in`. Errors: order. */
ZY_MUST_CHECK bool zy_log_loss_parse(struct zy_log_loss *out, struct zy_bytes in, struct zy_error *err);
/* Appended. Errors: order (what _parse would not take), no-memory. */
ZY_MUST_CHECK bool zy_log_loss_encode(const struct zy_log_loss *l, struct zy_buf *out, struct zy_error *err);

#endif
