/*
 * PINs of tokens, wiped on every way out; never in argv, environment or logs. They come from a file of the home, from a
 * credential that systemd hands over (a file in $CREDENTIALS_DIRECTORY), or from a person who was asked by `zhengyin
 * up`.
 */
#ifndef ZY_HSM_PIN_H
#define ZY_HSM_PIN_H

#include <stdbool.h>

#include "zy/bytes.h"

#define ZY_PIN_MIN 4
#define ZY_PIN_MAX 64

struct zy_pin {
	char text[ZY_PIN_MAX + 2]; /* room for a line feed while it is read */
	size_t len;
	uint64_t stamp[3]; /* of the file as it was read: inode, seconds and nanoseconds of its last change */
};
void zy_pin_wipe(struct zy_pin *pin);
#define ZY_PIN_AUTO __attribute__((cleanup(zy_pin_wipe))) struct zy_pin

enum zy_pin_source { ZY_PIN_FILE, ZY_PIN_CREDENTIAL, ZY_PIN_PROMPT };

/* A PIN that nobody can be asked for again. It lies in a page that is locked in memory and left out of core files,
 * shared by the supervisor and its hosts; each of them locks it for itself. */
struct zy_pin_page {
	struct zy_pin pin;
	bool is_refused; /* by the token: no host tries it again */
};
/* Reads the PIN from fd up to its end, and closes fd. Errors: pin, no-memory (also when the page cannot be locked). */
ZY_MUST_CHECK bool zy_pin_page_open(struct zy_pin_page **out, int fd, struct zy_error *err);
/* For a process that was forked: locks do not survive a fork. Errors: no-memory. */
ZY_MUST_CHECK bool zy_pin_page_lock(struct zy_pin_page *page, struct zy_error *err);
/* The reading end of a pipe that holds the PIN, for a program that is about to be executed; -1 without one. */
int zy_pin_page_pipe(const struct zy_pin_page *page);
/* Wipes it for all who share it. */
void zy_pin_page_close(struct zy_pin_page *page);

/* What was read: a line feed at its end is taken off; `what` names it in errors. Errors: pin. */
ZY_MUST_CHECK bool zy_pin_check(struct zy_pin *pin, const char *what, struct zy_error *err);
/* The file must be regular, ours, closed to group and others, and hold one line of 4..64 printable ASCII characters.
 * Errors: pin. */
ZY_MUST_CHECK bool zy_pin_read(struct zy_pin *pin, const char *path, struct zy_error *err);
/* The same of a credential: systemd gives it to us or to root, with an access list whose mask shows as the group's
 * mode, so that the group may be able to read; nobody may be able to write it. Errors: pin. */
ZY_MUST_CHECK bool zy_pin_read_credential(struct zy_pin *pin, const char *path, struct zy_error *err);
/* A PIN that the token refused is written down by the stamp of its file in `record`, and is not tried again until the
 * file is another or touched. Errors: pin. */
ZY_MUST_CHECK bool zy_pin_may_try(const struct zy_pin *pin, const char *record, struct zy_error *err);
void zy_pin_was_refused(const struct zy_pin *pin, const char *record);
/* Writes a random PIN (128 bits) into a new file of mode 0600; fine when the file is there. Errors: pin, io, crypto. */
ZY_MUST_CHECK bool zy_pin_make(const char *path, struct zy_error *err);

#endif
