/*
 * Certificate chains (RFC 5280 6.1, GB/T 20518), built and verified by OpenSSL. Its SM2 signatures verify only with
 * the distinguishing ID set on every certificate that is so signed, anchors and intermediates alike. Dates are left out
 * of the build and judged from the interval in which the whole chain is valid, so that an answer can be kept for any
 * `at`.
 */
#include "internal.h"

#include <time.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#define CHAIN_DEPTH_MAX 6

struct build {
	X509_STORE *store;
	STACK_OF(X509) * untrusted; /* intermediates of the bundle and what came along */
};

static void build_free(struct build *b)
{
	X509_STORE_free(b->store);
	sk_X509_pop_free(b->untrusted, X509_free);
}

/* OpenSSL takes an empty ID for SM2 unless told, and refuses an ID for anything else. */
static bool set_id(X509 *x)
{
	static const char id[] = "1234567812345678";
	ASN1_OCTET_STRING *s;

	if (X509_get_signature_nid(x) != NID_SM2_with_SM3)
		return true;
	if ((s = ASN1_OCTET_STRING_new()) == NULL ||
	    ASN1_OCTET_STRING_set(s, (const unsigned char *)id, sizeof(id) - 1) != 1) {
		ASN1_OCTET_STRING_free(s);
		return false;
	}
	X509_set0_distinguishing_id(x, s);
	return true;
}

/* NULL when it is no certificate or bytes follow it. */
static X509 *decode(struct zy_bytes der)
{
	const unsigned char *p = der.p;
	X509 *x = der.len > 0 && der.len <= INT32_MAX ? d2i_X509(NULL, &p, (long)der.len) : NULL;

	if (x == NULL || (size_t)(p - der.p) != der.len || !set_id(x)) {
		X509_free(x);
		return NULL;
	}
	return x;
}

bool zy_chain_readable(struct zy_bytes der)
{
	X509 *x = decode(der);
	bool ok = x != NULL && X509_get0_pubkey(x) != NULL;

	X509_free(x);
	ERR_clear_error();
	return ok;
}

/* What came with the document and cannot be read is left out here: extras_verify finds it. */
static bool add_untrusted(struct build *b, struct zy_bytes der)
{
	X509 *x = decode(der);

	ERR_clear_error();
	if (x == NULL || sk_X509_push(b->untrusted, x) > 0)
		return true;
	X509_free(x);
	return false;
}

static bool build_start(
    struct build *b, const struct zy_trust *t, enum zy_purpose purpose, const struct zy_bytes *extra, size_t num_extra)
{
	X509 *x;
	bool ok;

	if ((b->store = X509_STORE_new()) == NULL || (b->untrusted = sk_X509_new_null()) == NULL)
		return false;
	for (size_t i = 0; i < t->num_anchors; i++) {
		if ((t->anchors[i].purposes & purpose) == 0)
			continue;
		if ((x = decode(t->anchors[i].der)) == NULL)
			return false;
		ok = X509_STORE_add_cert(b->store, x) == 1;
		X509_free(x);
		if (!ok)
			return false;
	}
	for (size_t i = 0; i < t->num_intermediates; i++)
		if (!add_untrusted(b, t->intermediates[i].der))
			return false;
	for (size_t i = 0; i < num_extra; i++)
		if (!add_untrusted(b, extra[i]))
			return false;
	return true;
}

static const char *code_of(int e)
{
	switch (e) {
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_CERT_UNTRUSTED:
	case X509_V_ERR_CERT_CHAIN_TOO_LONG:
		return "no-chain";
	case X509_V_ERR_CERT_SIGNATURE_FAILURE:
	case X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY:
		return "certificate-signature";
	case X509_V_ERR_INVALID_CA:
	case X509_V_ERR_PATH_LENGTH_EXCEEDED:
	case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
		return "certificate-authority";
	case X509_V_ERR_EE_KEY_TOO_SMALL:
	case X509_V_ERR_CA_KEY_TOO_SMALL:
	case X509_V_ERR_CA_MD_TOO_WEAK:
	case X509_V_ERR_EC_KEY_EXPLICIT_PARAMS:
		return "certificate-algorithm";
	default:
		return "certificate-profile";
	}
}

static bool time_of(const ASN1_TIME *t, zy_time *out)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(t, &tm) != 1)
		return false;
	*out = timegm(&tm);
	return true;
}

static bool narrow(STACK_OF(X509) * chain, struct zy_chain_answer *out)
{
	zy_time from, to;

	out->not_before = INT64_MIN;
	out->not_after = ZY_TIME_NEVER;
	for (int i = 0; i < sk_X509_num(chain); i++) {
		if (!time_of(X509_get0_notBefore(sk_X509_value(chain, i)), &from) ||
		    !time_of(X509_get0_notAfter(sk_X509_value(chain, i)), &to))
			return false;
		out->not_before = from > out->not_before ? from : out->not_before;
		out->not_after = to < out->not_after ? to : out->not_after;
	}
	return true;
}

/* Extended key usages under which a certificate may sign documents: any, document signing (RFC 9336), e-mail
 * protection, and the document-signing identifiers of two vendors. */
