/* The keys of the home's log in its trust bundle: which entry is a key's, and what calling a planned one off takes
 * back.
 */
#ifndef ZY_LOG_KEYS_H
#define ZY_LOG_KEYS_H

#include "zy/clock.h"
#include "zy/trust.h"

/* The bundle's entry of the home's own log with that point; NULL when there is none. */
struct zy_trust_note_key *zy_log_key_entry(struct zy_trust_note_key *all, size_t num, const uint8_t point[65]);

/* Before a key is destroyed: where it is planned and of the log, the next trust bundle does not name it, and the key
 * before it ends as it did before. Any other key is left alone. A PKCS#11 URI. *bundle: its version; 0: none was
 * written. Errors: those of zy_trust_home_renew, signer-absent. */
ZY_MUST_CHECK bool zy_log_call_off(
    const char *home, zy_time now, const char *key, uint64_t *bundle, struct zy_error *err);

#endif
