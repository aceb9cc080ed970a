/* 原件核验: one licence held against its original, element by element. */
#include "zy/original.h"

#include "zy/ofd.h"
#include "zy/package.h"
#include "zy/pdf.h"
#include "zy/record.h"

enum carrier { CARRIER_OFD, CARRIER_PDF, CARRIER_XML, CARRIER_CBOR, CARRIER_OTHER };

static enum carrier carrier_of(struct zy_bytes in)
{
	static const struct {
		struct zy_bytes magic;
		enum carrier carrier;
	} all[] = { { ZY_LITERAL("PK\x03\x04"), CARRIER_OFD }, { ZY_LITERAL("%PDF-"), CARRIER_PDF },
		{ ZY_LITERAL("<"), CARRIER_XML }, { ZY_LITERAL("\x92"), CARRIER_CBOR } }; /* an array of 18 */

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (in.len >= all[i].magic.len && memcmp(in.p, all[i].magic.p, all[i].magic.len) == 0)
			return all[i].carrier;
	return CARRIER_OTHER;
}

static bool no_record(struct zy_error *err)
{
	return zy_fail(err, ZY_E_FORMAT, "licence.xml", ZY_NOWHERE, "the file holds no record of a licence");
}

static bool read_ofd(struct zy_record *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err)
{
	struct zy_package *p = zy_arena_alloc(a, sizeof(*p), err);
	struct zy_ofd *d = zy_arena_alloc(a, sizeof(*d), err);
	const struct zy_ofd_attachment *xml;

	if (p == NULL || d == NULL || !zy_package_parse(p, in, a, err) || !zy_ofd_parse(d, p, a, err))
		return false;
	xml = zy_ofd_licence_xml(d);
	return xml == NULL || xml->file == NULL ? no_record(err) : zy_record_from_xml(out, xml->file->bytes, a, err);
}

static bool read_pdf(struct zy_record *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err)
{
	struct zy_pdf *d = zy_arena_alloc(a, sizeof(*d), err);

	if (d == NULL || !zy_pdf_parse(d, in, ZY_OFD_LICENCE_XML, a, err))
		return false;
	return d->attached.p == NULL ? no_record(err) : zy_record_from_xml(out, d->attached, a, err);
}

static bool read_record(struct zy_record *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err)
{
	switch (carrier_of(in)) {
	case CARRIER_OFD:
		return read_ofd(out, in, a, err);
	case CARRIER_PDF:
		return read_pdf(out, in, a, err);
	case CARRIER_XML:
		return zy_record_from_xml(out, in, a, err);
	case CARRIER_CBOR:
		return zy_record_parse(out, in, a, err);
	case CARRIER_OTHER:
		break;
	}
	return zy_fail(err, ZY_E_FORMAT, "original", 0,
	    "it is neither an OFD package, a PDF, nor the record of a licence (XML or CBOR)");
}

/* What tells of an office, a type or a date; every other value may tell of a person. */
static bool is_public(const char *name)
{
	static const char *const all[] = { "ZZMC", "ZZLXDM", "ZZLXMC", "ZZBFJG", "ZZBFJGDM", "ZZBFRQ", "CZZTDMLX",
		"CZZTDMLXDM", "ZZYXQQSRQ", "ZZYXQJZRQ", "ZZQZMC", "CJSJ", "SXBM", "MLBB" };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strcmp(all[i], name) == 0)
			return true;
	return false;
}

struct sides {
	struct zy_report *r;
	const struct zy_record *here, *there; /* presented, original */
	const char *code;                     /* of a difference */
};

/* Both values are there. */
static void tell_difference(const struct sides *s, const char *name, const char *here, const char *there)
{
	char masked_here[ZY_HOLDER_NUMBER_MAX + 1], masked_there[ZY_HOLDER_NUMBER_MAX + 1];

	if (strcmp(name, "CZZTDM") == 0) {
		zy_holder_mask(&s->here->holder, masked_here);
		zy_holder_mask(&s->there->holder, masked_there);
		zy_report_add(
		    s->r, s->code, name, ZY_NOWHERE, "%s here, %s in the original", masked_here, masked_there);
	} else if (is_public(name)) {
		zy_report_add(s->r, s->code, name, ZY_NOWHERE, "%.60s here, %.60s in the original",
		    here[0] == 0 ? "nothing" : here, there[0] == 0 ? "nothing" : there);
	} else {
		zy_report_add(s->r, s->code, name, ZY_NOWHERE, NULL);
	}
}

