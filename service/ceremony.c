#include "ceremony.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "person.h"
#include "processes.h"
#include "zy/kept.h"
#include "zy/journal_file.h"

#define RECORD_ORDER_S 86400

static const char *const tokens[] = { [ZY_SUITE_GM] = ZY_TOKEN_ROOT_TPM, [ZY_SUITE_INTL] = ZY_TOKEN_ROOT };

const char *zy_ceremony_key(enum zy_suite suite)
{
	static const char *const keys[] = { [ZY_SUITE_GM] = "pkcs11:token=" ZY_TOKEN_ROOT_TPM ";object=root",
		[ZY_SUITE_INTL] = "pkcs11:token=" ZY_TOKEN_ROOT ";object=root" };

	return keys[suite];
}

/* ---- what is said ---- */

/* People read them to each other. */
static void put_groups(struct zy_buf *out, struct zy_bytes v)
{
	for (size_t i = 0; i < v.len; i++)
		zy_buf_printf(out, "%s%02x", i % 2 == 0 ? " " : "", v.p[i]);
}

static void put_digest(struct zy_ceremony_run *r, enum zy_hash hash, struct zy_bytes v, bool *ok, struct zy_error *err)
{
	uint8_t digest[ZY_HASH_LEN];

	*ok = *ok && zy_digest(hash, v, digest, err);
	zy_buf_printf(&r->text, "   %s", hash == ZY_HASH_SM3 ? "SM3    " : "SHA-256");
	put_groups(&r->text, ZY_BYTES(digest, sizeof(digest)));
	zy_buf_put_str(&r->text, "\n");
}

static bool say(struct zy_ceremony_run *r, struct zy_error *err)
{
	if (!zy_buf_done(&r->text, "record", err))
		return false;
	if (!r->silent)
		fwrite(r->text.p + r->said, 1, r->text.len - r->said, stderr);
	r->said = r->text.len;
	return true;
}

bool zy_ceremony_say_key(struct zy_ceremony_run *r, const char *key, struct zy_error *err)
{
	enum zy_key_kind kind;
	uint8_t point[65];
	bool ok = true;

	if (!zy_hsm_public(r->hsm, key, &kind, point, err))
		return false;
	zy_buf_printf(&r->text, "%u. 根公钥 root public key %s/%s (%s)\n", ++r->step,
	    tokens[kind == ZY_KEY_SM2 ? ZY_SUITE_GM : ZY_SUITE_INTL], strstr(key, ";object=") + strlen(";object="),
	    kind == ZY_KEY_SM2 ? "SM2" : "P-256");
	put_digest(r, ZY_HASH_SM3, ZY_BYTES(point, sizeof(point)), &ok, err);
	put_digest(r, ZY_HASH_SHA256, ZY_BYTES(point, sizeof(point)), &ok, err);
	return ok && say(r, err);
}

bool zy_ceremony_say_file(struct zy_ceremony_run *r, const char *zh, const char *en, const char *name,
    struct zy_bytes content, struct zy_error *err)
{
	bool ok = true;

	zy_buf_printf(&r->text, "%u. %s %s %s\n", ++r->step, zh, en, name);
	put_digest(r, ZY_HASH_SM3, content, &ok, err);
	put_digest(r, ZY_HASH_SHA256, content, &ok, err);
	return ok && say(r, err);
}

static void say_persons(struct zy_ceremony_run *r, const struct zy_order_file *f)
{
	for (size_t i = 0; i < f->num_signatures; i++) {
		const struct zy_officer *p = zy_officer_by_kid(r->officers, f->signatures[i].kid);

		if (p == NULL)
			continue;
		zy_buf_printf(&r->text, "%s %s %s · %s\n   key", i == 0 ? "申请 asked by" : "批准 approved by", p->id,
		    p->name.zh, p->name.en);
		put_groups(&r->text, ZY_BYTES(p->key_id, ZY_HASH_LEN));
		zy_buf_put_str(&r->text, "\n");
	}
}

