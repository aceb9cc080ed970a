#include "exchange.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "group.h"
#include "run.h"
#include "together.h"

#define IDLE_MAX 64
#define RETRY_MS 10
#define PING_MS 2000         /* who asks whether a signer is there does not wait long */
#define ANSWER_GRACE_MS 2000 /* an answer given at the end of the patience still arrives */
#define GROUP_TRY_MS 1000    /* one token of a group, before the next is asked */
#define GROUP_GRACE_MS 500
#define GROUP_REST_MS 1000 /* one that failed is passed over so long */
#define READ_AT_ONCE 4096

/* Idle connections to one signer, the one used last on top. */
struct pool {
	struct pool *next;
	char token[ZY_TOKEN_NAME_MAX + 1];
	size_t num;
	int idle[IDLE_MAX];
};

struct zy_hsm {
	pthread_mutex_t lock; /* over the pools */
	struct pool *pools;
	char *run; /* HOME/run */
	unsigned wait_ms;
	struct zy_groups *groups;
	struct zy_together *together;
};

bool zy_hsm_open(struct zy_hsm **out, const char *home, struct zy_error *err)
{
	struct zy_hsm *h = calloc(1, sizeof(*h));
	ZY_BUF_AUTO path = { 0 };

	zy_buf_printf(&path, "%s/run", home);
	zy_buf_put_u8(&path, 0);
	if (h == NULL || path.failed || (h->run = strdup((const char *)path.p)) == NULL ||
	    pthread_mutex_init(&h->lock, NULL) != 0) {
		if (h != NULL)
			free(h->run);
		free(h);
		return zy_fail(err, ZY_E_NO_MEMORY, "hsm", ZY_NOWHERE, "no memory for the signer's client");
	}
	h->wait_ms = ZY_HSM_WAIT_MS;
	if (!zy_groups_open(&h->groups, home, err) || !zy_together_open(&h->together, err)) {
		zy_hsm_close(h);
		return false;
	}
	*out = h;
	return true;
}

void zy_hsm_wait(struct zy_hsm *h, unsigned ms)
{
	h->wait_ms = ms < ZY_HSM_WAIT_MS_MAX ? ms : ZY_HSM_WAIT_MS_MAX;
}

static void close_idle(struct pool *p)
{
	while (p->num > 0)
		close(p->idle[--p->num]);
}

void zy_hsm_close(struct zy_hsm *h)
{
	if (h == NULL)
		return;
	while (h->pools != NULL) {
		struct pool *p = h->pools;

		h->pools = p->next;
		close_idle(p);
		free(p);
	}
	zy_groups_close(h->groups);
	zy_together_close(h->together);
	pthread_mutex_destroy(&h->lock);
	free(h->run);
	free(h);
}

static struct pool *find_pool(struct zy_hsm *h, const char *token)
{
	struct pool *p = h->pools;

	while (p != NULL && strcmp(p->token, token) != 0)
		p = p->next;
	return p;
}

/* -1 when none is idle. */
static int take_idle(struct zy_hsm *h, const char *token)
{
	struct pool *p;
	int fd = -1;

	pthread_mutex_lock(&h->lock);
	p = find_pool(h, token);
	if (p != NULL && p->num > 0)
		fd = p->idle[--p->num];
	pthread_mutex_unlock(&h->lock);
	return fd;
}

static void give_back(struct zy_hsm *h, const char *token, int fd)
{
	struct pool *p;

	pthread_mutex_lock(&h->lock);
	p = find_pool(h, token);
	if (p == NULL && (p = calloc(1, sizeof(*p))) != NULL) {
		memcpy(p->token, token, strlen(token) + 1);
		p->next = h->pools;
		h->pools = p;
	}
	if (p != NULL && p->num < IDLE_MAX)
		p->idle[p->num++] = fd;
	else
		close(fd);
	pthread_mutex_unlock(&h->lock);
}

