/* holder: who a holder is, when there is more than one number for him. */
#include <string.h>

#include "day.h"
#include "holder.h"
#include "zy/record.h"

/* ---- show ---- */

static json_t *subject_json(const struct zy_person *p, uint64_t subject)
{
	for (size_t i = 0; i < p->num; i++)
		if (p->identifiers[i].subject == subject && !p->identifiers[i].destroyed)
			return zy_holder_json(&p->identifiers[i].holder);
	return json_null(); /* somebody of its own by now, or destroyed */
}

/* day: for which it is said whether the number holds. */
static json_t *identifier_json(const struct zy_person_identifier *id, zy_time day)
{
	if (id->destroyed)
		return json_pack("{s:n, s:b, s:I}", "holder", "destroyed", 1, "licences", (json_int_t)id->licences);
	return json_pack("{s:o, s:s, s:o, s:o, s:b, s:b, s:I}", "holder", zy_holder_json(&id->holder), "kind",
	    zy_subject_kind_name(id->kind), "from", zy_time_json(id->from), "until", zy_time_json(id->until), "holds",
	    id->from <= day && day <= id->until, "destroyed", 0, "licences", (json_int_t)id->licences);
}

static json_t *event_json(const struct zy_person *p, const struct zy_person_event *e)
{
	json_t *o = json_pack("{s:I, s:s, s:o, s:o, s:o}", "index", (json_int_t)e->index, "event", e->what, "at",
	    zy_time_json(e->at), "from", zy_time_json(e->from), "holder", subject_json(p, e->subject));

	if (e->other != 0)
		json_object_set_new(o, "other", subject_json(p, e->other));
	if (e->name[0] != 0) {
		json_object_set_new(o, "name", json_string(e->name));
		json_object_set_new(o, "before", json_string(e->before));
	}
	if (strcmp(e->what, "identified") == 0)
		json_object_set_new(o, "until", zy_time_json(e->until));
	return o;
}

static void print_json(const struct zy_person *p, const char *name, zy_time day)
{
	json_t *identifiers = json_array(), *events = json_array();

	for (size_t i = 0; i < p->num; i++)
		json_array_append_new(identifiers, identifier_json(&p->identifiers[i], day));
	for (size_t i = 0; i < p->num_events; i++)
		json_array_append_new(events, event_json(p, &p->events[i]));
	zy_cli_json(json_pack(
	    "{s:s?, s:o, s:o}", "name", name[0] == 0 ? NULL : name, "identifiers", identifiers, "events", events));
}

static void print_identifier(const struct zy_person_identifier *id, zy_time day)
{
	char from[ZY_TIME_TEXT] = "", until[ZY_TIME_TEXT] = "";

	if (id->destroyed) {
		printf("  destroyed by order · 已依令销毁, %llu licences\n", (unsigned long long)id->licences);
		return;
	}
	if (id->from != INT64_MIN)
		zy_time_to_date(id->from, ZY_BEIJING_S, from);
	if (id->until != ZY_TIME_NEVER)
		zy_time_to_date(id->until, ZY_BEIJING_S, until);
	printf("  %s:%s  %s %s  %s – %s%s  %llu licences\n", zy_holder_kind_name(id->holder.kind), id->holder.number,
	    zy_subject_kind_name(id->kind), zy_subject_kind_label(id->kind), from, until,
	    day > id->until ? "  ended · 已失效" : "", (unsigned long long)id->licences);
}

static void print_text(const struct zy_person *p, const char *name, zy_time day)
{
	char from[ZY_TIME_TEXT], at[ZY_TIME_TEXT];

	printf("%s\n", name[0] == 0 ? "(no name is known · 姓名未知)" : name);
	for (size_t i = 0; i < p->num; i++)
		print_identifier(&p->identifiers[i], day);
	for (size_t i = 0; i < p->num_events; i++) {
		zy_time_to_rfc3339(p->events[i].at, at);
		zy_time_to_date(p->events[i].from, ZY_BEIJING_S, from);
		printf("  %s  %-10s from %s%s%s%s%s\n", at, p->events[i].what, from,
		    p->events[i].name[0] == 0 ? "" : "  ", p->events[i].before, p->events[i].name[0] == 0 ? "" : " → ",
		    p->events[i].name);
	}
}

