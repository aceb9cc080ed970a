#include "zy/ocsp_answer.h"

#include <stdio.h>
#include <stdlib.h>

#include "internal.h"
#include "zy/file.h"
#include "zy/ocsp.h"
#include "zy/text.h"

#define RESPONDERS_MAX 8
#define LIFE_MAX (7 * 86400)

struct issuer_name {
	uint8_t name[ZY_HASH_LEN], key[ZY_HASH_LEN];
};

struct responder {
	const struct zy_responder *by;
	enum zy_suite suite;
	uint8_t point[65], key_hash[20], issuer[ZY_KEY_ID_LEN];
	struct issuer_name names[ZY_CERT_ID_SM3 + 1]; /* by enum zy_cert_id_hash */
};

struct zy_ocsp {
	struct zy_hsm *hsm;
	struct zy_keys *keys;
	struct zy_register *entries;
	size_t num;
	struct responder responders[RESPONDERS_MAX];
};

static size_t hash_len(enum zy_cert_id_hash h)
{
	return h == ZY_CERT_ID_SHA1 ? 20 : ZY_HASH_LEN;
}

static bool hash(enum zy_cert_id_hash h, struct zy_bytes v, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	if (h == ZY_CERT_ID_SHA1)
		return zy_digest_sha1(v, out, err);
	return zy_digest(h == ZY_CERT_ID_SM3 ? ZY_HASH_SM3 : ZY_HASH_SHA256, v, out, err);
}

static bool prepare(struct zy_ocsp *o, struct responder *r, const struct zy_responder *by, struct zy_error *err)
{
	struct zy_cert_facts issuer, cert;
	ZY_ARENA_AUTO a = { 0 };
	enum zy_key_kind kind;
	struct zy_bytes name;

	r->by = by;
	if (!zy_hsm_public(o->hsm, by->key, &kind, r->point, err) || !zy_cert_facts(by->issuer, &a, &issuer, err) ||
	    !zy_cert_facts(by->cert, &a, &cert, err) || !zy_cert_subject_name(by->issuer, &name, err) ||
	    !zy_key_identifier(ZY_BYTES(issuer.point, 65), r->issuer, err) ||
	    !zy_digest_sha1(ZY_BYTES(r->point, 65), r->key_hash, err))
		return false;
	r->suite = kind == ZY_KEY_SM2 ? ZY_SUITE_GM : ZY_SUITE_INTL;
	if (memcmp(cert.point, r->point, 65) != 0)
		return zy_fail(
		    err, ZY_E_STATE, "responder", ZY_NOWHERE, "the responder's certificate is of another key");
	for (int h = ZY_CERT_ID_SHA1; h <= ZY_CERT_ID_SM3; h++)
		if (!hash((enum zy_cert_id_hash)h, name, r->names[h].name, err) ||
		    !hash((enum zy_cert_id_hash)h, ZY_BYTES(issuer.point, 65), r->names[h].key, err))
			return false;
	return true;
}

bool zy_ocsp_open(struct zy_ocsp **out, struct zy_hsm *h, struct zy_keys *keys, struct zy_register *r,
    const struct zy_responder *responders, size_t num, struct zy_error *err)
{
	struct zy_ocsp *o = calloc(1, sizeof(*o));

	if (o == NULL || num > RESPONDERS_MAX) {
		free(o);
		return zy_fail(err, ZY_E_NO_MEMORY, "ocsp", ZY_NOWHERE, "no memory, or too many responders");
	}
	*o = (struct zy_ocsp){ .hsm = h, .keys = keys, .entries = r, .num = num };
	for (size_t i = 0; i < num; i++)
		if (!prepare(o, &o->responders[i], &responders[i], err)) {
			free(o);
			return false;
		}
	*out = o;
	return true;
}

void zy_ocsp_close(struct zy_ocsp *o)
{
	free(o);
}

static bool is_ours(const struct responder *r, const struct zy_cert_id *id)
{
	return zy_bytes_equal(id->name_hash, ZY_BYTES(r->names[id->hash].name, hash_len(id->hash))) &&
	       zy_bytes_equal(id->key_hash, ZY_BYTES(r->names[id->hash].key, hash_len(id->hash)));
}

static const struct responder *find_responder(const struct zy_ocsp *o, const struct zy_ocsp_request *q)
{
	for (size_t i = 0; i < o->num; i++) {
		size_t n = 0;

		while (n < q->num && is_ours(&o->responders[i], &q->ids[n]))
			n++;
		if (n == q->num)
			return &o->responders[i];
	}
	return NULL;
}