static bool may_sign_documents(X509 *x)
{
	static const char *const allowed[] = { "2.5.29.37.0", "1.3.6.1.5.5.7.3.36", "1.3.6.1.5.5.7.3.4",
		"1.2.840.113583.1.1.5", "1.3.6.1.4.1.311.10.3.12" };
	EXTENDED_KEY_USAGE *all = X509_get_ext_d2i(x, NID_ext_key_usage, NULL, NULL);
	char text[64];
	bool found = all == NULL && X509_get_ext_by_NID(x, NID_ext_key_usage, -1) < 0;

	for (int i = 0; i < sk_ASN1_OBJECT_num(all) && !found; i++) {
		OBJ_obj2txt(text, sizeof(text), sk_ASN1_OBJECT_value(all, i), 1);
		for (size_t k = 0; k < sizeof(allowed) / sizeof(allowed[0]); k++)
			found = found || strcmp(text, allowed[k]) == 0;
	}
	EXTENDED_KEY_USAGE_free(all);
	return found;
}

/* A time-stamp authority's certificate is for nothing else: timeStamping alone, and critical (RFC 3161 2.3). */
static bool may_stamp_time(X509 *x)
{
	int critical = -1;
	EXTENDED_KEY_USAGE *all = X509_get_ext_d2i(x, NID_ext_key_usage, &critical, NULL);
	bool good = critical == 1 && sk_ASN1_OBJECT_num(all) == 1 &&
		    OBJ_obj2nid(sk_ASN1_OBJECT_value(all, 0)) == NID_time_stamp;

	EXTENDED_KEY_USAGE_free(all);
	return good;
}

/* All purposes sign something that lasts: digitalSignature or nonRepudiation must be stated, and no authority. */
static bool leaf_usage_fits(X509 *x, enum zy_purpose purpose, const char **why)
{
	uint32_t usage = X509_get_key_usage(x);

	*why = NULL;
	if (usage == UINT32_MAX)
		*why = "it states no keyUsage";
	else if ((usage & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) == 0)
		*why = "its keyUsage lacks digitalSignature and nonRepudiation";
	else if ((usage & (KU_KEY_CERT_SIGN | KU_CRL_SIGN)) != 0 || X509_check_ca(x) != 0)
		*why = "it belongs to a certificate authority";
	else if (purpose == ZY_PURPOSE_TIMESTAMP ? !may_stamp_time(x) : !may_sign_documents(x))
		*why = "its extKeyUsage is for something else";
	return *why == NULL;
}

/* Builds and verifies the chain of x; *chain gets a reference when it is good. False: OpenSSL itself failed. */
static bool verify_one(const struct build *b, X509 *x, int *error, STACK_OF(X509) * *chain)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	X509_VERIFY_PARAM *param;
	int rc;

	*chain = NULL;
	if (ctx == NULL || X509_STORE_CTX_init(ctx, b->store, x, b->untrusted) != 1) {
		X509_STORE_CTX_free(ctx);
		return false;
	}
	param = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_flags(
	    param, X509_V_FLAG_NO_CHECK_TIME | X509_V_FLAG_X509_STRICT | X509_V_FLAG_PARTIAL_CHAIN);
	X509_VERIFY_PARAM_set_depth(param, CHAIN_DEPTH_MAX);
	X509_VERIFY_PARAM_set_auth_level(param, 2); /* 112 bits */
	rc = X509_verify_cert(ctx);
	*error = rc == 1 ? X509_V_OK : X509_STORE_CTX_get_error(ctx);
	if (rc != 1 && *error == X509_V_OK)
		*error = X509_V_ERR_UNSPECIFIED;
	if (*error == X509_V_OK)
		*chain = X509_STORE_CTX_get1_chain(ctx);
	X509_STORE_CTX_free(ctx);
	ERR_clear_error();
	return (rc >= 0 || *error != X509_V_ERR_OUT_OF_MEM) && (*error != X509_V_OK || *chain != NULL);
}

static bool is_unknown(int error)
{
	return error != X509_V_OK && strcmp(code_of(error), "no-chain") == 0;
}

/* A certificate that came along must chain too, else a change of it would go unseen. Beside a leaf of an authority that
 * we do not know it may be of one that we do not know either. */
static bool extra_verifies(const struct build *b, STACK_OF(X509) * chain, bool leaf_is_unknown, struct zy_bytes der)
{
	STACK_OF(X509) *own = NULL;
	X509 *x = decode(der);
	int error = X509_V_ERR_UNSPECIFIED;
	bool good = false;

	for (int i = 0; x != NULL && i < sk_X509_num(chain) && !good; i++)
		good = X509_cmp(x, sk_X509_value(chain, i)) == 0;
	if (x != NULL && !good)
		good = verify_one(b, x, &error, &own) && (error == X509_V_OK || (leaf_is_unknown && is_unknown(error)));
	sk_X509_pop_free(own, X509_free);
	X509_free(x);
	ERR_clear_error();
	return good;
}

