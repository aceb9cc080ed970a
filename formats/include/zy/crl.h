/*
 * CertificateList (RFC 5280 5, GB/T 20518 5.3) of any kind and algorithm, read strictly; written by us is version 2,
 * whole or a partition, direct and complete, so that a long list streams: head, entries one by one, tail. Nothing is
 * judged here.
 */
#ifndef ZY_CRL_H
#define ZY_CRL_H

#include "zy/extension.h"

#define ZY_CRL_MAX ((size_t)128 << 20)
#define ZY_SERIAL_MAX 20     /* octets (RFC 5280 4.1.2.2) */
#define ZY_CRL_POINT_MAX 255 /* of the partition's name */

enum zy_crl_only { ZY_CRL_ALL, ZY_CRL_ONLY_USERS, ZY_CRL_ONLY_AUTHORITIES, ZY_CRL_ONLY_ATTRIBUTES };
/* ReasonFlags (RFC 5280 4.2.1.13): the first octet, and aACompromise above it; the bit "unused" is left out. */
#define ZY_CRL_REASONS_ALL 0x807fu

struct zy_crl {
	struct zy_bytes tbs;       /* whole tbsCertList: what is signed */
	struct zy_bytes alg;       /* AlgorithmIdentifier, whole; the inner one is the same */
	struct zy_bytes signature; /* content of signatureValue */
	struct zy_bytes issuer;    /* whole Name */
	zy_time this_update, next_update;
	bool has_next;           /* else next_update is 0 */
	struct zy_bytes entries; /* checked; walk with zy_crl_entry_next over zy_reader_over(entries) */
	size_t num_entries;
	bool has_entry_issuers;           /* some entry names a certificateIssuer */
	struct zy_bytes key_id;           /* authorityKeyIdentifier.keyIdentifier; empty when absent */
	struct zy_bytes number;           /* cRLNumber, magnitude of 1 to 20 octets; empty when absent */
	struct zy_bytes base;             /* BaseCRLNumber of a delta, likewise; empty: it is complete */
	struct zy_bytes issuing_point;    /* content of issuingDistributionPoint; empty when absent */
	struct zy_bytes points;           /* its distributionPoint: a DistributionPointName; empty when absent */
	struct zy_bytes point;            /* when that is exactly one URI: it */
	enum zy_crl_only only;            /* of certificates */
	unsigned reasons;                 /* onlySomeReasons, or ZY_CRL_REASONS_ALL */
	bool indirect;                    /* indirectCRL */
	bool has_expired;                 /* entries stay after a certificate's end, of those that ended since then */
	zy_time expired_since;            /* expiredCertsOnCRL */
	struct zy_bytes unknown_critical; /* OID of the first critical extension, of list or entry, that is not known */
	/* Is it of the kind that zy_crl_around writes? Then suite and rs are its signature. */
	bool plain;
	enum zy_suite suite;
	uint8_t rs[64];
};

struct zy_crl_entry {
	struct zy_bytes serial; /* magnitude, 1 to 20 octets; empty: the number is below zero */
	struct zy_bytes number; /* content octets of userCertificate; not written */
	zy_time revoked_at;
	int reason; /* enum zy_crl_reason, or ZY_REASON_NONE */
	bool has_invalid_since;
	zy_time invalid_since;  /* invalidityDate */
	struct zy_bytes issuer; /* content of certificateIssuer, GeneralNames; empty when absent; not written */
	struct zy_bytes unknown_critical;
};

/* Views into `der`, which is read to its last byte: every entry is checked. Errors: der, truncated, trailing-bytes,
 * time, too-large; crl (a number over 20 octets, an extension twice, another version, two algorithms). */
ZY_MUST_CHECK bool zy_crl_parse(struct zy_crl *out, struct zy_bytes der, struct zy_error *err);
/* The next entry. Errors: as zy_crl_parse. */
ZY_MUST_CHECK bool zy_crl_entry_next(struct zy_reader *entries, struct zy_crl_entry *out, struct zy_error *err);
/* A serial number of anybody's, also below zero: its magnitude (empty below zero) and its content octets, each of 1 to
 * 20 octets but for a leading zero. Errors: der, truncated; crl (over 20 octets). */
ZY_MUST_CHECK bool zy_serial_take(
    struct zy_reader *r, const char *field, struct zy_bytes *serial, struct zy_bytes *number, struct zy_error *err);
/* ReasonFlags under a tag, as bits of ZY_CRL_REASONS_ALL. Errors: der, truncated. */
ZY_MUST_CHECK bool zy_crl_reasons_take(
    struct zy_reader *r, uint8_t tag, const char *field, unsigned *out, struct zy_error *err);

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