static void take_state(const struct zy_entry *e, struct zy_ocsp_item *item)
{
	switch (e->state) {
	case ZY_CERT_INTENDED:
		item->status = ZY_OCSP_UNKNOWN;
		break;
	case ZY_CERT_VALID:
		item->status = ZY_OCSP_GOOD;
		break;
	case ZY_CERT_REVOKED:
		item->status = ZY_OCSP_REVOKED;
		item->revoked_at = e->revoked_at;
		item->reason = e->reason == 0 ? ZY_REASON_NONE : (int)e->reason;
		break;
	case ZY_CERT_CANCELLED:
		item->status = ZY_OCSP_REVOKED;
		item->revoked_at = e->revoked_at != 0 ? e->revoked_at : e->not_before;
		break;
	}
}

static bool look_up(struct zy_ocsp *o, const struct responder *r, struct zy_ocsp_item *item, struct zy_error *err)
{
	struct zy_error why = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_entry e;

	item->status = ZY_OCSP_UNKNOWN;
	if (item->id.serial.len != ZY_SERIAL_LEN)
		return true; /* no serial made here is of another length */
	if (zy_register_get(o->entries, r->issuer, item->id.serial.p, &a, &e, &why)) {
		take_state(&e, item);
		return true;
	}
	return why.code == ZY_E_NOT_FOUND || zy_fail(err, why.code, why.field, why.offset, "%s", why.msg);
}

static bool sign_answer(
    struct zy_ocsp *o, const struct responder *r, struct zy_ocsp_answer *a, struct zy_buf *out, struct zy_error *err)
{
	ZY_BUF_AUTO tbs = { .cap = ZY_OCSP_ANSWER_MAX };
	struct zy_sign_request q = { .key = r->by->key, .use = ZY_USE_OCSP };

	a->suite = r->suite;
	a->by_key = ZY_BYTES(r->key_hash, sizeof(r->key_hash));
	a->num_certs = 1;
	a->certs[0] = r->by->cert;
	if (!zy_ocsp_data_encode(a, &tbs, err))
		return false;
	a->tbs = q.message = zy_buf_bytes(&tbs);
	return zy_hsm_sign(o->hsm, &q, a->rs, err) && zy_ocsp_answer_encode(a, out, err);
}

static bool refuse(enum zy_ocsp_status status, struct zy_buf *out, struct zy_error *err)
{
	const struct zy_ocsp_answer a = { .status = status };

	return zy_ocsp_answer_encode(&a, out, err);
}

static void begin_answer(struct zy_ocsp_answer *a, zy_time now)
{
	*a = (struct zy_ocsp_answer){ .status = ZY_OCSP_SUCCESSFUL, .produced_at = now };
}

static struct zy_ocsp_item *add_item(struct zy_ocsp_answer *a, const struct zy_cert_id *id, zy_time now, unsigned life)
{
	a->items[a->num] = (struct zy_ocsp_item){ .id = *id,
		.reason = ZY_REASON_NONE,
		.this_update = now,
		.has_next_update = true,
		.next_update = now + life };
	return &a->items[a->num++];
}

static bool check_life(unsigned life, struct zy_error *err)
{
	return (life >= 60 && life <= LIFE_MAX) ||
	       zy_fail(err, ZY_E_DATES, "nextUpdate", ZY_NOWHERE, "an answer serves a minute to a week");
}

bool zy_ocsp_answer(struct zy_ocsp *o, struct zy_bytes request, zy_time now, unsigned life, struct zy_buf *out,
    bool *answered, struct zy_error *err)
{
	struct zy_error why = { 0 };
	const struct responder *r;
	struct zy_ocsp_request q;
	struct zy_ocsp_answer a;

	*answered = false;
	if (!check_life(life, err))
		return false;
	if (!zy_ocsp_request_parse(&q, request, &why))
		return refuse(ZY_OCSP_MALFORMED, out, err);
	if ((r = find_responder(o, &q)) == NULL)
		return refuse(ZY_OCSP_UNAUTHORIZED, out, err);
	begin_answer(&a, now);
	a.has_nonce = q.has_nonce;
	a.nonce = q.nonce;
	for (size_t i = 0; i < q.num; i++)
		if (!look_up(o, r, add_item(&a, &q.ids[i], now, life), err))
			return false;
	*answered = true;
	return sign_answer(o, r, &a, out, err);
}

/* As clients name certificates: SHA-1 is a name here, not a proof. */
static struct zy_cert_id id_of(const struct responder *r, const uint8_t serial[ZY_SERIAL_LEN])
{
	const struct issuer_name *n = &r->names[ZY_CERT_ID_SHA1];

	return (struct zy_cert_id){ .hash = ZY_CERT_ID_SHA1,
		.has_null = true,
		.name_hash = ZY_BYTES(n->name, 20),
		.key_hash = ZY_BYTES(n->key, 20),
		.serial = ZY_BYTES(serial, ZY_SERIAL_LEN) };
}

