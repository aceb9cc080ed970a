/* Certified PDFs whose fields were filled in by others, and what can be hidden behind that: with one fault each, beside
 * honest ones. For make_pades.c. */
#ifndef ZY_TEST_PADES_FILLED_H
#define ZY_TEST_PADES_FILLED_H

#include "corpus/pades_locks.h"

/* Before anybody signs: the seal is 30 its drawing, 31 its field, 32 its signature. */
#define BEFORE(...)                                                                                                    \
	{                                                                                                              \
		PUT, .objects = { __VA_ARGS__, { 29, FONT("Courier") } }                                               \
	}
#define AFTER(...)                                                                                                     \
	{                                                                                                              \
		PUT, .objects = { __VA_ARGS__ }                                                                        \
	}
#define FONT(name) "<< /Type /Font /Subtype /Type1 /BaseFont /" name " >>"
#define CATALOG(members) "<< /Type /Catalog /Pages 2 0 R /AcroForm 9 0 R " members " >>"
#define FORM(members) "<< /Fields [6 0 R 7 0 R 8 0 R] " members " >>"
#define SIGNED_FORM(members) "<< /SigFlags 3 /Fields [6 0 R 7 0 R 8 0 R 31 0 R] " members " >>"
#define SUM(value, members)                                                                                            \
	"<< /Type /Annot /Subtype /Widget /FT /Tx /T (sum) /V (" value ") /Rect [9 9 99 29] /P 3 0 R " members " >>"
#define BUTTON(members) "<< /Type /Annot /Subtype /Widget /FT /Btn /T (sum) /Rect [9 9 99 29] /P 3 0 R " members " >>"
#define STATES "/AP << /N << /Yes 20 0 R /Off 21 0 R >> >> "
#define SHAPE(of)                                                                                                      \
	"<< /Type /XObject /Subtype /Form /BBox [0 0 90 20] /Length 12 >>\nstream\n0 0 " of " 9 re f\nendstream"
#define CONTENT(of) "<< /Length 22 >>\nstream\n0.9 g 60 60 " of " 99 re f\nendstream"
#define RESOURCED(of)                                                                                                  \
	"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources " of " /Contents 4 0 R /Annots 5 0 R >>"
#define OWN_FONT(members) "/DR << /Font << /F1 29 0 R " members " >> >> /DA (/F1 9 Tf)"

#define HONEST PASSED, UNASKED
#define TOLD PASSED, FOUND("field-drawn-otherwise", "AP") UNASKED
#define FALSE_ ALTERED, CHANGED UNASKED

