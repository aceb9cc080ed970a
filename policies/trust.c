/* The trust bundle's payload as a struct: rules on it, look-ups, the pin. trust_json.c reads and writes it. */
#include "zy/trust.h"

#include "internal.h"
#include "trust_internal.h"

bool trust_fail(struct zy_error *err, const char *field, const char *why, const char *which)
{
	return zy_fail(
	    err, ZY_E_TRUST, field, ZY_NOWHERE, "%s: %s%s%.64s", field, why, which[0] == 0 ? "" : " ", which);
}

static bool check_certs(const struct zy_trust *t, struct zy_error *err)
{
	if (t->num_anchors < 1)
		return trust_fail(err, "anchors", "a bundle needs an anchor", "");
	for (size_t i = 0; i < t->num_anchors; i++)
		if (!trust_check_anchor(t, i, err))
			return false;
	for (size_t i = 0; i < t->num_intermediates; i++)
		if (t->intermediates[i].der.len < 1 || t->intermediates[i].purposes != 0)
			return trust_fail(err, "intermediates", "each is a certificate without purposes", "");
	return true;
}

static bool check_type(const struct zy_trust *t, size_t i, struct zy_error *err)
{
	const struct zy_trust_type *y = &t->types[i];

	if (strlen(y->code) != ZY_TYPE_CODE_LEN || !zy_uscc_check(ZY_BYTES(y->code, 18), &(struct zy_error){ 0 }))
		return trust_fail(err, "types", "not a type code:", y->code);
	if (zy_trust_type_by_code(t, y->code) != y || zy_trust_type_by_number(t, y->number) != y)
		return trust_fail(err, "types", "code or number is there twice:", y->code);
	if (y->number < 1 || y->number > 9999 || y->credential_days < 1 || y->credential_days > 30)
		return trust_fail(err, "types", "number or credential_days is out of its range:", y->code);
	for (size_t k = 0; k < y->num_fields; k++)
		if (!key_is_plain(y->fields[k].key) || y->fields[k].label < 1 || y->fields[k].label > 9999 ||
		    zy_trust_field_by_label(y, y->fields[k].label) != &y->fields[k])
			return trust_fail(err, "types", "a field's key or label is not good, or there twice:", y->code);
	return true;
}

static bool check_issuer(const struct zy_trust *t, const struct zy_trust_issuer *s, struct zy_error *err)
{
	if (!zy_uscc_check(zy_str(s->code), &(struct zy_error){ 0 }))
		return trust_fail(err, "issuers", "not a credit code:", s->code);
	if (zy_trust_issuer(t, s->code) != s)
		return trust_fail(err, "issuers", "there twice:", s->code);
	for (size_t i = 0; i < s->num_types; i++)
		if (zy_trust_type_by_code(t, s->types[i]) == NULL)
			return trust_fail(
			    err, "issuers", "may issue a type that the bundle does not hold:", s->types[i]);
	for (size_t i = 0; i < s->num_seals; i++)
		if (strlen(s->seals[i]) != 14 || strspn(s->seals[i], "0123456789") != 14)
			return trust_fail(err, "issuers", "not an esID:", s->seals[i]);
	return true;
}

static bool check_key(const struct zy_trust *t, const struct zy_trust_credential_key *k, struct zy_error *err)
{
	uint8_t digest[ZY_HASH_LEN];

	if (zy_trust_issuer(t, k->issuer) == NULL)
		return trust_fail(err, "credential_keys", "of an issuer that the bundle does not hold:", k->issuer);
	if (!zy_digest(zy_suite_hash(k->suite), k->cert, digest, err))
		return false;
	return memcmp(digest, k->kid, sizeof(k->kid)) == 0 ||
	       trust_fail(err, "credential_keys", "kid is not the start of the certificate's hash", "");
}

static bool is_esID(const char *s)
{
	return strlen(s) == 14 && strspn(s, "0123456789") == 14;
}

static bool check_retired(const struct zy_trust *t, const struct zy_trust_retired *s, struct zy_error *err)
{
	if (!is_esID(s->esID) || (s->successor != NULL && !is_esID(s->successor)))
		return trust_fail(err, "retired_seals", "not an esID:", s->esID);
	return (s->at > 0 && zy_trust_retired(t, s->esID) == s) ||
	       trust_fail(err, "retired_seals", "there twice, or without a time:", s->esID);
}

