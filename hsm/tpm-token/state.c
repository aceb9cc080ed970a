#include "tpm-token/state.h"

#include <openssl/crypto.h>

#include "zy/digest.h"

#define MAGIC_LEN 8
static const struct zy_bytes token_magic = ZY_LITERAL("ZYTPMTK1"), key_magic = ZY_LITERAL("ZYTPMKY1");

static bool take_magic(struct zy_reader *r, struct zy_bytes magic, struct zy_error *err)
{
	struct zy_bytes got;

	if (!zy_take(r, MAGIC_LEN, "magic", &got, err))
		return false;
	return zy_bytes_equal(got, magic) || zy_fail(err, ZY_E_TOKEN, "magic", 0, "not a state file of this kind");
}

/* length in len_size bytes, then the bytes. */
static bool take_sized(
    struct zy_reader *r, size_t len_size, size_t max, const char *field, struct zy_bytes *out, struct zy_error *err)
{
	uint64_t len;

	if (!zy_take_be(r, len_size, field, &len, err))
		return false;
	if (len > max)
		return zy_fail(err, ZY_E_TOKEN, field, zy_reader_offset(r), "more than %zu bytes", max);
	return zy_take(r, (size_t)len, field, out, err);
}

static bool take_blob(struct zy_reader *r, const char *field, struct zy_tpm_blob *out, struct zy_error *err)
{
	if (!take_sized(r, 2, ZY_TPM_BLOB_MAX, field, &out->public, err) ||
	    !take_sized(r, 2, ZY_TPM_BLOB_MAX, field, &out->private, err))
		return false;
	return out->public.len > 0 || zy_fail(err, ZY_E_TOKEN, field, zy_reader_offset(r), "an empty public part");
}

/* The MAC, the digest over all before it, and the end. */
static bool take_tail(
    struct zy_reader *r, struct zy_bytes in, struct zy_bytes *covered, struct zy_bytes *mac, struct zy_error *err)
{
	uint8_t digest[ZY_HASH_LEN];
	struct zy_bytes stored;
	size_t at = zy_reader_offset(r);

	if (!zy_take(r, ZY_TPM_MAC_LEN, "mac", mac, err) || !zy_take(r, ZY_HASH_LEN, "sha256", &stored, err) ||
	    !zy_reader_end(r, "file", err) ||
	    !zy_digest(ZY_HASH_SHA256, ZY_BYTES(in.p, at + ZY_TPM_MAC_LEN), digest, err))
		return false;
	*covered = ZY_BYTES(in.p, at);
	return zy_bytes_equal(stored, ZY_BYTES(digest, sizeof(digest))) ||
	       zy_fail(err, ZY_E_TOKEN, "sha256", at + ZY_TPM_MAC_LEN, "the file is damaged: restore it from a backup");
}

static bool take_user(struct zy_reader *r, struct zy_tpm_token_file *f, struct zy_error *err)
{
	uint8_t has_user;

	if (!zy_take_u8(r, "has_user", &has_user, err))
		return false;
	if (has_user > 1)
		return zy_fail(err, ZY_E_TOKEN, "has_user", zy_reader_offset(r) - 1, "neither 0 nor 1");
	f->has_user = has_user == 1;
	return !f->has_user ||
	       (zy_take(r, ZY_TPM_SALT_LEN, "user_salt", &f->user_salt, err) && take_blob(r, "user", &f->user, err));
}

bool zy_tpm_token_file_parse(struct zy_tpm_token_file *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_tpm_token_file f = { 0 };
	uint64_t iterations;

	if (!take_magic(&r, token_magic, err) || !zy_take(&r, ZY_TPM_SERIAL_LEN, "serial", &f.serial, err) ||
	    !zy_take(&r, 32, "label", &f.label, err) || !zy_take_be(&r, 4, "iterations", &iterations, err) ||
	    !zy_take(&r, ZY_TPM_NAME_LEN, "primary_name", &f.primary_name, err) ||
	    !zy_take(&r, ZY_TPM_SALT_LEN, "so_salt", &f.so_salt, err) || !take_blob(&r, "so", &f.so, err) ||
	    !take_user(&r, &f, err) || !take_tail(&r, in, &f.covered, &f.mac, err))
		return false;
	if (iterations < ZY_TPM_ITERATIONS_MIN || iterations > ZY_TPM_ITERATIONS_MAX)
		return zy_fail(
		    err, ZY_E_TOKEN, "iterations", 48, "not in %u..%u", ZY_TPM_ITERATIONS_MIN, ZY_TPM_ITERATIONS_MAX);
	f.iterations = (uint32_t)iterations;
	*out = f;
	return true;
}

