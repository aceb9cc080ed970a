/* Outlines flattened once: every licence of a type has most of its glyphs in common with the one before. */
#include "cff.h"

#include <stdatomic.h>
#include <stdlib.h>

struct zy_flattened {
	size_t num;
	_Atomic(struct zy_flattened_glyph *) glyphs[]; /* NULL until first used; never changed after */
};

struct zy_flattened *zy_flattened_new(size_t num)
{
	struct zy_flattened *k = calloc(1, sizeof(*k) + num * sizeof(k->glyphs[0]));

	if (k != NULL)
		k->num = num;
	return k;
}

void zy_flattened_free(struct zy_flattened *k)
{
	for (size_t i = 0; k != NULL && i < k->num; i++)
		free(k->glyphs[i]);
	free(k);
}

const struct zy_flattened_glyph *zy_flattened_get(struct zy_flattened *k, uint32_t gid)
{
	return k == NULL || gid >= k->num ? NULL : atomic_load_explicit(&k->glyphs[gid], memory_order_acquire);
}

void zy_flattened_put(struct zy_flattened *k, uint32_t gid, struct zy_bytes code)
{
	struct zy_flattened_glyph *g, *none = NULL;

	if (k == NULL || gid >= k->num || (g = malloc(sizeof(*g) + code.len)) == NULL)
		return; /* it is flattened again next time */
	g->len = code.len;
	memcpy(g->code, code.p, code.len);
	if (!atomic_compare_exchange_strong(&k->glyphs[gid], &none, g))
		free(g); /* another thread was first, with the same bytes */
}
