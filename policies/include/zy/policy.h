/*
 * The rules as data: licence types, departments, items, seals. JSON files in HOME/policies (made by `init` from
 * share/zhengyin/policies), loaded into one const struct at start. Unknown or repeated keys, values out of range
 * and dangling references are errors (policy) with file and line. Everything points into the arena.
 */
#ifndef ZY_POLICY_H
#define ZY_POLICY_H

#include "zy/arena.h"
#include "zy/digest.h"
#include "zy/identity.h"

struct zy_label {
	const char *zh, *en; /* both are required wherever a person reads */
};

enum zy_field_kind {
	ZY_FIELD_TEXT,    /* one line; min..max characters */
	ZY_FIELD_LINES,   /* free text that may hold line feeds; min..max characters */
	ZY_FIELD_DATE,    /* YYYY-MM-DD */
	ZY_FIELD_CHOICE,  /* one of choices[].code; the face shows the label */
	ZY_FIELD_INTEGER, /* least..most */
	ZY_FIELD_USCC,    /* a credit code, checked */
	ZY_FIELD_CITIZEN  /* a citizen number, checked */
};

struct zy_choice {
	const char *code;
	struct zy_label label;
};

struct zy_field_rule {
	const char *key; /* as in zy_field.key */
	struct zy_label label;
	enum zy_field_kind kind;
	bool required;
	uint32_t min, max;   /* characters, for TEXT and LINES */
	int64_t least, most; /* for INTEGER */
	size_t num_choices;
	const struct zy_choice *choices;
	unsigned showing_label; /* number of the field in a showing, 1..9999; 0 when it is never shown */
	const char *example;    /* a valid value, for `policy example` */
};

/* The face: boxes on a page, all in millimetres from the top left corner, sizes in points. */
enum zy_box_kind { ZY_BOX_TEXT, ZY_BOX_ROW, ZY_BOX_QR, ZY_BOX_SEAL, ZY_BOX_RULE, ZY_BOX_TERMS };
enum zy_align { ZY_ALIGN_LEFT, ZY_ALIGN_CENTRE, ZY_ALIGN_RIGHT, ZY_ALIGN_JUSTIFY };
struct zy_box {
	enum zy_box_kind kind;
	double x, y, w, h;
	/* TEXT and ROW: `text` with {placeholders}: a field key, or identifier, number, holder_name, holder_number,
	 * issuer_name, issue_date, valid_from, valid_to, type_name; :long after a date gives 2026年03月01日.
	 * ROW: `label` is drawn left in a column of label_w, the text right of it. TERMS: as TEXT, with words of our
	 * own, and nothing where a licence has no terms. */
	struct zy_label label;
	double label_w;
	const char *text;
	double size, least_size; /* points; text that overflows shrinks down to least_size, then layout-overflow */
	double leading;          /* line distance as a multiple of size, 1.0..3.0 */
	bool bold;
	enum zy_align align;
	uint8_t colour[3]; /* sRGB */
};
enum zy_border { ZY_BORDER_NONE, ZY_BORDER_GUILLOCHE, ZY_BORDER_DOUBLE };
struct zy_layout {
	double width, height; /* mm */
	enum zy_border border;
	uint8_t border_colour[3], background[3]; /* background: page tint */
	size_t num_boxes;
	const struct zy_box *boxes;
};

enum { ZY_FORM_OFD = 1, ZY_FORM_PDF = 2 };
enum { ZY_ON_PROMISE = 1, ZY_ON_CONDITION = 2 };

struct zy_type {
	const char *alias;          /* "business-licence" */
	const char *code;           /* 21 characters */
	struct zy_label name;       /* 营业执照, Business Licence */
	unsigned catalogue_version; /* 1..9999 */
	unsigned showing_number;    /* type number in credentials, 1..9999, unique */
	unsigned holder_kinds;      /* bit (1 << enum zy_holder_kind) */
	const char *item_code;      /* the item that mints it */
	const char *issuer_code;    /* which department issues it */
	const char *seal;           /* esID of the seal of that item */
	unsigned forms;             /* bits ZY_FORM_* */
	const char *number_field;   /* key of the field that is the licence number ZZBH; "" means the holder's number */
	const char *name_field;     /* key that must equal the holder's name, "" for none */
	const char *holder_field;   /* key that must equal the holder's number, "" for none */
	const char *issue_field;    /* key of the issue date, "" means the day of minting */
	const char *from_field;     /* key of the start date, "" means the issue date */
	const char *to_field;       /* key of the end date, "" means long term; an absent optional field too */
	unsigned terms;           /* bits ZY_ON_*: on which terms it may be minted; then its face has a box for them */
	bool secret;              /* its licences lie in the secret compartment */
	uint32_t credential_days; /* longest life of a showing credential, 1..30 */
	const char *example_holder; /* KIND:NUMBER and name of an invented holder; with the fields' examples they */
	const char *example_name;   /* make an application that the type accepts (checked when it is loaded) */
	size_t num_fields;
	const struct zy_field_rule *fields;
	struct zy_layout layout;
};

struct zy_department {
	const char *code; /* credit code */
	struct zy_label name;
};

enum zy_seal_shape {
	ZY_SEAL_OFFICIAL, /* round, 42 mm: name on the arc, star, line of text */
	ZY_SEAL_COMPANY,  /* round, 40 mm: the same, and the seal's number on the lower arc */
	ZY_SEAL_OVAL,     /* 40 x 30 mm: name on the arc, the taxpayer's number, 发票专用章 */
	ZY_SEAL_NAME      /* square, 20 mm: a person's name in two columns */
};
const char *zy_seal_shape_name(enum zy_seal_shape s); /* as in seals.json: "official" ... */

