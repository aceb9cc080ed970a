#include "trust_home.h"

#include "zy/desk.h"
#include "zy/kept.h"
#include "zy/text.h"
#include "zy/trust_bundle.h"

#define DAY_S 86400

bool zy_trust_home_read(const struct zy_home *h, struct zy_arena *a, struct zy_trust *t, struct zy_error *err)
{
	const char *path = zy_home_path(h, a, err, "trust/bundle.json");
	struct zy_trust_jws jws;
	struct zy_bytes file;

	return path != NULL && zy_kept_read(path, ZY_TRUST_MAX, a, &file, err) &&
	       zy_trust_jws_parse(&jws, file, a, err) && zy_trust_parse(t, jws.payload, a, err);
}

bool zy_trust_home_open(const struct zy_home *h, struct zy_keys *keys, zy_time now, struct zy_arena *a,
    struct zy_trust *out, struct zy_error *err)
{
	struct zy_trust said;

	return zy_trust_home_read(h, a, &said, err) &&
	       zy_home_trust(h, keys, now > said.next_update ? said.issued_at : now, a, out, err);
}

/* Whoever verifies can: its own anchors vouch for who signed it. */
static bool is_usable(struct zy_bytes file, zy_time now, struct zy_arena *a, struct zy_error *err)
{
	struct zy_keys *keys = NULL;
	struct zy_trust judged;
	bool ok = zy_keys_open(&keys, err) && zy_trust_open(&judged, file, NULL, now, keys, a, err);

	zy_keys_close(keys);
	return ok;
}

bool zy_trust_home_renew(const struct zy_home *h, struct zy_hsm *hsm, const struct zy_policy *policy, zy_time now,
    unsigned days, struct zy_arena *a, struct zy_trust *t, struct zy_error *err)
{
	static const struct {
		const char *key, *stem;
	} names[] = { [ZY_SUITE_GM] = { "pkcs11:token=zy-tpm;object=trust", "pki/trust-gm" },
		[ZY_SUITE_INTL] = { "pkcs11:token=zy-soft;object=trust", "pki/trust-intl" } };
	const char *path = zy_home_path(h, a, err, "trust/bundle.json");
	struct zy_cert_issuer signers[2];
	ZY_BUF_AUTO file = { .cap = ZY_TRUST_MAX };
	struct zy_home_key key;

	if (path == NULL)
		return false;
	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++) {
		if (!zy_home_key(h, hsm, names[s].key, names[s].stem, a, &key, err))
			return false;
		signers[s] = (struct zy_cert_issuer){ .key = key.uri, .cert = key.cert };
	}
	t->version++;
	t->issued_at = now;
	t->next_update = now + (zy_time)days * DAY_S;
	return zy_trust_from_policy(t, policy, a, err) && zy_trust_sign(hsm, t, signers, &file, err) &&
	       is_usable(zy_buf_bytes(&file), now, a, err) && zy_kept_write(path, zy_buf_bytes(&file), 0644, true, err);
}

bool zy_trust_home_pin(const struct zy_home *h, const struct zy_trust *t, struct zy_arena *a, struct zy_error *err)
{
	const char *path = zy_home_path(h, a, err, "trust/pin");
	uint8_t pin[ZY_HASH_LEN];
	char text[2 * ZY_HASH_LEN + 2];

	if (path == NULL || !zy_trust_pin(t, pin, err))
		return false;
	zy_hex(ZY_BYTES(pin, sizeof(pin)), text);
	memcpy(text + 2 * ZY_HASH_LEN, "\n", 2);
	return zy_kept_write(path, zy_str(text), 0644, true, err);
}
