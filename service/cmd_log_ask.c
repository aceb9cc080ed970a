/* log ask, log answer: witnesses are shown what the log is, and sign it (C2SP tlog-witness). */
#include "cli.h"
#include "hook.h"

#include <stdlib.h>

#include "zy/file.h"
#include "zy/follow_home.h"
#include "zy/text.h"
#include "zy/cosigned.h"

struct asking {
	const char *name, *by, *out, *old_text, *answer;
	bool fresh;
	uint64_t old;
	struct zy_arena arena;
	struct zy_cosigned about; /* the checkpoint that the witness is asked about */
	struct zy_bytes request;
};

static bool read_size(const char *text, uint64_t *out)
{
	const size_t len = strlen(text);

	if (len < 1 || len > 18 || strspn(text, "0123456789") != len || (len > 1 && text[0] == '0'))
		return false;
	*out = strtoull(text, NULL, 10);
	return true;
}

static bool open_desk(struct zy_cli *c, struct zy_desk *d, struct zy_error *err)
{
	return zy_desk_open(d, c->home, ZY_DESK_READ, c->clock, NULL, err);
}

static bool is_line_of(const struct asking *q, const struct zy_cosigned *k, size_t i)
{
	return zy_bytes_equal(k->checkpoint.note.signatures[i].name, zy_str(q->name)) &&
	       (k->seen.lines[i] == ZY_LINE_WITNESS || k->seen.lines[i] == ZY_LINE_AGAIN);
}

static bool has_signed(const struct asking *q, const struct zy_cosigned *k)
{
	for (size_t i = 0; k->found && i < k->checkpoint.note.num; i++)
		if (is_line_of(q, k, i))
			return true;
	return false;
}

static bool is_witness(const struct zy_desk *d, const char *name, struct zy_error *err)
{
	const size_t len = strlen(name);

	for (size_t i = 0; i < d->trust.num_witnesses; i++)
		if (strncmp(d->trust.witnesses[i].key, name, len) == 0 && d->trust.witnesses[i].key[len] == '+')
			return true;
	return zy_fail(err, ZY_E_NOT_FOUND, "NAME", ZY_NOWHERE,
	    "the trust bundle names no such witness; see `zhengyin trust show`, and `trust witness KEY`");
}

/* ---- which checkpoint ---- */

static bool sign_new(struct asking *q, struct zy_desk *d, struct zy_error *err)
{
	struct zy_merkle_head head;
	struct zy_bytes note;

	return zy_desk_follow(d, err) && zy_log_book_sign(d->log, &q->arena, &note, &head, err) &&
	       zy_cosigned_judge(d, note, &q->arena, &q->about, err);
}

/* The one that others were asked about, so that their lines come together; else a new one. Nothing new keeps the lines
 * that are there. */
static bool choose(struct asking *q, struct zy_desk *d, struct zy_error *err)
{
	struct zy_cosigned before = { 0 };

	if (!q->fresh && !zy_cosigned_get(d, ZY_COSIGNED_ASKED, &q->arena, &before, err))
		return false;
	if (has_signed(q, &before))
		q->old = before.checkpoint.head.size;
	if (before.found && !has_signed(q, &before)) {
		q->about = before;
		return true;
	}
	if (!sign_new(q, d, err))
		return false;
	if (before.found && zy_bytes_equal(before.checkpoint.note.text, q->about.checkpoint.note.text))
		q->about = before;
	return true;
}

/* What the witness is known to have seen: what it signed; nothing is known of others. */
static bool find_old(struct asking *q, struct zy_desk *d, struct zy_error *err)
{
	struct zy_cosigned k;

	if (q->old_text != NULL)
		return read_size(q->old_text, &q->old) ||
		       zy_fail(err, ZY_E_USAGE, "old", ZY_NOWHERE, "--old is a number of entries");
	if (q->old > 0)
		return true;
	if (!zy_cosigned_get(d, ZY_COSIGNED_WITNESSED, &q->arena, &k, err))
		return false;
	if (has_signed(q, &k) && k.checkpoint.head.size <= q->about.checkpoint.head.size)
		q->old = k.checkpoint.head.size;
	return true;
}

static bool make_request(struct asking *q, struct zy_desk *d, struct zy_error *err)
{
	struct zy_checkpoint_request r = { .old = q->old, .checkpoint = q->about.text };
	const uint64_t size = q->about.checkpoint.head.size;
	ZY_BUF_AUTO text = { 0 };

	if (q->old > size)
		return zy_fail(err, ZY_E_LOG_FORK, "old", ZY_NOWHERE,
		    "the witness saw a log of %llu entries, this one has %llu: entries are missing, or it saw another log",
		    (unsigned long long)q->old, (unsigned long long)size);
	if (!zy_vault_log_consistency(d->vault, q->old, size, &r.path, err))
		return false;
	zy_checkpoint_request_encode(&r, &text);
	return zy_buf_done(&text, "request", err) && zy_arena_copy(&q->arena, zy_buf_bytes(&text), &q->request, err);
}

