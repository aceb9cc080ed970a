/*
 * The configuration of the TPM token module: a text file, one `key = value` a line, `#` starts a comment line.
 *
 *   tcti       how the TPM is reached: `unix:PATH`, a stream socket that carries bare TPM commands (swtpm's unixio),
 *              PATH relative to the folder of this file; or a string for tpm2-tss's loader: `device:/dev/tpmrm0`
 *   state      folder of the token's state, relative to the folder of this file; made by C_InitToken, mode 0700
 *   label      token label until C_InitToken gives one, 1..32 bytes of UTF-8; default `zhengyin TPM`
 *   mechanism  number of the SM2 signature mechanism, 0x80000000..0xffffffff; default 0x80005A02
 *   input      what C_Sign takes: `e` (32 bytes, default) | `message` | `id-message` (the signer's ID is the parameter)
 *   output     what C_Sign gives: `rs` (64 bytes, default) | `der` (SEQUENCE of r and s)
 *
 * tcti and state must be given. No value is secret.
 */
#ifndef ZY_TPM_TOKEN_CONFIG_H
#define ZY_TPM_TOKEN_CONFIG_H

#include "zy/bytes.h"

#define ZY_TPM_CONFIG_MAX ((size_t)16384) /* bytes of the file */
#define ZY_TPM_VALUE_MAX ((size_t)1024)   /* bytes of a value */
#define ZY_TPM_LABEL_LEN ((size_t)32)     /* PKCS#11 CK_TOKEN_INFO.label */
#define ZY_TPM_MECHANISM 0x80005A02u      /* CKM_ZY_SM2 */

enum zy_tpm_input { ZY_TPM_IN_E, ZY_TPM_IN_MESSAGE, ZY_TPM_IN_ID_MESSAGE };
enum zy_tpm_output { ZY_TPM_OUT_RS, ZY_TPM_OUT_DER };

/* Views into the text that was parsed. */
struct zy_tpm_config {
	struct zy_bytes tcti, state, label;
	uint32_t mechanism;
	enum zy_tpm_input input;
	enum zy_tpm_output output;
};

/*
 * zy_tpm_config_parse reads the text; *out is written only on success.
 * Errors    policy (with the line in the message): unknown, repeated or missing key, a value out of its range, a
 *           line that is no `key = value`; too-large; utf8
 * Not done  whether the socket or the folder is there
 */
ZY_MUST_CHECK bool zy_tpm_config_parse(struct zy_tpm_config *out, struct zy_bytes text, struct zy_error *err);

#endif