static bool say_begin(struct zy_ceremony_run *r, const struct zy_order_file *f, struct zy_error *err)
{
	char at[ZY_TIME_TEXT];
	bool ok = true;

	zy_time_to_rfc3339(r->now, at);
	zy_buf_put_str(&r->text, ZY_CEREMONY_RECORD "密钥仪式记录 · Record of a key ceremony\n");
	zy_ceremony_plan_encode(&r->plan, &r->text);
	zy_buf_printf(&r->text, "时间 time %s\n", at);
	zy_buf_put_str(&r->text, "指令 order\n");
	put_digest(r, ZY_HASH_SHA256, f->order, &ok, err);
	say_persons(r, f);
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++)
		if (r->plan.suites[s])
			zy_buf_printf(&r->text, "%u. 根密码模块上线 root token on line: %s\n", ++r->step, tokens[s]);
	return ok && say(r, err);
}

/* ---- orders ---- */

/* What the persons sign: an order about these bytes. */
static bool compose(struct zy_ceremony_run *r, struct zy_bytes subject, const struct zy_officer *asks,
    const char *purpose, struct zy_order_file *f, struct zy_error *err)
{
	struct zy_order o = { .action = ZY_ORDER_CEREMONY,
		.purpose = zy_str(purpose),
		.created = r->now,
		.expires = r->now + RECORD_ORDER_S };
	ZY_BUF_AUTO order = { 0 };

	memcpy(o.requester, asks->key_id, ZY_HASH_LEN);
	return zy_random(o.nonce, sizeof(o.nonce), err) && zy_digest(ZY_HASH_SHA256, subject, o.subject, err) &&
	       zy_order_encode(&o, &order, err) && zy_arena_copy(r->arena, zy_buf_bytes(&order), &f->order, err);
}

static bool encode_file(
    struct zy_ceremony_run *r, const struct zy_order_file *f, struct zy_bytes *out, struct zy_error *err)
{
	ZY_BUF_AUTO whole = { .cap = ZY_ORDER_FILE_MAX };

	return zy_order_file_encode(f, &whole, err) && zy_arena_copy(r->arena, zy_buf_bytes(&whole), out, err);
}

static bool sign_as(
    struct zy_ceremony_run *r, const struct zy_officer *p, struct zy_order_file *f, struct zy_error *err)
{
	if (r->attend != NULL)
		r->attend(p->id, &p->name);
	return zy_person_sign(r->home, p, f, r->arena, err);
}

bool zy_ceremony_order(struct zy_ceremony_run *r, const char *const *ids, size_t num, struct zy_error *err)
{
	struct zy_order_file f = { 0 };
	ZY_BUF_AUTO plan = { 0 };

	zy_ceremony_plan_encode(&r->plan, &plan);
	f.subject = zy_buf_bytes(&plan);
	for (size_t i = 0; i < num; i++) {
		const struct zy_officer *p = zy_officer_by_id(r->officers, ids[i]);

		if (p == NULL)
			return zy_fail(err, ZY_E_APPROVAL_UNKNOWN, "id", ZY_NOWHERE, "officers.json has no %s", ids[i]);
		if ((i == 0 && !compose(r, f.subject, p, "密钥仪式 key ceremony", &f, err)) || !sign_as(r, p, &f, err))
			return false;
	}
	return encode_file(r, &f, &r->order, err);
}

/* Who ordered the ceremony signs its record, each with the same key. */
static bool sign_record(struct zy_ceremony_run *r, struct zy_bytes body, struct zy_bytes *out, struct zy_error *err)
{
	struct zy_order_file asked, f = { 0 };

	if (!zy_order_file_parse(&asked, r->order, err))
		return false;
	for (size_t i = 0; i < asked.num_signatures; i++) {
		const struct zy_officer *p = zy_officer_by_kid(r->officers, asked.signatures[i].kid);

		if (p == NULL)
			return zy_fail(
			    err, ZY_E_APPROVAL_UNKNOWN, "kid", ZY_NOWHERE, "officers.json has lost a signer");
		if ((i == 0 && !compose(r, body, p, "仪式记录 record of a ceremony", &f, err)) ||
		    !sign_as(r, p, &f, err))
			return false;
	}
	return encode_file(r, &f, out, err);
}

