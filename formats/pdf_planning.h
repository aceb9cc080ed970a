/* What the files share that plan a revision (pdf_revision.c, pdf_revision_field.c). */
#ifndef ZY_PDF_PLANNING_H
#define ZY_PDF_PLANNING_H

#include "pdf_handles.h"
#include "pdf_internal.h"
#include "zy/pdf_revision.h"

#define TREE_DEPTH_MAX 32

struct pdf_planning {
	struct pdf_handles r;
	struct zy_pdf_revision *out;
	const struct zy_pdf_addition *what;
	qpdf_oh root, form, page;
	unsigned widget;
	qpdf_oh field; /* the one that is filled */
	size_t num_widgets;
	qpdf_oh widgets[ZY_PDF_WIDGETS_MAX]; /* those that are drawn */
};

ZY_MUST_CHECK bool pdf_plan_refuse(struct zy_error *err, const char *field, const char *why);
ZY_MUST_CHECK bool pdf_plan_rewrite(
    struct pdf_planning *p, qpdf_oh object, const struct zy_buf *text, struct zy_error *err);
/* A dictionary without its last >>, to which members are added. */
void pdf_plan_put_open(struct pdf_planning *p, qpdf_oh dict, struct zy_buf *out);
/* How p->page is turned. */
ZY_MUST_CHECK bool pdf_plan_rotation(struct pdf_planning *p, struct zy_error *err);

/* The field that is to be signed, its widgets, its seed and its lock; then it and they, with signature and drawing. */
ZY_MUST_CHECK bool pdf_plan_find_field(struct pdf_planning *p, struct zy_error *err);
ZY_MUST_CHECK bool pdf_plan_filled(struct pdf_planning *p, struct zy_error *err);

#endif
