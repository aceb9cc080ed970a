#include "zy/xml_signature.h"

#include <stdio.h>

#include "zy/text.h"

#define FIELD "Signature"
#define NS_XML "http://www.w3.org/XML/1998/namespace"

static bool is(const struct zy_xml_node *n, const char *ns, const char *name)
{
	return n != NULL && strcmp(n->name, name) == 0 && strcmp(n->ns, ns) == 0;
}

static bool refuse(const struct zy_xml_node *at, struct zy_error *err, const char *why)
{
	return zy_fail(err, ZY_E_XML_SIGNATURE, FIELD, ZY_NOWHERE, "%.40s: %s", at->name, why);
}

/* The next child when it is that one, which it must be. */
static bool enter(const struct zy_xml_node *parent, const struct zy_xml_node **child, const char *ns, const char *name,
    struct zy_error *err)
{
	if (!is(*child, ns, name))
		return zy_fail(err, ZY_E_XML_SIGNATURE, FIELD, ZY_NOWHERE, "%.40s: %.40s stands where %s must",
		    parent->name, *child == NULL ? "nothing" : (*child)->name, name);
	return true;
}

/* Those of XML itself and of schema instances stand anywhere. */
static bool is_foreign(const char *ns)
{
	return strcmp(ns, "http://www.w3.org/2001/XMLSchema-instance") == 0 || strcmp(ns, NS_XML) == 0;
}

static bool only_attributes(const struct zy_xml_node *n, const char *const *names, struct zy_error *err)
{
	for (size_t i = 0; i < n->num_attributes; i++) {
		const char *const *name = names;

		if (is_foreign(n->attributes[i].ns))
			continue;
		while (*name != NULL && strcmp(*name, n->attributes[i].name) != 0)
			name++;
		if (*name == NULL || n->attributes[i].ns[0] != 0)
			return refuse(n, err, "an attribute that does not belong there");
	}
	return true;
}

static bool is_blank(const char *text)
{
	return text[strspn(text, " \t\r\n")] == 0;
}

/* Base64 as XML has it: white space stands anywhere. */
static bool octets(const struct zy_xml_node *n, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err)
{
	ZY_BUF_AUTO text = { 0 };
	ZY_BUF_AUTO decoded = { 0 };
	struct zy_error why = { 0 };

	if (n->child != NULL)
		return refuse(n, err, "an element stands where base64 must");
	for (const char *c = n->text; *c != 0; c++)
		if (strchr(" \t\r\n", *c) == NULL)
			zy_buf_put_u8(&text, (uint8_t)*c);
	if (!zy_buf_done(&text, FIELD, err))
		return false;
	if (text.len == 0 || !zy_base64_decode(&decoded, zy_buf_bytes(&text), &why))
		return refuse(n, err, "not base64");
	return zy_buf_done(&decoded, FIELD, err) && zy_arena_copy(a, zy_buf_bytes(&decoded), out, err);
}

/* An element whose Algorithm names it. */
static bool algorithm(const struct zy_xml_node *n, const char **uri, bool *has_parameters, struct zy_error *err)
{
	static const char *const names[] = { "Algorithm", NULL };

	*uri = zy_xml_attribute(n, "Algorithm", NULL);
	*has_parameters |= n->child != NULL || !is_blank(n->text);
	return (*uri != NULL || refuse(n, err, "no Algorithm")) && only_attributes(n, names, err);
}

/* Exclusive canonicalisation may have one parameter that is known here (Exclusive C14N 1.0, 4). */
static const char *prefixes_of(const struct zy_xml_node *n, const char *uri)
{
	const struct zy_xml_node *list = n->child;

	if (!is(list, ZY_XML_EXCLUSIVE, "InclusiveNamespaces") || list->next != NULL || list->child != NULL ||
	    list->num_attributes != 1 || strncmp(uri, ZY_XML_EXCLUSIVE, strlen(ZY_XML_EXCLUSIVE)) != 0)
		return NULL;
	return zy_xml_attribute(list, "PrefixList", NULL);
}

static bool transform(
    const struct zy_xml_node *n, struct zy_xml_transform *out, bool *has_parameters, struct zy_error *err)
{
	bool has = false;

	if (!algorithm(n, &out->uri, &has, err))
		return false;
	out->prefixes = prefixes_of(n, out->uri);
	*has_parameters |= has && out->prefixes == NULL;
	return true;
}

