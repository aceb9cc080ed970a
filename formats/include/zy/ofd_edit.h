/*
 * Two small changes to the XML of an OFD document, which leave every other byte of it as it is: what a further
 * signature needs. The input is XML that zy_xml_parse accepts; the result is not parsed again here.
 */
#ifndef ZY_OFD_EDIT_H
#define ZY_OFD_EDIT_H

#include "zy/buf.h"

/* OFD.xml with <Signatures> at the end of its DocBody number `body`, from 0. path: of Signatures.xml in the package.
 * Appended to out. Errors: ofd (no such DocBody), no-memory. */
ZY_MUST_CHECK bool zy_ofd_name_signatures(
    struct zy_bytes ofd_xml, size_t body, const char *path, struct zy_buf *out, struct zy_error *err);

/* Signatures.xml with one more Signature at its end and MaxSignId, if it has one, become ID. type: "Seal" or "Sign";
 * path: of Signature.xml in the package. Appended to out. Errors: ofd (a list without end tag), no-memory. */
ZY_MUST_CHECK bool zy_ofd_list_signature(struct zy_bytes signatures_xml, const char *ID, const char *type,
    const char *path, struct zy_buf *out, struct zy_error *err);

#endif
