#include "engine_sums.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Numbers lie in the machine's own order, as LMDB writes them. A page: number (8), -, kind (2), lower and upper (2
 * each) or the pages of a run (4); then the places of its nodes, 2 octets each, up to lower; free octets; nodes from
 * upper on. A node: length of the value (4) and kind (2), or of a branch the child's number (6); length of the key (2);
 * key; value.
 */
enum { MAGIC_AT = 16, NODE_HEAD = 8, TREE_LEN = 48, PAGE_LEAST = 512 };
#define MAGIC 0xBEEFC0DEu
#define FORM 1u

static uint32_t le32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

bool zy_page_bad(uint64_t number, const char *why, struct zy_error *err)
{
	return zy_fail(err, ZY_E_VAULT_CORRUPT, "data.mdb", ZY_NOWHERE, "page %llu: %s; restore from a backup",
	    (unsigned long long)number, why);
}

static bool bad_meta(const char *why, struct zy_error *err)
{
	return zy_fail(err, ZY_E_VAULT_CORRUPT, "data.mdb", ZY_NOWHERE, "%s; restore from a backup", why);
}

bool zy_tree_parse(struct zy_bytes in, struct zy_tree *out, struct zy_error *err)
{
	struct zy_tree t = { 0 };

	if (in.len != TREE_LEN)
		return bad_meta("the description of a tree has another length", err);
	t.depth = zy_le16(in.p + 6);
	t.branches = zy_le64(in.p + 8);
	t.leaves = zy_le64(in.p + 16);
	t.overflows = zy_le64(in.p + 24);
	t.entries = zy_le64(in.p + 32);
	t.root = zy_le64(in.p + 40);
	if (t.depth > ZY_TREE_DEPTH || (t.root == ZY_PAGE_NONE) != (t.depth == 0))
		return bad_meta("the description of a tree is not one", err);
	*out = t;
	return true;
}

bool zy_meta_parse(const uint8_t raw[ZY_META_LEN], struct zy_meta *out, struct zy_error *err)
{
	struct zy_meta m = { .room = zy_le64(raw + 16), .last_page = zy_le64(raw + 120), .txn = zy_le64(raw + 128) };

	if (le32(raw) != MAGIC || le32(raw + 4) != FORM)
		return bad_meta("a head of the file is not one", err);
	if (!zy_tree_parse(ZY_BYTES(raw + 24, TREE_LEN), &m.free, err) ||
	    !zy_tree_parse(ZY_BYTES(raw + 24 + TREE_LEN, TREE_LEN), &m.main, err))
		return false;
	memcpy(m.raw, raw, ZY_META_LEN);
	*out = m;
	return true;
}

bool zy_meta_read(const struct zy_pages *p, unsigned which, struct zy_meta *out, struct zy_error *err)
{
	uint8_t raw[ZY_META_LEN];

	memcpy(raw, p->map + which * p->page_len + ZY_PAGE_HEAD, sizeof(raw)); /* once: it may be written meanwhile */
	return zy_meta_parse(raw, out, err);
}

bool zy_meta_page_check(const struct zy_pages *p, unsigned which, struct zy_error *err)
{
	const uint8_t *page = p->map + which * p->page_len;

	if (zy_le64(page) != which || zy_le16(page + 8) != 0 || zy_le16(page + 10) != ZY_PAGE_META ||
	    le32(page + 12) != 0)
		return zy_page_bad(which, "its beginning was changed", err);
	for (size_t i = ZY_PAGE_HEAD + ZY_META_LEN; i < p->page_len; i++)
		if (page[i] != 0)
			return zy_page_bad(which, "there is something behind its end", err);
	return true;
}

