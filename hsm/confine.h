/*
 * What a signer gives up before it loads a PKCS#11 module, which is code of others with the keys in reach. Modules
 * differ too much for a list of what they may call: what no module needs is refused, and all else stays.
 */
#ifndef ZY_HSM_CONFINE_H
#define ZY_HSM_CONFINE_H

#include "zy/error.h"

/* This process writes no core file, no other process of its user may trace it or read its memory, which holds a PIN at
 * times, and no program that it executes gains privileges. The first is lost by execve: every start calls it. Errors:
 * io. */
ZY_MUST_CHECK bool zy_confine_memory(struct zy_error *err);

/*
 * For this process and all that come from it: system calls that look into other processes, load code into the kernel,
 * move mounts or namespaces, or go round this filter answer EPERM; so does a socket of another family than AF_UNIX,
 * unless network. A call by another architecture's numbers ends the process. execve stays: by it a host whose
 * supervisor died becomes the supervisor. Before there are threads; it cannot be taken back. Errors: io (the kernel has
 * no seccomp filters).
 */
ZY_MUST_CHECK bool zy_confine_calls(bool network, struct zy_error *err);

#endif
