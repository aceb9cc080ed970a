/* Host names and addresses (RFC 9525, RFC 6125): subjectAltName only, never the common name. */
#include "path.h"

#include <arpa/inet.h>

#include "general_name.h"

/* A wildcard is the whole leftmost label, stands for exactly one label, and has at least two below it. */
static bool is_wildcard_match(struct zy_bytes name, struct zy_bytes host)
{
	const uint8_t *dot = memchr(host.p, '.', host.len);
	size_t first = dot == NULL ? 0 : (size_t)(dot - host.p);
	struct zy_bytes below = ZY_BYTES(name.p + 1, name.len - 1); /* .example.com */

	if (first == 0 || below.len < 2 || memchr(below.p + 1, '.', below.len - 1) == NULL ||
	    !zy_host_is_name(ZY_BYTES(below.p + 1, below.len - 1)))
		return false;
	return zy_ascii_is_equal(below, ZY_BYTES(dot, host.len - first));
}

static bool is_dns_match(struct zy_bytes name, struct zy_bytes host)
{
	if (name.len > 2 && name.p[0] == '*' && name.p[1] == '.')
		return is_wildcard_match(name, host);
	return zy_host_is_name(name) && zy_ascii_is_equal(name, host);
}

/* 4 or 16 octets, or 0 when it is no address. */
static size_t read_address(const char *host, uint8_t out[16])
{
	if (inet_pton(AF_INET, host, out) == 1)
		return 4;
	return inet_pton(AF_INET6, host, out) == 1 ? 16 : 0;
}

void zy_path_check_host(struct zy_path *p, const char *host)
{
	const struct zy_x509 *c = p->certs[0];
	struct zy_reader r = zy_reader_over(c->alt_names);
	struct zy_bytes asked = zy_str(host);
	struct zy_error ignored = { 0 };
	struct zy_general_name name;
	uint8_t address[16];
	size_t len = read_address(host, address);
	bool found = false;

	if (asked.len > 1 && asked.p[asked.len - 1] == '.')
		asked.len--; /* an absolute name */
	while (!found && zy_reader_left(&r) > 0 && zy_general_name_take(&r, &name, &ignored))
		found = len > 0 ? name.tag == ZY_NAME_IP && zy_bytes_equal(name.value, ZY_BYTES(address, len))
				: name.tag == ZY_NAME_DNS && zy_host_is_name(asked) && is_dns_match(name.value, asked);
	if (!found)
		zy_path_fault(p, 0, "certificate-host", "subjectAltName", ZY_NOWHERE, "it is not for %.80s", host);
}
