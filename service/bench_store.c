/*
 * A version is a record of 900 octets and two files, of one of 1,000 holders; a put is its intent and its commit, two
 * acknowledged transactions. No licence is drawn or signed: the signer is asked for the wrapping of each holder's key,
 * once.
 */
#include "bench_many.h"

#include <fcntl.h>
#include <lmdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RAW_PLACES = 64 };

struct zy_many_raw {
	MDB_env *env;
	MDB_dbi dbi;
};

static struct zy_holder holder_of(uint64_t i)
{
	struct zy_holder h = { .kind = ZY_HOLDER_CITIZEN };

	snprintf(h.number, sizeof(h.number), "99010019900101%03u", (unsigned)(i % ZY_MANY_HOLDERS));
	h.number[17] = zy_citizen_check_digit(h.number);
	return h;
}

bool zy_many_put(void *arg, uint64_t i, struct zy_error *err)
{
	struct zy_many *m = arg;
	const struct zy_bench_store one = { .vault = m->vault,
		.type_code = m->b->type->code,
		.id = m->id,
		.holder = holder_of(i),
		.record = ZY_BYTES(m->bytes, ZY_MANY_RECORD),
		.files = m->files,
		.num_files = 2 };
	char name[ZY_IDENTIFIER_MAX + 1];

	return zy_bench_store(&one, i, name, err);
}

/* Anywhere among all: serials count from 1. */
static uint64_t scattered(const struct zy_many *m, uint64_t i)
{
	return (i * 0x9e3779b97f4a7c15u >> 11) % m->stored;
}

bool zy_many_get(void *arg, uint64_t i, struct zy_error *err)
{
	struct zy_many *m = arg;
	struct zy_identifier id = m->id;
	char name[ZY_IDENTIFIER_MAX + 1];
	ZY_ARENA_AUTO a = { 0 };
	struct zy_version v;

	snprintf(id.serial, sizeof(id.serial), "9%011llu", (unsigned long long)scattered(m, i) + 1);
	return zy_identifier_encode(&id, name, err) &&
	       zy_vault_get(m->vault, name, 0, ZY_TIME_NEVER, true, &a, &v, err);
}

static bool fail_raw(int rc, struct zy_error *err)
{
	return zy_fail(err, ZY_E_IO, "bench", ZY_NOWHERE, "the raw store: %s", mdb_strerror(rc));
}

bool zy_many_write(void *arg, uint64_t i, struct zy_error *err)
{
	struct zy_many *m = arg;

	(void)i;
	return (pwrite(m->fd, m->bytes, m->len, (off_t)(m->written++ % RAW_PLACES * m->len)) == (ssize_t)m->len &&
		   fdatasync(m->fd) == 0) ||
	       zy_fail(err, ZY_E_IO, "bench", ZY_NOWHERE, "cannot write in %s", m->plain);
}

bool zy_many_get_raw(void *arg, uint64_t i, struct zy_error *err)
{
	struct zy_many *m = arg;
	uint64_t at = scattered(m, i);
	MDB_val k = { .mv_size = sizeof(at), .mv_data = &at }, v;
	uint8_t room[sizeof(m->bytes)];
	MDB_txn *txn;
	int rc = mdb_txn_begin(m->raw->env, NULL, MDB_RDONLY, &txn);

	if (rc != 0)
		return fail_raw(rc, err);
	if ((rc = mdb_get(txn, m->raw->dbi, &k, &v)) == 0)
		memcpy(room, v.mv_data, v.mv_size < m->len ? v.mv_size : m->len);
	mdb_txn_abort(txn);
	return rc == 0 || fail_raw(rc, err);
}

bool zy_many_fill_raw(struct zy_many *m, struct zy_error *err)
{
	enum { TOGETHER = 20000 };
	MDB_txn *txn = NULL;
	int rc = 0;

	for (uint64_t i = m->stored_raw; rc == 0 && i < m->stored; i++) {
		MDB_val k = { .mv_size = sizeof(i), .mv_data = &i }, v = { .mv_size = m->len, .mv_data = m->bytes };

		if (txn == NULL && ((rc = mdb_txn_begin(m->raw->env, NULL, 0, &txn)) != 0 ||
				       (rc = mdb_dbi_open(txn, NULL, MDB_INTEGERKEY, &m->raw->dbi)) != 0))
			break;
		rc = mdb_put(txn, m->raw->dbi, &k, &v, MDB_APPEND);
		if (rc == 0 && (i % TOGETHER == TOGETHER - 1 || i + 1 == m->stored)) {
			rc = mdb_txn_commit(txn);
			txn = NULL;
		}
	}
	if (txn != NULL)
		mdb_txn_abort(txn);
	m->stored_raw = m->stored;
	return rc == 0 || fail_raw(rc, err);
}

static bool open_raw(struct zy_many *m, struct zy_error *err)
{
	char path[320];
	int rc;

	if (mkdir(m->plain, 0700) != 0 || (m->raw = calloc(1, sizeof(*m->raw))) == NULL)
		return zy_fail(err, ZY_E_IO, "bench", ZY_NOWHERE, "cannot make %s", m->plain);
	snprintf(path, sizeof(path), "%s/file", m->plain);
	if ((m->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) < 0)
		return zy_fail(err, ZY_E_IO, "bench", ZY_NOWHERE, "cannot make %s", path);
	rc = mdb_env_create(&m->raw->env);
	if (rc == 0 && (rc = mdb_env_set_mapsize(m->raw->env, (size_t)512 << 30)) == 0)
		rc = mdb_env_open(m->raw->env, m->plain, MDB_NORDAHEAD | MDB_NOTLS | MDB_NOSYNC, 0600);
	return rc == 0 || fail_raw(rc, err);
}

bool zy_many_open(struct zy_many *m, struct zy_bench *b, struct zy_error *err)
{
	const struct zy_wrapper w = zy_wrapping_of(&b->desk.wrapping);

	*m = (struct zy_many){ .b = b, .fd = -1, .len = ZY_MANY_RECORD + 2 * (size_t)b->file_bytes };
	snprintf(m->folder, sizeof(m->folder), "%s/many", b->folder);
	snprintf(m->plain, sizeof(m->plain), "%s/raw", b->folder);
	for (size_t i = 0; i < 2; i++)
		m->files[i] = (struct zy_vault_file){ .form = (unsigned)i + 1,
			.bytes = ZY_BYTES(m->bytes + ZY_MANY_RECORD + i * b->file_bytes, b->file_bytes) };
	return zy_bench_samples(b, err) && zy_identifier_parse(&m->id, zy_str(b->samples[0].identifier), NULL, err) &&
	       zy_random(m->bytes, sizeof(m->bytes), err) && zy_vault_make(m->folder, b->desk.home.suite, &w, err) &&
	       zy_vault_open(&m->vault, m->folder, &w, b->desk.clock, 0, err) && open_raw(m, err);
}

void zy_many_close(struct zy_many *m)
{
	zy_vault_close(m->vault);
	if (m->raw != NULL && m->raw->env != NULL)
		mdb_env_close(m->raw->env);
	free(m->raw);
	if (m->fd >= 0)
		close(m->fd);
}

bool zy_many_open_again(struct zy_many *m, double *ms, struct zy_error *err)
{
	const struct zy_wrapper w = zy_wrapping_of(&m->b->desk.wrapping);
	double start;

	zy_vault_close(m->vault);
	m->vault = NULL;
	start = zy_bench_now_s();
	if (!zy_vault_open(&m->vault, m->folder, &w, m->b->desk.clock, 0, err))
		return false;
	*ms = (zy_bench_now_s() - start) * 1e3;
	return true;
}