static bool read_transforms(const struct zy_xml_node *list, struct zy_xml_reference *r, struct zy_error *err)
{
	for (const struct zy_xml_node *n = list->child; n != NULL; n = n->next) {
		if (!enter(list, &n, ZY_XML_DS, "Transform", err))
			return false;
		if (r->num_transforms == ZY_XML_TRANSFORMS_MAX)
			return zy_fail(err, ZY_E_TOO_LARGE, FIELD, ZY_NOWHERE, "too many transforms");
		if (!transform(n, &r->transforms[r->num_transforms++], &r->has_parameters, err))
			return false;
	}
	return r->num_transforms > 0 || refuse(list, err, "empty");
}

static bool read_reference(
    const struct zy_xml_node *ref, struct zy_xml_reference *r, struct zy_arena *a, struct zy_error *err)
{
	static const char *const names[] = { "Id", "URI", "Type", NULL };
	const struct zy_xml_node *n = ref->child;

	r->uri = zy_xml_attribute(ref, "URI", NULL);
	r->type = zy_xml_attribute(ref, "Type", NULL);
	if (!only_attributes(ref, names, err))
		return false;
	if (is(n, ZY_XML_DS, "Transforms")) {
		if (!read_transforms(n, r, err))
			return false;
		n = n->next;
	}
	if (!enter(ref, &n, ZY_XML_DS, "DigestMethod", err) ||
	    !algorithm(n, &r->digest_method, &r->has_parameters, err))
		return false;
	n = n->next;
	if (!enter(ref, &n, ZY_XML_DS, "DigestValue", err) || !octets(n, a, &r->digest, err))
		return false;
	return n->next == NULL || refuse(ref, err, "more than the schema has");
}

static bool read_references(const struct zy_xml_node *info, const struct zy_xml_node *n, struct zy_xml_signed_info *out,
    struct zy_arena *a, struct zy_error *err)
{
	for (; n != NULL; n = n->next) {
		if (!enter(info, &n, ZY_XML_DS, "Reference", err))
			return false;
		if (out->num_references == ZY_XML_REFERENCES_MAX)
			return zy_fail(err, ZY_E_TOO_LARGE, FIELD, ZY_NOWHERE, "too many references");
		if (!read_reference(n, &out->references[out->num_references++], a, err))
			return false;
	}
	return out->num_references > 0 || refuse(info, err, "no Reference");
}

bool zy_xml_signed_info_parse(
    struct zy_xml_signed_info *out, struct zy_bytes canonical, struct zy_arena *a, struct zy_error *err)
{
	static const char *const names[] = { "Id", NULL };
	struct zy_xml_signed_info s = { 0 };
	const struct zy_xml_node *info, *n;

	if (!zy_xml_parse(&info, canonical, "SignedInfo", a, err))
		return false;
	if (!is(info, ZY_XML_DS, "SignedInfo"))
		return refuse(info, err, "no SignedInfo");
	n = info->child;
	if (!only_attributes(info, names, err) || !enter(info, &n, ZY_XML_DS, "CanonicalizationMethod", err) ||
	    !transform(n, &s.canonicalization, &s.has_parameters, err))
		return false;
	n = n->next;
	if (!enter(info, &n, ZY_XML_DS, "SignatureMethod", err) ||
	    !algorithm(n, &s.signature_method, &s.has_parameters, err) || !read_references(info, n->next, &s, a, err))
		return false;
	*out = s;
	return true;
}

enum zy_xml_reference_kind zy_xml_reference_kind(const struct zy_xml_reference *r)
{
	const char *type = r->type == NULL ? "" : r->type;

	if (r->uri == NULL)
		return ZY_XML_REF_OTHER;
	if (r->uri[0] == 0)
		return ZY_XML_REF_DOCUMENT;
	if (r->uri[0] != '#' || r->uri[1] == 0)
		return ZY_XML_REF_OTHER;
	return strcmp(type, ZY_XML_TYPE_PROPERTIES) == 0      ? ZY_XML_REF_PROPERTIES
	       : strcmp(type, ZY_XML_TYPE_COUNTERSIGNED) == 0 ? ZY_XML_REF_COUNTERSIGNED
							      : ZY_XML_REF_OTHER;
}

static bool is_plain(const struct zy_xml_transform *t, const char *uri)
{
	return strcmp(t->uri, uri) == 0 && t->prefixes == NULL;
}

bool zy_xml_reference_is_plain(const struct zy_xml_reference *r)
{
	const bool enveloped = zy_xml_reference_kind(r) == ZY_XML_REF_DOCUMENT;
	const size_t num = enveloped ? 2 : 1;

	return r->num_transforms == num && !r->has_parameters && is_plain(&r->transforms[num - 1], ZY_XML_EXCLUSIVE) &&
	       (!enveloped || is_plain(&r->transforms[0], ZY_XML_ENVELOPED));
}

