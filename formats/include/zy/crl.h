/*
 * CertificateList version 2 (RFC 5280 5, GB/T 20518 5.3), whole or a partition, direct and complete: a delta CRL, an
 * indirect CRL and one for some reasons only are refused. Read strictly, written so that a long list streams: head,
 * entries one by one, tail. Nothing is judged here.
 */
#ifndef ZY_CRL_H
#define ZY_CRL_H

#include "zy/extension.h"

#define ZY_CRL_MAX ((size_t)128 << 20)
#define ZY_SERIAL_MAX 20     /* octets (RFC 5280 4.1.2.2) */
#define ZY_CRL_POINT_MAX 255 /* of the partition's name */

enum zy_crl_only { ZY_CRL_ALL, ZY_CRL_ONLY_USERS, ZY_CRL_ONLY_AUTHORITIES };

struct zy_crl {
	struct zy_bytes tbs;    /* whole tbsCertList: what is signed */
	enum zy_suite suite;    /* of the signature */
	struct zy_bytes issuer; /* whole Name */
	zy_time this_update, next_update;
	struct zy_bytes entries; /* checked; walk with zy_crl_entry_next over zy_reader_over(entries) */
	size_t num_entries;
	struct zy_bytes key_id; /* authorityKeyIdentifier.keyIdentifier; empty when absent */
	struct zy_bytes number; /* cRLNumber, magnitude of 1 to 20 octets; empty when absent */
	struct zy_bytes point;  /* issuingDistributionPoint.distributionPoint, one URI; empty when absent */
	enum zy_crl_only only;
	uint8_t rs[64];
};

struct zy_crl_entry {
	struct zy_bytes serial; /* magnitude, 1 to 20 octets */
	zy_time revoked_at;
	int reason; /* enum zy_crl_reason, or ZY_REASON_NONE */
	bool has_invalid_since;
	zy_time invalid_since; /* invalidityDate */
};

/* Views into `der`, which is read to its last byte: every entry is checked. Errors: der, truncated, trailing-bytes,
 * time, too-large; crl (a kind of list that is not read, an unknown critical extension); key (another algorithm). */
ZY_MUST_CHECK bool zy_crl_parse(struct zy_crl *out, struct zy_bytes der, struct zy_error *err);
/* The next entry. Errors: as zy_crl_parse. */
ZY_MUST_CHECK bool zy_crl_entry_next(struct zy_reader *entries, struct zy_crl_entry *out, struct zy_error *err);

/* The name of a partition: all certificates whose serial, as 16 octets in hexadecimal, begins with 1 to 8 digits.
 * covers: is `point` such a name, and is the serial of its part? */
#define ZY_CRL_PARTITION "urn:zhengyin:crl:serial:"
#define ZY_CRL_PARTITION_DIGITS 8
bool zy_crl_partition_covers(struct zy_bytes point, struct zy_bytes serial);

/*
 * tbsCertList is head || entries || tail, for entries of entries_len bytes (0: revokedCertificates is absent). Uses
 * suite, issuer, dates, key_id, number, point and only of c; next_update is required, key_id of 0 or 20 octets.
 * Errors: no-memory.
 */
void zy_crl_entry_put(struct zy_buf *b, const struct zy_crl_entry *e);
ZY_MUST_CHECK bool zy_crl_around(
    const struct zy_crl *c, size_t entries_len, struct zy_buf *head, struct zy_buf *tail, struct zy_error *err);
/* CertificateList is head || tbsCertList || tail, for a tbsCertList of tbs_len bytes. Errors: no-memory. */
ZY_MUST_CHECK bool zy_crl_signed_around(const struct zy_crl *c, size_t tbs_len, const uint8_t rs[64],
    struct zy_buf *head, struct zy_buf *tail, struct zy_error *err);

#endif