static const char *value_of(const struct zy_metadata *all, size_t num, const char *name)
{
	for (size_t i = 0; i < num; i++)
		if (strcmp(all[i].name, name) == 0)
			return all[i].value;
	return NULL;
}

/* Names of elements lie in working memory, findings live as long as the report. */
static const char *keep(const struct sides *s, const char *name)
{
	struct zy_error ignored = { 0 };
	const char *copy = zy_arena_text(&s->r->arena, zy_str(name), &ignored);

	return copy == NULL ? "KZ" : copy;
}

static bool compare(const struct sides *s, struct zy_arena *a, struct zy_error *err)
{
	const struct zy_metadata *here, *there;
	size_t num_here, num_there;

	if (!zy_record_metadata(s->here, a, &here, &num_here, err) ||
	    !zy_record_metadata(s->there, a, &there, &num_there, err))
		return false;
	for (size_t i = 0; i < num_here; i++) {
		const char *other = value_of(there, num_there, here[i].name);

		if (strcmp(here[i].name, "ZZBS") == 0 || (other != NULL && strcmp(here[i].value, other) == 0))
			continue;
		if (other == NULL)
			zy_report_add(
			    s->r, s->code, keep(s, here[i].name), ZY_NOWHERE, "the original does not have it");
		else
			tell_difference(s, keep(s, here[i].name), here[i].value, other);
	}
	for (size_t i = 0; i < num_there; i++)
		if (value_of(here, num_here, there[i].name) == NULL)
			zy_report_add(s->r, s->code, keep(s, there[i].name), ZY_NOWHERE, "only the original has it");
	return true;
}

static bool is_same_licence(const struct zy_identifier *a, const struct zy_identifier *b)
{
	return strcmp(a->type, b->type) == 0 && strcmp(a->issuer, b->issuer) == 0 && strcmp(a->serial, b->serial) == 0;
}

static bool judge_records(struct sides *s, bool same_file, struct zy_arena *a, struct zy_error *err)
{
	struct zy_identifier here, there;

	if (!zy_identifier_parse(&here, zy_str(s->here->identifier), NULL, err) ||
	    !zy_identifier_parse(&there, zy_str(s->there->identifier), NULL, err))
		return false;
	if (!is_same_licence(&here, &there)) {
		zy_report_add(s->r, "original-other-licence", "ZZBS", ZY_NOWHERE, NULL);
		return true;
	}
	if (here.version != there.version) {
		zy_report_add(s->r, "original-other-version", "ZZBS", ZY_NOWHERE, "version %u here, %u in the original",
		    here.version, there.version);
		s->code = "original-field-changed";
	} else if (zy_record_equal(s->here, s->there)) {
		zy_report_add(s->r, "original-same", same_file ? "file" : "record", ZY_NOWHERE, NULL);
	}
	return compare(s, a, err);
}

/* The original must itself be worth something: judged as anything presented is. */
static bool judge_source(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes original, zy_time at,
    struct zy_report *r, struct zy_error *err)
{
	const enum carrier carrier = carrier_of(original);
	ZY_REPORT_AUTO own;
	const char *sub;

	zy_report_start(&own, "original", at);
	if (carrier == CARRIER_XML || carrier == CARRIER_CBOR) {
		zy_report_add(r, "original-unsigned", "", ZY_NOWHERE, NULL);
		return true;
	}
	if (!zy_judge_file(k, trust, original, at, &own, err))
		return false;
	sub = zy_report_sub_indication(&own);
	if (zy_report_indication(&own) != ZY_TOTAL_PASSED)
		zy_report_add(r, "original-not-proven", "", ZY_NOWHERE, "it is %s, %s",
		    zy_indication_name(zy_report_indication(&own)), sub == NULL ? "" : sub);
	return true;
}

bool zy_judge_original(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes original,
    struct zy_bytes presented, zy_time at, struct zy_report *r, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_error why = { 0 };
	struct zy_record here, there;
	struct sides s = { .r = r, .here = &here, .there = &there, .code = "original-field-differs" };

	r->part = r->last;
	if (!read_record(&there, original, &a, &why))
		return zy_fail(err, why.code, "original", why.offset, "the original cannot be read: %.100s", why.msg);
	if (!judge_source(k, trust, original, at, r, err))
		return false;
	if (!read_record(&here, presented, &a, &why)) {
		if (zy_code_exit(why.code) != 65)
			return zy_fail(err, why.code, why.field, why.offset, "%s", why.msg);
		zy_report_add(r, "original-record-missing", "licence.xml", ZY_NOWHERE, NULL);
		return true;
	}
	return judge_records(&s, zy_bytes_equal(original, presented), &a, err);
}
