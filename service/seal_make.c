#include "seal_make.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "zy/file.h"
#include "zy/kept.h"
#include "zy/ses.h"

static bool save(
    const struct zy_seal_desk *d, const char *folder, const char *name, struct zy_bytes v, struct zy_error *err)
{
	char path[4096];

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", folder, name) >= sizeof(path))
		return zy_fail(err, ZY_E_IO, "home", ZY_NOWHERE, "the path of %s is too long", d->home->path);
	return zy_file_write(path, v, 0644, true, err); /* what an interrupted call left in the part folder goes */
}

/* One of the seal's two keys with its certificate. */
static bool make_key(const struct zy_seal_desk *d, const char *folder, enum zy_suite suite, const char *uri,
    const struct zy_cert_subject *subject, struct zy_arena *a, struct zy_bytes *cert, struct zy_error *err)
{
	bool gm = suite == ZY_SUITE_GM;
	struct zy_cert_plan plan;
	ZY_BUF_AUTO pem = { 0 };

	if (!zy_hsm_generate(
		d->hsm, uri, gm ? ZY_KEY_SM2 : ZY_KEY_P256, gm ? ZY_USE_SEAL_SIGN : ZY_USE_DOCUMENT, err) ||
	    !zy_cert_plan_for_key(d->ca, gm ? "seal-owner" : "document", subject, uri, 0, d->now, &plan, err) ||
	    !zy_cert_issue(d->ca, &d->issuing[suite], &plan, d->now, a, cert, err))
		return false;
	zy_cert_to_pem(*cert, &pem);
	return zy_buf_done(&pem, "certificate", err) &&
	       save(d, folder, gm ? "owner.pem" : "document.pem", zy_buf_bytes(&pem), err);
}

/* A seal that its maker's key does not vouch for must not leave. */
static bool check_value(const struct zy_seal_desk *d, struct zy_bytes eseal, struct zy_error *err)
{
	struct zy_seal s;
	ZY_BUF_AUTO message = { 0 };
	uint8_t rs[64];
	bool raw, good;

	if (!zy_seal_parse(&s, eseal, err) || !zy_seal_signed(&s, &message, err) ||
	    !zy_ses_rs(s.signedValue, rs, &raw, err) ||
	    !zy_signature_verify(d->keys, d->maker.cert, ZY_SUITE_GM, zy_buf_bytes(&message), rs, &good, err))
		return false;
	return good || zy_fail(err, ZY_E_CRYPTO, "SESeal.signedValue", ZY_NOWHERE,
			   "the new seal does not verify with its maker's certificate");
}

bool zy_seal_put(const struct zy_seal_desk *d, const struct zy_seal_rule *rule, const struct zy_department *owner,
    struct zy_arena *a, struct zy_error *err)
{
	const struct zy_cert_subject subject = { owner->name.zh, rule->esID, owner->code };
	const char *folder = zy_home_path(d->home, a, err, "seals/%s", rule->esID);
	const char *part = zy_home_path(d->home, a, err, "seals/.%s.part", rule->esID);
	struct zy_bytes owner_cert, document_cert;
	struct zy_seal_picture picture;
	ZY_BUF_AUTO eseal = { 0 };

	if (folder == NULL || part == NULL)
		return false;
	if (access(folder, F_OK) == 0)
		return zy_fail(err, ZY_E_EXISTS, "esID", ZY_NOWHERE, "the seal %s is made already", rule->esID);
	/* what can be refused is refused before a key is made */
	if (!zy_seal_draw(d->faces, rule, a, &picture, err) || !zy_folder_make(part, 0700, err) ||
	    !make_key(d, part, ZY_SUITE_GM, rule->seal_key, &subject, a, &owner_cert, err) ||
	    !make_key(d, part, ZY_SUITE_INTL, rule->document_key, &subject, a, &document_cert, err) ||
	    !zy_seal_make(d->hsm, &d->maker, rule, owner_cert, &picture, d->now, &eseal, err) ||
	    !check_value(d, zy_buf_bytes(&eseal), err) || !save(d, part, "seal.esl", zy_buf_bytes(&eseal), err))
		return false;
	return zy_kept_place(part, folder, err);
}

bool zy_seal_remake(const struct zy_seal_desk *d, const struct zy_seal_rule *rule, struct zy_bytes owner_cert,
    unsigned generation, struct zy_arena *a, struct zy_error *err)
{
	const char *stem = zy_arena_printf(a, err, "seals/%s/seal", rule->esID);
	const char *path = stem == NULL ? NULL : zy_home_generation(d->home, stem, generation, "esl", a, err);
	struct zy_seal_picture picture;
	ZY_BUF_AUTO eseal = { 0 };

	return path != NULL && zy_seal_draw(d->faces, rule, a, &picture, err) &&
	       zy_seal_make(d->hsm, &d->maker, rule, owner_cert, &picture, d->now, &eseal, err) &&
	       check_value(d, zy_buf_bytes(&eseal), err) && zy_kept_write(path, zy_buf_bytes(&eseal), 0644, true, err);
}
