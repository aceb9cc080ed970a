/* A file about a content that lies in another file, of any length. */
#include "command.h"

#include <errno.h>
#include <stdio.h>

#define PIECE ((size_t)1 << 20)

struct source {
	FILE *f;
	uint8_t *piece;
};

static bool next_piece(void *arg, struct zy_bytes *piece, struct zy_error *err)
{
	struct source *s = arg;
	size_t len = fread(s->piece, 1, PIECE, s->f);

	*piece = ZY_BYTES(s->piece, len);
	return len > 0 || !ferror(s->f) ||
	       zy_fail(err, ZY_E_IO, "detached", ZY_NOWHERE, "the content cannot be read: %s", strerror(errno));
}

static bool judge_signed_data(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes in, const char *path,
    zy_time at, struct zy_report *r, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct source s = { .piece = zy_arena_alloc(&a, PIECE, err) };
	const struct zy_content content = { next_piece, &s };
	bool ok;

	if (s.piece == NULL)
		return false;
	s.f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	if (s.f == NULL)
		return zy_fail(err, ZY_E_IO, "detached", ZY_NOWHERE, "%.80s: %s", path, strerror(errno));
	ok = zy_judge_cms(k, trust, in, &content, at, r, err);
	if (s.f != stdin)
		fclose(s.f);
	return ok;
}

bool zy_verify_detached(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes in, const char *content,
    zy_time at, struct zy_report *r, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_MAPPED_AUTO whole = { 0 };

	if (zy_is_cms(in))
		return judge_signed_data(k, trust, in, content, at, r, err);
	return zy_mapped_open(&whole, content, ZY_DOCUMENT_MAX, &a, err) &&
	       zy_judge_timestamp(k, trust, in, whole.bytes, at, r, err) && zy_mapped_check(&whole, err);
}
