#include "zy/desk.h"

#include <errno.h>
#include <unistd.h>

#include "zy/kept.h"
#include "zy/follow_home.h"
#include "zy/secret.h"
#include "zy/secret_home.h"
#include "zy/ses.h"
#include "zy/tenants.h"
#include "zy/text.h"
#include "zy/vault_care.h"
#include "zy/cosigned.h"

#include "internal.h"

#define ESEAL_MAX ((size_t)512 << 10)
#define OWNER_WAIT_S 10

bool zy_home_trust(const struct zy_home *h, struct zy_keys *keys, zy_time at, struct zy_arena *a, struct zy_trust *out,
    struct zy_error *err)
{
	const char *path = zy_home_path(h, a, err, "trust/bundle.json"),
		   *pin_path = zy_home_path(h, a, err, "trust/pin");
	struct zy_bytes file, pin_text;
	uint8_t pin[ZY_HASH_LEN];

	if (path == NULL || pin_path == NULL || !zy_kept_read(path, ZY_TRUST_MAX, a, &file, err) ||
	    !zy_kept_read(pin_path, 65, a, &pin_text, err))
		return false;
	if (pin_text.len == 65 && pin_text.p[64] == '\n')
		pin_text.len = 64;
	return zy_unhex(pin_text, pin, sizeof(pin), err) && zy_trust_open(out, file, pin, at, keys, a, err);
}

/* HOME/seals/ESID: seal.esl, owner.pem, document.pem (P-256). */
static bool open_seal(struct zy_desk *d, const struct zy_seal_rule *rule, struct zy_seal_use *out, struct zy_error *err)
{
	struct zy_arena *a = &d->arena;
	const char *eseal = zy_home_path(&d->home, a, err, "seals/%s/seal.esl", rule->esID);
	const char *folder = zy_arena_printf(a, err, "seals/%s", rule->esID);
	struct zy_home_key owner, document;
	uint8_t *sm3;

	*out = (struct zy_seal_use){ .rule = rule };
	/* A seal of seals.json that is not made yet hinders nobody before it is used. */
	if (eseal != NULL && access(eseal, F_OK) != 0 && errno == ENOENT)
		return true;
	if (eseal == NULL || folder == NULL ||
	    !zy_home_key(
		&d->home, d->hsm, rule->seal_key, zy_arena_printf(a, err, "%s/owner", folder), a, &owner, err) ||
	    !zy_home_key(&d->home, d->hsm, rule->document_key, zy_arena_printf(a, err, "%s/document", folder), a,
		&document, err) ||
	    (eseal = zy_home_generation(
		 &d->home, zy_arena_printf(a, err, "%s/seal", folder), owner.generation, "esl", a, err)) == NULL)
		return false;
	out->seal_key = owner.uri;
	out->owner_cert = owner.cert;
	out->document_key = document.uri;
	out->document_cert = document.cert;
	if (!zy_kept_read(eseal, ESEAL_MAX, a, &out->eseal, err) ||
	    (sm3 = zy_arena_alloc(a, ZY_HASH_LEN, err)) == NULL || !zy_digest(ZY_HASH_SM3, out->eseal, sm3, err))
		return false;
	out->eseal_sm3 = sm3;
	return zy_home_chain(&d->home, document.cert, ZY_SUITE_INTL, a, out->document_chain, &out->num_chain, err) &&
	       zy_seal_draw(d->faces, rule, a, &out->picture, err);
}

static bool open_seals(struct zy_desk *d, struct zy_error *err)
{
	d->seals = zy_arena_array(&d->arena, d->policy.num_seals + 1, sizeof(*d->seals), err);
	if (d->seals == NULL)
		return false;
	for (size_t i = 0; i < d->policy.num_seals; i++)
		if (!open_seal(d, &d->policy.seals[i], &d->seals[i], err))
			return false;
	return true;
}

const struct zy_seal_use *zy_desk_seal(const struct zy_desk *d, const char *esID)
{
	for (size_t i = 0; i < d->policy.num_seals; i++)
		if (strcmp(d->policy.seals[i].esID, esID) == 0)
			return d->seals[i].eseal.len == 0 ? NULL : &d->seals[i];
	return NULL;
}

