/* The TPM token module as a caller sees it: loaded with dlopen, over a swtpm that this test starts itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <p11-kit/pkcs11.h>

#include "helpers/swtpm.h"
#include "zy/buf.h"
#include "zy/digest.h"
#include "zy/file.h"

#define SO_PIN "so-test-8731"
#define USER_PIN "user-test-4402"
#define ID "1234567812345678"
/* Longer than a socket address holds: homes may be deep. */
#define DEEP "a-home-that-lies-deeper-than-a-socket-address-of-108-characters/can-name/because-real-homes-do-that"

static struct {
	char root[64], home[256];
	pid_t swtpm;
	void *library;
	CK_FUNCTION_LIST *p11;
} t;

static const CK_MECHANISM_TYPE mechanism_type = 0x80005a02;
static uint8_t oid[] = { 0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d };

static char *at_home(const char *name)
{
	static char path[4][512];
	static unsigned turn;
	char *p = path[turn++ % 4];

	snprintf(p, sizeof(path[0]), "%s/%s", t.home, name);
	return p;
}

static void put_file(const char *path, struct zy_bytes v)
{
	struct zy_error err = { 0 };

	assert_true(zy_file_write(path, v, 0600, true, &err));
}

static void configure(const char *input, const char *output)
{
	char text[256];

	snprintf(text, sizeof(text), "tcti = unix:tpm.sock\nstate = state\ninput = %s\noutput = %s\n", input, output);
	put_file(at_home("token.conf"), zy_str(text));
}

static void start_swtpm(void)
{
	t.swtpm = swtpm_start(t.home);
}

static void stop_swtpm(void)
{
	swtpm_stop(&t.swtpm);
}

static void initialise(void)
{
	assert_int_equal(t.p11->C_Initialize(NULL), CKR_OK);
}

static void reinitialise(const char *input, const char *output)
{
	configure(input, output);
	t.p11->C_Finalize(NULL);
	initialise();
}

static CK_SESSION_HANDLE open_session(CK_FLAGS flags)
{
	CK_SESSION_HANDLE s = 0;

	assert_int_equal(t.p11->C_OpenSession(0, CKF_SERIAL_SESSION | flags, NULL, NULL, &s), CKR_OK);
	return s;
}

static CK_RV login(CK_SESSION_HANDLE s, CK_USER_TYPE user, const char *pin)
{
	unsigned char copy[128];

	memcpy(copy, pin, strlen(pin));
	return t.p11->C_Login(s, user, copy, strlen(pin));
}

static CK_SESSION_HANDLE open_user(void)
{
	CK_SESSION_HANDLE s = open_session(CKF_RW_SESSION);

	assert_int_equal(login(s, CKU_USER, USER_PIN), CKR_OK);
	return s;
}

static void init_token(void)
{
	unsigned char so[] = SO_PIN, user[] = USER_PIN, label[33] = "yunze seals                     ";
	CK_SESSION_HANDLE s;

	assert_int_equal(t.p11->C_InitToken(0, so, sizeof(so) - 1, label), CKR_OK);
	s = open_session(CKF_RW_SESSION);
	assert_int_equal(login(s, CKU_SO, SO_PIN), CKR_OK);
	assert_int_equal(t.p11->C_InitPIN(s, user, sizeof(user) - 1), CKR_OK);
	assert_int_equal(t.p11->C_CloseSession(s), CKR_OK);
}

static CK_RV generate(CK_SESSION_HANDLE s, const char *label, CK_OBJECT_HANDLE *public, CK_OBJECT_HANDLE *private)
{
	CK_MECHANISM m = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_BBOOL yes = CK_TRUE;
	char name[64];
	CK_ATTRIBUTE pub[] = { { CKA_EC_PARAMS, oid, sizeof(oid) }, { CKA_TOKEN, &yes, 1 },
		{ CKA_LABEL, name, strlen(label) }, { CKA_VERIFY, &yes, 1 } };
	CK_ATTRIBUTE priv[] = { { CKA_TOKEN, &yes, 1 }, { CKA_PRIVATE, &yes, 1 }, { CKA_SENSITIVE, &yes, 1 },
		{ CKA_SIGN, &yes, 1 }, { CKA_LABEL, name, strlen(label) }, { CKA_ID, name, 2 } };

	snprintf(name, sizeof(name), "%s", label);
	return t.p11->C_GenerateKeyPair(s, &m, pub, 4, priv, 6, public, private);
}

static CK_OBJECT_HANDLE find(CK_SESSION_HANDLE s, CK_OBJECT_CLASS class, const char *label)
{
	CK_OBJECT_HANDLE h[8] = { 0 };
	CK_ULONG num = 0;
	char name[64];
	CK_ATTRIBUTE templ[] = { { CKA_CLASS, &class, sizeof(class) }, { CKA_LABEL, name, strlen(label) } };

	snprintf(name, sizeof(name), "%s", label);
	assert_int_equal(t.p11->C_FindObjectsInit(s, templ, 2), CKR_OK);
	assert_int_equal(t.p11->C_FindObjects(s, h, 8, &num), CKR_OK);
	assert_int_equal(t.p11->C_FindObjectsFinal(s), CKR_OK);
	assert_true(num <= 1);
	return h[0];
}

