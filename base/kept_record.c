#include "kept_record.h"

#include <stdio.h>
#include <stdlib.h>

#include "zy/file.h"
#include "zy/text.h"

enum { RECORD_MAX = 64 << 20, HEX = 2 * ZY_HASH_LEN, NAME_AT = 2 * (HEX + 1) };

#define FIRST "zhengyin files 1\n"
#define SUM "sum "

static const uint8_t none[ZY_HASH_LEN];

/* Of a file that is not there and is not expected. */
static bool says_nothing(const struct zy_kept_line *l)
{
	return memcmp(l->now, none, ZY_HASH_LEN) == 0 && memcmp(l->next, none, ZY_HASH_LEN) == 0;
}

static bool changed(struct zy_error *err)
{
	return zy_fail(err, ZY_E_HOME_FILE, ZY_KEPT_RECORD, ZY_NOWHERE,
	    ZY_KEPT_RECORD " was changed, so no file of the home can be trusted by it; look at the files, then say "
			   "`zhengyin check --accept-all`");
}

bool zy_kept_name_is_plain(const char *name)
{
	size_t part = 0, i;

	for (i = 0; name[i] != 0; i++) {
		if ((uint8_t)name[i] < 0x20 || name[i] == 0x7f)
			return false;
		if (name[i] != '/')
			continue;
		if (i == part || (i == part + 1 && name[part] == '.') ||
		    (i == part + 2 && memcmp(name + part, "..", 2) == 0))
			return false;
		part = i + 1;
	}
	return i > part && strcmp(name + part, ".") != 0 && strcmp(name + part, "..") != 0;
}

