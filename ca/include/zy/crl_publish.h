/* Publishing CRLs: entries stream from the register to the file, so memory does not grow with what is revoked. */
#ifndef ZY_CRL_PUBLISH_H
#define ZY_CRL_PUBLISH_H

#include "zy/authority.h"
#include "zy/certificate.h"

/* What is revoked, where it is not the register that says so: calls cb in the order of serials; asked twice for one
 * publication. */
struct zy_revoked {
	bool (*walk)(void *arg, zy_entry_cb *cb, void *cb_arg, struct zy_error *err);
	void *arg;
};

struct zy_crl_job {
	struct zy_cert_issuer issuer; /* its key has the use CRL */
	bool of_root;                 /* its signer reads the whole list: at most a message long */
	struct zy_register *reg;      /* of which this issuer's revoked and cancelled certificates are listed */
	struct zy_revoked revoked;    /* in place of reg when walk is not NULL */
	const char *folder;           /* there; FOLDER/NAME.crl, or FOLDER/NAME-DIGITS.crl for partitions */
	const char *name;
	const char *
	    address; /* of the folder, as certificates say it: partitions are called by it; NULL: by ZY_CRL_PARTITION */
	const char *number_file; /* the last cRLNumber of this issuer, as text; made when it is not there */
	unsigned digits; /* 0: one whole list; 1 or 2: a list for each prefix that a serial made here can have */
	zy_time this_update, next_update;
};

struct zy_crl_published {
	uint64_t number; /* of all lists of one job */
	size_t num_lists, num_entries;
	uint64_t bytes;
};

/*
 * Makes the lists, reads them back as anybody would, and checks with a second walk that every revoked certificate is
 * in the list that covers it, with its date and reason; only then the files get their names. The number is written
 * down before anything is signed, so it never comes twice whatever stops us, and a list in the folder with a number
 * not below it is not replaced. One publisher at a time for each number_file.
 * Errors: self-verify (a revoked certificate is not covered: nothing was released), state (the number), dates, busy,
 * io, crl, those of zy_hsm_sign and of the walk.
 */
ZY_MUST_CHECK bool zy_crl_publish(struct zy_hsm *h, struct zy_keys *keys, const struct zy_crl_job *job,
    struct zy_crl_published *out, struct zy_error *err);

#endif
