/* The keys of signed notes, and the values that they make. */
#include "zy/note.h"

#include <stdio.h>

#include "zy/der.h"
#include "zy/digest.h"
#include "zy/text.h"

enum { POINT = 65, ED25519 = 32, TIME = 8 };

static const struct {
	uint8_t type;
	bool cosigned;
	const char *more; /* of type 0xff: which one */
	size_t point_len;
} kinds[ZY_NUM_NOTE_KINDS] = {
	[ZY_NOTE_ED25519] = { 0x01, false, "", ED25519 },
	[ZY_NOTE_ECDSA] = { 0x02, false, "", POINT },
	[ZY_NOTE_ED25519_COSIGNED] = { 0x04, true, "", ED25519 },
	[ZY_NOTE_SM2] = { 0xff, false, "sm2sig_sm3", POINT },
	[ZY_NOTE_ECDSA_COSIGNED] = { 0xff, true, "cosignature/v1 ecdsa_p256_sha256", POINT },
	[ZY_NOTE_SM2_COSIGNED] = { 0xff, true, "cosignature/v1 sm2sig_sm3", POINT },
};

bool zy_note_kind_is_cosigned(enum zy_note_kind k)
{
	return kinds[k].cosigned;
}

/* type || key, as it goes into the id and into the text form. */
static void put_material(const struct zy_note_key *k, struct zy_buf *out)
{
	size_t spki, algorithm;

	zy_buf_put_u8(out, kinds[k->kind].type);
	zy_buf_put_str(out, kinds[k->kind].more);
	if (k->kind != ZY_NOTE_ECDSA) {
		zy_buf_put(out, ZY_BYTES(k->point, k->point_len));
		return;
	}
	spki = zy_der_open(out, ZY_DER_SEQUENCE);
	algorithm = zy_der_open(out, ZY_DER_SEQUENCE);
	zy_der_put(out, ZY_DER_OID, zy_oid_ec_public_key);
	zy_der_put(out, ZY_DER_OID, zy_oid_p256);
	zy_der_close(out, algorithm);
	zy_der_put_bits(out, ZY_BYTES(k->point, k->point_len));
	zy_der_close(out, spki);
}

static bool compute_id(struct zy_note_key *k, struct zy_error *err)
{
	ZY_BUF_AUTO named = { 0 }, material = { 0 };
	uint8_t digest[ZY_HASH_LEN];
	struct zy_bytes whole;

	put_material(k, &material);
	zy_buf_put_str(&named, k->name);
	zy_buf_put_u8(&named, '\n');
	zy_buf_put(&named, zy_buf_bytes(&material));
	if (!zy_buf_done(&material, "key", err) || !zy_buf_done(&named, "key", err))
		return false;
	whole = k->kind == ZY_NOTE_ECDSA ? ZY_BYTES(material.p + 1, material.len - 1) : zy_buf_bytes(&named);
	if (!zy_digest(ZY_HASH_SHA256, whole, digest, err))
		return false;
	k->id = (uint32_t)digest[0] << 24 | (uint32_t)digest[1] << 16 | (uint32_t)digest[2] << 8 | digest[3];
	return true;
}

bool zy_note_key_make(
    struct zy_note_key *out, struct zy_bytes name, enum zy_note_kind kind, struct zy_bytes point, struct zy_error *err)
{
	struct zy_note_key k = { .kind = kind, .point_len = point.len };

	if (!zy_note_name_check(name, err))
		return false;
	if (point.len != kinds[kind].point_len || (point.len == POINT && point.p[0] != 4))
		return zy_fail(err, ZY_E_KEY, "key", ZY_NOWHERE, "not a public key of its kind");
	memcpy(k.name, name.p, name.len);
	memcpy(k.point, point.p, point.len);
	if (!compute_id(&k, err))
		return false;
	*out = k;
	return true;
}

void zy_note_key_encode(const struct zy_note_key *k, struct zy_buf *out)
{
	ZY_BUF_AUTO material = { 0 };

	put_material(k, &material);
	zy_buf_printf(out, "%s+%08x+", k->name, (unsigned)k->id);
	zy_base64_encode(out, zy_buf_bytes(&material));
	out->failed = out->failed || material.failed;
}

