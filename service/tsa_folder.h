/* ca tsa --requests: a folder of time-stamp requests, answered in groups. */
#ifndef ZY_TSA_FOLDER_H
#define ZY_TSA_FOLDER_H

#include "cli.h"
#include "zy/tsa.h"

struct zy_tsa_folder {
	const char *requests, *out; /* folders: NAME.tsq is answered in NAME.tsr; out must exist */
	const char *policy;         /* NULL: that of the home */
	const enum zy_suite *suite; /* whose key for all; NULL: as each request asks */
	bool force;                 /* also what is answered already, which is else passed over */
};
struct zy_tsa_folder_counts {
	uint64_t granted, rejected, failed, passed;
};
/* By what a request's imprint is: SM2 for SM3, P-256 for anything else, what cannot be read included. */
enum zy_suite zy_tsa_suite_of(struct zy_bytes request);
/* A line about a token at path. request: its file's name, or NULL; policy NULL: the home's. */
void zy_tsa_tell(const struct zy_cli *c, const char *request, const char *path, const char *policy, enum zy_suite suite,
    const struct zy_tsa_answer *a);
/* A line for each request that is answered or fails; what ends it all is the error: io (a folder), no-memory,
 * those of zy_tsa_home_open. */
ZY_MUST_CHECK bool zy_tsa_folder_answer(
    struct zy_cli *c, const struct zy_tsa_folder *f, struct zy_tsa_folder_counts *counts, struct zy_error *err);

#endif