static CK_OBJECT_HANDLE need(CK_SESSION_HANDLE s, CK_OBJECT_CLASS class, const char *label)
{
	CK_OBJECT_HANDLE h = find(s, class, label);

	assert_true(h != 0);
	return h;
}

static EVP_PKEY *public_key(CK_SESSION_HANDLE s, const char *label)
{
	uint8_t der[67];
	char group[] = "SM2";
	CK_ATTRIBUTE a = { CKA_EC_POINT, der, sizeof(der) };
	OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, der + 2, 65), OSSL_PARAM_construct_end() };
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
	EVP_PKEY *key = NULL;

	assert_int_equal(t.p11->C_GetAttributeValue(s, need(s, CKO_PUBLIC_KEY, label), &a, 1), CKR_OK);
	assert_int_equal(a.ulValueLen, sizeof(der));
	assert_int_equal(der[0], 4);
	assert_int_equal(der[1], 65);
	assert_int_equal(EVP_PKEY_fromdata_init(ctx), 1);
	assert_int_equal(EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params), 1);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static EVP_MD_CTX *sm3_with_id(EVP_PKEY *key, const char *id, EVP_PKEY_CTX **pctx)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();

	*pctx = EVP_PKEY_CTX_new(key, NULL);
	assert_int_equal(EVP_PKEY_CTX_set1_id(*pctx, id, (int)strlen(id)), 1);
	EVP_MD_CTX_set_pkey_ctx(md, *pctx);
	return md;
}

/* OpenSSL's own judgement of a signature over the whole message. */
static bool verifies(EVP_PKEY *key, const char *id, struct zy_bytes message, struct zy_bytes der)
{
	EVP_PKEY_CTX *pctx;
	EVP_MD_CTX *md = sm3_with_id(key, id, &pctx);
	bool ok;

	assert_int_equal(EVP_DigestVerifyInit(md, NULL, EVP_sm3(), NULL, key), 1);
	ok = EVP_DigestVerify(md, der.p, der.len, message.p, message.len) == 1;
	EVP_MD_CTX_free(md);
	EVP_PKEY_CTX_free(pctx);
	return ok;
}

static void put_integer(struct zy_buf *b, const uint8_t *v)
{
	zy_buf_put_u8(b, 2);
	zy_buf_put_u8(b, v[0] >= 0x80 ? 33 : 32);
	if (v[0] >= 0x80)
		zy_buf_put_u8(b, 0);
	zy_buf_put(b, ZY_BYTES(v, 32));
}

/* DER of r||s; false for a leading zero byte, which this short form cannot write. */
static bool to_der(struct zy_buf *b, const uint8_t rs[64])
{
	if ((rs[0] == 0 && rs[1] < 0x80) || (rs[32] == 0 && rs[33] < 0x80))
		return false;
	zy_buf_put_u8(b, 0x30);
	zy_buf_put_u8(b, (uint8_t)(68 + (rs[0] >= 0x80) + (rs[32] >= 0x80)));
	put_integer(b, rs);
	put_integer(b, rs + 32);
	return true;
}

/* e of a message, by OpenSSL: Z goes into its digest before the first byte of the message. */
static void digest_e(EVP_PKEY *key, const char *message, uint8_t e[32])
{
	static const uint8_t ab[] = "\xff\xff\xff\xfe\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
				    "\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xfc"
				    "\x28\xe9\xfa\x9e\x9d\x9f\x5e\x34\x4d\x5a\x9e\x4b\xcf\x65\x09\xa7"
				    "\xf3\x97\x89\xf5\x15\xab\x8f\x92\xdd\xbc\xbd\x41\x4d\x94\x0e\x93"
				    "\x32\xc4\xae\x2c\x1f\x19\x81\x19\x5f\x99\x04\x46\x6a\x39\xc9\x94"
				    "\x8f\xe3\x0b\xbf\xf2\x66\x0b\xe1\x71\x5a\x45\x89\x33\x4c\x74\xc7"
				    "\xbc\x37\x36\xa2\xf4\xf6\x77\x9c\x59\xbd\xce\xe3\x6b\x69\x21\x53"
				    "\xd0\xa9\x87\x7c\xc6\x2a\x47\x40\x02\xdf\x32\xe5\x21\x39\xf0\xa0";
	struct zy_error err = { 0 };
	uint8_t point[65], z[32];
	size_t len = 0;
	ZY_BUF_AUTO b = { 0 };

	assert_int_equal(EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point, 65, &len), 1);
	zy_buf_put_be(&b, 128, 2);
	zy_buf_put_str(&b, ID);
	zy_buf_put(&b, ZY_BYTES(ab, 128));
	zy_buf_put(&b, ZY_BYTES(point + 1, 64));
	assert_true(zy_digest(ZY_HASH_SM3, zy_buf_bytes(&b), z, &err));
	zy_buf_free(&b);
	zy_buf_put(&b, ZY_BYTES(z, 32));
	zy_buf_put_str(&b, message);
	assert_true(zy_digest(ZY_HASH_SM3, zy_buf_bytes(&b), e, &err));
}

