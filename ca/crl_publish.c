#include "zy/crl_publish.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "crl_list.h"
#include "internal.h"
#include "zy/file.h"
#include "zy/kept.h"

#define LISTS_MAX 64

struct publication {
	struct zy_hsm *hsm;
	struct zy_keys *keys;
	const struct zy_crl_job *job;
	struct zy_crl head; /* what all lists say */
	uint8_t number[8], key_id[20], point[65];
	size_t num_lists;
	struct zy_crl_list lists[LISTS_MAX];
};

/* Serials made here are 16 octets of which the first is 40 to 7F (issue.c), so these prefixes cover them all. */
static bool open_lists(struct publication *p, struct zy_error *err)
{
	static const size_t counts[] = { 1, 4, 64 };
	const size_t num = counts[p->job->digits];
	char prefix[4] = "";

	for (size_t i = 0; i < num; i++) {
		if (p->job->digits > 0)
			snprintf(prefix, sizeof(prefix), p->job->digits == 1 ? "%zx" : "%02zx",
			    (p->job->digits == 1 ? 4u : 0x40u) + i);
		p->num_lists++;
		if (!zy_crl_list_open(&p->lists[i], p->job, prefix, err))
			return false;
	}
	return true;
}

static size_t list_of(const struct publication *p, struct zy_bytes serial)
{
	size_t i = 0;

	while (i < p->num_lists && p->lists[i].part_name[0] != 0 &&
	       !zy_crl_partition_covers(zy_str(p->lists[i].part_name), serial))
		i++;
	return i;
}

static bool fail_uncovered(struct zy_error *err)
{
	return zy_fail(err, ZY_E_SELF_VERIFY, "revokedCertificates", ZY_NOWHERE,
	    "a revoked certificate of the register is not covered by these lists; nothing was published, try again");
}

/* What was intended and never released is listed as of its notBefore. reasonCode 0 is left out (RFC 5280 5.3.1). */
static struct zy_crl_entry entry_of(const struct zy_entry *e)
{
	bool revoked = e->state == ZY_CERT_REVOKED;
	struct zy_bytes serial = ZY_BYTES(e->serial, ZY_SERIAL_LEN);

	while (serial.len > 1 && serial.p[0] == 0)
		serial = ZY_BYTES(serial.p + 1, serial.len - 1);
	return (struct zy_crl_entry){ .serial = serial,
		.revoked_at = e->revoked_at != 0 ? e->revoked_at : e->not_before,
		.reason = revoked && e->reason != 0 ? (int)e->reason : ZY_REASON_NONE,
		.has_invalid_since = revoked && e->invalid_at != 0,
		.invalid_since = e->invalid_at };
}

static bool add_entry(void *arg, const struct zy_entry *e, struct zy_error *err)
{
	const struct zy_crl_entry entry = entry_of(e);
	struct publication *p = arg;
	size_t i = list_of(p, entry.serial);

	return i < p->num_lists ? zy_crl_list_add(&p->lists[i], &entry, err) : fail_uncovered(err);
}

static bool read_number(const char *path, uint64_t *out, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes text;
	const char *s;
	char *end;

	*out = 0;
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return true;
	if (!zy_kept_read(path, 32, &a, &text, err) || (s = zy_arena_text(&a, text, err)) == NULL)
		return false;
	errno = 0;
	*out = strtoull(s, &end, 10);
	return (s[0] >= '1' && s[0] <= '9' && errno == 0 && strcmp(end, "\n") == 0 && *out < UINT64_MAX / 2) ||
	       zy_fail(err, ZY_E_IO, "cRLNumber", ZY_NOWHERE,
		   "%.120s does not hold the last number; take it from the last list published", path);
}

static bool take_number(struct publication *p, uint64_t *out, struct zy_error *err)
{
	char text[32];

	if (!read_number(p->job->number_file, out, err))
		return false;
	++*out;
	snprintf(text, sizeof(text), "%" PRIu64 "\n", *out);
	for (size_t i = 0; i < 8; i++)
		p->number[i] = (uint8_t)(*out >> (56 - 8 * i));
	return zy_kept_write(p->job->number_file, zy_str(text), 0600, true, err);
}

static bool describe(struct publication *p, struct zy_error *err)
{
	const struct zy_crl_job *j = p->job;
	enum zy_key_kind kind;

	if (j->this_update >= j->next_update || j->digits > 2)
		return zy_fail(err, ZY_E_DATES, "nextUpdate", ZY_NOWHERE, "a list ends before it begins");
	p->head = (struct zy_crl){ .this_update = j->this_update,
		.next_update = j->next_update,
		.number = ZY_BYTES(p->number, 8),
		.key_id = ZY_BYTES(p->key_id, 20) };
	if (!zy_hsm_public(p->hsm, j->issuer.key, &kind, p->point, err) ||
	    !zy_key_identifier(ZY_BYTES(p->point, 65), p->key_id, err) ||
	    !zy_cert_subject_name(j->issuer.cert, &p->head.issuer, err))
		return false;
	p->head.suite = kind == ZY_KEY_SM2 ? ZY_SUITE_GM : ZY_SUITE_INTL;
	return true;
}

static int compare_numbers(struct zy_bytes a, struct zy_bytes b)
{
	while (a.len > 0 && a.p[0] == 0)
		a = ZY_BYTES(a.p + 1, a.len - 1);
	while (b.len > 0 && b.p[0] == 0)
		b = ZY_BYTES(b.p + 1, b.len - 1);
	return a.len != b.len ? (a.len < b.len ? -1 : 1) : a.len == 0 ? 0 : memcmp(a.p, b.p, a.len);
}