static bool show(struct zy_cli *c, struct zy_desk *d, const struct zy_holder *h, const struct zy_when *when,
    const struct zy_access *who, struct zy_error *err)
{
	const zy_time now = zy_now(c->clock);
	const zy_time day = when->on != ZY_TIME_NEVER ? when->on : when->at < now ? when->at : now;
	ZY_ARENA_AUTO a = { 0 };
	struct zy_person p;
	const char *name;
	bool found;

	if (!zy_holder_find(d, h, when, &a, &p, err) || !zy_holder_looked(d, h, when, who, &found, err) ||
	    !zy_holder_name(d, h, &p, when, &a, &name, err))
		return false;
	if (c->json)
		print_json(&p, name, day);
	else
		print_text(&p, name, day);
	return true;
}

static bool cmd_show(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	struct zy_access who = { .what = "holder" };
	struct zy_asked_when asked = { 0 };
	const char *words[1];
	const struct zy_option opts[] = { ZY_WHEN_OPTIONS(asked), ZY_TENANT_OPTION(c), ZY_SECRET_OPTION(c),
		ZY_BELOW_OPTIONS(c), ZY_ACCESS_OPTIONS(who), { 0 } };
	struct zy_holder h;
	struct zy_desk d;
	bool go, ok;

	if (!zy_cli_parse(c, "holder show", opts, argc, argv, 1, 1, words, &go, err) || !go)
		return err->code == ZY_OK;
	zy_cli_looks(&who);
	if (!zy_holder_parse(&h, zy_str(words[0]), err) || !zy_asked_when_read(&asked, err) ||
	    !zy_desk_open_as(&d, c->home, &c->as, ZY_DESK_READ, c->clock, NULL, err))
		return false;
	ok = show(c, &d, &h, &asked.when, &who, err);
	zy_desk_close(&d);
	return ok;
}

/* ---- changes ---- */

enum what { ADD, MERGE, SPLIT, RENAME };

struct asked {
	enum what what;
	struct zy_holder holder, other; /* other: of add the one that is there, of merge the second */
	const char *name, *day, *until_day, *kind_name, *to;
	zy_time from, until;
	enum zy_subject_kind kind;
	struct zy_access who; /* what is answered is a look at the person */
};

static bool check_born(const struct zy_holder *h, zy_time now, struct zy_error *err)
{
	return h->kind != ZY_HOLDER_CITIZEN || zy_citizen_born(h->number) <= now ||
	       zy_fail(err, ZY_E_CITIZEN, "citizen-number", 6, "the birth date in the citizen number has not come");
}

static bool read_asked(struct asked *q, const char *const words[2], zy_time now, struct zy_error *err)
{
	const char *other = q->what == ADD ? q->to : words[1];

	if (q->what == ADD && q->to == NULL)
		return zy_fail(err, ZY_E_USAGE, "to", ZY_NOWHERE, "--to KIND:NUMBER is missing: whose number it is");
	if (q->what == RENAME && q->name == NULL)
		return zy_fail(err, ZY_E_USAGE, "name", ZY_NOWHERE, "--name is missing: the new name");
	if (q->kind_name != NULL && !zy_subject_kind_from_name(q->kind_name, &q->kind))
		return zy_fail(err, ZY_E_USAGE, "subject", ZY_NOWHERE,
		    "--subject is enterprise, person, social-organisation, public-institution or government-body");
	q->until = ZY_TIME_NEVER;
	return zy_holder_parse(&q->holder, zy_str(words[0]), err) && check_born(&q->holder, now, err) &&
	       (other == NULL || zy_holder_parse(&q->other, zy_str(other), err)) &&
	       (q->day == NULL || zy_cli_day(q->day, "from", false, &q->from, err)) &&
	       (q->until_day == NULL || zy_cli_day(q->until_day, "until", true, &q->until, err));
}

static bool rename_to(
    struct zy_desk *d, const struct asked *q, const zy_time *from, struct zy_logged *out, struct zy_error *err)
{
	/* What it takes the place of is the name of that day, not of today. */
	const struct zy_when then = { .at = ZY_TIME_NEVER, .on = from != NULL ? *from : ZY_TIME_NEVER };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_person p;
	const char *before;

	return zy_holder_find(d, &q->holder, &then, &a, &p, err) &&
	       zy_holder_name(d, &q->holder, &p, &then, &a, &before, err) &&
	       zy_vault_person_rename(d->vault, &q->holder, q->name, before, from, out, err);
}

