/* What the files share that compare a document with what came later of it. */
#ifndef ZY_PDF_CHANGES_H
#define ZY_PDF_CHANGES_H

#include "pdf_internal.h"

#define ADDED_MAX ZY_PDF_SIGNATURES_MAX

/* What is known of an object that may have changed. What its owner says of it does not count as a use of it: a list of
 * annotations that is the page's content too must not change. */
enum { UNKNOWN, MAY_CHANGE, MAY_CHANGE_UNSHARED, CHANGED = 0x80 };

/* One document at two times. */
struct pdf_comparing {
	struct pdf_doc *old, *new;
	const struct pdf_value *old_root, *new_root; /* as the trailers name them */
	struct zy_pdf_change *out;
	size_t size;                      /* object numbers of both */
	uint8_t *known;                   /* for each object */
	long *refs;                       /* how often the old one refers to it, what owners say aside */
	uint16_t *excused;                /* for each object: what it said as an owner and was taken off already */
	size_t num_reached, next_reached; /* new objects that what was permitted leads to */
	uint8_t *is_reached;
	unsigned *reached;
	unsigned level;    /* what certification and locks of the old one permit: pdf_permitted */
	bool is_certified; /* its author certified it: without that nothing but signing is permitted */
	struct pdf_locks locks;
	struct zy_arena *arena;
	size_t num_fields; /* of the old form, looked at */
	size_t num_added;
	unsigned added[ADDED_MAX]; /* new signature fields */
};

/* Says the first of what is not permitted; always false. */
bool pdf_differs(struct pdf_comparing *c, unsigned object, const char *what);
void pdf_know(struct pdf_comparing *c, const struct pdf_value *old, uint8_t how);
/* The values that are meant, members named in `but` aside. */
bool pdf_same_meant(
    const struct pdf_comparing *c, const struct pdf_value *old, const struct pdf_value *new, const char *const *but);
bool pdf_has_only(const struct pdf_value *dict, const char *const *keys);
/* What an owner, a reference or a dictionary within the catalog, says under this key is no use: once for each object.
 */
void pdf_excuse(struct pdf_comparing *c, const struct pdf_value *old, const char *key);
bool pdf_is_absent(struct pdf_doc *d, size_t number);
bool pdf_is_new(const struct pdf_comparing *c, unsigned number);
/* A new object that belongs to what is permitted; what it leads to does as well. */
void pdf_reach(struct pdf_comparing *c, unsigned number);
void pdf_take_reached(void *arg, const struct pdf_value *reference);
void pdf_reach_from(struct pdf_comparing *c, const struct pdf_value *v);
/* Did the form's default resources gain fonts that nothing in the old document names (pdf_defaults.c)? They may then,
 * wherever they stand. False also when they are the same. */
bool pdf_grew_unnamed(struct pdf_comparing *c, const struct pdf_value *old_form, const struct pdf_value *new_form);
/* A field of text or choice that was filled in: what is known when its widgets are looked at. */
struct pdf_filled {
	const struct pdf_value *old_form, *new_form;
	const struct pdf_value *field, *value, *type; /* value and type may come from above */
	long long flags;
	bool is_same; /* its value is what it was */
};
/* Does a widget of it show its value, and no more (pdf_changes_shown.c)? What is drawn otherwise is told, in
 * out->unlike; false: what is more is a change. */
bool pdf_check_shown(
    struct pdf_comparing *c, const struct pdf_value *old, const struct pdf_value *new, const struct pdf_filled *field);
/* A box to be checked: its state that is off looks as before, or is empty, the others are letters of a font; a mark
 * that is another than before, or a state that is not its value, is told. */
bool pdf_check_states(
    struct pdf_comparing *c, const struct pdf_value *old, const struct pdf_value *new, const struct pdf_filled *field);
/* Fields and annotations: more signatures, and what a certification lets others fill in. */
bool pdf_compare_form(struct pdf_comparing *c);
bool pdf_compare_pages(struct pdf_comparing *c, struct zy_error *err);

#endif
