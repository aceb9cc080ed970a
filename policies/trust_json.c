/* The trust bundle's payload: canonical JSON, members in the order of their names, no white space. */
#include "zy/trust.h"

#include "internal.h"
#include "trust_internal.h"
#include "zy/text.h"

static const struct json_name suites[] = { { "gm", ZY_SUITE_GM }, { "intl", ZY_SUITE_INTL }, { 0 } };

/* ---- writing ---- */

typedef void put_fn(struct zy_buf *out, const void *base, size_t i);

static void put_list(struct zy_buf *out, put_fn *put, const void *base, size_t num)
{
	zy_buf_put_u8(out, '[');
	for (size_t i = 0; i < num; i++) {
		if (i > 0)
			zy_buf_put_u8(out, ',');
		put(out, base, i);
	}
	zy_buf_put_u8(out, ']');
}

static void put_base64(struct zy_buf *out, struct zy_bytes der)
{
	zy_buf_put_u8(out, '"');
	zy_base64_encode(out, der);
	zy_buf_put_u8(out, '"');
}

static void put_hex(struct zy_buf *out, const uint8_t *p, size_t len)
{
	zy_buf_put_u8(out, '"');
	for (size_t i = 0; i < len; i++)
		zy_buf_printf(out, "%02x", p[i]);
	zy_buf_put_u8(out, '"');
}

static void put_time(struct zy_buf *out, zy_time t)
{
	char text[ZY_TIME_TEXT];

	zy_time_to_rfc3339(t, text);
	json_put_text(out, text);
}

static void put_label(struct zy_buf *out, const struct zy_label *l)
{
	zy_buf_put_str(out, "{\"en\":");
	json_put_text(out, l->en);
	zy_buf_put_str(out, ",\"zh\":");
	json_put_text(out, l->zh);
	zy_buf_put_u8(out, '}');
}

static void put_text_item(struct zy_buf *out, const void *base, size_t i)
{
	json_put_text(out, ((const char *const *)base)[i]);
}

/* What is no limit has no member. */
static void put_codes(struct zy_buf *out, const char *key, const char *const *codes, size_t num)
{
	if (num == 0)
		return;
	zy_buf_printf(out, ",\"%s\":", key);
	put_list(out, put_text_item, codes, num);
}

static void put_limit(struct zy_buf *out, const char *key, zy_time t)
{
	if (t == 0)
		return;
	zy_buf_printf(out, ",\"%s\":", key);
	put_time(out, t);
}

static void put_cert(struct zy_buf *out, const void *base, size_t i)
{
	const struct zy_trust_cert *c = (const struct zy_trust_cert *)base + i;
	const char *before = ",\"purposes\":[\"";

	zy_buf_put_str(out, "{\"cert\":");
	put_base64(out, c->der);
	put_limit(out, "from", c->from);
	put_codes(out, "issuers", c->issuers, c->num_issuers);
	for (const struct json_name *n = trust_purposes; n->name != NULL; n++)
		if ((c->purposes & n->value) != 0) {
			zy_buf_printf(out, "%s%s\"", before, n->name);
			before = ",\"";
		}
	if (c->purposes != 0)
		zy_buf_put_u8(out, ']');
	put_codes(out, "types", c->types, c->num_types);
	put_limit(out, "until", c->until);
	zy_buf_put_u8(out, '}');
}

static void put_key(struct zy_buf *out, const void *base, size_t i)
{
	const struct zy_trust_credential_key *k = (const struct zy_trust_credential_key *)base + i;

	zy_buf_put_str(out, "{\"cert\":");
	put_base64(out, k->cert);
	zy_buf_put_str(out, ",\"issuer\":");
	json_put_text(out, k->issuer);
	zy_buf_put_str(out, ",\"kid\":");
	put_hex(out, k->kid, sizeof(k->kid));
	zy_buf_printf(out, ",\"suite\":\"%s\"}", suites[k->suite].name);
}

