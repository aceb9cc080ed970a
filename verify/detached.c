/* A file about a content that lies in another file, of any length. */
#include "command.h"
#include "internal.h"

#include <errno.h>
#include <stdio.h>

#define PIECE ((size_t)1 << 20)

bool zy_source_open(struct zy_source *s, const char *path, const char *field, struct zy_arena *a, struct zy_error *err)
{
	*s = (struct zy_source){ .field = field, .piece = zy_arena_alloc(a, PIECE, err) };
	if (s->piece == NULL)
		return false;
	s->f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	return s->f != NULL || zy_fail(err, ZY_E_IO, field, ZY_NOWHERE, "%.80s: %s", path, strerror(errno));
}

bool zy_source_next(void *arg, struct zy_bytes *piece, struct zy_error *err)
{
	struct zy_source *s = arg;
	size_t len = fread(s->piece, 1, PIECE, s->f);

	*piece = ZY_BYTES(s->piece, len);
	return len > 0 || !ferror(s->f) ||
	       zy_fail(err, ZY_E_IO, s->field, ZY_NOWHERE, "the content cannot be read: %s", strerror(errno));
}

void zy_source_close(struct zy_source *s)
{
	if (s->f != NULL && s->f != stdin)
		fclose(s->f);
	s->f = NULL;
}

static bool judge_signed_data(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes in, const char *path,
    zy_time at, struct zy_report *r, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	struct zy_source s;
	const struct zy_content content = { zy_source_next, &s };
	bool ok;

	if (!zy_source_open(&s, path, "detached", &a, err))
		return false;
	ok = zy_judge_cms(k, trust, in, &content, at, r, err);
	zy_source_close(&s);
	return ok;
}

bool zy_verify_detached(struct zy_keys *k, const struct zy_trust *trust, struct zy_bytes in, const char *content,
    zy_time at, struct zy_report *r, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { 0 };
	ZY_MAPPED_AUTO whole = { 0 };

	if (zy_is_cms(in))
		return judge_signed_data(k, trust, in, content, at, r, err);
	if (in.len == 0 || in.p[0] != 0x30) /* a time-stamp is a SEQUENCE */
		return zy_fail_format(in, err);
	return zy_mapped_open(&whole, content, ZY_DOCUMENT_MAX, &a, err) &&
	       zy_judge_timestamp(k, trust, in, whole.bytes, at, r, err) && zy_mapped_check(&whole, err);
}
