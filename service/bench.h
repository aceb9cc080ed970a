/* What the benchmarks share: a home of their own with licences in it, and one way to measure and to answer. */
#ifndef ZY_BENCH_H
#define ZY_BENCH_H

#include "cli.h"

struct zy_bench_sample {
	char identifier[ZY_IDENTIFIER_MAX + 1];
	struct zy_bytes ofd, pdf;
};

struct zy_bench {
	struct zy_cli cli;
	char folder[256], home[280];
	uint64_t count;      /* licences that `mint` makes */
	uint64_t records;    /* that `vault` stores */
	uint64_t file_bytes; /* octets of each of their two files */
	unsigned seconds;    /* how long each rate is measured */
	unsigned threads;
	unsigned sessions;   /* of each signer; 0: as init says */
	struct zy_desk desk; /* open */
	struct zy_arena arena;
	const struct zy_type *type;
	const struct zy_seal_rule *rule;
	size_t num_samples; /* different licences; 0 until zy_bench_samples */
	struct zy_bench_sample *samples;
};

/* One answer: a line of the contract. */
struct zy_bench_result {
	const char *name, *raw_name;
	double ours, raw; /* per second */
	unsigned threads;
	json_t *more; /* members beyond the contract's, or NULL; taken */
};
void zy_bench_print(const struct zy_bench *b, const struct zy_bench_result *r);

/* Does one operation; i counts operations over all threads. */
typedef bool zy_bench_op(void *arg, uint64_t i, struct zy_error *err);
/* Who asks a signer, for each of its sessions: most of them wait for the disk of its journal while others are served.
 * At most ZY_BENCH_THREADS_MAX in all. */
#define ZY_BENCH_CALLERS 8
#define ZY_BENCH_THREADS_MAX 1000
#define ZY_BENCH_FILE_MAX 4096 /* file_bytes */
/* Operations per second: `threads` threads for b->seconds. Errors: those of op, no-memory. */
ZY_MUST_CHECK bool zy_bench_rate(
    const struct zy_bench *b, unsigned threads, zy_bench_op *op, void *arg, double *out, struct zy_error *err);
/* Operations per second while operations *next to end - 1 are done, each once; or for so many seconds from *next on.
 * *next receives the first that was not done. */
ZY_MUST_CHECK bool zy_bench_times(
    unsigned threads, uint64_t *next, uint64_t end, zy_bench_op *op, void *arg, double *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_bench_while(
    unsigned threads, double seconds, uint64_t *next, zy_bench_op *op, void *arg, double *out, struct zy_error *err);
/* The rates of both, on this thread, for b->seconds each and in turns, so that neighbours of the machine take from both
 * alike; into ours, raw and threads of *r. Errors: those of the operations. */
ZY_MUST_CHECK bool zy_bench_beside(const struct zy_bench *b, zy_bench_op *ours, zy_bench_op *raw, void *arg,
    struct zy_bench_result *r, struct zy_error *err);
/* The same beside C_Sign by a key in its signer, in turns of a second: op, each of which makes `each` answers, on
 * `callers` threads for each of the signer's sessions. Errors: those of op and of zy_hsm_bench. */
ZY_MUST_CHECK bool zy_bench_beside_sign(const struct zy_bench *b, struct zy_hsm *hsm, const char *key, double callers,
    zy_bench_op *op, void *arg, unsigned each, struct zy_bench_result *r, struct zy_error *err);
double zy_bench_now_s(void);

/* The sample of the type as a batch line, the holder's name another for each i: fonts and pages differ as they do in
 * life. The caller frees it by json_decref. */
json_t *zy_bench_line(const struct zy_bench *b, uint64_t i, struct zy_error *err); /* NULL on error */
/* Mints the samples, once. Errors: those of zy_mint. */
ZY_MUST_CHECK bool zy_bench_samples(struct zy_bench *b, struct zy_error *err);

/* Stores version i as a mint does: the intent, then the version of these bytes. */
struct zy_bench_store {
	struct zy_vault *vault;
	const char *type_code;
	struct zy_identifier id; /* its serial is replaced */
	struct zy_holder holder;
	struct zy_bytes record;
	const struct zy_vault_file *files;
	size_t num_files;
};
/* name: receives the identifier. */
ZY_MUST_CHECK bool zy_bench_store(
    const struct zy_bench_store *s, uint64_t i, char name[ZY_IDENTIFIER_MAX + 1], struct zy_error *err);

/* The benchmarks; each prints its line or lines. */
bool zy_bench_mint(struct zy_bench *b, struct zy_error *err);
bool zy_bench_sign(struct zy_bench *b, struct zy_error *err);
bool zy_bench_verify_ofd(struct zy_bench *b, struct zy_error *err);
bool zy_bench_verify_pdf(struct zy_bench *b, struct zy_error *err);
bool zy_bench_verify_cms(struct zy_bench *b, struct zy_error *err);
bool zy_bench_sm2_known(struct zy_bench *b, struct zy_error *err);
bool zy_bench_sm2_new(struct zy_bench *b, struct zy_error *err);
bool zy_bench_p256_known(struct zy_bench *b, struct zy_error *err);
bool zy_bench_p256_new(struct zy_bench *b, struct zy_error *err);
bool zy_bench_showing_sm2(struct zy_bench *b, struct zy_error *err);
bool zy_bench_showing_p256(struct zy_bench *b, struct zy_error *err);
bool zy_bench_vault_put(struct zy_bench *b, struct zy_error *err);
bool zy_bench_vault_get(struct zy_bench *b, struct zy_error *err);
bool zy_bench_vault(struct zy_bench *b, struct zy_error *err);
bool zy_bench_cert_issue(struct zy_bench *b, struct zy_error *err);
bool zy_bench_ocsp_live(struct zy_bench *b, struct zy_error *err);
bool zy_bench_tsa(struct zy_bench *b, struct zy_error *err);

/* What a program does that only calls the library's CMS_verify: parse, verify, build the chain. */
struct zy_bench_library {
	struct x509_store_st *anchors;
	struct zy_bytes der, content; /* content NULL: it is inside */
};
/* The anchors of the trust; der and content must live as long. Errors: crypto. */
ZY_MUST_CHECK bool zy_bench_library_open(struct zy_bench_library *l, const struct zy_trust *t, struct zy_bytes der,
    struct zy_bytes content, struct zy_error *err);
ZY_MUST_CHECK bool zy_bench_library_verify(const struct zy_bench_library *l, struct zy_error *err);
void zy_bench_library_close(struct zy_bench_library *l);
/* Members of a row: how long the file is, and both rates. */
json_t *zy_bench_library_told(size_t bytes, const struct zy_bench_result *beside);

/* Raw verification by the library alone: a key in memory made for the measurement, 32 octets signed by it. */
struct zy_bench_raw;
struct zy_bench_raw *zy_bench_raw_new(enum zy_suite suite, struct zy_error *err); /* NULL on error */
void zy_bench_raw_free(struct zy_bench_raw *r);
bool zy_bench_raw_verify(const struct zy_bench_raw *r);
const uint8_t *zy_bench_raw_point(const struct zy_bench_raw *r); /* 65 octets */
/* r||s over a message of any text, as zy_signature_verify_point takes it. Errors: crypto. */
ZY_MUST_CHECK bool zy_bench_raw_sign(
    const struct zy_bench_raw *r, struct zy_bytes message, uint8_t rs[64], struct zy_error *err);

#endif