static void put_issuer(struct zy_buf *out, const void *base, size_t i)
{
	const struct zy_trust_issuer *s = (const struct zy_trust_issuer *)base + i;

	zy_buf_put_str(out, "{\"code\":");
	json_put_text(out, s->code);
	zy_buf_put_str(out, ",\"name\":");
	put_label(out, &s->name);
	zy_buf_put_str(out, ",\"seals\":");
	put_list(out, put_text_item, s->seals, s->num_seals);
	zy_buf_put_str(out, ",\"types\":");
	put_list(out, put_text_item, s->types, s->num_types);
	zy_buf_put_u8(out, '}');
}

static void put_retired(struct zy_buf *out, const void *base, size_t i)
{
	const struct zy_trust_retired *s = (const struct zy_trust_retired *)base + i;

	zy_buf_put_str(out, "{\"at\":");
	put_time(out, s->at);
	zy_buf_put_str(out, ",\"esID\":");
	json_put_text(out, s->esID);
	if (s->successor != NULL) {
		zy_buf_put_str(out, ",\"successor\":");
		json_put_text(out, s->successor);
	}
	zy_buf_put_u8(out, '}');
}

static void put_field(struct zy_buf *out, const void *base, size_t i)
{
	const struct zy_trust_field *f = (const struct zy_trust_field *)base + i;

	zy_buf_put_str(out, "{\"key\":");
	json_put_text(out, f->key);
	zy_buf_printf(out, ",\"kind\":\"%s\",\"label\":%u,\"name\":", zy_field_kind_names[f->kind].name, f->label);
	put_label(out, &f->name);
	zy_buf_put_u8(out, '}');
}

static void put_type(struct zy_buf *out, const void *base, size_t i)
{
	const struct zy_trust_type *y = (const struct zy_trust_type *)base + i;

	zy_buf_put_str(out, "{\"alias\":");
	json_put_text(out, y->alias);
	zy_buf_put_str(out, ",\"code\":");
	json_put_text(out, y->code);
	zy_buf_printf(out, ",\"credential_days\":%u,\"fields\":", y->credential_days);
	put_list(out, put_field, y->fields, y->num_fields);
	zy_buf_put_str(out, ",\"name\":");
	put_label(out, &y->name);
	zy_buf_printf(out, ",\"number\":%u}", y->number);
}

static void put_note_key(struct zy_buf *out, const void *base, size_t i)
{
	const struct zy_trust_note_key *k = (const struct zy_trust_note_key *)base + i;

	zy_buf_put_u8(out, '{');
	if (k->from != 0) {
		zy_buf_put_str(out, "\"from\":");
		put_time(out, k->from);
		zy_buf_put_u8(out, ',');
	}
	zy_buf_put_str(out, "\"key\":");
	json_put_text(out, k->key);
	put_limit(out, "until", k->until);
	zy_buf_put_u8(out, '}');
}