/* Where the name stands, or would stand. */
static size_t place_of(const struct zy_kept *k, const char *name, bool *found)
{
	size_t from = 0, to = k->num;

	*found = false;
	while (from < to && !*found) {
		size_t middle = from + (to - from) / 2;
		int order = strcmp(k->lines[middle].name, name);

		*found = order == 0;
		if (*found)
			return middle;
		if (order < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

struct zy_kept_line *zy_kept_line_of(const struct zy_kept *k, const char *name)
{
	bool found;
	size_t at = place_of(k, name, &found);

	return found ? &k->lines[at] : NULL;
}

struct zy_kept_line *zy_kept_line_add(struct zy_kept *k, const char *name, struct zy_error *err)
{
	struct zy_kept_line *more;
	const char *copy;
	bool found;
	size_t at = place_of(k, name, &found);

	if (!zy_kept_name_is_plain(name)) {
		zy_fail(err, ZY_E_HOME_FILE, "home", ZY_NOWHERE, "%.100s is no name for a file of the home", name);
		return NULL;
	}
	if (found)
		return &k->lines[at];
	if ((k->num & (k->num - 1)) == 0) { /* room grows with each power of two */
		if ((more = realloc(k->lines, (k->num == 0 ? 1 : 2 * k->num) * sizeof(*more))) == NULL) {
			zy_fail(err, ZY_E_NO_MEMORY, "home", ZY_NOWHERE, "no memory for the files of the home");
			return NULL;
		}
		k->lines = more;
	}
	if ((copy = zy_arena_text(&k->arena, zy_str(name), err)) == NULL)
		return NULL;
	memmove(&k->lines[at + 1], &k->lines[at], (k->num - at) * sizeof(*k->lines));
	k->lines[at] = (struct zy_kept_line){ .name = copy };
	k->num++;
	return &k->lines[at];
}

static void put_digest(struct zy_buf *b, const uint8_t digest[ZY_HASH_LEN])
{
	char hex[HEX + 1];

	memset(hex, '-', HEX);
	if (memcmp(digest, none, ZY_HASH_LEN) != 0)
		zy_hex(ZY_BYTES(digest, ZY_HASH_LEN), hex);
	zy_buf_put(b, ZY_BYTES(hex, HEX));
	zy_buf_put(b, ZY_LITERAL(" "));
}

/* One form only: lower case, and none is 64 dashes. */
static bool take_digest(const uint8_t *p, uint8_t out[ZY_HASH_LEN])
{
	struct zy_error ignored = { 0 };
	ZY_BUF_AUTO b = { 0 };

	if (p[0] == '-')
		memset(out, 0, ZY_HASH_LEN);
	else if (!zy_unhex(ZY_BYTES(p, HEX), out, ZY_HASH_LEN, &ignored))
		return false;
	put_digest(&b, out);
	return zy_bytes_equal(zy_buf_bytes(&b), ZY_BYTES(p, HEX + 1));
}

bool zy_kept_record_encode(const struct zy_kept *k, struct zy_buf *b, struct zy_error *err)
{
	uint8_t sum[ZY_HASH_LEN];
	char hex[HEX + 1];

	zy_buf_put(b, ZY_LITERAL(FIRST));
	for (size_t i = 0; i < k->num; i++) {
		const struct zy_kept_line *l = &k->lines[i];

		if (says_nothing(l))
			continue;
		put_digest(b, l->now);
		put_digest(b, l->next);
		zy_buf_put(b, zy_str(l->name));
		zy_buf_put(b, ZY_LITERAL("\n"));
	}
	zy_buf_put(b, ZY_LITERAL(SUM));
	if (!zy_buf_done(b, ZY_KEPT_RECORD, err) || !zy_digest(ZY_HASH_SHA256, zy_buf_bytes(b), sum, err))
		return false;
	zy_hex(ZY_BYTES(sum, sizeof(sum)), hex);
	zy_buf_put(b, zy_str(hex));
	zy_buf_put(b, ZY_LITERAL("\n"));
	return zy_buf_done(b, ZY_KEPT_RECORD, err);
}

bool zy_kept_record_write(const struct zy_kept *k, struct zy_error *err)
{
	ZY_BUF_AUTO b = { .cap = RECORD_MAX };
	char path[4200];

	snprintf(path, sizeof(path), "%.4096s/" ZY_KEPT_RECORD, k->home);
	return zy_kept_record_encode(k, &b, err) && zy_file_write(path, zy_buf_bytes(&b), 0600, true, err);
}

/* Everything before the last digest is what it was made of; *rest: the lines. */
static bool check_sum(struct zy_bytes text, struct zy_reader *rest, struct zy_error *err)
{
	const size_t first = sizeof(FIRST) - 1, tail = sizeof(SUM) - 1 + HEX + 1;
	uint8_t sum[ZY_HASH_LEN];
	char hex[HEX + 1];

	if (text.len < first + tail || memcmp(text.p, FIRST, first) != 0 ||
	    memcmp(text.p + text.len - tail, SUM, sizeof(SUM) - 1) != 0 || text.p[text.len - 1] != '\n')
		return changed(err);
	if (!zy_digest(ZY_HASH_SHA256, ZY_BYTES(text.p, text.len - HEX - 1), sum, err))
		return false;
	zy_hex(ZY_BYTES(sum, sizeof(sum)), hex);
	*rest = zy_reader_over(ZY_BYTES(text.p + first, text.len - first - tail));
	return memcmp(text.p + text.len - HEX - 1, hex, HEX) == 0 || changed(err);
}

static bool take_line(struct zy_kept *k, struct zy_reader *r, struct zy_error *err)
{
	const struct zy_bytes left = zy_reader_rest(r);
	const uint8_t *end = memchr(left.p, '\n', left.len);
	struct zy_kept_line *l, line;
	struct zy_bytes whole, name;
	const char *text;
	size_t num = k->num;

	if (end == NULL || end - left.p <= NAME_AT || !zy_take(r, (size_t)(end - left.p) + 1, "line", &whole, err))
		return changed(err);
	name = ZY_BYTES(whole.p + NAME_AT, whole.len - NAME_AT - 1);
	if (memchr(name.p, 0, name.len) != NULL || !take_digest(whole.p, line.now) ||
	    !take_digest(whole.p + HEX + 1, line.next) || says_nothing(&line))
		return changed(err);
	if ((text = zy_arena_text(&k->arena, name, err)) == NULL || (l = zy_kept_line_add(k, text, err)) == NULL)
		return false;
	memcpy(l->now, line.now, ZY_HASH_LEN);
	memcpy(l->next, line.next, ZY_HASH_LEN);
	return l == &k->lines[num] || changed(err); /* each once, in order */
}

static bool read_record(const char *home, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err)
{
	char path[4200];

	snprintf(path, sizeof(path), "%.4096s/" ZY_KEPT_RECORD, home);
	return zy_file_read(path, RECORD_MAX, a, out, err);
}

bool zy_kept_record_parse(struct zy_kept *k, struct zy_bytes text, struct zy_error *err)
{
	struct zy_reader r;
	bool ok = check_sum(text, &r, err);

	while (ok && zy_reader_left(&r) > 0)
		ok = take_line(k, &r, err);
	return ok;
}

bool zy_kept_open(struct zy_kept *k, const char *home, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { .cap = 2 * RECORD_MAX };
	struct zy_bytes text;

	*k = (struct zy_kept){ .home = home, .arena = { .cap = 2 * RECORD_MAX } };
	if (read_record(home, &a, &text, err) && zy_kept_record_parse(k, text, err))
		return true;
	zy_kept_close(k);
	return false;
}

/* " NAME\n" where a name stands in a line, of which `before` is what comes before it. */
static bool is_line(struct zy_bytes before, struct zy_kept_line *out)
{
	const uint8_t *p = before.p + before.len - (NAME_AT - 1);

	return before.len >= NAME_AT && p[-1] == '\n' && take_digest(p, out->now) &&
	       take_digest(p + HEX + 1, out->next);
}

bool zy_kept_record_find(
    const char *home, const char *name, struct zy_kept_line *out, bool *found, struct zy_error *err)
{
	ZY_ARENA_AUTO a = { .cap = 2 * RECORD_MAX };
	const char *tail = zy_arena_printf(&a, err, " %s\n", name);
	struct zy_bytes text;
	const uint8_t *at;

	*found = false;
	out->name = name;
	if (tail == NULL || !read_record(home, &a, &text, err))
		return false;
	for (size_t from = 0; !*found; from = (size_t)(at - text.p) + 1) {
		at = memmem(text.p + from, text.len - from, tail, strlen(tail));
		if (at == NULL)
			break;
		*found = is_line(ZY_BYTES(text.p, (size_t)(at - text.p)), out);
	}
	return true;
}

void zy_kept_close(struct zy_kept *k)
{
	const char *home = k->home;

	free(k->lines);
	zy_arena_free(&k->arena);
	*k = (struct zy_kept){ .home = home };
}