bool zy_tpm_key_file_parse(struct zy_tpm_key_file *out, struct zy_bytes in, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_tpm_key_file f = { 0 };

	if (!take_magic(&r, key_magic, err) || !zy_take(&r, ZY_TPM_SERIAL_LEN, "serial", &f.serial, err) ||
	    !zy_take(&r, ZY_TPM_SERIAL_LEN, "number", &f.number, err) || !zy_take_u8(&r, "halves", &f.halves, err) ||
	    !take_sized(&r, 1, 255, "public_label", &f.public_label, err) ||
	    !take_sized(&r, 1, 255, "public_id", &f.public_id, err) ||
	    !take_sized(&r, 1, 255, "private_label", &f.private_label, err) ||
	    !take_sized(&r, 1, 255, "private_id", &f.private_id, err) || !take_blob(&r, "key", &f.blob, err) ||
	    !take_tail(&r, in, &f.covered, &f.mac, err))
		return false;
	if (f.halves < 1 || f.halves > 3 || ((f.halves & ZY_TPM_HALF_PRIVATE) != 0) != (f.blob.private.len > 0))
		return zy_fail(err, ZY_E_TOKEN, "halves", 24, "the halves do not fit the blobs");
	*out = f;
	return true;
}

static void put_sized(struct zy_buf *out, size_t len_size, struct zy_bytes v)
{
	zy_buf_put_be(out, v.len, len_size);
	zy_buf_put(out, v);
}

static void put_blob(struct zy_buf *out, const struct zy_tpm_blob *b)
{
	put_sized(out, 2, b->public);
	put_sized(out, 2, b->private);
}

static bool put_tail(struct zy_buf *out, size_t start, const uint8_t mac_key[32], struct zy_error *err)
{
	uint8_t mac[ZY_HASH_LEN], digest[ZY_HASH_LEN];

	if (!zy_buf_done(out, "file", err) ||
	    !zy_hmac(ZY_HASH_SHA256, ZY_BYTES(mac_key, 32), ZY_BYTES(out->p + start, out->len - start), mac, err))
		return false;
	zy_buf_put(out, ZY_BYTES(mac, sizeof(mac)));
	if (!zy_buf_done(out, "file", err) ||
	    !zy_digest(ZY_HASH_SHA256, ZY_BYTES(out->p + start, out->len - start), digest, err))
		return false;
	zy_buf_put(out, ZY_BYTES(digest, sizeof(digest)));
	return zy_buf_done(out, "file", err);
}

bool zy_tpm_token_file_encode(
    struct zy_buf *out, const struct zy_tpm_token_file *f, const uint8_t mac_key[32], struct zy_error *err)
{
	struct zy_tpm_token_file again;
	size_t start = out->len;

	zy_buf_put(out, token_magic);
	zy_buf_put(out, f->serial);
	zy_buf_put(out, f->label);
	zy_buf_put_be(out, f->iterations, 4);
	zy_buf_put(out, f->primary_name);
	zy_buf_put(out, f->so_salt);
	put_blob(out, &f->so);
	zy_buf_put_u8(out, f->has_user);
	if (f->has_user) {
		zy_buf_put(out, f->user_salt);
		put_blob(out, &f->user);
	}
	/* What cannot be read back is never stored: a view of a wrong length shows here. */
	return put_tail(out, start, mac_key, err) &&
	       zy_tpm_token_file_parse(&again, ZY_BYTES(out->p + start, out->len - start), err);
}

bool zy_tpm_key_file_encode(
    struct zy_buf *out, const struct zy_tpm_key_file *f, const uint8_t mac_key[32], struct zy_error *err)
{
	struct zy_tpm_key_file again;
	size_t start = out->len;

	zy_buf_put(out, key_magic);
	zy_buf_put(out, f->serial);
	zy_buf_put(out, f->number);
	zy_buf_put_u8(out, f->halves);
	put_sized(out, 1, f->public_label);
	put_sized(out, 1, f->public_id);
	put_sized(out, 1, f->private_label);
	put_sized(out, 1, f->private_id);
	put_blob(out, &f->blob);
	return put_tail(out, start, mac_key, err) &&
	       zy_tpm_key_file_parse(&again, ZY_BYTES(out->p + start, out->len - start), err);
}

bool zy_tpm_file_authentic(
    struct zy_bytes covered, struct zy_bytes mac, const uint8_t mac_key[32], struct zy_error *err)
{
	uint8_t want[ZY_HASH_LEN];

	if (!zy_hmac(ZY_HASH_SHA256, ZY_BYTES(mac_key, 32), covered, want, err))
		return false;
	if (mac.len == sizeof(want) && CRYPTO_memcmp(want, mac.p, sizeof(want)) == 0)
		return true;
	return zy_fail(err, ZY_E_TOKEN, "mac", covered.len, "the file was not written by this token: restore it");
}