static bool carry_out(struct zy_desk *d, const struct asked *q, struct zy_logged *out, struct zy_error *err)
{
	const zy_time *from = q->day == NULL ? NULL : &q->from;
	const struct zy_identifier_new n = {
		.holder = &q->holder, .from = from, .until = q->until, .kind = q->kind_name == NULL ? NULL : &q->kind
	};

	switch (q->what) {
	case ADD:
		return zy_vault_person_add(d->vault, &q->other, &n, out, err);
	case MERGE:
		return zy_vault_person_merge(d->vault, &q->holder, &q->other, from, out, err);
	case SPLIT:
		return zy_vault_person_split(d->vault, &q->holder, from, out, err);
	case RENAME:
		return rename_to(d, q, from, out, err);
	}
	return false;
}

static bool answer(
    struct zy_cli *c, struct zy_desk *d, struct asked *q, const struct zy_logged *logged, struct zy_error *err)
{
	static const char *const looks[] = {
		[ADD] = "holder-add", [MERGE] = "holder-merge", [SPLIT] = "holder-split", [RENAME] = "holder-rename"
	};
	static const char *const said[] = { [ADD] = "is a number of this holder now · 已登记",
		[MERGE] = "are one holder now · 已合并",
		[SPLIT] = "is a holder of its own now · 已拆分",
		[RENAME] = "has a new name now · 已更名" };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_log_answer log;
	struct zy_person p;
	json_t *list = NULL;
	bool found;

	q->who.what = looks[q->what];
	if (!zy_holder_looked(d, &q->holder, NULL, &q->who, &found, err) ||
	    !zy_holder_find(d, &q->holder, NULL, &a, &p, err))
		return false;
	if (!c->json) {
		printf("%s:%s %s\n", zy_holder_kind_name(q->holder.kind), q->holder.number, said[q->what]);
		return true;
	}
	if (!zy_log_book_prove(d->log, logged->index, logged, &a, &log, err))
		return false;
	list = json_array();
	for (size_t i = 0; i < p.num; i++)
		json_array_append_new(list, identifier_json(&p.identifiers[i], zy_now(c->clock)));
	zy_cli_json(json_pack("{s:o, s:o}", "identifiers", list, "log", zy_log_json(&log)));
	return true;
}

static bool change(struct zy_cli *c, struct asked *q, const char *const words[2], struct zy_error *err)
{
	struct zy_logged logged;
	struct zy_desk d;
	bool ok;

	zy_cli_looks(&q->who);
	if (!read_asked(q, words, zy_now(c->clock), err) ||
	    !zy_desk_open_as(&d, c->home, &c->as, ZY_DESK_READ, c->clock, NULL, err))
		return false;
	ok = zy_desk_is_newest(&d, err) && carry_out(&d, q, &logged, err) && answer(c, &d, q, &logged, err);
	zy_desk_close(&d);
	return ok;
}

#define FROM_OPTION(q)                                                                                                 \
	{                                                                                                              \
		"from", "DATE", "in law from this day on, not after today (default: from now)", &(q).day, NULL         \
	}

static bool cmd_add(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	struct asked q = { .what = ADD };
	const char *words[2] = { NULL, NULL };
	const struct zy_option opts[] = { { "to", "KIND:NUMBER", "whose it is: a number that the vault knows", &q.to,
					      NULL },
		FROM_OPTION(q), { "until", "DATE", "its last day (default: not known)", &q.until_day, NULL },
		{ "subject", "KIND", "what the subject is, where the number leaves it open", &q.kind_name, NULL },
		ZY_TENANT_OPTION(c), ZY_SECRET_OPTION(c), ZY_ACCESS_OPTIONS(q.who), { 0 } };
	bool go;

	if (!zy_cli_parse(c, "holder add", opts, argc, argv, 1, 1, words, &go, err) || !go)
		return err->code == ZY_OK;
	return change(c, &q, words, err);
}

static bool cmd_merge(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	struct asked q = { .what = MERGE };
	const char *words[2] = { NULL, NULL };
	const struct zy_option opts[] = { FROM_OPTION(q), ZY_TENANT_OPTION(c), ZY_SECRET_OPTION(c),
		ZY_ACCESS_OPTIONS(q.who), { 0 } };
	bool go;

	if (!zy_cli_parse(c, "holder merge", opts, argc, argv, 2, 2, words, &go, err) || !go)
		return err->code == ZY_OK;
	return change(c, &q, words, err);
}

