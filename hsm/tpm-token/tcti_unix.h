/*
 * A TCTI (TCG TSS 2.0 TAB and TCTI specification, version 1 contexts) over a unix stream socket that carries bare
 * TPM commands and responses, as swtpm's `--server type=unixio` does. tpm2-tss brings one for TCP only.
 */
#ifndef ZY_TPM_TCTI_UNIX_H
#define ZY_TPM_TCTI_UNIX_H

#include <tss2/tss2_tcti.h>

#define ZY_TCTI_TIMEOUT_MS 10000 /* the longest wait for a response: a TPM that hangs is a TPM that failed */

/* Connects to `path` (any length; its last part at most 80 bytes). NULL with errno when nobody listens there.
 * Release with zy_tcti_unix_close; it is no context of the loader. */
TSS2_TCTI_CONTEXT *zy_tcti_unix_open(const char *path);
void zy_tcti_unix_close(TSS2_TCTI_CONTEXT *tcti);

#endif