static bool open_vault(struct zy_desk *d, enum zy_desk_use use, struct zy_error *err)
{
	const struct zy_wrapper w = zy_wrapping_of(&d->wrapping);
	const char *folder = zy_home_path(&d->home, &d->arena, err, "%s", d->secret ? ZY_SECRET_FOLDER : "vault");

	d->wrapping = (struct zy_wrapping){ .hsm = d->hsm, .key = d->secret ? d->home.secret_key : d->home.wrap_key };
	if (folder == NULL || (d->secret && !zy_secret_ready(d, use == ZY_DESK_MINT, err)))
		return false;
	if (use == ZY_DESK_BESIDE ? !zy_vault_open_beside(&d->whole, folder, &w, d->clock, err)
				  : !zy_vault_open(&d->whole, folder, &w, d->clock, OWNER_WAIT_S, err))
		return false;
	if (zy_vault_is_secret(d->whole) != d->secret)
		return zy_fail(err, ZY_E_VAULT_FORM, "vault", ZY_NOWHERE, "the vault in %s %s the secret compartment",
		    folder, d->secret ? "is not" : "is");
	return !d->secret || zy_noting_open(&d->noting, d->hsm, d->home.secret_key, d->whole, err);
}

/* The tenant's handle; what is looked at from above replaces it. */
static bool enter(struct zy_desk *d, const struct zy_desk_as *as, struct zy_error *err)
{
	const char *tenant = as == NULL ? NULL : as->tenant != NULL ? as->tenant : d->home.tenant;
	struct zy_vault *below;

	d->vault = d->whole;
	if (tenant != NULL && !zy_secret_enter(d, tenant, err))
		return false;
	if (as == NULL || as->below == NULL)
		return true;
	if (as->reason == NULL)
		return zy_fail(
		    err, ZY_E_USAGE, "reason", ZY_NOWHERE, "--below needs --reason: who is looked at will ask why");
	if (!zy_vault_look_down(d->vault, as->below, as->reason, &below, err))
		return false;
	if (d->vault != d->whole)
		zy_vault_close(d->vault);
	d->vault = below;
	return true;
}

/* The authorities, once a rule wants them. */
static bool open_stamps(struct zy_desk *d, const struct zy_tsa_time *time, struct zy_error *err)
{
	bool wanted = false;

	for (size_t i = 0; i < d->policy.num_seals; i++)
		wanted = wanted || d->policy.seals[i].timestamp;
	if (!wanted)
		return true;
	if ((d->stamps = zy_arena_alloc(&d->arena, sizeof(*d->stamps), err)) == NULL ||
	    !zy_stamps_open(d->stamps, d->home.path, time, err))
		return false;
	for (size_t i = 0; i < d->policy.num_seals; i++)
		if (d->policy.seals[i].timestamp)
			d->seals[i].stamper = &d->stamps->stamper;
	return true;
}

/* The compartment's log is nobody's to see: no key signs it, nothing of the home is noted in it. Proofs are by what
 * witnesses signed, where the bundle asks for them. What was kept and does not hold any more serves nobody, and `log
 * check` tells of it: minting goes on. */
static bool open_log(struct zy_desk *d, struct zy_error *err)
{
	const struct zy_trust unnamed = { 0 };
	struct zy_error told_elsewhere = { 0 };
	struct zy_cosigned k;

	if (!zy_log_book_open(&d->log, d->secret ? &unnamed : &d->trust, d->vault, d->hsm, err))
		return false;
	if (!d->secret && d->trust.witness_least > 0 &&
	    zy_cosigned_get(d, ZY_COSIGNED_WITNESSED, &d->arena, &k, &told_elsewhere) && zy_cosigned_is_enough(d, &k))
		zy_log_book_prefer(d->log, &k.checkpoint.head, k.text);
	return true;
}

