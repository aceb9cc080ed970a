/* What a check of a home's files found, beside its vault: plain, since such a check has no key, with its SHA-256. */
#include "zy/vault_files.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "summed.h"
#include "zy/cbor.h"

enum { FORM = 1 };

static void path_of(const char *folder, char out[4200])
{
	snprintf(out, 4200, "%.4096s/check-files", folder);
}

bool zy_files_note_write(const char *folder, const struct zy_files_note *n, struct zy_error *err)
{
	ZY_BUF_AUTO v = { 0 };
	char path[4200];

	path_of(folder, path);
	zy_cbor_put_array(&v, 4);
	zy_cbor_put_uint(&v, FORM);
	zy_cbor_put_int(&v, n->at);
	zy_cbor_put_uint(&v, n->found);
	zy_cbor_put_text(&v, n->fault);
	return zy_summed_write(path, &v, err);
}

bool zy_files_note_clear(const char *folder, struct zy_error *err)
{
	char path[4200];

	path_of(folder, path);
	return access(path, F_OK) != 0 || unlink(path) == 0 || errno == ENOENT ||
	       zy_fail(err, ZY_E_IO, "vault", ZY_NOWHERE, "%.140s: %s", path, strerror(errno));
}

static bool parse(struct zy_files_note *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_files_note n = { 0 };
	struct zy_bytes fault;
	uint64_t form;

	if (!zy_cbor_array_exact(&r, 4, "check-files", err) ||
	    !zy_cbor_uint(&r, FORM, "check-files.form", &form, err) || !zy_cbor_int(&r, "check-files.at", &n.at, err) ||
	    !zy_cbor_uint(&r, UINT32_MAX, "check-files.found", &n.found, err) ||
	    !zy_cbor_tstr(&r, ZY_CHECK_FAULT_MAX, "check-files.fault", &fault, err) ||
	    !zy_reader_end(&r, "check-files", err))
		return false;
	if (fault.len > 0)
		memcpy(n.fault, fault.p, fault.len);
	*out = n;
	return true;
}

bool zy_files_note_read(const char *folder, struct zy_files_note *out, bool *found, struct zy_error *err)
{
	struct zy_error why = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes v;
	char path[4200];

	path_of(folder, path);
	if (!zy_summed_read(path, &a, &v, found, err))
		return false;
	return !*found || parse(out, v, &why) ||
	       zy_fail(err, ZY_E_VAULT_CORRUPT, "vault", ZY_NOWHERE, "%.140s is not in its form: remove it", path);
}