static CK_RV sign(
    CK_SESSION_HANDLE s, CK_OBJECT_HANDLE key, const char *id, struct zy_bytes in, uint8_t out[72], CK_ULONG *len)
{
	unsigned char data[64], parameter[64];
	CK_MECHANISM m = { mechanism_type, NULL, 0 };
	CK_RV rv;

	if (id != NULL) {
		memcpy(parameter, id, strlen(id));
		m.pParameter = parameter;
		m.ulParameterLen = strlen(id);
	}
	memcpy(data, in.p, in.len);
	*len = 72;
	rv = t.p11->C_SignInit(s, &m, key);
	return rv != CKR_OK ? rv : t.p11->C_Sign(s, data, in.len, out, len);
}

/* Signs under the configuration that holds and lets OpenSSL judge. */
static void sign_and_verify(const char *input, const char *output, const char *id)
{
	static const char message[] = "licence 990100, showing of three fields";
	CK_SESSION_HANDLE s;
	CK_OBJECT_HANDLE key;
	EVP_PKEY *pub;
	uint8_t e[32], out[72];
	CK_ULONG len;
	bool is_e = strcmp(input, "e") == 0, tried = false;

	reinitialise(input, output);
	s = open_user();
	key = need(s, CKO_PRIVATE_KEY, "seal-1");
	pub = public_key(s, "seal-1");
	digest_e(pub, message, e);
	for (int i = 0; i < 8; i++) {
		ZY_BUF_AUTO der = { 0 };

		assert_int_equal(sign(s, key, id, is_e ? ZY_BYTES(e, 32) : zy_str(message), out, &len), CKR_OK);
		if (strcmp(output, "der") == 0)
			zy_buf_put(&der, ZY_BYTES(out, len));
		else {
			assert_int_equal(len, 64);
			if (!to_der(&der, out))
				continue;
		}
		assert_true(verifies(pub, id == NULL ? ID : id, zy_str(message), zy_buf_bytes(&der)));
		assert_false(verifies(pub, "8765432187654321", zy_str(message), zy_buf_bytes(&der)));
		assert_false(verifies(pub, ID, ZY_LITERAL("another message"), zy_buf_bytes(&der)));
		tried = true;
	}
	assert_true(tried);
	EVP_PKEY_free(pub);
}

static void every_input_and_output_form_gives_a_signature_that_openssl_accepts(void **state)
{
	static const char *const outputs[] = { "rs", "der" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		sign_and_verify("e", outputs[i], NULL);
		sign_and_verify("message", outputs[i], NULL);
		sign_and_verify("id-message", outputs[i], ID);
		sign_and_verify("id-message", outputs[i], "a.b@yunze.example");
	}
}

static void a_slot_and_its_token_are_described(void **state)
{
	CK_INFO info;
	CK_SLOT_INFO slot;
	CK_TOKEN_INFO token;
	CK_MECHANISM_INFO mech;
	CK_MECHANISM_TYPE list[4];
	CK_SLOT_ID id = 99;
	CK_ULONG num = 1;

	(void)state;
	reinitialise("e", "rs");
	assert_int_equal(t.p11->C_GetInfo(&info), CKR_OK);
	assert_int_equal(info.cryptokiVersion.minor, 40);
	assert_int_equal(t.p11->C_GetSlotList(CK_TRUE, &id, &num), CKR_OK);
	assert_int_equal(num, 1);
	assert_int_equal(id, 0);
	assert_int_equal(t.p11->C_GetSlotInfo(0, &slot), CKR_OK);
	assert_true((slot.flags & CKF_TOKEN_PRESENT) != 0);
	assert_int_equal(t.p11->C_GetSlotInfo(1, &slot), CKR_SLOT_ID_INVALID);
	assert_int_equal(t.p11->C_GetTokenInfo(0, &token), CKR_OK);
	assert_memory_equal(token.label, "yunze seals                     ", 32);
	assert_true((token.flags & CKF_TOKEN_INITIALIZED) != 0 && (token.flags & CKF_USER_PIN_INITIALIZED) != 0);
	num = 1;
	assert_int_equal(t.p11->C_GetMechanismList(0, list, &num), CKR_BUFFER_TOO_SMALL);
	assert_int_equal(num, 2);
	assert_int_equal(t.p11->C_GetMechanismList(0, list, &num), CKR_OK);
	assert_int_equal(t.p11->C_GetMechanismInfo(0, mechanism_type, &mech), CKR_OK);
	assert_true((mech.flags & CKF_SIGN) != 0);
	assert_int_equal(t.p11->C_GetMechanismInfo(0, CKM_ECDSA, &mech), CKR_MECHANISM_INVALID);
}