bool zy_trust_encode(const struct zy_trust *t, struct zy_buf *out, struct zy_error *err)
{
	ZY_BUF_AUTO types = { 0 };
	uint8_t digest[ZY_HASH_LEN];

	put_list(&types, put_type, t->types, t->num_types);
	if (!trust_check(t, err) || !zy_buf_done(&types, "types", err) ||
	    !zy_digest(ZY_HASH_SHA256, zy_buf_bytes(&types), digest, err))
		return false;
	zy_buf_put_str(out, "{\"anchors\":");
	put_list(out, put_cert, t->anchors, t->num_anchors);
	zy_buf_put_str(out, ",\"catalogue_digest\":");
	put_hex(out, digest, sizeof(digest));
	zy_buf_put_str(out, ",\"credential_keys\":");
	put_list(out, put_key, t->credential_keys, t->num_credential_keys);
	zy_buf_put_str(out, ",\"intermediates\":");
	put_list(out, put_cert, t->intermediates, t->num_intermediates);
	zy_buf_put_str(out, ",\"issued_at\":");
	put_time(out, t->issued_at);
	zy_buf_put_str(out, ",\"issuers\":");
	put_list(out, put_issuer, t->issuers, t->num_issuers);
	/* a bundle of before there were logs has no such member */
	if (t->num_logs > 0) {
		zy_buf_put_str(out, ",\"logs\":");
		put_list(out, put_note_key, t->logs, t->num_logs);
	}
	zy_buf_put_str(out, ",\"next_update\":");
	put_time(out, t->next_update);
	if (t->num_retired > 0) {
		zy_buf_put_str(out, ",\"retired_seals\":");
		put_list(out, put_retired, t->retired, t->num_retired);
	}
	zy_buf_put_str(out, ",\"types\":");
	zy_buf_put(out, zy_buf_bytes(&types));
	zy_buf_printf(out, ",\"version\":%llu", (unsigned long long)t->version);
	if (t->witness_least > 0)
		zy_buf_printf(out, ",\"witness_least\":%u", t->witness_least);
	if (t->num_witnesses > 0) {
		zy_buf_put_str(out, ",\"witnesses\":");
		put_list(out, put_note_key, t->witnesses, t->num_witnesses);
	}
	zy_buf_put_u8(out, '}');
	return zy_buf_done(out, "payload", err);
}

/* ---- reading ---- */

static bool read_der(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	const char *s = json_string_value(at->v);
	struct zy_bytes *out = (struct zy_bytes *)(void *)((char *)base + m->at);
	ZY_BUF_AUTO der = { .cap = 16384 };

	if (s == NULL || s[0] == 0 || !zy_base64_decode(&der, zy_str(s), &(struct zy_error){ 0 }))
		return json_fail(at, err, "cert must be base64 of a certificate of at most 16384 bytes");
	return zy_arena_copy(at->file->arena, zy_buf_bytes(&der), out, err);
}

/* m->most bytes. */
static bool read_hex(const struct json_at *at, const struct json_member *m, void *base, struct zy_error *err)
{
	const char *s = json_string_value(at->v);

	if (s == NULL || !zy_unhex(zy_str(s), (uint8_t *)base + m->at, (size_t)m->most, &(struct zy_error){ 0 }))
		return json_fail(at, err, "%s must be %lld bytes in hexadecimal", at->key, (long long)m->most);
	return true;
}

#define CERT(member) offsetof(struct zy_trust_cert, member)
static const struct json_list anchor_issuers = { sizeof(const char *), CERT(num_issuers),
	{ .read = json_read_text, .least = 18, .most = 18 } };
static const struct json_list anchor_types = { sizeof(const char *), CERT(num_types),
	{ .read = json_read_text, .least = ZY_TYPE_CODE_LEN, .most = ZY_TYPE_CODE_LEN } };
static const struct json_member anchor_members[] = {
	{ "cert", read_der, CERT(der), false, 0, 0, NULL },
	{ "from", json_read_time, CERT(from), true, 0, 0, NULL },
	{ "issuers", json_read_list, CERT(issuers), true, 1, 1000, &anchor_issuers },
	{ "purposes", json_read_bits, CERT(purposes), false, 0, 0, trust_purposes },
	{ "types", json_read_list, CERT(types), true, 1, ZY_POLICY_TYPES_MAX, &anchor_types },
	{ "until", json_read_time, CERT(until), true, 0, 0, NULL },
};
static const struct json_shape anchor_shape = JSON_SHAPE(anchor_members);
static const struct json_shape intermediate_shape = { anchor_members, 1 };

#define KEY(member) offsetof(struct zy_trust_credential_key, member)
static const struct json_member key_members[] = {
	{ "cert", read_der, KEY(cert), false, 0, 0, NULL },
	{ "issuer", json_read_text, KEY(issuer), false, 18, 18, NULL },
	{ "kid", read_hex, KEY(kid), false, 0, 8, NULL },
	{ "suite", json_read_enum, KEY(suite), false, 0, 0, suites },
};
static const struct json_shape key_shape = JSON_SHAPE(key_members);

