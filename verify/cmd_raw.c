/* zhengyin-verify raw: one bare signature over one file, by a key that the caller vouches for. */
#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "content.h"
#include "internal.h"
#include "value.h"
#include "zy/file.h"
#include "zy/options.h"
#include "zy/pem.h"
#include "zy/sm2.h"
#include "zy/x509.h"

#define SIGNATURE_MAX ((size_t)8192)
#define KEY_MAX ((size_t)65536)

struct raw {
	const char *key, *signature, *id;
	bool json, help;
	zy_time at;
};

static void print_help(const struct zy_option *table)
{
	printf("zhengyin-verify raw: verifies one bare signature over one file\n\n"
	       "usage: zhengyin-verify raw --key PUB.pem --signature SIG [--id TEXT] FILE      FILE may be -\n\n");
	zy_options_help(table, stdout);
	printf(
	    "\nSM2 with SM3 (signature in DER or r||s), ECDSA with SHA-2, RSA PKCS#1 v1.5 and PSS, Ed25519, Ed448.\n"
	    "The key decides the kind; which digest was used is found out. A digest or a key too weak to be relied\n"
	    "upon today is INDETERMINATE. FILE may be of any length; for Ed25519 and Ed448, which read it twice, of 64 MiB.\n\n"
	    "exit status: 0 TOTAL-PASSED, 1 TOTAL-FAILED, 2 INDETERMINATE; 64 usage, 65 no key or no signature in\n"
	    "the file, 70 our own mistake, 74 a file could not be read.\n\n"
	    "example:\n"
	    "  openssl dgst -sm3 -sign key.pem -sigopt distid:1234567812345678 -out text.sig text\n"
	    "  zhengyin-verify raw --key pub.pem --signature text.sig text\n");
}

/* A curve that is written out instead of named is none that is known here, whatever it is. */
static bool parse_key(struct zy_bytes spki, struct zy_public_key *out, struct zy_error *err)
{
	struct zy_error why = { 0 };

	if (zy_public_key_parse(spki, out, &why))
		return true;
	*out = (struct zy_public_key){ .der = spki };
	return (why.field != NULL && strcmp(why.field, "subjectPublicKeyInfo.parameters") == 0) ||
	       zy_fail(err, why.code, why.field == NULL ? "" : why.field, why.offset, "%s", why.msg);
}

/* A SubjectPublicKeyInfo, or the one of a certificate; PEM or DER. */
static bool read_key(const char *path, struct zy_arena *a, struct zy_public_key *out, struct zy_error *err)
{
	struct zy_error ignored = { 0 };
	struct zy_bytes file, one;
	struct zy_x509 cert;
	bool is_cert = false;
	size_t num;

	if (!zy_file_read(path, KEY_MAX, a, &file, err))
		return false;
	if (zy_pem_is(file) && zy_pem_collect(file, "CERTIFICATE", "TRUSTED CERTIFICATE", &one, 1, &num, a, &ignored))
		is_cert = true;
	else if (!zy_pem_collect(file, "PUBLIC KEY", NULL, &one, 1, &num, a, err))
		return false;
	if (!is_cert && parse_key(one, out, err))
		return true;
	if (!zy_x509_parse(&cert, one, &ignored))
		return is_cert && zy_fail(err, ignored.code, ignored.field, ignored.offset, "%s", ignored.msg);
	*err = (struct zy_error){ 0 };
	return parse_key(cert.spki, out, err);
}

static const char *algorithm_text(struct zy_report *r, const struct zy_value *v)
{
	struct zy_error ignored = { 0 };
	const char *md = zy_md_name(v->alg.md), *kind = "", *text;

	switch (v->alg.kind) {
	case ZY_KEY_SM2:
		kind = "SM2";
		break;
	case ZY_KEY_EC:
		kind = "ECDSA";
		break;
	case ZY_KEY_RSA:
		kind = "RSA PKCS#1 v1.5";
		break;
	case ZY_KEY_RSA_PSS:
		kind = "RSA PSS";
		break;
	case ZY_KEY_ED25519:
		kind = "Ed25519";
		break;
	case ZY_KEY_ED448:
		kind = "Ed448";
		break;
	case ZY_KEY_OTHER:
		break;
	}
	text = zy_arena_printf(&r->arena, &ignored, "%s%s%s", kind, md == NULL ? "" : " with ", md == NULL ? "" : md);
	return text == NULL ? "" : text;
}

