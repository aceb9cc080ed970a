#include "general_name.h"

#include "zy/x509.h"

bool zy_general_name_take(struct zy_reader *r, struct zy_general_name *out, struct zy_error *err)
{
	struct zy_reader at = *r, inner;
	struct zy_bytes skip;

	if (!zy_der_any(r, "GeneralName", &out->tag, &out->value, NULL, err))
		return false;
	if (out->tag != ZY_NAME_DIRECTORY)
		return true;
	/* a CHOICE inside [4] is tagged explicitly */
	return zy_der_enter(&at, ZY_NAME_DIRECTORY, "directoryName", &inner, err) &&
	       zy_der_take_whole(&inner, ZY_DER_SEQUENCE, "directoryName", &out->value, err) &&
	       (zy_reader_left(&inner) == 0 || zy_der_take(&inner, 0, "directoryName", &skip, err));
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

bool zy_ascii_is_equal(struct zy_bytes a, struct zy_bytes b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

bool zy_host_is_name(struct zy_bytes v)
{
	size_t label = 0;

	if (v.len == 0 || v.len > 253)
		return false;
	for (size_t i = 0; i < v.len; i++) {
		uint8_t c = lower(v.p[i]);

		if (c == '.') {
			if (label == 0 || i + 1 == v.len)
				return false;
			label = 0;
		} else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_') {
			if (++label > 63)
				return false;
		} else {
			return false;
		}
	}
	return true;
}

static struct zy_bytes tail(struct zy_bytes v, size_t len)
{
	return ZY_BYTES(v.p + (v.len - len), len);
}

/* host.example is within example and within host.example; a constraint that begins with a dot wants a label more. */
static bool is_dns_within(struct zy_bytes name, struct zy_bytes base)
{
	if (base.len == 0)
		return true;
	if (name.len < base.len || !zy_ascii_is_equal(tail(name, base.len), base))
		return false;
	return base.p[0] == '.' ? name.len > base.len : name.len == base.len || name.p[name.len - base.len - 1] == '.';
}

/* A host as constraints of mail and URIs name it: exactly, or with a dot before it everything below it. */
static bool is_host_within(struct zy_bytes host, struct zy_bytes base)
{
	if (base.len == 0)
		return true;
	if (base.p[0] != '.')
		return zy_ascii_is_equal(host, base);
	return host.len > base.len && zy_ascii_is_equal(tail(host, base.len), base);
}

static const uint8_t *find_last(struct zy_bytes v, uint8_t c)
{
	for (size_t i = v.len; i > 0; i--)
		if (v.p[i - 1] == c)
			return v.p + i - 1;
	return NULL;
}

/* The part after @ without case, the part before it with. A mailbox without @ is within nothing. */
static bool is_email_within(struct zy_bytes name, struct zy_bytes base)
{
	const uint8_t *at = find_last(name, '@'), *base_at = find_last(base, '@');
	struct zy_bytes host, local, base_host, base_local;

	if (at == NULL)
		return false;
	local = ZY_BYTES(name.p, (size_t)(at - name.p));
	host = ZY_BYTES(at + 1, name.len - local.len - 1);
	if (base_at == NULL)
		return is_host_within(host, base);
	base_local = ZY_BYTES(base.p, (size_t)(base_at - base.p));
	base_host = ZY_BYTES(base_at + 1, base.len - base_local.len - 1);
	return zy_ascii_is_equal(host, base_host) && (base_local.len == 0 || zy_bytes_equal(local, base_local));
}

/* The host of SCHEME://[USER@]HOST[:PORT][/...]; empty when there is none that is a name. */
static struct zy_bytes host_of_uri(struct zy_bytes uri)
{
	struct zy_bytes v = uri;
	size_t n = 0;

	while (v.len > 2 && memcmp(v.p, "://", 3) != 0)
		v = ZY_BYTES(v.p + 1, v.len - 1);
	if (v.len <= 3 || v.p == uri.p)
		return ZY_BYTES("", 0);
	v = ZY_BYTES(v.p + 3, v.len - 3);
	while (n < v.len && v.p[n] != '/' && v.p[n] != '?' && v.p[n] != '#')
		n++;
	v.len = n;
	if (find_last(v, '@') != NULL) {
		size_t skip = (size_t)(find_last(v, '@') - v.p) + 1;

		v = ZY_BYTES(v.p + skip, v.len - skip);
	}
	for (n = 0; n < v.len && v.p[n] != ':';)
		n++;
	v.len = n;
	return zy_host_is_name(v) ? v : ZY_BYTES("", 0);
}

static bool is_uri_within(struct zy_bytes name, struct zy_bytes base)
{
	struct zy_bytes host = host_of_uri(name);

	return host.len > 0 && is_host_within(host, base);
}

static bool is_ip_within(struct zy_bytes name, struct zy_bytes base)
{
	if (base.len != 2 * name.len)
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (((name.p[i] ^ base.p[i]) & base.p[name.len + i]) != 0)
			return false;
	return true;
}

bool zy_general_name_is_within(const struct zy_general_name *name, const struct zy_general_name *base, bool *known)
{
	*known = true;
	switch (name->tag) {
	case ZY_NAME_EMAIL:
		return is_email_within(name->value, base->value);
	case ZY_NAME_DNS:
		return is_dns_within(name->value, base->value);
	case ZY_NAME_DIRECTORY:
		return zy_name_is_within(name->value, base->value);
	case ZY_NAME_URI:
		return is_uri_within(name->value, base->value);
	case ZY_NAME_IP:
		return is_ip_within(name->value, base->value);
	}
	*known = false;
	return false;
}