static void the_module_is_initialised_once(void **state)
{
	CK_C_INITIALIZE_ARGS half = { .flags = 0 }, os = { .flags = CKF_OS_LOCKING_OK };
	CK_ULONG num;

	(void)state;
	configure("e", "rs");
	t.p11->C_Finalize(NULL);
	assert_int_equal(t.p11->C_GetSlotList(CK_FALSE, NULL, &num), CKR_CRYPTOKI_NOT_INITIALIZED);
	half.pReserved = &half;
	assert_int_equal(t.p11->C_Initialize(&half), CKR_ARGUMENTS_BAD);
	assert_int_equal(t.p11->C_Initialize(&os), CKR_OK);
	assert_int_equal(t.p11->C_Initialize(NULL), CKR_CRYPTOKI_ALREADY_INITIALIZED);
	assert_int_equal(t.p11->C_Finalize(&half), CKR_ARGUMENTS_BAD);
	assert_int_equal(t.p11->C_Finalize(NULL), CKR_OK);
	put_file(at_home("token.conf"), ZY_LITERAL("tcti = unix:tpm.sock\nstate = state\nstate = state\n"));
	assert_int_equal(t.p11->C_Initialize(NULL), CKR_GENERAL_ERROR);
	configure("e", "rs");
	initialise();
}

static void a_key_shows_what_it_is_and_hides_what_it_must(void **state)
{
	CK_BBOOL sensitive = 0, always = 0, never = 0, extractable = 1, token = 0, private = 0, can_sign = 0;
	CK_KEY_TYPE type = 0;
	uint8_t params[16], value[64];
	char label[16];
	CK_ATTRIBUTE a[] = { { CKA_SENSITIVE, &sensitive, 1 }, { CKA_ALWAYS_SENSITIVE, &always, 1 },
		{ CKA_NEVER_EXTRACTABLE, &never, 1 }, { CKA_EXTRACTABLE, &extractable, 1 }, { CKA_TOKEN, &token, 1 },
		{ CKA_PRIVATE, &private, 1 }, { CKA_SIGN, &can_sign, 1 }, { CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_EC_PARAMS, params, sizeof(params) }, { CKA_LABEL, label, sizeof(label) },
		{ CKA_ID, value, sizeof(value) } };
	CK_ATTRIBUTE secret = { CKA_VALUE, value, sizeof(value) }, odd = { CKA_MODULUS, NULL, 0 },
		     small = { CKA_LABEL, label, 2 };
	CK_SESSION_HANDLE s;
	CK_OBJECT_HANDLE key;

	(void)state;
	reinitialise("e", "rs");
	s = open_user();
	key = need(s, CKO_PRIVATE_KEY, "seal-1");
	assert_int_equal(t.p11->C_GetAttributeValue(s, key, a, sizeof(a) / sizeof(a[0])), CKR_OK);
	assert_true(sensitive && always && never && !extractable && token && private && can_sign);
	assert_int_equal(type, CKK_EC);
	assert_memory_equal(params, oid, sizeof(oid));
	assert_int_equal(a[9].ulValueLen, 6);
	assert_int_equal(a[10].ulValueLen, 2);
	assert_int_equal(t.p11->C_GetAttributeValue(s, key, &secret, 1), CKR_ATTRIBUTE_SENSITIVE);
	assert_int_equal(t.p11->C_GetAttributeValue(s, key, &odd, 1), CKR_ATTRIBUTE_TYPE_INVALID);
	assert_int_equal(t.p11->C_GetAttributeValue(s, key, &small, 1), CKR_BUFFER_TOO_SMALL);
	assert_int_equal(t.p11->C_GetAttributeValue(s, 999, a, 1), CKR_OBJECT_HANDLE_INVALID);
}

