#include "zy/pem.h"

#include "zy/text.h"

static const struct zy_bytes begin_mark = ZY_LITERAL("-----BEGIN ");
static const struct zy_bytes end_mark = ZY_LITERAL("-----END ");
static const struct zy_bytes dashes = ZY_LITERAL("-----");

static bool begins_with(struct zy_bytes v, struct zy_bytes prefix)
{
	return v.len >= prefix.len && memcmp(v.p, prefix.p, prefix.len) == 0;
}

/* The next line without its end; false at the end of the text. */
static bool take_line(struct zy_bytes *rest, struct zy_bytes *line)
{
	const uint8_t *nl = rest->len == 0 ? NULL : memchr(rest->p, '\n', rest->len);
	size_t len = nl == NULL ? rest->len : (size_t)(nl - rest->p), skip = nl == NULL ? len : len + 1;

	if (rest->len == 0)
		return false;
	*line = ZY_BYTES(rest->p, len);
	*rest = ZY_BYTES(rest->p + skip, rest->len - skip);
	while (line->len > 0 && (line->p[line->len - 1] == '\r' || line->p[line->len - 1] == ' '))
		line->len--;
	return true;
}

/* The label of a line MARK LABEL-----. */
static bool read_label(struct zy_bytes line, struct zy_bytes mark, struct zy_bytes *label)
{
	if (!begins_with(line, mark) || line.len <= mark.len + dashes.len)
		return false;
	*label = ZY_BYTES(line.p + mark.len, line.len - mark.len - dashes.len);
	return label->len <= ZY_PEM_LABEL_MAX && memcmp(label->p + label->len, dashes.p, dashes.len) == 0;
}

bool zy_pem_is(struct zy_bytes file)
{
	struct zy_bytes line, label;

	while (take_line(&file, &line))
		if (read_label(line, begin_mark, &label))
			return true;
	return false;
}

static bool take_body(struct zy_bytes *rest, struct zy_pem_block *out, struct zy_arena *a, struct zy_error *err)
{
	ZY_BUF_AUTO text = { 0 }, der = { 0 };
	struct zy_bytes line, label;

	while (take_line(rest, &line)) {
		if (read_label(line, end_mark, &label)) {
			if (!zy_bytes_equal(label, out->label))
				break;
			return zy_buf_done(&text, "PEM", err) && zy_base64_decode(&der, zy_buf_bytes(&text), err) &&
			       zy_buf_done(&der, "PEM", err) && zy_arena_copy(a, zy_buf_bytes(&der), &out->der, err);
		}
		zy_buf_put(&text, line);
	}
	return zy_fail(err, ZY_E_BASE64, "PEM", ZY_NOWHERE, "a PEM block has no END line of its own");
}

bool zy_pem_next(struct zy_bytes *rest, struct zy_pem_block *out, struct zy_arena *a, struct zy_error *err)
{
	struct zy_bytes line;

	*out = (struct zy_pem_block){ 0 };
	while (take_line(rest, &line))
		if (read_label(line, begin_mark, &out->label))
			return take_body(rest, out, a, err);
	return true;
}

static bool is_label(const struct zy_pem_block *b, const char *label)
{
	return label != NULL && zy_bytes_equal(b->label, zy_str(label));
}

bool zy_pem_collect(struct zy_bytes file, const char *label, const char *also, struct zy_bytes *out, size_t max,
    size_t *num, struct zy_arena *a, struct zy_error *err)
{
	struct zy_pem_block b;

	*num = 0;
	if (!zy_pem_is(file)) {
		out[(*num)++] = file;
		return true;
	}
	for (;;) {
		if (!zy_pem_next(&file, &b, a, err))
			return false;
		if (b.der.p == NULL)
			break;
		if (!is_label(&b, label) && !is_label(&b, also))
			continue;
		if (*num == max)
			return zy_fail(err, ZY_E_TOO_LARGE, label, ZY_NOWHERE, "more than %zu of them", max);
		out[(*num)++] = b.der;
	}
	return *num > 0 || zy_fail(err, ZY_E_FORMAT, label, ZY_NOWHERE, "the file holds no %s", label);
}