/* What kind of key it is, who verifies with it finds out. */
static bool check_note_keys(const char *field, const struct zy_trust_note_key *keys, size_t num, struct zy_error *err)
{
	for (size_t i = 0; i < num; i++) {
		const struct zy_trust_note_key *k = &keys[i];
		const char *plus = strchr(k->key, '+');

		if (plus == NULL || plus == k->key || strchr(plus + 1, '+') == NULL)
			return trust_fail(err, field, "not a key NAME+ID+BASE64:", k->key);
		if (k->from < 0 || k->until < 0 || k->until > ZY_TRUST_LAST || (k->until != 0 && k->until < k->from))
			return trust_fail(err, field, "ends before it begins:", k->key);
		for (size_t before = 0; before < i; before++)
			if (strcmp(keys[before].key, k->key) == 0)
				return trust_fail(err, field, "there twice:", k->key);
	}
	return true;
}

size_t zy_trust_witness_name(const struct zy_trust *t, size_t i)
{
	const char *key = t->witnesses[i].key;
	size_t len = strcspn(key, "+"), k = 0;

	while (k < i && (strcspn(t->witnesses[k].key, "+") != len || memcmp(t->witnesses[k].key, key, len) != 0))
		k++;
	return k;
}

static bool check_witnesses(const struct zy_trust *t, struct zy_error *err)
{
	size_t persons = 0;

	if (!check_note_keys("witnesses", t->witnesses, t->num_witnesses, err))
		return false;
	for (size_t i = 0; i < t->num_witnesses; i++)
		persons += zy_trust_witness_name(t, i) == i;
	return t->witness_least <= persons ||
	       trust_fail(err, "witness_least", "asks for more witnesses than the bundle names", "");
}

bool trust_check(const struct zy_trust *t, struct zy_error *err)
{
	if (t->version < 1 || t->version > INT64_MAX)
		return trust_fail(err, "version", "must be 1 or more", "");
	if (t->issued_at < 0 || t->next_update <= t->issued_at || t->next_update > ZY_TRUST_LAST)
		return trust_fail(err, "next_update", "must lie after issued_at", "");
	if (!check_certs(t, err))
		return false;
	for (size_t i = 0; i < t->num_types; i++)
		if (!check_type(t, i, err))
			return false;
	for (size_t i = 0; i < t->num_issuers; i++)
		if (!check_issuer(t, &t->issuers[i], err))
			return false;
	for (size_t i = 0; i < t->num_retired; i++)
		if (!check_retired(t, &t->retired[i], err))
			return false;
	for (size_t i = 0; i < t->num_credential_keys; i++)
		if (!check_key(t, &t->credential_keys[i], err))
			return false;
	return check_note_keys("logs", t->logs, t->num_logs, err) && check_witnesses(t, err);
}

bool zy_trust_pin(const struct zy_trust *t, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	struct zy_hasher h = { 0 };
	bool ok = zy_hasher_start(&h, ZY_HASH_SHA256, err);

	for (size_t i = 0; ok && i < t->num_anchors; i++)
		ok = trust_is_repeated(t, i) || zy_hasher_add(&h, t->anchors[i].der, err);
	ok = ok && zy_hasher_final(&h, out, err);
	zy_hasher_free(&h);
	return ok;
}

const struct zy_trust_issuer *zy_trust_issuer(const struct zy_trust *t, const char *code)
{
	for (size_t i = 0; i < t->num_issuers; i++)
		if (strcmp(t->issuers[i].code, code) == 0)
			return &t->issuers[i];
	return NULL;
}

const struct zy_trust_type *zy_trust_type_by_code(const struct zy_trust *t, const char *code)
{
	for (size_t i = 0; i < t->num_types; i++)
		if (strcmp(t->types[i].code, code) == 0)
			return &t->types[i];
	return NULL;
}

const struct zy_trust_type *zy_trust_type_by_number(const struct zy_trust *t, unsigned number)
{
	for (size_t i = 0; i < t->num_types; i++)
		if (t->types[i].number == number)
			return &t->types[i];
	return NULL;
}

const struct zy_trust_field *zy_trust_field_by_label(const struct zy_trust_type *t, unsigned label)
{
	for (size_t i = 0; i < t->num_fields; i++)
		if (t->fields[i].label == label)
			return &t->fields[i];
	return NULL;
}

const struct zy_trust_retired *zy_trust_retired(const struct zy_trust *t, const char *esID)
{
	for (size_t i = 0; i < t->num_retired; i++)
		if (strcmp(t->retired[i].esID, esID) == 0)
			return &t->retired[i];
	return NULL;
}

bool zy_trust_issuer_may(const struct zy_trust_issuer *i, const char *type_code)
{
	for (size_t k = 0; k < i->num_types; k++)
		if (strcmp(i->types[k], type_code) == 0)
			return true;
	return false;
}

bool zy_trust_is_seniors(const struct zy_trust *t, const char *code)
{
	for (size_t i = 0; i < t->num_seniors; i++)
		if (zy_trust_issuer(t->seniors[i], code) != NULL)
			return true;
	return false;
}
