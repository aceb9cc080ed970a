#include "zy/log_proof.h"

#include <stdio.h>

#include "lines.h"
#include "zy/text.h"

static bool take_extra(struct zy_bytes line, struct zy_arena *a, struct zy_bytes *out, struct zy_error *err)
{
	ZY_BUF_AUTO b = { .cap = ZY_LOG_LEAF_MAX };

	if (line.len == 0 || !zy_base64_decode(&b, line, &(struct zy_error){ 0 }))
		return zy_fail(
		    err, ZY_E_NOTE, "extra", ZY_NOWHERE, "extra is base64 of 1 to %zu octets", ZY_LOG_LEAF_MAX);
	return zy_arena_copy(a, zy_buf_bytes(&b), out, err);
}

/* Up to the empty line. */
static bool take_path(struct zy_reader *r, struct zy_merkle_path *out, struct zy_error *err)
{
	struct zy_bytes line;

	for (out->num = 0; zy_line_take(r, "path", &line, err) && line.len > 0; out->num++) {
		if (out->num == ZY_MERKLE_PATH_MAX)
			return zy_fail(err, ZY_E_TOO_LARGE, "path", zy_reader_offset(r), "a path has at most %d hashes",
			    ZY_MERKLE_PATH_MAX);
		if (!zy_line_hash(line, "path", out->hashes[out->num], err))
			return false;
	}
	return err->code == ZY_OK;
}

bool zy_log_proof_parse(struct zy_log_proof *out, struct zy_bytes in, struct zy_arena *a, struct zy_error *err)
{
	static const struct zy_bytes begin = ZY_LITERAL(ZY_LOG_PROOF_BEGIN);
	struct zy_reader r = zy_reader_over(in);
	struct zy_log_proof p = { 0 };
	struct zy_bytes magic, line, value;

	if (in.len > ZY_LOG_PROOF_MAX)
		return zy_fail(
		    err, ZY_E_TOO_LARGE, "proof", ZY_NOWHERE, "a proof has at most %zu octets", ZY_LOG_PROOF_MAX);
	if (!zy_take(&r, begin.len, "proof", &magic, err) || !zy_bytes_equal(magic, begin))
		return err->code == ZY_OK && zy_fail(err, ZY_E_NOTE, "proof", 0, "not a log proof of version 1");
	if (!zy_line_take(&r, "index", &line, err))
		return false;
	if (zy_line_after(line, "extra", &value) &&
	    (!take_extra(value, a, &p.extra, err) || !zy_line_take(&r, "index", &line, err)))
		return false;
	if (!zy_line_after(line, "index", &value))
		return zy_fail(err, ZY_E_NOTE, "index", zy_reader_offset(&r), "the line of the index is missing");
	if (!zy_line_decimal(value, ZY_MERKLE_SIZE_MAX, "index", &p.index, err) || !take_path(&r, &p.path, err) ||
	    !zy_checkpoint_parse(&p.checkpoint, zy_reader_rest(&r), a, err))
		return false;
	*out = p;
	return true;
}

void zy_log_proof_encode(struct zy_bytes extra, uint64_t index, const struct zy_merkle_path *path,
    struct zy_bytes checkpoint, struct zy_buf *out)
{
	zy_buf_put_str(out, ZY_LOG_PROOF_BEGIN);
	if (extra.len > 0) {
		zy_buf_put_str(out, "extra ");
		zy_base64_encode(out, extra);
		zy_buf_put_u8(out, '\n');
	}
	zy_buf_printf(out, "index %llu\n", (unsigned long long)index);
	for (size_t i = 0; i < path->num; i++) {
		zy_base64_encode(out, ZY_BYTES(path->hashes[i], ZY_HASH_LEN));
		zy_buf_put_u8(out, '\n');
	}
	zy_buf_put_u8(out, '\n');
	zy_buf_put(out, checkpoint);
}

void zy_tile_path(int level, uint64_t index, unsigned width, char out[ZY_TILE_PATH_MAX])
{
	char name[16] = "entries", groups[40] = "", more[40];

	if (level >= 0)
		snprintf(name, sizeof(name), "%d", level);
	/* three digits a folder, the lowest three in the last name, all others behind an x */
	snprintf(groups, sizeof(groups), "%03u", (unsigned)(index % 1000));
	while ((index /= 1000) > 0) {
		snprintf(more, sizeof(more), "x%03u/%.30s", (unsigned)(index % 1000), groups);
		memcpy(groups, more, sizeof(groups));
	}
	if (width < ZY_TILE_WIDTH)
		snprintf(out, ZY_TILE_PATH_MAX, "tile/%.8s/%s.p/%u", name, groups, width);
	else
		snprintf(out, ZY_TILE_PATH_MAX, "tile/%.8s/%s", name, groups);
}

uint64_t zy_tile_hashes(int level, uint64_t size)
{
	return level <= 0 ? size : size >> 8 * level;
}
