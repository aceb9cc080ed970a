#include "counts.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#define SEAL_NAME_MAX 64
#define DAY_S 86400

struct zy_count_row {
	char esID[SEAL_NAME_MAX];
	size_t len;
	uint64_t total, today, held;
	int64_t day;
};

/* digest of a message under a seal; `next` chains those whose digests begin alike, as ring place + 1 */
struct zy_count_seen {
	uint8_t digest[ZY_HASH_LEN];
	uint32_t row, next, first; /* first: head of the chain of this place's number */
};
static_assert(ZY_COUNTS_SEEN == 1 << 16, "two bytes of a digest choose a chain");

int64_t zy_counts_day(zy_time at)
{
	int64_t t = at + ZY_BEIJING_S;

	return t >= 0 ? t / DAY_S : -((-t + DAY_S - 1) / DAY_S);
}

void zy_counts_free(struct zy_counts *c)
{
	free(c->rows);
	free(c->seen);
	*c = (struct zy_counts){ 0 };
}

void zy_counts_forget(struct zy_counts *c)
{
	for (size_t i = 0; i < c->num_rows; i++)
		c->rows[i].total = c->rows[i].today = 0;
	free(c->seen);
	c->seen = NULL;
	c->num_seen = 0;
}

static struct zy_count_row *row_of(struct zy_counts *c, struct zy_bytes esID, struct zy_error *err)
{
	struct zy_count_row *grown, *row;

	for (size_t i = 0; i < c->num_rows; i++)
		if (zy_bytes_equal(esID, ZY_BYTES(c->rows[i].esID, c->rows[i].len)))
			return &c->rows[i];
	if (esID.len > SEAL_NAME_MAX || (grown = realloc(c->rows, (c->num_rows + 1) * sizeof(*grown))) == NULL) {
		zy_fail_set(err, ZY_E_NO_MEMORY, "esID", ZY_NOWHERE, "no memory for the counts of seals");
		return NULL;
	}
	c->rows = grown;
	row = &grown[c->num_rows++];
	*row = (struct zy_count_row){ .len = esID.len, .day = INT64_MIN };
	memcpy(row->esID, esID.p, esID.len);
	return row;
}

static size_t chain_of(const uint8_t *digest)
{
	return (size_t)digest[0] << 8 | digest[1];
}

static bool is_seen(const struct zy_counts *c, size_t row, const uint8_t *digest)
{
	if (c->seen == NULL)
		return false;
	for (uint32_t at = c->seen[chain_of(digest)].first; at != 0; at = c->seen[at - 1].next)
		if (c->seen[at - 1].row == row && memcmp(c->seen[at - 1].digest, digest, ZY_HASH_LEN) == 0)
			return true;
	return false;
}

/* The oldest use leaves its chain: it is the last of it, because new ones go to the front. */
static void forget_oldest(struct zy_counts *c, uint32_t place)
{
	uint32_t *link = &c->seen[chain_of(c->seen[place].digest)].first;

	while (*link != place + 1)
		link = &c->seen[*link - 1].next;
	*link = c->seen[place].next;
}

static bool remember(struct zy_counts *c, size_t row, const uint8_t *digest, struct zy_error *err)
{
	uint32_t place = (uint32_t)(c->num_seen % ZY_COUNTS_SEEN);
	struct zy_count_seen *s, *chain;

	if (c->seen == NULL && (c->seen = calloc(ZY_COUNTS_SEEN, sizeof(*c->seen))) == NULL)
		return zy_fail(err, ZY_E_NO_MEMORY, "esID", ZY_NOWHERE, "no memory for the counts of seals");
	if (c->num_seen >= ZY_COUNTS_SEEN)
		forget_oldest(c, place);
	s = &c->seen[place];
	chain = &c->seen[chain_of(digest)];
	memcpy(s->digest, digest, ZY_HASH_LEN);
	s->row = (uint32_t)row;
	s->next = chain->first;
	chain->first = place + 1;
	c->num_seen++;
	return true;
}

static bool fail_limit(
    const struct zy_use_of_seal *use, const char *limit, int64_t most, const char *when, struct zy_error *err)
{
	return zy_fail(err, ZY_E_SEAL_COUNT, limit, ZY_NOWHERE,
	    "the seal %s may be used %" PRId64 " times%s, and has been; its rule must be changed to allow more",
	    use->rule->esID, most, when);
}

bool zy_counts_hold(struct zy_counts *c, const struct zy_use_of_seal *use, bool *held, struct zy_error *err)
{
	struct zy_count_row *row = row_of(c, use->esID, err);
	const struct zy_seal_rule *rule = use->rule;
	uint64_t today;

	*held = false;
	if (row == NULL)
		return false;
	if (is_seen(c, (size_t)(row - c->rows), use->digest))
		return true;
	today = use->day > row->day ? 0 : row->today;
	if (rule->limit_total > 0 && row->total + row->held >= (uint64_t)rule->limit_total)
		return fail_limit(use, "limit_total", rule->limit_total, "", err);
	if (rule->limit_per_day > 0 && today + row->held >= (uint64_t)rule->limit_per_day)
		return fail_limit(use, "limit_per_day", rule->limit_per_day, " a day", err);
	row->held++;
	*held = true;
	return true;
}

void zy_counts_let_go(struct zy_counts *c, const struct zy_use_of_seal *use)
{
	struct zy_count_row *row = row_of(c, use->esID, &(struct zy_error){ 0 });

	if (row != NULL && row->held > 0)
		row->held--;
}

bool zy_counts_use(
    struct zy_counts *c, const struct zy_use_of_seal *use, uint64_t *total, uint64_t *today, struct zy_error *err)
{
	struct zy_count_row *row = row_of(c, use->esID, err);

	if (row == NULL)
		return false;
	if (!is_seen(c, (size_t)(row - c->rows), use->digest)) {
		if (!remember(c, (size_t)(row - c->rows), use->digest, err))
			return false;
		if (use->day > row->day) {
			row->day = use->day;
			row->today = 0;
		}
		row->total++;
		row->today++;
	}
	*total = row->total;
	*today = row->today;
	return true;
}
