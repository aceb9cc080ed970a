#include "server.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "answers.h"
#include "turns.h"

#define READ_AT_ONCE 4096
#define READ_LARGE 65536

struct connection {
	int fd;
	uid_t caller;
	struct zy_buf in;  /* a frame as far as it has come */
	struct zy_buf out; /* an answer, from `sent` on not yet taken */
	size_t sent;
	atomic_llong since; /* monotonic second of the request's first byte; 0 between requests */
	struct connection *next, **link;
	struct zy_waiting_answer waiting;
};

struct server {
	struct zy_signer *signer;
	struct zy_answers *answers;
	struct zy_turns *turns;
	int epoll, leave; /* leave: an eventfd that stays readable, so every worker sees it */
	pthread_mutex_t lock;
	struct connection *connections; /* under lock */
	unsigned num;
};

struct worker {
	pthread_t id;
	unsigned n;
	struct server *server;
	struct zy_session session;
};

static long long monotonic_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec + 1; /* never 0 */
}

static void drop(struct server *s, struct connection *c)
{
	pthread_mutex_lock(&s->lock);
	*c->link = c->next;
	if (c->next != NULL)
		c->next->link = c->link;
	s->num--;
	pthread_mutex_unlock(&s->lock);
	close(c->fd); /* leaves the epoll set by this */
	zy_buf_free(&c->in);
	zy_buf_free(&c->out);
	free(c);
}

/* What has come. False: the peer is gone or talks out of turn. *whole: the frame is complete. */
static bool receive(struct connection *c, bool *whole)
{
	struct zy_error ignored = { 0 };
	size_t want = c->in.len < READ_AT_ONCE ? READ_AT_ONCE : READ_LARGE, len;
	uint8_t *place = zy_buf_extend(&c->in, want);
	ssize_t n = place == NULL ? 0 : recv(c->fd, place, want, 0);

	*whole = false;
	if (place != NULL)
		c->in.len -= want - (n > 0 ? (size_t)n : 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n <= 0)
		return false;
	if (atomic_load(&c->since) == 0)
		atomic_store(&c->since, monotonic_s());
	if (c->in.len < 4)
		return true;
	if (!zy_hsm_frame_len(ZY_BYTES(c->in.p, 4), &len, &ignored) || c->in.len > len + 4)
		return false;
	*whole = c->in.len == len + 4;
	return true;
}

/* As much of the answer as the peer takes now. False: it is gone. */
static bool deliver(struct connection *c)
{
	struct zy_reader r = zy_reader_over(zy_buf_bytes(&c->out));
	struct zy_error ignored = { 0 };
	struct zy_bytes done;
	ssize_t n;

	if (!zy_take(&r, c->sent, "answer", &done, &ignored))
		return false;
	n = send(c->fd, zy_reader_rest(&r).p, zy_reader_left(&r), MSG_NOSIGNAL);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n < 0)
		return false;
	c->sent += (size_t)n;
	if (c->sent == c->out.len) {
		zy_buf_free(&c->out);
		c->sent = 0;
		atomic_store(&c->since, 0);
	}
	return true;
}

