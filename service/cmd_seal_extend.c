/* seal extend, seal fields: signed documents made to last, and what a document asks to be signed. */
#include "cli.h"
#include "extend.h"

#include <string.h>

#include "zy/file.h"
#include "zy/mapped.h"
#include "zy/pdf_fields.h"

struct extend_asked {
	const char *level, *crl, *answer, *content, *out, *file;
	bool force;
};

static bool read_optional(const char *path, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err)
{
	return path == NULL || zy_file_read(path, ZY_PDF_DSS_VALUE_MAX, a, out, err);
}

static void tell_extended(
    const struct zy_cli *c, const struct extend_asked *q, const struct zy_extending *x, enum zy_level level)
{
	if (c->json)
		zy_cli_json(json_pack("{s:s, s:s, s:i, s:i}", "path", q->out, "level", zy_level_name(level), "values",
		    (int)x->num_values, "timestamps", (int)x->num_stamps));
	else
		printf("%s: %s, %zu values and %zu time-stamps\n", q->out, zy_level_name(level), x->num_values,
		    x->num_stamps);
}

static bool extend_file(
    struct zy_extending *x, enum zy_level level, struct zy_bytes file, struct zy_buf *out, struct zy_error *err)
{
	/* a PDF first: what begins like none is looked through for PEM */
	if ((file.len < 5 || memcmp(file.p, "%PDF-", 5) != 0) && zy_is_cms(file))
		return zy_cms_extend(x, level, file, out, err) && zy_cms_extend_check(x, file, zy_buf_bytes(out), err);
	if (x->has_content)
		return zy_fail(err, ZY_E_USAGE, "detached", ZY_NOWHERE, "--detached is for signed data");
	return zy_pdf_extend(x, level, file, out, err) && zy_pdf_extend_check(x->desk, file, zy_buf_bytes(out), err);
}

static bool extend(
    struct zy_cli *c, struct zy_desk *d, const struct extend_asked *q, enum zy_level level, struct zy_error *err)
{
	ZY_STAMPS_AUTO stamps = { 0 };
	struct zy_extending x = { .desk = d, .stamper = &stamps.stamper, .has_content = q->content != NULL };
	ZY_BUF_AUTO out = { 0 };
	ZY_MAPPED_AUTO file = { 0 };
	ZY_MAPPED_AUTO content = { 0 };
	struct zy_file_new made;

	if (!zy_mapped_open(&file, q->file, ZY_PDF_MAX, &d->arena, err) ||
	    (x.has_content && !zy_mapped_open(&content, q->content, ZY_PDF_MAX, &d->arena, err)) ||
	    !read_optional(q->crl, &d->arena, &x.crl, err) || !read_optional(q->answer, &d->arena, &x.answer, err) ||
	    !zy_stamps_open(&stamps, d->home.path, c->tsa_time, err) ||
	    !zy_file_stage_buf(&made, q->out, ZY_PDF_MAX, 0644, q->force, &out, err))
		return false;
	x.content = content.bytes;
	if (!extend_file(&x, level, file.bytes, &out, err) || !zy_mapped_check(&file, err) ||
	    (x.has_content && !zy_mapped_check(&content, err)) || !zy_file_staged(&made, &out, err)) {
		zy_file_cancel(&made);
		return false;
	}
	if (!zy_file_release(&made, err))
		return false;
	tell_extended(c, q, &x, level);
	return true;
}

bool zy_cmd_seal_extend(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	struct extend_asked q = { 0 };
	const char *words[1] = { NULL };
	const struct zy_option opts[] = { { "level", "LEVEL",
					      "B-T, B-LT or B-LTA (PDF: EN 319 142-1, signed data: EN 319 122-1)",
					      &q.level, NULL },
		{ "detached", "FILE", "the content of signed data that has it not inside", &q.content, NULL },
		{ "crl", "FILE", "a revocation list of another authority, DER", &q.crl, NULL },
		{ "ocsp", "FILE", "an OCSP answer of another authority, DER", &q.answer, NULL },
		{ "out", "FILE", "where the extended document goes", &q.out, NULL },
		{ "force", NULL, "write over a file", NULL, &q.force }, { 0 } };
	enum zy_level level;
	struct zy_desk d;
	bool go, ok;

	if (!zy_cli_parse(c, "seal extend", opts, argc, argv, 1, 1, words, &go, err) || !go)
		return err->code == ZY_OK;
	q.file = words[0];
	if (q.level == NULL || q.out == NULL)
		return zy_fail(err, ZY_E_USAGE, "seal extend", ZY_NOWHERE,
		    "usage: zhengyin seal extend --level B-T|B-LT|B-LTA FILE --out FILE");
	if (!zy_level_parse(q.level, &level, err))
		return false;
	if (level == ZY_LEVEL_B)
		return zy_fail(err, ZY_E_USAGE, "level", ZY_NOWHERE, "a signature of level B-B is not extended");
	if (!zy_desk_open(&d, c->home, ZY_DESK_READ, c->clock, NULL, err))
		return false;
	ok = extend(c, &d, &q, level, err);
	zy_desk_close(&d);
	return ok;
}

static json_t *field_json(const struct zy_pdf_field *f)
{
	return json_pack("{s:s, s:b, s:b, s:b, s:b, s:o, s:o}", "name", f->name, "signed", f->is_signed, "seen",
	    f->is_seen, "locks", f->lock[0] != 0, "seed", f->has_seed, "page",
	    f->page == 0 ? json_null() : json_integer((int)f->page), "lock",
	    f->lock[0] == 0 ? json_null() : json_string(f->lock));
}

static void print_field(const struct zy_pdf_field *f)
{
	printf("%-24s %s%s", f->name, f->is_signed ? "signed" : "empty", f->is_seen ? "" : ", not seen");
	if (f->page != 0)
		printf(", page %u", f->page);
	if (f->lock[0] != 0)
		printf(", locks %s", f->lock);
	printf("%s\n", f->has_seed ? ", asks for a kind of signature (/SV)" : "");
}

bool zy_cmd_seal_fields(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const char *words[1] = { NULL };
	const struct zy_option opts[] = { { 0 } };
	json_t *list = json_array();
	struct zy_pdf_fields f;
	struct zy_pdf d;
	ZY_ARENA_AUTO a = { 0 };
	ZY_MAPPED_AUTO file = { 0 };
	bool go, ok = false;

	if (!zy_cli_parse(c, "seal fields", opts, argc, argv, 1, 1, words, &go, err) || !go)
		ok = err->code == ZY_OK;
	else if (zy_mapped_open(&file, words[0], ZY_PDF_MAX, &a, err) && zy_pdf_parse(&d, file.bytes, NULL, &a, err) &&
		 zy_pdf_fields_parse(&f, &d, &a, err) && zy_mapped_check(&file, err)) {
		ok = true;
		for (size_t i = 0; i < f.num; i++)
			if (c->json)
				json_array_append_new(list, field_json(&f.fields[i]));
			else
				print_field(&f.fields[i]);
		if (c->json)
			zy_cli_json(json_pack("{s:i, s:O}", "certified", (int)f.certified, "fields", list));
	}
	json_decref(list);
	return ok;
}
