/* log cosign: a witness's line, added to a checkpoint by hand. */
#include "cli.h"
#include "cmd_log.h"

#include "zy/file.h"
#include "zy/log_judge.h"

/* The witness's line, read as the only signature of a note with the checkpoint's text. */
static bool read_line(
    const char *path, struct zy_bytes text, struct zy_arena *a, struct zy_note_signature *out, struct zy_error *err)
{
	ZY_BUF_AUTO whole = { 0 };
	struct zy_bytes line, kept;
	struct zy_note note;

	if (!zy_file_read(path, ZY_NOTE_MAX, a, &line, err))
		return false;
	zy_buf_put(&whole, text);
	zy_buf_put_u8(&whole, '\n');
	zy_buf_put(&whole, line);
	if (!zy_buf_done(&whole, "line", err) || !zy_arena_copy(a, zy_buf_bytes(&whole), &kept, err) ||
	    !zy_note_parse(&note, kept, a, err))
		return false;
	*out = note.signatures[0];
	return (note.num == 1 && zy_bytes_equal(note.text, text)) ||
	       zy_fail(err, ZY_E_NOTE, "line", ZY_NOWHERE, "give one signature line");
}

struct cosigning {
	const char *checkpoint, *witness, *line, *out;
	uint64_t time;
};

static bool check_witness(struct zy_desk *d, const struct zy_note_key *key, const struct zy_checkpoint *c,
    const struct zy_note_signature *s, uint64_t *time, struct zy_error *err)
{
	bool good;

	if (!zy_note_kind_is_cosigned(key->kind))
		return zy_fail(err, ZY_E_KEY, "witness", ZY_NOWHERE, "the key is not one of a witness");
	if (!zy_note_key_made(key, s))
		return zy_fail(err, ZY_E_NOTE, "line", ZY_NOWHERE, "the line is not of that witness");
	for (size_t i = 0; i < c->note.num; i++)
		if (zy_note_key_made(key, &c->note.signatures[i]))
			return zy_fail(err, ZY_E_EXISTS, "witness", ZY_NOWHERE, "this witness has signed already");
	return zy_note_verify(d->keys, key, c->note.text, s, time, &good, err) &&
	       (good ||
		   zy_fail(err, ZY_E_LOG, "line", ZY_NOWHERE, "the witness's signature is not of this checkpoint"));
}

static bool cosign(struct zy_desk *d, struct cosigning *q, struct zy_error *err)
{
	struct zy_note_signature s;
	struct zy_checkpoint c;
	struct zy_note_key key;
	ZY_ARENA_AUTO a = { 0 };
	ZY_BUF_AUTO note = { 0 };

	if (!zy_note_key_parse(&key, zy_str(q->witness), err) ||
	    !zy_log_checkpoint_read(d, q->checkpoint, &a, &c, err) || !read_line(q->line, c.note.text, &a, &s, err) ||
	    !check_witness(d, &key, &c, &s, &q->time, err))
		return false;
	zy_buf_put(&note, c.note.text);
	zy_buf_put_u8(&note, '\n');
	for (size_t i = 0; i < c.note.num; i++)
		zy_note_put_signature(&note, &c.note.signatures[i]);
	zy_note_put_signature(&note, &s);
	return zy_buf_done(&note, "checkpoint", err) && zy_file_write(q->out, zy_buf_bytes(&note), 0644, true, err);
}

bool zy_cmd_log_cosign(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	struct cosigning q = { 0 };
	const struct zy_option opts[] = { { "witness", "KEY", "the witness's public key, NAME+ID+BASE64", &q.witness,
					      NULL },
		{ "line", "FILE|-", "the witness's signature line", &q.line, NULL },
		{ "out", "FILE", "the checkpoint with the line added", &q.out, NULL }, { 0 } };
	char at[ZY_TIME_TEXT];
	struct zy_desk d;
	bool go, ok;

	if (!zy_cli_parse(c, "log cosign", opts, argc, argv, 1, 1, &q.checkpoint, &go, err) || !go)
		return err->code == ZY_OK;
	if (q.witness == NULL || q.line == NULL || q.out == NULL)
		return zy_fail(err, ZY_E_USAGE, "log cosign", ZY_NOWHERE, "give --witness, --line and --out");
	if (!zy_desk_open(&d, c->home, ZY_DESK_READ, c->clock, NULL, err))
		return false;
	ok = cosign(&d, &q, err);
	zy_time_to_rfc3339((zy_time)(q.time > 253402300799u ? 253402300799u : q.time), at);
	if (ok && c->json)
		zy_cli_json(json_pack("{s:s, s:s}", "checkpoint", q.out, "time", at));
	else if (ok)
		printf("%s: cosigned at %s\n", q.out, at);
	zy_desk_close(&d);
	return ok;
}
