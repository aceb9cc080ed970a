/*
 * OCSP answers signed ahead lie in folders that others serve, and would go on saying "good" of what is revoked. Where
 * they were written is kept in HOME/ca/ocsp-folders, a path a line; who revokes takes the answers away there first, and
 * has new ones made after. Answers that were copied elsewhere are the site's: they end within a day.
 */
#ifndef ZY_PRESIGNED_H
#define ZY_PRESIGNED_H

#include "ca_desk.h"

#define ZY_PRESIGNED_S 86400    /* how long an answer signed ahead is good */
#define ZY_PRESIGNED_FOLDERS 16 /* at most */

struct zy_presigned {
	struct zy_ca_desk *desk;
	zy_time now;
	const char *folders[ZY_PRESIGNED_FOLDERS]; /* those that are there */
	size_t num;
	struct zy_ocsp *ocsp;     /* opened with the first answer; NULL before */
	struct zy_error stuck;    /* the first answer that could not be taken away */
	uint64_t withdrawn, made; /* answers */
	bool waits;               /* for the caller: the signers could not be asked for new ones */
};

/* Remembers a folder, which is there. Errors: io, busy, usage (a name with a newline, too many). */
ZY_MUST_CHECK bool zy_presigned_note(struct zy_ca_desk *d, const char *folder, struct zy_error *err);
/* _close in any case. Errors: io. */
ZY_MUST_CHECK bool zy_presigned_open(struct zy_presigned *p, struct zy_ca_desk *d, zy_time now, struct zy_error *err);
void zy_presigned_close(struct zy_presigned *p);
/* Before the revocation of that certificate, which it never stops: what stays is told by _end. */
void zy_presigned_withdraw(struct zy_presigned *p, const struct zy_entry *e);
/* After it: answers in every folder. Errors: io, those of zy_ocsp_open and zy_ocsp_presign_entry. */
ZY_MUST_CHECK bool zy_presigned_make(struct zy_presigned *p, const struct zy_entry *e, struct zy_error *err);
/* Errors: io, an answer of before the revocation is still there. */
ZY_MUST_CHECK bool zy_presigned_end(const struct zy_presigned *p, struct zy_error *err);

#endif
