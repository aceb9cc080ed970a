/* Files and states of a home that the log follows by their digests: seals, rules, the trust bundle. */
#include <dirent.h>
#include <errno.h>
#include <unistd.h>

#include "follow.h"
#include "zy/kept.h"

enum { FACTS_MAX = 256 };
#define FILE_MAX ((size_t)4 << 20)

struct facts {
	struct zy_desk *desk;
	struct zy_arena arena;
	struct zy_followed list[FACTS_MAX]; /* what is new */
	size_t num;
};

/* New when its digest is not the one of the mark. An empty fact (a seal that is not off) is told only after a full
 * one, with the words of `ended`. */
static bool add(struct facts *f, struct zy_followed fact, const char *ended, struct zy_error *err)
{
	static const uint8_t none[ZY_HASH_LEN];
	bool found, empty = memcmp(fact.digest, none, ZY_HASH_LEN) == 0;
	struct zy_mark mark = { 0 };

	if (fact.source == NULL || !zy_vault_mark(f->desk->whole, fact.source, &mark, &found, err))
		return false;
	if ((!found && empty) || (found && memcmp(mark.digest, fact.digest, ZY_HASH_LEN) == 0))
		return true;
	memcpy(fact.mark.digest, fact.digest, ZY_HASH_LEN);
	fact.mark.number = fact.number;
	if (empty)
		fact.reason = ended;
	f->list[f->num++] = fact;
	if (f->num < FACTS_MAX)
		return true;
	f->num = 0;
	return zy_vault_follow(f->desk->whole, f->list, FACTS_MAX, err);
}

static bool digest_file(const char *path, uint8_t out[ZY_HASH_LEN], struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes file;

	return path != NULL && zy_kept_read(path, FILE_MAX, &a, &file, err) &&
	       zy_digest(ZY_HASH_SHA256, file, out, err);
}

/* ---- rules ---- */

static int is_json(const struct dirent *e)
{
	size_t len = strlen(e->d_name);

	return len > 5 && e->d_name[0] != '.' && strcmp(e->d_name + len - 5, ".json") == 0;
}

/* Names and digests of the files of one folder, in the order of their names. */
static bool list_folder(struct facts *f, const char *sub, struct zy_buf *out, struct zy_error *err)
{
	const char *folder = zy_home_path(&f->desk->home, &f->arena, err, "policies%s", sub);
	uint8_t digest[ZY_HASH_LEN];
	struct dirent **names;
	bool ok = folder != NULL;
	int num = ok ? scandir(folder, &names, is_json, alphasort) : -1;

	if (ok && num < 0)
		ok = zy_fail(err, ZY_E_IO, "policies", ZY_NOWHERE, "cannot read %s: %s", folder, strerror(errno));
	for (int i = 0; i < num; i++) {
		zy_buf_printf(out, "%s/%s", sub, names[i]->d_name);
		zy_buf_put_u8(out, 0);
		ok = ok && digest_file(zy_arena_printf(&f->arena, err, "%s/%s", folder, names[i]->d_name), digest, err);
		if (ok)
			zy_buf_put(out, ZY_BYTES(digest, sizeof(digest)));
		free(names[i]);
	}
	if (num >= 0)
		free(names);
	return ok;
}

static bool follow_rules(struct facts *f, struct zy_error *err)
{
	struct zy_followed fact = {
		.source = "policies", .what = ZY_FOLLOWED_POLICY, .about = "policies", .reason = "changed"
	};
	ZY_BUF_AUTO all = { 0 };

	return list_folder(f, "", &all, err) && list_folder(f, "/types", &all, err) &&
	       list_folder(f, "/layouts", &all, err) && zy_buf_done(&all, "policies", err) &&
	       zy_digest(ZY_HASH_SHA256, zy_buf_bytes(&all), fact.digest, err) && add(f, fact, NULL, err);
}

static bool follow_trust(struct facts *f, struct zy_error *err)
{
	struct zy_followed fact = { .source = "trust",
		.what = ZY_FOLLOWED_TRUST,
		.about = "bundle",
		.reason = "issued",
		.number = f->desk->trust.version };

	return digest_file(zy_home_path(&f->desk->home, &f->arena, err, "trust/bundle.json"), fact.digest, err) &&
	       add(f, fact, NULL, err);
}

/* ---- seals ---- */

/* Each generation of the key has its SESeal: seal.esl, seal~2.esl ... (zy/home_key.h) */
static bool follow_made(struct facts *f, const struct zy_seal_rule *s, struct zy_error *err)
{
	struct zy_followed fact = { .what = ZY_FOLLOWED_SEAL, .about = s->esID, .reason = "made" };
	const char *path = zy_home_path(&f->desk->home, &f->arena, err, "seals/%s/seal.esl", s->esID);

	while (path != NULL && access(path, F_OK) == 0) {
		fact.number++;
		fact.source = zy_arena_printf(&f->arena, err, "seal %s %llu", s->esID, (unsigned long long)fact.number);
		if (!digest_file(path, fact.digest, err) || !add(f, fact, NULL, err))
			return false;
		path = zy_home_path(&f->desk->home, &f->arena, err, "seals/%s/seal~%llu.esl", s->esID,
		    (unsigned long long)fact.number + 1);
	}
	return path != NULL;
}

static bool follow_state(struct facts *f, const struct zy_seal_rule *s, const char *reason, const char *ended,
    zy_time since, zy_time until, struct zy_error *err)
{
	struct zy_followed fact = { .what = ZY_FOLLOWED_SEAL, .about = s->esID, .reason = reason };
	ZY_BUF_AUTO state = { 0 };

	fact.source = zy_arena_printf(&f->arena, err, "seal %s %s", s->esID, reason);
	zy_buf_printf(&state, "%s %s %lld %lld", s->esID, reason, (long long)since, (long long)until);
	return zy_buf_done(&state, "seal", err) &&
	       ((since == 0 && until == 0) || zy_digest(ZY_HASH_SHA256, zy_buf_bytes(&state), fact.digest, err)) &&
	       add(f, fact, ended, err);
}

static bool follow_seals(struct facts *f, struct zy_error *err)
{
	for (size_t i = 0; i < f->desk->policy.num_seals; i++) {
		const struct zy_seal_rule *s = &f->desk->policy.seals[i];

		if (!follow_made(f, s, err) || !follow_state(f, s, "retired", "in-use", s->retired.at, 0, err) ||
		    !follow_state(f, s, "switched-off", "switched-on", s->off.from, s->off.until, err))
			return false;
	}
	return true;
}

bool zy_desk_follow(struct zy_desk *d, struct zy_error *err)
{
	struct facts f = { .desk = d };
	bool ok = zy_log_book_check(d->log, err) && zy_follow_journals(d, err) && follow_rules(&f, err) &&
		  follow_seals(&f, err) && follow_trust(&f, err) && zy_vault_follow(d->whole, f.list, f.num, err);

	zy_arena_free(&f.arena);
	return ok;
}