/* One dead connection means a signer that was stopped: the others to it are dead too. */
static void forget_idle(struct zy_hsm *h, const char *token)
{
	struct pool *p;

	pthread_mutex_lock(&h->lock);
	if ((p = find_pool(h, token)) != NULL)
		close_idle(p);
	pthread_mutex_unlock(&h->lock);
}

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000 }, NULL);
}

static bool fail_absent(struct zy_error *err, const char *token, const char *why)
{
	return zy_fail(err, ZY_E_SIGNER_ABSENT, "token", ZY_NOWHERE,
	    "the signer of token \"%s\" does not answer (%s); `zhengyin up` starts it", token, why);
}

/* Who asks, and until when. */
struct asking {
	struct zy_hsm *h;
	const char *token;
	const struct zy_hsm_request *q;
	int64_t until; /* monotonic ms */
	int64_t grace_ms;
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool set_timeouts(int fd, int64_t ms)
{
	const struct timeval timeout = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 + 1 };

	return setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)) == 0 &&
	       setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout)) == 0;
}

/* A signer that is being started again is waited for; one that nobody keeps is absent at once. */
static bool connect_to(const struct asking *a, int *out, struct zy_error *err)
{
	for (;;) {
		int64_t left = a->until - now_ms();
		int folder = open(a->h->run, O_PATH | O_DIRECTORY | O_CLOEXEC), fd = -1, saved;
		struct sockaddr_un address = zy_run_address(folder, a->token);
		bool ok = folder >= 0 && (fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) >= 0 &&
			  set_timeouts(fd, left > 0 ? left : 0) &&
			  connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0;
		bool kept;

		saved = errno;
		kept = !ok && folder >= 0 && zy_run_is_kept(folder, a->token);
		if (folder >= 0)
			close(folder);
		if (ok) {
			*out = fd;
			return true;
		}
		if (fd >= 0)
			close(fd);
		if (!kept || left <= 0)
			return fail_absent(err, a->token, strerror(saved));
		pause_ms(RETRY_MS);
	}
}

enum outcome { ANSWERED, GONE, FAILED }; /* GONE: the connection was closed before the answer was whole */

static enum outcome send_all(int fd, struct zy_bytes frame, const char *token, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(frame);
	struct zy_bytes done;

	while (zy_reader_left(&r) > 0) {
		ssize_t n = send(fd, zy_reader_rest(&r).p, zy_reader_left(&r), MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EPIPE || errno == ECONNRESET))
			return ANSWERED; /* it may have said why before it closed */
		if (n < 0 || !zy_take(&r, (size_t)n, "frame", &done, err)) {
			fail_absent(err, token, strerror(errno));
			return FAILED;
		}
	}
	return ANSWERED;
}

static enum outcome receive_all(int fd, struct zy_buf *reply, const char *token, struct zy_error *err)
{
	size_t want = READ_AT_ONCE, len = 0;

	for (;;) {
		uint8_t *place = zy_buf_extend(reply, want);
		ssize_t n = place == NULL ? -1 : recv(fd, place, want, 0);
		int why = place == NULL ? ENOMEM : errno;

		if (place != NULL)
			reply->len -= want - (n > 0 ? (size_t)n : 0);
		if (n < 0 && why == EINTR)
			continue;
		if (n == 0 || (n < 0 && why == ECONNRESET))
			return GONE;
		if (n < 0) {
			fail_absent(err, token, why == EAGAIN ? "no answer in time" : strerror(why));
			return FAILED;
		}
		if (reply->len < 4)
			continue;
		if (len == 0 && !zy_hsm_frame_len(ZY_BYTES(reply->p, 4), &len, err))
			return FAILED;
		if (reply->len > len + 4) {
			zy_fail(err, ZY_E_TRAILING, "frame", len + 4, "the signer sent more than an answer");
			return FAILED;
		}
		if (reply->len == len + 4)
			return ANSWERED;
		want = len + 4 - reply->len;
	}
}

