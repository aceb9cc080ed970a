/* log: the transparency log of the vault; one row for each verb. */
#include "cli.h"
#include "cmd_log.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "zy/file.h"
#include "zy/follow_home.h"
#include "zy/log_judge.h"
#include "zy/text.h"
#include "zy/cosigned.h"

const struct zy_cmd zy_log_cmds[] = {
	{ "log checkpoint", "[--out FILE]", "sign the tree as it is now", zy_cmd_log_checkpoint,
	    "A checkpoint (C2SP tlog-checkpoint) says how many entries the log has and what their root is, signed with\n"
	    "the log's keys of both suites. Give it to somebody else to keep: against it, `log check --from` finds out\n"
	    "whether anything was dropped, exchanged or put between since. The signer signs no smaller tree than\n"
	    "before, and no other of the same size (code log-fork).\n"
	    "\n"
	    "  zhengyin log checkpoint --out checkpoint-$(date +%F)\n" },
	{ "log prove", "ID [--version N] | --from CHECKPOINT [--to CHECKPOINT] | --loss [--out FILE]",
	    "prove that the log holds a licence, or only grew", zy_cmd_log_prove,
	    "Writes a proof (C2SP tlog-proof): the leaf, its index, the path to the root, and a checkpoint. It can be\n"
	    "verified without the vault, and beside the licence's file:\n"
	    "\n"
	    "  zhengyin log prove ID --out licence.tlog-proof\n"
	    "  zhengyin-verify --log-proof licence.tlog-proof licence.ofd\n"
	    "\n"
	    "--from: that the log of today, or that of --to, begins with all that an old checkpoint is of, for who keeps\n"
	    "that one (a consistency proof, in the form of C2SP tlog-witness). It needs nothing of ours to be checked:\n"
	    "\n"
	    "  zhengyin log prove --from old-checkpoint --out grown\n"
	    "  zhengyin-verify --log-proof grown old-checkpoint\n"
	    "\n"
	    "--loss: of the order by which a part of the log was given up, for who holds a checkpoint or a proof of it:\n"
	    "\n"
	    "  zhengyin log prove --loss --out loss.tlog-proof\n"
	    "  zhengyin-verify --log-proof loss.tlog-proof old-checkpoint\n" },
	{ "log check", "[--from CHECKPOINT]", "hold the whole log against the vault, and against an old checkpoint",
	    zy_cmd_log_check,
	    "Makes every leaf again from its event and every hash from those below it. --from: a checkpoint that was\n"
	    "kept elsewhere; the log of today must begin with the one that it is of. What does not hold is exit 74. Others work on.\n"
	    "\n"
	    "  zhengyin log check --from checkpoint-2026-03-01\n" },
	{ "log loss", "--out FILE [--secret]", "ask that the log goes on though a part of it is lost", zy_cmd_log_loss,
	    "After a restore that lost something the log's keys sign nothing (log-fork): they remember a longer log. When\n"
	    "the rest will not be found, two officers may order that the log goes on from what is there. The journals\n"
	    "have the order, and the log has an entry that names what was lost, its size and its root. Whoever kept a\n"
	    "checkpoint of it is told so (`log check --from`, `log prove --loss`); witnesses have to be told by you, and\n"
	    "sign nothing before. --secret: of the secret compartment, whose head the signers note without knowing it;\n"
	    "the numbers of licences that were lost are passed over.\n"
	    "\n"
	    "  zhengyin log loss --out loss\n"
	    "  zhengyin approve request log loss --as requester-1 --purpose '灾后恢复' --out loss.order\n"
	    "  zhengyin approve sign loss.order --as officer-1       and officer-2\n"
	    "  zhengyin approve apply loss.order\n" },
	{ "log export", "DIR [--all]", "write the log as static files", zy_cmd_log_export,
	    "The layout of C2SP tlog-tiles: DIR/checkpoint, DIR/tile/LEVEL/N, DIR/tile/entries/N. Full tiles that were\n"
	    "published are left alone, so that running it again costs little; --all holds each of them against the log\n"
	    "and writes anew what differs. Others work on meanwhile. Entries are salted commitments: whoever reads them\n"
	    "learns nothing about licences. Where the trust bundle asks for witnesses and enough have signed a checkpoint\n"
	    "(`log ask`), the log is written as of the newest such one, with their lines. What is published only grows: a\n"
	    "folder whose checkpoint this log does not begin with is refused (log-fork). packaging/nginx/log.conf serves it.\n"
	    "\n"
	    "  zhengyin log export /srv/www/log\n" },
	{ "log ask", "NAME --by COMMAND | --out FILE", "ask a witness to sign the log", zy_cmd_log_ask,
	    "NAME is a witness of the trust bundle (`trust witness`). The request (C2SP tlog-witness, add-checkpoint) is\n"
	    "the proof that the log only grew since that witness saw it last, and a checkpoint: the one that others were\n"
	    "asked about and NAME has not signed yet, else a new one (--new: always). COMMAND is run by /bin/sh, gets the\n"
	    "request on its standard input and prints the body of the answer; a witness that knows another size (409) is\n"
	    "asked once more. When as many signed as the bundle wants (`trust witness --least`), proofs and `log export`\n"
	    "carry that checkpoint. --out writes the request for who must carry it there; then `log answer`.\n"
	    "\n"
	    "  zhengyin log ask w.example/linxi --by 'curl -s --data-binary @- https://w.example/add-checkpoint'\n"
	    "  zhengyin log ask w.example/linxi --out request\n"
	    "  curl -s --data-binary @request https://w.example/add-checkpoint | zhengyin log answer w.example/linxi -\n" },
	{ "log answer", "NAME FILE|-", "take in what a witness answered", zy_cmd_log_answer,
	    "FILE is the body of the answer to the last request that `log ask --out` wrote: signature lines, or the size\n"
	    "that the witness knows; then ask again with `log ask --old SIZE`.\n" },
	{ "log cosign", "CHECKPOINT --witness KEY --line FILE|- --out FILE",
	    "add the signature of a witness to a checkpoint", zy_cmd_log_cosign,
	    "KEY is the witness's public key, NAME+ID+BASE64; the line is what it answered: \"— NAME BASE64\". Ed25519\n"
	    "(C2SP tlog-cosignature) and SM2. The line is added only when the log's signatures and the witness's verify.\n"
	    "\n"
	    "  zhengyin log cosign checkpoint --witness \"$(cat neighbour.key)\" --line answer --out checkpoint.signed\n" },
	{ 0 },
};

