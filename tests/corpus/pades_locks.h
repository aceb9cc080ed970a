/* PDF signatures whose fields lock the document (ISO 32000-2 table 237), fields that are drawn by several widgets, and
 * pages made from templates, with one fault each, beside honest ones. For make_pades.c. */
#ifndef ZY_TEST_PADES_LOCKS_H
#define ZY_TEST_PADES_LOCKS_H

#include "corpus/pades_faults.h"

#define LOCK(p) "/Lock << /Type /SigFieldLock /Action /Include /Fields [(nothing)] /P " p " >> "
#define APPROVER "<< /Type /Annot /Subtype /Widget /FT /Sig /T (approver) /Rect [80 500 180 600] /P 3 0 R "
#define CHAIR "<< /Type /Annot /Subtype /Widget /FT /Sig /T (chair) /Rect [300 500 400 600] /P 3 0 R "
#define WIDGET(of, place) "<< /Type /Annot /Subtype /Widget /Parent " of " 0 R /Rect [" place "] /P 3 0 R "
#define LEFT "80 500 180 600"
#define RIGHT "200 500 290 600"
#define DRAWING "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 12 >>\nstream\n0 0 8 9 re f\nendstream"
#define HELVETICA "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
#define IN_FONT(font, show, len)                                                                                       \
	"<< /Type /XObject /Subtype /Form /BBox [0 0 90 20] /Resources << /Font << /F " font " >> >> /Length " len     \
	" >>\nstream\n/Tx BMC BT /F 9 Tf 2 2 Td " show " ET EMC\nendstream"
#define LETTERED(show, len) IN_FONT(HELVETICA, show, len)
#define IS_SIGNED "/V 32 0 R /AP << /N 30 0 R >> >>"
#define DRAWN_AS(n) "/AP << /N " n " 0 R >> >>"
#define PAGE "/MediaBox [0 0 595 842] /Resources << >> /Contents 4 0 R >>"

/* of one step each */
#define CERTIFIED(p)                                                                                                   \
	{                                                                                                              \
		CERTIFY_##p, .at = JANUARY                                                                             \
	}
#define APPROVED                                                                                                       \
	{                                                                                                              \
		FIELD, .at = JANUARY + HOUR, .arg = "approver"                                                         \
	}
#define CHAIRED                                                                                                        \
	{                                                                                                              \
		FIELD, .at = JANUARY + HOUR, .arg = "chair"                                                            \
	}
#define DRAWN_AS_CHAIR                                                                                                 \
	{                                                                                                              \
		DRAWN_IN, .objects = { { 8, CHAIR IS_SIGNED } }                                                        \
	}
#define DRAWN_OVER                                                                                                     \
	{                                                                                                              \
		DRAWN_IN, .objects = {                                                                                 \
			{ 9, "<< /SigFlags 3 /Fields [6 0 R 7 0 R 8 0 R 31 0 R] >>" },                                 \
			{ 5, "[6 0 R 7 0 R 8 0 R 31 0 R]" },                                                           \
			{ 31, "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Mine) /Rect [60 60 159 159] "             \
			      "/P 3 0 R " IS_SIGNED }                                                                  \
		}                                                                                                      \
	}
#define SUM_FILLED                                                                                                     \
	{                                                                                                              \
		PUT, .objects = {                                                                                      \
			{ 6, "<< /Type /Annot /Subtype /Widget /FT /Tx /T (sum) /V (900) "                             \
			     "/Rect [9 9 99 29] /P 3 0 R >>" }                                                         \
		}                                                                                                      \
	}
#define NOTED                                                                                                          \
	{                                                                                                              \
		PUT, .objects = {                                                                                      \
			{ 5, "[6 0 R 7 0 R 8 0 R 11 0 R 20 0 R]" },                                                    \
			{ 20, "<< /Type /Annot /Subtype /Text /Rect [9 9 20 20] /Contents (hm) >>" }                   \
		}                                                                                                      \
	}
#define WITH_WIDGETS                                                                                                   \
	{                                                                                                              \
		PUT, .objects = {                                                                                      \
			{ 7, "<< /FT /Sig /T (approver) /Kids [20 0 R 21 0 R] >>" },                                   \
			{ 20, WIDGET("7", LEFT) ">>" },                                                                \
			{ 21, WIDGET("7", RIGHT) ">>" },                                                               \
			{ 5, "[6 0 R 20 0 R 21 0 R 8 0 R]" }                                                           \
		}                                                                                                      \
	}
#define WIDGETS_SIGNED(left)                                                                                           \
	{                                                                                                              \
		DRAWN_IN, .objects = {                                                                                 \
			{ 7, "<< /FT /Sig /T (approver) /Kids [20 0 R 21 0 R] /V 32 0 R >>" },                         \
			{ 20, WIDGET("7", left) DRAWN_AS("30") },                                                      \
			{ 21, WIDGET("7", RIGHT) DRAWN_AS("30") }                                                      \
		}                                                                                                      \
	}
#define WIDGET_DRAWN_ANEW                                                                                              \
	{                                                                                                              \
		PUT, .objects = { { 20, WIDGET("7", LEFT) DRAWN_AS("40") }, { 40, DRAWING } }                          \
	}
#define SUM_WITH_WIDGETS                                                                                               \
	{                                                                                                              \
		PUT, .objects = {                                                                                      \
			{ 6, "<< /FT /Tx /T (sum) /V (100) /Kids [20 0 R 21 0 R] >>" },                                \
			{ 20, WIDGET("6", LEFT) ">>" },                                                                \
			{ 21, WIDGET("6", RIGHT) ">>" },                                                               \
			{ 5, "[20 0 R 21 0 R 7 0 R 8 0 R]" }                                                           \
		}                                                                                                      \
	}