static bool put_request(const struct asking *a, struct zy_buf *frame, struct zy_error *err)
{
	int64_t left = a->until - now_ms();
	struct zy_hsm_request q = *a->q;

	q.wait_ms = left < 0 ? 0 : left > ZY_HSM_WAIT_MS_MAX ? ZY_HSM_WAIT_MS_MAX : (unsigned)left;
	zy_hsm_frame_begin(frame);
	zy_hsm_request_encode(&q, frame);
	return zy_hsm_frame_end(frame, err);
}

/* Once over one connection, idle or new. */
static enum outcome try(const struct asking *a, bool may_reuse, struct zy_buf *reply, struct zy_error *err)
{
	int fd = may_reuse ? take_idle(a->h, a->token) : -1;
	ZY_BUF_AUTO frame = { 0 };
	enum outcome o = FAILED;
	int64_t left;

	if (fd < 0 && !connect_to(a, &fd, err))
		return FAILED;
	left = a->until - now_ms();
	if (put_request(a, &frame, err) && set_timeouts(fd, (left > 0 ? left : 0) + a->grace_ms))
		o = send_all(fd, zy_buf_bytes(&frame), a->token, err);
	if (o == ANSWERED)
		o = receive_all(fd, reply, a->token, err);
	if (o == ANSWERED) {
		give_back(a->h, a->token, fd);
		return o;
	}
	close(fd);
	if (o == GONE)
		forget_idle(a->h, a->token);
	return o;
}

static bool asks_once(enum zy_hsm_op op)
{
	return op == ZY_OP_GENERATE || op == ZY_OP_LIFE || op == ZY_OP_APPROVE;
}

/* Signing again does no harm, so what a stopped signer left unanswered is asked again until the time is over. generate
 * makes something, life and approve change something: they always take a new connection and are asked once. */
static bool exchange(const struct asking *a, struct zy_buf *reply, struct zy_error *err)
{
	bool only_once = asks_once(a->q->op);
	enum outcome o = try(a, !only_once, reply, err);

	for (unsigned i = 0; o == GONE; i++) {
		if (only_once || now_ms() >= a->until)
			return fail_absent(err, a->token, "it closed the connection");
		if (i > 0) /* the first may have been an old connection */
			pause_ms(RETRY_MS);
		zy_buf_free(reply);
		*reply = (struct zy_buf){ 0 };
		o = try(a, false, reply, err);
	}
	return o == ANSWERED;
}

static unsigned patience(const struct zy_hsm *h, const struct zy_hsm_request *q)
{
	if (q->op == ZY_OP_PING)
		return h->wait_ms < PING_MS ? h->wait_ms : PING_MS;
	return q->op == ZY_OP_BENCH ? h->wait_ms + q->seconds * 1000 : h->wait_ms;
}

/* One question to one token; the answer's result is a view into reply, which the caller wipes by zy_buf_free. */
static bool ask_token(const struct asking *a, struct zy_buf *reply, struct zy_reader *result, struct zy_error *err)
{
	struct zy_hsm_answer answer;
	struct zy_bytes head;
	struct zy_reader r;

	if (!exchange(a, reply, err))
		return false;
	r = zy_reader_over(zy_buf_bytes(reply));
	if (!zy_take(&r, 4, "frame", &head, err) || !zy_hsm_answer_parse(&answer, zy_reader_rest(&r), err))
		return false;
	if (answer.code != ZY_OK)
		return zy_fail(err, answer.code, answer.field, ZY_NOWHERE, "%.*s", (int)answer.message.len,
		    (const char *)answer.message.p);
	*result = zy_reader_over(answer.result);
	return true;
}

/* Faults that another token of the group need not have. */
static bool is_of_token(enum zy_code code)
{
	return code == ZY_E_SIGNER_ABSENT || code == ZY_E_SIGNER_BUSY || code == ZY_E_TOKEN || code == ZY_E_PIN ||
	       code == ZY_E_NOT_FOUND;
}

