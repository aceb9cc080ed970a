/* Writes the faulty contracts of tests/corpus/ofd: documents, signatures and packages with one fault each, and the
 * verdict beside them. Run once by hand (`cmake --build build -t make-ofds && build/tests/make-ofds`); the files are
 * kept, because data outlives code. They are judged with the bundle that is there. */
#include "corpus/ofd_faults.h"

#define FOLDER ZY_SOURCE_DIR "/tests/corpus/ofd/"
#define SPARE "spare-entry.bin"

static void write_case(const char *name, struct zy_bytes v, const char *expect)
{
	char path[4096];
	struct zy_error err = { 0 };
	ZY_BUF_AUTO b = { 0 };

	snprintf(path, sizeof(path), FOLDER "%s.ofd", name);
	VERIFY_CHECK(zy_file_write(path, v, 0644, true, &err));
	zy_buf_printf(&b, "at: 2026-03-01T00:00:00Z\n%s", expect);
	snprintf(path, sizeof(path), FOLDER "%s.expect", name);
	VERIFY_CHECK(zy_file_write(path, zy_buf_bytes(&b), 0644, true, &err));
}

static void make_documents(void)
{
	static struct zy_package p;

	for (size_t i = 0; i < sizeof(ofd_faults) / sizeof(ofd_faults[0]); i++) {
		ZY_ARENA_AUTO a = { 0 };
		ZY_BUF_AUTO out = { 0 };
		struct zy_error err = { 0 };

		fprintf(stderr, "%s\n", ofd_faults[i].name);
		contract_make(&ofd_faults[i].c, &p, &a);
		VERIFY_CHECK(zy_package_encode(&p, &out, &err));
		write_case(ofd_faults[i].name, zy_buf_bytes(&out), ofd_faults[i].expect);
	}
}

/* The signed values of two signatures change places. */
static void make_swapped(void)
{
	static struct zy_package p;
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO out = { 0 };
	struct zy_error err = { 0 };
	struct zy_bytes first;

	contract_make(&(struct contract){ .num_signatures = 2 }, &p, &a);
	first = contract_file(&p, SIGN_0 "SignedValue.dat")->bytes;
	contract_file(&p, SIGN_0 "SignedValue.dat")->bytes = contract_file(&p, SIGN_1 "SignedValue.dat")->bytes;
	contract_file(&p, SIGN_1 "SignedValue.dat")->bytes = first;
	VERIFY_CHECK(zy_package_encode(&p, &out, &err));
	write_case("signed-values-swapped", zy_buf_bytes(&out),
	    FAIL("HASH_FAILURE") TWICE(F("ses-data-hash TBS_Sign.dataHash"))
		TWICE(F("ses-property-info TBS_Sign.propertyInfo")) F("reference-digest " SIGN_0 "SignedValue.dat")
		    TWICE(SIGNED));
}

/* A certificate for an RSA key, by itself. */
static struct zy_bytes rsa_cert(EVP_PKEY *key, struct zy_arena *a)
{
	X509 *x = X509_new();
	X509_NAME *name;
	uint8_t *der = NULL;
	struct zy_error err = { 0 };
	struct zy_bytes out;
	int len;

	VERIFY_CHECK(x != NULL && (name = X509_get_subject_name(x)) != NULL);
	VERIFY_CHECK(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)"RSA", -1, -1, 0) == 1 &&
		     X509_set_issuer_name(x, name) == 1 && X509_set_version(x, X509_VERSION_3) == 1 &&
		     ASN1_INTEGER_set(X509_get_serialNumber(x), 7) == 1 &&
		     ASN1_TIME_set(X509_getm_notBefore(x), VERIFY_AT - 86400) != NULL &&
		     ASN1_TIME_set(X509_getm_notAfter(x), VERIFY_AT + 86400 * 365) != NULL &&
		     X509_set_pubkey(x, key) == 1 && X509_sign(x, key, EVP_sha256()) > 0);
	len = i2d_X509(x, &der);
	VERIFY_CHECK(len > 0 && zy_arena_copy(a, ZY_BYTES(der, (size_t)len), &out, &err));
	OPENSSL_free(der);
	X509_free(x);
	return out;
}

/* The seal names the holder of an RSA key as well, who signs with it: a good signature of another kind. */
static void make_rsa(void)
{
	static struct zy_package p;
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)3072);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	struct contract c = { .num_signatures = 1 };
	struct zy_package_file *f;
	struct zy_ses_signature s;
	struct zy_error err = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO value = { 0 };
	ZY_BUF_AUTO out = { 0 };
	uint8_t sig[384];
	size_t len = sizeof(sig);

	VERIFY_CHECK(key != NULL && ctx != NULL);
	c.listed = rsa_cert(key, &a);
	contract_make(&c, &p, &a);
	f = contract_file(&p, SIGN_0 "SignedValue.dat");
	VERIFY_CHECK(zy_ses_signature_parse(&s, f->bytes, &err));
	VERIFY_CHECK(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
		     EVP_DigestSign(ctx, sig, &len, s.toSign.der.p, s.toSign.der.len) == 1);
	s.cert = c.listed;
	s.signatureAlgID = ZY_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b");
	s.signature = ZY_BYTES(sig, len);
	VERIFY_CHECK(zy_ses_signature_encode(&s, &value, &err));
	f->bytes = zy_buf_bytes(&value);
	VERIFY_CHECK(zy_package_encode(&p, &out, &err));
	write_case("seal-signed-with-rsa", zy_buf_bytes(&out),
	    CANNOT("CRYPTO_CONSTRAINTS_FAILURE") F("signature-algorithm SES_Signature.signature")
		F("signature-algorithm SES_Signature.cert") F("signature-algorithm SES_Signature.signatureAlgID")
		    F("revocation-not-checked"));
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
}

