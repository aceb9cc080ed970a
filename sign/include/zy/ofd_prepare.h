/* The two halves of zy_ofd_seal and zy_ofd_seal_append, before and after the signature is asked for. */
#ifndef ZY_OFD_PREPARE_H
#define ZY_OFD_PREPARE_H

#include "zy/ofd.h"
#include "zy/sealing.h"

struct zy_ofd_prepared {
	struct zy_bytes original;      /* Signature.xml: what the signature is about (原文) */
	struct zy_bytes tbs;           /* DER of TBS_Sign: what is to be signed; empty without a seal */
	const char *signed_value_path; /* where SignedValue.dat belongs */
};

/* What one signature puts on the pages, and what comes after it. */
struct zy_ofd_stamping {
	size_t body; /* whose pages, index into zy_ofd.bodies */
	size_t num;
	const struct zy_ofd_stamp *stamps; /* ID is not used: they are numbered */
	bool close;                        /* covers Signatures.xml too: no further signature (整体保护) */
	bool without_seal;                 /* Type="Sign": no Seal.esl, and what is signed is up to the caller */
};

/* The first signature of a document made here, which closes it: its stamp on page 1. Adds Signatures.xml (at the path
 * that OFD.xml names), Sign_0/Seal.esl and Sign_0/Signature.xml beside it, and makes the TBS_Sign. Everything is in
 * the arena; on failure the package may hold some of the new files.
 * Errors: ofd (the document is at fault, names no Signatures, is signed already, has no page, place is no box), ses
 * (eseal), seal-not-allowed (owner_cert or esID is not the seal's), zip, xml, no-memory. */
ZY_MUST_CHECK bool zy_ofd_prepare(const struct zy_seal_use *use, struct zy_package *p, struct zy_seal_place place,
    zy_time signed_at, struct zy_arena *a, struct zy_ofd_prepared *out, struct zy_error *err);
/* One more signature on any document, p, that d was read from: of what is there only Signatures.xml changes, and
 * OFD.xml when it names none yet. It covers every file that OFD.xml leads to, earlier signatures included.
 * Errors: as above, document-closed (what would have to change is covered by a signature), too-large. */
ZY_MUST_CHECK bool zy_ofd_prepare_append(const struct zy_seal_use *use, struct zy_package *p, const struct zy_ofd *d,
    const struct zy_ofd_stamping *s, zy_time signed_at, struct zy_arena *a, struct zy_ofd_prepared *out,
    struct zy_error *err);
/* Adds SignedValue.dat, the SES_Signature with that signature and, from use's stamper, its time-stamp.
 * Errors: ses, zip, no-memory, those of the stamper. */
ZY_MUST_CHECK bool zy_ofd_finish(const struct zy_seal_use *use, struct zy_package *p,
    const struct zy_ofd_prepared *made, const uint8_t rs[64], struct zy_arena *a, struct zy_error *err);
/* Adds SignedValue.dat as it is: the signed data about made->original of a signature without a seal. */
ZY_MUST_CHECK bool zy_ofd_put_value(struct zy_package *p, const struct zy_ofd_prepared *made, struct zy_bytes value,
    struct zy_arena *a, struct zy_error *err);

/* The stamps of an order on the document's pages, in the arena. size: of the seal's picture.
 * Errors: not-found (the page), ofd (a place that is not on the page, a page without size; one page only and strips
 * wanted), no-memory. */
ZY_MUST_CHECK bool zy_ofd_stamps(const struct zy_ofd *d, const struct zy_ofd_order *q, const struct zy_seal_place *size,
    struct zy_arena *a, struct zy_ofd_stamping *out, struct zy_error *err);

#endif
