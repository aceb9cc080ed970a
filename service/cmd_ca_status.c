/* ca crl, ca ocsp. */
#include "ca_desk.h"
#include "cli.h"
#include "presigned.h"

#include <inttypes.h>

#include "zy/file.h"
#include "zy/ocsp.h"

#define DAY_S 86400
#define DAYS 7     /* of a list */
#define LIVE_S 600 /* of an answer signed now */

struct status_options {
	const char *suite, *digits, *days, *out, *request;
	bool presign;
};

static bool read_number(
    const char *text, const char *field, unsigned least, unsigned most, unsigned *out, struct zy_error *err)
{
	size_t len = text == NULL ? 0 : strlen(text);

	if (text == NULL)
		return true;
	*out = 0;
	for (size_t i = 0; i < len && len <= 4; i++)
		*out = text[i] >= '0' && text[i] <= '9' ? *out * 10 + (unsigned)(text[i] - '0') : UINT16_MAX;
	return (len > 0 && len <= 4 && *out >= least && *out <= most) ||
	       zy_fail(err, ZY_E_USAGE, field, ZY_NOWHERE, "--%s is a number from %u to %u", field, least, most);
}

static void say_published(void *arg, const struct zy_ca_lists *l)
{
	const struct zy_cli *c = arg;
	const struct zy_crl_published *p = &l->published;
	char until[ZY_TIME_TEXT];

	zy_time_to_rfc3339(l->next, until);
	if (c->json)
		zy_cli_json(zy_ca_lists_json(l));
	else
		printf("%s: number %" PRIu64 ", %zu entries in %zu list%s, until %s\n", l->name, p->number,
		    p->num_entries, p->num_lists, p->num_lists == 1 ? "" : "s", until);
}

static bool publish_all(struct zy_cli *c, struct zy_ca_desk *d, const struct status_options *o, struct zy_error *err)
{
	const struct zy_addresses *at = &d->profiles.addresses;
	struct zy_ca_lists lists = { .folder = o->out != NULL ? o->out : zy_home_path(&d->home, &d->arena, err, "crl"),
		.digits = at->crl_digits,
		.now = zy_now(c->clock) };
	unsigned days = DAYS;

	if (lists.folder == NULL || !read_number(o->digits, "digits", 0, 2, &lists.digits, err) ||
	    !read_number(o->days, "days", 1, 366, &days, err) || !zy_folder_make(lists.folder, 0755, err))
		return false;
	if (at->crl != NULL && lists.digits != 0 && lists.digits != at->crl_digits)
		return zy_fail(err, ZY_E_USAGE, "digits", ZY_NOWHERE,
		    "certificates name lists of %u digits (crl_digits of profiles.json): --digits is that, or 0",
		    at->crl_digits);
	lists.next = lists.now + (zy_time)days * DAY_S;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		if (o->suite != NULL && strcmp(o->suite, zy_suite_name(s)) != 0)
			continue;
		if (!zy_ca_desk_publish(d, s, &lists, say_published, c, err))
			return false;
	}
	return true;
}

static bool answer_one(
    struct zy_cli *c, struct zy_ocsp *ocsp, const struct status_options *o, struct zy_arena *a, struct zy_error *err)
{
	const bool to_stdout = strcmp(o->out, "-") == 0;
	ZY_BUF_AUTO der = { .cap = ZY_OCSP_ANSWER_MAX };
	struct zy_bytes request;
	bool answered;

	if (!zy_file_read(o->request, ZY_OCSP_REQUEST_MAX, a, &request, err) ||
	    !zy_ocsp_answer(ocsp, request, zy_now(c->clock), LIVE_S, &der, &answered, err))
		return false;
	if (to_stdout)
		return fwrite(der.p, 1, der.len, stdout) == der.len ||
		       zy_fail(err, ZY_E_IO, "out", ZY_NOWHERE, "cannot write to standard output");
	if (!zy_file_write(o->out, zy_buf_bytes(&der), 0644, true, err))
		return false;
	if (c->json)
		zy_cli_json(json_pack("{s:s, s:b}", "path", o->out, "answered", answered));
	else
		printf("%s%s\n", o->out, answered ? "" : ": malformed, or not about certificates of this authority");
	return true;
}

