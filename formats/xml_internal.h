/* What the readers of XML share. */
#ifndef ZY_XML_INTERNAL_H
#define ZY_XML_INTERNAL_H

#include "zy/xml.h"

#include <stdio.h>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

/* What can be seen before libxml2 sees it: size, UTF-8, no DTD, no flood in one tag; and libxml2 is ready. Errors: xml,
 * utf8, too-large. */
ZY_MUST_CHECK bool zy_xml_check_bytes(struct zy_bytes in, const char *field, struct zy_error *err);
/* Turns each "&#38;" back into '&', in place. */
void zy_xml_take_ampersands(char *s);
/* libxml2's message as the end of one of our sentences. */
#define ZY_XML_REASON 120
void zy_xml_reason(char out[ZY_XML_REASON], const char *message);

#endif
