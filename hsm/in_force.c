#include "in_force.h"

#include <stdlib.h>

void zy_in_force_forget(struct zy_in_force *f)
{
	free(f->orders);
	*f = (struct zy_in_force){ 0 };
}

/* The file that an action puts in force; false when it is none. */
static bool governed_by(struct zy_bytes use, enum zy_governed *out)
{
	*out = zy_bytes_equal(use, ZY_LITERAL("officers")) ? ZY_GOVERNED_OFFICERS : ZY_GOVERNED_RULES;
	return *out == ZY_GOVERNED_OFFICERS || zy_bytes_equal(use, ZY_LITERAL("rules")) ||
	       zy_bytes_equal(use, ZY_LITERAL("switch-off"));
}

/* An order that was used; or what an order to shred is about, which then is known again by its digest. */
static bool remember(struct zy_in_force *f, const uint8_t order[ZY_HASH_LEN], struct zy_error *err)
{
	uint8_t(*grown)[ZY_HASH_LEN] = realloc(f->orders, (f->num_orders + 1) * sizeof(*grown));

	if (grown == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "order", ZY_NOWHERE, "no memory for the orders used");
	f->orders = grown;
	memcpy(grown[f->num_orders++], order, ZY_HASH_LEN);
	return true;
}

bool zy_in_force_see(struct zy_in_force *f, const struct zy_journal_record *r, struct zy_error *err)
{
	bool order = zy_bytes_equal(r->what, ZY_LITERAL("order"));
	enum zy_governed which;

	if (!order && !zy_bytes_equal(r->what, ZY_LITERAL("genesis")))
		return true;
	if (order && !remember(f, r->rule, err))
		return false;
	if (order && zy_bytes_equal(r->use, ZY_LITERAL("shred")) && !remember(f, r->digest, err))
		return false;
	if (governed_by(r->use, &which)) {
		struct zy_governed_file *file = &f->files[which];

		memcpy(file->before, file->digest, ZY_HASH_LEN);
		memcpy(file->digest, r->digest, ZY_HASH_LEN);
		file->known = true;
	}
	return true;
}

bool zy_in_force_used(const struct zy_in_force *f, const uint8_t digest[ZY_HASH_LEN])
{
	for (size_t i = 0; i < f->num_orders; i++)
		if (memcmp(f->orders[i], digest, ZY_HASH_LEN) == 0)
			return true;
	return false;
}