static bool may_be_of(const struct zy_public_key *key, const struct zy_sig_alg *alg)
{
	return alg->kind == key->kind || (alg->kind == ZY_KEY_RSA_PSS && key->kind == ZY_KEY_RSA);
}

/* Read once, for every algorithm that the key may have signed by: a file of any length needs no more memory. */
static bool find_by_digests(struct zy_keys *k, struct zy_value *v, struct zy_source *file, bool *good,
    const char **otherwise, struct zy_error *err)
{
	const struct zy_content content = { zy_source_next, file };
	const struct zy_sig_alg *algs;
	ZY_HASHES_AUTO hashes = { 0 };
	uint8_t z[ZY_HASH_LEN];
	size_t num, index;

	algs = zy_sig_algs(&num);
	*good = false;
	v->hashed = true;
	if (v->key.kind == ZY_KEY_SM2 &&
	    (v->key.bits.len != 65 ? !zy_fail(err, ZY_E_KEY, "subjectPublicKey", ZY_NOWHERE, "no point of 65 octets")
				   : !zy_sm2_z(v->id, v->key.bits.p, z, err)))
		return false;
	for (size_t i = 0; i < num; i++)
		if (may_be_of(&v->key, &algs[i]) &&
		    !zy_hashes_want(&hashes, algs[i].md, v->key.kind == ZY_KEY_SM2 ? z : NULL, &index, err))
			return false;
	if (!zy_hashes_run(&hashes, &content, err))
		return false;
	for (size_t i = 0; i < num && !*good; i++) {
		if (!may_be_of(&v->key, &algs[i]))
			continue;
		v->alg = algs[i];
		if (!zy_hashes_want(&hashes, v->alg.md, v->key.kind == ZY_KEY_SM2 ? z : NULL, &index, err))
			return false;
		v->message = zy_hashes_get(&hashes, index);
		if (!zy_value_verify(k, v, good, err))
			return false;
		if (!*good && *otherwise == NULL)
			*otherwise = zy_value_otherwise(k, v, true);
	}
	return true;
}

/* EdDSA reads its message twice: it must be held. */
static bool find(
    struct zy_keys *k, struct zy_value *v, const char *file, bool *good, const char **otherwise, struct zy_error *err)
{
	struct zy_source source;
	ZY_ARENA_AUTO a = { 0 };
	bool ok;

	if (v->key.kind == ZY_KEY_ED25519 || v->key.kind == ZY_KEY_ED448)
		return zy_file_read(file, ZY_INPUT_MAX, &a, &v->message, err) && zy_value_find(k, v, good, err);
	if (!zy_source_open(&source, file, "file", &a, err))
		return false;
	ok = find_by_digests(k, v, &source, good, otherwise, err);
	zy_source_close(&source);
	return ok;
}

static bool judge(struct zy_keys *k, struct zy_value *v, const char *file, struct zy_report *r, struct zy_error *err)
{
	struct zy_report_signature *out = &r->signatures[r->num_signatures++];
	const char *otherwise = NULL;
	bool good;

	r->format = "raw";
	r->passed_en = "The signature verifies with the given key.";
	r->passed_zh = "签名与所给公钥相符。";
	r->trusted = true; /* the caller brought the key */
	*out = (struct zy_report_signature){ .n = 1, .kind = "raw", .covers = "whole" };
	if (v->key.kind == ZY_KEY_OTHER) {
		zy_report_add(r, "signature-algorithm", "subjectPublicKeyInfo", ZY_NOWHERE, NULL);
		out->indication = zy_report_since(r, &r->first, &out->sub_indication);
		return true;
	}
	if (!find(k, v, file, &good, &otherwise, err))
		return false;
	if (!good && otherwise != NULL) {
		zy_report_add(r, "signature-unsupported", "signature", ZY_NOWHERE, "%s", otherwise);
	} else if (!good) {
		zy_report_add(r, "signature-value", "signature", ZY_NOWHERE, NULL);
	} else {
		out->signer = algorithm_text(r, v);
		if (r->at > zy_sig_alg_until(&v->alg))
			zy_report_add(
			    r, "signature-algorithm", "signature", ZY_NOWHERE, "it verifies as %s", out->signer);
		if (r->at > zy_public_key_until(&v->key))
			zy_report_add(r, "signature-algorithm", "subjectPublicKey", ZY_NOWHERE, "a key of %u bits",
			    v->key.strength);
	}
	out->indication = zy_report_since(r, &r->first, &out->sub_indication);
	return true;
}

