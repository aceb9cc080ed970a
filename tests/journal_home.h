/* A signer's journal in a folder of its own, without a signer. */
#ifndef JOURNAL_HOME_H
#define JOURNAL_HOME_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "hsm/journal.h"
#include "journal_sample.h"

static const struct zy_seal_rule journal_rule = { .esID = "99010000000001", .limit_total = 1000 };

struct journal_home {
	char folder[64], journal[96], head[96];
	struct zy_signer_config config;
	struct zy_log log;
	struct zy_keyring keys; /* its num says whether the token has keys; none of them is there */
	struct zy_signer_journal *j;
};

static inline bool journal_home_open(struct journal_home *h, bool has_keys, struct zy_error *err)
{
	h->keys.num = has_keys;
	return zy_signer_journal_open(&h->j, &h->config, &h->keys, &h->log, err);
}

static inline void journal_home_make(struct journal_home *h)
{
	*h = (struct journal_home){ 0 };
	snprintf(h->folder, sizeof(h->folder), "/tmp/zy-journal-XXXXXX");
	assert_non_null(mkdtemp(h->folder));
	snprintf(h->journal, sizeof(h->journal), "%s/soft.journal", h->folder);
	snprintf(h->head, sizeof(h->head), "%s/soft.head", h->folder);
	h->config = (struct zy_signer_config){ .name = "soft", .journal = h->journal, .head = h->head };
	h->log = (struct zy_log){ &zy_clock_system, open("/dev/null", O_WRONLY) };
}

static inline void journal_home_remove(struct journal_home *h)
{
	zy_signer_journal_close(h->j);
	unlink(h->journal);
	unlink(h->head);
	rmdir(h->folder);
	close(h->log.fd);
}

#endif
