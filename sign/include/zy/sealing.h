/* Seals and signatures on documents. Every signature is asked from the signing service, which holds the rule. */
#ifndef ZY_SEALING_H
#define ZY_SEALING_H

#include "zy/face.h"
#include "zy/hsm.h"
#include "zy/package.h"

/* Where time-stamps over signature values come from. Threads: any, if the giver says so. */
struct zy_stamper {
	/* A TimeStampToken of RFC 3161 about both parts together, by the authority of that suite, appended to token. */
	bool (*stamp)(void *arg, enum zy_suite suite, const struct zy_bytes content[2], struct zy_buf *token,
	    struct zy_error *err);
	size_t (*longest)(void *arg, enum zy_suite suite); /* octets of any such token, at most */
	void *arg;
};

/* What a seal needs to be used, read once from HOME/seals/<esID>/. */
struct zy_seal_use {
	const struct zy_seal_rule *rule;
	struct zy_bytes eseal;             /* DER of the SESeal, version 4 or 5 */
	const uint8_t *eseal_sm3;          /* its digest, or NULL: not known yet. Not checked */
	struct zy_bytes owner_cert;        /* DER, SM2: SES_Signature.cert, the one in its certList */
	struct zy_bytes document_cert;     /* DER, P-256: signs PDFs */
	struct zy_bytes document_chain[4]; /* issuing CA(s) to embed, not the root */
	size_t num_chain;
	struct zy_seal_picture picture;
	/* PKCS#11 URIs of the generations that owner_cert and document_cert are of; NULL: as the rule names them */
	const char *seal_key, *document_key;
	const struct zy_stamper *stamper; /* time-stamps for its signatures; NULL: none */
};

/* Seals an OFD package: Signs/Signatures.xml, Sign_0/Signature.xml covering every other file of the package,
 * SignedValue.dat (SES_Signature, of the seal's version, with a time-stamp if use has a stamper), Seal.esl; then the
 * whole package as bytes. place: box of the stamp on page 1 in mm. signed_at: timeInfo. Errors: those of zy_hsm_sign,
 * ofd, zip. */
ZY_MUST_CHECK bool zy_ofd_seal(struct zy_hsm *h, const struct zy_seal_use *use, const char *item_code,
    struct zy_package *p, struct zy_seal_place place, zy_time signed_at, struct zy_arena *a, struct zy_buf *out,
    struct zy_error *err);

/* Where a seal goes on an OFD document of others. */
enum zy_edge { ZY_EDGE_NONE, ZY_EDGE_LEFT, ZY_EDGE_RIGHT, ZY_EDGE_TOP, ZY_EDGE_BOTTOM };
struct zy_ofd_order {
	unsigned page;            /* of a whole stamp, from 1 over all documents; 0: none, so there are strips */
	struct zy_seal_place box; /* on that page; w 0: the picture's size, 20 mm from the lower right corner */
	/* Strips across the pages (骑缝章): on each page, at that edge, the part of the picture that falls to it, so
	 * that the pages laid in a fan show it whole; at most 10 pages share one picture. Of the document that has
	 * `page`. */
	enum zy_edge strips;
	double strips_at;  /* mm along that edge from the top or the left to the picture; below 0: in the middle */
	bool close;        /* no further signature after this one */
	bool without_seal; /* a signature of GB/T 35275 by the seal's key that shows nothing: no box, no strips */
};
/* Appends a seal signature to any OFD document: every entry that is there stays as it is, packed bytes included, but
 * for Signatures.xml, and OFD.xml when it names none yet; neither when a signature covers it. Errors: those of
 * zy_hsm_sign, zy_ofd_prepare_append and zy_ofd_stamps. */
ZY_MUST_CHECK bool zy_ofd_seal_append(struct zy_hsm *h, const struct zy_seal_use *use, const char *item_code,
    struct zy_bytes ofd, const struct zy_ofd_order *q, zy_time signed_at, struct zy_buf *out, struct zy_error *err);

/* Adds a visible PAdES signature, B-B or with a stamper B-T (ETSI.CAdES.detached, P-256) with the seal's picture as its
 * appearance, as one document that the signature covers whole. The hole for /Contents is computed from the
 * certificates, not guessed. page: zy_face_pdf_page of the face that pdf is, or NULL for any other fresh PDF, which is
 * then read first. Errors: those of zy_hsm_sign, pdf, cms. */
ZY_MUST_CHECK bool zy_pdf_seal(struct zy_hsm *h, const struct zy_seal_use *use, const char *item_code,
    struct zy_bytes pdf, const struct zy_pdf_page *page, struct zy_seal_place place, zy_time signed_at,
    struct zy_buf *out, struct zy_error *err);

/* Appends such a signature to any PDF as a further revision: what is there stays byte for byte (see zy_pdf_append).
 * Errors: those of zy_hsm_sign and zy_pdf_append, cms. */
struct zy_pdf_addition;
ZY_MUST_CHECK bool zy_pdf_seal_append(struct zy_hsm *h, const struct zy_seal_use *use, const char *item_code,
    struct zy_bytes pdf, const struct zy_pdf_addition *what, struct zy_seal_place place, zy_time signed_at,
    struct zy_buf *out, struct zy_error *err);

/* Puts an enveloped signature of the profile of zy/xml_signature.h before the end tag of the root of any XML document:
 * what is there stays byte for byte. XAdES B-B or with a stamper B-T; SM2 by the seal's own key, P-256 by its document
 * key. In a document that is signed already the first signature is countersigned; is it one of another profile, it is
 * refused (xml-signature). Errors: those of zy_hsm_sign, xml, utf8,
 * too-large, xml-signature. */
ZY_MUST_CHECK bool zy_xml_seal(struct zy_hsm *h, const struct zy_seal_use *use, const char *item_code,
    enum zy_suite suite, struct zy_bytes xml, zy_time signed_at, struct zy_buf *out, struct zy_error *err);

/* Signed data (CMS, RFC 5652; CAdES B-B, with a stamper B-T) or GB/T 35275 about any content, by the seal's own key
 * (suite gm) or its document key, of at most ZY_PDF_MAX octets. Errors: those of zy_hsm_sign, cms. */
struct zy_cms_order {
	enum zy_suite suite;
	bool is_gbt35275; /* suite gm only */
	bool is_detached; /* the content stays outside */
};
ZY_MUST_CHECK bool zy_cms_seal(struct zy_hsm *h, const struct zy_seal_use *use, const char *item_code,
    const struct zy_cms_order *o, struct zy_bytes content, zy_time signed_at, struct zy_buf *out, struct zy_error *err);

/* Makes a seal (制章): SES_SealInfo from the rule and the picture, signed by the seal maker. Version 5 is written
 * with a time-stamp when there is a stamper. Errors: those of zy_seal_prepare and zy_hsm_sign. */
struct zy_seal_maker {
	const char *key;                  /* PKCS#11 URI */
	struct zy_bytes cert;             /* DER */
	const char *Vid;                  /* "zhengyin" */
	unsigned version;                 /* 4 or 5; 0 stands for 4 */
	const struct zy_stamper *stamper; /* for version 5; NULL: no time-stamp */
	bool by_digest;                   /* certList holds the SM3 of owner_cert instead of owner_cert */
};
ZY_MUST_CHECK bool zy_seal_make(struct zy_hsm *h, const struct zy_seal_maker *maker, const struct zy_seal_rule *rule,
    struct zy_bytes owner_cert, const struct zy_seal_picture *picture, zy_time now, struct zy_buf *eseal,
    struct zy_error *err);

#endif
