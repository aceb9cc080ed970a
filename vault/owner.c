#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum { POLLS_PER_S = 20 };

/* The owner's number, for the message only: the lock is what counts. */
static void read_pid(int fd, char out[16])
{
	ssize_t n = pread(fd, out, 15, 0);

	out[n < 0 ? 0 : n] = 0;
	out[strspn(out, "0123456789")] = 0;
	if (out[0] == 0)
		snprintf(out, 16, "unknown");
}

static bool write_pid(int fd)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());

	return ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)n, 0) == n;
}

static bool lock(int fd, unsigned wait_s, struct zy_error *err)
{
	const struct timespec pause = { .tv_nsec = 1000000000 / POLLS_PER_S };
	char pid[16];

	for (uint64_t left = (uint64_t)wait_s * POLLS_PER_S; flock(fd, LOCK_EX | LOCK_NB) != 0; left--) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return zy_fail(
			    err, ZY_E_VAULT, "vault", ZY_NOWHERE, "cannot lock the vault: %s", strerror(errno));
		if (left == 0) {
			read_pid(fd, pid);
			return zy_fail(err, ZY_E_BUSY, "vault", ZY_NOWHERE,
			    "process %s has the vault open; go through it, or stop it", pid);
		}
		nanosleep(&pause, NULL);
	}
	return true;
}

bool zy_owner_lock(int *fd, const char *folder, unsigned wait_s, struct zy_error *err)
{
	char path[4096];
	int f;

	if ((size_t)snprintf(path, sizeof(path), "%s/owner.lock", folder) >= sizeof(path))
		return zy_fail(err, ZY_E_VAULT, "vault", ZY_NOWHERE, "the path of the vault is too long");
	if ((f = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) < 0)
		return zy_fail(err,
		    errno == ENOENT                      ? ZY_E_VAULT_ABSENT
		    : errno == ENOSPC || errno == EDQUOT ? ZY_E_VAULT_FULL
							 : ZY_E_VAULT,
		    "vault", ZY_NOWHERE, "cannot open the vault's lock: %s", strerror(errno));
	if (!lock(f, wait_s, err)) {
		close(f);
		return false;
	}
	(void)!write_pid(f); /* on a full disk the vault can still be read */
	*fd = f;
	return true;
}
