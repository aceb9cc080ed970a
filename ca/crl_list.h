/* One list on its way to its file. */
#ifndef ZY_CRL_LIST_H
#define ZY_CRL_LIST_H

#include <stdio.h>

#include "zy/crl.h"
#include "zy/crl_publish.h"

struct zy_crl_list {
	char path[4096], part[4128];      /* its name, and the name until then */
	char part_name[64];               /* the partition's name for zy_crl_partition_covers, "" for a whole list */
	char point[ZY_CRL_POINT_MAX + 1]; /* what the list calls itself: as certificates do, or that name */
	FILE *spool;                      /* entries, in a file without a name */
	size_t entries_len, num_entries;
	uint64_t bytes;
	bool written;
};

ZY_MUST_CHECK bool zy_crl_list_open(
    struct zy_crl_list *l, const struct zy_crl_job *job, const char *prefix, struct zy_error *err);
/* Leaves no trace of what was not released. */
void zy_crl_list_close(struct zy_crl_list *l);
ZY_MUST_CHECK bool zy_crl_list_add(struct zy_crl_list *l, const struct zy_crl_entry *e, struct zy_error *err);
/* Signs head || entries || tail and writes the file under its first name. c: everything but the signature. */
struct zy_crl_signer {
	struct zy_hsm *hsm;
	const char *key;
	const uint8_t *point;
	bool reads_all; /* a root's: it gets the list, not its digest */
};
ZY_MUST_CHECK bool zy_crl_list_write(
    struct zy_crl_list *l, const struct zy_crl_signer *by, const struct zy_crl *c, struct zy_error *err);
/* All get their names, in one folder; num is not 0. */
ZY_MUST_CHECK bool zy_crl_lists_release(struct zy_crl_list *lists, size_t num, struct zy_error *err);

/* A file as memory; *out is empty when there is none. Unmap what was mapped. Errors: io, too-large. */
ZY_MUST_CHECK bool zy_crl_map(const char *path, struct zy_bytes *out, struct zy_error *err);
void zy_crl_unmap(struct zy_bytes v);

#endif
