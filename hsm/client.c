#include "zy/hsm.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "protocol.h"
#include "run.h"
#include "zy/cbor.h"

#define IDLE_MAX 64
#define TIMEOUT_S 30
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
	*out = h;
	return true;
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

static bool fail_absent(struct zy_error *err, const char *token, const char *why)
{
	return zy_fail(err, ZY_E_SIGNER_ABSENT, "token", ZY_NOWHERE,
	    "the signer of token \"%s\" does not answer (%s); `zhengyin up` starts it", token, why);
}

static bool connect_to(struct zy_hsm *h, const char *token, int *out, struct zy_error *err)
{
	const struct timeval timeout = { .tv_sec = TIMEOUT_S };
	int folder = open(h->run, O_PATH | O_DIRECTORY | O_CLOEXEC), fd = -1, saved;
	struct sockaddr_un address = zy_run_address(folder, token);
	bool ok = folder >= 0 && (fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) >= 0 &&
		  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)) == 0 &&
		  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout)) == 0 &&
		  connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0;

	saved = errno;
	if (folder >= 0)
		close(folder);
	if (ok) {
		*out = fd;
		return true;
	}
	if (fd >= 0)
		close(fd);
	return fail_absent(err, token, strerror(saved));
}

enum outcome { ANSWERED, GONE, FAILED }; /* GONE: the connection was closed before a byte of the answer */

