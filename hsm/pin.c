#include "pin.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "zy/digest.h"
#include "zy/file.h"
#include "zy/text.h"

void zy_pin_wipe(struct zy_pin *pin)
{
	OPENSSL_cleanse(pin, sizeof(*pin));
}

static bool check_file(int fd, const char *path, bool credential, struct zy_pin *pin, struct zy_error *err)
{
	struct stat st;
	mode_t closed = credential ? 0337 : 077; /* a credential may show the mask of an access list */

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return zy_fail(err, ZY_E_PIN, "pin", ZY_NOWHERE, "the PIN file %s is not a regular file", path);
	if (st.st_uid != geteuid() && !(credential && st.st_uid == 0))
		return zy_fail(err, ZY_E_PIN, "pin", ZY_NOWHERE, "the PIN file %s is owned by another user", path);
	if ((st.st_mode & closed) != 0)
		return zy_fail(err, ZY_E_PIN, "pin", ZY_NOWHERE,
		    "the PIN file %s is open to group or others: chmod %s it", path, credential ? "400" : "600");
	pin->stamp[0] = (uint64_t)st.st_ino;
	pin->stamp[1] = (uint64_t)st.st_mtim.tv_sec;
	pin->stamp[2] = (uint64_t)st.st_mtim.tv_nsec;
	return true;
}

bool zy_pin_check(struct zy_pin *pin, const char *what, struct zy_error *err)
{
	bool ok;

	if (pin->len > 0 && pin->text[pin->len - 1] == '\n')
		pin->len--;
	ok = pin->len >= ZY_PIN_MIN && pin->len <= ZY_PIN_MAX;
	for (size_t i = 0; ok && i < pin->len; i++)
		ok = pin->text[i] > ' ' && pin->text[i] < 0x7f;
	return ok || zy_fail(err, ZY_E_PIN, "pin", ZY_NOWHERE, "%s must hold one line of %d to %d printable characters",
			 what, ZY_PIN_MIN, ZY_PIN_MAX);
}

static bool read_file(struct zy_pin *pin, const char *path, bool credential, struct zy_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK);
	ssize_t n = -1;
	bool ok;

	*pin = (struct zy_pin){ 0 };
	if (fd < 0)
		return zy_fail(
		    err, ZY_E_PIN, "pin", ZY_NOWHERE, "cannot open the PIN file %s: %s", path, strerror(errno));
	ok = check_file(fd, path, credential, pin, err);
	if (ok && (n = read(fd, pin->text, sizeof(pin->text))) < 0)
		ok =
		    zy_fail(err, ZY_E_PIN, "pin", ZY_NOWHERE, "cannot read the PIN file %s: %s", path, strerror(errno));
	close(fd);
	pin->len = n < 0 ? 0 : (size_t)n;
	ok = ok && zy_pin_check(pin, path, err);
	if (!ok)
		zy_pin_wipe(pin);
	return ok;
}

bool zy_pin_read(struct zy_pin *pin, const char *path, struct zy_error *err)
{
	return read_file(pin, path, false, err);
}

bool zy_pin_read_credential(struct zy_pin *pin, const char *path, struct zy_error *err)
{
	return read_file(pin, path, true, err);
}

static int stamp_text(const struct zy_pin *pin, char out[80])
{
	return snprintf(
	    out, 80, "%" PRIu64 " %" PRIu64 ".%09" PRIu64 "\n", pin->stamp[0], pin->stamp[1], pin->stamp[2]);
}

bool zy_pin_may_try(const struct zy_pin *pin, const char *record, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error ignored = { 0 };
	struct zy_bytes refused;
	char stamp[80];

	stamp_text(pin, stamp);
	if (access(record, F_OK) != 0 || !zy_file_read(record, sizeof(stamp), &a, &refused, &ignored) ||
	    !zy_bytes_equal(refused, zy_str(stamp)))
		return true;
	return zy_fail(err, ZY_E_PIN, "pin", ZY_NOWHERE,
	    "the token refused this PIN before; it is tried again when its file changes");
}

void zy_pin_was_refused(const struct zy_pin *pin, const char *record)
{
	struct zy_error ignored = { 0 };
	char stamp[80];
	int len = stamp_text(pin, stamp);

	/* where it cannot be written, the token's own counter is what is left */
	if (len > 0 && !zy_file_write(record, ZY_BYTES(stamp, (size_t)len), 0600, true, &ignored))
		return;
}

bool zy_pin_make(const char *path, struct zy_error *err)
{
	uint8_t random[16];
	char text[2 * sizeof(random) + 1];
	bool ok;

	if (access(path, F_OK) == 0)
		return true;
	if (!zy_random(random, sizeof(random), err))
		return false;
	zy_hex(ZY_BYTES(random, sizeof(random)), text);
	text[2 * sizeof(random)] = '\n'; /* the reader of the file gets one line */
	ok = zy_file_write(path, ZY_BYTES(text, sizeof(text)), 0600, false, err);
	OPENSSL_cleanse(random, sizeof(random));
	OPENSSL_cleanse(text, sizeof(text));
	return ok;
}
