/* drill revoke: a register as full as it may become, and all of it revoked by one rule. */
#include "drill.h"

#include <stdio.h>

#include "ca_revoke.h"

#define DIGITS 2      /* lists for each two digits of a serial: 64 of each issuer */
#define AT_ONCE 10000 /* rows in one transaction */
#define AGE_S 3600    /* of the scratch certificates */

struct drill {
	struct zy_drill_revoke *d;
	struct zy_ca_desk desk;
	struct zy_bytes cert; /* stands in every row */
	uint8_t issuers[2][ZY_KEY_ID_LEN];
	struct zy_entry *rows;
	int64_t last_ms;
};

/* Serials in their order, over the whole room that serials made here have: the first octet is 40 to 7F. */
static struct zy_entry row(const struct drill *x, uint64_t i, zy_time now)
{
	const enum zy_suite suite = i % 2 == 0 ? ZY_SUITE_GM : ZY_SUITE_INTL;
	const uint64_t serial = ((uint64_t)1 << 62) + i * (((uint64_t)1 << 62) / x->d->entries);
	struct zy_entry e = { .suite = suite,
		.not_before = now - AGE_S,
		.not_after = now + 86400,
		.profile = "drill",
		.subject = "C=CN, O=演练, CN=演练",
		.der = x->cert };

	memcpy(e.issuer, x->issuers[suite], ZY_KEY_ID_LEN);
	for (size_t k = 0; k < 8; k++)
		e.serial[k] = (uint8_t)(serial >> (56 - 8 * k));
	return e;
}

static bool fill(struct drill *x, zy_time now, struct zy_error *err)
{
	for (uint64_t done = 0; done < x->d->entries;) {
		const uint64_t left = x->d->entries - done;
		const size_t num = left < AT_ONCE ? (size_t)left : AT_ONCE;

		for (size_t i = 0; i < num; i++)
			x->rows[i] = row(x, done + i, now);
		if (!zy_register_intend(x->desk.ca.reg, x->rows, num, err))
			return false;
		for (size_t i = 0; i < num; i++)
			x->rows[i].state = ZY_CERT_VALID;
		if (!zy_register_release(x->desk.ca.reg, x->rows, num, err))
			return false;
		done += num;
	}
	return true;
}

/* Other writers of the register waited since the call before; until the first call nobody did. */
static void see_pause(void *arg, uint64_t done, uint64_t of)
{
	struct drill *x = arg;
	const int64_t now = zy_drill_now_ms();

	if (done > 0 && now - x->last_ms > x->d->longest_ms)
		x->d->longest_ms = now - x->last_ms;
	x->last_ms = now;
	fprintf(stderr, "revoked %llu of %llu\n", (unsigned long long)done, (unsigned long long)of);
}

static bool revoke(struct drill *x, const struct zy_revocation *v, zy_time now, json_t *lists, struct zy_error *err)
{
	const char *folder = zy_home_path(&x->desk.home, &x->desk.arena, err, "crl");
	int64_t begin = zy_drill_now_ms();
	uint64_t revoked, covered;

	if (folder == NULL || !zy_revocation_run(v, now, &revoked, err))
		return false;
	x->d->revoke_ms = zy_drill_now_ms() - begin;
	begin = zy_drill_now_ms();
	if (!zy_ca_revocation_publish(&x->desk, v, folder, DIGITS, now, lists, &covered, err))
		return false;
	x->d->publish_ms = zy_drill_now_ms() - begin;
	x->d->requests = revoked;
	x->d->failed = x->d->entries - covered;
	return true;
}

static void add_up(struct zy_drill_revoke *d, json_t *lists)
{
	json_t *l;
	size_t i;

	json_array_foreach(lists, i, l)
	{
		d->bytes += (uint64_t)json_integer_value(json_object_get(l, "bytes"));
		d->lists += (uint64_t)json_integer_value(json_object_get(l, "lists"));
	}
}

static bool run(struct drill *x, zy_time now, struct zy_error *err)
{
	static const struct zy_revocation_rule rule = { .profile = "drill", .reason = 4 };
	struct zy_cert_issuer issuers[2];
	struct zy_revocation v;
	int64_t begin;
	json_t *lists;
	bool ok;

	for (enum zy_suite s = ZY_SUITE_GM; s <= ZY_SUITE_INTL; s++)
		if (!zy_ca_desk_member(&x->desk, "issuing", s, &issuers[s], err) ||
		    !zy_revocation_issuer_of(issuers[s].cert, x->issuers[s], err))
			return false;
	x->cert = issuers[ZY_SUITE_INTL].cert;
	if ((x->rows = zy_arena_array(&x->desk.arena, AT_ONCE, sizeof(*x->rows), err)) == NULL)
		return false;
	begin = zy_drill_now_ms();
	if (!fill(x, now, err) || !zy_ca_revocation_open(&x->desk, &rule, now, &v, err))
		return false;
	x->d->make_ms = zy_drill_now_ms() - begin;
	v.progress = see_pause;
	v.arg = x;
	lists = json_array();
	ok = revoke(x, &v, now, lists, err);
	add_up(x->d, lists);
	json_decref(lists);
	return ok;
}

bool zy_drill_revoke(struct zy_drill_revoke *d, const char *home, zy_time now, struct zy_error *err)
{
	struct drill x = { .d = d };
	bool ok;

	fprintf(stderr,
	    "%llu rows in a scratch register, each with a serial of its own and, in place of a certificate of its own, "
	    "the bytes of one authority's; no signatures are made for them. The lists are signed for real.\n",
	    (unsigned long long)d->entries);
	if (!zy_ca_desk_open(&x.desk, home, true, now, err))
		return false;
	ok = run(&x, now, err);
	zy_ca_desk_close(&x.desk);
	return ok;
}
