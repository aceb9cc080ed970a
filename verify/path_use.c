/* What a certificate may be used for: keyUsage and extKeyUsage (RFC 5280 4.2.1.3, 4.2.1.12). */
#include "path.h"

#include "zy/der.h"

#define OID(name, ...)                                                                                                 \
	static const uint8_t name##_octets[] = { __VA_ARGS__ };                                                        \
	static const struct zy_bytes name = { name##_octets, sizeof(name##_octets) }

OID(any_usage, 0x55, 0x1d, 0x25, 0x00);
OID(server_auth, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01);
OID(client_auth, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02);
OID(code_signing, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x03);
OID(email_protection, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x04);
OID(time_stamping, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x08);
OID(ocsp_signing, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x09);
/* RFC 9336, and the identifiers of two vendors for the same */
OID(document_signing, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x24);
OID(vendor_a_document, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x2f, 0x01, 0x01, 0x05);
OID(vendor_m_document, 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x0a, 0x03, 0x0c);

#define SIGN (ZY_USAGE_DIGITAL_SIGNATURE | ZY_USAGE_NON_REPUDIATION)

static const struct use {
	const char *name;
	unsigned key_usage; /* one of these, 0: any */
	bool usage_stated;  /* keyUsage must be there */
	bool extended_stated;
	const struct zy_bytes *extended[4]; /* one of these, or any; none: not asked */
} uses[] = {
	[ZY_USE_ANY] = { "any", 0, false, false, { NULL } },
	[ZY_USE_DOCUMENT] = { "document", SIGN, true, false,
	    { &document_signing, &email_protection, &vendor_a_document, &vendor_m_document } },
	[ZY_USE_SERVER] = { "server", ZY_USAGE_DIGITAL_SIGNATURE | ZY_USAGE_KEY_ENCIPHERMENT | ZY_USAGE_KEY_AGREEMENT,
	    false, false, { &server_auth } },
	[ZY_USE_CLIENT] = { "client", ZY_USAGE_DIGITAL_SIGNATURE | ZY_USAGE_KEY_AGREEMENT, false, false,
	    { &client_auth } },
	[ZY_USE_EMAIL] = { "email", SIGN, false, false, { &email_protection } },
	[ZY_USE_CODE] = { "code", ZY_USAGE_DIGITAL_SIGNATURE, true, true, { &code_signing } },
	[ZY_USE_TIMESTAMP] = { "timestamp", SIGN, true, true, { &time_stamping } },
	[ZY_USE_OCSP] = { "ocsp", ZY_USAGE_DIGITAL_SIGNATURE, false, true, { &ocsp_signing } },
	[ZY_USE_CRL] = { "crl", ZY_USAGE_CRL_SIGN, false, false, { NULL } },
};

bool zy_path_use_named(const char *name, enum zy_path_use *out)
{
	for (size_t i = 0; i < sizeof(uses) / sizeof(uses[0]); i++)
		if (strcmp(uses[i].name, name) == 0) {
			*out = (enum zy_path_use)i;
			return true;
		}
	return false;
}

/* *num: usages stated; true when one of them is asked for. anyExtendedKeyUsage counts where `any_counts`. */
static bool has_extended(const struct zy_x509 *c, const struct use *u, bool any_counts, size_t *num)
{
	struct zy_reader r = zy_reader_over(c->extended_usage);
	struct zy_error ignored = { 0 };
	struct zy_bytes oid;
	bool found = false;

	for (*num = 0; zy_reader_left(&r) > 0; (*num)++) {
		if (!zy_der_take(&r, ZY_DER_OID, "extKeyUsage", &oid, &ignored))
			return false;
		found = found || (any_counts && zy_bytes_equal(oid, any_usage));
		for (size_t i = 0; i < sizeof(u->extended) / sizeof(u->extended[0]) && u->extended[i] != NULL; i++)
			found = found || zy_bytes_equal(oid, *u->extended[i]);
	}
	return found;
}

bool zy_x509_states_use(const struct zy_x509 *c, enum zy_path_use use)
{
	size_t num;

	return has_extended(c, &uses[use], false, &num);
}

/* A time-stamp authority's certificate is for nothing else: timeStamping alone, and critical (RFC 3161 2.3). */
static bool is_extended_exact(const struct zy_x509 *c, size_t num)
{
	return num == 1 && (c->critical & ZY_HAS_EXTENDED_USAGE) != 0;
}

static void check_leaf(struct zy_path *p, enum zy_path_use use)
{
	const struct zy_x509 *c = p->certs[0];
	const struct use *u = &uses[use];
	bool has_usage = (c->has & ZY_HAS_KEY_USAGE) != 0, has_ext = (c->has & ZY_HAS_EXTENDED_USAGE) != 0;
	const char *why = NULL, *field = "keyUsage";
	size_t num = 0;

	if (u->usage_stated && !has_usage)
		why = "it states no keyUsage";
	else if (has_usage && u->key_usage != 0 && (c->key_usage & u->key_usage) == 0)
		why = "its keyUsage is for something else";
	else if (use == ZY_USE_DOCUMENT &&
		 (c->is_authority || (c->key_usage & (ZY_USAGE_CERT_SIGN | ZY_USAGE_CRL_SIGN)) != 0))
		why = "it belongs to a certificate authority";
	else if (use == ZY_USE_TIMESTAMP && c->is_authority)
		why = "it belongs to a certificate authority";
	if (why == NULL && u->extended[0] != NULL) {
		bool good = has_extended(c, u, !u->extended_stated, &num);

		field = "extKeyUsage";
		if (has_ext ? !good : u->extended_stated)
			why = "its extKeyUsage is for something else";
		else if (use == ZY_USE_TIMESTAMP && !is_extended_exact(c, num))
			why = "its extKeyUsage is not timeStamping alone and critical";
	}
	if (why != NULL)
		zy_path_fault(p, 0, "certificate-key-usage", field, ZY_NOWHERE, "%s", why);
}

void zy_path_check_use(struct zy_path *p, enum zy_path_use use)
{
	size_t num;

	check_leaf(p, use);
	if (uses[use].extended[0] == NULL)
		return;
	/* an authority that states usages issues for these only: RFC 5280 is silent, all large verifiers ask it */
	for (size_t i = 1; i < p->num; i++)
		if ((p->certs[i]->has & ZY_HAS_EXTENDED_USAGE) != 0 &&
		    !has_extended(p->certs[i], &uses[use], true, &num))
			zy_path_fault(p, i, "certificate-key-usage", "extKeyUsage", ZY_NOWHERE,
			    "the authority's extKeyUsage is for something else");
}
