#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "zy/file.h"
#include "zy/hsm.h"

#define LOCK_WAIT_MS 1000
#define LOCK_STEP_MS 20

static bool fail_run(struct zy_error *err, const struct zy_run *r, const char *what, const char *name)
{
	return zy_fail(
	    err, ZY_E_IO, "run", ZY_NOWHERE, "cannot %s run/%s%s: %s", what, r->token, name, strerror(errno));
}

struct sockaddr_un zy_run_address(int folder, const char *token)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	snprintf(a.sun_path, sizeof(a.sun_path), "/proc/self/fd/%d/%s.sock", folder, token);
	return a;
}

/* "TOKEN.sock" and the like */
struct name {
	char text[ZY_TOKEN_NAME_MAX + 8];
};
static struct name name_of(const struct zy_run *r, const char *suffix)
{
	struct name n;

	snprintf(n.text, sizeof(n.text), "%s%s", r->token, suffix);
	return n;
}

/* The processes of a signer that was killed keep the lock until the last of them is gone. */
static bool take_lock(struct zy_run *r, struct zy_error *err)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET }; /* of the open file: a fork shares it */

	for (int waited = 0; fcntl(r->lock, F_OFD_SETLK, &whole) != 0; waited += LOCK_STEP_MS) {
		if (errno != EAGAIN && errno != EACCES)
			return fail_run(err, r, "lock", ".lock");
		if (waited >= LOCK_WAIT_MS)
			return zy_fail(err, ZY_E_BUSY, "run", ZY_NOWHERE,
			    "another process is the signer of token \"%s\"", r->token);
		nanosleep(&(struct timespec){ .tv_nsec = LOCK_STEP_MS * 1000000 }, NULL);
	}
	return true;
}

bool zy_run_open(struct zy_run *out, const struct zy_signer_config *config, struct zy_error *err)
{
	struct zy_run r = { .folder = -1, .lock = -1, .listener = -1 };

	memcpy(r.token, config->name, strlen(config->name));
	if (!zy_folder_make(config->run, 0700, err))
		return false;
	r.folder = open(config->run, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r.folder < 0)
		return fail_run(err, &r, "open the folder of", "");
	r.lock = openat(r.folder, name_of(&r, ".lock").text, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (r.lock < 0) {
		fail_run(err, &r, "open", ".lock");
	} else if (take_lock(&r, err)) {
		*out = r;
		return true;
	}
	zy_run_close(&r);
	return false;
}

static bool write_pid(struct zy_run *r, struct zy_error *err)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	int fd =
	    openat(r->folder, name_of(r, ".pid").text, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool ok = fd >= 0 && write(fd, text, (size_t)len) == len;

	if (fd >= 0)
		close(fd);
	r->has_pid = ok;
	return ok || fail_run(err, r, "write", ".pid");
}

bool zy_run_listen(struct zy_run *r, struct zy_error *err)
{
	struct sockaddr_un address = zy_run_address(r->folder, r->token);

	/* whoever made the socket that lies there held the lock, so it is dead */
	if (unlinkat(r->folder, name_of(r, ".sock").text, 0) != 0 && errno != ENOENT)
		return fail_run(err, r, "remove", ".sock");
	r->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (r->listener < 0 || bind(r->listener, (const struct sockaddr *)&address, sizeof(address)) != 0)
		return fail_run(err, r, "bind", ".sock");
	r->has_socket = true;
	if (listen(r->listener, SOMAXCONN) != 0)
		return fail_run(err, r, "listen on", ".sock");
	return write_pid(r, err);
}

bool zy_run_adopt(
    struct zy_run *out, const struct zy_signer_config *config, int lock, int listener, struct zy_error *err)
{
	struct zy_run r = { .folder = open(config->run, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
		.lock = lock,
		.listener = listener,
		.has_socket = true };

	memcpy(r.token, config->name, strlen(config->name));
	*out = r;
	if (r.folder < 0 || fcntl(lock, F_SETFD, FD_CLOEXEC) != 0 || fcntl(listener, F_SETFD, FD_CLOEXEC) != 0)
		return fail_run(err, &r, "take over", ".lock");
	return write_pid(out, err);
}

bool zy_run_is_kept(int folder, const char *token)
{
	struct zy_run r = { 0 };
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd;
	bool kept;

	memcpy(r.token, token, strnlen(token, ZY_TOKEN_NAME_MAX));
	fd = openat(folder, name_of(&r, ".lock").text, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	kept = fd >= 0 && fcntl(fd, F_OFD_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
	if (fd >= 0)
		close(fd);
	return kept;
}

bool zy_hsm_is_kept(const char *home, const char *token)
{
	int top = open(home, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int folder = top < 0 ? -1 : openat(top, "run", O_PATH | O_DIRECTORY | O_CLOEXEC);
	bool kept = folder >= 0 && zy_run_is_kept(folder, token);

	if (folder >= 0)
		close(folder);
	if (top >= 0)
		close(top);
	return kept;
}

void zy_run_close(struct zy_run *r)
{
	if (r->has_socket)
		unlinkat(r->folder, name_of(r, ".sock").text, 0);
	if (r->has_pid)
		unlinkat(r->folder, name_of(r, ".pid").text, 0);
	if (r->listener >= 0)
		close(r->listener);
	if (r->folder >= 0)
		close(r->folder);
	if (r->lock >= 0)
		close(r->lock); /* last: the lock says that all above is done */
}
