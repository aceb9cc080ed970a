/*
 * The report: what verify/ answers. A bad document is an answer, not an error. Member names of the JSON form are
 * a contract (ARCHITECTURE.md, "The report"). Everything points into the report's arena or at static text.
 */
#ifndef ZY_REPORT_H
#define ZY_REPORT_H

#include "zy/arena.h"
#include "zy/buf.h"
#include "zy/clock.h"

enum zy_indication { ZY_TOTAL_PASSED, ZY_TOTAL_FAILED, ZY_INDETERMINATE };
enum zy_severity { ZY_SEVERITY_FAIL, ZY_SEVERITY_UNKNOWN, ZY_SEVERITY_WARN, ZY_SEVERITY_INFO };

/* What the law asks of a reliable electronic signature and of a licence; a finding says which of it it breaks. */
enum zy_legal {
	ZY_LEGAL_SIGNER = 1,    /* 电子签名法 13(1): the key is the signer's own */
	ZY_LEGAL_CONTROL = 2,   /* 13(2): only the signer controlled it when signing */
	ZY_LEGAL_SIGNATURE = 4, /* 13(3): a change of the signature can be found */
	ZY_LEGAL_CONTENT = 8,   /* 13(4): a change of content or form can be found */
	ZY_LEGAL_SEAL = 16,     /* 国令716 第九条: an electronic seal of the unified system */
	ZY_LEGAL_LICENCE = 32   /* 国令716 第十条: an electronic licence issued by the competent office */
};

/*
 * One row for every finding code: stable kebab name, the severity, the sub-indication that it gives (EN 319 102-1
 * names; NULL for warn and info), the clause, and a sentence in each language. verify/findings.c holds the table.
 * FAIL makes the report TOTAL-FAILED, UNKNOWN makes it INDETERMINATE unless something failed.
 */
struct zy_finding_rule {
	const char *code;
	enum zy_severity severity;
	const char *sub_indication;
	const char *clause;
	unsigned breaks; /* bits of enum zy_legal; 0 for warn and info */
	const char *en, *zh;
};

/* What to do about it, in plain words; never NULL. Static. */
struct zy_advice {
	const char *en, *zh;
};
const struct zy_advice *zy_finding_advice(const struct zy_finding_rule *rule);

struct zy_finding {
	const struct zy_finding_rule *rule;
	const char *field;  /* the standard's own name */
	size_t offset;      /* byte in the input, or ZY_NOWHERE */
	const char *detail; /* more for people, in English, at most 200 bytes, or NULL; never a personal number */
	struct zy_finding *next;
};

struct zy_report_signature {
	unsigned n;                        /* from 1 */
	const char *kind;                  /* "ses-v1" "ses-v4" "ses-v5" "pades" "cose" ... */
	const char *signer;                /* subject of the signer's certificate, one line */
	const char *seal_esid, *seal_name; /* NULL without a seal */
	zy_time signing_time;
	const char *time_source; /* "claimed" here; "token" and "log" come with their proofs */
	const char *covers;      /* "whole" | "revision k of n" | "partial" */
	enum zy_indication indication;
	const char *sub_indication;
};

struct zy_report_licence {
	const char *identifier, *type_code, *type_zh, *type_en, *holder_name, *holder_masked, *issuer;
	const char *status; /* as the document itself can show it: "valid" | "expired" | "not-yet-valid" | "unknown" */
	zy_time status_as_of;
	bool logged; /* a proof that the log holds it was given and is good */
	uint64_t log_index;
};

/* What a shown code says: only the fields that the holder chose. Values are for the screen, not for a log. */
#define ZY_REPORT_SHOWN_MAX 32
struct zy_report_shown {
	unsigned label;
	const char *key, *zh, *en, *value;
};
struct zy_report_showing {
	const char *type_code, *type_zh, *type_en, *issuer_code, *issuer_zh, *issuer_en;
	zy_time made_at, credential_until;
	size_t num_fields;
	struct zy_report_shown fields[ZY_REPORT_SHOWN_MAX];
};