#define SUM_FILLED_AND_DRAWN                                                                                           \
	{                                                                                                              \
		PUT, .objects = {                                                                                      \
			{ 6, "<< /FT /Tx /T (sum) /V (900) /Kids [20 0 R 21 0 R] >>" },                                \
			{ 20, WIDGET("6", LEFT) DRAWN_AS("40") },                                                      \
			{ 40, LETTERED("(900) Tj", "41") }                                                             \
		}                                                                                                      \
	}
#define WITH_TEMPLATE                                                                                                  \
	{                                                                                                              \
		PUT, .objects = {                                                                                      \
			{ 1, "<< /Type /Catalog /Pages 2 0 R /AcroForm 9 0 R "                                         \
			     "/Names << /Templates << /Names [(more) 20 0 R] >> >> >>" },                              \
			{ 20, "<< /Type /Template " PAGE }                                                             \
		}                                                                                                      \
	}
#define PAGE_ADDED                                                                                                     \
	{                                                                                                              \
		PUT, .objects = {                                                                                      \
			{ 2, "<< /Type /Pages /Kids [3 0 R 40 0 R] /Count 2 >>" },                                     \
			{ 40, "<< /Type /Page /Parent 2 0 R " PAGE }                                                   \
		}                                                                                                      \
	}

#define ALTERED FAILED("HASH_FAILURE")

static const struct pades_case pades_locks[] = {
	{ "lock-1-then-field-signed", NULL, ALTERED, CHANGED UNASKED UNASKED, { APPROVED, DRAWN_AS_CHAIR }, LOCK("1") },
	{ "lock-1-then-time-stamped", NULL, PASSED, UNASKED UNASKED, { APPROVED, { STAMP, .at = JANUARY + 4 * HOUR } },
	    LOCK("1") },
	{ "lock-1-of-an-empty-field", NULL, PASSED, UNASKED UNASKED, { { SIGN, .at = JANUARY }, CHAIRED }, LOCK("1") },
	{ "lock-1-taken-away", NULL, ALTERED, CHANGED UNASKED,
	    { APPROVED, { PUT, .objects = { { 7, APPROVER "/V 12 0 R " DRAWN_AS("10") } } } }, LOCK("1") },
	{ "lock-2-then-field-signed", NULL, PASSED, UNASKED UNASKED, { APPROVED, CHAIRED }, LOCK("2") },
	{ "lock-2-then-signature-drawn-over", NULL, ALTERED, CHANGED UNASKED UNASKED, { APPROVED, DRAWN_OVER },
	    LOCK("2") },
	{ "lock-2-then-filled", NULL, ALTERED, CHANGED UNASKED, { APPROVED, SUM_FILLED }, LOCK("2") },
	{ "lock-3-then-signed", NULL, PASSED, UNASKED UNASKED, { APPROVED, DRAWN_OVER }, LOCK("3") },
	{ "certified-2-lock-1-then-filled", NULL, ALTERED, CHANGED UNASKED UNASKED,
	    { CERTIFIED(2), APPROVED, SUM_FILLED }, LOCK("1") },
	{ "certified-2-lock-3-then-filled", NULL, PASSED, UNASKED UNASKED, { CERTIFIED(2), APPROVED, SUM_FILLED },
	    LOCK("3") },
	{ "certified-2-lock-3-then-noted", NULL, ALTERED, CHANGED UNASKED CHANGED UNASKED,
	    { CERTIFIED(2), APPROVED, NOTED }, LOCK("3") },
	{ "certified-3-lock-2-then-noted", NULL, ALTERED, CHANGED UNASKED UNASKED, { CERTIFIED(3), APPROVED, NOTED },
	    LOCK("2") },
	{ "certified-2-lock-7-then-filled", NULL, ALTERED, CHANGED UNASKED UNASKED,
	    { CERTIFIED(2), { DRAWN_IN, .objects = { { 7, APPROVER LOCK("7") IS_SIGNED } } }, SUM_FILLED }, LOCK("7") },
	{ "widgets-signed", NULL, PASSED, UNASKED UNASKED,
	    { WITH_WIDGETS, { SIGN, .at = JANUARY }, WIDGETS_SIGNED(LEFT) }, NULL },
	{ "widgets-signed-and-moved", NULL, ALTERED, UNASKED CHANGED UNASKED,
	    { WITH_WIDGETS, { SIGN, .at = JANUARY }, WIDGETS_SIGNED("60 60 159 159") }, NULL },
	{ "widgets-drawn-but-not-signed", NULL, ALTERED, CHANGED UNASKED,
	    { WITH_WIDGETS, { SIGN, .at = JANUARY }, WIDGET_DRAWN_ANEW }, NULL },
	{ "widgets-drawn-after-signing", NULL, ALTERED, CHANGED UNASKED,
	    { WITH_WIDGETS, WIDGETS_SIGNED(LEFT), WIDGET_DRAWN_ANEW }, NULL },
	{ "certified-2-then-widgets-filled", NULL, PASSED, UNASKED,
	    { SUM_WITH_WIDGETS, CERTIFIED(2), SUM_FILLED_AND_DRAWN }, NULL },
	{ "widgets-filled-without-certification", NULL, ALTERED, CHANGED UNASKED,
	    { SUM_WITH_WIDGETS, { SIGN, .at = JANUARY }, SUM_FILLED_AND_DRAWN }, NULL },
	{ "certified-2-then-page-of-a-template", NULL, ALTERED, CHANGED UNASKED,
	    { WITH_TEMPLATE, CERTIFIED(2), PAGE_ADDED }, NULL },
	{ "certified-3-then-page-added", NULL, ALTERED, CHANGED UNASKED, { CERTIFIED(3), PAGE_ADDED }, NULL },
};

#endif
