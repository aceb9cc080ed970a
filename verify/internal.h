/* What the files of verify/ share. */
#ifndef ZY_VERIFY_INTERNAL_H
#define ZY_VERIFY_INTERNAL_H

#include "zy/judge.h"

/* A claimed signing time may lie this far after the time judged: clocks differ. */
#define ZY_SKEW_S 300
/* createDate of real seals is often Beijing wall time written with a Z (8 hours off). */
#define ZY_CREATE_DATE_SKEW_S (24 * 3600)
/* A bundle serves this long after its nextUpdate. */
#define ZY_TRUST_GRACE_S (7 * 24 * 3600)

/* JSON string with quotes; what is no UTF-8 and control characters come out harmless. */
void zy_json_put(struct zy_buf *out, const char *text);
/* Text for a terminal: control characters become '?'. At most 300 bytes. */
void zy_text_put(struct zy_buf *out, const char *text);

/* What the law asks, judged from the findings. */
struct zy_legal_condition {
	const char *clause, *en, *zh;
	bool met;
	const char *because; /* the finding that breaks it, or what fulfils it */
};
#define ZY_LEGAL_MAX 7
size_t zy_legal_conditions(const struct zy_report *r, struct zy_legal_condition out[ZY_LEGAL_MAX]);
bool zy_legal_holds(const struct zy_report *r);
/* One plain sentence for the whole report. */
void zy_report_summary(const struct zy_report *r, struct zy_buf *en, struct zy_buf *zh);
/* What to do about it; NULL when it passed. */
const struct zy_advice *zy_report_advice(const struct zy_report *r);

/* The parts of a certificate (RFC 5280 4.1), walked without decoding its key. Views. */
struct zy_cert_parts {
	struct zy_bytes subject;    /* content of the RDNSequence */
	struct zy_bytes extensions; /* content of the SEQUENCE OF Extension, empty when absent */
	zy_time not_before, not_after;
	enum zy_suite suite;
	struct zy_bytes point; /* uncompressed, 65 octets */
};
/* Errors: certificate; key when the key is neither SM2 nor P-256. */
ZY_MUST_CHECK bool zy_cert_walk(struct zy_bytes der, struct zy_cert_parts *out, struct zy_error *err);

/* The credit code in a certificate of any key; false when there is none that can be read. */
bool zy_cert_credit_code(struct zy_bytes der, char out[19]);

/* The content of an RDNSequence as one line for people, and its first common name ("" if none). Errors: der, truncated,
 * no-memory. */
ZY_MUST_CHECK bool zy_name_text(
    struct zy_bytes rdns, struct zy_arena *a, const char **all, const char **common_name, struct zy_error *err);

/* What a certificate that came along is worth; the worst last. */
enum zy_extra {
	ZY_EXTRA_GOOD,
	ZY_EXTRA_UNKNOWN, /* it leads nowhere that is known */
	ZY_EXTRA_BAD,     /* unreadable, or at fault otherwise */
	ZY_EXTRA_ALTERED  /* a changed copy of one of the path */
};
/* Answer of a chain, kept by the cache: everything about it but the dates against a time. */
struct zy_chain_answer {
	const char *code; /* finding code, NULL when it chains */
	char detail[160];
	enum zy_extra extras;          /* of the certificates that came along */
	zy_time not_before, not_after; /* when all certificates of the chain are valid */
};
bool zy_chain_readable(struct zy_bytes der); /* a certificate with a key of a kind that is known here */
/* What else is known about certificates of one signature: it came with the document. */
struct zy_evidence {
	const struct zy_bytes *certs, *crls, *answers;
	size_t num_certs, num_crls, num_answers;
	zy_time until; /* when lists and answers are proven to have been there */
};
struct zy_chain_question {
	unsigned purposes; /* enum zy_purpose: an anchor of one of them */
	struct zy_bytes leaf;
	const struct zy_bytes *extra; /* certificates that came along */
	size_t num_extra;
	bool extra_free; /* those need not lead to an anchor themselves, as where several strangers signed */
	zy_time existed; /* when the signature is known to have been there */
	const struct zy_evidence *evidence; /* may be NULL */
	struct zy_trust_scope scope;        /* issuer NULL: the leaf's own credit code */
	const char *field;
};
/* code is that of any path whose dates are not asked; see zy_chain_check for those. */
ZY_MUST_CHECK bool zy_chain_ask(struct zy_keys *k, const struct zy_trust *trust, const struct zy_chain_question *w,
    struct zy_chain_answer *out, struct zy_error *err);
