/* A vault filled by every function that writes, and what of it nobody may find in a stolen copy. */
#ifndef ZY_TESTS_SECRET_MADE_H
#define ZY_TESTS_SECRET_MADE_H

#include "vault_made.h"
#include "zy/file.h"
#include "zy/receipts.h"
#include "zy/tenants.h"
#include "zy/text.h"

#define SECRET_MUST(call)                                                                                              \
	do {                                                                                                           \
		struct zy_error err = { 0 };                                                                           \
		if (!(call))                                                                                           \
			made_fail(#call, &err);                                                                        \
	} while (0)

/* Texts that stand in rows: of two licences, a changed one and one in a tenant, a cancelled intent and an open one. */
static const char *const secret_texts[] = { MADE_TYPE, MADE_ISSUER, "000000001", "000000002", "request-one",
	"request-two", "request-three", "request-open", "secret-reason", "secret-case", "secret-ground",
	"云泽市临江区" };
enum { SECRET_TEXTS = sizeof(secret_texts) / sizeof(secret_texts[0]) };

static inline void secret_fill(struct made_vault *m)
{
	const struct zy_access look = {
		.who = "hotel", .what = "show", .case_id = "secret-case", .ground = "secret-ground"
	};
	struct made_vault district = *m;
	char id[ZY_IDENTIFIER_MAX + 1];
	struct zy_intent in;

	SECRET_MUST(zy_tenant_add(m->v, "990100", "云泽市", NULL, &err));
	SECRET_MUST(zy_tenant_add(m->v, "990101", "云泽市临江区", "990100", &err));
	SECRET_MUST(zy_vault_enter(m->v, "990101", &district.v, &err));
	SECRET_MUST(made_mint(m, "request-one", 1, 3000, id, &err));
	SECRET_MUST(made_intend(m, "request-two", 1, NULL, &in, &err));
	SECRET_MUST(made_commit(m, "request-two", 1, 2, 1, 3000, &err));
	SECRET_MUST(zy_vault_set_status(m->v, id, ZY_STATUS_SUSPENDED, "secret-reason", &err));
	SECRET_MUST(zy_receipt_licence(m->v, id, 2, &look, NULL, &err));
	SECRET_MUST(made_mint(&district, "request-three", 1, 3000, id, &err));
	SECRET_MUST(made_intend(m, "request-open", 1, MADE_SCOPE, &in, &err));
	SECRET_MUST(made_intend(m, "request-gone", 1, MADE_SCOPE, &in, &err));
	SECRET_MUST(zy_vault_cancel(m->v, "request-gone", "secret-reason", &err));
	made_close(&district);
}

static inline bool secret_has(struct zy_bytes where, const char *text)
{
	return memmem(where.p, where.len, text, strlen(text)) != NULL;
}

/* As it is, in hexadecimal digits, and as its digest: the octets of a copy that would tell the text. */
static inline bool secret_tells(struct zy_bytes copy, const char *text)
{
	char hex[512];
	bool told = secret_has(copy, text);

	zy_hex(zy_str(text), hex);
	told = told || secret_has(copy, hex);
	for (enum zy_hash h = ZY_HASH_SM3; h <= ZY_HASH_SHA256; h++) {
		struct zy_error err = { 0 };
		uint8_t digest[ZY_HASH_LEN];

		if (!zy_digest(h, zy_str(text), digest, &err))
			made_fail("digest", &err);
		/* that there are licences of a type may be known (zy/secret.h) */
		told = told || (strcmp(text, MADE_TYPE) != 0 && memmem(copy.p, copy.len, digest, ZY_HASH_LEN) != NULL);
	}
	return told;
}

static inline struct zy_bytes secret_copy(const struct made_vault *m, const char *name, struct zy_arena *a)
{
	struct zy_bytes whole;
	char path[96];

	snprintf(path, sizeof(path), "%s/%s", m->folder, name);
	SECRET_MUST(zy_file_read(path, (size_t)1 << 28, a, &whole, &err));
	return whole;
}

#endif