bool zy_cmd_log(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	return zy_verb_run(c, zy_log_cmds, "the transparency log of the vault", argc, argv, err);
}

static json_t *head_json(const struct zy_merkle_head *h)
{
	ZY_BUF_AUTO root = { 0 };

	zy_base64_encode(&root, ZY_BYTES(h->root, ZY_HASH_LEN));
	return json_pack(
	    "{s:I, s:o}", "size", (json_int_t)h->size, "root", json_stringn((const char *)root.p, root.len));
}

static void print_text(struct zy_bytes text)
{
	fwrite(text.p, 1, text.len, stdout);
}

bool zy_cmd_log_checkpoint(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const char *out = NULL, *words[1];
	const struct zy_option opts[] = { { "out", "FILE", "write it there instead of printing it", &out, NULL },
		{ 0 } };
	struct zy_merkle_head head;
	ZY_ARENA_AUTO a = { 0 };
	struct zy_bytes note;
	struct zy_desk d;
	bool go, ok;

	if (!zy_cli_parse(c, "log checkpoint", opts, argc, argv, 0, 0, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (!zy_desk_open(&d, c->home, ZY_DESK_READ, c->clock, NULL, err))
		return false;
	ok = zy_desk_follow(&d, err) && zy_log_book_sign(d.log, &a, &note, &head, err) &&
	     (out == NULL || zy_file_write(out, note, 0644, true, err));
	if (ok && c->json) {
		json_t *o = head_json(&head);

		json_object_set_new(o, "origin", json_string(zy_log_book_origin(d.log)));
		json_object_set_new(o, "checkpoint", json_stringn((const char *)note.p, note.len));
		zy_cli_json(o);
	} else if (ok && out == NULL)
		print_text(note);
	else if (ok)
		printf("%s: %llu entries\n", out, (unsigned long long)head.size);
	zy_desk_close(&d);
	return ok;
}

bool zy_log_checkpoint_read(
    struct zy_desk *d, const char *path, struct zy_arena *a, struct zy_checkpoint *out, struct zy_error *err)
{
	enum zy_log_verdict verdict;
	struct zy_bytes text;

	if (!zy_file_read(path, ZY_NOTE_MAX, a, &text, err) || !zy_checkpoint_parse(out, text, a, err) ||
	    !zy_checkpoint_judge(d->keys, &d->trust, out, ZY_LOG_ANY_TIME, &verdict, err))
		return false;
	return verdict == ZY_LOG_GOOD || zy_fail(err, ZY_E_LOG, "checkpoint", ZY_NOWHERE,
					     "%s is not signed by this home's log, or was altered", path);
}

/* What the log does not begin with: given up by an order that the log itself tells of, or it was changed. */
static bool is_parted(struct zy_desk *d, const struct zy_merkle_head *from, const char *why, struct zy_error *err)
{
	struct zy_log_given_up g;
	char at[ZY_TIME_TEXT];

	if (!zy_log_given_up_find(d->vault, from->size, &g, err))
		return false;
	if (g.seq == 0)
		return zy_fail(err, ZY_E_LOG, "root", ZY_NOWHERE, "%s", why);
	zy_time_to_rfc3339(g.at, at);
	return zy_fail(err, ZY_E_LOG, "order", ZY_NOWHERE,
	    "given up by order: a history of up to %llu entries was lost; entry %llu of %s says so, and that the log %s",
	    (unsigned long long)g.lost, (unsigned long long)g.seq - 1, at, g.reason);
}

/* The log of now must begin with the one that the old checkpoint is of. */
static bool check_from(
    struct zy_desk *d, const struct zy_merkle_head *from, const struct zy_merkle_head *now, struct zy_error *err)
{
	struct zy_merkle_path path;
	bool good;

	if (from->size > now->size)
		return is_parted(d, from, "the checkpoint has more entries than the log: entries were dropped", err);
	return zy_vault_log_consistency(d->vault, from->size, now->size, &path, err) &&
	       zy_merkle_check_consistency(from, &path, now, &good, err) &&
	       (good || is_parted(d, from,
			    "the log does not begin with the entries of the checkpoint: history was changed", err));
}

/* ---- what grew ---- */

struct grown {
	const char *from, *to, *out;
	struct zy_arena arena;
	struct zy_checkpoint old;
	struct zy_bytes text; /* of the checkpoint that the proof leads to */
	struct zy_checkpoint now;
	struct zy_checkpoint_request proof;
};

/* --to; else what witnesses signed, where that is newer than --from; else the log as it is now. */
static bool choose_now(struct grown *g, struct zy_desk *d, struct zy_error *err)
{
	struct zy_merkle_head head;
	struct zy_cosigned k;

	if (g->to != NULL) {
		if (!zy_file_read(g->to, ZY_NOTE_MAX, &g->arena, &g->text, err))
			return false;
	} else if (!zy_cosigned_get(d, ZY_COSIGNED_WITNESSED, &g->arena, &k, err)) {
		return false;
	} else if (d->trust.witness_least > 0 && zy_cosigned_is_enough(d, &k) &&
		   k.checkpoint.head.size >= g->old.head.size) {
		g->text = k.text;
	} else if (!zy_desk_follow(d, err) || !zy_log_book_sign(d->log, &g->arena, &g->text, &head, err)) {
		return false;
	}
	if (!zy_cosigned_judge(d, g->text, &g->arena, &k, err))
		return false;
	g->now = k.checkpoint;
	return true;
}

static bool prove_grown(struct grown *g, struct zy_desk *d, struct zy_error *err)
{
	if (!zy_log_checkpoint_read(d, g->from, &g->arena, &g->old, err) || !choose_now(g, d, err))
		return false;
	if (g->to != NULL && g->old.head.size > g->now.head.size)
		return zy_fail(err, ZY_E_USAGE, "to", ZY_NOWHERE, "give the checkpoint with fewer entries with --from");
	g->proof = (struct zy_checkpoint_request){ .old = g->old.head.size, .checkpoint = g->text };
	return check_from(d, &g->old.head, &g->now.head, err) &&
	       zy_vault_log_consistency(d->vault, g->old.head.size, g->now.head.size, &g->proof.path, err);
}

static json_t *grown_json(const struct grown *g)
{
	json_t *o = head_json(&g->now.head), *hashes = json_array();

	for (size_t i = 0; i < g->proof.path.num; i++) {
		ZY_BUF_AUTO hash = { 0 };

		zy_base64_encode(&hash, ZY_BYTES(g->proof.path.hashes[i], ZY_HASH_LEN));
		json_array_append_new(hashes, json_stringn((const char *)hash.p, hash.len));
	}
	json_object_set_new(o, "from", head_json(&g->old.head));
	json_object_set_new(o, "path", hashes);
	json_object_set_new(o, "checkpoint", json_stringn((const char *)g->text.p, g->text.len));
	json_object_set_new(o, "proof", g->out == NULL ? json_null() : json_string(g->out));
	return o;
}

static bool answer_grown(struct zy_cli *c, struct grown *g, struct zy_error *err)
{
	ZY_BUF_AUTO text = { 0 };
	struct zy_desk d;
	bool ok;

	if (!zy_desk_open(&d, c->home, ZY_DESK_READ, c->clock, NULL, err))
		return false;
	ok = prove_grown(g, &d, err);
	zy_desk_close(&d);
	if (!ok)
		return false;
	zy_checkpoint_request_encode(&g->proof, &text);
	if (!zy_buf_done(&text, "proof", err) ||
	    (g->out != NULL && !zy_file_write(g->out, zy_buf_bytes(&text), 0644, true, err)))
		return false;
	if (c->json)
		zy_cli_json(grown_json(g));
	else if (g->out == NULL)
		print_text(zy_buf_bytes(&text));
	else
		printf("%s: %llu entries, which begin with %llu\n", g->out, (unsigned long long)g->now.head.size,
		    (unsigned long long)g->old.head.size);
	return true;
}

/* ---- what the log holds ---- */

static bool answer_proof(
    struct zy_cli *c, const struct zy_version *v, struct zy_log_answer *l, const char *out, struct zy_error *err)
{
	ZY_BUF_AUTO text = { 0 };

	if (!l->proved)
		return zy_fail(err, ZY_E_SIGNER_ABSENT, "log", ZY_NOWHERE,
		    "the log's key cannot be asked, or the home has none; see `zhengyin status`");
	zy_log_answer_encode(l, &text);
	if (!zy_buf_done(&text, "proof", err) ||
	    (out != NULL && !zy_file_write(out, zy_buf_bytes(&text), 0644, true, err)))
		return false;
	l->file = out;
	if (c->json)
		zy_cli_json(v == NULL ? json_pack("{s:o}", "log", zy_log_json(l))
				      : json_pack("{s:s, s:i, s:o}", "licence", v->identifier, "version",
					    (int)v->version, "log", zy_log_json(l)));
	else if (out == NULL)
		print_text(zy_buf_bytes(&text));
	else
		printf("%s: entry %llu\n", out, (unsigned long long)l->index);
	return true;
}

/* The order by which a part of the log was given up, the newest one. */
static bool prove_loss(struct zy_cli *c, const char *out, struct zy_error *err)
{
	struct zy_log_given_up g;
	struct zy_log_answer l;
	ZY_ARENA_AUTO a = { 0 };
	struct zy_desk d;
	bool ok;

	if (!zy_desk_open(&d, c->home, ZY_DESK_READ, c->clock, NULL, err))
		return false;
	ok = zy_log_given_up_find(d.vault, 0, &g, err) &&
	     (g.seq > 0 || zy_fail(err, ZY_E_NOT_FOUND, "loss", ZY_NOWHERE, "nothing of the log was given up")) &&
	     zy_log_book_prove(d.log, g.seq - 1, NULL, &a, &l, err) && answer_proof(c, NULL, &l, out, err);
	zy_desk_close(&d);
	return ok;
}

bool zy_cmd_log_prove(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const char *out = NULL, *version = NULL, *words[1] = { NULL };
	struct grown g = { 0 };
	bool loss = false, go, ok;
	const struct zy_option opts[] = { { "version", "N", "this version (default: the newest)", &version, NULL },
		{ "from", "FILE", "that the log begins with what this old checkpoint is of", &g.from, NULL },
		{ "to", "FILE", "with --from: the log of this checkpoint (default: as it is now)", &g.to, NULL },
		{ "loss", NULL, "of the order by which a part of the log was given up", NULL, &loss },
		{ "out", "FILE", "write it there instead of printing it", &out, NULL }, ZY_TENANT_OPTION(c), { 0 } };
	struct zy_log_answer l;
	ZY_ARENA_AUTO a = { 0 };
	struct zy_version v;
	struct zy_desk d;
	unsigned number;

	if (!zy_cli_parse(c, "log prove", opts, argc, argv, 0, 1, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (loss + (words[0] != NULL) + (g.from != NULL) != 1 || (words[0] == NULL && version != NULL))
		return zy_fail(err, ZY_E_USAGE, "ID", ZY_NOWHERE, "give the ID of a licence, or --from, or --loss");
	if (g.to != NULL && g.from == NULL)
		return zy_fail(err, ZY_E_USAGE, "to", ZY_NOWHERE, "--to goes with --from");
	if (g.from != NULL) {
		g.out = out;
		ok = answer_grown(c, &g, err);
		zy_arena_free(&g.arena);
		return ok;
	}
	if (loss)
		return prove_loss(c, out, err);
	if (!zy_cli_version(version, &number, err) ||
	    !zy_desk_open_as(&d, c->home, &c->as, ZY_DESK_READ, c->clock, NULL, err))
		return false;
	ok = zy_vault_get(d.vault, words[0], number, ZY_TIME_NEVER, false, &a, &v, err) &&
	     zy_log_book_prove(d.log, v.log_index, NULL, &a, &l, err) && answer_proof(c, &v, &l, out, err);
	zy_desk_close(&d);
	return ok;
}

bool zy_cmd_log_check(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const char *from = NULL, *words[1];
	const struct zy_option opts[] = { { "from", "FILE", "an old checkpoint of this log", &from, NULL }, { 0 } };
	struct zy_checkpoint old = { 0 };
	struct zy_merkle_head now;
	ZY_ARENA_AUTO a = { 0 };
	struct zy_desk d;
	bool go, ok;

	if (!zy_cli_parse(c, "log check", opts, argc, argv, 0, 0, words, &go, err) || !go)
		return err->code == ZY_OK;
	if (!zy_desk_open(&d, c->home, ZY_DESK_BESIDE, c->clock, NULL, err))
		return false;
	ok = (from == NULL || zy_log_checkpoint_read(&d, from, &a, &old, err)) &&
	     zy_vault_log_check(d.vault, &now, err) && (from == NULL || check_from(&d, &old.head, &now, err)) &&
	     zy_cosigned_check(&d, err);
	if (ok && c->json) {
		json_t *o = head_json(&now);

		json_object_set_new(o, "from", from == NULL ? json_null() : head_json(&old.head));
		zy_cli_json(o);
	} else if (ok)
		printf("%llu entries, each the leaf of its event%s\n", (unsigned long long)now.size,
		    from == NULL ? "" : "; the log begins with that of the checkpoint");
	zy_desk_close(&d);
	return ok;
}
