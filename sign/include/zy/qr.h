/*
 * A code for a screen: alphanumeric text as a QR code of the smallest version at level L, then of the highest level
 * that still fits that version; never over version 20 (showing protocol, section 0).
 */
#ifndef ZY_QR_H
#define ZY_QR_H

#include "zy/buf.h"

#define ZY_QR_SCREEN_VERSION_MAX 20

/* 1-bit PNG, black on white, quiet zone of 4 modules. module_px 1..64. Errors: too-large, no-memory. */
ZY_MUST_CHECK bool zy_qr_png(const char *text, unsigned module_px, struct zy_buf *out, struct zy_error *err);
/* Lines of half blocks for a terminal, light on dark. Errors: too-large, no-memory. */
ZY_MUST_CHECK bool zy_qr_lines(const char *text, struct zy_buf *out, struct zy_error *err);

#endif
