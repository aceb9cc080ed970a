/*
 * vault: many small versions in a vault of their own, put, opened and got, beside what the machine gives without a
 * vault. A version is a record of 900 octets and two files of 1,500, of one of 1,000 holders; a put is its intent and
 * its commit, two acknowledged transactions. No licence is drawn or signed: the signer is asked for
 * the wrapping of each holder's key, once.
 */
#include "bench.h"

#include <fcntl.h>
#include <lmdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HOLDERS = 1000, RECORD = 900, FILE_LEN = 1500, BYTES = RECORD + 2 * FILE_LEN, TENTHS = 10 };

struct many {
	struct zy_bench *b;
	char folder[300], plain[300];
	struct zy_vault *vault;
	struct zy_identifier id;
	uint8_t bytes[BYTES];
	struct zy_vault_file files[2];
	MDB_env *env; /* the raw store */
	MDB_dbi dbi;
	int fd; /* of the raw file */
};

static struct zy_holder holder_of(uint64_t i)
{
	struct zy_holder h = { .kind = ZY_HOLDER_CITIZEN };

	snprintf(h.number, sizeof(h.number), "99010019900101%03u", (unsigned)(i % HOLDERS));
	h.number[17] = zy_citizen_check_digit(h.number);
	return h;
}

static bool put(void *arg, uint64_t i, struct zy_error *err)
{
	struct many *m = arg;
	const struct zy_bench_store one = { .vault = m->vault,
		.type_code = m->b->type->code,
		.id = m->id,
		.holder = holder_of(i),
		.record = ZY_BYTES(m->bytes, RECORD),
		.files = m->files,
		.num_files = 2 };
	char name[ZY_IDENTIFIER_MAX + 1];

	return zy_bench_store(&one, i, name, err);
}

/* Anywhere among all: serials count from 1. */
static uint64_t scattered(const struct many *m, uint64_t i)
{
	return (i * 0x9e3779b97f4a7c15u >> 11) % m->b->records;
}

