/* The judgements. None holds a key, a store or a socket; all take `at`. Findings go to the report. */
#ifndef ZY_JUDGE_H
#define ZY_JUDGE_H

#include "zy/report.h"
#include "zy/trust.h"

struct zy_keys; /* decoded public keys and judged chains, kept by digest: threads may share one */
ZY_MUST_CHECK bool zy_keys_open(struct zy_keys **out, struct zy_error *err);
void zy_keys_close(struct zy_keys *k);

/* One signature r||s by the key of a certificate's SPKI; message is the whole message (SM2: Z with ID
 * 1234567812345678 is put before it). true with *good set; false only when the work could not be done.
 * Errors: key, certificate, crypto. */
ZY_MUST_CHECK bool zy_signature_verify(struct zy_keys *k, struct zy_bytes cert_der, enum zy_suite suite,
    struct zy_bytes message, const uint8_t rs[64], bool *good, struct zy_error *err);
/* The same with an uncompressed (65) or compressed (33) point. */
ZY_MUST_CHECK bool zy_signature_verify_point(struct zy_keys *k, struct zy_bytes point, enum zy_suite suite,
    struct zy_bytes message, const uint8_t rs[64], bool *good, struct zy_error *err);

/* Facts of a certificate that judgements and reports need. Texts in the arena. Errors: certificate. */
struct zy_cert_facts {
	const char *subject, *common_name;
	char uscc[19]; /* subject extension 1.2.156.10260.4.1.4 (credit code), "" if absent */
	zy_time not_before, not_after;
	enum zy_suite suite;
	uint8_t point[65]; /* uncompressed */
};
ZY_MUST_CHECK bool zy_cert_facts(
    struct zy_bytes der, struct zy_arena *a, struct zy_cert_facts *out, struct zy_error *err);

/* Chain of `leaf` at `at` for exactly one purpose, up to an anchor of that purpose; key usage, dates, path length.
 * `extra` are certificates that came with the document; each must itself chain, else a finding.
 * Findings: no-chain, certificate-expired, certificate-not-yet-valid, certificate-key-usage ... `n` is the signature.
 */
ZY_MUST_CHECK bool zy_chain_judge(struct zy_keys *k, const struct zy_trust *trust, enum zy_purpose purpose,
    struct zy_bytes leaf, const struct zy_bytes *extra, size_t num_extra, zy_time at, struct zy_report *r,
    const char *field, struct zy_error *err);

/* The certificates of the path that zy_chain_judge finds, leaf first and anchor last, whatever is wrong with it; *num
 * 0: there is none. Copies in the arena. Errors: crypto, no-memory. */
#define ZY_CHAIN_MAX 16
ZY_MUST_CHECK bool zy_chain_list(struct zy_keys *k, const struct zy_trust *trust, unsigned purposes,
    struct zy_bytes leaf, const struct zy_bytes *extra, size_t num_extra, zy_time at, struct zy_bytes out[ZY_CHAIN_MAX],
    size_t *num, struct zy_arena *a, struct zy_error *err);

/* Reads and judges a bundle file: JWS form, payload, both signatures, chains, dates, pin (32 bytes or NULL).
 * Errors: trust-bundle (with what is wrong), and those of zy_trust_parse. Not a report: without trust no judgement
 * can begin. `at` is the time of judging. */
ZY_MUST_CHECK bool zy_trust_open(struct zy_trust *out, struct zy_bytes file, const uint8_t *pin, zy_time at,
    struct zy_keys *k, struct zy_arena *a, struct zy_error *err);

/* A whole file, its format found by content. trust may be NULL: then what is broken is TOTAL-FAILED and the rest
 * INDETERMINATE. Errors: unknown-format, ofd, zip, pdf, too-large ... (exit 65: not even the format it claims). */
ZY_MUST_CHECK bool zy_judge_file(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes in, zy_time at,
    struct zy_report *r, struct zy_error *err);
