#include "pdf_section.h"

void pdf_append_note(struct pdf_appending *p, unsigned number, unsigned generation, const struct zy_buf *out)
{
	p->entries[p->num++] = (struct pdf_entry){ { number, generation }, out->len };
}

bool pdf_append_begin(struct pdf_appending *p, struct zy_bytes pdf, const struct zy_pdf_addition *what,
    unsigned num_new, struct zy_arena *a, struct zy_buf *out, struct zy_error *err)
{
	*p = (struct pdf_appending){ .num_new = num_new };
	if (pdf.p == out->p)
		zy_mapped_buf_settle(out);
	if (!zy_pdf_revision_plan(&p->plan, pdf, what, a, err))
		return false;
	/* one more for a section that is a stream */
	p->entries = zy_arena_array(a, p->plan.num_rewritten + num_new + 1, sizeof(*p->entries), err);
	if (p->entries == NULL)
		return false;
	if (pdf.p != out->p)
		zy_buf_put(out, pdf);
	if (out->failed || out->p[out->len - 1] != '\n')
		zy_buf_put_u8(out, '\n');
	for (size_t i = 0; i < p->plan.num_rewritten; i++) {
		const struct zy_pdf_rewritten *w = &p->plan.rewritten[i];

		pdf_append_note(p, w->id.number, w->id.generation, out);
		zy_buf_printf(out, "%u %u obj\n", w->id.number, w->id.generation);
		zy_buf_put_str(out, w->text);
		zy_buf_put_str(out, "\nendobj\n");
	}
	return zy_buf_done(out, "PDF", err);
}

static void sort(struct pdf_appending *p)
{
	for (size_t i = 1; i < p->num; i++)
		for (size_t k = i; k > 0 && p->entries[k].id.number < p->entries[k - 1].id.number; k--) {
			struct pdf_entry e = p->entries[k];

			p->entries[k] = p->entries[k - 1];
			p->entries[k - 1] = e;
		}
}

/* /ID: the first half stays, the second is of this revision (14.4). */
static bool put_trailer_members(const struct pdf_appending *p, unsigned size, struct zy_buf *out, struct zy_error *err)
{
	const struct zy_pdf_revision *r = &p->plan;
	uint8_t digest[ZY_HASH_LEN];
	struct zy_bytes id[2] = { r->id[0], ZY_BYTES(digest, 16) };

	if (!zy_digest(ZY_HASH_SHA256, zy_buf_bytes(out), digest, err))
		return false;
	zy_buf_printf(out, "/Size %u /Prev %zu /Root %u %u R", size, r->previous, r->root.number, r->root.generation);
	if (r->info.number != 0)
		zy_buf_printf(out, " /Info %u %u R", r->info.number, r->info.generation);
	pdf_put_id(out, id);
	return true;
}

static bool put_table(struct pdf_appending *p, struct zy_buf *out, struct zy_error *err)
{
	zy_buf_put_str(out, "xref\n");
	for (size_t i = 0; i < p->num; i++)
		zy_buf_printf(out, "%u 1\n%010zu %05u n \n", p->entries[i].id.number, p->entries[i].at,
		    p->entries[i].id.generation);
	zy_buf_put_str(out, "trailer\n<< ");
	if (!put_trailer_members(p, p->plan.next + p->num_new, out, err))
		return false;
	zy_buf_put_str(out, " >>\n");
	return true;
}

/* The section as a stream, plain (7.5.8): one octet of type, four of offset, two of generation. */
static bool put_stream(struct pdf_appending *p, struct zy_buf *out, struct zy_error *err)
{
	const unsigned number = p->plan.next + p->num_new;

	pdf_append_note(p, number, 0, out);
	zy_buf_printf(out, "%u 0 obj\n<< /Type /XRef /W [1 4 2] /Index [", number);
	for (size_t i = 0; i < p->num; i++)
		zy_buf_printf(out, "%s%u 1", i == 0 ? "" : " ", p->entries[i].id.number);
	zy_buf_printf(out, "] /Length %zu ", 7 * p->num);
	if (!put_trailer_members(p, number + 1, out, err))
		return false;
	zy_buf_put_str(out, " >>\nstream\n");
	for (size_t i = 0; i < p->num; i++) {
		zy_buf_put_u8(out, 1);
		zy_buf_put_be(out, p->entries[i].at, 4);
		zy_buf_put_be(out, p->entries[i].id.generation, 2);
	}
	zy_buf_put_str(out, "\nendstream\nendobj\n");
	return true;
}

bool pdf_append_end(struct pdf_appending *p, struct zy_buf *out, struct zy_error *err)
{
	size_t section = out->len;

	if (!zy_buf_done(out, "PDF", err))
		return false;
	sort(p);
	if (!(p->plan.as_stream ? put_stream(p, out, err) : put_table(p, out, err)))
		return false;
	zy_buf_printf(out, "startxref\n%zu\n%%%%EOF\n", section);
	return zy_buf_done(out, "PDF", err);
}
