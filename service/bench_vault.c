/* vault-put, vault-get: versions with both files, beside the same bytes in plain files. */
#include "bench.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SCOPE "bench"

struct storing {
	struct zy_bench *b;
	struct zy_identifier id;
	struct zy_version version;
	struct zy_holder holder;
	size_t bytes;
	int fd; /* of the plain file */
};

bool zy_bench_store(const struct zy_bench_store *s, uint64_t i, char name[ZY_IDENTIFIER_MAX + 1], struct zy_error *err)
{
	struct zy_identifier id = s->id;
	struct zy_intent intent;
	uint8_t asked[ZY_HASH_LEN] = { 0 };
	char request[40];
	struct zy_version_new n = { .request = request,
		.identifier = name,
		.holder = &s->holder,
		.type_code = s->type_code,
		.record = s->record,
		.files = s->files,
		.num_files = s->num_files,
		.valid_to = ZY_TIME_NEVER };

	snprintf(request, sizeof(request), "put-%llu", (unsigned long long)i);
	if (!zy_vault_intend(s->vault, request, asked, SCOPE, &intent, err))
		return false;
	snprintf(id.serial, sizeof(id.serial), "9%011llu", (unsigned long long)intent.serial);
	return zy_identifier_encode(&id, name, err) && zy_vault_commit(s->vault, &n, err);
}

static bool put(void *arg, uint64_t i, struct zy_error *err)
{
	const struct storing *s = arg;
	const struct zy_bench_store one = { .vault = s->b->desk.vault,
		.type_code = s->b->type->code,
		.id = s->id,
		.holder = s->holder,
		.record = s->version.record,
		.files = s->version.files,
		.num_files = s->version.num_files };
	char name[ZY_IDENTIFIER_MAX + 1];

	return zy_bench_store(&one, i, name, err);
}

static bool write_sync(void *arg, uint64_t i, struct zy_error *err)
{
	struct storing *s = arg;
	bool ok = true;

	for (size_t k = 0; ok && k < s->version.num_files; k++) {
		const struct zy_bytes v = s->version.files[k].bytes;

		ok = pwrite(s->fd, v.p, v.len, (off_t)(i % 64 * s->bytes)) == (ssize_t)v.len;
	}
	return (ok && fdatasync(s->fd) == 0) || zy_fail(err, ZY_E_IO, "bench", ZY_NOWHERE, "cannot write");
}

static bool get(void *arg, uint64_t i, struct zy_error *err)
{
	struct storing *s = arg;
	ZY_ARENA_AUTO a = { 0 };
	struct zy_version v;

	return zy_vault_get(
	    s->b->desk.vault, s->b->samples[i % s->b->num_samples].identifier, 0, ZY_TIME_NEVER, true, &a, &v, err);
}

static bool read_plain(void *arg, uint64_t i, struct zy_error *err)
{
	struct storing *s = arg;
	ZY_ARENA_AUTO a = { 0 };
	uint8_t *room = zy_arena_alloc(&a, s->bytes, err);

	return room != NULL && (pread(s->fd, room, s->bytes, (off_t)(i % 64 * s->bytes)) == (ssize_t)s->bytes ||
				   zy_fail(err, ZY_E_IO, "bench", ZY_NOWHERE, "cannot read"));
}

/* The plain file holds 64 places of a version's bytes each. */
static bool prepare(struct zy_bench *b, struct storing *s, struct zy_error *err)
{
	char path[sizeof(b->folder) + 8];

	*s = (struct storing){ .b = b, .fd = -1 };
	if (!zy_bench_samples(b, err) || !zy_identifier_parse(&s->id, zy_str(b->samples[0].identifier), NULL, err) ||
	    !zy_vault_get(
		b->desk.vault, b->samples[0].identifier, 0, ZY_TIME_NEVER, true, &b->arena, &s->version, err) ||
	    !zy_holder_parse(&s->holder, zy_str("uscc:91990100MA9900X1XU"), err))
		return false;
	for (size_t i = 0; i < s->version.num_files; i++)
		s->bytes += s->version.files[i].bytes.len;
	snprintf(path, sizeof(path), "%s/plain", b->folder);
	if ((s->fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) < 0 ||
	    ftruncate(s->fd, (off_t)(64 * s->bytes)) != 0)
		return zy_fail(err, ZY_E_IO, "bench", ZY_NOWHERE, "cannot make %s", path);
	return true;
}

static bool bench(
    struct zy_bench *b, struct zy_bench_result *r, zy_bench_op *ours, zy_bench_op *raw, struct zy_error *err)
{
	struct storing s;
	bool ok = prepare(b, &s, err) && zy_bench_rate(b, r->threads, ours, &s, &r->ours, err) &&
		  zy_bench_rate(b, r->threads, raw, &s, &r->raw, err);

	if (s.fd >= 0)
		close(s.fd);
	if (!ok)
		return false;
	r->more = json_pack("{s:I}", "bytes", (json_int_t)s.bytes);
	zy_bench_print(b, r);
	return true;
}

bool zy_bench_vault_put(struct zy_bench *b, struct zy_error *err)
{
	struct zy_bench_result r = {
		.name = "vault-put", .raw_name = "write + fdatasync of the files", .threads = b->threads
	};

	return bench(b, &r, put, write_sync, err);
}

bool zy_bench_vault_get(struct zy_bench *b, struct zy_error *err)
{
	struct zy_bench_result r = { .name = "vault-get", .raw_name = "pread of the files", .threads = 1 };

	return bench(b, &r, get, read_plain, err);
}
