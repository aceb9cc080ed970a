/* Asking a person for the PIN of a token. */
#ifndef ZY_PIN_PROMPT_H
#define ZY_PIN_PROMPT_H

#include "zy/bytes.h"

/* Asks on the terminal, without an echo. *fd: the reading end of a pipe that holds the PIN, for the token's signer; to
 * be closed. Errors: pin (no terminal, nothing typed, called off), io. */
ZY_MUST_CHECK bool zy_pin_prompt(const char *token, int *fd, struct zy_error *err);

#endif