/* A register or a number file brought back from a backup must not make lists go back. */
static bool check_predecessor(const struct publication *p, const struct zy_crl_list *l, struct zy_error *err)
{
	struct zy_error ignored = { 0 };
	struct zy_bytes der;
	struct zy_crl old;
	bool back;

	if (!zy_crl_map(l->path, &der, err))
		return false;
	back = der.len > 0 && zy_crl_parse(&old, der, &ignored) && zy_bytes_equal(old.issuer, p->head.issuer) &&
	       compare_numbers(old.number, p->head.number) >= 0;
	zy_crl_unmap(der);
	return !back || zy_fail(err, ZY_E_STATE, "cRLNumber", ZY_NOWHERE,
			    "the list in the folder has this number or a later one: was a backup restored?");
}

/* The check before release: the lists as anybody reads them, and a cursor in each. */
struct check {
	const struct publication *p;
	struct zy_reader at[LISTS_MAX];
	size_t found;
};

static bool same_entry(const struct zy_crl_entry *a, const struct zy_crl_entry *b)
{
	return zy_bytes_equal(a->serial, b->serial) && a->revoked_at == b->revoked_at && a->reason == b->reason &&
	       a->has_invalid_since == b->has_invalid_since && a->invalid_since == b->invalid_since;
}

/* Both go in the order of serials: the next entry of the covering list is this one, or it is missing. */
static bool check_entry(void *arg, const struct zy_entry *e, struct zy_error *err)
{
	const struct zy_crl_entry want = entry_of(e);
	struct check *c = arg;
	size_t i = list_of(c->p, want.serial);
	struct zy_crl_entry have;

	if (i == c->p->num_lists || zy_reader_left(&c->at[i]) == 0)
		return fail_uncovered(err);
	if (!zy_crl_entry_next(&c->at[i], &have, err))
		return false;
	c->found++;
	return same_entry(&want, &have) || fail_uncovered(err);
}

static bool check_list(const struct publication *p, const struct zy_crl_list *l, struct zy_bytes der,
    struct zy_reader *at, struct zy_error *err)
{
	struct zy_crl c;
	bool good;

	if (!zy_crl_parse(&c, der, err) ||
	    !zy_signature_verify_point(p->keys, ZY_BYTES(p->point, 65), c.suite, c.tbs, c.rs, &good, err))
		return false;
	*at = zy_reader_over(c.entries);
	return (good && c.plain && c.suite == p->head.suite && zy_bytes_equal(c.issuer, p->head.issuer) &&
		   zy_bytes_equal(c.point, zy_str(l->point)) && compare_numbers(c.number, p->head.number) == 0 &&
		   c.this_update == p->head.this_update && c.next_update == p->head.next_update &&
		   c.num_entries == l->num_entries) ||
	       zy_fail(err, ZY_E_SELF_VERIFY, "CertificateList", ZY_NOWHERE, "what was written does not read back");
}

static bool walk_revoked(const struct publication *p, zy_entry_cb *cb, void *arg, struct zy_error *err)
{
	const struct zy_crl_job *j = p->job;

	return j->revoked.walk != NULL ? j->revoked.walk(j->revoked.arg, cb, arg, err)
				       : zy_register_walk_revoked(j->reg, p->key_id, cb, arg, err);
}

static bool check_all(const struct publication *p, struct zy_error *err)
{
	struct zy_bytes maps[LISTS_MAX] = { { 0 } };
	struct check c = { .p = p };
	bool ok = true;

	for (size_t i = 0; i < p->num_lists && ok; i++)
		ok = zy_crl_map(p->lists[i].part, &maps[i], err) && check_list(p, &p->lists[i], maps[i], &c.at[i], err);
	ok = ok && walk_revoked(p, check_entry, &c, err);
	for (size_t i = 0; i < p->num_lists; i++)
		zy_crl_unmap(maps[i]);
	return ok;
}

static bool publish(struct publication *p, struct zy_crl_published *out, struct zy_error *err)
{
	const struct zy_crl_signer by = { p->hsm, p->job->issuer.key, p->point, p->job->of_root };

	if (!describe(p, err) || !take_number(p, &out->number, err) || !open_lists(p, err) ||
	    !walk_revoked(p, add_entry, p, err))
		return false;
	for (size_t i = 0; i < p->num_lists; i++) {
		struct zy_crl_list *l = &p->lists[i];

		p->head.point = zy_str(l->point);
		if (!check_predecessor(p, l, err) || !zy_crl_list_write(l, &by, &p->head, err))
			return false;
		out->num_entries += l->num_entries;
		out->bytes += l->bytes;
	}
	if (!check_all(p, err) || !zy_crl_lists_release(p->lists, p->num_lists, err))
		return false;
	out->num_lists = p->num_lists;
	return true;
}

/* One publisher at a time, else two take the same number. */
static bool lock(const char *number_file, int *fd, struct zy_error *err)
{
	char path[4200];

	snprintf(path, sizeof(path), "%.4096s.lock", number_file);
	return zy_file_lock(path, fd, err);
}

bool zy_crl_publish(struct zy_hsm *h, struct zy_keys *keys, const struct zy_crl_job *job, struct zy_crl_published *out,
    struct zy_error *err)
{
	struct publication *p = calloc(1, sizeof(*p));
	bool ok;
	int fd;

	*out = (struct zy_crl_published){ 0 };
	if (p == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "crl", ZY_NOWHERE, "no memory");
	p->hsm = h;
	p->keys = keys;
	p->job = job;
	if ((ok = lock(job->number_file, &fd, err))) {
		ok = publish(p, out, err);
		close(fd);
	}
	for (size_t i = 0; i < p->num_lists; i++)
		zy_crl_list_close(&p->lists[i]);
	free(p);
	return ok;
}
