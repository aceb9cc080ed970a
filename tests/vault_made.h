/*
 * A vault for tests: a temporary folder, a clock that stands still until it is moved, a wrapper that does AES-256-GCM
 * in this process (tests only), and licences of invented people.
 */
#ifndef ZY_TESTS_VAULT_MADE_H
#define ZY_TESTS_VAULT_MADE_H

#include <stdatomic.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "zy/secret.h"
#include "zy/vault_care.h"

#define MADE_TYPE "11100000000013127D001"
#define MADE_ISSUER "12990100MB1234567X"
#define MADE_SCOPE MADE_TYPE "." MADE_ISSUER

/* At the head of a test of LMDB's own files, or of processes that die: the engine in memory has neither. */
#ifdef ZY_MEMORY_ENGINE
#define MADE_ON_DISK_ONLY() skip()
#define MADE_IN_MEMORY_ONLY() ((void)0)
#else
#define MADE_ON_DISK_ONLY() ((void)0)
#define MADE_IN_MEMORY_ONLY() skip() /* so many writes that a slow disk would take minutes */
#endif

struct made_wrapper {
	uint8_t key[32];
	_Atomic uint8_t generation; /* of the key; what it wraps begins with it */
	_Atomic unsigned unwraps;
};

static inline bool made_gcm(const uint8_t *key, bool seal, struct zy_bytes aad, struct zy_bytes in, struct zy_buf *out)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	size_t len = seal ? in.len : in.len - 28;
	uint8_t *at = zy_buf_extend(out, seal ? in.len + 28 : len), tag[16];
	struct zy_error err = { 0 };
	int n;
	bool ok;

	if (seal) {
		ok = zy_random(at, 12, &err) && EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, at) == 1 &&
		     EVP_EncryptUpdate(ctx, NULL, &n, aad.p, (int)aad.len) == 1 &&
		     EVP_EncryptUpdate(ctx, at + 12, &n, in.p, (int)in.len) == 1 &&
		     EVP_EncryptFinal_ex(ctx, at + 12 + n, &n) == 1 &&
		     EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, 16, at + 12 + len) == 1;
	} else {
		memcpy(tag, in.p + 12 + len, 16);
		ok = EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, in.p) == 1 &&
		     EVP_DecryptUpdate(ctx, NULL, &n, aad.p, (int)aad.len) == 1 &&
		     EVP_DecryptUpdate(ctx, at, &n, in.p + 12, (int)len) == 1 &&
		     EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, 16, tag) == 1 &&
		     EVP_DecryptFinal_ex(ctx, at + n, &n) == 1;
	}
	EVP_CIPHER_CTX_free(ctx);
	return ok;
}

static inline void made_generation(const struct made_wrapper *w, uint8_t generation, uint8_t key[32])
{
	memcpy(key, w->key, 32);
	key[31] ^= generation;
}

static inline bool made_wrap(
    void *arg, struct zy_bytes aad, struct zy_bytes in, struct zy_buf *out, struct zy_error *err)
{
	struct made_wrapper *w = arg;
	uint8_t key[32];

	made_generation(w, w->generation, key);
	zy_buf_put_u8(out, w->generation);
	return made_gcm(key, true, aad, in, out) || zy_fail(err, ZY_E_TOKEN, "token", ZY_NOWHERE, "cannot wrap");
}

static inline bool made_unwrap(
    void *arg, struct zy_bytes aad, struct zy_bytes in, struct zy_buf *out, struct zy_error *err)
{
	struct made_wrapper *w = arg;
	uint8_t key[32];

	w->unwraps++;
	made_generation(w, in.len == 0 ? 0 : in.p[0], key);
	return (in.len >= 29 && made_gcm(key, false, aad, ZY_BYTES(in.p + 1, in.len - 1), out)) ||
	       zy_fail(err, ZY_E_TOKEN, "token", ZY_NOWHERE, "cannot unwrap");
}

static inline bool made_is_current(void *arg, bool again, struct zy_bytes wrapped, bool *out, struct zy_error *err)
{
	struct made_wrapper *w = arg;

	(void)again, (void)err;
	*out = wrapped.len > 0 && wrapped.p[0] == w->generation;
	return true;
}

static inline zy_time made_now(void *arg)
{
	return *(zy_time *)arg;
}

struct made_vault {
	char folder[64];
	struct made_wrapper token;
	struct zy_wrapper wrapper;
	zy_time now;
	struct zy_clock clock;
	struct zy_vault *v;
};

static inline void made_fail(const char *what, const struct zy_error *err)
{
	fprintf(
	    stderr, "%s: %s: %s: %s\n", what, zy_code_name(err->code), err->field == NULL ? "" : err->field, err->msg);
	abort();
}

static inline void made_open(struct made_vault *m)
{
	struct zy_error err = { 0 };

	if (!zy_vault_open(&m->v, m->folder, &m->wrapper, &m->clock, 0, &err))
		made_fail("open", &err);
}

static inline void made_close(struct made_vault *m)
{
	zy_vault_close(m->v);
	m->v = NULL;
}

/* The folder alone, with no vault in it yet. */
/* Another process that has the vault open. LMDB takes the handles of one process for one and begins its table of
 * readers anew with the second; this keeps it from that. */