/* The material begins as that of its kind does, and its point are the last octets; what does not encode back to the
 * same text is refused by the caller. */
static bool read_material(struct zy_note_key *out, struct zy_bytes name, struct zy_bytes material, struct zy_error *err)
{
	for (enum zy_note_kind kind = 0; kind < ZY_NUM_NOTE_KINDS; kind++) {
		struct zy_reader r = zy_reader_over(material);
		size_t more = strlen(kinds[kind].more), len = kinds[kind].point_len, head = 1 + more;
		struct zy_error ignored = { 0 };
		struct zy_bytes begin;

		if (material.len < head + len || (kind != ZY_NOTE_ECDSA && material.len != head + len) ||
		    !zy_take(&r, material.len - len, "key", &begin, &ignored) || begin.p[0] != kinds[kind].type ||
		    memcmp(begin.p + 1, kinds[kind].more, more) != 0)
			continue;
		return zy_note_key_make(out, name, kind, zy_reader_rest(&r), err);
	}
	return zy_fail(err, ZY_E_KEY, "key", ZY_NOWHERE, "a key of a type that is not known here");
}

bool zy_note_key_parse(struct zy_note_key *out, struct zy_bytes vkey, struct zy_error *err)
{
	const uint8_t *plus = vkey.len == 0 ? NULL : memchr(vkey.p, '+', vkey.len);
	ZY_BUF_AUTO material = { .cap = 256 }, again = { 0 };
	struct zy_reader r = zy_reader_over(vkey);
	struct zy_bytes name, id;
	struct zy_note_key k;

	if (plus == NULL || !zy_take(&r, (size_t)(plus - vkey.p), "name", &name, &(struct zy_error){ 0 }) ||
	    !zy_take(&r, 10, "id", &id, &(struct zy_error){ 0 }) ||
	    !zy_base64_decode(&material, zy_reader_rest(&r), &(struct zy_error){ 0 }))
		return zy_fail(err, ZY_E_NOTE, "key", ZY_NOWHERE, "a key is NAME+ID+BASE64");
	if (!read_material(&k, name, zy_buf_bytes(&material), err))
		return false;
	zy_note_key_encode(&k, &again);
	if (!zy_buf_done(&again, "key", err))
		return false;
	if (!zy_bytes_equal(zy_buf_bytes(&again), vkey))
		return zy_fail(err, ZY_E_NOTE, "key", ZY_NOWHERE, "the key's id or form is not its own");
	*out = k;
	return true;
}

bool zy_note_key_made(const struct zy_note_key *k, const struct zy_note_signature *s)
{
	return k->id == s->id && zy_bytes_equal(s->name, zy_str(k->name));
}

void zy_note_message(const struct zy_note_key *k, uint64_t time, struct zy_bytes text, struct zy_buf *out)
{
	if (kinds[k->kind].cosigned)
		zy_buf_printf(out, "cosignature/v1\ntime %llu\n", (unsigned long long)time);
	zy_buf_put(out, text);
}

bool zy_note_value_parse(
    const struct zy_note_key *k, struct zy_bytes value, uint64_t *time, uint8_t out[64], struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(value);
	struct zy_bytes v;

	*time = 0;
	if (kinds[k->kind].cosigned && (!zy_take_be(&r, TIME, "time", time, err) || *time > INT64_MAX))
		return zy_fail(err, ZY_E_NOTE, "time", ZY_NOWHERE, "a cosignature begins with its time");
	v = zy_reader_rest(&r);
	if (kinds[k->kind].point_len == POINT)
		return zy_der_rs(v, out, err);
	if (v.len != 64)
		return zy_fail(err, ZY_E_NOTE, "signature", ZY_NOWHERE, "an Ed25519 signature has 64 octets");
	memcpy(out, v.p, 64);
	return true;
}

void zy_note_value_encode(const struct zy_note_key *k, uint64_t time, const uint8_t in[64], struct zy_buf *out)
{
	if (kinds[k->kind].cosigned)
		zy_buf_put_be(out, time, TIME);
	if (kinds[k->kind].point_len == POINT)
		zy_der_put_rs(out, in);
	else
		zy_buf_put(out, ZY_BYTES(in, 64));
}
