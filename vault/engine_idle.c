/*
 * Pages in no use: those that the free list names, and what a write that failed left behind the last page. No answer
 * comes from them, but an octet that changed in one tells of a disk that changes others, too. A commit writes a page
 * once and whole, and its sum after it; a page that was never written is zeros and has none. So each can be held
 * against its sum, unless a write ended halfway: then all of them are taken as they lie.
 */
#include "engine_idle.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static bool bad_list(struct zy_error *err)
{
	return zy_fail(err, ZY_E_VAULT_CORRUPT, "data.mdb", ZY_NOWHERE,
	    "the list of free pages is not in its form; restore from a backup");
}

/* A value of the free list: how many pages, then their numbers. */
bool zy_idle_each(const struct zy_pages *p, const struct zy_tree *list, uint64_t last, zy_idle_cb *cb, void *arg,
    struct zy_error *err)
{
	struct zy_place c = zy_place_in(p, list, last);
	bool found, ok = zy_place_move(&c, ZY_MOVE_FIRST, ZY_BYTES(NULL, 0), &found, err);

	while (ok && found) {
		struct zy_bytes v;
		uint64_t num;

		if (!zy_place_value(&c, &v, err))
			return false;
		num = v.len < 8 ? 0 : zy_le64(v.p);
		if (v.len < 8 || num > v.len / 8 - 1)
			return bad_list(err);
		for (uint64_t i = 1; ok && i <= num; i++)
			ok = cb(arg, zy_le64(v.p + 8 * i), err);
		ok = ok && zy_place_move(&c, ZY_MOVE_NEXT, ZY_BYTES(NULL, 0), &found, err);
	}
	return ok;
}

uint64_t zy_idle_end(const struct zy_pages *p, const struct zy_sums *s, uint64_t last)
{
	const uint64_t lie = (zy_pages_len(p) + p->page_len - 1) / p->page_len, summed = zy_sums_num(s);
	uint64_t end = last + 1;

	end = lie > end ? lie : end;
	end = summed > end ? summed : end;
	return end < p->map_len / p->page_len ? end : p->map_len / p->page_len;
}

static bool is_zero(struct zy_bytes b)
{
	return b.len == 0 || (b.p[0] == 0 && memcmp(b.p, b.p + 1, b.len - 1) == 0);
}

bool zy_idle_fits(const struct zy_pages *p, const struct zy_sums *s, uint64_t number)
{
	uint8_t room[ZY_PAGE_MOST];
	const struct zy_bytes page = zy_page_raw(p, number, room);
	const uint64_t sum = zy_sums_at(s, number);

	return sum == zy_sums_of(page, number) || (sum == 0 && is_zero(page));
}

struct numbers {
	uint64_t *p, last;
	size_t num, room;
};

static bool add(void *arg, uint64_t number, struct zy_error *err)
{
	struct numbers *n = arg;

	if (number < 2 || number > n->last)
		return bad_list(err);
	if (n->num == n->room) {
		const size_t room = n->room == 0 ? 1024 : 2 * n->room;
		uint64_t *more = realloc(n->p, room * sizeof(*more));

		if (more == NULL)
			return zy_fail(err, ZY_E_NO_MEMORY, "data.mdb", ZY_NOWHERE, "no memory for a list of pages");
		n->p = more;
		n->room = room;
	}
	n->p[n->num++] = number;
	return true;
}

static bool sync_file(const struct zy_pages *p, struct zy_error *err)
{
	if (fdatasync(p->fd) == 0)
		return true;
	return zy_fail(err, errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? ZY_E_VAULT_FULL : ZY_E_VAULT,
	    "data.mdb", ZY_NOWHERE, "cannot sync the vault: %s", strerror(errno));
}

/* What lies there reached the disk before a mark says that it has these sums. */
bool zy_idle_take(const struct zy_pages *p, struct zy_sums *s, const struct zy_meta *now, struct zy_error *err)
{
	struct numbers n = { .last = now->last_page };
	const uint64_t end = zy_idle_end(p, s, now->last_page);
	bool ok = sync_file(p, err) && zy_idle_each(p, &now->free, now->last_page, add, &n, err);

	n.last = UINT64_MAX;
	for (uint64_t i = now->last_page + 1; ok && i < end; i++)
		ok = add(&n, i, err);
	ok = ok && zy_sums_write(s, p, n.p, n.num, err);
	free(n.p);
	return ok;
}
