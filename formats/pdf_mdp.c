/* What an author's certification permits (ISO 32000-1 12.8.2.2, 12.8.4). */
#include "pdf_internal.h"

unsigned pdf_certified(struct pdf_reading *p, qpdf_oh root)
{
	qpdf_oh by = pdf_get(p, pdf_get(p, root, "/Perms"), "/DocMDP"), list = pdf_get(p, by, "/Reference"), level;
	int v = 2;

	if (qpdf_oh_is_null(p->q, by))
		return 0;
	for (int i = 0, n = pdf_num_items(p, list); i < n; i++) {
		qpdf_oh item = qpdf_oh_get_array_item(p->q, list, i);

		if (!qpdf_oh_is_name_and_equals(p->q, pdf_get(p, item, "/TransformMethod"), "/DocMDP"))
			continue;
		level = pdf_get(p, pdf_get(p, item, "/TransformParams"), "/P");
		if (qpdf_oh_is_integer(p->q, level) && qpdf_oh_get_value_as_int(p->q, level, &v) && (v < 1 || v > 3))
			v = 1;
		return (unsigned)v;
	}
	return 1;
}

bool pdf_is_stamp_field(struct pdf_reading *p, qpdf_oh field)
{
	return qpdf_oh_is_name_and_equals(p->q, pdf_get(p, pdf_get(p, field, "/V"), "/SubFilter"), "/ETSI.RFC3161") !=
	       QPDF_FALSE;
}

bool pdf_is_seen(struct pdf_reading *p, qpdf_oh field)
{
	qpdf_oh rect = pdf_get(p, field, "/Rect");
	double v[4];

	if (pdf_num_items(p, rect) != 4)
		return false;
	for (int i = 0; i < 4; i++)
		if (!qpdf_oh_get_value_as_number(p->q, qpdf_oh_get_array_item(p->q, rect, i), &v[i]))
			return true;
	return v[0] != v[2] && v[1] != v[3];
}