#define ISSUER(member) offsetof(struct zy_trust_issuer, member)
static const struct json_list seal_list = { sizeof(const char *), ISSUER(num_seals),
	{ .read = json_read_text, .least = 14, .most = 14 } };
static const struct json_list code_list = { sizeof(const char *), ISSUER(num_types),
	{ .read = json_read_text, .least = ZY_TYPE_CODE_LEN, .most = ZY_TYPE_CODE_LEN } };
static const struct json_member issuer_members[] = {
	{ "code", json_read_text, ISSUER(code), false, 18, 18, NULL },
	{ "name", json_read_label, ISSUER(name), false, 0, 0, NULL },
	{ "seals", json_read_list, ISSUER(seals), false, 0, 1000, &seal_list },
	{ "types", json_read_list, ISSUER(types), false, 0, ZY_POLICY_TYPES_MAX, &code_list },
};
static const struct json_shape issuer_shape = JSON_SHAPE(issuer_members);

#define FIELD(member) offsetof(struct zy_trust_field, member)
static const struct json_member field_members[] = {
	{ "key", json_read_text, FIELD(key), false, 1, 32, NULL },
	{ "kind", json_read_enum, FIELD(kind), false, 0, 0, zy_field_kind_names },
	{ "label", json_read_unsigned, FIELD(label), false, 1, 9999, NULL },
	{ "name", json_read_label, FIELD(name), false, 0, 0, NULL },
};
static const struct json_shape field_shape = JSON_SHAPE(field_members);

#define TYPE(member) offsetof(struct zy_trust_type, member)
static const struct json_list field_list = { sizeof(struct zy_trust_field), TYPE(num_fields),
	{ .read = json_read_object, .more = &field_shape } };
static const struct json_member type_members[] = {
	{ "alias", json_read_text, TYPE(alias), false, 1, 64, NULL },
	{ "code", json_read_text, TYPE(code), false, ZY_TYPE_CODE_LEN, ZY_TYPE_CODE_LEN, NULL },
	{ "credential_days", json_read_unsigned, TYPE(credential_days), false, 1, 30, NULL },
	{ "fields", json_read_list, TYPE(fields), false, 0, ZY_TYPE_FIELDS_MAX, &field_list },
	{ "name", json_read_label, TYPE(name), false, 0, 0, NULL },
	{ "number", json_read_unsigned, TYPE(number), false, 1, 9999, NULL },
};
static const struct json_shape type_shape = JSON_SHAPE(type_members);

#define RETIRED(member) offsetof(struct zy_trust_retired, member)
static const struct json_member retired_members[] = {
	{ "at", json_read_time, RETIRED(at), false, 0, 0, NULL },
	{ "esID", json_read_text, RETIRED(esID), false, 14, 14, NULL },
	{ "successor", json_read_text, RETIRED(successor), true, 14, 14, NULL },
};
static const struct json_shape retired_shape = JSON_SHAPE(retired_members);

#define NOTE_KEY(member) offsetof(struct zy_trust_note_key, member)
static const struct json_member note_key_members[] = {
	{ "from", json_read_time, NOTE_KEY(from), true, 0, 0, NULL },
	{ "key", json_read_text, NOTE_KEY(key), false, 1, 512, NULL },
	{ "until", json_read_time, NOTE_KEY(until), true, 0, 0, NULL },
};
static const struct json_shape note_key_shape = JSON_SHAPE(note_key_members);

#define TRUST(member) offsetof(struct zy_trust, member)
static const struct json_list anchor_list = { sizeof(struct zy_trust_cert), TRUST(num_anchors),
	{ .read = json_read_object, .more = &anchor_shape } };
static const struct json_list intermediate_list = { sizeof(struct zy_trust_cert), TRUST(num_intermediates),
	{ .read = json_read_object, .more = &intermediate_shape } };
