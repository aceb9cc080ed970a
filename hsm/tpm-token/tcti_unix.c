#include "tcti_unix.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <openssl/crypto.h>

#define MAGIC 0x7a79756e69780a01u
#define HEADER_LEN 10u /* tag, size, response code (TPM 2.0 part 1, 18) */

struct unix_tcti {
	TSS2_TCTI_CONTEXT_COMMON_V1 common; /* first: the context is cast to it */
	int fd;
	uint8_t response[4096]; /* TPM2_MAX_RESPONSE_SIZE */
	size_t got;             /* bytes of the response that have arrived */
};

static struct unix_tcti *of(TSS2_TCTI_CONTEXT *tcti)
{
	return (struct unix_tcti *)(void *)tcti;
}

static TSS2_RC transmit(TSS2_TCTI_CONTEXT *tcti, size_t size, const uint8_t *command)
{
	struct unix_tcti *t = of(tcti);
	size_t sent = 0;

	if (command == NULL)
		return TSS2_TCTI_RC_BAD_REFERENCE;
	t->got = 0;
	while (sent < size) {
		ssize_t n = send(t->fd, command + sent, size - sent, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return TSS2_TCTI_RC_IO_ERROR;
		sent += (size_t)n;
	}
	return TSS2_RC_SUCCESS;
}

/* Waits for and adds bytes until `want` are there. */
static TSS2_RC fill(struct unix_tcti *t, size_t want, int timeout_ms)
{
	while (t->got < want) {
		struct pollfd p = { .fd = t->fd, .events = POLLIN };
		int ready = poll(&p, 1, timeout_ms);
		ssize_t n;

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready == 0)
			return timeout_ms == ZY_TCTI_TIMEOUT_MS ? TSS2_TCTI_RC_IO_ERROR : TSS2_TCTI_RC_TRY_AGAIN;
		n = ready < 0 ? -1 : recv(t->fd, t->response + t->got, want - t->got, MSG_DONTWAIT);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			return TSS2_TCTI_RC_IO_ERROR;
		t->got += (size_t)n;
	}
	return TSS2_RC_SUCCESS;
}

static TSS2_RC receive(TSS2_TCTI_CONTEXT *tcti, size_t *size, uint8_t *response, int32_t timeout)
{
	struct unix_tcti *t = of(tcti);
	int ms = timeout < 0 || timeout > ZY_TCTI_TIMEOUT_MS ? ZY_TCTI_TIMEOUT_MS : timeout;
	TSS2_RC rc = fill(t, HEADER_LEN, ms);
	size_t len;

	if (rc != TSS2_RC_SUCCESS)
		return rc;
	len =
	    (size_t)t->response[2] << 24 | (size_t)t->response[3] << 16 | (size_t)t->response[4] << 8 | t->response[5];
	if (len < HEADER_LEN || len > sizeof(t->response))
		return TSS2_TCTI_RC_MALFORMED_RESPONSE;
	if ((rc = fill(t, len, ms)) != TSS2_RC_SUCCESS)
		return rc;
	if (response == NULL) { /* the caller asks for the length */
		*size = len;
		return TSS2_RC_SUCCESS;
	}
	if (*size < len)
		return TSS2_TCTI_RC_INSUFFICIENT_BUFFER;
	memcpy(response, t->response, len);
	OPENSSL_cleanse(t->response, len);
	*size = len;
	t->got = 0;
	return TSS2_RC_SUCCESS;
}

static void finalize(TSS2_TCTI_CONTEXT *tcti)
{
	close(of(tcti)->fd);
}

static TSS2_RC cancel(TSS2_TCTI_CONTEXT *tcti)
{
	(void)tcti;
	return TSS2_TCTI_RC_NOT_IMPLEMENTED;
}

static TSS2_RC poll_handles(TSS2_TCTI_CONTEXT *tcti, TSS2_TCTI_POLL_HANDLE *handles, size_t *num)
{
	if (num == NULL)
		return TSS2_TCTI_RC_BAD_REFERENCE;
	if (handles != NULL && *num < 1)
		return TSS2_TCTI_RC_INSUFFICIENT_BUFFER;
	if (handles != NULL)
		handles[0] = (TSS2_TCTI_POLL_HANDLE){ .fd = of(tcti)->fd, .events = POLLIN };
	*num = 1;
	return TSS2_RC_SUCCESS;
}

static TSS2_RC set_locality(TSS2_TCTI_CONTEXT *tcti, uint8_t locality)
{
	(void)tcti;
	return locality == 0 ? TSS2_RC_SUCCESS : TSS2_TCTI_RC_NOT_IMPLEMENTED;
}

/* sun_path holds 108 bytes and homes are deeper: open the folder, connect through its descriptor. */
static int connect_path(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
	char *folder = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
	int dir = folder == NULL ? -1 : open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC), fd = -1, saved;

	free(folder);
	if (dir < 0)
		return -1;
	if ((size_t)snprintf(at.sun_path, sizeof(at.sun_path), "/proc/self/fd/%d/%s", dir, name) >=
	    sizeof(at.sun_path)) {
		errno = ENAMETOOLONG;
	} else if ((fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) >= 0 &&
		   connect(fd, (const struct sockaddr *)&at, sizeof(at)) != 0) {
		saved = errno;
		close(fd);
		fd = -1;
		errno = saved;
	}
	saved = errno;
	close(dir);
	errno = saved;
	return fd;
}

TSS2_TCTI_CONTEXT *zy_tcti_unix_open(const char *path)
{
	int fd = connect_path(path);
	struct unix_tcti *t;

	if (fd < 0)
		return NULL;
	if ((t = calloc(1, sizeof(*t))) == NULL) {
		close(fd);
		return NULL;
	}
	t->fd = fd;
	t->common = (TSS2_TCTI_CONTEXT_COMMON_V1){
		.magic = MAGIC,
		.version = 1,
		.transmit = transmit,
		.receive = receive,
		.finalize = finalize,
		.cancel = cancel,
		.getPollHandles = poll_handles,
		.setLocality = set_locality,
	};
	return (TSS2_TCTI_CONTEXT *)t;
}

void zy_tcti_unix_close(TSS2_TCTI_CONTEXT *tcti)
{
	if (tcti == NULL)
		return;
	finalize(tcti);
	free(tcti);
}
