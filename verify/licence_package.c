/* A licence's package (zy/licence_package.h): its files, its proof, and that they are one licence's. */
#include "zy/licence_package.h"

#include "internal.h"
#include "zy/log_judge.h"

struct judging {
	struct zy_keys *k;
	const struct zy_trust *trust;
	zy_time at;
	struct zy_report *r;
	struct zy_licence_package p;
};

/* A file inside is judged as it were by itself; both forms must be the licence that the package is named for. */
static bool judge_form(struct judging *j, size_t form, struct zy_error *err)
{
	struct zy_report *r = j->r;

	r->has_licence = false;
	if (!(form == 0 ? zy_judge_ofd : zy_judge_pdf)(j->k, j->trust, j->p.files[form], j->at, r, err))
		return false;
	if (!r->has_licence || strcmp(r->licence.identifier, j->p.identifier) != 0)
		zy_report_add(r, "package-other", form == 0 ? "ofd" : "pdf", ZY_NOWHERE, NULL);
	return true;
}

static size_t files_of(const struct judging *j, struct zy_bytes files[ZY_LICENCE_PACKAGE_FORMS])
{
	size_t num = 0;

	for (size_t i = 0; i < ZY_LICENCE_PACKAGE_FORMS; i++)
		if (j->p.files[i].len > 0)
			files[num++] = j->p.files[i];
	return num;
}

/* What is no proof at all is a fault of the package, as any other. */
static bool judge_proof(struct judging *j, struct zy_error *err)
{
	struct zy_bytes files[ZY_LICENCE_PACKAGE_FORMS];
	struct zy_error why = { 0 };
	const size_t num = files_of(j, files);

	if (j->p.proof.len == 0) {
		zy_report_add(j->r, "package-proof", "tlog-proof", ZY_NOWHERE, "there is none");
		return true;
	}
	if (zy_judge_logged_files(j->k, j->trust, j->p.proof, files, num, j->at, j->r, &why))
		return true;
	if (zy_code_exit(why.code) != 65)
		return zy_fail(err, why.code, why.field, why.offset, "%s", why.msg);
	zy_report_add(j->r, "package-proof", "tlog-proof", ZY_NOWHERE, "%s", why.msg);
	return true;
}

bool zy_judge_licence_package(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes in, zy_time at,
    struct zy_report *r, struct zy_error *err)
{
	struct judging j = { .k = k, .trust = trust, .at = at, .r = r };
	ZY_ARENA_AUTO work = { .cap = 2 * ZY_LICENCE_PACKAGE_MAX };
	struct zy_case c = { .keys = k, .trust = trust, .at = at, .r = r, .work = &work };
	struct zy_bytes files[ZY_LICENCE_PACKAGE_FORMS];
	bool any = false;

	if (!zy_licence_package_parse(&j.p, in, &work, err))
		return zy_case_keep_error(&c, err);
	if (j.p.stranger != NULL)
		zy_report_add(r, "package-stranger", zy_case_text(&c, zy_str(j.p.stranger)), ZY_NOWHERE, NULL);
	if (!zy_log_existed(k, trust, j.p.proof, files, files_of(&j, files), at, r, err))
		return zy_case_keep_error(&c, err);
	for (size_t i = 0; i < ZY_LICENCE_PACKAGE_FORMS; i++) {
		if (j.p.files[i].len == 0)
			continue;
		any = true;
		if (!judge_form(&j, i, err))
			return zy_case_keep_error(&c, err);
	}
	r->logged = ZY_TIME_NEVER;
	r->format = "licence-package";
	if (!any)
		zy_report_add(r, "package-empty", "", ZY_NOWHERE, NULL);
	return judge_proof(&j, err) || zy_case_keep_error(&c, err);
}