static bool prepare(struct asking *q, struct zy_desk *d, struct zy_error *err)
{
	return is_witness(d, q->name, err) && choose(q, d, err) && find_old(q, d, err) && make_request(q, d, err) &&
	       zy_cosigned_put(d, &q->about, err);
}

/* ---- what it answers ---- */

/* "SIZE\n": the witness knows another size than it was asked from (409). */
static bool is_size(struct zy_bytes answer, uint64_t *size)
{
	char text[24] = "";

	if (answer.len < 2 || answer.len > sizeof(text) - 1 || answer.p[answer.len - 1] != '\n')
		return false;
	memcpy(text, answer.p, answer.len - 1);
	return read_size(text, size);
}

static bool refused(struct zy_bytes answer, struct zy_error *err)
{
	char said[61] = "";

	for (size_t i = 0; i < answer.len && i < sizeof(said) - 1 && answer.p[i] >= ' ' && answer.p[i] < 0x7f; i++)
		said[i] = (char)answer.p[i];
	return zy_fail(err, ZY_E_WITNESS, "answer", ZY_NOWHERE, "the witness gave no signature line; it said: %s",
	    said[0] == 0 ? "nothing that can be shown" : said);
}

/* A note of the checkpoint's text, of the lines of k that `keep` says, and of others behind them. */
typedef bool keep_fn(const struct asking *q, const struct zy_cosigned *k, size_t i);

static bool judge_note(struct asking *q, struct zy_desk *d, const struct zy_cosigned *k, keep_fn *keep,
    struct zy_bytes more, struct zy_cosigned *out, struct zy_error *err)
{
	ZY_BUF_AUTO note = { 0 };
	struct zy_bytes text;

	zy_buf_put(&note, k->checkpoint.note.text);
	zy_buf_put_u8(&note, '\n');
	for (size_t i = 0; i < k->checkpoint.note.num; i++)
		if (keep(q, k, i))
			zy_note_put_signature(&note, &k->checkpoint.note.signatures[i]);
	zy_buf_put(&note, more);
	return zy_buf_done(&note, "answer", err) && zy_arena_copy(&q->arena, zy_buf_bytes(&note), &text, err) &&
	       zy_cosigned_judge(d, text, &q->arena, out, err);
}

static bool is_of_others(const struct asking *q, const struct zy_cosigned *k, size_t i)
{
	return !is_line_of(q, k, i);
}

static bool is_counted(const struct asking *q, const struct zy_cosigned *k, size_t i)
{
	(void)q;
	return k->seen.lines[i] == ZY_LINE_LOG || k->seen.lines[i] == ZY_LINE_WITNESS;
}

/* Lines of keys that the bundle does not name are passed over (C2SP tlog-witness); a newer line of the witness takes
 * the place of its older one. */
static bool take_answer(struct asking *q, struct zy_desk *d, struct zy_bytes answer, struct zy_error *err)
{
	const struct zy_bytes text = q->about.checkpoint.note.text;
	struct zy_cosigned now, said;

	if (answer.len < 3 || memcmp(answer.p, "\xe2\x80\x94", 3) != 0)
		return refused(answer, err);
	if (!zy_cosigned_get(d, ZY_COSIGNED_ASKED, &q->arena, &now, err))
		return false;
	if (!now.found || !zy_bytes_equal(now.checkpoint.note.text, text))
		return zy_fail(err, ZY_E_STATE, "answer", ZY_NOWHERE, "another checkpoint is asked about meanwhile");
	if (!judge_note(q, d, &now, is_of_others, answer, &said, err))
		return false;
	if (!has_signed(q, &said))
		return zy_fail(err, ZY_E_WITNESS, "answer", ZY_NOWHERE,
		    "no line of the answer counts: its key or its time is not what the trust bundle says of the witness");
	return judge_note(q, d, &said, is_counted, ZY_LITERAL(""), &q->about, err) &&
	       zy_cosigned_put(d, &q->about, err);
}

/* ---- the commands ---- */

