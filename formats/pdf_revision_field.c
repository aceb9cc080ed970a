/* Signature fields that are there already and empty (ISO 32000-1 12.7.4.5), and what must be written anew to sign them.
 */
#include <math.h>
#include <string.h>

#include "pdf_planning.h"

/* The field of that full name (12.7.3.2): names of its ancestors and its own, with dots between. */
static qpdf_oh search(struct pdf_planning *p, qpdf_oh fields, const char *name, int depth)
{
	qpdf_oh none = qpdf_oh_new_null(p->r.q);

	for (int i = 0, n = depth > TREE_DEPTH_MAX ? 0 : pdf_handles_num_items(&p->r, fields); i < n; i++) {
		qpdf_oh field = qpdf_oh_get_array_item(p->r.q, fields, i), title = pdf_handle_get(&p->r, field, "/T"),
			found;
		const char *own = qpdf_oh_is_string(p->r.q, title) ? qpdf_oh_get_utf8_value(p->r.q, title) : "";
		size_t len = strlen(own);

		if (len == 0 || strncmp(name, own, len) != 0)
			continue;
		if (name[len] == 0)
			return field;
		found = name[len] == '.' ? search(p, pdf_handle_get(&p->r, field, "/Kids"), name + len + 1, depth + 1)
					 : none;
		if (!qpdf_oh_is_null(p->r.q, found))
			return found;
	}
	return none;
}

/* /Action, and /Fields unless it is All (table 233): a signature says the same as its field. */
static bool read_lock(struct pdf_planning *p, qpdf_oh lock, struct zy_error *err)
{
	qpdf_oh action = pdf_handle_get(&p->r, lock, "/Action"), fields = pdf_handle_get(&p->r, lock, "/Fields"),
		permitted = pdf_handle_get(&p->r, lock, "/P");
	ZY_BUF_AUTO out = { 0 };
	int level;

	if (!qpdf_oh_is_name(p->r.q, action))
		return pdf_plan_refuse(err, "Lock", "the field has a /Lock without /Action");
	/* which the field says once it is signed, and the signature covers */
	if (!qpdf_oh_is_null(p->r.q, permitted) &&
	    (!qpdf_oh_is_integer(p->r.q, permitted) || !qpdf_oh_get_value_as_int(p->r.q, permitted, &level) ||
		level < 1 || level > 3))
		return pdf_plan_refuse(err, "Lock", "the field has a /Lock whose /P is none of 1, 2 and 3");
	zy_buf_printf(&out, "/Action %s", qpdf_oh_get_name(p->r.q, action));
	if (qpdf_oh_is_array(p->r.q, fields))
		zy_buf_printf(&out, " /Fields %s", qpdf_oh_unparse_resolved(p->r.q, fields));
	return zy_buf_done(&out, "Lock", err) &&
	       (p->out->lock = zy_arena_text(p->r.arena, zy_buf_bytes(&out), err)) != NULL;
}

static bool names_one(struct pdf_planning *p, qpdf_oh wanted, const char *name)
{
	if (qpdf_oh_is_name_and_equals(p->r.q, wanted, name))
		return true;
	for (int i = 0, n = pdf_handles_num_items(&p->r, wanted); i < n; i++)
		if (qpdf_oh_is_name_and_equals(p->r.q, qpdf_oh_get_array_item(p->r.q, wanted, i), name))
			return true;
	return false;
}

