#include "zy/vault_files.h"

#include <stdio.h>

#include "internal.h"
#include "summed.h"

struct asking {
	const struct zy_care *care;
};

static bool ask(void *arg, uint64_t done, uint64_t of)
{
	const struct asking *a = arg;
	const struct zy_care_step s = { "pages", done, of };

	return a->care == NULL || a->care->step == NULL || a->care->step(a->care->arg, &s);
}

static bool check_pages(
    const char *folder, const struct zy_care *care, struct zy_vault_files *out, struct zy_error *err)
{
	struct asking a = { care };
	const struct zy_engine_care asked = { .step = ask, .arg = &a };
	struct zy_engine_figures f = { 0 };
	struct zy_store store;
	struct zy_txn *txn;
	bool ok;

	if (!zy_store_open(&store, folder, ZY_OPEN_READER, err))
		return false;
	if ((ok = zy_read_begin(&store, &txn, err))) {
		ok = zy_store_check(&store, txn, &asked, &f, err);
		zy_read_end(&store, txn);
	}
	zy_store_close(&store);
	out->pages = f.pages;
	out->free = f.free;
	out->unheld = f.unheld;
	out->stopped = ok && f.stopped;
	return ok;
}

static bool check_note(const char *folder, const char *name, struct zy_vault_files *out, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes note;
	char path[4200];
	bool found;

	out->file = name;
	snprintf(path, sizeof(path), "%.4096s/%s", folder, name);
	return zy_summed_read(path, &a, &note, &found, err);
}

bool zy_vault_files_check(
    const char *folder, const struct zy_care *care, struct zy_vault_files *out, struct zy_error *err)
{
	*out = (struct zy_vault_files){ .file = "data.mdb" };
	if (!check_pages(folder, care, out, err)) {
		if (err->field != NULL && strcmp(err->field, "data.sums") == 0)
			out->file = "data.sums";
		return false;
	}
	return out->stopped || (check_note(folder, "check", out, err) && check_note(folder, "backed-up", out, err));
}