/* The same at a time: where the path of any time is not valid then, another may be. code is NULL too where only dates
 * stand against it; not_before and not_after say so. */
ZY_MUST_CHECK bool zy_chain_ask_at(struct zy_keys *k, const struct zy_trust *trust, const struct zy_chain_question *w,
    zy_time at, struct zy_chain_answer *out, struct zy_error *err);
/* Is the pin (32 octets; NULL: none) that of the bundle's anchors, or of the first of them, which vouch for the others?
 * Errors: trust-bundle, crypto, no-memory. */
ZY_MUST_CHECK bool zy_trust_check_pin(struct zy_keys *k, const struct zy_trust *t, const uint8_t *pin, zy_time at,
    struct zy_arena *a, struct zy_error *err);
/* The path when the signature existed, and nothing of revocation. Findings: those of zy_chain_judge, and of limits of
 * anchors: anchor-type-not-allowed, anchor-issuer-not-allowed, anchor-not-for-documents, anchor-dates. */
ZY_MUST_CHECK bool zy_chain_check(struct zy_keys *k, const struct zy_trust *trust, const struct zy_chain_question *w,
    struct zy_report *r, struct zy_error *err);
/* The same with the path itself, without the cache; only the first num_own of what came along must verify. *out in the
 * arena. */
struct zy_path;
ZY_MUST_CHECK bool zy_chain_find(struct zy_keys *k, const struct zy_trust *trust, const struct zy_chain_question *w,
    size_t num_own, struct zy_path *out, struct zy_report *r, struct zy_arena *a, struct zy_error *err);
/* The chain for what the case is about, and whether it was revoked, by the evidence and by what the trust was given;
 * when there is nothing to tell it from, that is noted. Without trust nothing is done. Errors: crypto, no-memory. */
struct zy_case;
ZY_MUST_CHECK bool zy_case_chain(struct zy_case *c, const struct zy_chain_question *q, struct zy_error *err);
/* The cache of answers inside zy_keys, by a digest of everything asked. */
bool zy_keys_get_chain(struct zy_keys *k, const uint8_t id[ZY_HASH_LEN], struct zy_chain_answer *out);
void zy_keys_put_chain(struct zy_keys *k, const uint8_t id[ZY_HASH_LEN], const struct zy_chain_answer *a);

/* Digests of files seen before, inside zy_keys. */
struct zy_bodies;
struct zy_bodies *zy_keys_bodies(struct zy_keys *k);

struct zy_kept;
struct zy_record;
/* One judgement under way: what every step needs. */
struct zy_case {
	struct zy_keys *keys;
	const struct zy_trust *trust; /* may be NULL */
	zy_time at;
	struct zy_report *r;
	struct zy_arena *work;          /* freed at the end of the judgement */
	const struct zy_kept *kept;     /* what the document brings along to judge certificates by; NULL: nothing */
	zy_time proven;                 /* when what is judged now is proven to have existed; 0: nothing proves it */
	const struct zy_record *record; /* of the licence that is judged; NULL: it is none, or cannot be read */
	bool is_licence;                /* OFD: it says so */
};
/* A copy that lives as long as the report, at most 300 bytes. */
const char *zy_case_text(struct zy_case *c, struct zy_bytes text);
/* The error's field may lie in the working memory that ends with the judgement: it is copied. Always false. */
bool zy_case_keep_error(struct zy_case *c, struct zy_error *err);
/* Adds a signature and gives it, NULL over the cap (then a finding says so). */
struct zy_report_signature *zy_case_signature(struct zy_case *c, const char *kind);
/* Judges the value of a signature: *good, or adds signature-value, signature-algorithm or certificate-unreadable. */
ZY_MUST_CHECK bool zy_case_value(struct zy_case *c, struct zy_bytes cert, enum zy_suite suite, struct zy_bytes message,
    const uint8_t rs[64], const char *code, const char *field, bool *good, struct zy_error *err);
/* Facts of a certificate, or a finding and false in *good. */
ZY_MUST_CHECK bool zy_case_facts(struct zy_case *c, struct zy_bytes cert, const char *field, struct zy_cert_facts *out,
    bool *good, struct zy_error *err);
/* The claimed time against the time judged and the signer's certificate. */
void zy_case_signing_time(struct zy_case *c, zy_time claimed, const struct zy_cert_facts *signer, const char *field);
/* A time-stamp token inside a signature, about `content`; its findings name `field`. *proven: its genTime when it is
 * good and trusted at the time judged, else ZY_TIME_NEVER. Without a token nothing is said. */