/* Required constraints of a seed (table 234) are kept or refused: filter, kind and certification are ours to give. */
static bool check_seed(struct pdf_planning *p, qpdf_oh seed, struct zy_error *err)
{
	qpdf_oh required = pdf_handle_get(&p->r, seed, "/Ff"),
		level = pdf_handle_get(&p->r, pdf_handle_get(&p->r, seed, "/MDP"), "/P"),
		cert = pdf_handle_get(&p->r, pdf_handle_get(&p->r, seed, "/Cert"), "/Ff");
	int ff = 0, level_wanted = (int)p->what->certify, cert_ff = 0;

	if ((qpdf_oh_is_integer(p->r.q, required) && !qpdf_oh_get_value_as_int(p->r.q, required, &ff)) ||
	    (qpdf_oh_is_integer(p->r.q, level) && !qpdf_oh_get_value_as_int(p->r.q, level, &level_wanted)) ||
	    (qpdf_oh_is_integer(p->r.q, cert) && !qpdf_oh_get_value_as_int(p->r.q, cert, &cert_ff)))
		return pdf_plan_refuse(err, "SV", "what the field asks for cannot be read");
	if (level_wanted != (int)p->what->certify)
		return pdf_plan_refuse(err, "SV", "the field asks for another certification; see --certify");
	if ((ff & ~3) != 0 || cert_ff != 0 ||
	    ((ff & 1) != 0 && !names_one(p, pdf_handle_get(&p->r, seed, "/Filter"), "/Adobe.PPKLite")) ||
	    ((ff & 2) != 0 && !names_one(p, pdf_handle_get(&p->r, seed, "/SubFilter"), "/ETSI.CAdES.detached")))
		return pdf_plan_refuse(err, "SV", "the field asks for a kind of signature that is not made here");
	return true;
}

/* /FT, of the field or of one above it (12.7.3.1). */
static bool is_signature_field(struct pdf_planning *p, qpdf_oh field)
{
	for (int i = 0; i < TREE_DEPTH_MAX && qpdf_oh_is_dictionary(p->r.q, field); i++) {
		qpdf_oh type = pdf_handle_get(&p->r, field, "/FT");

		if (!qpdf_oh_is_null(p->r.q, type))
			return qpdf_oh_is_name_and_equals(p->r.q, type, "/Sig");
		field = pdf_handle_get(&p->r, field, "/Parent");
	}
	return false;
}

static bool read_rect(struct pdf_planning *p, qpdf_oh widget, double v[4], struct zy_error *err)
{
	qpdf_oh rect = pdf_handle_get(&p->r, widget, "/Rect");

	for (int i = 0; i < 4; i++)
		if (pdf_handles_num_items(&p->r, rect) != 4 ||
		    !qpdf_oh_get_value_as_number(p->r.q, qpdf_oh_get_array_item(p->r.q, rect, i), &v[i]))
			return pdf_plan_refuse(err, "field", "the field has no place of four numbers");
	return true;
}

static bool is_seen(const double v[4])
{
	return v[0] != v[2] && v[1] != v[3];
}

/* One drawing serves all places that have its shape and lie the same way. */
static bool is_alike(const double a[4], const double b[4])
{
	const double x = fabs((a[2] - a[0]) * (b[3] - b[1])), y = fabs((a[3] - a[1]) * (b[2] - b[0]));

	return fabs(x - y) <= 0.02 * x;
}

/* The first widget that is seen says how the drawing lies; others that want it otherwise stay as they are. */
static bool add_widget(struct pdf_planning *p, qpdf_oh widget, struct zy_error *err)
{
	const int rotate = p->out->rotate;
	double v[4];

	if (!qpdf_oh_is_indirect(p->r.q, widget) ||
	    !qpdf_oh_is_name_and_equals(p->r.q, pdf_handle_get(&p->r, widget, "/Subtype"), "/Widget"))
		return pdf_plan_refuse(err, "Kids", "the field has a part that is no widget and no object of its own");
	p->page = pdf_handle_get(&p->r, widget, "/P");
	if (!read_rect(p, widget, v, err) || !pdf_plan_rotation(p, err))
		return false;
	if (p->num_widgets > 0 && (!is_seen(v) || !is_alike(p->out->rect, v) || p->out->rotate != rotate)) {
		p->out->rotate = rotate;
		return true;
	}
	if (p->num_widgets == ZY_PDF_WIDGETS_MAX)
		return pdf_plan_refuse(err, "Kids", "the field is drawn in too many places");
	if (p->num_widgets == 0)
		memcpy(p->out->rect, v, sizeof(v));
	p->widgets[p->num_widgets] = widget;
	p->num_widgets += is_seen(v) ? 1 : 0;
	return true;
}