static bool judge_leaf(const struct build *b, enum zy_purpose purpose, X509 *leaf, const struct zy_bytes *extra,
    size_t num_extra, struct zy_chain_answer *out)
{
	STACK_OF(X509) *chain = NULL;
	int error;
	bool ok = verify_one(b, leaf, &error, &chain);

	if (ok && error != X509_V_OK) {
		out->code = code_of(error);
		out->detail = X509_verify_cert_error_string(error);
	} else if (ok && !narrow(chain, out)) {
		out->code = "certificate-unreadable";
		out->detail = "a date in the chain cannot be read";
	} else if (ok && !leaf_usage_fits(leaf, purpose, &out->detail)) {
		out->code = "certificate-key-usage";
	}
	out->extras_good = ok;
	for (size_t i = 0; ok && i < num_extra; i++)
		out->extras_good = out->extras_good && extra_verifies(b, chain, is_unknown(error), extra[i]);
	sk_X509_pop_free(chain, X509_free);
	return ok;
}

/* Everything that the answer depends on. Lengths are hashed too, so that no two questions share a text. */
static bool question_id(const struct zy_trust *t, enum zy_purpose purpose, struct zy_bytes leaf,
    const struct zy_bytes *extra, size_t num_extra, uint8_t id[ZY_HASH_LEN], struct zy_error *err)
{
	struct zy_hasher h = { 0 };
	ZY_BUF_AUTO head = { 0 };
	bool ok;

	zy_buf_put_be(&head, purpose, 4);
	for (size_t i = 0; i < t->num_anchors; i++) {
		zy_buf_put_be(&head, t->anchors[i].purposes, 4);
		zy_buf_put_be(&head, t->anchors[i].der.len, 4);
	}
	for (size_t i = 0; i < t->num_intermediates; i++)
		zy_buf_put_be(&head, t->intermediates[i].der.len, 4);
	zy_buf_put_be(&head, leaf.len, 4);
	for (size_t i = 0; i < num_extra; i++)
		zy_buf_put_be(&head, extra[i].len, 4);
	zy_buf_put_be(&head, t->num_anchors << 32 | t->num_intermediates, 8);
	ok = zy_buf_done(&head, "chain", err) && zy_hasher_start(&h, ZY_HASH_SHA256, err) &&
	     zy_hasher_add(&h, zy_buf_bytes(&head), err);
	for (size_t i = 0; ok && i < t->num_anchors; i++)
		ok = zy_hasher_add(&h, t->anchors[i].der, err);
	for (size_t i = 0; ok && i < t->num_intermediates; i++)
		ok = zy_hasher_add(&h, t->intermediates[i].der, err);
	ok = ok && zy_hasher_add(&h, leaf, err);
	for (size_t i = 0; ok && i < num_extra; i++)
		ok = zy_hasher_add(&h, extra[i], err);
	ok = ok && zy_hasher_final(&h, id, err);
	zy_hasher_free(&h);
	return ok;
}

bool zy_chain_ask(struct zy_keys *k, const struct zy_trust *trust, enum zy_purpose purpose, struct zy_bytes leaf,
    const struct zy_bytes *extra, size_t num_extra, struct zy_chain_answer *out, struct zy_error *err)
{
	struct build b = { 0 };
	uint8_t id[ZY_HASH_LEN];
	X509 *x;
	bool ok;

	*out = (struct zy_chain_answer){ .not_before = INT64_MIN, .not_after = ZY_TIME_NEVER };
	if (!question_id(trust, purpose, leaf, extra, num_extra, id, err))
		return false;
	if (zy_keys_get_chain(k, id, out))
		return true;
	if ((x = decode(leaf)) == NULL) {
		ERR_clear_error();
		out->code = "certificate-unreadable";
		return true;
	}
	ok = build_start(&b, trust, purpose, extra, num_extra) && judge_leaf(&b, purpose, x, extra, num_extra, out);
	X509_free(x);
	build_free(&b);
	if (!ok)
		return zy_fail_openssl(err, ZY_E_CRYPTO, "chain", "cannot build a chain from the trust bundle");
	zy_keys_put_chain(k, id, out);
	return true;
}

bool zy_chain_judge(struct zy_keys *k, const struct zy_trust *trust, enum zy_purpose purpose, struct zy_bytes leaf,
    const struct zy_bytes *extra, size_t num_extra, zy_time at, struct zy_report *r, const char *field,
    struct zy_error *err)
{
	struct zy_chain_answer a;

	if (trust == NULL) {
		zy_report_add(r, "trust-absent", "", ZY_NOWHERE, NULL);
		return true;
	}
	if (!zy_chain_ask(k, trust, purpose, leaf, extra, num_extra, &a, err))
		return false;
	if (a.code != NULL)
		zy_report_add(r, a.code, field, ZY_NOWHERE, "%s", a.detail == NULL ? "" : a.detail);
	if (!a.extras_good)
		zy_report_add(r, "embedded-certificate-unverified", field, ZY_NOWHERE, NULL);
	if (at < a.not_before)
		zy_report_add(r, "certificate-not-yet-valid", field, ZY_NOWHERE, NULL);
	if (at > a.not_after)
		zy_report_add(r, "certificate-expired", field, ZY_NOWHERE, NULL);
	return true;
}