static bool tell(struct zy_cli *c, const struct asking *q, const struct zy_desk *d, struct zy_error *err)
{
	const unsigned least = d->trust.witness_least;
	const size_t good = q->about.seen.good;
	const struct zy_merkle_head *head = &q->about.checkpoint.head;
	ZY_BUF_AUTO root = { 0 };

	zy_base64_encode(&root, ZY_BYTES(head->root, ZY_HASH_LEN));
	if (!zy_buf_done(&root, "root", err))
		return false;
	if (c->json)
		zy_cli_json(json_pack("{s:s, s:I, s:o, s:I, s:I, s:I, s:s?}", "witness", q->name, "size",
		    (json_int_t)head->size, "root", json_stringn((const char *)root.p, root.len), "old",
		    (json_int_t)q->old, "witnesses", (json_int_t)good, "least", (json_int_t)least, "request", q->out));
	else if (q->out != NULL)
		printf("%s: asks %s about %llu entries, from %llu on\n", q->out, q->name,
		    (unsigned long long)head->size, (unsigned long long)q->old);
	else
		printf("%llu entries: signed by %zu witnesses, %u are needed\n", (unsigned long long)head->size, good,
		    least);
	return true;
}

/* The vault is let go while the witness thinks; one that knows another size is asked once more from there. */
static bool ask_by_command(struct asking *q, struct zy_cli *c, struct zy_desk *d, struct zy_error *err)
{
	struct zy_bytes answer = { 0 };
	uint64_t size;

	for (int tries = 0; tries < 2; tries++) {
		zy_desk_close(d);
		if (!zy_hook_run(q->by, q->request, ZY_NOTE_MAX, &q->arena, &answer, err) || !open_desk(c, d, err))
			return false;
		if (!is_size(answer, &size))
			break;
		if (tries > 0 || size == q->old)
			return zy_fail(err, ZY_E_LOG_FORK, "answer", ZY_NOWHERE,
			    "the witness signed a log of %llu entries and does not go on from there: it saw another log",
			    (unsigned long long)size);
		q->old = size;
		if (!make_request(q, d, err))
			return false;
	}
	return take_answer(q, d, answer, err);
}

bool zy_cmd_log_ask(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	struct asking q = { 0 };
	const struct zy_option opts[] = {
		{ "by", "COMMAND", "run it with the request, and take what it prints", &q.by, NULL },
		{ "out", "FILE", "write the request there, and ask nobody", &q.out, NULL },
		{ "old", "SIZE", "what the witness saw last (default: what it signed here)", &q.old_text, NULL },
		{ "new", NULL, "about the log as it is now, whatever others were asked about", NULL, &q.fresh }, { 0 }
	};
	struct zy_desk d;
	bool go, ok;

	if (!zy_cli_parse(c, "log ask", opts, argc, argv, 1, 1, &q.name, &go, err) || !go)
		return err->code == ZY_OK;
	if ((q.by == NULL) == (q.out == NULL))
		return zy_fail(err, ZY_E_USAGE, "log ask", ZY_NOWHERE, "give either --by or --out");
	if (!open_desk(c, &d, err))
		return false;
	ok = prepare(&q, &d, err) &&
	     (q.by != NULL ? ask_by_command(&q, c, &d, err) : zy_file_write(q.out, q.request, 0644, true, err)) &&
	     tell(c, &q, &d, err);
	zy_desk_close(&d);
	zy_arena_free(&q.arena);
	return ok;
}

static bool take_file(struct asking *q, struct zy_desk *d, struct zy_error *err)
{
	struct zy_bytes answer;
	uint64_t size;

	if (!is_witness(d, q->name, err) || !zy_cosigned_get(d, ZY_COSIGNED_ASKED, &q->arena, &q->about, err) ||
	    !zy_file_read(q->answer, ZY_NOTE_MAX, &q->arena, &answer, err))
		return false;
	if (!q->about.found)
		return zy_fail(err, ZY_E_STATE, "answer", ZY_NOWHERE, "nobody was asked yet; see `zhengyin log ask`");
	if (is_size(answer, &size))
		return zy_fail(err, ZY_E_WITNESS, "answer", ZY_NOWHERE,
		    "the witness saw %llu entries last; ask again with --old %llu", (unsigned long long)size,
		    (unsigned long long)size);
	return take_answer(q, d, answer, err);
}

bool zy_cmd_log_answer(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	const struct zy_option opts[] = { { 0 } };
	struct asking q = { 0 };
	const char *words[2];
	struct zy_desk d;
	bool go, ok;

	if (!zy_cli_parse(c, "log answer", opts, argc, argv, 2, 2, words, &go, err) || !go)
		return err->code == ZY_OK;
	q.name = words[0];
	q.answer = words[1];
	if (!open_desk(c, &d, err))
		return false;
	ok = take_file(&q, &d, err) && tell(c, &q, &d, err);
	zy_desk_close(&d);
	zy_arena_free(&q.arena);
	return ok;
}
