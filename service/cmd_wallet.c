/* wallet enrol, wallet show. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

#include "zy/beside.h"
#include "zy/cbor.h"
#include "zy/certificate.h"
#include "zy/file.h"
#include "zy/kept.h"
#include "zy/qr.h"
#include "zy/receipts.h"
#include "zy/tenants.h"
#include "zy/text.h"
#include "zy/trust_bundle.h"
#include "zy/wallet.h"

#define MODULE_PX 6

static const char *const device_tokens[] = { [ZY_SUITE_GM] = "zy-tpm", [ZY_SUITE_INTL] = "zy-soft" };

/* A wallet file is named by the licence without its version: a new version replaces the enrolment. */
static const char *wallet_path(
    const struct zy_home *h, const char *identifier, struct zy_arena *a, struct zy_error *err)
{
	struct zy_identifier id;

	if (!zy_identifier_parse(&id, zy_str(identifier), NULL, err))
		return NULL;
	return zy_home_path(h, a, err, "wallet/%s.%s.%s.cbor", id.type, id.issuer, id.serial);
}

static bool plan_signer(
    struct zy_desk *d, enum zy_suite suite, struct zy_credential_plan *p, struct zy_arena *a, struct zy_error *err)
{
	for (size_t i = 0; i < d->home.num_credential_signers; i++) {
		const struct zy_credential_signer *s = &d->home.credential_signers[i];
		struct zy_home_key key;

		if (s->suite != suite || strcmp(s->issuer, p->record->issuer_code) != 0)
			continue;
		if (!zy_home_key(&d->home, d->hsm, s->key, zy_home_stem(s->cert, a, err), a, &key, err))
			return false;
		p->signer_key = key.uri;
		p->signer_suite = suite;
		return zy_credential_kid(suite, key.cert, p->kid, err);
	}
	return zy_fail(err, ZY_E_NOT_FOUND, "issuer", ZY_NOWHERE, "the issuer has no credential key in suite %s",
	    zy_suite_name(suite));
}

static const char *make_device_key(struct zy_desk *d, enum zy_suite suite, struct zy_arena *a, struct zy_error *err)
{
	uint8_t random[8];
	char hex[17];
	const char *uri;

	if (!zy_random(random, sizeof(random), err))
		return NULL;
	zy_hex(ZY_BYTES(random, sizeof(random)), hex);
	uri = zy_arena_printf(a, err, "pkcs11:token=%s;object=device-%s", device_tokens[suite], hex);
	if (uri == NULL ||
	    !zy_hsm_generate(d->hsm, uri, suite == ZY_SUITE_GM ? ZY_KEY_SM2 : ZY_KEY_P256, ZY_USE_SHOWING, err))
		return NULL;
	return uri;
}

/* ---- the file: [2, tenant, wallet] with the wallet sealed under the holder's data key ---- */

#define FORM 2
#define KIND "wallet"

static bool save(struct zy_desk *d, const struct zy_wallet *w, struct zy_arena *a, struct zy_error *err)
{
	const char *path = wallet_path(&d->home, w->licence, a, err);
	ZY_BUF_AUTO plain = { 0 }, sealed = { 0 }, file = { 0 };
	struct zy_tenant t;

	if (path == NULL || !zy_vault_tenant(d->vault, &t, err) || !zy_wallet_encode(w, &plain, err) ||
	    !zy_beside_seal(d->vault, w->licence, KIND, zy_buf_bytes(&plain), &sealed, err))
		return false;
	zy_cbor_put_array(&file, 3);
	zy_cbor_put_uint(&file, FORM);
	zy_cbor_put_text(&file, t.code);
	zy_cbor_put_bstr(&file, zy_buf_bytes(&sealed));
	return zy_buf_done(&file, "wallet", err) && zy_kept_write(path, zy_buf_bytes(&file), 0600, true, err);
}

struct wallet_file {
	const char *tenant;
	struct zy_bytes sealed;
};

static bool parse_file(struct wallet_file *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_bytes tenant;
	uint64_t form;

	if (!zy_cbor_array_exact(&r, 3, "wallet", err) || !zy_cbor_uint(&r, UINT64_MAX, "wallet", &form, err))
		return false;
	if (form != FORM)
		return zy_fail(err, ZY_E_SHOWING, "wallet", ZY_NOWHERE,
		    "the wallet file is of another version of this program; enrol the licence again");
	return zy_cbor_tstr(&r, ZY_TENANT_CODE_MAX, "wallet", &tenant, err) &&
	       zy_cbor_bstr(&r, ZY_WALLET_MAX, "wallet", &out->sealed, err) && zy_reader_end(&r, "wallet", err) &&
	       (out->tenant = zy_arena_text(a, tenant, err)) != NULL;
}

