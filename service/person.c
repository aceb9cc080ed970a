#include "person.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "init_internal.h"
#include "zy/kept.h"
#include "zy/text.h"

struct token_name {
	char token[40], key[80];
};

/* An id has at most 24 characters, all fit for a token's name. */
static struct token_name name_of(const char *id)
{
	struct token_name n;

	snprintf(n.token, sizeof(n.token), "zy-%.24s", id);
	snprintf(n.key, sizeof(n.key), "pkcs11:token=%s;object=order", n.token);
	return n;
}

/* ---- enrolment ---- */

static bool make_token(const struct zy_home *h, const char *token, const char *module, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	const char *config = zy_home_path(h, &a, err, "signer/%s.json", token);

	if (config == NULL)
		return false;
	return access(config, F_OK) == 0 ||
	       (zy_soft_token_write(h, token, module, err) && zy_signer_init(h, token, err));
}

static bool make_key(struct zy_hsm *hsm, const char *key, enum zy_suite *suite, uint8_t point[65], struct zy_error *err)
{
	enum zy_key_kind kind = ZY_KEY_P256;
	struct zy_error why = { 0 };

	if (!zy_hsm_public(hsm, key, &kind, point, &why) &&
	    (!zy_hsm_generate(hsm, key, ZY_KEY_P256, ZY_USE_ORDER, err) || !zy_hsm_public(hsm, key, &kind, point, err)))
		return false;
	*suite = kind == ZY_KEY_SM2 ? ZY_SUITE_GM : ZY_SUITE_INTL;
	return true;
}

bool zy_person_enrol(const struct zy_home *h, const char *id, const char *module, enum zy_suite *suite,
    uint8_t point[65], struct zy_error *err)
{
	const struct token_name n = name_of(id);
	struct zy_error ignored = { 0 };
	struct zy_hsm *hsm = NULL;
	bool ok = make_token(h, n.token, module, err) && zy_hsm_open(&hsm, h->path, err) &&
		  zy_signer_start(h, hsm, n.token, err);

	if (ok) {
		ok = make_key(hsm, n.key, suite, point, err);
		if (!zy_signer_stop(h, n.token, ok ? err : &ignored))
			ok = false;
	}
	zy_hsm_close(hsm);
	return ok;
}

void zy_person_entry(struct zy_buf *out, const char *id, const struct zy_label *name, unsigned roles,
    enum zy_suite suite, const uint8_t point[65], zy_time from, unsigned days)
{
	char begin[ZY_TIME_TEXT], end[ZY_TIME_TEXT], *text;
	ZY_BUF_AUTO key = { 0 };
	json_t *entry, *list = json_array();

	zy_time_to_rfc3339(from, begin);
	zy_time_to_rfc3339(from + (zy_time)days * 86400, end);
	zy_base64url_encode(&key, ZY_BYTES(point, 65));
	if ((roles & ZY_ROLE_OFFICER) != 0)
		json_array_append_new(list, json_string("officer"));
	if ((roles & ZY_ROLE_REQUESTER) != 0)
		json_array_append_new(list, json_string("requester"));
	entry = json_pack("{s:s, s:{s:s, s:s}, s:o, s:{s:s, s:s%}, s:s, s:s}", "id", id, "name", "zh", name->zh, "en",
	    name->en, "roles", list, "key", "suite", zy_suite_name(suite), "point", key.p, key.len, "valid_from", begin,
	    "valid_to", end);
	text = entry == NULL ? NULL : json_dumps(entry, JSON_COMPACT);
	json_decref(entry);
	if (text == NULL)
		out->failed = true;
	else
		zy_buf_put_str(out, text);
	free(text);
}

/* ---- orders ---- */

bool zy_persons_read(const struct zy_home *h, struct zy_arena *a, struct zy_officers *out, struct zy_error *err)
{
	const char *path = zy_home_path(h, a, err, "policies/officers.json");
	struct zy_bytes text;

	if (path == NULL)
		return false;
	if (access(path, F_OK) != 0)
		return zy_fail(err, ZY_E_NOT_FOUND, "officers", ZY_NOWHERE,
		    "no officers are enrolled: `zhengyin approve enrol` makes the entries of policies/officers.json");
	return zy_kept_read(path, ZY_OFFICERS_MAX, a, &text, err) && zy_officers_parse(out, text, a, err);
}

static bool sign_with(struct zy_hsm *hsm, const char *key, const struct zy_officer *p, struct zy_bytes order,
    uint8_t rs[64], struct zy_error *err)
{
	struct zy_sign_request q = { .key = key, .use = ZY_USE_ORDER };
	ZY_BUF_AUTO input = { 0 };
	enum zy_key_kind kind;
	uint8_t point[65];

	if (!zy_hsm_public(hsm, key, &kind, point, err))
		return false;
	if (memcmp(point, p->point, sizeof(point)) != 0)
		return zy_fail(err, ZY_E_APPROVAL_UNKNOWN, "key", ZY_NOWHERE,
		    "the key in the token of %s is not the one of officers.json", p->id);
	zy_order_input_encode(p->suite, p->key_id, order, &input);
	q.message = zy_buf_bytes(&input);
	return zy_buf_done(&input, "order", err) && zy_hsm_sign(hsm, &q, rs, err);
}

bool zy_person_sign(const struct zy_home *h, const struct zy_officer *p, struct zy_order_file *f, struct zy_arena *a,
    struct zy_error *err)
{
	const struct token_name n = name_of(p->id);
	struct zy_cose *s = &f->signatures[f->num_signatures];
	struct zy_error ignored = { 0 };
	struct zy_hsm *hsm = NULL;
	ZY_BUF_AUTO header = { 0 };
	bool ok;

	if (f->num_signatures == ZY_ORDER_SIGNATURES_MAX)
		return zy_fail(err, ZY_E_TOO_LARGE, "signatures", ZY_NOWHERE, "the order has %d signatures already",
		    ZY_ORDER_SIGNATURES_MAX);
	*s = (struct zy_cose){ .suite = p->suite, .payload = f->order };
	memcpy(s->kid, p->key_id, sizeof(s->kid));
	zy_cose_header_encode(p->suite, p->key_id, &header);
	if (!zy_buf_done(&header, "order", err) || !zy_arena_copy(a, zy_buf_bytes(&header), &s->protected_header, err))
		return false;
	ok = zy_hsm_open(&hsm, h->path, err) && zy_signer_start(h, hsm, n.token, err);
	if (ok) {
		ok = sign_with(hsm, n.key, p, f->order, s->rs, err);
		if (!zy_signer_stop(h, n.token, ok ? err : &ignored))
			ok = false;
	}
	zy_hsm_close(hsm);
	f->num_signatures += ok;
	return ok;
}
