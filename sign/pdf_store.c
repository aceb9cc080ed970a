#include "zy/pdf_store.h"

#include "page.h"
#include "pdf_section.h"

struct storing {
	struct zy_pdf *facts;
	struct zy_pdf_dss dss;
	const struct zy_pdf_values *v;
	/* numbers of the streams of v: those that were there, then from the plan's */
	unsigned *numbers[ZY_PDF_DSS_KINDS];
	unsigned num_new;
	struct zy_arena *a;
};

static const char *const lists[ZY_PDF_DSS_KINDS] = { "Certs", "CRLs", "OCSPs" };
static const char *const vri_lists[ZY_PDF_DSS_KINDS] = { "Cert", "CRL", "OCSP" };

static unsigned find(const struct zy_pdf_dss *d, int kind, struct zy_bytes der)
{
	for (size_t i = 0; i < d->num[kind]; i++)
		if (zy_bytes_equal(d->values[kind][i].der, der))
			return d->values[kind][i].id.number;
	return 0;
}

/* The new ones are counted and get numbers behind that of the store itself. */
static bool plan_values(struct storing *s, struct zy_error *err)
{
	for (int kind = 0; kind < ZY_PDF_DSS_KINDS; kind++) {
		size_t fresh = 0;

		if ((s->numbers[kind] = zy_arena_array(s->a, s->v->num[kind] + 1, sizeof(unsigned), err)) == NULL)
			return false;
		for (size_t i = 0; i < s->v->num[kind]; i++) {
			s->numbers[kind][i] = find(&s->dss, kind, s->v->values[kind][i]);
			fresh += s->numbers[kind][i] == 0;
		}
		if (s->dss.num[kind] + fresh > ZY_PDF_DSS_VALUES_MAX)
			return zy_fail(
			    err, ZY_E_TOO_LARGE, lists[kind], ZY_NOWHERE, "more than %d values", ZY_PDF_DSS_VALUES_MAX);
		s->num_new += (unsigned)fresh;
	}
	return true;
}

static bool put_value(struct zy_buf *out, unsigned number, struct zy_bytes der, struct zy_error *err)
{
	ZY_BUF_AUTO packed = { 0 };

	if (!zy_deflate(&packed, der, 9, ZY_ZLIB, err))
		return false;
	zy_buf_printf(out, "%u 0 obj\n<< /Filter /FlateDecode /Length %zu >>\nstream\n", number, packed.len);
	zy_buf_put(out, zy_buf_bytes(&packed));
	zy_buf_put_str(out, "\nendstream\nendobj\n");
	return true;
}

static bool put_values(struct storing *s, struct pdf_appending *p, struct zy_buf *out, struct zy_error *err)
{
	unsigned next = p->plan.next + 1;

	for (int kind = 0; kind < ZY_PDF_DSS_KINDS; kind++)
		for (size_t i = 0; i < s->v->num[kind]; i++) {
			if (s->numbers[kind][i] != 0)
				continue;
			s->numbers[kind][i] = next++;
			pdf_append_note(p, s->numbers[kind][i], 0, out);
			if (!put_value(out, s->numbers[kind][i], s->v->values[kind][i], err))
				return false;
		}
	return true;
}

/* What was there, then what is new: everything once. */
static void put_list(const struct storing *s, const struct pdf_appending *p, int kind, struct zy_buf *out)
{
	if (s->dss.num[kind] + s->v->num[kind] == 0)
		return;
	zy_buf_printf(out, " /%s [", lists[kind]);
	for (size_t i = 0; i < s->dss.num[kind]; i++)
		zy_buf_printf(out, " %u %u R", s->dss.values[kind][i].id.number, s->dss.values[kind][i].id.generation);
	for (size_t i = 0; i < s->v->num[kind]; i++)
		if (s->numbers[kind][i] > p->plan.next)
			zy_buf_printf(out, " %u 0 R", s->numbers[kind][i]);
	zy_buf_put_str(out, " ]");
}

static bool has_vri(const struct zy_pdf_dss *d, const char *key)
{
	for (size_t i = 0; i < d->num_vri; i++)
		if (strcmp(d->vri[i].key + 1, key) == 0)
			return true;
	return false;
}