bool zy_wallet_make(struct zy_desk *d, const char *identifier, enum zy_suite suite, struct zy_arena *a,
    struct zy_wallet *w, struct zy_error *err)
{
	struct zy_credential_plan p = { .now = zy_now(d->clock) };
	struct zy_record record;
	struct zy_version v;

	if (!zy_vault_get(d->vault, identifier, 0, ZY_TIME_NEVER, false, a, &v, err) ||
	    !zy_record_parse(&record, v.record, a, err))
		return false;
	if (!zy_status_holds(v.status))
		return zy_fail(err, ZY_E_STATE, "status", ZY_NOWHERE, "the licence is %s", zy_status_name(v.status));
	p.record = &record;
	p.not_after = v.valid_to;
	if (v.terms.kind == ZY_TERMS_CONDITION && zy_terms_end(&v.terms) < p.not_after)
		p.not_after = zy_terms_end(&v.terms);
	if ((p.type = zy_trust_type_by_code(&d->trust, record.type_code)) == NULL)
		return zy_fail(err, ZY_E_TYPE_UNKNOWN, "type", ZY_NOWHERE, "the trust bundle does not know the type");
	return plan_signer(d, suite, &p, a, err) && (p.device_key = make_device_key(d, suite, a, err)) != NULL &&
	       zy_wallet_enrol(d->hsm, &p, a, w, err) && save(d, w, a, err);
}

static bool cmd_enrol(
    struct zy_cli *c, const char *identifier, enum zy_suite suite, const struct zy_access *who, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_wallet w = { 0 };
	struct zy_desk d;
	json_t *fields;
	bool ok;

	if (!zy_desk_open_as(&d, c->home, &c->as, ZY_DESK_READ, c->clock, NULL, err))
		return false;
	ok = zy_receipt_licence(d.vault, identifier, 0, who, NULL, err) &&
	     zy_wallet_make(&d, identifier, suite, &a, &w, err);
	zy_desk_close(&d);
	if (!ok)
		return false;
	fields = json_array();
	for (size_t i = 0; i < w.num_fields; i++)
		json_array_append_new(fields, json_string(w.fields[i].key));
	if (c->json) {
		zy_cli_json(json_pack("{s:s, s:s, s:O, s:I}", "licence", w.licence, "suite", zy_suite_name(w.suite),
		    "fields", fields, "credential_bytes", (json_int_t)w.credential.len));
	} else {
		printf("enrolled %s (%s); fields:", w.licence, zy_suite_name(w.suite));
		for (size_t i = 0; i < w.num_fields; i++)
			printf(" %s", w.fields[i].key);
		putchar('\n');
	}
	json_decref(fields);
	return true;
}

static bool read_file(
    const struct zy_home *h, const char *identifier, struct zy_arena *a, struct wallet_file *out, struct zy_error *err)
{
	const char *path = wallet_path(h, identifier, a, err);
	struct zy_error why = { 0 };
	struct zy_bytes file;

	if (path == NULL)
		return false;
	if (zy_kept_read(path, ZY_WALLET_MAX, a, &file, &why))
		return parse_file(out, file, a, err);
	if (why.code == ZY_E_IO)
		return zy_fail(err, ZY_E_NOT_FOUND, "wallet", ZY_NOWHERE,
		    "the licence is not enrolled here; zhengyin wallet enrol %.120s does it", identifier);
	*err = why;
	return false;
}

/* By its holder's key, in the tenant that the file names. */
static bool open_file(const struct zy_desk *d, const struct wallet_file *f, const char *identifier, struct zy_arena *a,
    struct zy_wallet *w, struct zy_error *err)
{
	ZY_BUF_AUTO plain = { 0 };
	struct zy_bytes copy;
	struct zy_vault *v = d->whole; /* of a top without a name */
	bool ok;

	if (f->tenant[0] != 0 && !zy_vault_enter(d->whole, f->tenant, &v, err))
		return false;
	ok = zy_beside_open(v, identifier, KIND, f->sealed, &plain, err);
	if (v != d->whole)
		zy_vault_close(v);
	return ok && zy_arena_copy(a, zy_buf_bytes(&plain), &copy, err) && zy_wallet_parse(w, copy, a, err);
}

