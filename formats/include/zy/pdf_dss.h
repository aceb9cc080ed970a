/*
 * The document security store of a PDF (ISO 32000-2 12.8.4.3, EN 319 142-1 5.4.2): certificates, revocation lists and
 * OCSP answers that came with the document. Nothing of it is signed but by what it holds and by later time-stamps.
 * Threads: any; no shared state.
 */
#ifndef ZY_PDF_DSS_H
#define ZY_PDF_DSS_H

#include "zy/pdf_revision.h"

#define ZY_PDF_DSS_VALUES_MAX 64                /* of each kind */
#define ZY_PDF_DSS_VALUE_MAX ((size_t)16 << 20) /* octets of one */
#define ZY_PDF_DSS_VRI_MAX ZY_PDF_SIGNATURES_MAX

/* What a value is; the order in which they are written. */
enum zy_pdf_dss_kind { ZY_PDF_DSS_CERT, ZY_PDF_DSS_CRL, ZY_PDF_DSS_OCSP, ZY_PDF_DSS_KINDS };

struct zy_pdf_dss_value {
	struct zy_pdf_reference id; /* of its stream */
	struct zy_bytes der;        /* decoded, in the arena: not read here */
	size_t end;                 /* of its data in the file: what covers the bytes before it covers the value */
};
/* What the store says of one signature: its key as it stands, and the text of its dictionary or of a reference to it.
 */
struct zy_pdf_dss_vri {
	const char *key, *text;
};

struct zy_pdf_dss {
	bool present;
	/* ZY_OK, or the first thing that is not as it should be: it is left out */
	struct zy_error fault;
	size_t num[ZY_PDF_DSS_KINDS];
	struct zy_pdf_dss_value *values[ZY_PDF_DSS_KINDS]; /* those that only a VRI lists too; each stream once */
	size_t num_vri;
	struct zy_pdf_dss_vri *vri;
};
/* Of a file that zy_pdf_parse took. Errors: no-memory. */
ZY_MUST_CHECK bool zy_pdf_dss_parse(
    struct zy_pdf_dss *out, const struct zy_pdf *pdf, struct zy_arena *a, struct zy_error *err);

/* The key of a signature in /VRI: SHA-1 of what /Contents spells, zeros included, in capitals.
 * Errors: crypto, no-memory. */
ZY_MUST_CHECK bool zy_pdf_vri_key(const struct zy_pdf_signature *s, char out[41], struct zy_error *err);

#endif