static void put_vri_lists(const struct storing *s, struct zy_buf *out)
{
	for (int kind = 0; kind < ZY_PDF_DSS_KINDS; kind++) {
		if (s->v->num[kind] == 0)
			continue;
		zy_buf_printf(out, " /%s [", vri_lists[kind]);
		for (size_t i = 0; i < s->v->num[kind]; i++)
			zy_buf_printf(out, " %u 0 R", s->numbers[kind][i]);
		zy_buf_put_str(out, " ]");
	}
}

/* The same signature in two fields is one entry. */
static bool is_repeated(char keys[][41], size_t num)
{
	for (size_t i = 0; i < num; i++)
		if (strcmp(keys[i], keys[num]) == 0)
			return true;
	return false;
}

static bool put_vri(const struct storing *s, struct zy_buf *out, struct zy_error *err)
{
	char keys[ZY_PDF_SIGNATURES_MAX][41];
	size_t num = 0;

	zy_buf_put_str(out, " /VRI <<");
	for (size_t i = 0; i < s->dss.num_vri; i++)
		zy_buf_printf(out, " %s %s", s->dss.vri[i].key, s->dss.vri[i].text);
	for (size_t i = 0; i < s->facts->num_signatures; i++) {
		if (s->facts->signatures[i].der.len == 0)
			continue;
		if (!zy_pdf_vri_key(&s->facts->signatures[i], keys[num], err))
			return false;
		if (has_vri(&s->dss, keys[num]) || is_repeated(keys, num))
			continue;
		zy_buf_printf(out, " /%s << /Type /VRI", keys[num++]);
		put_vri_lists(s, out);
		zy_buf_put_str(out, " >>");
	}
	zy_buf_put_str(out, " >>");
	return true;
}

static bool put_store(struct storing *s, struct pdf_appending *p, struct zy_buf *out, struct zy_error *err)
{
	const struct zy_pdf_reference id = p->plan.store;

	pdf_append_note(p, id.number, id.generation, out);
	zy_buf_printf(out, "%u %u obj\n<< /Type /DSS", id.number, id.generation);
	for (int kind = 0; kind < ZY_PDF_DSS_KINDS; kind++)
		put_list(s, p, kind, out);
	if (!put_vri(s, out, err))
		return false;
	zy_buf_put_str(out, " >>\nendobj\n");
	return true;
}

bool zy_pdf_store_append(
    struct zy_bytes pdf, const struct zy_pdf_values *v, bool *added, struct zy_buf *out, struct zy_error *err)
{
	const struct zy_pdf_addition what = { .what = ZY_PDF_ADDS_STORE };
	ZY_ARENA_AUTO a = { 0 };
	struct storing s = { .v = v, .a = &a };
	struct pdf_appending p;

	if ((s.facts = zy_arena_alloc(&a, sizeof(*s.facts), err)) == NULL ||
	    !zy_pdf_parse(s.facts, pdf, NULL, &a, err) || !zy_pdf_dss_parse(&s.dss, s.facts, &a, err) ||
	    !plan_values(&s, err))
		return false;
	*added = s.num_new > 0;
	if (!*added) {
		if (pdf.p != out->p)
			zy_buf_put(out, pdf);
		return zy_buf_done(out, "PDF", err);
	}
	return pdf_append_begin(&p, pdf, &what, s.num_new + 1, &a, out, err) && put_values(&s, &p, out, err) &&
	       put_store(&s, &p, out, err) && pdf_append_end(&p, out, err);
}

/* The token is over all but its own hole, as a signature is; the request is made by the suite's digest. */
bool zy_pdf_stamp_append(struct zy_bytes pdf, const struct zy_stamper *stamper, enum zy_suite suite, struct zy_buf *out,
    struct zy_error *err)
{
	const struct zy_pdf_addition what = { .what = ZY_PDF_ADDS_STAMP };
	struct zy_pdf_hole hole;
	struct zy_bytes covered[2];
	ZY_BUF_AUTO token = { 0 };

	if (!zy_pdf_append(pdf, &what, NULL, stamper->longest(stamper->arg, suite), out, &hole, err))
		return false;
	zy_pdf_covered(out, hole, covered);
	return stamper->stamp(stamper->arg, suite, covered, &token, err) &&
	       zy_pdf_fill(out, hole, zy_buf_bytes(&token), err);
}
