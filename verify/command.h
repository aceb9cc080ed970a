/* What the commands of zhengyin-verify share: how an answer and an error leave, and how a file of theirs is read. */
#ifndef ZY_VERIFY_COMMAND_H
#define ZY_VERIFY_COMMAND_H

#include <stdio.h>

#include "zy/judge.h"
#include "zy/mapped.h"

#define ZY_INPUT_MAX ZY_READ_MAX

/* On stderr for people; with json also as an object on stdout, so that a line is never missing. input may be NULL.
 * Gives the exit status. */
int zy_verify_error(bool json, const char *input, const struct zy_error *why);
/* The report on stdout, as one line of JSON or as text. Errors: io. */
ZY_MUST_CHECK bool zy_verify_write(bool json, const struct zy_report *r, struct zy_error *err);
/* A file to be judged: OFD packages and PDF files of up to ZY_DOCUMENT_MAX, which need not be in memory; others of up
 * to ZY_INPUT_MAX. zy_mapped_check is to follow. Errors: those of zy_mapped_open. */
ZY_MUST_CHECK bool zy_verify_open(const char *path, struct zy_mapped *m, struct zy_arena *a, struct zy_error *err);
/* A file read once, in pieces, whatever its length; "-" is standard input. field: of its errors; static. zy_source_next
 * is the next of a zy_content whose arg is the source. Errors: io, no-memory. */
struct zy_source {
	const char *field;
	FILE *f;
	uint8_t *piece;
};
ZY_MUST_CHECK bool zy_source_open(
    struct zy_source *s, const char *path, const char *field, struct zy_arena *a, struct zy_error *err);
bool zy_source_next(void *arg, struct zy_bytes *piece, struct zy_error *err);
void zy_source_close(struct zy_source *s);
/* --at; leaves *out alone when text is NULL. Errors: usage. */
ZY_MUST_CHECK bool zy_verify_time(const char *text, zy_time *out, struct zy_error *err);
/* The PEM blocks of a file, or the file itself when it is DER. path NULL: none. Errors: those of zy_file_read and
 * zy_pem_collect. */
ZY_MUST_CHECK bool zy_verify_blocks(const char *path, const char *label, const char *also, struct zy_bytes *out,
    size_t max, size_t *num, struct zy_arena *a, struct zy_error *err);
/* The same of certificates, each of which must be one. Errors also: certificate. */
ZY_MUST_CHECK bool zy_verify_certs(
    const char *path, struct zy_bytes *out, size_t max, size_t *num, struct zy_arena *a, struct zy_error *err);

/* A trust of anchors and helpers from two files; `untrusted` may be NULL. No issuer of licences is known in it.
 * Errors: those of zy_verify_blocks. */
ZY_MUST_CHECK bool zy_verify_anchors(
    const char *anchor, const char *untrusted, struct zy_trust *out, struct zy_arena *a, struct zy_error *err);
/* Revocation lists and OCSP answers from files, each PEM or DER, either may be NULL, beside a trust. Errors: as above.
 */
ZY_MUST_CHECK bool zy_verify_status(
    const char *crl, const char *ocsp, struct zy_trust *trust, struct zy_arena *a, struct zy_error *err);
/* Judges `in` with its content in the file beside it, which is read piece by piece: a time-stamp, or signed data.
 * Errors: those of zy_judge_timestamp and zy_judge_cms, io. */
ZY_MUST_CHECK bool zy_verify_detached(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes in,
    const char *content, zy_time at, struct zy_report *r, struct zy_error *err);
/* Judges an answer about a day with the published log in a folder. Errors: those of zy_judge_standing, io. */
ZY_MUST_CHECK bool zy_verify_standing(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes in,
    const char *folder, zy_time at, struct zy_report *r, struct zy_error *err);
/* Writes the bytes that signature `number` of a file covers to stdout: of a PDF those of its ByteRange, of an OFD
 * package the Signature.xml, of XML the canonical document, of signed data the content. Gives the
 * exit status. */
int zy_verify_extract(const char *number, const char *file, bool json);

/* The commands. argv[0] is the command's own word; `now` is the time of judging unless --at says another. */
int zy_verify_chain(int argc, char **argv, zy_time now);
int zy_verify_raw(int argc, char **argv, zy_time now);

#endif