static bool get(void *arg, uint64_t i, struct zy_error *err)
{
	struct many *m = arg;
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

static bool write_raw(void *arg, uint64_t i, struct zy_error *err)
{
	struct many *m = arg;

	return (pwrite(m->fd, m->bytes, BYTES, (off_t)(i * BYTES)) == BYTES && fdatasync(m->fd) == 0) ||
	       zy_fail(err, ZY_E_IO, "bench", ZY_NOWHERE, "cannot write %s", m->plain);
}

static bool get_raw(void *arg, uint64_t i, struct zy_error *err)
{
	struct many *m = arg;
	uint64_t at = scattered(m, i);
	MDB_val k = { .mv_size = sizeof(at), .mv_data = &at }, v;
	uint8_t room[BYTES];
	MDB_txn *txn;
	int rc = mdb_txn_begin(m->env, NULL, MDB_RDONLY, &txn);

	if (rc != 0)
		return fail_raw(rc, err);
	if ((rc = mdb_get(txn, m->dbi, &k, &v)) == 0)
		memcpy(room, v.mv_data, v.mv_size < BYTES ? v.mv_size : BYTES);
	mdb_txn_abort(txn);
	return rc == 0 || fail_raw(rc, err);
}

/* As many values of the same bytes; how they come in is not measured, so nothing is synced. */
static bool fill_raw(struct many *m, struct zy_error *err)
{
	enum { TOGETHER = 20000 };
	MDB_txn *txn = NULL;
	int rc;

	if ((rc = mdb_env_create(&m->env)) != 0 || (rc = mdb_env_set_mapsize(m->env, (size_t)256 << 30)) != 0 ||
	    (rc = mdb_env_open(m->env, m->plain, MDB_NORDAHEAD | MDB_NOTLS | MDB_NOSYNC, 0600)) != 0)
		return fail_raw(rc, err);
	for (uint64_t i = 0; rc == 0 && i < m->b->records; i++) {
		MDB_val k = { .mv_size = sizeof(i), .mv_data = &i }, v = { .mv_size = BYTES, .mv_data = m->bytes };

		if (txn == NULL && ((rc = mdb_txn_begin(m->env, NULL, 0, &txn)) != 0 ||
				       (rc = mdb_dbi_open(txn, NULL, MDB_INTEGERKEY, &m->dbi)) != 0))
			break;
		rc = mdb_put(txn, m->dbi, &k, &v, MDB_APPEND);
		if (rc == 0 && (i % TOGETHER == TOGETHER - 1 || i + 1 == m->b->records)) {
			rc = mdb_txn_commit(txn);
			txn = NULL;
		}
	}
	if (txn != NULL)
		mdb_txn_abort(txn);
	return rc == 0 || fail_raw(rc, err);
}

static bool prepare(struct zy_bench *b, struct many *m, struct zy_error *err)
{
	const struct zy_wrapper w = zy_wrapping_of(&b->desk.wrapping);

	*m = (struct many){ .b = b, .fd = -1 };
	snprintf(m->folder, sizeof(m->folder), "%s/many", b->folder);
	snprintf(m->plain, sizeof(m->plain), "%s/raw", b->folder);
	for (size_t i = 0; i < 2; i++)
		m->files[i] = (struct zy_vault_file){ .form = (unsigned)i + 1,
			.bytes = ZY_BYTES(m->bytes + RECORD + i * FILE_LEN, FILE_LEN) };
	if (!zy_bench_samples(b, err) || !zy_identifier_parse(&m->id, zy_str(b->samples[0].identifier), NULL, err) ||
	    !zy_random(m->bytes, sizeof(m->bytes), err) || !zy_vault_make(m->folder, ZY_SUITE_GM, &w, err) ||
	    !zy_vault_open(&m->vault, m->folder, &w, b->desk.clock, 0, err))
		return false;
	if (mkdir(m->plain, 0700) != 0)
		return zy_fail(err, ZY_E_IO, "bench", ZY_NOWHERE, "cannot make %s", m->plain);
	return true;
}

static bool put_all(struct many *m, struct zy_bench_result *r, struct zy_error *err)
{
	const uint64_t num = m->b->records, step = num < TENTHS ? 1 : num / TENTHS;
	const double start = zy_bench_now_s();
	double first = 0, last = 0;
	struct zy_vault_counts n;
	uint64_t from = 0;

	for (; from < num; from += step) {
		uint64_t left = num - from;

		if (!zy_bench_times(
			m->b->threads, from, left < step ? left : step, put, m, from == 0 ? &first : &last, err))
			return false;
	}
	r->ours = (double)num / (zy_bench_now_s() - start);
	r->threads = m->b->threads;
	if (!zy_vault_count(m->vault, &n, err))
		return false;
	r->more = json_pack("{s:I, s:i, s:f, s:f, s:f}", "records", (json_int_t)num, "bytes", (int)BYTES, "first_tenth",
	    first, "last_tenth", last, "overhead_bytes", (double)n.used_bytes / (double)num - BYTES);
	return true;
}

static bool bench_puts(struct many *m, struct zy_error *err)
{
	struct zy_bench_result r = { .name = "vault-puts", .raw_name = "write + fdatasync, one thread" };
	double sm2 = 0;
	unsigned sessions = 0;
	char path[320];

	snprintf(path, sizeof(path), "%s/file", m->plain);
	m->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (m->fd < 0)
		return zy_fail(err, ZY_E_IO, "bench", ZY_NOWHERE, "cannot make %s", path);
	if (!zy_bench_rate(m->b, 1, write_raw, m, &r.raw, err) ||
	    !zy_hsm_bench(m->b->desk.hsm, m->b->rule->seal_key, m->b->seconds, &sm2, &sessions, err) ||
	    !put_all(m, &r, err))
		return false;
	json_object_set_new(r.more, "C_Sign", json_real(sm2));
	if (!m->b->cli.json)
		printf("%-20s %9.0f octets beyond the version's %d each; first tenth %.0f/s, last %.0f/s; C_Sign SM2 "
		       "%.0f/s\n",
		    "vault", json_real_value(json_object_get(r.more, "overhead_bytes")), BYTES,
		    json_real_value(json_object_get(r.more, "first_tenth")),
		    json_real_value(json_object_get(r.more, "last_tenth")), sm2);
	zy_bench_print(m->b, &r);
	return true;
}

/* Closed and opened again: what a start costs with that many. */
static bool open_again(struct many *m, double *ms, struct zy_error *err)
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

static bool bench_gets(struct many *m, struct zy_error *err)
{
	struct zy_bench_result r = { .name = "vault-gets", .raw_name = "mdb_get of the bytes" };
	double ms;

	if (!open_again(m, &ms, err) || !fill_raw(m, err) || !zy_bench_beside(m->b, get, get_raw, m, &r, err))
		return false;
	if (!m->b->cli.json)
		printf("%-20s %9.1f ms to open with %llu records\n", "vault", ms, (unsigned long long)m->b->records);
	r.more = json_pack("{s:I, s:f}", "records", (json_int_t)m->b->records, "open_ms", ms);
	zy_bench_print(m->b, &r);
	return true;
}

bool zy_bench_vault(struct zy_bench *b, struct zy_error *err)
{
	struct many m;
	bool ok = prepare(b, &m, err) && bench_puts(&m, err) && bench_gets(&m, err);

	zy_vault_close(m.vault);
	if (m.env != NULL)
		mdb_env_close(m.env);
	if (m.fd >= 0)
		close(m.fd);
	return ok;
}
