/* Pages of data.mdb in no use, and their sums. */
#ifndef ZY_VAULT_ENGINE_IDLE_H
#define ZY_VAULT_ENGINE_IDLE_H

#include "engine_sums.h"

/* Each page that the free list names, as it names it: whatever number. Errors: vault-corrupt, and those of cb. */
typedef bool zy_idle_cb(void *arg, uint64_t number, struct zy_error *err);
ZY_MUST_CHECK bool zy_idle_each(const struct zy_pages *p, const struct zy_tree *list, uint64_t last, zy_idle_cb *cb,
    void *arg, struct zy_error *err);
/* Behind the last page of which there is anything, in data.mdb or in data.sums. */
uint64_t zy_idle_end(const struct zy_pages *p, const struct zy_sums *s, uint64_t last);
/* Is this what a commit wrote there, or nothing where none wrote? No page of a commit under way may be asked for. */
bool zy_idle_fits(const struct zy_pages *p, const struct zy_sums *s, uint64_t number);
/* As they lie: all of them get their sums. Of an owner; nobody writes. Errors: vault-corrupt, vault-full, vault,
 * no-memory. */
ZY_MUST_CHECK bool zy_idle_take(
    const struct zy_pages *p, struct zy_sums *s, const struct zy_meta *now, struct zy_error *err);

#endif