bool zy_xml_signed_info_check(struct zy_bytes canonical, enum zy_suite suite, struct zy_error *err)
{
	const enum zy_xml_key wanted = suite == ZY_SUITE_GM ? ZY_XML_SM2 : ZY_XML_ECDSA;
	const enum zy_xml_digest hash = suite == ZY_SUITE_GM ? ZY_XML_SM3 : ZY_XML_SHA256;
	ZY_ARENA_AUTO a = { 0 };
	struct zy_xml_signed_info s;
	enum zy_xml_digest digest;
	enum zy_xml_key key;

	if (!zy_xml_signed_info_parse(&s, canonical, &a, err))
		return false;
	key = zy_xml_method(s.signature_method, &digest);
	if (!is_plain(&s.canonicalization, ZY_XML_EXCLUSIVE) || s.has_parameters || key != wanted || digest != hash ||
	    s.num_references != 2 || zy_xml_reference_kind(&s.references[0]) == ZY_XML_REF_PROPERTIES ||
	    zy_xml_reference_kind(&s.references[1]) != ZY_XML_REF_PROPERTIES)
		return zy_fail(err, ZY_E_XML_SIGNATURE, "SignedInfo", ZY_NOWHERE,
		    "it must have exclusive canonicalisation, one reference to what is signed and one to its "
		    "properties");
	for (size_t i = 0; i < 2; i++)
		if (zy_xml_reference_kind(&s.references[i]) == ZY_XML_REF_OTHER ||
		    !zy_xml_reference_is_plain(&s.references[i]) ||
		    zy_xml_digest(s.references[i].digest_method) != hash || s.references[i].digest.len != ZY_HASH_LEN)
			return zy_fail(err, ZY_E_XML_SIGNATURE, "SignedInfo.Reference", ZY_NOWHERE,
			    "reference %zu has other transforms, or another digest, than the profile", i + 1);
	return true;
}

/* CertDigest, then perhaps IssuerSerialV2, which the digest makes needless. */
static bool read_cert(
    const struct zy_xml_node *cert, struct zy_xml_properties *out, struct zy_arena *a, struct zy_error *err)
{
	const struct zy_xml_node *digest = cert->child, *n;
	bool ignored = false;

	if (!enter(cert, &digest, ZY_XML_XADES, "CertDigest", err))
		return false;
	n = digest->child;
	if (!enter(digest, &n, ZY_XML_DS, "DigestMethod", err) ||
	    !algorithm(n, &out->certs[out->num_certs].digest_method, &ignored, err))
		return false;
	n = n->next;
	return enter(digest, &n, ZY_XML_DS, "DigestValue", err) &&
	       octets(n, a, &out->certs[out->num_certs++].digest, err);
}

/* SigningCertificateV2, or what it replaced. Whose it is of several, the key tells; what is over the cap is none. */
static bool read_signing_certificate(
    const struct zy_xml_node *list, struct zy_xml_properties *out, struct zy_arena *a, struct zy_error *err)
{
	const struct zy_xml_node *cert = list->child;

	if (out->has_certs)
		return refuse(list, err, "twice");
	if (!enter(list, &cert, ZY_XML_XADES, "Cert", err))
		return false;
	out->has_certs = true;
	for (; cert != NULL && out->num_certs < ZY_XML_CERTS_MAX; cert = cert->next)
		if (!enter(list, &cert, ZY_XML_XADES, "Cert", err) || !read_cert(cert, out, a, err))
			return false;
	return true;
}

/* xs:dateTime: a fraction of a second is passed over; without a zone nobody can tell when it was. */
static bool time_from_xml(const char *text, struct zy_xml_properties *out, struct zy_error *err)
{
	char plain[32];
	size_t len = strnlen(text, 19), rest = len;

	if (text[rest] == '.')
		rest += 1 + strspn(text + rest + 1, "0123456789");
	if (len == 19 && text[rest] == 0) {
		snprintf(plain, sizeof(plain), "%.19sZ", text);
		out->has_time = false;
		out->unknown = "SigningTime";
		return zy_time_from_rfc3339(zy_str(plain), &out->time, err);
	}
	snprintf(plain, sizeof(plain), "%.19s%.12s", text, text + rest);
	return zy_time_from_rfc3339(zy_str(plain), &out->time, err);
}