/* Base64 or hexadecimal, which nobody's signature is by chance: to call it false would be wrong. */
static bool is_text(struct zy_bytes v)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_ \t\r\n";

	for (size_t i = 0; i < v.len; i++)
		if (v.p[i] == 0 || strchr(letters, v.p[i]) == NULL)
			return false;
	return v.len >= 32;
}

static bool run(const struct raw *o, const char *file, struct zy_keys *k, struct zy_report *r, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_value v = { .id = o->id == NULL ? zy_sm2_id : zy_str(o->id), .bare = true };

	if (!read_key(o->key, &a, &v.key, err) || !zy_file_read(o->signature, SIGNATURE_MAX, &a, &v.signature, err))
		return false;
	if (v.signature.len == 0)
		return zy_fail(err, ZY_E_FORMAT, "signature", 0, "the signature is empty");
	if (is_text(v.signature))
		return zy_fail(err, ZY_E_FORMAT, "signature", 0,
		    "the signature is written as text, base64 or hexadecimal: decode it first");
	if (o->id != NULL && v.key.kind != ZY_KEY_SM2)
		return zy_fail(err, ZY_E_USAGE, "id", ZY_NOWHERE, "--id is for SM2 keys only");
	return judge(k, &v, file, r, err);
}

static bool check_words(const struct raw *o, size_t num_files, struct zy_error *err)
{
	if (o->key == NULL)
		return zy_fail(err, ZY_E_USAGE, "key", ZY_NOWHERE, "name the public key with --key");
	if (o->signature == NULL)
		return zy_fail(err, ZY_E_USAGE, "signature", ZY_NOWHERE, "name the signature with --signature");
	return num_files == 1 || zy_fail(err, ZY_E_USAGE, "FILE", ZY_NOWHERE, "name one file that was signed");
}

static int answer(const struct raw *o, const char *file)
{
	struct zy_error err = { 0 };
	struct zy_keys *k;
	ZY_REPORT_AUTO r;
	int status;

	zy_report_start(&r, file, o->at);
	if (!zy_keys_open(&k, &err))
		return zy_verify_error(o->json, file, &err);
	if (run(o, file, k, &r, &err) && zy_verify_write(o->json, &r, &err))
		status = zy_indication_exit(zy_report_indication(&r));
	else
		status = zy_verify_error(o->json, file, &err);
	zy_keys_close(k);
	return status;
}

int zy_verify_raw(int argc, char **argv, zy_time now)
{
	struct raw o = { .at = now };
	const char *at = NULL;
	const struct zy_option table[] = {
		{ "key", "PUB", "public key or certificate, PEM or DER", &o.key, NULL },
		{ "signature", "SIG", "the signature, as bytes", &o.signature, NULL },
		{ "id", "TEXT", "SM2: the signer's ID (default: 1234567812345678; '' is the empty ID)", &o.id, NULL },
		{ "at", "TIME", "judge algorithms for this moment (default: now)", &at, NULL },
		{ "json", NULL, "one JSON object instead of text", NULL, &o.json },
		{ "help", NULL, "this text", NULL, &o.help },
		{ 0 },
	};
	const char *file[1];
	struct zy_error err = { 0 };
	size_t num_files;

	if (!zy_options_parse(table, argc, argv, file, 1, &num_files, &err))
		return zy_verify_error(o.json, NULL, &err);
	if (o.help) {
		print_help(table);
		return 0;
	}
	if (!zy_verify_time(at, &o.at, &err) || !check_words(&o, num_files, &err))
		return zy_verify_error(o.json, NULL, &err);
	return answer(&o, file[0]);
}