static bool cmd_split(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	struct asked q = { .what = SPLIT };
	const char *words[2] = { NULL, NULL };
	const struct zy_option opts[] = { FROM_OPTION(q), ZY_TENANT_OPTION(c), ZY_SECRET_OPTION(c),
		ZY_ACCESS_OPTIONS(q.who), { 0 } };
	bool go;

	if (!zy_cli_parse(c, "holder split", opts, argc, argv, 1, 1, words, &go, err) || !go)
		return err->code == ZY_OK;
	return change(c, &q, words, err);
}

static bool cmd_rename(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	struct asked q = { .what = RENAME };
	const char *words[2] = { NULL, NULL };
	const struct zy_option opts[] = { { "name", "NAME", "the new name", &q.name, NULL }, FROM_OPTION(q),
		ZY_TENANT_OPTION(c), ZY_SECRET_OPTION(c), ZY_ACCESS_OPTIONS(q.who), { 0 } };
	bool go;

	if (!zy_cli_parse(c, "holder rename", opts, argc, argv, 1, 1, words, &go, err) || !go)
		return err->code == ZY_OK;
	return change(c, &q, words, err);
}

const struct zy_cmd zy_holder_cmds[] = {
	{ "holder show", "HOLDER [--at TIME] [--on DATE] [--as WHO ...]",
	    "who a holder is: numbers, names, what became of them", cmd_show,
	    "HOLDER is any number of his: uscc:CODE, citizen:NUMBER (15 or 18 digits), passport:STATE-NUMBER, orgcode:CODE.\n"
	    "--at: what was known then; --on: what held on that day in law, such as the name that he had. Who is joined\n"
	    "with him, names, days and kinds of the numbers all follow. holds says of each number whether it did.\n"
	    "\n"
	    "  zhengyin holder show passport:CHN-E12345678 --on 2025-06-30\n"
	    "  zhengyin holder show uscc:91990100MA9900X1XU --json\n" },
	{ "holder add", "HOLDER --to HOLDER [--from DATE] [--until DATE] [--subject KIND]",
	    "a further number of a holder · 增加证件号码", cmd_add,
	    "The first HOLDER is the new number, the second one that the vault knows. --from: its first day (default: not\n"
	    "known). With a number that is his already its days are said anew, both, and its --subject; nothing is minted\n"
	    "under a number after its last day. An organisation code must be the one inside the credit code. --subject:\n"
	    "enterprise, social-organisation, public-institution or government-body, where the number leaves it open.\n"
	    "\n"
	    "  zhengyin holder add orgcode:MA9900X1X --to uscc:91990100MA9900X1XU --until 2017-12-31\n"
	    "  zhengyin holder add passport:CHN-E12345678 --to citizen:... --from 2024-05-01 --until 2034-04-30\n" },
	{ "holder merge", "HOLDER HOLDER [--from DATE]", "two records are one holder · 合并", cmd_merge,
	    "Either number finds the licences of both from now on; each licence stays under the data key that it has.\n"
	    "A number that was given to somebody else is split off --from the day on which he had it no more and merged with\n"
	    "the other --from that day; `holder show --on` then tells whose it was. Licences follow the number that they\n"
	    "were minted under: those that were the first one's are revoked and minted anew under another number of his.\n"
	    "\n"
	    "  zhengyin holder merge citizen:... passport:CHN-E12345678\n" },
	{ "holder split", "HOLDER [--from DATE]", "a number is somebody of its own again · 拆分", cmd_split,
	    "It takes the licences that were minted under it. What was said while they were one stays with both.\n"
	    "\n"
	    "  zhengyin holder split passport:CHN-E12345678\n" },
	{ "holder rename", "HOLDER --name NAME [--from DATE]", "a new name · 更名", cmd_rename,
	    "Licences are not changed by it: `zhengyin change ID --name NAME` does that.\n"
	    "\n"
	    "  zhengyin holder rename uscc:91990100MA9900X1XU --name 云泽市远山茶业集团有限公司 --from 2026-03-01\n" },
	{ 0 },
};

bool zy_cmd_holder(struct zy_cli *c, int argc, char **argv, struct zy_error *err)
{
	return zy_verb_run(
	    c, zy_holder_cmds, "who a holder is: several numbers, names, persons joined", argc, argv, err);
}