static bool is_gone(const struct connection *c)
{
	char byte;

	return recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

static bool arm(struct server *s, struct connection *c, int operation)
{
	struct epoll_event e = { .events = EPOLLONESHOT | (c->out.len > 0 ? EPOLLOUT : EPOLLIN), .data.ptr = c };

	return epoll_ctl(s->epoll, operation, c->fd, &e) == 0;
}

/* The connection is the next event's, or is no more. */
static void let_go(struct server *s, struct connection *c, bool ok)
{
	if (!ok || !arm(s, c, EPOLL_CTL_MOD))
		drop(s, c);
}

/* Its records are on the disk, or never will be. */
static void answer(void *server, struct zy_waiting_answer *a, const struct zy_error *why)
{
	struct connection *c = (struct connection *)(void *)((char *)a - offsetof(struct connection, waiting));

	if (why != NULL)
		zy_signer_refuse(&c->out, why);
	let_go(server, c, !c->out.failed && deliver(c));
}

/* True: the answer waits for the disk, and the connection with it. */
static bool sign(struct worker *w, struct connection *c, bool *ok)
{
	struct zy_reader r = zy_reader_over(zy_buf_bytes(&c->in));
	struct zy_error ignored = { 0 };
	struct zy_bytes head;
	uint64_t us;

	*ok = zy_take(&r, 4, "frame", &head, &ignored) && !is_gone(c);
	if (!*ok) /* its client did not wait so long: nothing is signed for nobody */
		return false;
	w->session.is_lost = false;
	zy_turns_begin(w->server->turns, w->n);
	us =
	    zy_signer_handle(w->server->signer, &w->session, c->caller, zy_reader_rest(&r), &c->out, &c->waiting.after);
	zy_turns_end(w->server->turns, w->n, us);
	zy_buf_free(&c->in);
	/* what was given up is not answered: its client asks the next process */
	*ok = !w->session.is_lost && !c->out.failed;
	if (*ok && c->waiting.after.seq > 0) {
		zy_answers_give(w->server->answers, &c->waiting);
		return true;
	}
	*ok = *ok && deliver(c);
	return false;
}

static void serve(struct worker *w, struct connection *c)
{
	bool whole = false, ok = c->out.len > 0 ? deliver(c) : receive(c, &whole);

	if (!ok || !whole || !sign(w, c, &ok))
		let_go(w->server, c, ok);
}

static void *work(void *arg)
{
	struct worker *w = arg;
	struct epoll_event e;

	for (;;) {
		int n;

		zy_turns_wait(w->server->turns, w->n);
		n = epoll_wait(w->server->epoll, &e, 1, -1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || e.data.ptr == NULL) /* time to leave */
			return NULL;
		serve(w, e.data.ptr);
	}
}

/* The socket's folder is closed to others already; a peer of another user is refused all the same. */
static bool peer_is_known(int fd, uid_t *uid)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0)
		return false;
	*uid = peer.uid;
	return peer.uid == geteuid() || peer.uid == 0;
}

/* Back-pressure: who finds the queue full is told so at once, before it has asked. */
static void refuse_busy(int fd)
{
	const struct timeval brief = { .tv_usec = 1000 };
	struct zy_error busy = { 0 }, ignored = { 0 };
	ZY_BUF_AUTO frame = { 0 };

	zy_fail_set(&busy, ZY_E_SIGNER_BUSY, "signer", ZY_NOWHERE,
	    "the signer serves %d connections already; ask again later", ZY_CONNECTIONS_MAX);
	zy_hsm_frame_begin(&frame);
	zy_hsm_answer_refuse(&frame, &busy);
	if (zy_hsm_frame_end(&frame, &ignored) && setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &brief, sizeof(brief)) == 0 &&
	    send(fd, frame.p, frame.len, MSG_NOSIGNAL) >= 0)
		shutdown(fd, SHUT_WR);
	close(fd);
}

static void take_connection(struct server *s, int listener, bool room)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct connection *c;
	uid_t caller;

	if (fd < 0)
		return;
	if (!peer_is_known(fd, &caller)) {
		zy_log(s->signer->log, ZY_LOG_WARNING, "peer-refused", NULL);
		close(fd);
		return;
	}
	if (!room) {
		refuse_busy(fd);
		return;
	}
	if ((c = calloc(1, sizeof(*c))) == NULL) {
		close(fd);
		return;
	}
	c->fd = fd;
	c->caller = caller;
	c->in.cap = ZY_HSM_FRAME_MAX + 4 + READ_LARGE;
	pthread_mutex_lock(&s->lock);
	c->next = s->connections;
	c->link = &s->connections;
	if (c->next != NULL)
		c->next->link = &c->next;
	s->connections = c;
	s->num++;
	pthread_mutex_unlock(&s->lock);
	if (!arm(s, c, EPOLL_CTL_ADD))
		drop(s, c);
}