/* ---- from on line to off line ---- */

static bool check_there(struct zy_ceremony_run *r, struct zy_error *err)
{
	const char *path = zy_home_path(r->home, r->arena, err, "root/" ZY_TOKEN_ROOT ".conf");

	return path != NULL &&
	       (access(path, R_OK) == 0 ||
		   zy_fail(err, ZY_E_ROOT_ABSENT, "root", ZY_NOWHERE,
		       "the root tokens are not there: bring their medium and put or mount it at %s/root",
		       r->home->path));
}

/* The first ceremony makes it. */
static bool find_root(struct zy_ceremony_run *r, enum zy_suite s, struct zy_error *err)
{
	r->root[s] = zy_ceremony_key(s);
	return r->plan.kind == ZY_CEREMONY_ROOT || zy_hsm_current(r->hsm, r->root[s], r->arena, &r->root[s], err);
}

bool zy_ceremony_open(struct zy_ceremony_run *r, struct zy_error *err)
{
	struct zy_order_file f = { 0 };

	if (!check_there(r, err) || !zy_order_file_parse(&f, r->order, err))
		return false;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		bool already;

		if (r->plan.suites[s] &&
		    (!zy_signer_start(r->home, r->hsm, tokens[s], err) ||
			!zy_hsm_approve(r->hsm, tokens[s], r->order, &already, err) || !find_root(r, s, err)))
			return false;
	}
	return say_begin(r, &f, err);
}

bool zy_ceremony_close(struct zy_ceremony_run *r, struct zy_error *err)
{
	bool ok = true;

	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++)
		ok = zy_signer_stop(r->home, tokens[s], err) && ok;
	return ok;
}

static bool see_nothing(
    void *arg, const struct zy_journal_record *record, const struct zy_journal_head *head, struct zy_error *err)
{
	(void)arg, (void)record, (void)head, (void)err;
	return true;
}

static bool say_journal(struct zy_ceremony_run *r, const char *token, struct zy_error *err)
{
	const char *path = zy_home_path(r->home, r->arena, err, "signer/%s.journal", token);
	struct zy_journal_head head;
	uint64_t rest;

	if (path == NULL || !zy_journal_read_file(path, token, see_nothing, NULL, &head, &rest, err))
		return false;
	zy_buf_printf(&r->text, "%u. 日志 journal %s: %" PRIu64 "\n   SHA-256", ++r->step, token, head.seq);
	put_groups(&r->text, ZY_BYTES(head.hash, sizeof(head.hash)));
	zy_buf_put_str(&r->text, "\n");
	return true;
}

static bool say_end(struct zy_ceremony_run *r, struct zy_error *err)
{
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++)
		if (r->plan.suites[s] && !say_journal(r, tokens[s], err))
			return false;
	zy_buf_put_str(&r->text, "\n亲笔签名 signed by hand:\n\n"
				 "   ____________________   ____________________   ____________________\n"
				 "   主持 master            批准人 officer         批准人 officer\n\n");
	return say(r, err);
}

static bool sign_root(
    struct zy_ceremony_run *r, enum zy_suite s, struct zy_ceremony_record *record, struct zy_error *err)
{
	const struct zy_sign_request q = { .key = r->root[s], .use = ZY_USE_CERTIFICATE, .message = record->body };

	return !r->plan.suites[s] || zy_hsm_sign(r->hsm, &q, record->rs[s], err);
}

bool zy_ceremony_finish(struct zy_ceremony_run *r, const char *path, struct zy_error *err)
{
	struct zy_ceremony_record record = { .plan = r->plan };
	ZY_BUF_AUTO file = { .cap = ZY_CEREMONY_RECORD_MAX };

	if (!say_end(r, err))
		return false;
	record.body = zy_buf_bytes(&r->text);
	return sign_root(r, ZY_SUITE_GM, &record, err) && sign_root(r, ZY_SUITE_INTL, &record, err) &&
	       sign_record(r, record.body, &record.order, err) && zy_ceremony_record_encode(&record, &file, err) &&
	       zy_kept_write(path, zy_buf_bytes(&file), 0644, false, err);
}