static bool read_signing_time(
    const struct zy_xml_node *n, struct zy_xml_properties *out, struct zy_arena *a, struct zy_error *err)
{
	const char *text;

	if (out->has_time)
		return refuse(n, err, "twice");
	out->has_time = true;
	return zy_xml_text(n, a, &text, err) && time_from_xml(text, out, err);
}

static bool read_signature_properties(
    const struct zy_xml_node *list, struct zy_xml_properties *out, struct zy_arena *a, struct zy_error *err)
{
	for (const struct zy_xml_node *n = list->child; n != NULL; n = n->next) {
		if (is(n, ZY_XML_XADES, "SigningTime")) {
			if (!read_signing_time(n, out, a, err))
				return false;
		} else if (is(n, ZY_XML_XADES, "SigningCertificateV2") || is(n, ZY_XML_XADES, "SigningCertificate")) {
			if (!read_signing_certificate(n, out, a, err))
				return false;
		} else if (out->unknown == NULL) {
			out->unknown = n->name;
		}
	}
	return true;
}

/* What is said of the signed objects is their format, which is XML here. */
static void read_object_properties(const struct zy_xml_node *list, struct zy_xml_properties *out)
{
	for (const struct zy_xml_node *n = list->child; n != NULL; n = n->next)
		if (!is(n, ZY_XML_XADES, "DataObjectFormat") && out->unknown == NULL)
			out->unknown = n->name;
}

bool zy_xml_properties_parse(
    struct zy_xml_properties *out, struct zy_bytes canonical, struct zy_arena *a, struct zy_error *err)
{
	static const char *const names[] = { "Id", NULL };
	struct zy_xml_properties p = { 0 };
	const struct zy_xml_node *root, *n;

	if (!zy_xml_parse(&root, canonical, "SignedProperties", a, err))
		return false;
	if (!is(root, ZY_XML_XADES, "SignedProperties"))
		return refuse(root, err, "no SignedProperties");
	p.id = zy_xml_attribute(root, "Id", "");
	n = root->child;
	if (!only_attributes(root, names, err))
		return false;
	if (is(n, ZY_XML_XADES, "SignedSignatureProperties")) {
		if (!read_signature_properties(n, &p, a, err))
			return false;
		n = n->next;
	}
	if (is(n, ZY_XML_XADES, "SignedDataObjectProperties")) {
		read_object_properties(n, &p);
		n = n->next;
	}
	if (n != NULL)
		return refuse(root, err, "more than the schema has");
	*out = p;
	return true;
}

static bool read_certs(
    const struct zy_xml_node *data, struct zy_xml_signature *out, struct zy_arena *a, struct zy_error *err)
{
	for (const struct zy_xml_node *n = data->child; n != NULL; n = n->next) {
		if (!is(n, ZY_XML_DS, "X509Certificate"))
			continue; /* names of it, which prove nothing */
		if (out->num_certs == ZY_XML_CERTS_MAX)
			return zy_fail(err, ZY_E_TOO_LARGE, FIELD, ZY_NOWHERE, "too many certificates");
		if (!octets(n, a, &out->certs[out->num_certs++], err))
			return false;
	}
	return true;
}

/* KeyValue, KeyName and the like say what anybody may say; only certificates are looked at. */
static bool read_key_info(
    const struct zy_xml_node *info, struct zy_xml_signature *out, struct zy_arena *a, struct zy_error *err)
{
	for (const struct zy_xml_node *n = info->child; n != NULL; n = n->next)
		if (is(n, ZY_XML_DS, "X509Data") && !read_certs(n, out, a, err))
			return false;
	return true;
}

/* A form of time-stamp that is written in XML is nobody's; it is passed over. */
static bool read_stamp(
    const struct zy_xml_node *stamp, struct zy_xml_signature *out, struct zy_arena *a, struct zy_error *err)
{
	struct zy_xml_transform form = { 0 };
	bool has_parameters = false;

	for (const struct zy_xml_node *n = stamp->child; n != NULL; n = n->next) {
		if (is(n, ZY_XML_DS, "CanonicalizationMethod") && !transform(n, &form, &has_parameters, err))
			return false;
		if (!is(n, ZY_XML_XADES, "EncapsulatedTimeStamp"))
			continue;
		if (out->num_stamps == ZY_XML_STAMPS_MAX)
			return zy_fail(err, ZY_E_TOO_LARGE, FIELD, ZY_NOWHERE, "too many time-stamps");
		if (!octets(n, a, &out->stamps[out->num_stamps].token, err))
			return false;
		out->stamps[out->num_stamps++].canonicalization = form;
	}
	return !has_parameters || refuse(stamp, err, "a canonicalisation with parameters");
}