/* From `at` on the seal seals nothing; documents sealed before stay valid. at 0: not retired. */
struct zy_seal_retired {
	zy_time at;
	const char *successor; /* esID, NULL for none */
};
/* Not to be used from `from` until just before `until`. until 0: not switched off. */
struct zy_seal_off {
	zy_time from, until;
	const char *ground; /* of law */
};
#define ZY_SEAL_OFF_MAX_S ((zy_time)366 * 86400)

/* A seal's rule: which key, which items, which dates, for whom. */
#define ZY_SEAL_LIMIT_MAX 1000000000000
struct zy_seal_rule {
	const char *esID;         /* 14 digits */
	struct zy_label name;     /* name.zh is SES property.name and the arc text */
	enum zy_seal_shape shape; /* how it is drawn */
	const char *centre_text; /* text under the star, "" for none: 行政审批专用章; of an oval seal the line below */
	const char *code;        /* company: digits along the lower arc; oval: the taxpayer's number; else "" */
	const char *department;   /* credit code of its owner */
	uint64_t seal_type;       /* SES property.type */
	const char *seal_key;     /* PKCS#11 URI of the owner's SM2 key: signs TBS_Sign */
	const char *document_key; /* PKCS#11 URI of the P-256 key that signs PDFs under this seal */
	zy_time valid_from, valid_to;
	size_t num_items;
	const char *const *items; /* item codes it may seal */
	bool timestamp; /* its signatures, and the seal itself in version 5, carry a time-stamp of the home's authority
			 */
	/* how often each of the two keys may be used, 0 for no limit; days are Beijing days */
	int64_t limit_total, limit_per_day;
	size_t num_requesters;      /* 0: whoever the signer answers */
	const unsigned *requesters; /* uids of the accounts that may use it */
	struct zy_seal_retired retired;
	struct zy_seal_off off;
};

struct zy_policy {
	size_t num_types, num_departments, num_seals;
	struct zy_label operator_name; /* who runs the service: subject of its authorities and of the seal maker */
	const struct zy_type *types;
	const struct zy_department *departments;
	const struct zy_seal_rule *seals;
};

/*
 * Loads FOLDER/departments.json, FOLDER/seals.json, and FOLDER/types/<alias>.json with FOLDER/layouts/<alias>.json,
 * types in the order of their aliases. Files up to 1 MiB, up to 200 types, 64 fields a type. Checked beyond the
 * members: codes (credit codes; a type code is a credit code and three digits), numbers and codes given once, every
 * reference (department, seal, item of the seal, fields, placeholders of the face), examples against their own rules.
 * Errors: policy ("types/business-licence.json:12: ...", err->offset in that file), io, too-large, no-memory.
 */
ZY_MUST_CHECK bool zy_policy_load(struct zy_policy *out, const char *folder, struct zy_arena *a, struct zy_error *err);
/* The same with these bytes instead of FOLDER/seals.json: what is proposed, or what was hashed. They are borrowed for
 * the call. */
ZY_MUST_CHECK bool zy_policy_load_with(
    struct zy_policy *out, const char *folder, struct zy_bytes seals, struct zy_arena *a, struct zy_error *err);

/*
 * One type from the texts of its two files, against the departments, seals and types of *p (not changed): what an
 * editor asks before it writes a policy. Texts are borrowed for the call. Errors: policy, no-memory.
 */
ZY_MUST_CHECK bool zy_policy_type_parse(struct zy_type *out, const struct zy_policy *p, const char *alias,
    struct zy_bytes type, struct zy_bytes layout, struct zy_arena *a, struct zy_error *err);

/* By alias or 21-character code. Errors: type-unknown. */
ZY_MUST_CHECK bool zy_policy_type(
    const struct zy_policy *p, const char *name, const struct zy_type **out, struct zy_error *err);
const struct zy_department *zy_policy_department(const struct zy_policy *p, const char *code); /* NULL if none */
const struct zy_seal_rule *zy_policy_seal(const struct zy_policy *p, const char *esID);        /* NULL if none */
/* May this seal be used for that item at that time: listed, valid_from <= at <= valid_to, not retired, not off?
 * Errors: seal-not-allowed, seal-date, seal-retired, seal-off. */
ZY_MUST_CHECK bool zy_seal_rule_allows(
    const struct zy_seal_rule *s, const char *item_code, zy_time at, struct zy_error *err);
/* Neither retired nor off at that time? Errors: seal-retired, seal-off. */
ZY_MUST_CHECK bool zy_seal_rule_in_use(const struct zy_seal_rule *s, zy_time at, struct zy_error *err);
/* May the account with that uid use it? Errors: seal-not-allowed. */
ZY_MUST_CHECK bool zy_seal_rule_asked_by(const struct zy_seal_rule *s, uint64_t uid, struct zy_error *err);

/* One value against its rule, canonical text on success (same pointer or arena).
 * Errors: field-type, field-length, field-range, utf8, credit-code, citizen-number; err->field is the key. */
ZY_MUST_CHECK bool zy_field_rule_check(
    const struct zy_field_rule *f, const char *value, struct zy_arena *a, const char **canonical, struct zy_error *err);
const struct zy_field_rule *zy_type_field(const struct zy_type *t, const char *key); /* NULL if none */

#endif
