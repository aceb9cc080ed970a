/*
 * LMDB's file as it lies on the disk (0.9, data version 1), read without LMDB: every page is held against its sum
 * (engine_sums.h) and its form before a byte of it is believed, so that a changed byte is vault-corrupt, and neither
 * another answer nor a fault of memory. The engine's reads go this way; before LMDB itself walks to a page in order to
 * write, the same pages are looked at here.
 *
 * Pages 0 and 1 are meta pages, written in turn; the newer one names the roots of two trees: the free list, and the
 * main one, whose keys are the names of databases. A tree has branch and leaf pages; a value that is too large for a
 * leaf has a run of overflow pages. Pages are never overwritten while a transaction can see them.
 *
 * Threads: a zy_pages may be read by any; a zy_place is of one thread.
 */
#ifndef ZY_VAULT_ENGINE_PAGES_H
#define ZY_VAULT_ENGINE_PAGES_H

#include <string.h>
#include <sys/types.h>

#include "zy/engine.h"

enum { ZY_PAGE_HEAD = 16, ZY_TREE_DEPTH = 32, ZY_META_LEN = 136 };
#define ZY_PAGE_NONE UINT64_MAX

enum zy_page_kind { ZY_PAGE_BRANCH = 1, ZY_PAGE_LEAF = 2, ZY_PAGE_OVERFLOW = 4, ZY_PAGE_META = 8 };
enum zy_node_kind { ZY_NODE_BIG = 1, ZY_NODE_TREE = 2 };

/* One tree, as the file describes it (48 octets). */
struct zy_tree {
	uint64_t root; /* ZY_PAGE_NONE: empty */
	unsigned depth;
	uint64_t branches, leaves, overflows, entries;
};
/* What a meta page says. */
struct zy_meta {
	uint64_t txn, last_page, room; /* room: octets of the writer's map */
	struct zy_tree free, main;
	uint8_t raw[ZY_META_LEN]; /* as it lies */
};

struct zy_pages {
	int fd;
	const uint8_t *map;
	size_t map_len;
	size_t page_len;
	_Atomic(size_t) file_len;   /* that is known: files only grow */
	const struct zy_sums *sums; /* NULL: forms alone are looked at */
	const uint8_t *taken;       /* of num_taken pages: 1 when it has no sum yet and is taken as it lies; or NULL */
	uint64_t num_taken;
};

/* room: octets of address space, that the file may grow to. Errors: vault-absent, vault-corrupt, vault. */
ZY_MUST_CHECK bool zy_pages_open(struct zy_pages *p, const char *folder, size_t room, struct zy_error *err);
void zy_pages_close(struct zy_pages *p);

/* Meta page 0 or 1; its form only. Errors: vault-corrupt. */
ZY_MUST_CHECK bool zy_meta_read(const struct zy_pages *p, unsigned which, struct zy_meta *out, struct zy_error *err);
ZY_MUST_CHECK bool zy_meta_parse(const uint8_t raw[ZY_META_LEN], struct zy_meta *out, struct zy_error *err);
/* All octets of the page that are not the meta's own are as LMDB made them. */
ZY_MUST_CHECK bool zy_meta_page_check(const struct zy_pages *p, unsigned which, struct zy_error *err);

/* The page, whole and of that kind; last: of the transaction. Errors: vault-corrupt. */
ZY_MUST_CHECK bool zy_page_load(const struct zy_pages *p, uint64_t last, uint64_t number, enum zy_page_kind kind,
    const uint8_t **out, struct zy_error *err);

/* The file's octets as far as it is mapped, now. */
size_t zy_pages_len(const struct zy_pages *p);
/* The octets of any page up to the end of the map, whole or not: what is not in the file is zeros. room: page_len
 * octets, where it is put together if need be. */
enum { ZY_PAGE_MOST = 32768 };
struct zy_bytes zy_page_raw(const struct zy_pages *p, uint64_t number, uint8_t *room);

