/*
 * Certificate paths (RFC 5280 6, RFC 9618, GB/T 20518): found among candidates and judged, the same for every
 * algorithm. Key identifiers only order the candidates; nothing is believed because of them.
 */
#ifndef ZY_VERIFY_PATH_H
#define ZY_VERIFY_PATH_H

#include "value.h"
#include "zy/x509.h"

#define ZY_PATH_MAX 16         /* certificates of a path, the anchor included */
#define ZY_PATH_POOL_MAX 256   /* anchors, and as many others */
#define ZY_PATH_SIGNATURES 256 /* verified at most in one search */
#define ZY_PATH_STEPS 2000     /* certificates tried at most in one search */
#define ZY_PATH_CHECKS 100     /* whole paths judged at most in one search */
#define ZY_PATH_FAULTS_MAX 16

enum zy_path_use {
	ZY_USE_ANY,
	ZY_USE_DOCUMENT, /* digitalSignature or nonRepudiation stated; extKeyUsage absent or for documents */
	ZY_USE_SERVER,
	ZY_USE_CLIENT,
	ZY_USE_EMAIL,
	ZY_USE_CODE,
	ZY_USE_TIMESTAMP,
	ZY_USE_OCSP,
	ZY_USE_CRL /* cRLSign */
};

/* "any" "document" "server" "client" "email" "code" "timestamp" "ocsp" "crl" */
bool zy_path_use_named(const char *name, enum zy_path_use *out);

struct zy_path_question {
	const struct zy_bytes *anchors, *others;
	size_t num_anchors, num_others; /* over ZY_PATH_POOL_MAX: not looked at, "path-work" without a path */
	struct zy_bytes leaf;
	zy_time at;
	bool any_time; /* dates are not asked, but given in the answer */
	bool strict;   /* what RFC 5280 4 demands of authorities is demanded, too */
	enum zy_path_use use;
	const struct zy_bytes *policies; /* OIDs, one of which must be valid; none: any will do */
	size_t num_policies;
	const char *host; /* DNS name or IP address that the leaf must be for, or NULL */
};

struct zy_path_fault {
	const char *code, *field; /* finding; static */
	size_t cert;              /* index in the path */
	size_t offset;            /* in that certificate, or ZY_NOWHERE */
	char detail[160];
};

struct zy_path {
	size_t num;                               /* 0: no path to an anchor was found */
	const struct zy_x509 *certs[ZY_PATH_MAX]; /* leaf first, anchor last */
	zy_time not_before, not_after;            /* when all of it is valid and its algorithms are sound */
	size_t num_faults;                        /* 0: the path is good */
	struct zy_path_fault faults[ZY_PATH_FAULTS_MAX];
};

/*
 * The first good path; without one, the path with the fewest faults, or num 0 and why. Everything lies in the arena.
 * Errors: crypto, no-memory.
 */
ZY_MUST_CHECK bool zy_path_find(
    struct zy_keys *k, const struct zy_path_question *q, struct zy_path *out, struct zy_arena *a, struct zy_error *err);

/* For the files that judge parts of a path. */
void zy_path_fault(struct zy_path *p, size_t cert, const char *code, const char *field, size_t offset,
    const char *format, ...) __attribute__((format(printf, 6, 7)));
/* 6.1.3 to 6.1.5 without signatures: adds faults. */
ZY_MUST_CHECK bool zy_path_check(
    const struct zy_path_question *q, struct zy_path *p, struct zy_arena *a, struct zy_error *err);
/* Does the certificate state this use in extKeyUsage? anyExtendedKeyUsage does not count. */
bool zy_x509_states_use(const struct zy_x509 *c, enum zy_path_use use);
/* What RFC 5280 demands of who issues certificates (4.1.2.4, 4.1.2.6, 4.2.1) and this one departs from, or NULL. */
const char *zy_path_departure(const struct zy_x509 *c, bool is_anchor);
/* Certificate policies of the whole path (6.1, RFC 9618). */
ZY_MUST_CHECK bool zy_path_check_policies(
    const struct zy_path_question *q, struct zy_path *p, struct zy_arena *a, struct zy_error *err);
/* Name constraints of the whole path (4.2.1.10). */
void zy_path_check_names(struct zy_path *p);
/* Is the leaf for this host (RFC 9525)? subjectAltName only. */
void zy_path_check_host(struct zy_path *p, const char *host);
/* Is the leaf for this use? */
void zy_path_check_use(struct zy_path *p, enum zy_path_use use);

#endif
