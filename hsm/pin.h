/* PINs of tokens: read from a file that only we can read, wiped on every way out. Never in argv, environment or logs.
 */
#ifndef ZY_HSM_PIN_H
#define ZY_HSM_PIN_H

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

/* The file must be regular, ours, closed to group and others, and hold one line of 4..64 printable ASCII characters.
 * Errors: pin. */
ZY_MUST_CHECK bool zy_pin_read(struct zy_pin *pin, const char *path, struct zy_error *err);
/* A PIN that the token refused is written down by the stamp of its file in `record`, and is not tried again until the
 * file is another or touched. Errors: pin. */
ZY_MUST_CHECK bool zy_pin_may_try(const struct zy_pin *pin, const char *record, struct zy_error *err);
void zy_pin_was_refused(const struct zy_pin *pin, const char *record);
/* Writes a random PIN (128 bits) into a new file of mode 0600; fine when the file is there. Errors: pin, io, crypto. */
ZY_MUST_CHECK bool zy_pin_make(const char *path, struct zy_error *err);

#endif
