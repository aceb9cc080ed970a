/* The whole signer is killed again and again while it signs under a seal with a limit: what was answered is in the
 * journal, and each document counts once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "helpers/signer_home.h"
#include "zy/digest.h"
#include "zy/hsm.h"
#include "zy/journal_file.h"

#define KEY "pkcs11:token=soft;object=document"
#define SEAL "99010000000001"
#define ITEM "990100-SCJG-0001"
#define THREADS 4
#define KILLS 30
#define DOCUMENTS_MAX 20000

static struct signer_home home;
static struct zy_hsm *hsm;
static atomic_uint next, answered;
static atomic_bool stop;

static int make(void **state)
{
	struct zy_error err = { 0 };
	int status;

	(void)state;
	home_make(&home);
	home_soft_token(&home, "soft", SOFTHSM_MODULE);
	home_folder(&home, "policies");
	home_folder(&home, "policies/types");
	home_write(&home, "policies/seals.json",
	    "{\"seals\":[{\"esID\":\"" SEAL
	    "\",\"name\":{\"zh\":\"云泽市市场监督管理局\",\"en\":\"Yunze Administration for "
	    "Market Regulation\"},\"department\":\"11990100MB99000131\",\"seal_type\":1,\"seal_key\":\"pkcs11:token=soft;"
	    "object=seal\",\"document_key\":\"" KEY "\",\"valid_from\":\"2000-01-01T00:00:00+08:00\","
	    "\"valid_to\":\"2999-01-01T00:00:00+08:00\",\"limit_total\":1000000,\"items\":[\"" ITEM "\"]}]}");
	home_write(&home, "policies/departments.json",
	    "{\"departments\":[{\"code\":\"11990100MB99000131\",\"name\":{\"zh\":\"云泽市市场监督管理局\","
	    "\"en\":\"Yunze Administration for Market Regulation\"}}],"
	    "\"operator\":{\"zh\":\"云泽市政务服务\",\"en\":\"Yunze City Government Services\"}}");
	return home_run(&home, "soft", "--init") != 0 || !home_start(&home, "soft", &status) ||
	       !zy_hsm_open(&hsm, home.path, &err) || !zy_hsm_generate(hsm, KEY, ZY_KEY_P256, ZY_USE_DOCUMENT, &err);
}

static int remove_all(void **state)
{
	(void)state;
	zy_hsm_close(hsm);
	home_remove(&home);
	return 0;
}

/* signedAttrs of document n: content-type data, and a messageDigest of its own (RFC 5652 11.1, 11.2). */
#define ATTRS_LEN 77
static void make_document(unsigned n, uint8_t out[ATTRS_LEN])
{
	static const uint8_t head[] = { 0x31, 0x4b, 0x30, 0x18, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01,
		0x09, 0x03, 0x31, 0x0b, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01, 0x30, 0x2f,
		0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x04, 0x31, 0x22, 0x04, 0x20 };
	static_assert(sizeof(head) + 32 == ATTRS_LEN, "the digest comes last");

	memset(out, 0, ATTRS_LEN);
	memcpy(out, head, sizeof(head));
	memcpy(out + sizeof(head), &n, sizeof(n));
}

/* Documents in turn, each until it has its signature, as a client does that must have it. */
static void *sign_on(void *arg)
{
	(void)arg;
	while (!atomic_load(&stop)) {
		uint8_t document[ATTRS_LEN], rs[64];
		struct zy_sign_request q = { .key = KEY, .use = ZY_USE_DOCUMENT, .esID = SEAL, .item_code = ITEM };
		struct zy_error err = { 0 };

		make_document(atomic_fetch_add(&next, 1), document);
		q.message = ZY_BYTES(document, sizeof(document));
		while (!zy_hsm_sign(hsm, &q, rs, &err)) {
			if (err.code != ZY_E_SIGNER_ABSENT) { /* asked again without end, this would end by timeout */
				fprintf(stderr, "%s: %s\n", zy_code_name(err.code), err.msg);
				abort();
			}
			err = (struct zy_error){ 0 };
			nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
		}
		atomic_fetch_add(&answered, 1);
	}
	return NULL;
}

struct counting {
	uint64_t total, records;
	unsigned seen[DOCUMENTS_MAX]; /* how often each document stands in the journal */
};

static bool count(
    void *arg, const struct zy_journal_record *r, const struct zy_journal_head *head, struct zy_error *err)
{
	struct counting *c = arg;
	uint8_t document[ATTRS_LEN], digest[ZY_HASH_LEN];
	unsigned n = 0, all = atomic_load(&next);

	(void)head;
	if (!zy_bytes_equal(r->what, ZY_LITERAL("sign")))
		return true;
	for (; n < all; n++) {
		make_document(n, document);
		if (!zy_digest(ZY_HASH_SHA256, ZY_BYTES(document, sizeof(document)), digest, err))
			return false;
		if (memcmp(digest, r->digest, sizeof(digest)) == 0)
			break;
	}
	assert_true(n < all);
	c->records++;
	/* the first time a document counts, later it does not */
	assert_int_equal(r->total, c->total + (c->seen[n]++ == 0));
	c->total = r->total;
	return true;
}

static void read_journal(struct counting *c)
{
	struct zy_journal_head head;
	struct zy_error err = { 0 };
	char path[1024];
	uint64_t rest;
	int fd;

	snprintf(path, sizeof(path), "%s/signer/soft.journal", home.path);
	assert_true((fd = open(path, O_RDONLY)) >= 0);
	if (!zy_journal_read(fd, "soft", count, c, &head, &rest, &err))
		fail_msg("%s: %s", zy_code_name(err.code), err.msg);
	close(fd);
}

static void a_kill_at_any_moment_loses_no_count_and_repeats_none(void **state)
{
	static struct counting c;
	pthread_t threads[THREADS];
	unsigned seed = 20261121;
	int status;

	(void)state;
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, sign_on, NULL), 0);
	for (int i = 0; i < KILLS; i++) {
		unsigned from = atomic_load(&answered);

		while (atomic_load(&answered) < from + 4)
			sched_yield();
		nanosleep(&(struct timespec){ .tv_nsec = rand_r(&seed) % 3000000 }, NULL);
		if (i % 3 == 0) { /* the host alone: its supervisor starts another */
			pid_t host = home_host(home.signer);

			if (host > 1)
				kill(host, SIGKILL);
			continue;
		}
		home_stop(&home, SIGKILL);
		assert_true(home_start(&home, "soft", &status));
	}
	atomic_store(&stop, true);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	home_stop(&home, SIGTERM);
	assert_true(atomic_load(&next) <= DOCUMENTS_MAX);
	read_journal(&c);
	/* every answer is there, and each document is one use */
	for (unsigned n = 0; n < atomic_load(&next); n++)
		assert_true(c.seen[n] > 0);
	assert_int_equal(c.total, atomic_load(&next));
	print_message("%u documents, %u records\n", (unsigned)c.total, (unsigned)c.records);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_kill_at_any_moment_loses_no_count_and_repeats_none),
	};
	return cmocka_run_group_tests(tests, make, remove_all);
}