ZY_MUST_CHECK bool zy_case_stamp(struct zy_case *c, struct zy_bytes token, struct zy_bytes content, const char *field,
    zy_time *proven, struct zy_error *err);
/* A token that is told as a signature of its own, about two parts; its findings name `place`. *claimed: its genTime,
 * ZY_TIME_NEVER when it cannot be read; whether that time is proven, its findings say. */
ZY_MUST_CHECK bool zy_case_own_stamp(struct zy_case *c, struct zy_bytes token, const struct zy_bytes parts[2],
    const char *place, struct zy_report_signature *out, zy_time *claimed, struct zy_error *err);
/* When a signature is known to have existed: by its time-stamp or a log, whichever is earlier, else at the time judged.
 */
static inline zy_time zy_case_existed(const struct zy_case *c, zy_time proven)
{
	const zy_time earliest = proven < c->r->logged ? proven : c->r->logged;

	return earliest == ZY_TIME_NEVER ? c->at : earliest;
}
/* A seal that the bundle says was retired by then; of PDF signatures the certificate's common name is its esID. */
void zy_case_retired(struct zy_case *c, const char *esID, zy_time claimed, const char *field);
/* Trust that is absent or too old. */
void zy_case_trust(struct zy_case *c);
/* Who saw the checkpoint besides its log: its findings, and log-witness-few. The trust must be there. */
struct zy_checkpoint;
/* Who signed a checkpoint: log and witnesses; one signature more in the report. entry: of zy_log_times. */
ZY_MUST_CHECK bool zy_case_checkpoint(
    struct zy_case *c, const struct zy_checkpoint *cp, zy_time entry, struct zy_error *err);
/* A checkpoint, or that of a proof: the text of it is what was signed then. */
bool zy_case_old_checkpoint(struct zy_case *c, struct zy_bytes file, struct zy_checkpoint *out);
/* log_grown.c: a proof that a log begins with what an old checkpoint, the file, is of. */
bool zy_log_grown_is(struct zy_bytes proof);
ZY_MUST_CHECK bool zy_judge_log_grown(
    struct zy_case *c, struct zy_bytes proof, struct zy_bytes file, struct zy_error *err);
ZY_MUST_CHECK bool zy_case_witnesses(
    struct zy_case *c, const struct zy_checkpoint *cp, zy_time entry, struct zy_error *err);

/* The leaf's octets give the entry, and the path leads from the entry to the root. */
struct zy_merkle_path;
struct zy_merkle_head;
struct zy_log_leaf;
ZY_MUST_CHECK bool zy_leaf_check(struct zy_bytes leaf, uint64_t index, const struct zy_merkle_path *path,
    const struct zy_merkle_head *head, bool *good, struct zy_error *err);
/* Does the identifier name the leaf's licence in its version? 1.2.156.3005.2.TYPE.ISSUER.SERIAL.VERSION.CHECK */
bool zy_leaf_is_of(const struct zy_log_leaf *leaf, const char *identifier);

/* OFD: one seal signature. *signer is filled (uscc, dates) when its certificate can be read. */
struct zy_ofd;
struct zy_ofd_signature;
struct zy_signed_by {
	bool known;
	struct zy_cert_facts facts;
	const char *esID; /* "" without a seal */
};
ZY_MUST_CHECK bool zy_case_ses(
    struct zy_case *c, const struct zy_ofd_signature *s, struct zy_signed_by *by, struct zy_error *err);

/* OFD: one signature without a seal, GB/T 35275 about Signature.xml (GM/T 0099 7.2.2), whose digest it may hold as its
 * content. */
ZY_MUST_CHECK bool zy_case_signed_data(
    struct zy_case *c, const struct zy_ofd_signature *s, struct zy_report_signature *out, struct zy_error *err);

/* The attached record, before anything is judged by it. Errors: no-memory; what cannot be read is left out. */
ZY_MUST_CHECK bool zy_case_record(struct zy_case *c, struct zy_bytes xml, struct zy_error *err);
/* Its type; NULL without one. */
const char *zy_case_type(const struct zy_case *c);
/* Licence rules over the attached record. */
struct zy_metadata;
ZY_MUST_CHECK bool zy_case_licence(struct zy_case *c, struct zy_bytes xml, const struct zy_metadata *metadata,
    size_t num_metadata, const struct zy_signed_by *by, struct zy_error *err);

/* unknown-format: what a file that is not judged looks like, and what to do about it. */
bool zy_fail_format(struct zy_bytes in, struct zy_error *err);

#endif