ZY_MUST_CHECK bool zy_judge_ofd(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes in, zy_time at,
    struct zy_report *r, struct zy_error *err);
ZY_MUST_CHECK bool zy_judge_pdf(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes in, zy_time at,
    struct zy_report *r, struct zy_error *err);

/* A licence's package (zy/licence_package.h): each file inside as by itself, the proof about all of them, that they are
 * one licence's, and that nothing else is there. Errors: zip, too-large ..., those of the files inside. */
ZY_MUST_CHECK bool zy_judge_licence_package(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes in,
    zy_time at, struct zy_report *r, struct zy_error *err);

/* Does it begin as an XML document does? */
bool zy_looks_like_xml(struct zy_bytes in);
/* An XML document with enveloped signatures (zy/xml_signature.h) and their counter signatures. Errors: xml, utf8,
 * too-large, no-memory, crypto. */
#define ZY_XML_SIGNATURES_MAX 16
#define ZY_XML_ENVELOPED_MAX 4 /* of them, each of which costs as much as the document is long */
ZY_MUST_CHECK bool zy_judge_xml(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes in, zy_time at,
    struct zy_report *r, struct zy_error *err);
/* The canonical bytes that signature n (from 1, in document order) covers; *num: how many there are. Nothing is put
 * when there is no such signature. Errors: xml, utf8, too-large, no-memory. */
ZY_MUST_CHECK bool zy_xml_signed_bytes(
    struct zy_bytes in, size_t n, struct zy_buf *out, size_t *num, struct zy_error *err);

/*
 * A TimeStampToken, or the TimeStampResp around it, about `content`: imprint, signature, ESSCertIDv2, genTime within
 * the certificate, chain for ZY_PURPOSE_TIMESTAMP at `at`. The signature of the report has genTime and time_source
 * "token". Not judged: revocation; policy and accuracy. Errors: der, truncated, tsp, too-large ... (exit 65: no DER, or
 * no response), crypto, no-memory.
 */
ZY_MUST_CHECK bool zy_judge_timestamp(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes in,
    struct zy_bytes content, zy_time at, struct zy_report *r, struct zy_error *err);

/* A content that is read once, from its beginning: the next piece, which lives until the call after it; piece->len 0 at
 * the end. Errors: the giver's. */
struct zy_content {
	bool (*next)(void *arg, struct zy_bytes *piece, struct zy_error *err);
	void *arg;
};

/*
 * CMS SignedData (RFC 5652, CAdES) or GB/T 35275, DER or PEM, of any number of signers: each is a signature of the
 * report, which is as good as the worst. Keys: SM2, P-256 and other curves, RSA, EdDSA. detached: the content that is
 * not inside, or NULL; without either it cannot be told what was signed (signed-content-missing).
 * Errors: cms, der, truncated, trailing-bytes, too-large, base64 (exit 65: no SignedData; also when content is given
 * and one is inside), those of the content, crypto, no-memory.
 */
ZY_MUST_CHECK bool zy_judge_cms(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes in,
    const struct zy_content *detached, zy_time at, struct zy_report *r, struct zy_error *err);
/* Would zy_judge_cms read it (and not, say, a time-stamp)? By its beginning. */
bool zy_is_cms(struct zy_bytes in);
/* PEM becomes DER, in the arena; what is no PEM stays. Errors: base64, no-memory. */
ZY_MUST_CHECK bool zy_cms_der(struct zy_bytes *in, struct zy_arena *a, struct zy_error *err);

/* A shown code ("ZY1:...", as scanned), by the steps of the showing protocol; no network, no memory of other codes (so
 * a replay within its life is not seen here). Without trust nothing of it is told. Errors: showing, base45, cbor, cose,
 * utf8, truncated, trailing-bytes (exit 65: not even a showing code). */
ZY_MUST_CHECK bool zy_judge_showing(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes text, zy_time at,
    struct zy_report *r, struct zy_error *err);

#endif