static inline pid_t made_neighbour(struct made_vault *m)
{
	struct zy_error err = { 0 };
	struct zy_vault *v;
	int pipes[2];
	char ready;
	pid_t child;

	if (pipe(pipes) != 0 || (child = fork()) < 0)
		abort();
	if (child == 0) {
		if (!zy_vault_open_beside(&v, m->folder, &m->wrapper, &m->clock, &err) || write(pipes[1], "r", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(pipes[1]);
	if (read(pipes[0], &ready, 1) != 1)
		abort();
	close(pipes[0]);
	return child;
}

static inline void made_neighbour_end(pid_t child)
{
	int status;

	kill(child, SIGKILL);
	waitpid(child, &status, 0);
}

static inline void made_folder(struct made_vault *m)
{
	*m = (struct made_vault){ .now = 1772323200 }; /* 2026-03-01T00:00:00Z */
	snprintf(m->folder, sizeof(m->folder), "/tmp/zy-vault-XXXXXX");
	if (mkdtemp(m->folder) == NULL)
		abort();
	memset(m->token.key, 7, sizeof(m->token.key));
	m->wrapper = (struct zy_wrapper){
		.wrap = made_wrap, .unwrap = made_unwrap, .is_current = made_is_current, .arg = &m->token
	};
	m->clock = (struct zy_clock){ .now = made_now, .arg = &m->now };
}

static inline void made_side(struct made_vault *m, bool secret, enum zy_suite suite)
{
	struct zy_error err = { 0 };

	made_folder(m);
	if (!(secret ? zy_vault_make_secret : zy_vault_make)(m->folder, suite, &m->wrapper, &err))
		made_fail("make", &err);
	made_open(m);
}

static inline void made_vault(struct made_vault *m, enum zy_suite suite)
{
	made_side(m, false, suite);
}

static inline void made_remove(struct made_vault *m)
{
	static const char *const names[] = { "data.mdb", "data.sums", "data.memory", "lock.mdb", "owner.lock", "check",
		"check.lock", "backed-up" };
	char path[128];

	zy_vault_close(m->v);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", m->folder, names[i]);
		unlink(path);
	}
	rmdir(m->folder);
}

/* An invented person; n 0..999. */
static inline struct zy_holder made_holder(unsigned n)
{
	struct zy_holder h = { .kind = ZY_HOLDER_CITIZEN };

	snprintf(h.number, sizeof(h.number), "99010019900101%03u", n % 1000);
	h.number[17] = zy_citizen_check_digit(h.number);
	return h;
}

static inline void made_identifier(uint64_t serial, unsigned version, char out[ZY_IDENTIFIER_MAX + 1])
{
	struct zy_identifier id = { .type = MADE_TYPE, .issuer = MADE_ISSUER, .version = version };
	struct zy_error err = { 0 };

	snprintf(id.serial, sizeof(id.serial), "%09llu", (unsigned long long)serial);
	if (!zy_identifier_encode(&id, out, &err))
		made_fail("identifier", &err);
}

/* Bytes that a seed decides, so that a reader knows what it must find. */
static inline void made_bytes(uint8_t *out, size_t len, uint64_t seed)
{
	uint64_t x = seed * 0x9e3779b97f4a7c15u + 1;

	for (size_t i = 0; i < len; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		out[i] = (uint8_t)x;
	}
}

static inline bool made_intend(struct made_vault *m, const char *request, uint8_t asked, const char *scope,
    struct zy_intent *out, struct zy_error *err)
{
	uint8_t digest[ZY_HASH_LEN];

	memset(digest, asked, sizeof(digest));
	return zy_vault_intend(m->v, request, digest, scope, out, err);
}

/* Commits serial and version for person n under a request key, with two files of the given length. */
static inline bool made_commit(struct made_vault *m, const char *request, uint64_t serial, unsigned version, unsigned n,
    size_t len, struct zy_error *err)
{
	char identifier[ZY_IDENTIFIER_MAX + 1];
	uint8_t *bytes = malloc(len + 900);
	struct zy_holder h = made_holder(n);
	struct zy_vault_file files[] = { { 1, ZY_BYTES(bytes, len) }, { 2, ZY_BYTES(bytes, len / 2) } };
	struct zy_version_new v = { .request = request,
		.identifier = identifier,
		.holder = &h,
		.type_code = MADE_TYPE,
		.record = ZY_BYTES(bytes + len, 900),
		.files = files,
		.num_files = 2,
		.valid_from = m->now,
		.valid_to = ZY_TIME_NEVER };
	bool ok;

	made_identifier(serial, version, identifier);
	made_bytes(bytes, len + 900, serial * 1000 + version);
	ok = zy_vault_commit(m->v, &v, err);
	free(bytes);
	return ok;
}

/* Intends and commits version 1 with the next serial; the identifier in out. */
static inline bool made_mint(struct made_vault *m, const char *request, unsigned n, size_t len,
    char out[ZY_IDENTIFIER_MAX + 1], struct zy_error *err)
{
	struct zy_intent in;

	if (!made_intend(m, request, 1, MADE_SCOPE, &in, err) || !made_commit(m, request, in.serial, 1, n, len, err))
		return false;
	made_identifier(in.serial, 1, out);
	return true;
}

#endif