static enum outcome send_all(int fd, struct zy_bytes frame, const char *token, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(frame);
	struct zy_bytes done;

	while (zy_reader_left(&r) > 0) {
		ssize_t n = send(fd, zy_reader_rest(&r).p, zy_reader_left(&r), MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EPIPE || errno == ECONNRESET))
			return GONE;
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
		if (reply->len == 0 && (n == 0 || (n < 0 && why == ECONNRESET)))
			return GONE;
		if (n <= 0) {
			fail_absent(err, token,
			    n == 0          ? "it went away in the middle of an answer"
			    : why == EAGAIN ? "no answer in 30 s"
					    : strerror(why));
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

/* Signing again does no harm, so what a stopped signer left unanswered on a pooled connection is asked once more, on a
 * new one. generate makes something: it always takes a new connection and is asked once. */
static bool exchange(struct zy_hsm *h, const char *token, bool only_once, struct zy_bytes frame, struct zy_buf *reply,
    struct zy_error *err)
{
	int fd = only_once ? -1 : take_idle(h, token);
	bool was_idle = fd >= 0;
	enum outcome o;

	for (;;) {
		if (fd < 0 && !connect_to(h, token, &fd, err))
			return false;
		o = send_all(fd, frame, token, err);
		if (o == ANSWERED)
			o = receive_all(fd, reply, token, err);
		if (o == ANSWERED) {
			give_back(h, token, fd);
			return true;
		}
		close(fd);
		fd = -1;
		if (o == FAILED)
			return false;
		if (!was_idle)
			return fail_absent(err, token, "it closed the connection");
		was_idle = false;
		forget_idle(h, token);
	}
}

/* One question; the answer's result is a view into reply, which the caller wipes by zy_buf_free. */
static bool ask(struct zy_hsm *h, const char *token, const struct zy_hsm_request *q, struct zy_buf *reply,
    struct zy_reader *result, struct zy_error *err)
{
	ZY_BUF_AUTO frame = { 0 };
	struct zy_hsm_answer a;
	struct zy_bytes head;
	struct zy_reader r;

	zy_hsm_frame_begin(&frame);
	zy_hsm_request_encode(q, &frame);
	if (!zy_hsm_frame_end(&frame, err) ||
	    !exchange(h, token, q->op == ZY_OP_GENERATE || q->op == ZY_OP_LIFE, zy_buf_bytes(&frame), reply, err))
		return false;
	r = zy_reader_over(zy_buf_bytes(reply));
	if (!zy_take(&r, 4, "frame", &head, err) || !zy_hsm_answer_parse(&a, zy_reader_rest(&r), err))
		return false;
	if (a.code != ZY_OK)
		return zy_fail(err, a.code, a.field, ZY_NOWHERE, "%.*s", (int)a.message.len, (const char *)a.message.p);
	*result = zy_reader_over(a.result);
	return true;
}

/* The same for a question about a key: its name picks the signer. */
static bool ask_key(struct zy_hsm *h, const char *key, struct zy_hsm_request *q, struct zy_buf *reply,
    struct zy_reader *result, struct zy_error *err)
{
	struct zy_key_uri uri;

	q->key = zy_str(key);
	return zy_key_uri_parse(&uri, q->key, err) && ask(h, uri.token, q, reply, result, err);
}

bool zy_hsm_ping(struct zy_hsm *h, const char *token, struct zy_error *err)
{
	struct zy_hsm_request q = { .op = ZY_OP_PING };
	ZY_BUF_AUTO reply = { 0 };
	struct zy_reader r;
	struct zy_bytes name;

	return zy_token_name_check(zy_str(token), err) && ask(h, token, &q, &reply, &r, err) &&
	       zy_cbor_tstr(&r, ZY_TOKEN_NAME_MAX, "answer", &name, err);
}

static struct zy_bytes optional(const char *s)
{
	return s == NULL ? (struct zy_bytes){ 0 } : zy_str(s);
}

bool zy_hsm_sign(struct zy_hsm *h, const struct zy_sign_request *s, uint8_t rs[64], struct zy_error *err)
{
	struct zy_hsm_request q = { .op = ZY_OP_SIGN,
		.uses = (unsigned)s->use,
		.message = s->message,
		.esID = optional(s->esID),
		.item_code = optional(s->item_code) };
	ZY_BUF_AUTO reply = { 0 };
	struct zy_reader r;
	struct zy_bytes v;

	if (s->message.len > ZY_HSM_MESSAGE_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "message", ZY_NOWHERE,
		    "the signer takes messages of at most %zu bytes", ZY_HSM_MESSAGE_MAX);
	if (!ask_key(h, s->key, &q, &reply, &r, err) || !zy_cbor_bstr_exact(&r, 64, "answer", &v, err))
		return false;
	memcpy(rs, v.p, 64);
	return true;
}

bool zy_hsm_generate(struct zy_hsm *h, const char *key, enum zy_key_kind kind, unsigned uses, struct zy_error *err)
{
	struct zy_hsm_request q = { .op = ZY_OP_GENERATE, .kind = kind, .uses = uses };
	ZY_BUF_AUTO reply = { 0 };
	struct zy_reader r;

	return ask_key(h, key, &q, &reply, &r, err) && zy_cbor_null(&r, "answer", err);
}

static bool take_kind(struct zy_reader *r, enum zy_key_kind *out, struct zy_error *err)
{
	struct zy_bytes name;

	return zy_cbor_tstr(r, ZY_HSM_NAME_MAX, "answer", &name, err) &&
	       (zy_key_kind_from_name(name, out) ||
		   zy_fail(err, ZY_E_CBOR, "answer", ZY_NOWHERE, "the signer names a kind of key not known here"));
}

bool zy_hsm_public(struct zy_hsm *h, const char *key, enum zy_key_kind *kind, uint8_t point[65], struct zy_error *err)
{
	struct zy_hsm_request q = { .op = ZY_OP_PUBLIC };
	ZY_BUF_AUTO reply = { 0 };
	struct zy_reader r;
	struct zy_bytes v;

	if (!ask_key(h, key, &q, &reply, &r, err) || !zy_cbor_array_exact(&r, 2, "answer", err) ||
	    !take_kind(&r, kind, err) || !zy_cbor_bstr_exact(&r, 65, "answer", &v, err))
		return false;
	memcpy(point, v.p, 65);
	return true;
}

static bool take_key(struct zy_reader *r, struct zy_hsm_key *out, struct zy_arena *a, struct zy_error *err)
{
	struct zy_bytes label, state, life;
	uint64_t uses;

	if (!zy_cbor_array_exact(r, 6, "answer", err) || !zy_cbor_tstr(r, ZY_KEY_LABEL_MAX, "answer", &label, err) ||
	    !take_kind(r, &out->kind, err) || !zy_cbor_uint(r, ZY_USE_ALL, "answer", &uses, err) ||
	    !zy_cbor_tstr(r, ZY_HSM_NAME_MAX, "answer", &state, err) ||
	    !zy_cbor_tstr(r, ZY_KEY_LIFE_TEXT, "answer", &life, err) || !zy_key_life_parse(&out->life, life, err) ||
	    !zy_cbor_bool(r, "answer", &out->can_leave, err))
		return false;
	if (!zy_key_state_from_name(state, &out->state))
		return zy_fail(
		    err, ZY_E_CBOR, "answer", ZY_NOWHERE, "the signer names a state of a key not known here");
	out->uses = (unsigned)uses;
	out->label = zy_arena_text(a, label, err);
	return out->label != NULL;
}

bool zy_hsm_list(struct zy_hsm *h, const char *token, struct zy_arena *a, const struct zy_hsm_key **keys, size_t *num,
    struct zy_error *err)
{
	struct zy_hsm_request q = { .op = ZY_OP_LIST };
	ZY_BUF_AUTO reply = { 0 };
	struct zy_hsm_key *list;
	struct zy_reader r;
	size_t n;

	if (!zy_token_name_check(zy_str(token), err) || !ask(h, token, &q, &reply, &r, err) ||
	    !zy_cbor_array(&r, ZY_HSM_KEYS_MAX, "answer", &n, err) ||
	    (list = zy_arena_array(a, n, sizeof(*list), err)) == NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!take_key(&r, &list[i], a, err))
			return false;
	*keys = list;
	*num = n;
	return true;
}

bool zy_hsm_life(
    struct zy_hsm *h, const char *key, enum zy_key_event event, zy_time at, uint64_t overlap_s, struct zy_error *err)
{
	struct zy_hsm_request q = { .op = ZY_OP_LIFE, .event = event, .at = at, .overlap_s = overlap_s };
	ZY_BUF_AUTO reply = { 0 };
	struct zy_reader r;

	return ask_key(h, key, &q, &reply, &r, err) && zy_cbor_null(&r, "answer", err);
}

bool zy_hsm_current(struct zy_hsm *h, const char *key, struct zy_arena *a, const char **uri, struct zy_error *err)
{
	struct zy_hsm_request q = { .op = ZY_OP_CURRENT };
	ZY_BUF_AUTO reply = { 0 };
	ZY_BUF_AUTO text = { 0 };
	struct zy_key_uri name;
	struct zy_reader r;
	struct zy_bytes label;

	if (!zy_key_uri_parse(&name, zy_str(key), err) || !ask_key(h, key, &q, &reply, &r, err) ||
	    !zy_cbor_tstr(&r, ZY_KEY_LABEL_MAX, "answer", &label, err))
		return false;
	memcpy(name.label, label.p, label.len);
	name.label[label.len] = 0;
	*uri = zy_key_uri_encode(&name, &text, err) ? zy_arena_text(a, zy_buf_bytes(&text), err) : NULL;
	return *uri != NULL;
}

bool zy_hsm_csr(struct zy_hsm *h, const char *key, struct zy_bytes info, uint8_t rs[64], struct zy_error *err)
{
	struct zy_hsm_request q = { .op = ZY_OP_CSR, .message = info };
	ZY_BUF_AUTO reply = { 0 };
	struct zy_reader r;
	struct zy_bytes v;

	if (!ask_key(h, key, &q, &reply, &r, err) || !zy_cbor_bstr_exact(&r, 64, "answer", &v, err))
		return false;
	memcpy(rs, v.p, 64);
	return true;
}

static bool wrap_or_unwrap(struct zy_hsm *h, enum zy_hsm_op op, const char *key, struct zy_bytes aad,
    struct zy_bytes in, struct zy_buf *out, struct zy_error *err)
{
	struct zy_hsm_request q = { .op = op, .message = in, .aad = aad };
	ZY_BUF_AUTO reply = { 0 };
	struct zy_reader r;
	struct zy_bytes v;

	if (aad.len > ZY_HSM_AAD_MAX || in.len > ZY_HSM_MESSAGE_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "message", ZY_NOWHERE,
		    "the signer wraps at most %zu bytes under %zu", ZY_HSM_MESSAGE_MAX, ZY_HSM_AAD_MAX);
	if (!ask_key(h, key, &q, &reply, &r, err) || !zy_cbor_bstr(&r, ZY_HSM_FRAME_MAX, "answer", &v, err))
		return false;
	zy_buf_put(out, v);
	return zy_buf_done(out, "message", err);
}

bool zy_hsm_wrap(struct zy_hsm *h, const char *key, struct zy_bytes aad, struct zy_bytes in, struct zy_buf *out,
    struct zy_error *err)
{
	return wrap_or_unwrap(h, ZY_OP_WRAP, key, aad, in, out, err);
}

bool zy_hsm_unwrap(struct zy_hsm *h, const char *key, struct zy_bytes aad, struct zy_bytes in, struct zy_buf *out,
    struct zy_error *err)
{
	return wrap_or_unwrap(h, ZY_OP_UNWRAP, key, aad, in, out, err);
}

bool zy_hsm_bench(
    struct zy_hsm *h, const char *key, unsigned seconds, double *per_second, unsigned *sessions, struct zy_error *err)
{
	struct zy_hsm_request q = { .op = ZY_OP_BENCH, .seconds = seconds };
	ZY_BUF_AUTO reply = { 0 };
	uint64_t signatures, microseconds, n;
	struct zy_reader r;

	if (!ask_key(h, key, &q, &reply, &r, err) || !zy_cbor_array_exact(&r, 3, "answer", err) ||
	    !zy_cbor_uint(&r, UINT32_MAX, "answer", &signatures, err) ||
	    !zy_cbor_uint(&r, UINT32_MAX, "answer", &microseconds, err) ||
	    !zy_cbor_uint(&r, ZY_SESSIONS_MAX, "answer", &n, err))
		return false;
	if (microseconds == 0)
		return zy_fail(err, ZY_E_CBOR, "answer", ZY_NOWHERE, "the signer's bench took no time");
	*per_second = (double)signatures * 1e6 / (double)microseconds;
	*sessions = (unsigned)n;
	return true;
}
