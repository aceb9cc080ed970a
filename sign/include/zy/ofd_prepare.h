/* The two halves of zy_ofd_seal, before and after the signature is asked for. */
#ifndef ZY_OFD_PREPARE_H
#define ZY_OFD_PREPARE_H

#include "zy/sealing.h"

struct zy_ofd_prepared {
	struct zy_bytes tbs;           /* DER of TBS_Sign: what is to be signed */
	const char *signed_value_path; /* where SignedValue.dat belongs */
};

/* Adds Signatures.xml (at the path that OFD.xml names), Sign_0/Seal.esl and Sign_0/Signature.xml beside it, and makes
 * the TBS_Sign. Everything is in the arena; on failure the package may hold some of the new files.
 * Errors: ofd (the document is at fault, names no Signatures, is signed already, has no page, place is no box), ses
 * (eseal), seal-not-allowed (owner_cert or esID is not the seal's), zip, xml, no-memory. */
ZY_MUST_CHECK bool zy_ofd_prepare(const struct zy_seal_use *use, struct zy_package *p, struct zy_seal_place place,
    zy_time signed_at, struct zy_arena *a, struct zy_ofd_prepared *out, struct zy_error *err);
/* Adds SignedValue.dat, the SES_Signature with that signature and, from use's stamper, its time-stamp, and writes the
 * package. Errors: ses, zip, no-memory, those of the stamper. */
ZY_MUST_CHECK bool zy_ofd_finish(const struct zy_seal_use *use, struct zy_package *p,
    const struct zy_ofd_prepared *made, const uint8_t rs[64], struct zy_arena *a, struct zy_buf *out,
    struct zy_error *err);

#endif
