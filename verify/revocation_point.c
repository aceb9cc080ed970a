/* Distribution points: which list may be asked about which certificate (RFC 5280 4.2.1.13, 5.2.5, 6.3.3 b). */
#include "revocation_run.h"

/* GeneralNames, or the one directoryName that a relative name makes (nameRelativeToCRLIssuer). */
struct names {
	struct zy_reader list;
	struct zy_bytes made; /* whole Name, given once */
};

bool zy_crl_point_next(struct zy_reader *points, struct zy_crl_point *out, struct zy_error *err)
{
	struct zy_crl_point p = { .reasons = ZY_CRL_REASONS_ALL };
	struct zy_reader seq;

	if (!zy_der_enter(points, ZY_DER_SEQUENCE, "DistributionPoint", &seq, err) ||
	    (zy_der_next_is(&seq, ZY_DER_CONTEXT_MADE) &&
		!zy_der_take(&seq, ZY_DER_CONTEXT_MADE, "distributionPoint", &p.name, err)) ||
	    (zy_der_next_is(&seq, ZY_DER_CONTEXT | 1) &&
		!zy_crl_reasons_take(&seq, ZY_DER_CONTEXT | 1, "reasons", &p.reasons, err)) ||
	    (zy_der_next_is(&seq, ZY_DER_CONTEXT_MADE | 2) &&
		!zy_der_take(&seq, ZY_DER_CONTEXT_MADE | 2, "cRLIssuer", &p.issuer, err)) ||
	    !zy_der_end(&seq, "DistributionPoint", err))
		return false;
	*out = p;
	return true;
}

bool zy_general_names_have(struct zy_bytes names, struct zy_bytes name)
{
	struct zy_reader r = zy_reader_over(names);
	struct zy_error ignored = { 0 };
	struct zy_general_name n;

	while (zy_reader_left(&r) > 0) {
		if (!zy_general_name_take(&r, &n, &ignored))
			return false;
		if (n.tag == ZY_NAME_DIRECTORY && zy_name_is_equal(n.value, name))
			return true;
	}
	return false;
}

static struct zy_bytes first_directory(struct zy_bytes names, struct zy_bytes otherwise)
{
	struct zy_reader r = zy_reader_over(names);
	struct zy_error ignored = { 0 };
	struct zy_general_name n;

	while (zy_reader_left(&r) > 0 && zy_general_name_take(&r, &n, &ignored))
		if (n.tag == ZY_NAME_DIRECTORY)
			return n.value;
	return otherwise;
}

/* Name: the RDNs of `base`, and one more. */
static bool append_rdn(
    struct zy_bytes base, struct zy_bytes rdn, struct zy_bytes *out, struct zy_arena *a, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(base);
	struct zy_error ignored = { 0 };
	ZY_BUF_AUTO b = { .cap = ZY_X509_MAX };
	struct zy_bytes rdns;
	size_t mark;

	if (!zy_der_take(&r, ZY_DER_SEQUENCE, "Name", &rdns, &ignored))
		return true;
	mark = zy_der_open(&b, ZY_DER_SEQUENCE);
	zy_buf_put(&b, rdns);
	zy_der_put(&b, ZY_DER_SET, rdn);
	zy_der_close(&b, mark);
	return zy_buf_done(&b, "nameRelativeToCRLIssuer", err) && zy_arena_copy(a, zy_buf_bytes(&b), out, err);
}

/* The names of a DistributionPointName; base: what a relative name is relative to. */
static bool names_of(
    struct zy_bytes point, struct zy_bytes base, struct names *out, struct zy_arena *a, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(point);
	struct zy_error ignored = { 0 };
	struct zy_bytes content = { 0 };
	uint8_t tag = 0;

	*out = (struct names){ 0 };
	if (!zy_der_any(&r, "distributionPoint", &tag, &content, NULL, &ignored))
		return true;
	if (tag == (ZY_DER_CONTEXT_MADE | 1))
		return append_rdn(base, content, &out->made, a, err);
	if (tag == ZY_DER_CONTEXT_MADE)
		out->list = zy_reader_over(content);
	return true;
}

static bool next_name(struct names *n, struct zy_general_name *out)
{
	struct zy_error ignored = { 0 };

	if (n->made.len > 0) {
		*out = (struct zy_general_name){ ZY_NAME_DIRECTORY, n->made };
		n->made.len = 0;
		return true;
	}
	return zy_reader_left(&n->list) > 0 && zy_general_name_take(&n->list, out, &ignored);
}

static bool have_one_in_common(struct names a, struct names b)
{
	struct zy_general_name x, y;

	while (next_name(&a, &x))
		for (struct names all = b; next_name(&all, &y);)
			if (x.tag == y.tag && (x.tag == ZY_NAME_DIRECTORY ? zy_name_is_equal(x.value, y.value)
									  : zy_bytes_equal(x.value, y.value)))
				return true;
	return false;
}

/* (b) (2) (i): a list that has a name must be called so by the certificate. */
static bool is_called_so(const struct zy_crl *list, const struct zy_x509 *cert, const struct zy_crl_point *point,
    bool *yes, struct zy_arena *a, struct zy_error *err)
{
	struct names of_list, of_point = { .made = cert->issuer };

	if (!names_of(list->points, list->issuer, &of_list, a, err))
		return false;
	if (point != NULL && point->name.len > 0) {
		if (!names_of(point->name, first_directory(point->issuer, cert->issuer), &of_point, a, err))
			return false;
	} else if (point != NULL) {
		of_point = (struct names){ .list = zy_reader_over(point->issuer) };
	}
	*yes = have_one_in_common(of_list, of_point);
	return true;
}

static struct zy_bytes magnitude_of(struct zy_bytes serial)
{
	while (serial.len > 1 && serial.p[0] == 0)
		serial = ZY_BYTES(serial.p + 1, serial.len - 1);
	return serial;
}

/* (b) (1): by the certificate's issuer, or by who the certificate says in its place. */
static bool is_by(const struct zy_crl *list, const struct zy_x509 *cert, const struct zy_crl_point *point)
{
	if (point != NULL && point->issuer.len > 0)
		return list->indirect && zy_general_names_have(point->issuer, list->issuer);
	return zy_name_is_equal(list->issuer, cert->issuer);
}

bool zy_crl_point_fits(const struct zy_crl *list, const struct zy_x509 *cert, const struct zy_crl_point *point,
    bool *fits, struct zy_arena *a, struct zy_error *err)
{
	*fits = false;
	if (!is_by(list, cert, point) || list->only == ZY_CRL_ONLY_ATTRIBUTES ||
	    (list->only != ZY_CRL_ALL && (list->only == ZY_CRL_ONLY_AUTHORITIES) != cert->is_authority))
		return true;
	if (list->points.len == 0) {
		*fits = true;
		return true;
	}
	/* a certificate that names no list is covered by our partitions, too */
	if (point == NULL && cert->crl_points.len == 0 &&
	    zy_crl_partition_covers(list->point, magnitude_of(cert->serial))) {
		*fits = true;
		return true;
	}
	return is_called_so(list, cert, point, fits, a, err);
}

bool zy_serial_is_equal(struct zy_bytes of_cert, struct zy_bytes number)
{
	/* a certificate may have its number in more octets than it needs */
	while (of_cert.len > 1 &&
	       ((of_cert.p[0] == 0 && of_cert.p[1] < 0x80) || (of_cert.p[0] == 0xff && of_cert.p[1] >= 0x80)))
		of_cert = ZY_BYTES(of_cert.p + 1, of_cert.len - 1);
	return zy_bytes_equal(of_cert, number);
}
