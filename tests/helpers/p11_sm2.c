/*
 * What pkcs11-tool cannot do for the stories of tests/e2e: it knows no SM2. The user PIN is the first line of stdin.
 *   p11_sm2 MODULE generate LABEL     makes a key pair in the token
 *   p11_sm2 MODULE public LABEL       the public key as SubjectPublicKeyInfo (GB/T 20518), DER, to stdout
 *   p11_sm2 MODULE sign LABEL         signs the rest of stdin (input form message, output form der) to stdout
 *   p11_sm2 MODULE bench LABEL S      signatures a second over S seconds, one session, 32-byte inputs
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <p11-kit/pkcs11.h>

static CK_FUNCTION_LIST *p11;
static CK_SESSION_HANDLE session;
static CK_MECHANISM sm2 = { 0x80005a02, NULL, 0 };

static bool must(CK_RV rv, const char *what)
{
	if (rv != CKR_OK)
		fprintf(stderr, "p11_sm2: %s: 0x%lx\n", what, rv);
	return rv == CKR_OK;
}

static bool log_in(const char *module)
{
	CK_RV (*get)(CK_FUNCTION_LIST **);
	void *library = dlopen(module, RTLD_NOW | RTLD_LOCAL);
	char pin[128] = "";

	if (library == NULL || fgets(pin, sizeof(pin), stdin) == NULL) {
		fprintf(stderr, "p11_sm2: %s\n", library == NULL ? dlerror() : "no PIN on stdin");
		return false;
	}
	pin[strcspn(pin, "\n")] = 0;
	*(void **)&get = dlsym(library, "C_GetFunctionList");
	return get != NULL && must(get(&p11), "C_GetFunctionList") && must(p11->C_Initialize(NULL), "C_Initialize") &&
	       must(
		   p11->C_OpenSession(0, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session), "C_OpenSession") &&
	       must(p11->C_Login(session, CKU_USER, (unsigned char *)pin, strlen(pin)), "C_Login");
}

static bool generate(char *label)
{
	uint8_t oid[] = { 0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d };
	CK_BBOOL yes = CK_TRUE;
	CK_MECHANISM m = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE public[] = { { CKA_EC_PARAMS, oid, sizeof(oid) }, { CKA_TOKEN, &yes, 1 },
		{ CKA_LABEL, label, strlen(label) }, { CKA_ID, label, strlen(label) } };
	CK_OBJECT_HANDLE a, b;

	return must(p11->C_GenerateKeyPair(session, &m, public, 4, public + 1, 3, &a, &b), "C_GenerateKeyPair");
}

static CK_OBJECT_HANDLE find(CK_OBJECT_CLASS class, char *label)
{
	CK_ATTRIBUTE templ[] = { { CKA_CLASS, &class, sizeof(class) }, { CKA_LABEL, label, strlen(label) } };
	CK_OBJECT_HANDLE h = 0;
	CK_ULONG num = 0;

	if (!must(p11->C_FindObjectsInit(session, templ, 2), "C_FindObjectsInit") ||
	    !must(p11->C_FindObjects(session, &h, 1, &num), "C_FindObjects") ||
	    !must(p11->C_FindObjectsFinal(session), "C_FindObjectsFinal"))
		return 0;
	if (num == 0)
		fprintf(stderr, "p11_sm2: no key of that label\n");
	return num == 0 ? 0 : h;
}

static bool write_public(char *label)
{
	static const uint8_t head[] = { 0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
		0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d, 0x03, 0x42, 0x00 };
	uint8_t point[67];
	CK_ATTRIBUTE a = { CKA_EC_POINT, point, sizeof(point) };
	CK_OBJECT_HANDLE key = find(CKO_PUBLIC_KEY, label);

	return key != 0 && must(p11->C_GetAttributeValue(session, key, &a, 1), "C_GetAttributeValue") &&
	       fwrite(head, 1, sizeof(head), stdout) == sizeof(head) && fwrite(point + 2, 1, 65, stdout) == 65;
}

static bool sign(char *label)
{
	static unsigned char message[65536];
	unsigned char signature[72];
	CK_ULONG len = sizeof(signature);
	size_t message_len = fread(message, 1, sizeof(message), stdin);
	CK_OBJECT_HANDLE key = find(CKO_PRIVATE_KEY, label);

	return key != 0 && must(p11->C_SignInit(session, &sm2, key), "C_SignInit") &&
	       must(p11->C_Sign(session, message, message_len, signature, &len), "C_Sign") &&
	       fwrite(signature, 1, len, stdout) == len;
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bool bench(char *label, double duration)
{
	CK_OBJECT_HANDLE key = find(CKO_PRIVATE_KEY, label);
	double start = seconds(), end;
	unsigned char e[32] = { 0 }, signature[72];
	unsigned num = 0;

	if (key == 0)
		return false;
	while ((end = seconds()) - start < duration) {
		CK_ULONG len = sizeof(signature);

		memcpy(e, &num, sizeof(num));
		if (!must(p11->C_SignInit(session, &sm2, key), "C_SignInit") ||
		    !must(p11->C_Sign(session, e, sizeof(e), signature, &len), "C_Sign"))
			return false;
		num++;
	}
	printf("%.0f signatures/s\n", num / (end - start));
	return true;
}

int main(int argc, char **argv)
{
	bool ok = false;

	if (argc < 4 || !log_in(argv[1]))
		return 1;
	if (strcmp(argv[2], "generate") == 0)
		ok = generate(argv[3]);
	else if (strcmp(argv[2], "public") == 0)
		ok = write_public(argv[3]);
	else if (strcmp(argv[2], "sign") == 0)
		ok = sign(argv[3]);
	else if (strcmp(argv[2], "bench") == 0 && argc == 5)
		ok = bench(argv[3], strtod(argv[4], NULL));
	p11->C_Finalize(NULL);
	return ok ? 0 : 1;
}