bool zy_ocsp_question(const struct zy_ocsp *o, size_t responder, const uint8_t serial[ZY_SERIAL_LEN],
    struct zy_bytes nonce, struct zy_buf *out, struct zy_error *err)
{
	const struct zy_ocsp_request q = { .num = 1,
		.ids = { id_of(&o->responders[responder], serial) },
		.has_nonce = nonce.len > 0,
		.nonce = nonce };

	return zy_ocsp_request_encode(&q, out, err);
}

bool zy_ocsp_path(
    const char *folder, const uint8_t serial[ZY_SERIAL_LEN], char out[ZY_OCSP_PATH_MAX], struct zy_error *err)
{
	char hex[2 * ZY_SERIAL_LEN + 1];

	zy_hex(ZY_BYTES(serial, ZY_SERIAL_LEN), hex);
	return (size_t)snprintf(out, ZY_OCSP_PATH_MAX, "%s/%s.ocsp", folder, hex) < ZY_OCSP_PATH_MAX ||
	       zy_fail(err, ZY_E_IO, "folder", ZY_NOWHERE, "the folder's name is too long");
}

static bool write_answer(struct zy_ocsp *o, const struct responder *r, const char *path, const struct zy_entry *e,
    zy_time now, unsigned life, struct zy_error *err)
{
	const struct zy_cert_id id = id_of(r, e->serial);
	ZY_BUF_AUTO der = { .cap = ZY_OCSP_ANSWER_MAX };
	struct zy_ocsp_answer a, back;
	bool good;

	begin_answer(&a, now);
	take_state(e, add_item(&a, &id, now, life));
	if (!sign_answer(o, r, &a, &der, err) || !zy_ocsp_answer_parse(&back, zy_buf_bytes(&der), err) ||
	    !zy_signature_verify_point(o->keys, ZY_BYTES(r->point, 65), back.suite, back.tbs, back.rs, &good, err))
		return false;
	if (!good)
		return zy_fail(err, ZY_E_SELF_VERIFY, "signature", ZY_NOWHERE, "the token's signature does not verify");
	return zy_file_write(path, zy_buf_bytes(&der), 0644, true, err);
}

static const struct responder *responder_of(const struct zy_ocsp *o, const uint8_t issuer[ZY_KEY_ID_LEN])
{
	for (size_t i = 0; i < o->num; i++)
		if (memcmp(o->responders[i].issuer, issuer, ZY_KEY_ID_LEN) == 0)
			return &o->responders[i];
	return NULL;
}

/*
 * Who revokes takes the answer away, writes the register, and writes the new answer. An entry that was read before and
 * an answer that is written after would say "good" for good, so the register is asked again once the file is there.
 */
bool zy_ocsp_presign_entry(struct zy_ocsp *o, const char *folder, const struct zy_entry *e, zy_time now, unsigned life,
    bool *done, struct zy_error *err)
{
	const struct responder *r = responder_of(o, e->issuer);
	enum zy_cert_state written = e->state;
	char path[ZY_OCSP_PATH_MAX];
	ZY_ARENA_AUTO a = { 0 };
	struct zy_entry is;

	*done = false;
	if (!check_life(life, err))
		return false;
	if (r == NULL || e->not_after < now || (e->state != ZY_CERT_VALID && e->state != ZY_CERT_REVOKED))
		return true;
	if (!zy_ocsp_path(folder, e->serial, path, err) || !write_answer(o, r, path, e, now, life, err) ||
	    !zy_register_get(o->entries, e->issuer, e->serial, &a, &is, err) ||
	    (is.state != written && !write_answer(o, r, path, &is, now, life, err)))
		return false;
	*done = true;
	return true;
}

struct presigning {
	struct zy_ocsp *o;
	const char *folder;
	zy_time now;
	unsigned life;
	size_t num;
};

static bool presign_one(void *arg, const struct zy_entry *e, struct zy_error *err)
{
	struct presigning *p = arg;
	bool done;

	if (!zy_ocsp_presign_entry(p->o, p->folder, e, p->now, p->life, &done, err))
		return false;
	p->num += done;
	return true;
}

bool zy_ocsp_presign(
    struct zy_ocsp *o, const char *folder, zy_time now, unsigned life, size_t *num, struct zy_error *err)
{
	struct presigning p = { .o = o, .folder = folder, .now = now, .life = life };

	if (!check_life(life, err))
		return false;
	for (size_t i = 0; i < o->num; i++)
		if (!zy_register_walk(o->entries, o->responders[i].issuer, presign_one, &p, err))
			return false;
	*num = p.num;
	return true;
}