bool zy_pages_open(struct zy_pages *p, const char *folder, size_t room, struct zy_error *err)
{
	uint8_t head[ZY_PAGE_HEAD + ZY_META_LEN];
	char path[4096];
	struct stat st;
	void *map;

	snprintf(path, sizeof(path), "%.4000s/data.mdb", folder);
	if ((p->fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return zy_fail(err, errno == ENOENT ? ZY_E_VAULT_ABSENT : ZY_E_VAULT, "vault", ZY_NOWHERE,
		    errno == ENOENT ? "there is no vault" : "cannot open the vault: %s", strerror(errno));
	if (fstat(p->fd, &st) != 0 || pread(p->fd, head, sizeof(head), 0) != (ssize_t)sizeof(head))
		return bad_meta("data.mdb is cut off", err);
	p->page_len = le32(head + ZY_PAGE_HEAD + 24); /* in the description of the free list */
	if (p->page_len < PAGE_LEAST || p->page_len > ZY_PAGE_MOST || (p->page_len & (p->page_len - 1)) != 0 ||
	    (size_t)st.st_size < 2 * p->page_len)
		return bad_meta("data.mdb does not begin as a store does", err);
	p->map_len = room > (size_t)st.st_size ? room : (size_t)st.st_size;
	map = mmap(NULL, p->map_len, PROT_READ, MAP_SHARED | MAP_NORESERVE, p->fd, 0);
	if (map == MAP_FAILED)
		return zy_fail(err, ZY_E_VAULT, "vault", ZY_NOWHERE, "cannot map the vault: %s", strerror(errno));
	p->map = map;
	(void)madvise(map, p->map_len, MADV_RANDOM);
	p->file_len = (size_t)st.st_size;
	return true;
}

void zy_pages_close(struct zy_pages *p)
{
	if (p->map != NULL)
		munmap((void *)(uintptr_t)p->map, p->map_len);
	if (p->fd > 0)
		close(p->fd);
	*p = (struct zy_pages){ 0 };
}

size_t zy_pages_len(const struct zy_pages *p)
{
	struct stat st;

	if (fstat(p->fd, &st) == 0)
		((struct zy_pages *)(uintptr_t)p)->file_len = (size_t)st.st_size;
	return p->file_len < p->map_len ? p->file_len : p->map_len;
}

/* Is the page in the file, as far as that is mapped? */
static bool is_there(const struct zy_pages *p, uint64_t number)
{
	const size_t end = (size_t)(number + 1) * p->page_len;

	return number < p->map_len / p->page_len && (end <= p->file_len || end <= zy_pages_len(p));
}

struct zy_bytes zy_page_raw(const struct zy_pages *p, uint64_t number, uint8_t *room)
{
	const size_t at = (size_t)number * p->page_len;
	size_t len;

	if (is_there(p, number))
		return ZY_BYTES(p->map + at, p->page_len);
	memset(room, 0, p->page_len);
	if (at < (len = zy_pages_len(p)))
		memcpy(room, p->map + at, len - at < p->page_len ? len - at : p->page_len);
	return ZY_BYTES(room, p->page_len);
}

/* The octets of a page, with their sum. */
static bool load(const struct zy_pages *p, uint64_t last, uint64_t number, struct zy_bytes *out, struct zy_error *err)
{
	if (number < 2 || number > last || !is_there(p, number))
		return zy_page_bad(number, "it is named, and not in the file", err);
	*out = ZY_BYTES(p->map + number * p->page_len, p->page_len);
	if (p->sums == NULL || (p->taken != NULL && number < p->num_taken && p->taken[number] != 0))
		return true;
	return zy_sums_fit(p->sums, *out, number) ||
	       zy_page_bad(number, "its octets are not those that were written", err);
}

unsigned zy_page_nodes(const uint8_t *page)
{
	return (unsigned)(zy_le16(page + 12) - ZY_PAGE_HEAD) / 2;
}

static uint64_t child_of(const uint8_t *node)
{
	return (uint64_t)zy_le16(node) | (uint64_t)zy_le16(node + 2) << 16 | (uint64_t)zy_le16(node + 4) << 32;
}

struct zy_node zy_page_node(const uint8_t *page, unsigned i, enum zy_page_kind kind)
{
	const uint8_t *node = page + zy_le16(page + ZY_PAGE_HEAD + 2 * i);
	struct zy_node n = { .key = ZY_BYTES(node + NODE_HEAD, zy_le16(node + 6)) };

	if (kind == ZY_PAGE_BRANCH) {
		n.child = child_of(node);
		return n;
	}
	n.kind = zy_le16(node + 4);
	n.len = le32(node);
	n.inside = ZY_BYTES(n.key.p + n.key.len, n.kind == ZY_NODE_BIG ? 8 : n.len);
	if (n.kind == ZY_NODE_BIG)
		n.child = zy_le64(n.inside.p);
	return n;
}

static bool node_fits(const struct zy_pages *p, const uint8_t *page, size_t at, enum zy_page_kind kind)
{
	const uint8_t *node = page + at;
	size_t room;
	unsigned how;

	if (at % 2 != 0 || at < zy_le16(page + 14) || at + NODE_HEAD > p->page_len)
		return false;
	room = p->page_len - at - NODE_HEAD;
	if (zy_le16(node + 6) > room)
		return false;
	if (kind == ZY_PAGE_BRANCH)
		return true;
	room -= zy_le16(node + 6);
	how = zy_le16(node + 4);
	return how == ZY_NODE_BIG ? room >= 8 : (how == 0 || how == ZY_NODE_TREE) && le32(node) <= room;
}

static bool has_form(const struct zy_pages *p, const uint8_t *page, uint64_t number, enum zy_page_kind kind)
{
	const size_t lower = zy_le16(page + 12), upper = zy_le16(page + 14);

	if (zy_le64(page) != number || zy_le16(page + 10) != (unsigned)kind || lower <= ZY_PAGE_HEAD ||
	    lower % 2 != 0 || lower > upper || upper > p->page_len)
		return false;
	for (unsigned i = 0; i < zy_page_nodes(page); i++)
		if (!node_fits(p, page, zy_le16(page + ZY_PAGE_HEAD + 2 * i), kind))
			return false;
	return true;
}

bool zy_page_load(const struct zy_pages *p, uint64_t last, uint64_t number, enum zy_page_kind kind, const uint8_t **out,
    struct zy_error *err)
{
	struct zy_bytes page;

	if (!load(p, last, number, &page, err))
		return false;
	*out = page.p;
	return has_form(p, page.p, number, kind) || zy_page_bad(number, "it is not in its form", err);
}

uint64_t zy_pages_of(const struct zy_pages *p, size_t len)
{
	return (ZY_PAGE_HEAD - 1 + len) / p->page_len + 1;
}

bool zy_page_load_run(const struct zy_pages *p, uint64_t last, uint64_t number, uint64_t least, struct zy_bytes *first,
    uint64_t *num, struct zy_error *err)
{
	if (!load(p, last, number, first, err))
		return false;
	*num = le32(first->p + 12);
	return (zy_le64(first->p) == number && zy_le16(first->p + 10) == ZY_PAGE_OVERFLOW && *num >= least &&
		   *num <= last + 1 - number) ||
	       zy_page_bad(number, "it is not in its form", err);
}

bool zy_page_load_big(const struct zy_pages *p, uint64_t last, const struct zy_node *n, struct zy_bytes *value,
    uint64_t *num, struct zy_error *err)
{
	struct zy_bytes first, page;

	if (!zy_page_load_run(p, last, n->child, zy_pages_of(p, n->len), &first, num, err))
		return false;
	for (uint64_t i = 1; i < *num; i++)
		if (!load(p, last, n->child + i, &page, err))
			return false;
	*value = ZY_BYTES(first.p + ZY_PAGE_HEAD, n->len);
	return true;
}