static const struct pades_case pades_filled[] = {
	{ "drawn-in-the-old-place", NULL, HONEST,
	    { BEFORE({ 6, SUM("100", "/AP << /N 20 0 R >>") }, { 20, LETTERED("(100) Tj", "41") }), CERTIFIED(2),
		AFTER({ 6, SUM("900", "/AP << /N 20 0 R >>") }, { 20, LETTERED("(900) Tj", "41") }) },
	    NULL },
	{ "shown-as-it-is", NULL, HONEST,
	    { BEFORE({ 6, SUM("100", "/AP << /N 20 0 R >>") }, { 20, LETTERED("(100) Tj", "41") }), CERTIFIED(2),
		AFTER({ 6, SUM("900", "/AP << /N 40 0 R >>") }, { 40, LETTERED("[(9) -20 (00)] TJ", "50") }) },
	    NULL },
	{ "shown-otherwise", NULL, TOLD,
	    { BEFORE({ 6, SUM("100", "/AP << /N 20 0 R >>") }, { 20, LETTERED("(100) Tj", "41") }), CERTIFIED(2),
		AFTER({ 6, SUM("900", "/AP << /N 40 0 R >>") }, { 40, LETTERED("(9000) Tj", "42") }) },
	    NULL },
	{ "shown-as-before", NULL, TOLD,
	    { BEFORE({ 6, SUM("100", "/AP << /N 20 0 R >>") }, { 20, LETTERED("(100) Tj", "41") }), CERTIFIED(2),
		AFTER({ 6, SUM("900", "/AP << /N 40 0 R >>") }, { 40, LETTERED("(100) Tj", "41") }) },
	    NULL },
	{ "shown-by-a-misnamed-code", NULL, TOLD,
	    { BEFORE({ 6, SUM("100", "/AP << /N 20 0 R >>") }, { 20, LETTERED("(100) Tj", "41") }), CERTIFIED(2),
		AFTER({ 6, SUM("900", "/AP << /N 40 0 R >>") },
		    { 40,
			IN_FONT(
			    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Differences [57 /one] >> >>",
			    "(900) Tj", "41") }) },
	    NULL },
	{ "shown-by-a-renamed-code", NULL, HONEST,
	    { BEFORE({ 6, SUM("100", "/AP << /N 20 0 R >>") }, { 20, LETTERED("(100) Tj", "41") }), CERTIFIED(2),
		AFTER({ 6, SUM("900", "/AP << /N 40 0 R >>") },
		    { 40,
			IN_FONT(
			    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Differences [65 /nine] >> >>",
			    "(A00) Tj", "41") }) },
	    NULL },
	{ "shown-in-a-composite-font", NULL, TOLD,
	    { BEFORE({ 6, SUM("100", "/AP << /N 20 0 R >>") }, { 20, LETTERED("(100) Tj", "41") }), CERTIFIED(2),
		AFTER({ 6, SUM("900", "/AP << /N 40 0 R >>") },
		    { 40,
			IN_FONT(
			    "<< /Type /Font /Subtype /Type0 /BaseFont /F /Encoding /Identity-H /DescendantFonts [29 0 R] >>",
			    "<0009> Tj", "42") }) },
	    NULL },
	{ "shown-by-drawn-glyphs", NULL, FALSE_,
	    { BEFORE({ 6, SUM("100", "/AP << /N 20 0 R >>") }, { 20, LETTERED("(100) Tj", "41") }), CERTIFIED(2),
		AFTER({ 6, SUM("900", "/AP << /N 40 0 R >>") },
		    { 40,
			IN_FONT(
			    "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [1 0 0 1 0 0] /CharProcs << /nine 4 0 R >> /Encoding << /Differences [57 /nine] >> /FirstChar 57 /LastChar 57 /Widths [9] >>",
			    "(9) Tj", "39") }) },
	    NULL },
	{ "shown-in-no-font", NULL, TOLD,
	    { BEFORE({ 6, SUM("100", "/AP << /N 20 0 R >>") }, { 20, LETTERED("(100) Tj", "41") }), CERTIFIED(2),
		AFTER({ 6, SUM("900", "/AP << /N 40 0 R >>") }, { 40, LETTERED("/G 9 Tf (900) Tj", "49") }) },
	    NULL },
	{ "filled-with-a-picture", NULL, FALSE_,
	    { BEFORE({ 6, SUM("100", "/AP << /N 20 0 R >>") }, { 20, LETTERED("(100) Tj", "41") }), CERTIFIED(2),
		AFTER({ 6, SUM("900", "/AP << /N 40 0 R >>") },
		    { 40,
			"<< /Type /XObject /Subtype /Form /BBox [0 0 90 20] /Resources << /XObject << /X 41 0 R >> >> /Length 5 >>\nstream\n/X Do\nendstream" },
		    { 41, SHAPE("9") }) },
	    NULL },
	{ "filled-with-a-cover", NULL, FALSE_,
	    { BEFORE({ 6, SUM("100", "/AP << /N 20 0 R >>") }, { 20, LETTERED("(100) Tj", "41") }), CERTIFIED(2),
		AFTER({ 6, SUM("900", "/AP << /N 40 0 R >>") },
		    { 40, LETTERED("ET 0 0 90 20 re f BT (900) Tj", "62") }) },
	    NULL },
	{ "filled-with-a-thick-line", NULL, FALSE_,
	    { BEFORE({ 6, SUM("100", "/AP << /N 20 0 R >>") }, { 20, LETTERED("(100) Tj", "41") }), CERTIFIED(2),
		AFTER({ 6, SUM("900", "/AP << /N 40 0 R >>") },
		    { 40, LETTERED("ET 99 w 0 0 m 90 20 l S BT (900) Tj", "68") }) },
	    NULL },
	{ "filled-with-an-inline-picture", NULL, FALSE_,
	    { BEFORE({ 6, SUM("100", "/AP << /N 20 0 R >>") }, { 20, LETTERED("(100) Tj", "41") }), CERTIFIED(2),
		AFTER({ 6, SUM("900", "/AP << /N 40 0 R >>") },
		    { 40, LETTERED("ET BI /W 1 /H 1 /BPC 1 /IM true ID x EI BT (900) Tj", "84") }) },
	    NULL },
	{ "filled-within-its-frame", NULL, HONEST,
	    { BEFORE({ 6, SUM("100", "/MK << /BG [1] >> /AP << /N 20 0 R >>") }, { 20, LETTERED("(100) Tj", "41") }),
		CERTIFIED(2),
		AFTER({ 6, SUM("900", "/MK << /BG [1] >> /AP << /N 40 0 R >>") },
		    { 40, LETTERED("ET 1 g 0 0 90 20 re f BT (900) Tj", "66") }) },
	    NULL },
	{ "filled-with-what-cannot-be-read", NULL, TOLD,
	    { BEFORE({ 6, SUM("100", "/AP << /N 20 0 R >>") }, { 20, LETTERED("(100) Tj", "41") }), CERTIFIED(2),
		AFTER({ 6, SUM("900", "/AP << /N 40 0 R >>") },
		    { 40,
			"<< /Type /XObject /Subtype /Form /BBox [0 0 90 20] /Filter /ASCIIHexDecode /Length 1 >>\nstream\n>\nendstream" }) },
	    NULL },
	{ "filled-with-no-drawing", NULL, FALSE_,
	    { BEFORE({ 6, SUM("100", "/AP << /N 20 0 R >>") }, { 20, LETTERED("(100) Tj", "41") }), CERTIFIED(2),
		AFTER({ 6, SUM("900", "/AP << /N 40 0 R >>") }, { 40, "[4 0 R]" }) },
	    NULL },
	{ "chosen-and-shown-by-its-name", NULL, HONEST,
	    { BEFORE(
		  { 6,
		      "<< /Type /Annot /Subtype /Widget /FT /Ch /Ff 131072 /T (sum) /V (a) /Opt [[(a) (Yes)] [(b) (No)]] /Rect [9 9 99 29] /P 3 0 R /AP << /N 20 0 R >> >>" },
		  { 20, LETTERED("(Yes) Tj", "41") }),
		CERTIFIED(2),
		AFTER(
		    { 6,
			"<< /Type /Annot /Subtype /Widget /FT /Ch /Ff 131072 /T (sum) /V (b) /Opt [[(a) (Yes)] [(b) (No)]] /Rect [9 9 99 29] /P 3 0 R /AP << /N 40 0 R >> >>" },
		    { 40, LETTERED("(No) Tj", "40") }) },
	    NULL },
	{ "chosen-and-shown-as-the-other", NULL, TOLD,
	    { BEFORE(
		  { 6,
		      "<< /Type /Annot /Subtype /Widget /FT /Ch /Ff 131072 /T (sum) /V (a) /Opt [[(a) (Yes)] [(b) (No)]] /Rect [9 9 99 29] /P 3 0 R /AP << /N 20 0 R >> >>" },
		  { 20, LETTERED("(Yes) Tj", "41") }),
		CERTIFIED(2),
		AFTER(
		    { 6,
			"<< /Type /Annot /Subtype /Widget /FT /Ch /Ff 131072 /T (sum) /V (b) /Opt [[(a) (Yes)] [(b) (No)]] /Rect [9 9 99 29] /P 3 0 R /AP << /N 40 0 R >> >>" },
		    { 40, LETTERED("(Yes) Tj", "41") }) },
	    NULL },
	{ "value-changed-and-not-drawn", NULL, TOLD,
	    { BEFORE({ 6, SUM("100", "/AP << /N 20 0 R >>") }, { 20, LETTERED("(100) Tj", "41") }), CERTIFIED(2),
		AFTER({ 6, SUM("900", "/AP << /N 20 0 R >>") }) },
	    NULL },
	{ "drawn-in-the-old-place-and-on-the-page", NULL, FALSE_,
	    { BEFORE({ 6, SUM("100", "/AP << /N 4 0 R >>") }), CERTIFIED(2), AFTER({ 4, CONTENT("80") }) }, NULL },
	{ "drawn-in-the-old-place-of-two", NULL, FALSE_,
	    { BEFORE({ 6, SUM("100", "/AP << /N 20 0 R >>") },
		  { 7, "<< /Type /Annot /Subtype /Stamp /Rect [80 500 180 600] /AP << /N 20 0 R >> >>" },
		  { 20, SHAPE("8") }),
		CERTIFIED(2), AFTER({ 6, SUM("900", "/AP << /N 20 0 R >>") }, { 20, SHAPE("9") }) },
	    NULL },
	{ "drawn-twice-in-the-list-and-on-the-page", NULL, FALSE_,
	    { BEFORE({ 6, SUM("100", "/AP << /N 4 0 R >>") }, { 9, "<< /Fields [6 0 R 6 0 R 7 0 R 8 0 R] >>" }),
		CERTIFIED(2), AFTER({ 4, CONTENT("80") }) },
	    NULL },
	{ "type-from-above", NULL, HONEST,
	    { BEFORE({ 6, "<< /T (all) /FT /Tx /Kids [20 0 R] >>" },
		  { 20, "<< /Type /Annot /Subtype /Widget /T (sum) /V (100) /Parent 6 0 R /Rect [9 9 99 29] >>" },
		  { 5, "[20 0 R 7 0 R 8 0 R]" }),
		CERTIFIED(2),
		AFTER(
		    { 20, "<< /Type /Annot /Subtype /Widget /T (sum) /V (900) /Parent 6 0 R /Rect [9 9 99 29] >>" }) },
	    NULL },
	{ "box-checked", NULL, HONEST,
	    { BEFORE({ 6, BUTTON("/AS /Off " STATES) }, { 20, SHAPE("8") }, { 21, SHAPE("0") }), CERTIFIED(2),
		AFTER({ 6, BUTTON("/V /Yes /AS /Yes " STATES) }) },
	    NULL },
	{ "box-drawn-anew", NULL, FALSE_,
	    { BEFORE({ 6, BUTTON("/AS /Off " STATES) }, { 20, SHAPE("8") }, { 21, SHAPE("0") }), CERTIFIED(2),
		AFTER({ 6, BUTTON("/AS /Off /AP << /N << /Yes 20 0 R /Off 20 0 R >> >>") }) },
	    NULL },
	{ "push-button-drawn-anew", NULL, FALSE_,
	    { BEFORE({ 6, BUTTON("/Ff 65536 /AP << /N 20 0 R >>") }, { 20, SHAPE("8") }, { 21, SHAPE("0") }),
		CERTIFIED(2), AFTER({ 6, BUTTON("/Ff 65536 /AP << /N 21 0 R >>") }) },
	    NULL },
	{ "fonts-added", NULL, HONEST,
	    { BEFORE({ 9, FORM(OWN_FONT("")) }), CERTIFIED(2),
		AFTER({ 9, SIGNED_FORM(OWN_FONT("/Helv 40 0 R")) }, { 40, FONT("Helvetica") }, { 6, SUM("900", "") }) },
	    NULL },
	{ "fonts-added-where-pages-have-them", NULL, HONEST,
	    { BEFORE({ 9, FORM("/DR 20 0 R /DA (/F1 9 Tf)") }, { 20, "<< /Font << /F1 29 0 R >> >>" },
		  { 3, RESOURCED("20 0 R") }),
		CERTIFIED(2), AFTER({ 20, "<< /Font << /F1 29 0 R /Helv 40 0 R >> >>" }, { 40, FONT("Helvetica") }) },
	    NULL },
	{ "font-added-that-a-field-names", NULL, FALSE_,
	    { BEFORE({ 9, FORM(OWN_FONT("")) }, { 6, SUM("100", "/DA (/He#6cv 9 Tf)") }), CERTIFIED(2),
		AFTER({ 9, SIGNED_FORM(OWN_FONT("/Helv 40 0 R")) }, { 40, FONT("Helvetica") }) },
	    NULL },
	{ "font-added-that-the-page-names", NULL, FALSE_,
	    { BEFORE({ 9, FORM("/DR 20 0 R") }, { 20, "<< /Font << /F1 29 0 R >> >>" }, { 3, RESOURCED("20 0 R") }),
		AFTER({ 4, "<< /Length 31 >>\nstream\nBT /Helv 20 Tf 9 9 Td (a) Tj ET\nendstream" }), CERTIFIED(2),
		AFTER({ 20, "<< /Font << /F1 29 0 R /Helv 40 0 R >> >>" }, { 40, FONT("Helvetica") }) },
	    NULL },
	{ "font-added-where-nothing-can-be-read", NULL, FALSE_,
	    { BEFORE({ 9, FORM(OWN_FONT("")) }),
		AFTER({ 4, "<< /Filter /ASCIIHexDecode /Length 3 >>\nstream\n20>\nendstream" }), CERTIFIED(2),
		AFTER({ 9, SIGNED_FORM(OWN_FONT("/Helv 40 0 R")) }, { 40, FONT("Helvetica") }) },
	    NULL },
	{ "font-replaced", NULL, FALSE_,
	    { BEFORE({ 9, FORM(OWN_FONT("")) }), CERTIFIED(2),
		AFTER(
		    { 9, SIGNED_FORM("/DR << /Font << /F1 40 0 R >> >> /DA (/F1 9 Tf)") }, { 40, FONT("Helvetica") }) },
	    NULL },
	{ "font-changed", NULL, FALSE_,
	    { BEFORE({ 9, FORM(OWN_FONT("")) }), CERTIFIED(2), AFTER({ 29, FONT("Helvetica") }) }, NULL },
	{ "fonts-that-are-a-graphics-state", NULL, FALSE_,
	    { BEFORE({ 9, FORM("/DR << /Font 20 0 R >>") }, { 20, "<< /F1 29 0 R >>" },
		  { 3, RESOURCED("<< /ExtGState << /G 20 0 R >> >>") }),
		CERTIFIED(2), AFTER({ 20, "<< /F1 29 0 R /SMask 40 0 R >>" }, { 40, FONT("Helvetica") }) },
	    NULL },
	{ "resources-of-another-kind-added", NULL, FALSE_,
	    { BEFORE({ 9, FORM(OWN_FONT("")) }), CERTIFIED(2),
		AFTER({ 9, SIGNED_FORM("/DR << /Font << /F1 29 0 R >> /XObject << /X 40 0 R >> >> /DA (/F1 9 Tf)") },
		    { 40, SHAPE("9") }) },
	    NULL },
	{ "store-of-page-content", NULL, ALTERED, CHANGED FOUND("store-unreadable", "Certs") UNASKED,
	    { BEFORE({ 1, CATALOG("/DSS << /Certs 4 0 R >>") }), { SIGN, .at = JANUARY }, AFTER({ 4, CONTENT("80") }) },
	    NULL },
	{ "numbers-written-otherwise", NULL, HONEST,
	    { { SIGN, .at = JANUARY },
		AFTER({ 3, "<< /Type /Page /Parent 2 0 R /MediaBox [0.0 0 595.00 842.] /Resources << >> "
			   "/Contents 4 0 R /Annots 5 0 R >>" }) },
	    NULL },
	{ "information-where-there-was-none", NULL, HONEST,
	    { { SIGN, .at = JANUARY },
		{ PUT, .arg = "/Info 40 0 R " FIXTURE_ID,
		    .objects = { { 40, "<< /Producer (somebody) /ModDate (D:20260201000000Z) >>" } } } },
	    NULL },
	{ "title-where-there-was-none", NULL, FALSE_,
	    { { SIGN, .at = JANUARY },
		{ PUT, .arg = "/Info 40 0 R " FIXTURE_ID,
		    .objects = { { 40, "<< /Title (a gift) /ModDate (D:20260201000000Z) >>" } } } },
	    NULL },
	{ "form-moved-into-an-object", NULL, HONEST,
	    { BEFORE({ 1, "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R 7 0 R 8 0 R] >> >>" }),
		{ SIGN, .at = JANUARY },
		AFTER({ 1, "<< /Type /Catalog /Pages 2 0 R /AcroForm 40 0 R >>" }, { 40, SIGNED_FORM("") }) },
	    NULL },
};

#endif
