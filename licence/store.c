/* Steps 7 and 8: the files are staged beside their place, the version is committed, then the files get their names. */
#include "mint_internal.h"

#include "zy/licence_package.h"

const char *zy_form_path(
    const char *folder, const char *identifier, unsigned form, struct zy_arena *a, struct zy_error *err)
{
	return zy_arena_printf(a, err, "%s/%s.%s", folder, identifier, form == ZY_FORM_OFD ? "ofd" : "pdf");
}

bool zy_form_digest(unsigned form, struct zy_bytes bytes, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	return zy_digest(form == ZY_FORM_OFD ? ZY_HASH_SM3 : ZY_HASH_SHA256, bytes, out, err);
}

static bool stage(struct zy_mint_work *w, struct zy_error *err)
{
	if (w->out_dir == NULL)
		return true;
	if (!zy_folder_make(w->out_dir, 0755, err))
		return false;
	for (size_t i = 0; i < w->out.num_files; i++) {
		struct zy_licence_file *f = &w->out.files[i];

		f->path = zy_form_path(w->out_dir, w->record.identifier, f->form, w->arena, err);
		if (f->path == NULL || !zy_file_stage(&w->staged[i], f->path, f->bytes, 0644, true, err))
			return false;
	}
	return true;
}

static void fill_answer(struct zy_mint_work *w, const char *identifier, unsigned version)
{
	w->out.request = w->asked->request;
	memcpy(w->out.identifier, identifier, strlen(identifier) + 1);
	w->out.version = version;
	w->out.holder = w->holder;
	w->out.type = w->type;
}

bool zy_mint_commit(struct zy_mint_work *w, struct zy_error *err)
{
	struct zy_vault_file files[ZY_LICENCE_FORMS_MAX];
	struct zy_version_new n = { .request = w->request,
		.identifier = w->record.identifier,
		.holder = &w->holder,
		.type_code = w->type->code,
		.files = files,
		.num_files = w->out.num_files,
		.valid_from = w->valid_from,
		.valid_to = w->valid_to,
		.reason = w->reason[0] == 0 ? NULL : w->reason,
		.from = w->asked->from,
		.logged = &w->logged };
	ZY_BUF_AUTO record = { 0 };

	if (!zy_record_encode(&w->record, &record, err) || !zy_buf_done(&record, "record", err) ||
	    !zy_mint_sample(w, err) || !stage(w, err))
		return false;
	n.record = zy_buf_bytes(&record);
	for (size_t i = 0; i < w->out.num_files; i++)
		files[i] = (struct zy_vault_file){ w->out.files[i].form, w->out.files[i].bytes };
	if (!zy_vault_commit(w->desk->vault, &n, err))
		return false;
	w->committed = true;
	return true;
}

/* Before it is answered, so that no copy from before passes for the compartment. */
static bool note(struct zy_desk *d, uint64_t index, struct zy_error *err)
{
	struct zy_error why = { 0 };

	if (d->noting == NULL || zy_noting_note(d->noting, index, &why) || why.code == ZY_E_SIGNER_ABSENT ||
	    why.code == ZY_E_TOKEN || why.code == ZY_E_BUSY)
		return true;
	*err = why;
	return false;
}

/* The licence is in the vault and in the log: a log key that cannot be asked now proves it later (log prove). */
static bool add_proof(struct zy_mint_work *w, uint64_t index, const struct zy_logged *known, struct zy_error *err)
{
	struct zy_log_answer *l = &w->out.log;

	if (!zy_log_book_prove(w->desk->log, index, known, w->arena, l, err) || !note(w->desk, index, err))
		return false;
	if (!l->proved || w->out_dir == NULL)
		return true;
	return zy_log_answer_write(l, w->out_dir, w->out.identifier, w->arena, err) &&
	       (!w->asked->package || zy_licence_pack(w->out.identifier, w->out.files, w->out.num_files, l, w->out_dir,
					  w->arena, &w->out.package, err));
}

bool zy_licence_pack(const char *identifier, const struct zy_licence_file *files, size_t num,
    const struct zy_log_answer *log, const char *folder, struct zy_arena *a, const char **path, struct zy_error *err)
{
	struct zy_licence_package p = { .identifier = identifier };
	ZY_BUF_AUTO proof = { 0 }, zip = { 0 };

	for (size_t i = 0; i < num; i++)
		p.files[files[i].form == ZY_FORM_OFD ? 0 : 1] = files[i].bytes;
	zy_log_answer_encode(log, &proof);
	if (!zy_buf_done(&proof, "proof", err))
		return false;
	p.proof = zy_buf_bytes(&proof);
	return zy_licence_package_encode(&p, &zip, err) &&
	       (*path = zy_arena_printf(a, err, "%s/%s.zip", folder, identifier)) != NULL &&
	       zy_file_write(*path, zy_buf_bytes(&zip), 0644, true, err);
}

bool zy_mint_release(struct zy_mint_work *w, struct zy_error *err)
{
	for (size_t i = 0; i < w->out.num_files; i++)
		if (w->staged[i].staged && !zy_file_release(&w->staged[i], err))
			return false;
	fill_answer(w, w->record.identifier, w->before.version + 1);
	return add_proof(w, w->logged.index, &w->logged, err);
}

bool zy_licence_take(const struct zy_version *v, const char *out_dir, struct zy_arena *a, struct zy_licence_file *files,
    size_t *num, struct zy_error *err)
{
	*num = 0;
	if (out_dir != NULL && !zy_folder_make(out_dir, 0755, err))
		return false;
	for (size_t i = 0; i < v->num_files && i < ZY_LICENCE_FORMS_MAX; i++) {
		struct zy_licence_file *f = &files[i];

		*f = (struct zy_licence_file){ .form = v->files[i].form, .bytes = v->files[i].bytes };
		if (!zy_form_digest(f->form, f->bytes, f->digest, err))
			return false;
		if (out_dir != NULL) {
			f->path = zy_form_path(out_dir, v->identifier, f->form, a, err);
			if (f->path == NULL ||
			    (!zy_file_holds(f->path, f->bytes) && !zy_file_write(f->path, f->bytes, 0644, true, err)))
				return false;
		}
		++*num;
	}
	return true;
}

bool zy_mint_answer_again(struct zy_mint_work *w, struct zy_error *err)
{
	struct zy_identifier id;
	struct zy_version v;

	if (!zy_identifier_parse(&id, zy_str(w->intent.licence), NULL, err) ||
	    !zy_vault_get(w->desk->vault, w->intent.licence, id.version, ZY_TIME_NEVER, true, w->arena, &v, err) ||
	    !zy_licence_take(&v, w->out_dir, w->arena, w->out.files, &w->out.num_files, err))
		return false;
	fill_answer(w, w->intent.licence, id.version);
	w->out.again = true;
	return add_proof(w, v.log_index, NULL, err);
}