static const struct json_list key_list = { sizeof(struct zy_trust_credential_key), TRUST(num_credential_keys),
	{ .read = json_read_object, .more = &key_shape } };
static const struct json_list issuer_list = { sizeof(struct zy_trust_issuer), TRUST(num_issuers),
	{ .read = json_read_object, .more = &issuer_shape } };
static const struct json_list type_list = { sizeof(struct zy_trust_type), TRUST(num_types),
	{ .read = json_read_object, .more = &type_shape } };
static const struct json_list retired_list = { sizeof(struct zy_trust_retired), TRUST(num_retired),
	{ .read = json_read_object, .more = &retired_shape } };
static const struct json_list log_list = { sizeof(struct zy_trust_note_key), TRUST(num_logs),
	{ .read = json_read_object, .more = &note_key_shape } };
static const struct json_list witness_list = { sizeof(struct zy_trust_note_key), TRUST(num_witnesses),
	{ .read = json_read_object, .more = &note_key_shape } };
static const struct json_member trust_members[] = {
	{ "anchors", json_read_list, TRUST(anchors), false, 1, 100, &anchor_list },
	{ "catalogue_digest", read_hex, TRUST(catalogue_digest), false, 0, ZY_HASH_LEN, NULL },
	{ "credential_keys", json_read_list, TRUST(credential_keys), false, 0, 1000, &key_list },
	{ "intermediates", json_read_list, TRUST(intermediates), false, 0, 1000, &intermediate_list },
	{ "issued_at", json_read_time, TRUST(issued_at), false, 0, 0, NULL },
	{ "issuers", json_read_list, TRUST(issuers), false, 0, 1000, &issuer_list },
	{ "logs", json_read_list, TRUST(logs), true, 1, 64, &log_list },
	{ "next_update", json_read_time, TRUST(next_update), false, 0, 0, NULL },
	{ "retired_seals", json_read_list, TRUST(retired), true, 1, 10000, &retired_list },
	{ "types", json_read_list, TRUST(types), false, 0, ZY_POLICY_TYPES_MAX, &type_list },
	{ "version", json_read_int64, TRUST(version), false, 1, INT64_MAX, NULL },
	{ "witness_least", json_read_unsigned, TRUST(witness_least), true, 1, ZY_WITNESSES_MAX, NULL },
	{ "witnesses", json_read_list, TRUST(witnesses), true, 1, ZY_WITNESSES_MAX, &witness_list },
};
static const struct json_shape trust_shape = JSON_SHAPE(trust_members);

/* One trust, one text: what we would not write ourselves is refused, a wrong catalogue_digest with it. */
static bool check_canonical(const struct zy_trust *t, struct zy_bytes payload, struct zy_error *err)
{
	ZY_BUF_AUTO again = { 0 };
	size_t i = 0;

	if (!zy_trust_encode(t, &again, err))
		return false;
	while (i < again.len && i < payload.len && again.p[i] == payload.p[i])
		i++;
	return (i == again.len && i == payload.len) ||
	       zy_fail(err, ZY_E_TRUST, "payload", i,
		   "the payload is not in its canonical form, or catalogue_digest is not that of its types");
}

bool zy_trust_parse(struct zy_trust *out, struct zy_bytes payload, struct zy_arena *a, struct zy_error *err)
{
	JSON_FILE_AUTO file = {
		.text = payload, .field = "payload", .bad_json = ZY_E_JSON, .bad_content = ZY_E_TRUST, .arena = a
	};
	struct zy_trust t = { 0 };
	struct json_at root;

	if (payload.len > ZY_TRUST_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "payload", ZY_NOWHERE, "a payload is at most %zu bytes", ZY_TRUST_MAX);
	if (!json_file_open(&file, &root, err) || !json_shape_read(&root, &trust_shape, &t, err) ||
	    !check_canonical(&t, payload, err))
		return false;
	*out = t;
	return true;
}