/* Shuts connections whose request is overdue; the worker that wakes by it frees them. True: there is room for more. */
static bool sweep(struct server *s)
{
	long long now = monotonic_s();
	bool room;

	pthread_mutex_lock(&s->lock);
	for (struct connection *c = s->connections; c != NULL; c = c->next) {
		long long since = atomic_load(&c->since);

		if (since != 0 && now - since > ZY_REQUEST_S_MAX)
			shutdown(c->fd, SHUT_RDWR);
	}
	room = s->num < ZY_CONNECTIONS_MAX;
	pthread_mutex_unlock(&s->lock);
	return room;
}

/* Takes connections until `stop` is readable. */
static void accept_until(struct server *s, int listener, int stop)
{
	bool room = true;

	for (;;) {
		struct pollfd p[] = { { .fd = stop, .events = POLLIN }, { .fd = listener, .events = POLLIN } };

		if (poll(p, 2, ZY_TURNS_TICK_MS) < 0 && errno != EINTR)
			return;
		if (p[0].revents != 0)
			return;
		if (p[1].revents != 0)
			take_connection(s, listener, room);
		zy_turns_tick(s->turns);
		room = sweep(s);
	}
}

static unsigned start_workers(struct server *s, struct worker *workers, unsigned num)
{
	unsigned started = 0;

	while (started < num) {
		struct worker *w = &workers[started];

		w->server = s;
		w->n = started;
		zy_session_start(&w->session, s->signer->token);
		if (pthread_create(&w->id, NULL, work, w) != 0)
			break;
		started++;
	}
	return started;
}

static void stop_workers(struct server *s, struct worker *workers, unsigned num)
{
	uint64_t one = 1;

	zy_token_leave(s->signer->token);
	zy_turns_leave(s->turns);
	if (write(s->leave, &one, sizeof(one)) != sizeof(one))
		abort(); /* an eventfd takes its first count */
	for (unsigned i = 0; i < num; i++) {
		pthread_join(workers[i].id, NULL);
		zy_session_close(&workers[i].session);
	}
}

static bool serve_until(struct server *s, int listener, int stop, struct zy_error *err)
{
	struct epoll_event leave = { .events = EPOLLIN };
	unsigned num = s->signer->config->sessions, started;
	struct worker *workers;
	bool ok = true;

	if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->leave, &leave) != 0 ||
	    (workers = calloc(num, sizeof(*workers))) == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "server", ZY_NOWHERE, "no memory for the workers");
	if (!zy_turns_open(&s->turns, num, err) || !zy_answers_open(&s->answers, s->signer->journal, answer, s, err)) {
		zy_turns_close(s->turns);
		free(workers);
		return false;
	}
	started = start_workers(s, workers, num);
	if (started == num)
		accept_until(s, listener, stop);
	else
		ok = zy_fail(err, ZY_E_NO_MEMORY, "server", ZY_NOWHERE, "cannot start %u threads", num);
	stop_workers(s, workers, started);
	zy_answers_close(s->answers);
	zy_turns_close(s->turns);
	while (s->connections != NULL)
		drop(s, s->connections);
	free(workers);
	return ok;
}

bool zy_server_run(struct zy_signer *signer, int listener, int stop, struct zy_error *err)
{
	struct server s = { .signer = signer, .epoll = epoll_create1(EPOLL_CLOEXEC), .leave = eventfd(0, EFD_CLOEXEC) };
	bool ok;

	pthread_mutex_init(&s.lock, NULL);
	ok = s.epoll >= 0 && s.leave >= 0
		 ? serve_until(&s, listener, stop, err)
		 : zy_fail(err, ZY_E_IO, "server", ZY_NOWHERE, "no epoll: %s", strerror(errno));
	if (s.epoll >= 0)
		close(s.epoll);
	if (s.leave >= 0)
		close(s.leave);
	pthread_mutex_destroy(&s.lock);
	return ok;
}