/* The tokens of a group in turn, each for a moment, until one answers or the time is over. */
static bool ask_group(
    struct asking *a, struct zy_group *g, struct zy_buf *reply, struct zy_reader *result, struct zy_error *err)
{
	int64_t until = a->until;

	a->grace_ms = GROUP_GRACE_MS;
	for (unsigned tries = 0;; tries++) {
		struct zy_error why = { 0 };
		int64_t now = now_ms();

		a->token = zy_group_next(g, now, tries);
		a->until = until - now > GROUP_TRY_MS ? now + GROUP_TRY_MS : until;
		if (ask_token(a, reply, result, &why)) {
			zy_group_answered(g, a->token);
			return true;
		}
		if (!is_of_token(why.code) || (tries + 1 >= g->num && now_ms() >= until) ||
		    (why.code == ZY_E_NOT_FOUND && tries + 1 >= g->num))
			return zy_fail(err, why.code, why.field, ZY_NOWHERE, "%s", why.msg);
		zy_group_failed(g, a->token, now_ms() + GROUP_REST_MS);
		if (tries + 1 >= g->num)
			pause_ms(RETRY_MS);
		zy_buf_free(reply);
		*reply = (struct zy_buf){ 0 };
	}
}

bool zy_hsm_ask_until(struct zy_hsm *h, const char *token, const struct zy_hsm_request *q, int64_t until,
    struct zy_buf *reply, struct zy_reader *result, struct zy_error *err)
{
	struct asking a = { .h = h, .token = token, .q = q, .until = until, .grace_ms = ANSWER_GRACE_MS };
	struct zy_group *g = zy_groups_find(h->groups, token);

	if (g == NULL)
		return ask_token(&a, reply, result, err);
	if (asks_once(q->op))
		return zy_fail(err, ZY_E_KEY_URI, "token", ZY_NOWHERE,
		    "\"%s\" is a group: a key is made in one token and brought to the others, and lives in each",
		    token);
	return ask_group(&a, g, reply, result, err);
}

bool zy_hsm_ask(struct zy_hsm *h, const char *token, const struct zy_hsm_request *q, struct zy_buf *reply,
    struct zy_reader *result, struct zy_error *err)
{
	return zy_hsm_ask_until(h, token, q, now_ms() + patience(h, q), reply, result, err);
}

int64_t zy_hsm_until(const struct zy_hsm *h)
{
	return now_ms() + h->wait_ms;
}

bool zy_hsm_is_group(struct zy_hsm *h, const char *token)
{
	return zy_groups_find(h->groups, token) != NULL;
}

size_t zy_hsm_members(struct zy_hsm *h, const char *token, const char *out[ZY_HSM_MEMBERS_MAX])
{
	struct zy_group *g = zy_groups_find(h->groups, token);

	static_assert(ZY_HSM_MEMBERS_MAX >= ZY_GROUP_TOKENS_MAX, "a group has room");
	out[0] = token;
	for (size_t i = 0; g != NULL && i < g->num; i++)
		out[i] = g->tokens[i].name;
	return g == NULL ? 1 : g->num;
}

static bool is_member(struct zy_hsm *h, const char *token, const char *of)
{
	const char *members[ZY_HSM_MEMBERS_MAX];

	for (size_t i = zy_hsm_members(h, of, members); i > 0; i--)
		if (strcmp(members[i - 1], token) == 0)
			return true;
	return strcmp(token, of) == 0;
}

bool zy_hsm_same_key(struct zy_hsm *h, const char *uri, const char *other)
{
	struct zy_error ignored = { 0 };
	struct zy_key_uri a, b;

	return zy_key_uri_parse(&a, zy_str(uri), &ignored) && zy_key_uri_parse(&b, zy_str(other), &ignored) &&
	       strcmp(a.label, b.label) == 0 && (is_member(h, a.token, b.token) || is_member(h, b.token, a.token));
}

struct zy_together *zy_hsm_together(struct zy_hsm *h)
{
	return h->together;
}