static bool open_parts(struct zy_desk *d, const char *home, const struct zy_desk_as *as, enum zy_desk_use use,
    const struct zy_tsa_time *tsa_time, struct zy_error *err)
{
	struct zy_merkle_head head;
	const char *policies;

	if (!zy_home_open(&d->home, home, &d->arena, err) ||
	    (policies = zy_home_path(&d->home, &d->arena, err, "policies")) == NULL ||
	    !zy_policy_load(&d->policy, policies, &d->arena, err) || !zy_keys_open(&d->keys, err) ||
	    !zy_home_trust(&d->home, d->keys, zy_now(d->clock), &d->arena, &d->trust, err) ||
	    !zy_hsm_open(&d->hsm, d->home.path, err) || !zy_in_flight_open(&d->in_flight, err) ||
	    !open_vault(d, use, err) || !enter(d, as, err) || !open_log(d, err))
		return false;
	d->owner = use != ZY_DESK_BESIDE;
	if (!zy_vault_log_head(d->whole, &head, err))
		return false;
	d->opened_at = head.size;
	return use != ZY_DESK_MINT ||
	       (zy_desk_is_newest(d, err) && zy_secret_look(d, err) && (d->secret || zy_desk_follow(d, err)) &&
		   zy_faces_open(&d->faces, d->home.font_regular, d->home.font_bold, err) && open_seals(d, err) &&
		   open_stamps(d, tsa_time, err) && zy_desk_recover(d, err));
}

static bool open_desk(struct zy_desk *d, const char *home, bool secret, const struct zy_desk_as *as,
    enum zy_desk_use use, const struct zy_clock *clock, const struct zy_tsa_time *tsa_time, struct zy_error *err)
{
	*d = (struct zy_desk){ .clock = clock, .secret = secret };
	if (open_parts(d, home, as, use, tsa_time, err))
		return true;
	zy_desk_close(d);
	return false;
}

bool zy_desk_open(struct zy_desk *d, const char *home, enum zy_desk_use use, const struct zy_clock *clock,
    const struct zy_tsa_time *tsa_time, struct zy_error *err)
{
	return open_desk(d, home, false, NULL, use, clock, tsa_time, err);
}

bool zy_desk_open_side(struct zy_desk *d, const char *home, bool secret, enum zy_desk_use use,
    const struct zy_clock *clock, const struct zy_tsa_time *tsa_time, struct zy_error *err)
{
	return open_desk(d, home, secret, NULL, use, clock, tsa_time, err);
}

bool zy_desk_open_as(struct zy_desk *d, const char *home, const struct zy_desk_as *as, enum zy_desk_use use,
    const struct zy_clock *clock, const struct zy_tsa_time *tsa_time, struct zy_error *err)
{
	return open_desk(d, home, as != NULL && as->secret, as, use, clock, tsa_time, err);
}

bool zy_desk_is_newest(struct zy_desk *d, struct zy_error *err)
{
	if (d->noting != NULL)
		return zy_noting_check(d->noting, NULL, err);
	return !d->owner || zy_log_book_check(d->log, err);
}

/* What a command wrote is signed, or noted, at its end, so that no copy from before passes for the vault; what could
 * not be is, when it is opened next. */
static void note_the_end(struct zy_desk *d)
{
	struct zy_error later = { 0 };
	struct zy_merkle_head now;

	if (!d->owner || !zy_vault_log_head(d->whole, &now, &later) || now.size == d->opened_at)
		return;
	if (!(d->noting != NULL ? zy_noting_note(d->noting, now.size - 1, &later)
				: zy_log_book_sign_to(d->log, now.size - 1, &later)))
		return;
}

void zy_desk_close(struct zy_desk *d)
{
	note_the_end(d);
	zy_noting_close(d->noting);
	if (d->stamps != NULL)
		zy_stamps_close(d->stamps);
	zy_log_book_close(d->log);
	if (d->vault != d->whole)
		zy_vault_close(d->vault);
	zy_vault_close(d->whole);
	zy_in_flight_close(d->in_flight);
	zy_faces_close(d->faces);
	zy_hsm_close(d->hsm);
	zy_keys_close(d->keys);
	zy_arena_free(&d->arena);
	*d = (struct zy_desk){ 0 };
}
