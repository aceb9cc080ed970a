/*
 * That the secret compartment was put back as a whole to an older copy is noticed: the head of its log, blinded
 * (zy/noted_head.h), is noted by the signer of each token that has its wrapping key, in the signer's journal, which is
 * not in the compartment. Threads may share a noting.
 */
#ifndef ZY_NOTING_H
#define ZY_NOTING_H

#include "zy/hsm.h"
#include "zy/log_loss.h"
#include "zy/vault.h"

struct zy_noting;
/* All borrowed; v: the compartment as it was opened, key: its wrapping key. Errors: no-memory, crypto. */
ZY_MUST_CHECK bool zy_noting_open(
    struct zy_noting **out, struct zy_hsm *h, const char *key, struct zy_vault *v, struct zy_error *err);
void zy_noting_close(struct zy_noting *n);

/* Does the log begin with every head that was noted? lost, or NULL: how many entries more were noted, also when it
 * fails; 0 when that cannot be told. Errors: log-fork, those of zy_hsm_note, vault... */
ZY_MUST_CHECK bool zy_noting_check(struct zy_noting *n, uint64_t *lost, struct zy_error *err);
/* Notes the head of now, unless one that has entry `index` was noted by this noting. Only by the owner of the vault.
 * Errors: as above. */
ZY_MUST_CHECK bool zy_noting_note(struct zy_noting *n, uint64_t index, struct zy_error *err);
/* What two officers are asked for: the log goes on from what there is. Blinded; origin in the arena. First the numbers
 * of licences that the lost part can have held are passed over, which is an event of the log. Errors: state (nothing is
 * lost), those of zy_vault_follow and as above. */
ZY_MUST_CHECK bool zy_noting_give_up(
    struct zy_noting *n, struct zy_arena *a, struct zy_log_loss *out, uint64_t *lost, struct zy_error *err);

#endif