/* One node of a page that was loaded. */
struct zy_node {
	struct zy_bytes key;
	unsigned kind;          /* of enum zy_node_kind; 0: value is in the page */
	uint64_t child;         /* of a branch; of a big value its first page */
	size_t len;             /* of the value */
	struct zy_bytes inside; /* value, or tree, or number of the page, as it lies */
};
unsigned zy_page_nodes(const uint8_t *page);
struct zy_node zy_page_node(const uint8_t *page, unsigned i, enum zy_page_kind kind);
/* Pages that a value of that length needs. Its run has more of them when the same write put a longer one there first.
 */
uint64_t zy_pages_of(const struct zy_pages *p, size_t len);
/* The first page of a run, which says how many it has. Errors: vault-corrupt. */
ZY_MUST_CHECK bool zy_page_load_run(const struct zy_pages *p, uint64_t last, uint64_t number, uint64_t least,
    struct zy_bytes *first, uint64_t *num, struct zy_error *err);
/* A big value: its pages are loaded. num: of pages. Errors: vault-corrupt. */
ZY_MUST_CHECK bool zy_page_load_big(const struct zy_pages *p, uint64_t last, const struct zy_node *n,
    struct zy_bytes *value, uint64_t *num, struct zy_error *err);
ZY_MUST_CHECK bool zy_tree_parse(struct zy_bytes in, struct zy_tree *out, struct zy_error *err);

/* Pages that one transaction has looked at: they are not held against their sums again, since none of them changes
 * while it lasts. As many as fit; begins as { 0 }. */
enum { ZY_SEEN = 256 };
struct zy_seen {
	uint64_t pages[ZY_SEEN]; /* each in the place that its number gives, with its kind */
};

/* A place in a tree. */
struct zy_place {
	const struct zy_pages *pages;
	struct zy_tree tree;
	uint64_t last;
	unsigned num; /* pages on the way; 0: nowhere */
	struct {
		const uint8_t *page;
		unsigned i;
	} at[ZY_TREE_DEPTH];
	struct zy_seen *seen; /* of the transaction; or NULL */
};
struct zy_place zy_place_in(const struct zy_pages *p, const struct zy_tree *t, uint64_t last);
/* *found is false when there is no such key (FROM, NEXT, PREV: none there). Errors: vault-corrupt. */
ZY_MUST_CHECK bool zy_place_move(
    struct zy_place *c, enum zy_move how, struct zy_bytes key, bool *found, struct zy_error *err);
/* To where the key is or would be: then is_there says which. Never climbs to the next leaf. */
ZY_MUST_CHECK bool zy_place_seek(struct zy_place *c, struct zy_bytes key, bool *is_there, struct zy_error *err);
/* Of a place where something was found. */
struct zy_node zy_place_node(const struct zy_place *c);
/* The value, whole. */
ZY_MUST_CHECK bool zy_place_value(const struct zy_place *c, struct zy_bytes *out, struct zy_error *err);
/* All pages beside the way are loaded: what LMDB may touch when it takes a key away here, or walks on. */
ZY_MUST_CHECK bool zy_place_around(const struct zy_place *c, struct zy_error *err);

/* Calls back for every page of the tree: kind, first page, pages of a run. */
struct zy_page_seen {
	enum zy_page_kind kind;
	uint64_t number, num;
	const uint8_t *page;
};
typedef bool zy_page_cb(void *arg, const struct zy_page_seen *s, struct zy_error *err);
ZY_MUST_CHECK bool zy_tree_each(
    const struct zy_pages *p, const struct zy_tree *t, uint64_t last, zy_page_cb *cb, void *arg, struct zy_error *err);

ZY_MUST_CHECK bool zy_page_bad(uint64_t number, const char *why, struct zy_error *err); /* always false */

static inline uint16_t zy_le16(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint64_t zy_le64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

#endif
