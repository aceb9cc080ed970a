#include "internal.h"

#include <strings.h>

#include "zy/licence_package.h"
#include "zy/log_judge.h"
#include "zy/pem.h"
#include "zy/signed_data.h"
#include "zy/standing_answer.h"
#include "zy/standing_judge.h"
#include "zy/xml.h"

static bool begins_with(struct zy_bytes in, struct zy_bytes magic)
{
	return in.len >= magic.len && memcmp(in.p, magic.p, magic.len) == 0;
}

/* Markup is the first that is seen, behind a byte order mark and white space. */
bool zy_looks_like_xml(struct zy_bytes in)
{
	size_t at = begins_with(in, ZY_LITERAL("\xef\xbb\xbf")) ? 3 : 0;

	while (at < in.len && strchr(" \t\r\n", in.p[at]) != NULL && in.p[at] != 0)
		at++;
	return at < in.len && in.p[at] == '<';
}

/* A text whose signature lines are there, behind a blank line. */
static bool is_note(struct zy_bytes in)
{
	static const struct zy_bytes lines = ZY_LITERAL("\n\n\xe2\x80\x94 ");

	for (size_t i = 0; in.len <= ZY_NOTE_MAX && i + lines.len <= in.len; i++)
		if (memcmp(in.p + i, lines.p, lines.len) == 0)
			return true;
	return false;
}

/* A message of RFC 5322: header fields up to a blank line, one of them of MIME. */
static bool is_mail(struct zy_bytes in)
{
	static const char *const fields[] = { "content-type:", "mime-version:" };
	bool found = false;

	for (size_t at = 0, end; at < in.len && at < 16384; at = end + 1) {
		for (end = at; end < in.len && in.p[end] != '\n'; end++)
			if (in.p[end] == 0)
				return false;
		if (end - at <= 1)
			return found;
		for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
			found = found || (end - at > strlen(fields[i]) &&
					     strncasecmp((const char *)in.p + at, fields[i], strlen(fields[i])) == 0);
		if (in.p[at] != ' ' && in.p[at] != '\t' && memchr(in.p + at, ':', end - at) == NULL)
			return false;
	}
	return found;
}

bool zy_fail_format(struct zy_bytes in, struct zy_error *err)
{
	if (is_mail(in))
		return zy_fail(err, ZY_E_FORMAT, "file", 0,
		    "it is a mail message (S/MIME): take the signed data out, openssl smime -pk7out, and name what was "
		    "signed with --detached");
	if (zy_pem_is(in))
		return zy_fail(err, ZY_E_FORMAT, "file", 0,
		    "it is PEM, but no signed data (CMS, PKCS7); a certificate is judged by zhengyin-verify chain");
	return zy_fail(err, ZY_E_FORMAT, "file", 0,
	    "it is neither an OFD package (PK) nor a PDF (%%PDF-), nor XML, no signed data (CMS, GB/T 35275), nor a "
	    "log's proof or checkpoint, nor an answer of show --on --json");
}

bool zy_judge_file(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes in, zy_time at, struct zy_report *r,
    struct zy_error *err)
{
	if (zy_licence_package_is(in))
		return zy_judge_licence_package(k, trust, in, at, r, err);
	if (begins_with(in, ZY_LITERAL("PK\x03\x04")))
		return zy_judge_ofd(k, trust, in, at, r, err);
	if (begins_with(in, ZY_LITERAL("%PDF-")))
		return zy_judge_pdf(k, trust, in, at, r, err);
	if (begins_with(in, ZY_LITERAL(ZY_LOG_PROOF_BEGIN)))
		return zy_judge_log_proof(k, trust, in, at, r, err);
	if (zy_looks_like_xml(in) || zy_xml_is_utf16(in))
		return zy_judge_xml(k, trust, in, at, r, err);
	if (zy_is_cms(in))
		return zy_judge_cms(k, trust, in, NULL, at, r, err);
	if (zy_standing_answer_is(in))
		return zy_judge_standing(k, trust, in, NULL, at, r, err);
	if (is_note(in))
		return zy_judge_checkpoint(k, trust, in, at, r, err);
	if (zy_signed_data_is_stamp(in))
		return zy_fail(err, ZY_E_FORMAT, "file", 0, "it is a time-stamp: name its content with --detached");
	return zy_fail_format(in, err);
}
