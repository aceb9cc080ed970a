/* What a signature covers, byte for byte, so that other tools can hash and look at it themselves. */
#include "cms.h"
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "zy/file.h"
#include "zy/ofd.h"
#include "zy/pdf.h"
#include "zy/signed_data.h"
#include "zy/xml.h"

static bool write_piece(void *arg, struct zy_bytes v, struct zy_error *err)
{
	(void)arg;
	return v.len == 0 || fwrite(v.p, 1, v.len, stdout) == v.len ||
	       zy_fail(err, ZY_E_IO, "stdout", ZY_NOWHERE, "the bytes could not be written");
}

static bool write_part(struct zy_bytes v, struct zy_error *err)
{
	return zy_mapped_walk(v, write_piece, NULL, err);
}

static bool no_such(size_t n, size_t num, struct zy_error *err)
{
	return zy_fail(
	    err, ZY_E_FORMAT, "signature", ZY_NOWHERE, "there is no signature %zu: the file holds %zu", n, num);
}

static bool from_pdf(struct zy_bytes in, size_t n, struct zy_arena *a, struct zy_error *err)
{
	struct zy_pdf *d = zy_arena_alloc(a, sizeof(*d), err);
	const struct zy_pdf_signature *s;

	if (d == NULL || !zy_pdf_parse(d, in, NULL, a, err))
		return false;
	if (n > d->num_signatures)
		return no_such(n, d->num_signatures, err);
	s = &d->signatures[n - 1];
	if (s->fault.code != ZY_OK)
		return zy_fail(err, s->fault.code, "ByteRange", s->fault.offset, "%s", s->fault.msg);
	return write_part(s->part[0], err) && write_part(s->part[1], err);
}

static bool from_ofd(struct zy_bytes in, size_t n, struct zy_arena *a, struct zy_error *err)
{
	struct zy_package *p = zy_arena_alloc(a, sizeof(*p), err);
	struct zy_ofd *d = zy_arena_alloc(a, sizeof(*d), err);

	if (p == NULL || d == NULL || !zy_package_parse(p, in, a, err) || !zy_ofd_parse(d, p, a, err))
		return false;
	if (n > d->num_signatures)
		return no_such(n, d->num_signatures, err);
	if (d->signatures[n - 1].file == NULL)
		return zy_fail(
		    err, ZY_E_OFD, "Signature.xml", ZY_NOWHERE, "the description of signature %zu is missing", n);
	return write_part(d->signatures[n - 1].file->bytes, err);
}

static bool from_xml(struct zy_bytes in, size_t n, struct zy_error *err)
{
	ZY_BUF_AUTO covered = { 0 };
	size_t num;

	if (!zy_xml_signed_bytes(in, n, &covered, &num, err))
		return false;
	return n > num ? no_such(n, num, err) : write_part(zy_buf_bytes(&covered), err);
}

/* With signed attributes the content, too: they hold its digest. */
static bool from_cms(struct zy_bytes in, size_t n, struct zy_arena *a, struct zy_error *err)
{
	struct zy_signed_data *d = zy_arena_alloc(a, sizeof(*d), err);
	struct zy_bytes piece;
	struct zy_reader walk;

	if (d == NULL || !zy_cms_der(&in, a, err) || !zy_signed_data_parse(d, in, a, err))
		return false;
	if (n > d->num_signers)
		return no_such(n, d->num_signers, err);
	if (!d->has_content)
		return zy_fail(err, ZY_E_CMS, "eContent", ZY_NOWHERE, "the content is not inside the signed data");
	walk = zy_reader_over(d->content);
	while (zy_signed_content_next(&walk, &piece))
		if (!write_part(piece, err))
			return false;
	return true;
}

static bool write_signed(struct zy_bytes in, size_t n, struct zy_arena *a, struct zy_error *err)
{
	if (in.len >= 5 && memcmp(in.p, "%PDF-", 5) == 0)
		return from_pdf(in, n, a, err);
	if (in.len >= 4 && memcmp(in.p, "PK\x03\x04", 4) == 0)
		return from_ofd(in, n, a, err);
	if (zy_looks_like_xml(in) || zy_xml_is_utf16(in))
		return from_xml(in, n, err);
	if (zy_is_cms(in))
		return from_cms(in, n, a, err);
	return zy_fail(err, ZY_E_FORMAT, "file", 0,
	    "it is neither an OFD package (PK) nor a PDF (%%PDF-), nor XML, nor signed data");
}

static bool extract(const char *file, size_t n, struct zy_arena *a, struct zy_error *err)
{
	ZY_MAPPED_AUTO m = { 0 };

	return zy_verify_open(file, &m, a, err) && write_signed(m.bytes, n, a, err) && zy_mapped_check(&m, err);
}

int zy_verify_extract(const char *number, const char *file, bool json)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error err = { 0 };
	char *end;
	unsigned long n = strtoul(number, &end, 10);

	if (number[0] < '1' || number[0] > '9' || *end != 0 || n > 1000)
		zy_fail_set(
		    &err, ZY_E_USAGE, "extract-signed", ZY_NOWHERE, "--extract-signed wants the number of a signature");
	else if (isatty(STDOUT_FILENO))
		zy_fail_set(
		    &err, ZY_E_USAGE, "extract-signed", ZY_NOWHERE, "these bytes are not for a terminal: use > FILE");
	else if (extract(file, n, &a, &err) && fflush(stdout) != 0)
		zy_fail_set(&err, ZY_E_IO, "stdout", ZY_NOWHERE, "the bytes could not be written");
	return err.code == ZY_OK ? 0 : zy_verify_error(json, file, &err);
}