/* An honest package whose last entry is a spare one, from where faults of the ZIP start. */
static void make_honest(struct zy_buf *out, struct zy_bytes spare, bool packed)
{
	static struct zy_package p;
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error err = { 0 };

	contract_make(&(struct contract){ .num_signatures = 1 }, &p, &a);
	VERIFY_CHECK(zy_package_add(&p, SPARE, spare, &err));
	p.files[p.num_files - 1].stored = !packed;
	VERIFY_CHECK(zy_package_encode(&p, out, &err));
}

static void put_le(uint8_t *at, uint64_t value, size_t len)
{
	for (size_t i = 0; i < len; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

/* Where the two headers of the spare entry begin: its name stands behind each. */
static void find_headers(const struct zy_buf *zip, uint8_t **local, uint8_t **central)
{
	uint8_t *first = memmem(zip->p, zip->len, SPARE, strlen(SPARE)), *next;

	VERIFY_CHECK(first != NULL);
	next = memmem(first + 1, (size_t)(zip->p + zip->len - first) - 1, SPARE, strlen(SPARE));
	VERIFY_CHECK(next != NULL);
	*local = first - 30;
	*central = next - 46;
}

static void make_zips(void)
{
	char expect[80];

	for (size_t i = 0; i < sizeof(zip_faults) / sizeof(zip_faults[0]); i++) {
		const struct zip_fault *f = &zip_faults[i];
		uint8_t *local, *central;
		ZY_BUF_AUTO zip = { 0 };

		make_honest(&zip, ZY_LITERAL("spare"), false);
		find_headers(&zip, &local, &central);
		if ((f->where & LOCAL) != 0)
			put_le(local + f->local, f->value, f->len);
		if ((f->where & CENTRAL) != 0)
			put_le(central + f->central, f->value, f->len);
		if ((f->where & UNIX) != 0)
			central[5] = 3;
		if (f->where == END)
			put_le(zip.p + zip.len - 22 + f->central, f->value, f->len);
		VERIFY_CHECK(f->entry == NULL || strlen(f->entry) == strlen(SPARE));
		if (f->entry != NULL && (f->where & LOCAL) != 0)
			memcpy(local + 30, f->entry, strlen(SPARE));
		if (f->entry != NULL && (f->where & CENTRAL) != 0)
			memcpy(central + 46, f->entry, strlen(SPARE));
		snprintf(expect, sizeof(expect), "error: %s\n", f->expect);
		write_case(f->name, zy_buf_bytes(&zip), expect);
	}
}

/* With bytes put in somewhere; `move` moves what the end record says of the central directory. */
static void make_longer(
    const char *name, size_t at, bool at_central, struct zy_bytes more, bool move, const char *expect)
{
	ZY_BUF_AUTO zip = { 0 };
	uint8_t *local, *central, *end;
	uint32_t offset;

	make_honest(&zip, ZY_LITERAL("spare"), false);
	find_headers(&zip, &local, &central);
	if (at == SIZE_MAX)
		at = zip.len;
	else if (at_central)
		at = (size_t)(local - zip.p) + 30 + strlen(SPARE) + 5; /* behind the last entry */
	zy_buf_insert(&zip, at, more);
	end = zip.p + zip.len - 22;
	memcpy(&offset, end + 16, 4);
	if (move)
		put_le(end + 16, offset + more.len, 4);
	write_case(name, zy_buf_bytes(&zip), expect);
}

static void make_lengths(void)
{
	static const uint8_t end_record[22] = "PK\5\6";
	ZY_BUF_AUTO zeros = { 0 };
	ZY_BUF_AUTO bomb = { 0 };
	ZY_BUF_AUTO cut = { 0 };
	ZY_BUF_AUTO flat = { 0 };
	uint8_t *local, *central, *room;

	make_longer("zip-prepended", 0, false, ZY_LITERAL("PK\3\4 and a program"), true, "error: zip\n");
	make_longer("zip-prepended-program", 0, false, ZY_LITERAL("#!/bin/sh\n"), true, "error: unknown-format\n");
	make_longer("zip-appended", SIZE_MAX, false, ZY_LITERAL("more"), false, "error: zip\n");
	make_longer("zip-gap", 0, true, ZY_LITERAL("hidden"), true, "error: zip\n");
	make_longer("zip-two-end-records", SIZE_MAX, false, ZY_BYTES(end_record, 22), false, "error: zip\n");
	make_honest(&cut, ZY_LITERAL("spare"), false);
	write_case("zip-cut", ZY_BYTES(cut.p, cut.len - 30), "error: zip\n");
	VERIFY_CHECK((room = zy_buf_extend(&zeros, (size_t)1 << 20)) != NULL);
	memset(room, 0, (size_t)1 << 20);
	make_honest(&bomb, zy_buf_bytes(&zeros), true);
	write_case("zip-bomb", zy_buf_bytes(&bomb), "error: too-large\n");
	make_honest(&flat, ZY_BYTES(zeros.p, 1000), true);
	find_headers(&flat, &local, &central);
	put_le(local + 22, 999, 4);
	put_le(central + 24, 999, 4);
	write_case("zip-inflates-to-more", zy_buf_bytes(&flat), "error: zip\n");
	put_le(local + 22, 1001, 4);
	put_le(central + 24, 1001, 4);
	write_case("zip-inflates-to-less", zy_buf_bytes(&flat), "error: zip\n");
}

int main(void)
{
	make_documents();
	make_swapped();
	make_rsa();
	make_zips();
	make_lengths();
	return 0;
}
