#include "law_group.h"

#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "in_force.h"
#include "zy/file.h"
#include "zy/journal_file.h"
#include "zy/order.h"
#include "zy/text.h"

#define REGISTERS_MAX 64

/* What the journals of the home's signers say: the orders that were taken, and the registers that were in force. */
struct registers {
	struct zy_law *l;
	struct zy_arena *arena;
	bool read;
	struct zy_in_force taken;
	size_t num;
	uint8_t digests[REGISTERS_MAX][ZY_HASH_LEN];
	struct zy_officers officers[REGISTERS_MAX];
};

static bool is_known(const struct registers *g, const uint8_t digest[ZY_HASH_LEN])
{
	for (size_t i = 0; i < g->num; i++)
		if (memcmp(g->digests[i], digest, ZY_HASH_LEN) == 0)
			return true;
	return false;
}

/* A register that was not kept, or not whole, judges nothing. */
static bool see(void *arg, const struct zy_journal_record *r, const struct zy_journal_head *head, struct zy_error *err)
{
	struct registers *g = arg;
	struct zy_error ignored = { 0 };

	(void)head;
	if (!zy_in_force_see(&g->taken, r, err))
		return false;
	if (zy_bytes_equal(r->use, ZY_LITERAL("officers")) && g->num < REGISTERS_MAX && !is_known(g, r->digest) &&
	    zy_law_register(g->l, r->digest, g->arena, &g->officers[g->num], &ignored))
		memcpy(g->digests[g->num++], r->digest, ZY_HASH_LEN);
	return true;
}

/* The name of a token in the path of its journal. */
static const char *token_of(const char *path, struct zy_arena *a, struct zy_error *err)
{
	const char *name = strrchr(path, '/') + 1;

	return zy_arena_printf(a, err, "%.*s", (int)strcspn(name, "."), name);
}

static bool read_registers(struct registers *g, const char *home, struct zy_error *err)
{
	const char *pattern = zy_arena_printf(g->arena, err, "%s/signer/*.journal", home);
	struct zy_journal_head head;
	uint64_t rest;
	glob_t found = { 0 };
	bool ok = pattern != NULL;

	if (g->read)
		return true;
	g->read = true;
	if (ok && glob(pattern, 0, NULL, &found) == 0)
		for (size_t i = 0; ok && i < found.gl_pathc; i++) {
			const char *token = token_of(found.gl_pathv[i], g->arena, err);

			ok = token != NULL && zy_journal_read_file(found.gl_pathv[i], token, see, g, &head, &rest, err);
		}
	globfree(&found);
	return ok;
}

/* The file's name is SHA-256 of the order: an altered file is known for what it was. */
static bool id_of(const char *path, uint8_t id[ZY_HASH_LEN])
{
	const char *name = strrchr(path, '/') + 1;

	return strcspn(name, ".") == (size_t)2 * ZY_HASH_LEN &&
	       zy_unhex(ZY_BYTES(name, 2 * ZY_HASH_LEN), id, ZY_HASH_LEN, &(struct zy_error){ 0 });
}

/* What was taken here is not asked again; what nobody took, since its signer was cut off before, is for whoever carries
 * it out. */
static bool take(struct registers *g, const char *home, const char *path, struct zy_error *err)
{
	uint8_t id[ZY_HASH_LEN], read[ZY_HASH_LEN];
	struct zy_error why = { 0 };
	struct zy_bytes file;
	bool lacks, whole;

	if (!id_of(path, id) || zy_signer_journal_used(g->l->journal, id))
		return true;
	if (!zy_file_read(path, ZY_ORDER_FILE_MAX, g->arena, &file, err))
		return false;
	whole = zy_law_lacks(g->l, file, read, &lacks, &why) && memcmp(id, read, ZY_HASH_LEN) == 0;
	if (whole && !lacks)
		return true;
	if (!read_registers(g, home, err))
		return false;
	if (!zy_in_force_used(&g->taken, id) || (whole && zy_law_take_kept(g->l, file, &g->l->officers, &why)))
		return true;
	for (size_t i = 0; whole && i < g->num; i++)
		if (zy_law_take_kept(g->l, file, &g->officers[i], &(struct zy_error){ 0 }))
			return true;
	return zy_fail(err, why.code == ZY_OK ? ZY_E_ORDER : why.code, "approved", ZY_NOWHERE,
	    "put signer/approved%s back, which this token of a group must know: %s", strrchr(path, '/'),
	    why.code == ZY_OK ? "it was changed" : why.msg);
}

bool zy_law_catch_up(struct zy_law *l, const char *home, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct registers *g = zy_arena_alloc(&a, sizeof(*g), err);
	const char *pattern = zy_arena_printf(&a, err, "%s/*.order", l->config->approved);
	glob_t found = { 0 };
	bool ok = true;

	if (g == NULL || pattern == NULL)
		return false;
	*g = (struct registers){ .l = l, .arena = &a };
	if (l->config->group == NULL || l->config->ceremony)
		return true;
	if (glob(pattern, 0, NULL, &found) == 0)
		for (size_t i = 0; ok && i < found.gl_pathc; i++)
			ok = take(g, home, found.gl_pathv[i], err);
	globfree(&found);
	zy_in_force_forget(&g->taken);
	return ok;
}