/* A field is its own widget, or its /Kids are (12.7.3.1): those that have names are fields themselves. */
static bool find_widgets(struct pdf_planning *p, struct zy_error *err)
{
	qpdf_oh kids = pdf_handle_get(&p->r, p->field, "/Kids");
	int n = pdf_handles_num_items(&p->r, kids);

	if (n == 0)
		return add_widget(p, p->field, err);
	for (int i = 0; i < n; i++) {
		qpdf_oh kid = qpdf_oh_get_array_item(p->r.q, kids, i);

		if (!qpdf_oh_is_null(p->r.q, pdf_handle_get(&p->r, kid, "/T")))
			return pdf_plan_refuse(err, "Kids", "it stands for the fields below it; name one of them");
		if (!add_widget(p, kid, err))
			return false;
	}
	return true;
}

/* An empty signature field, its places and what it locks (12.7.4.5). */
bool pdf_plan_find_field(struct pdf_planning *p, struct zy_error *err)
{
	qpdf_oh lock;

	p->field = search(p, pdf_handle_get(&p->r, p->form, "/Fields"), p->what->field, 0);
	if (qpdf_oh_is_null(p->r.q, p->field))
		return zy_fail(err, ZY_E_NOT_FOUND, "field", ZY_NOWHERE,
		    "there is no field %.60s; `zhengyin seal fields` lists them", p->what->field);
	if (!qpdf_oh_is_indirect(p->r.q, p->field) || !is_signature_field(p, p->field))
		return pdf_plan_refuse(err, "field", "the field is no signature field");
	if (!qpdf_oh_is_null(p->r.q, pdf_handle_get(&p->r, p->field, "/V")))
		return pdf_plan_refuse(err, "field", "the field is signed already");
	if (!find_widgets(p, err) || !check_seed(p, pdf_handle_get(&p->r, p->field, "/SV"), err))
		return false;
	p->out->fills = true;
	lock = pdf_handle_get(&p->r, p->field, "/Lock");
	return !qpdf_oh_is_dictionary(p->r.q, lock) || read_lock(p, lock, err);
}

static void put_drawing(struct pdf_planning *p, struct zy_buf *out)
{
	zy_buf_printf(out, "/AP << /N %u 0 R >> ", p->out->next);
}

bool pdf_plan_filled(struct pdf_planning *p, struct zy_error *err)
{
	const bool apart = pdf_handles_num_items(&p->r, pdf_handle_get(&p->r, p->field, "/Kids")) > 0;
	ZY_BUF_AUTO out = { 0 };

	qpdf_oh_remove_key(p->r.q, p->field, "/V");
	qpdf_oh_remove_key(p->r.q, p->field, "/AP");
	pdf_plan_put_open(p, p->field, &out);
	zy_buf_printf(&out, "/V %u 0 R ", p->out->next + 2);
	if (!apart && p->num_widgets > 0)
		put_drawing(p, &out);
	zy_buf_put_str(&out, ">>");
	if (!pdf_plan_rewrite(p, p->field, &out, err))
		return false;
	for (size_t i = 0; apart && i < p->num_widgets; i++) {
		ZY_BUF_AUTO widget = { 0 };

		qpdf_oh_remove_key(p->r.q, p->widgets[i], "/AP");
		pdf_plan_put_open(p, p->widgets[i], &widget);
		put_drawing(p, &widget);
		zy_buf_put_str(&widget, ">>");
		if (!pdf_plan_rewrite(p, p->widgets[i], &widget, err))
			return false;
	}
	return true;
}
