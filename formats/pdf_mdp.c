/* What an author's certification permits (ISO 32000-1 12.8.2.2, 12.8.4). */
#include "pdf_internal.h"

unsigned pdf_certified(struct pdf_doc *d, const struct pdf_value *root)
{
	const struct pdf_value *by = pdf_get(d, pdf_get(d, root, "Perms"), "DocMDP"),
			       *list = pdf_get(d, by, "Reference");
	long long v = 2;

	if (pdf_is(d, by, PDF_NULL))
		return 0;
	for (size_t i = 0, n = pdf_num_items(d, list); i < n; i++) {
		const struct pdf_value *item = pdf_item(d, list, i);

		if (!pdf_name_is(pdf_resolve(d, pdf_get(d, item, "TransformMethod")), "DocMDP"))
			continue;
		if (pdf_integer(d, pdf_get(d, pdf_get(d, item, "TransformParams"), "P"), &v) && (v < 1 || v > 3))
			v = 1;
		return (unsigned)v;
	}
	return 1;
}

bool pdf_is_stamp_field(struct pdf_doc *d, const struct pdf_value *field)
{
	return pdf_name_is(pdf_resolve(d, pdf_get(d, pdf_get(d, field, "V"), "SubFilter")), "ETSI.RFC3161");
}

bool pdf_is_seen(struct pdf_doc *d, const struct pdf_value *field)
{
	const struct pdf_value *rect = pdf_get(d, field, "Rect");
	double v[4];

	if (pdf_num_items(d, rect) != 4)
		return false;
	for (size_t i = 0; i < 4; i++)
		if (!pdf_real(d, pdf_item(d, rect, i), &v[i]))
			return true;
	return v[0] != v[2] && v[1] != v[3];
}