/* How a licence stood on a day, made out from what the log is proved to hold. */
struct zy_report_standing {
	zy_time on, at, since; /* at: ZY_TIME_NEVER is all that was known */
	const char *status, *status_zh, *reason;
	unsigned version, in_force; /* in_force 0: none */
	char rules[72];             /* "sha256:..."; empty: none were known */
	zy_time rules_since;
	uint64_t entries;              /* of the log as it was known */
	zy_time known;                 /* until when, at least */
	bool witnessed;                /* known is the witnesses' word, not the log's alone */
	bool complete, rules_complete; /* nothing that counts was left out */
};

#define ZY_REPORT_SIGNATURES_MAX 32
#define ZY_REPORT_PATH_MAX 16
#define ZY_REPORT_FINDINGS_MAX 200

struct zy_report {
	struct zy_arena arena; /* owns all texts */
	const char *input;     /* name as given */
	const char *format;    /* "ofd" "pdf" "showing" ... NULL when unknown */
	zy_time at;
	zy_time logged; /* a log proves since when the input existed; ZY_TIME_NEVER: none does */
	struct zy_finding *first, **last;
	struct zy_finding **part; /* where the current part (a signature) began: within it nothing is said twice */
	size_t num_findings, num_signatures;
	struct zy_report_signature signatures[ZY_REPORT_SIGNATURES_MAX];
	bool has_licence;
	struct zy_report_licence licence;
	bool has_showing; /* set only when every field proved to belong to the credential */
	struct zy_report_showing showing;
	bool has_standing;
	struct zy_report_standing standing;
	/* What is no document has no legal effect of its own, and its own sentence when it passes. */
	const char *passed_en, *passed_zh; /* NULL for documents */
	size_t num_path;                   /* of a certificate path that was found: subjects, leaf first */
	const char *path[ZY_REPORT_PATH_MAX];
	bool trusted; /* a trust bundle or anchors were given and used */
	/* of several bundles the one that knows the signer and decided, NULL when none does or there is one only */
	const char *vouched_by;
	uint64_t vouched_version;
	bool sealed; /* the format carries a seal, so that its legal condition is asked */
};

#define ZY_REPORT_AUTO __attribute__((cleanup(zy_report_free))) struct zy_report
void zy_report_start(struct zy_report *r, const char *input, zy_time at);
void zy_report_free(struct zy_report *r);

/* Adds a finding by its code; a code that is not in the table is our bug and ends the process. `field` is static or
 * lives as long as the report. The same code for the same field and offset is added once in a part. Over
 * ZY_REPORT_FINDINGS_MAX the last is `too-many-findings`, which fails: nothing bad is lost by flooding. Without memory
 * the report fails too. */
void zy_report_add(struct zy_report *r, const char *code, const char *field, size_t offset, const char *detail, ...)
    __attribute__((format(printf, 5, 6)));
/* Turns an error of a parser into a finding of that code. */
void zy_report_add_error(struct zy_report *r, const char *code, const struct zy_error *why);

/* The worst that was found decides; passed only with at least one signature. */
enum zy_indication zy_report_indication(const struct zy_report *r);
const char *zy_report_sub_indication(const struct zy_report *r); /* NULL when passed */
const char *zy_indication_name(enum zy_indication i);            /* "TOTAL-PASSED" ... */
int zy_indication_exit(enum zy_indication i);                    /* 0, 1, 2 */
const struct zy_finding_rule *zy_finding_rule(const char *code); /* NULL if none */
const struct zy_finding_rule *zy_finding_rules(size_t *num);

/* The verdict of the findings added since: mark = r->last before, then zy_report_since(r, mark, &sub). */
enum zy_indication zy_report_since(const struct zy_report *r, struct zy_finding *const *mark, const char **sub);

/* The JSON object of docs/report.md on one line (no newline), and the readable text in both languages. */
ZY_MUST_CHECK bool zy_report_to_json(const struct zy_report *r, struct zy_buf *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_report_to_text(const struct zy_report *r, struct zy_buf *out, struct zy_error *err);
/* {"input": ..., "error": {"code", "field", "offset", "message"}}: input that cannot be judged at all. */
ZY_MUST_CHECK bool zy_error_to_json(
    const char *input, const struct zy_error *why, struct zy_buf *out, struct zy_error *err);

#endif
