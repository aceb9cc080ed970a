#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include "zy/file.h"

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
	} else if (flock(r.lock, LOCK_EX | LOCK_NB) != 0) {
		if (errno == EWOULDBLOCK)
			zy_fail(err, ZY_E_BUSY, "run", ZY_NOWHERE, "another process is the signer of token \"%s\"",
			    r.token);
		else
			fail_run(err, &r, "lock", ".lock");
	} else {
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
