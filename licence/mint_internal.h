/* One licence on its way through the main path. */
#ifndef ZY_MINT_INTERNAL_H
#define ZY_MINT_INTERNAL_H

#include "zy/application.h"
#include "zy/file.h"
#include "zy/mint.h"
#include "zy/record.h"

#include "internal.h"

struct zy_mint_work {
	struct zy_desk *desk;
	const struct zy_mint_request *asked;
	const char *out_dir;
	struct zy_arena *arena;
	const char *changes; /* identifier of the licence that changes, NULL for a new one */

	/* 1 check */
	const struct zy_type *type;
	const struct zy_seal_use *seal;
	struct zy_holder holder;
	const char *holder_name;
	struct zy_application application;
	struct zy_terms terms;
	unsigned forms;
	struct zy_identifier before; /* of a change: the version that is replaced */
	struct zy_record before_record;
	/* 2 intent */
	char request[ZY_REQUEST_MAX + 1];
	struct zy_passenger passenger;
	struct zy_intent intent;
	bool intended;
	/* 3 compose */
	struct zy_record record;
	zy_time valid_from, valid_to;
	const char *reason; /* of the event: what became of terms; "": there are none */
	/* 4 draw */
	const struct zy_face *face;
	struct zy_bytes pdf;
	struct zy_package *package;
	/* 5 seal to 8 release */
	struct zy_minted out;
	struct zy_file_new staged[ZY_LICENCE_FORMS_MAX];
	struct zy_logged logged;
	bool committed;
};

/* Everything that can be refused before anything is stored. */
ZY_MUST_CHECK bool zy_mint_check(struct zy_mint_work *w, struct zy_error *err);
ZY_MUST_CHECK bool zy_mint_intend(struct zy_mint_work *w, struct zy_error *err);
ZY_MUST_CHECK bool zy_mint_compose(struct zy_mint_work *w, struct zy_error *err);
ZY_MUST_CHECK bool zy_mint_draw(struct zy_mint_work *w, struct zy_error *err);
ZY_MUST_CHECK bool zy_mint_seal(struct zy_mint_work *w, struct zy_error *err);
ZY_MUST_CHECK bool zy_mint_self_verify(struct zy_mint_work *w, struct zy_error *err);
/* Once for each type and seal, before a version of it is stored: what its licences have in common. */
ZY_MUST_CHECK bool zy_mint_sample(const struct zy_mint_work *w, struct zy_error *err);
/* Stages the files, then commits: a folder that is full stops the mint before the vault holds it. */
ZY_MUST_CHECK bool zy_mint_commit(struct zy_mint_work *w, struct zy_error *err);
/* Gives the staged files their names, and the proof that the log holds the version. */
ZY_MUST_CHECK bool zy_mint_release(struct zy_mint_work *w, struct zy_error *err);
/* The answer of a request that was answered before, from the vault. */
ZY_MUST_CHECK bool zy_mint_answer_again(struct zy_mint_work *w, struct zy_error *err);

/* The path of a form's file below a folder: IDENTIFIER.ofd, IDENTIFIER.pdf. NULL on no-memory. */
const char *zy_form_path(
    const char *folder, const char *identifier, unsigned form, struct zy_arena *a, struct zy_error *err);
ZY_MUST_CHECK bool zy_form_digest(unsigned form, struct zy_bytes bytes, uint8_t out[ZY_HASH_LEN], struct zy_error *err);

#endif