/* The values of that name, an element each. */
static bool read_values(const struct zy_xml_node *list, const char *name, struct zy_xml_values *out, struct zy_arena *a,
    struct zy_error *err)
{
	for (const struct zy_xml_node *n = list->child; n != NULL; n = n->next) {
		if (!is(n, ZY_XML_XADES, name))
			continue;
		if (out->num == ZY_XML_VALUES_MAX)
			return zy_fail(err, ZY_E_TOO_LARGE, FIELD, ZY_NOWHERE, "too many values to verify it by");
		if (!octets(n, a, &out->der[out->num++], err))
			return false;
	}
	return true;
}

static bool read_revocation(
    const struct zy_xml_node *list, struct zy_xml_signature *out, struct zy_arena *a, struct zy_error *err)
{
	for (const struct zy_xml_node *n = list->child; n != NULL; n = n->next)
		if ((is(n, ZY_XML_XADES, "CRLValues") && !read_values(n, "EncapsulatedCRLValue", &out->crls, a, err)) ||
		    (is(n, ZY_XML_XADES, "OCSPValues") &&
			!read_values(n, "EncapsulatedOCSPValue", &out->answers, a, err)))
			return false;
	return true;
}

static bool read_unsigned(
    const struct zy_xml_node *list, struct zy_xml_signature *out, struct zy_arena *a, struct zy_error *err)
{
	const struct zy_xml_node *n = list->child;

	if (!is(n, ZY_XML_XADES, "UnsignedSignatureProperties"))
		return is(n, ZY_XML_XADES, "UnsignedDataObjectProperties") ||
		       enter(list, &n, ZY_XML_XADES, "UnsignedSignatureProperties", err);
	for (n = n->child; n != NULL; n = n->next)
		if ((is(n, ZY_XML_XADES, "SignatureTimeStamp") && !read_stamp(n, out, a, err)) ||
		    (is(n, ZY_XML_XADES, "CertificateValues") &&
			!read_values(n, "EncapsulatedX509Certificate", &out->more_certs, a, err)) ||
		    (is(n, ZY_XML_XADES, "RevocationValues") && !read_revocation(n, out, a, err)))
			return false;
	return true;
}

static bool read_object(
    const struct zy_xml_node *object, struct zy_xml_signature *out, struct zy_arena *a, struct zy_error *err)
{
	const struct zy_xml_node *top = object->child, *n;

	if (!is(top, ZY_XML_XADES, "QualifyingProperties") || top->next != NULL || out->target != NULL) {
		out->num_strangers++;
		return true;
	}
	out->target = zy_xml_attribute(top, "Target", "");
	n = top->child;
	out->has_properties = is(n, ZY_XML_XADES, "SignedProperties");
	if (out->has_properties)
		n = n->next;
	if (is(n, ZY_XML_XADES, "UnsignedProperties")) {
		if (!read_unsigned(n, out, a, err))
			return false;
		n = n->next;
	}
	return n == NULL || refuse(top, err, "more than the schema has");
}

bool zy_xml_signature_parse(
    struct zy_xml_signature *out, struct zy_bytes canonical, struct zy_arena *a, struct zy_error *err)
{
	static const char *const names[] = { "Id", NULL };
	struct zy_xml_signature s = { 0 };
	const struct zy_xml_node *root, *n;

	if (!zy_xml_parse(&root, canonical, FIELD, a, err))
		return false;
	s.id = zy_xml_attribute(root, "Id", NULL);
	n = root->child;
	if (!only_attributes(root, names, err) || !enter(root, &n, ZY_XML_DS, "SignedInfo", err))
		return false;
	n = n->next;
	if (!enter(root, &n, ZY_XML_DS, "SignatureValue", err) || !only_attributes(n, names, err) ||
	    !octets(n, a, &s.value, err))
		return false;
	s.value_id = zy_xml_attribute(n, "Id", NULL);
	n = n->next;
	if (is(n, ZY_XML_DS, "KeyInfo")) {
		if (!read_key_info(n, &s, a, err))
			return false;
		n = n->next;
	}
	for (; n != NULL; n = n->next)
		if (!is(n, ZY_XML_DS, "Object"))
			return refuse(root, err, "more than the schema has");
		else if (!read_object(n, &s, a, err))
			return false;
	*out = s;
	return true;
}
