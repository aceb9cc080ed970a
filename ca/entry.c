#include "entry.h"

#include "zy/text.h"

#define FORM 1

const char *zy_cert_state_name(enum zy_cert_state s)
{
	static const char *const names[] = { "intended", "valid", "revoked", "cancelled" };

	return names[s];
}

static const char *const reasons[] = { "unspecified", "keyCompromise", "cACompromise", "affiliationChanged",
	"superseded", "cessationOfOperation", NULL, NULL, NULL, "privilegeWithdrawn", "aACompromise" };
#define NUM_REASONS (sizeof(reasons) / sizeof(*reasons))

const char *zy_revocation_reason_name(unsigned reason)
{
	return reason < NUM_REASONS ? reasons[reason] : NULL;
}

bool zy_revocation_reason(const char *name, unsigned *out)
{
	for (unsigned i = 0; i < NUM_REASONS; i++)
		if (reasons[i] != NULL && strcmp(reasons[i], name) == 0) {
			*out = i;
			return true;
		}
	return false;
}

/* A length of two octets, then well-formed UTF-8. */
static bool take_text(
    struct zy_reader *r, const char *field, struct zy_arena *a, const char **out, struct zy_error *err)
{
	struct zy_bytes v;
	uint64_t len;

	return zy_take_be(r, 2, field, &len, err) &&
	       (len <= ZY_ENTRY_TEXT_MAX ||
		   zy_fail(err, ZY_E_VAULT_CORRUPT, field, zy_reader_offset(r), "%s is too long", field)) &&
	       zy_take(r, (size_t)len, field, &v, err) && zy_utf8_check(v, field, err) &&
	       (*out = zy_arena_text(a, v, err)) != NULL;
}

static bool take_time(struct zy_reader *r, const char *field, zy_time *out, struct zy_error *err)
{
	uint64_t v;

	if (!zy_take_be(r, 8, field, &v, err))
		return false;
	if (v > INT64_MAX)
		return zy_fail(err, ZY_E_VAULT_CORRUPT, field, zy_reader_offset(r), "%s is out of range", field);
	*out = (zy_time)v;
	return true;
}

static bool take_small(struct zy_reader *r, const char *field, unsigned most, unsigned *out, struct zy_error *err)
{
	uint8_t v;

	if (!zy_take_u8(r, field, &v, err))
		return false;
	*out = v;
	return v <= most || zy_fail(err, ZY_E_VAULT_CORRUPT, field, zy_reader_offset(r), "%s is not known here", field);
}

static bool take_all(struct zy_reader *r, struct zy_arena *a, struct zy_entry *e, struct zy_error *err)
{
	unsigned form, state, suite;
	uint64_t len;

	if (!take_small(r, "form", FORM, &form, err) || !take_small(r, "state", ZY_CERT_CANCELLED, &state, err) ||
	    !take_small(r, "reason", NUM_REASONS - 1, &e->reason, err) ||
	    !take_small(r, "suite", ZY_SUITE_INTL, &suite, err) || !take_time(r, "revoked_at", &e->revoked_at, err) ||
	    !take_time(r, "invalid_at", &e->invalid_at, err) || !take_time(r, "not_before", &e->not_before, err) ||
	    !take_time(r, "not_after", &e->not_after, err) || !take_text(r, "profile", a, &e->profile, err) ||
	    !take_text(r, "subject", a, &e->subject, err) || !zy_take_be(r, 4, "der", &len, err))
		return false;
	e->state = (enum zy_cert_state)state;
	e->suite = (enum zy_suite)suite;
	if (form != FORM || reasons[e->reason] == NULL || len > ZY_ENTRY_DER_MAX)
		return zy_fail(err, ZY_E_VAULT_CORRUPT, "entry", zy_reader_offset(r), "a value that is never written");
	return zy_take(r, (size_t)len, "der", &e->der, err) && zy_reader_end(r, "entry", err) &&
	       zy_arena_copy(a, e->der, &e->der, err);
}

bool zy_entry_parse(struct zy_bytes in, struct zy_arena *a, struct zy_entry *out, struct zy_error *err)
{
	struct zy_reader r = zy_reader_over(in);
	struct zy_error why = { 0 };
	struct zy_entry e = { 0 };

	if (!take_all(&r, a, &e, &why))
		return zy_fail(err, why.code == ZY_E_NO_MEMORY ? why.code : ZY_E_VAULT_CORRUPT, why.field, why.offset,
		    "an entry of the register cannot be read: %s", why.msg);
	memcpy(e.issuer, out->issuer, sizeof(e.issuer));
	memcpy(e.serial, out->serial, sizeof(e.serial));
	*out = e;
	return true;
}

static void put_text(struct zy_buf *b, const char *s)
{
	zy_buf_put_be(b, strlen(s), 2);
	zy_buf_put_str(b, s);
}

bool zy_entry_encode(const struct zy_entry *e, struct zy_buf *b, struct zy_error *err)
{
	if (strlen(e->profile) > ZY_ENTRY_TEXT_MAX || strlen(e->subject) > ZY_ENTRY_TEXT_MAX ||
	    e->der.len > ZY_ENTRY_DER_MAX || e->not_before < 0 || e->not_after < 0)
		return zy_fail(err, ZY_E_TOO_LARGE, "entry", ZY_NOWHERE, "the certificate is too large to be kept");
	zy_buf_put_u8(b, FORM);
	zy_buf_put_u8(b, (uint8_t)e->state);
	zy_buf_put_u8(b, (uint8_t)e->reason);
	zy_buf_put_u8(b, (uint8_t)e->suite);
	zy_buf_put_be(b, (uint64_t)e->revoked_at, 8);
	zy_buf_put_be(b, (uint64_t)e->invalid_at, 8);
	zy_buf_put_be(b, (uint64_t)e->not_before, 8);
	zy_buf_put_be(b, (uint64_t)e->not_after, 8);
	put_text(b, e->profile);
	put_text(b, e->subject);
	zy_buf_put_be(b, e->der.len, 4);
	zy_buf_put(b, e->der);
	return zy_buf_done(b, "entry", err);
}