#define KEYS_MAX ZY_SHOWING_FIELDS_MAX

/* "name,kind" to keys. */
static bool split(const char *list, struct zy_arena *a, const char **keys, size_t *num, struct zy_error *err)
{
	char *text = zy_arena_text(a, zy_str(list), err), *rest = text, *key;

	*num = 0;
	if (text == NULL)
		return false;
	while ((key = strsep(&rest, ",")) != NULL) {
		if (*num == KEYS_MAX)
			return zy_fail(err, ZY_E_USAGE, "fields", ZY_NOWHERE, "at most %d fields", KEYS_MAX);
		keys[(*num)++] = key;
	}
	return true;
}

static bool cmd_show(struct zy_cli *c, const char *identifier, const char *list, const char *png, struct zy_error *err)
{
	const char *keys[KEYS_MAX];
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO text = { 0 };
	ZY_BUF_AUTO picture = { 0 };
	struct zy_wallet w = { 0 };
	struct wallet_file f;
	struct zy_home h;
	struct zy_desk d;
	size_t num;
	bool ok;

	if (!zy_home_open(&h, c->home, &a, err) || !read_file(&h, identifier, &a, &f, err) ||
	    !split(list, &a, keys, &num, err) ||
	    !zy_desk_open_side(&d, c->home, false, ZY_DESK_BESIDE, c->clock, NULL, err))
		return false;
	ok = open_file(&d, &f, identifier, &a, &w, err) &&
	     zy_wallet_show(d.hsm, &w, keys, num, zy_now(c->clock), &text, err);
	zy_desk_close(&d);
	zy_buf_put_u8(&text, 0);
	if (!ok || !zy_buf_done(&text, "showing", err))
		return false;
	if (png != NULL && (!zy_qr_png((const char *)text.p, MODULE_PX, &picture, err) ||
			       !zy_file_write(png, zy_buf_bytes(&picture), 0600, true, err)))
		return false;
	if (c->json)
		zy_cli_json(
		    json_pack("{s:s, s:s, s:s?}", "licence", w.licence, "showing", (const char *)text.p, "qr", png));
	else
		puts((const char *)text.p);
	return true;
}

bool zy_cmd_wallet(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	struct zy_access who = { .what = "enrol" };
	const char *suite_name = NULL, *fields = NULL, *png = NULL, *words[2] = { NULL, NULL };
	const struct zy_option opts[] = { { "suite", "gm|intl", "enrol: SM2 or P-256 (default gm)", &suite_name, NULL },
		{ "fields", "KEY,...", "show: the fields that the code holds", &fields, NULL },
		{ "qr", "FILE.png", "show: write the code as a picture too", &png, NULL },
		{ "tenant", "CODE",
		    "enrol: a licence of this tenant (default: config.json's, else the top of the tree)", &c->as.tenant,
		    NULL },
		ZY_ACCESS_OPTIONS(who), { 0 } };
	enum zy_suite suite = ZY_SUITE_GM;
	bool go;

	if (!zy_cli_parse(c, "wallet", opts, argc, argv, 2, 2, words, &go, err) || !go)
		return err->code == ZY_OK;
	zy_cli_looks(&who);
	if (suite_name != NULL && strcmp(suite_name, "gm") != 0 && strcmp(suite_name, "intl") != 0)
		return zy_fail(err, ZY_E_USAGE, "suite", ZY_NOWHERE, "--suite is gm or intl");
	if (suite_name != NULL && strcmp(suite_name, "intl") == 0)
		suite = ZY_SUITE_INTL;
	if (strcmp(words[0], "enrol") == 0)
		return cmd_enrol(c, words[1], suite, &who, err);
	if (strcmp(words[0], "show") != 0)
		return zy_fail(err, ZY_E_USAGE, "wallet", ZY_NOWHERE,
		    "usage: zhengyin wallet enrol ID | show ID --fields KEY,...");
	if (c->as.tenant != NULL)
		return zy_fail(err, ZY_E_USAGE, "tenant", ZY_NOWHERE,
		    "show takes what enrol kept, whosever licence it is; leave --tenant away");
	if (fields == NULL)
		return zy_fail(
		    err, ZY_E_USAGE, "fields", ZY_NOWHERE, "--fields is missing: name the fields that the code holds");
	return cmd_show(c, words[1], fields, png, err);
}