static void nobody_signs_without_logging_in(void **state)
{
	CK_MECHANISM m = { mechanism_type, NULL, 0 };
	CK_OBJECT_HANDLE public, private, key;
	CK_SESSION_HANDLE s;
	uint8_t e[32] = { 1 }, out[72];
	CK_ULONG len;

	(void)state;
	reinitialise("e", "rs");
	s = open_user();
	key = need(s, CKO_PRIVATE_KEY, "seal-1");
	assert_int_equal(t.p11->C_SignInit(s, &m, key), CKR_OK);
	assert_int_equal(t.p11->C_Logout(s), CKR_OK);
	len = 72;
	assert_int_equal(t.p11->C_Sign(s, e, 32, out, &len), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(sign(s, key, NULL, ZY_BYTES(e, 32), out, &len), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(generate(s, "none", &public, &private), CKR_USER_NOT_LOGGED_IN);
	assert_true(find(s, CKO_PRIVATE_KEY, "seal-1") == 0);
	assert_true(find(s, CKO_PUBLIC_KEY, "seal-1") != 0);
	assert_int_equal(t.p11->C_Logout(s), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(login(s, CKU_SO, SO_PIN), CKR_OK);
	assert_int_equal(sign(s, key, NULL, ZY_BYTES(e, 32), out, &len), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(login(s, CKU_USER, USER_PIN), CKR_USER_ANOTHER_ALREADY_LOGGED_IN);
	assert_int_equal(open_session(CKF_RW_SESSION) > 0, 1);
	assert_int_equal(t.p11->C_OpenSession(0, CKF_SERIAL_SESSION, NULL, NULL, &s), CKR_SESSION_READ_WRITE_SO_EXISTS);
}

static void a_pin_is_proved_by_the_tpm_and_can_be_changed(void **state)
{
	unsigned char old[] = USER_PIN, new[] = "another-pin-11", so[] = SO_PIN;
	CK_SESSION_HANDLE s, ro;

	(void)state;
	reinitialise("e", "rs");
	s = open_session(CKF_RW_SESSION);
	assert_int_equal(login(s, CKU_USER, "wrong-pin"), CKR_PIN_INCORRECT);
	assert_int_equal(login(s, CKU_USER, "abc"), CKR_PIN_INCORRECT);
	assert_int_equal(t.p11->C_SetPIN(s, old, sizeof(old) - 1, new, 3), CKR_PIN_LEN_RANGE);
	assert_int_equal(t.p11->C_SetPIN(s, old, sizeof(old) - 1, new, sizeof(new) - 1), CKR_OK);
	assert_int_equal(login(s, CKU_USER, USER_PIN), CKR_PIN_INCORRECT);
	assert_int_equal(login(s, CKU_USER, "another-pin-11"), CKR_OK);
	assert_int_equal(login(s, CKU_USER, "another-pin-11"), CKR_USER_ALREADY_LOGGED_IN);
	assert_int_equal(t.p11->C_InitPIN(s, old, sizeof(old) - 1), CKR_USER_NOT_LOGGED_IN);
	assert_true(need(s, CKO_PRIVATE_KEY, "seal-1") != 0);
	assert_int_equal(t.p11->C_Logout(s), CKR_OK);
	ro = open_session(0);
	assert_int_equal(login(s, CKU_SO, SO_PIN), CKR_SESSION_READ_ONLY_EXISTS);
	assert_int_equal(t.p11->C_InitToken(0, so, sizeof(so) - 1, new), CKR_SESSION_EXISTS);
	assert_int_equal(t.p11->C_CloseSession(ro), CKR_OK);
	assert_int_equal(t.p11->C_CloseSession(ro), CKR_SESSION_HANDLE_INVALID);
	assert_int_equal(login(s, CKU_SO, SO_PIN), CKR_OK);
	assert_int_equal(t.p11->C_InitPIN(s, old, sizeof(old) - 1), CKR_OK);
	assert_int_equal(t.p11->C_CloseAllSessions(0), CKR_OK);
	s = open_user(); /* the first PIN again, the keys untouched */
	assert_true(need(s, CKO_PRIVATE_KEY, "seal-1") != 0);
}

static void lengths_and_order_of_calls_are_checked(void **state)
{
	CK_MECHANISM m = { mechanism_type, NULL, 0 }, odd = { CKM_ECDSA, NULL, 0 }, extra = { mechanism_type, &m, 1 };
	CK_OBJECT_HANDLE key;
	CK_SESSION_HANDLE s;
	uint8_t e[32] = { 7 }, out[72];
	CK_ULONG len = 72;

	(void)state;
	reinitialise("e", "rs");
	s = open_user();
	key = need(s, CKO_PRIVATE_KEY, "seal-1");
	assert_int_equal(t.p11->C_Sign(s, e, 32, out, &len), CKR_OPERATION_NOT_INITIALIZED);
	assert_int_equal(t.p11->C_SignInit(s, &odd, key), CKR_MECHANISM_INVALID);
	assert_int_equal(t.p11->C_SignInit(s, &extra, key), CKR_MECHANISM_PARAM_INVALID);
	assert_int_equal(t.p11->C_SignInit(s, &m, 999), CKR_KEY_HANDLE_INVALID);
	assert_int_equal(t.p11->C_SignInit(s, &m, need(s, CKO_PUBLIC_KEY, "seal-1")), CKR_KEY_FUNCTION_NOT_PERMITTED);
	assert_int_equal(t.p11->C_SignInit(s, &m, key), CKR_OK);
	assert_int_equal(t.p11->C_SignInit(s, &m, key), CKR_OPERATION_ACTIVE);
	assert_int_equal(t.p11->C_Sign(s, e, 32, NULL, &len), CKR_OK);
	assert_int_equal(len, 64);
	len = 63;
	assert_int_equal(t.p11->C_Sign(s, e, 32, out, &len), CKR_BUFFER_TOO_SMALL);
	assert_int_equal(len, 64);
	assert_int_equal(t.p11->C_Sign(s, e, 32, out, &len), CKR_OK);
	assert_int_equal(t.p11->C_Sign(s, e, 32, out, &len), CKR_OPERATION_NOT_INITIALIZED);
	assert_int_equal(sign(s, key, NULL, ZY_BYTES(e, 31), out, &len), CKR_DATA_LEN_RANGE);
	assert_int_equal(sign(s, key, NULL, ZY_BYTES(e, 32), out, &len), CKR_OK);
	assert_int_equal(t.p11->C_SignUpdate(s, e, 32), CKR_FUNCTION_NOT_SUPPORTED);
	reinitialise("id-message", "der");
	s = open_user();
	assert_int_equal(t.p11->C_SignInit(s, &m, need(s, CKO_PRIVATE_KEY, "seal-1")), CKR_MECHANISM_PARAM_INVALID);
}

static void a_template_that_asks_for_a_weaker_key_is_refused(void **state)
{
	CK_MECHANISM m = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	uint8_t p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };
	CK_BBOOL yes = CK_TRUE;
	CK_ATTRIBUTE pub[] = { { CKA_EC_PARAMS, oid, sizeof(oid) }, { CKA_TOKEN, &yes, 1 } };
	CK_ATTRIBUTE other[] = { { CKA_EC_PARAMS, p256, sizeof(p256) }, { CKA_TOKEN, &yes, 1 } };
	CK_ATTRIBUTE priv[] = { { CKA_TOKEN, &yes, 1 }, { CKA_EXTRACTABLE, &yes, 1 } };
	CK_OBJECT_HANDLE a, b;
	CK_SESSION_HANDLE s;

	(void)state;
	reinitialise("e", "rs");
	s = open_user();
	assert_int_equal(t.p11->C_GenerateKeyPair(s, &m, pub, 2, priv, 2, &a, &b), CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(t.p11->C_GenerateKeyPair(s, &m, other, 2, priv, 1, &a, &b), CKR_DOMAIN_PARAMS_INVALID);
	assert_int_equal(t.p11->C_GenerateKeyPair(s, &m, pub, 1, priv, 1, &a, &b), CKR_TEMPLATE_INCOMPLETE);
	assert_int_equal(t.p11->C_GenerateKeyPair(s, &m, pub, 2, priv, 0, &a, &b), CKR_TEMPLATE_INCOMPLETE);
}

static void more_keys_than_the_tpm_has_room_for_take_turns(void **state)
{
	static const char *const labels[] = { "turn-1", "turn-2", "turn-3", "turn-4" };
	CK_OBJECT_HANDLE public[4], private[4];
	CK_SESSION_HANDLE s;
	uint8_t e[32] = { 3 }, out[72];
	CK_ULONG len;

	(void)state;
	reinitialise("e", "rs");
	s = open_user();
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(generate(s, labels[i], &public[i], &private[i]), CKR_OK);
	for (size_t i = 0; i < 40; i++)
		assert_int_equal(sign(s, private[i * 7 % 4], NULL, ZY_BYTES(e, 32), out, &len), CKR_OK);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(t.p11->C_DestroyObject(s, private[i]), CKR_OK);
		assert_int_equal(sign(s, private[i], NULL, ZY_BYTES(e, 32), out, &len), CKR_KEY_HANDLE_INVALID);
		assert_true(find(s, CKO_PUBLIC_KEY, labels[i]) == public[i]);
		assert_int_equal(t.p11->C_DestroyObject(s, public[i]), CKR_OK);
		assert_int_equal(t.p11->C_DestroyObject(s, public[i]), CKR_OBJECT_HANDLE_INVALID);
	}
}

static void randomness_comes_in_any_length(void **state)
{
	uint8_t a[100] = { 0 }, b[100] = { 0 };
	CK_SESSION_HANDLE s;

	(void)state;
	reinitialise("e", "rs");
	s = open_session(0);
	assert_int_equal(t.p11->C_GenerateRandom(s, a, sizeof(a)), CKR_OK);
	assert_int_equal(t.p11->C_GenerateRandom(s, b, sizeof(b)), CKR_OK);
	assert_int_equal(t.p11->C_GenerateRandom(s, NULL, 1), CKR_ARGUMENTS_BAD);
	assert_memory_not_equal(a, b, sizeof(a));
	assert_memory_not_equal(a + 64, b + 64, 36);
}

static void *sign_many(void *arg)
{
	CK_SESSION_HANDLE s = 0;
	uint8_t e[32] = { 9 }, out[72];
	CK_ULONG len;
	int *good = arg;

	if (t.p11->C_OpenSession(0, CKF_SERIAL_SESSION, NULL, NULL, &s) != CKR_OK)
		return NULL;
	for (int i = 0; i < 50; i++) {
		e[1] = (uint8_t)i;
		*good += sign(s, (CK_OBJECT_HANDLE)good[1], NULL, ZY_BYTES(e, 32), out, &len) == CKR_OK;
	}
	return NULL;
}

static void two_threads_sign_side_by_side(void **state)
{
	int good[2][2] = { { 0 } };
	pthread_t threads[2];
	CK_SESSION_HANDLE s;

	(void)state;
	reinitialise("e", "rs");
	s = open_user();
	for (int i = 0; i < 2; i++) {
		good[i][1] = (int)need(s, CKO_PRIVATE_KEY, "seal-1");
		assert_int_equal(pthread_create(&threads[i], NULL, sign_many, good[i]), 0);
	}
	for (int i = 0; i < 2; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(good[i][0], 50);
	}
}

static void a_tpm_that_restarts_costs_one_error(void **state)
{
	CK_SESSION_HANDLE s;
	CK_OBJECT_HANDLE key;
	uint8_t e[32] = { 5 }, out[72];
	CK_SLOT_ID slot;
	CK_ULONG len, num = 1;

	(void)state;
	reinitialise("e", "rs");
	s = open_user();
	key = need(s, CKO_PRIVATE_KEY, "seal-1");
	for (int round = 0; round < 6; round++) {
		assert_int_equal(sign(s, key, NULL, ZY_BYTES(e, 32), out, &len), CKR_OK);
		stop_swtpm();
		assert_int_equal(sign(s, key, NULL, ZY_BYTES(e, 32), out, &len), CKR_DEVICE_ERROR);
		assert_int_equal(sign(s, key, NULL, ZY_BYTES(e, 32), out, &len), CKR_TOKEN_NOT_PRESENT);
		assert_int_equal(t.p11->C_GetSlotList(CK_TRUE, &slot, &num), CKR_OK);
		assert_int_equal(num, 0);
		num = 1;
		start_swtpm();
		assert_int_equal(sign(s, key, NULL, ZY_BYTES(e, 32), out, &len), CKR_OK);
		/* Logging in again and again over a TPM that loses its power must not look like guessing PINs. */
		assert_int_equal(t.p11->C_Logout(s), CKR_OK);
		assert_int_equal(login(s, CKU_USER, USER_PIN), CKR_OK);
	}
}

static void a_child_after_fork_starts_anew(void **state)
{
	CK_SESSION_HANDLE s;
	CK_OBJECT_HANDLE key;
	uint8_t e[32] = { 5 }, out[72];
	CK_SESSION_INFO info;
	CK_ULONG len;
	int status;
	pid_t child;

	(void)state;
	reinitialise("e", "rs");
	s = open_user();
	key = need(s, CKO_PRIVATE_KEY, "seal-1");
	assert_int_equal(sign(s, key, NULL, ZY_BYTES(e, 32), out, &len), CKR_OK);
	if ((child = fork()) == 0) {
		bool ok = t.p11->C_GetSessionInfo(s, &info) == CKR_CRYPTOKI_NOT_INITIALIZED &&
			  t.p11->C_Initialize(NULL) == CKR_OK &&
			  t.p11->C_GetSessionInfo(s, &info) == CKR_SESSION_HANDLE_INVALID;

		_exit(ok ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(sign(s, key, NULL, ZY_BYTES(e, 32), out, &len), CKR_OK);
}

static void key_path(char out[1024])
{
	DIR *d = opendir(at_home("state"));
	struct dirent *e;

	out[0] = 0;
	while ((e = readdir(d)) != NULL)
		if (strncmp(e->d_name, "key-", 4) == 0)
			snprintf(out, 1024, "%s/state/%s", t.home, e->d_name);
	closedir(d);
	assert_true(out[0] != 0);
}

static CK_OBJECT_HANDLE look_with(const char *path, struct zy_bytes bytes)
{
	CK_SESSION_HANDLE s;

	put_file(path, bytes);
	reinitialise("e", "rs");
	s = open_user();
	return find(s, CKO_PRIVATE_KEY, "seal-1");
}

static void an_altered_key_file_is_refused(void **state)
{
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes good, copy;
	char path[1024];
	uint8_t *p;

	(void)state;
	key_path(path);
	assert_true(zy_file_read(path, 4096, &a, &good, &err));
	assert_non_null(p = zy_arena_alloc(&a, good.len, &err));
	copy = ZY_BYTES(p, good.len);
	for (size_t at = 0; at < good.len; at += 61) {
		memcpy(p, good.p, good.len);
		p[at] ^= 1;
		assert_true(look_with(path, copy) == 0);
	}
	assert_true(look_with(path, ZY_BYTES(good.p, good.len - 1)) == 0);
	/* Somebody who repairs the digest still has no MAC. */
	memcpy(p, good.p, good.len);
	p[26] ^= 1; /* first letter of the public key's label */
	assert_true(zy_digest(ZY_HASH_SHA256, ZY_BYTES(p, good.len - 32), p + good.len - 32, &err));
	assert_true(look_with(path, copy) == 0);
	assert_true(look_with(path, good) != 0);
}

static void an_altered_token_file_is_refused(void **state)
{
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes good;
	CK_SESSION_HANDLE s;
	char path[512];
	uint8_t *p;

	(void)state;
	snprintf(path, sizeof(path), "%s", at_home("state/token"));
	assert_true(zy_file_read(path, 4096, &a, &good, &err));
	assert_non_null(p = zy_arena_alloc(&a, good.len, &err));
	memcpy(p, good.p, good.len);
	p[20] ^= 1; /* in the label */
	put_file(path, ZY_BYTES(p, good.len));
	reinitialise("e", "rs");
	assert_int_equal(t.p11->C_OpenSession(0, CKF_SERIAL_SESSION, NULL, NULL, &s), CKR_TOKEN_NOT_RECOGNIZED);
	assert_true(zy_digest(ZY_HASH_SHA256, ZY_BYTES(p, good.len - 32), p + good.len - 32, &err));
	put_file(path, ZY_BYTES(p, good.len));
	s = open_session(0);
	assert_int_equal(login(s, CKU_USER, USER_PIN), CKR_TOKEN_NOT_RECOGNIZED);
	put_file(path, good);
	assert_int_equal(login(s, CKU_USER, USER_PIN), CKR_OK);
	assert_int_equal(chmod(at_home("state"), 0755), 0);
	t.p11->C_Finalize(NULL);
	initialise();
	assert_int_equal(t.p11->C_OpenSession(0, CKF_SERIAL_SESSION, NULL, NULL, &s), CKR_TOKEN_NOT_RECOGNIZED);
	assert_int_equal(chmod(at_home("state"), 0700), 0);
}

/* Last but one: the lockout stays for as long as this swtpm lives. */
static void too_many_wrong_pins_lock_the_tpm_but_not_who_is_logged_in(void **state)
{
	CK_SESSION_HANDLE s;
	CK_OBJECT_HANDLE key;
	unsigned char wrong[] = "wrong-pin", new[] = "another-pin";
	uint8_t e[32] = { 5 }, out[72];
	CK_ULONG len;
	CK_RV rv = CKR_PIN_INCORRECT;

	(void)state;
	reinitialise("e", "rs");
	s = open_user();
	key = need(s, CKO_PRIVATE_KEY, "seal-1");
	for (int i = 0; i < 40 && rv == CKR_PIN_INCORRECT; i++)
		rv = t.p11->C_SetPIN(s, wrong, sizeof(wrong) - 1, new, sizeof(new) - 1);
	assert_int_equal(rv, CKR_PIN_LOCKED);
	assert_int_equal(sign(s, key, NULL, ZY_BYTES(e, 32), out, &len), CKR_OK);
	assert_int_equal(t.p11->C_Logout(s), CKR_OK);
	assert_int_equal(login(s, CKU_USER, USER_PIN), CKR_PIN_LOCKED);
}

static void state_from_another_tpm_is_not_recognised(void **state)
{
	CK_SESSION_HANDLE s;

	(void)state;
	t.p11->C_Finalize(NULL);
	stop_swtpm();
	assert_int_equal(unlink(at_home("tpm2-00.permall")), 0);
	start_swtpm();
	initialise();
	s = open_session(0);
	assert_int_equal(login(s, CKU_USER, USER_PIN), CKR_TOKEN_NOT_RECOGNIZED);
}

static int set_up(void **state)
{
	CK_RV (*get)(CK_FUNCTION_LIST **);
	CK_OBJECT_HANDLE public, private;
	struct zy_error err = { 0 };
	CK_SESSION_HANDLE s;
	char module[512];

	(void)state;
	setenv("TSS2_LOG", "all+NONE", 0);
	snprintf(t.root, sizeof(t.root), "/tmp/zy-tpm-XXXXXX");
	assert_non_null(mkdtemp(t.root));
	snprintf(t.home, sizeof(t.home), "%s/" DEEP, t.root);
	assert_true(zy_folder_make(t.home, 0700, &err));
	setenv("ZY_TPM_TOKEN_CONF", at_home("token.conf"), 1);
	start_swtpm();
	snprintf(module, sizeof(module), "%.*s/lib/zy-tpm-token.so", (int)(sizeof(ZY_BIN_DIR) - sizeof("/bin")),
	    ZY_BIN_DIR); /* beside bin */
	assert_non_null(t.library = dlopen(module, RTLD_NOW | RTLD_LOCAL));
	*(void **)&get = dlsym(t.library, "C_GetFunctionList");
	assert_non_null(get);
	assert_null(dlsym(t.library, "zy_tpm_sign"));
	assert_int_equal(get(&t.p11), CKR_OK);
	configure("e", "rs");
	initialise();
	init_token();
	s = open_user();
	assert_int_equal(generate(s, "seal-1", &public, &private), CKR_OK);
	return 0;
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	if (t.p11 != NULL)
		t.p11->C_Finalize(NULL);
	stop_swtpm();
	snprintf(command, sizeof(command), "rm -rf '%s'", t.root);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slot_and_its_token_are_described),
		cmocka_unit_test(the_module_is_initialised_once),
		cmocka_unit_test(every_input_and_output_form_gives_a_signature_that_openssl_accepts),
		cmocka_unit_test(a_key_shows_what_it_is_and_hides_what_it_must),
		cmocka_unit_test(nobody_signs_without_logging_in),
		cmocka_unit_test(lengths_and_order_of_calls_are_checked),
		cmocka_unit_test(a_template_that_asks_for_a_weaker_key_is_refused),
		cmocka_unit_test(more_keys_than_the_tpm_has_room_for_take_turns),
		cmocka_unit_test(randomness_comes_in_any_length),
		cmocka_unit_test(two_threads_sign_side_by_side),
		cmocka_unit_test(a_child_after_fork_starts_anew),
		cmocka_unit_test(an_altered_key_file_is_refused),
		cmocka_unit_test(an_altered_token_file_is_refused),
		cmocka_unit_test(a_tpm_that_restarts_costs_one_error),
		cmocka_unit_test(a_pin_is_proved_by_the_tpm_and_can_be_changed),
		cmocka_unit_test(too_many_wrong_pins_lock_the_tpm_but_not_who_is_logged_in),
		cmocka_unit_test(state_from_another_tpm_is_not_recognised),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