/* The folder is remembered first, so that no answer lies where a revocation does not look. */
static bool presign(
    struct zy_cli *c, struct zy_ca_desk *d, struct zy_ocsp *ocsp, const struct status_options *o, struct zy_error *err)
{
	const char *folder = o->out != NULL ? o->out : zy_home_path(&d->home, &d->arena, err, "ocsp");
	size_t num;

	if (folder == NULL || !zy_folder_make(folder, 0755, err) || !zy_presigned_note(d, folder, err) ||
	    !zy_ocsp_presign(ocsp, folder, zy_now(c->clock), ZY_PRESIGNED_S, &num, err))
		return false;
	if (c->json)
		zy_cli_json(json_pack("{s:s, s:I}", "folder", folder, "answers", (json_int_t)num));
	else
		printf("%s: %zu answers\n", folder, num);
	return true;
}

static bool respond(struct zy_cli *c, struct zy_ca_desk *d, const struct status_options *o, struct zy_error *err)
{
	struct zy_ocsp *ocsp;
	bool ok;

	if (!zy_ca_desk_ocsp(d, &ocsp, err))
		return false;
	ok = o->presign ? presign(c, d, ocsp, o, err) : answer_one(c, ocsp, o, &d->arena, err);
	zy_ocsp_close(ocsp);
	return ok;
}

static bool with_desk(struct zy_cli *c, const struct status_options *o,
    bool (*run)(struct zy_cli *, struct zy_ca_desk *, const struct status_options *, struct zy_error *),
    struct zy_error *err)
{
	struct zy_ca_desk d;
	bool ok;

	if (!zy_ca_desk_open(&d, c->home, false, zy_now(c->clock), err))
		return false;
	ok = run(c, &d, o, err);
	zy_ca_desk_close(&d);
	return ok;
}

bool zy_cmd_ca_crl(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	struct status_options o = { 0 };
	const struct zy_option opts[] = { { "suite", "gm|intl", "of one suite only", &o.suite, NULL },
		{ "digits", "0|1|2", "a list for each beginning of a serial (crl_digits)", &o.digits, NULL },
		{ "days", "N", "until nextUpdate (7)", &o.days, NULL },
		{ "out", "DIR", "where to (HOME/crl)", &o.out, NULL }, { 0 } };
	bool go;

	if (!zy_cli_parse(c, "ca crl", opts, argc, argv, 0, 0, NULL, &go, err) || !go)
		return err->code == ZY_OK;
	if (o.suite != NULL && strcmp(o.suite, "gm") != 0 && strcmp(o.suite, "intl") != 0)
		return zy_fail(err, ZY_E_USAGE, "suite", ZY_NOWHERE, "--suite is gm or intl");
	return with_desk(c, &o, publish_all, err);
}

bool zy_cmd_ca_ocsp(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	struct status_options o = { 0 };
	const struct zy_option opts[] = { { "request", "FILE|-", "the request, DER", &o.request, NULL },
		{ "presign", NULL, "answers for all certificates, each signed ahead", NULL, &o.presign },
		{ "out", "FILE|-, or DIR", "where to (--presign: HOME/ocsp)", &o.out, NULL }, { 0 } };
	bool go;

	if (!zy_cli_parse(c, "ca ocsp", opts, argc, argv, 0, 0, NULL, &go, err) || !go)
		return err->code == ZY_OK;
	if (o.presign == (o.request != NULL) || (o.request != NULL && o.out == NULL))
		return zy_fail(err, ZY_E_USAGE, "ocsp", ZY_NOWHERE,
		    "give --request and --out, or --presign; see `zhengyin ca ocsp --help`");
	return with_desk(c, &o, respond, err);
}
