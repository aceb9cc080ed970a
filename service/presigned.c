#include "presigned.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "zy/file.h"
#include "zy/kept.h"

#define NOTE_MAX ((size_t)ZY_PRESIGNED_FOLDERS * (PATH_MAX + 1))

static bool read_note(struct zy_ca_desk *d, const char **path, struct zy_bytes *out, struct zy_error *err)
{
	*out = ZY_BYTES(NULL, 0);
	return (*path = zy_home_path(&d->home, &d->arena, err, "ca/ocsp-folders")) != NULL &&
	       (access(*path, F_OK) != 0 || zy_kept_read(*path, NOTE_MAX, &d->arena, out, err));
}

/* The next path, copied; NULL when there is none or no memory. */
static const char *next_line(struct zy_reader *r, struct zy_arena *a, struct zy_error *err)
{
	struct zy_bytes rest = zy_reader_rest(r), line, newline;
	const uint8_t *end = rest.len == 0 ? NULL : memchr(rest.p, '\n', rest.len);

	if (end == NULL || !zy_take(r, (size_t)(end - rest.p), "ocsp-folders", &line, err) ||
	    !zy_take(r, 1, "ocsp-folders", &newline, err))
		return NULL;
	return zy_arena_printf(a, err, "%.*s", (int)line.len, (const char *)line.p);
}

static bool add(struct zy_ca_desk *d, const char *folder, struct zy_error *err)
{
	const char *path, *line;
	struct zy_bytes note;
	struct zy_reader r;
	ZY_BUF_AUTO text = { 0 };
	size_t num = 0;

	if (!read_note(d, &path, &note, err))
		return false;
	for (r = zy_reader_over(note); (line = next_line(&r, &d->arena, err)) != NULL; num++)
		if (strcmp(line, folder) == 0)
			return true;
	if (num >= ZY_PRESIGNED_FOLDERS)
		return zy_fail(err, ZY_E_USAGE, "out", ZY_NOWHERE,
		    "answers go to %d folders at most; take one that is used no more out of %s", ZY_PRESIGNED_FOLDERS,
		    path);
	zy_buf_put(&text, note);
	zy_buf_printf(&text, "%s\n", folder);
	return err->code == ZY_OK && zy_buf_done(&text, "ocsp-folders", err) &&
	       zy_kept_write(path, zy_buf_bytes(&text), 0600, true, err);
}

bool zy_presigned_note(struct zy_ca_desk *d, const char *folder, struct zy_error *err)
{
	const char *lock = zy_home_path(&d->home, &d->arena, err, "ca/ocsp-folders.lock");
	char *whole;
	int fd;
	bool ok;

	if (lock == NULL || !zy_file_lock(lock, &fd, err))
		return false;
	whole = realpath(folder, NULL);
	if (whole == NULL)
		ok = zy_fail(err, ZY_E_IO, "out", ZY_NOWHERE, "cannot find %s: %s", folder, strerror(errno));
	else if (strchr(whole, '\n') != NULL)
		ok = zy_fail(err, ZY_E_USAGE, "out", ZY_NOWHERE, "the name of a folder of answers has no newline");
	else
		ok = add(d, whole, err);
	free(whole);
	close(fd);
	return ok;
}

bool zy_presigned_open(struct zy_presigned *p, struct zy_ca_desk *d, zy_time now, struct zy_error *err)
{
	struct zy_bytes note;
	const char *path, *line;
	struct zy_reader r;

	*p = (struct zy_presigned){ .desk = d, .now = now };
	if (!read_note(d, &path, &note, err))
		return false;
	r = zy_reader_over(note);
	while (p->num < ZY_PRESIGNED_FOLDERS && (line = next_line(&r, &d->arena, err)) != NULL)
		if (access(line, F_OK) == 0)
			p->folders[p->num++] = line;
	return err->code == ZY_OK;
}

void zy_presigned_close(struct zy_presigned *p)
{
	zy_ocsp_close(p->ocsp);
}

void zy_presigned_withdraw(struct zy_presigned *p, const struct zy_entry *e)
{
	for (size_t i = 0; i < p->num; i++) {
		char path[ZY_OCSP_PATH_MAX];

		if (!zy_ocsp_path(p->folders[i], e->serial, path, &p->stuck))
			continue;
		if (unlink(path) == 0)
			p->withdrawn++;
		else if (errno != ENOENT)
			zy_fail_set(&p->stuck, ZY_E_IO, "ocsp", ZY_NOWHERE,
			    "revoked, but %s may still say good, it cannot be removed: %s", path, strerror(errno));
	}
}

bool zy_presigned_make(struct zy_presigned *p, const struct zy_entry *e, struct zy_error *err)
{
	for (size_t i = 0; i < p->num; i++) {
		bool done;

		if ((p->ocsp == NULL && !zy_ca_desk_ocsp(p->desk, &p->ocsp, err)) ||
		    !zy_ocsp_presign_entry(p->ocsp, p->folders[i], e, p->now, ZY_PRESIGNED_S, &done, err))
			return false;
		p->made += done;
	}
	return true;
}

bool zy_presigned_end(const struct zy_presigned *p, struct zy_error *err)
{
	return p->stuck.code == ZY_OK ||
	       zy_fail(err, p->stuck.code, p->stuck.field, p->stuck.offset, "%s", p->stuck.msg);
}
