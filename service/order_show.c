#include "order_show.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "zy/kept.h"
#include "zy/key_order.h"
#include "zy/log_loss.h"
#include "zy/noted_head.h"
#include "zy/revocation_rule.h"
#include "zy/text.h"

static json_t *text_json(struct zy_bytes v)
{
	return v.len == 0 ? json_null() : json_stringn((const char *)v.p, v.len);
}

/* ---- what differs between two lists of objects ---- */

static const char *id_of(const json_t *object, const char *key)
{
	const char *id = json_string_value(json_object_get(object, key));

	return id == NULL ? "?" : id;
}

static json_t *find(json_t *list, const char *key, const char *id)
{
	size_t i;
	json_t *v;

	json_array_foreach(list, i, v) if (strcmp(id_of(v, key), id) == 0) return v;
	return NULL;
}

static void add(json_t *changes, const char *id, const char *member, json_t *from, json_t *to)
{
	json_array_append_new(
	    changes, json_pack("{s:s, s:s?, s:O?, s:O?}", "id", id, "member", member, "from", from, "to", to));
}

/* Members that were there before and are another now, or gone; then those that are new. */
static void compare(json_t *changes, const char *id, json_t *was, json_t *is)
{
	const char *member;
	json_t *v;

	json_object_foreach(was, member, v)
	{
		json_t *now = json_object_get(is, member);

		if (now == NULL || !json_equal(v, now))
			add(changes, id, member, v, now);
	}
	json_object_foreach(is, member, v) if (json_object_get(was, member) == NULL) add(changes, id, member, NULL, v);
}

static json_t *compare_lists(json_t *was, json_t *is, const char *key)
{
	json_t *changes = json_array(), *v;
	size_t i;

	json_array_foreach(is, i, v)
	{
		json_t *old = find(was, key, id_of(v, key));

		if (old == NULL)
			add(changes, id_of(v, key), NULL, NULL, v);
		else
			compare(changes, id_of(v, key), old, v);
	}
	json_array_foreach(was, i, v) if (find(is, key, id_of(v, key)) == NULL)
	    add(changes, id_of(v, key), NULL, v, NULL);
	return changes;
}

static bool read_list(struct zy_bytes text, const char *list, json_t **root, struct zy_error *err)
{
	json_error_t why;

	*root = json_loadb((const char *)text.p, text.len, JSON_REJECT_DUPLICATES, &why);
	if (json_is_array(json_object_get(*root, list)))
		return true;
	json_decref(*root);
	return zy_fail(err, ZY_E_JSON, "subject", ZY_NOWHERE, "what the order is about is no list of %s", list);
}

static bool changes_of(const struct zy_home *h, const struct zy_order *o, struct zy_bytes subject, struct zy_arena *a,
    json_t **out, struct zy_error *err)
{
	bool officers = o->action == ZY_ORDER_OFFICERS;
	const char *list = officers ? "officers" : "seals";
	const char *path = zy_home_path(h, a, err, "policies/%s.json", list);
	json_t *is = NULL, *was = NULL;
	struct zy_bytes text;

	if (path == NULL || !read_list(subject, list, &is, err))
		return false;
	if (access(path, F_OK) == 0 &&
	    (!zy_kept_read(path, ZY_ORDER_SUBJECT_MAX, a, &text, err) || !read_list(text, list, &was, err))) {
		json_decref(is);
		return false;
	}
	*out = compare_lists(json_object_get(was, list), json_object_get(is, list), officers ? "id" : "esID");
	json_decref(is);
	json_decref(was);
	return true;
}

/* The members of a revocation rule, each as something new. */
static bool rule_of(struct zy_bytes subject, struct zy_arena *a, json_t **out, struct zy_error *err)
{
	struct zy_revocation_rule rule;
	json_t *is;

	if (!zy_revocation_rule_parse(&rule, subject, a, err))
		return false;
	is = json_loadb((const char *)subject.p, subject.len, JSON_REJECT_DUPLICATES, NULL);
	*out = json_array();
	compare(*out, "rule", NULL, is);
	json_decref(is);
	return true;
}

/* What becomes of the key, and when. */
static bool key_of(struct zy_bytes subject, struct zy_arena *a, json_t **out, struct zy_error *err)
{
	char id[2 * ZY_DATA_KEY_ID_LEN + 1];
	struct zy_key_order o;
	const char *uri;
	json_t *when;

	if (!zy_key_order_parse(&o, subject, err) || (uri = zy_arena_text(a, o.uri, err)) == NULL)
		return false;
	if (o.event == ZY_KEY_ORDER_SHRED) {
		zy_hex(ZY_BYTES(o.data_key, sizeof(o.data_key)), id);
		when = json_sprintf("data key 数据密钥 %s", id);
	} else
		when = o.at == 0 ? json_string("at once 即时") : zy_time_json(o.at);
	*out = json_array();
	add(*out, uri, zy_key_order_event_name(o.event), NULL, when);
	json_decref(when);
	return true;
}

/* What is lost of the log, and from where it goes on. */
static bool loss_of(struct zy_bytes subject, json_t **out, struct zy_error *err)
{
	struct zy_log_loss l;
	json_t *was, *is;
	bool noted;

	if (!zy_log_loss_parse(&l, subject, err))
		return false;
	noted = zy_noted_is_origin(l.origin); /* its sizes are told to nobody */
	was = noted ? json_string("what was noted of it 已登记内容")
		    : json_sprintf("%llu entries 条", (unsigned long long)l.lost.size);
	is = noted ? json_string("what is there; the rest is given up 现存内容，其余放弃")
		   : json_sprintf("%llu entries 条; the rest is given up 其余放弃", (unsigned long long)l.goes_on.size);
	*out = json_array();
	add(*out, noted ? "secret compartment 涉密库" : "log", "goes-on", was, is);
	json_decref(was);
	json_decref(is);
	return true;
}

/* ---- the order ---- */

static const char *person(const struct zy_officers *o, const uint8_t kid[8])
{
	const struct zy_officer *p = zy_officer_by_kid(o, kid);

	return p == NULL ? "?" : p->id;
}

bool zy_order_to_json(const struct zy_home *h, const struct zy_officers *officers, const struct zy_order_file *f,
    struct zy_arena *a, json_t **out, struct zy_error *err)
{
	json_t *signed_by, *changes = json_null();
	char hex[2 * ZY_HASH_LEN + 1];
	uint8_t digest[ZY_HASH_LEN];
	struct zy_order o;

	if (!zy_order_parse(&o, f->order, err) || !zy_digest(ZY_HASH_SHA256, f->subject, digest, err))
		return false;
	if (memcmp(digest, o.subject, sizeof(digest)) != 0)
		return zy_fail(err, ZY_E_APPROVAL_SUBJECT, "subject", ZY_NOWHERE,
		    "the order is about other bytes than those that came with it");
	if (o.action <= ZY_ORDER_SWITCH_OFF && !changes_of(h, &o, f->subject, a, &changes, err))
		return false;
	if (o.action == ZY_ORDER_REVOKE_MANY && !rule_of(f->subject, a, &changes, err))
		return false;
	if ((o.action == ZY_ORDER_KEY || o.action == ZY_ORDER_SHRED) && !key_of(f->subject, a, &changes, err))
		return false;
	if (o.action == ZY_ORDER_LOG && !loss_of(f->subject, &changes, err))
		return false;
	signed_by = json_array();
	for (size_t i = 0; i < f->num_signatures; i++)
		json_array_append_new(signed_by, json_string(person(officers, f->signatures[i].kid)));
	zy_hex(ZY_BYTES(digest, sizeof(digest)), hex);
	*out = json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:s, s:o}", "action", zy_order_action_name(o.action),
	    "purpose", text_json(o.purpose), "ground", text_json(o.ground), "until", zy_time_json(o.until), "created",
	    zy_time_json(o.created), "expires", zy_time_json(o.expires), "requester", person(officers, o.requester),
	    "signed_by", signed_by, "subject", hex, "changes", changes);
	return *out != NULL || zy_fail(err, ZY_E_NO_MEMORY, "order", ZY_NOWHERE, "no memory for the order");
}

static void print_value(const char *what, json_t *v, FILE *out)
{
	char *text = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY);

	if (text != NULL && json_is_string(v))
		fprintf(out, "%s%s", what, json_string_value(v));
	else if (text != NULL)
		fprintf(out, "%s%s", what, text);
	free(text);
}

static void print_change(json_t *change, FILE *out)
{
	const char *member = json_string_value(json_object_get(change, "member"));
	json_t *from = json_object_get(change, "from"), *to = json_object_get(change, "to");

	fprintf(out, "  %s ", id_of(change, "id"));
	if (member == NULL)
		fputs(json_is_null(from) ? "新增 added" : "去掉 removed", out);
	else
		fprintf(out, "%s", member);
	if (!json_is_null(from))
		print_value(member == NULL ? ": " : ": ", from, out);
	if (!json_is_null(to))
		print_value(json_is_null(from) ? ": + " : " -> ", to, out);
	else if (member != NULL)
		fputs(" -> (无 none)", out);
	fputc('\n', out);
}

static void print_line(json_t *order, const char *member, const char *label, FILE *out)
{
	const char *text = json_string_value(json_object_get(order, member));

	if (text != NULL)
		fprintf(out, "%s: %s\n", label, text);
}

void zy_order_print(json_t *order, FILE *out)
{
	json_t *changes = json_object_get(order, "changes"), *v;
	size_t i;

	print_line(order, "action", "指令 order", out);
	print_line(order, "purpose", "事由 purpose", out);
	print_line(order, "ground", "法律依据 legal ground", out);
	print_line(order, "until", "截止 until", out);
	print_line(order, "requester", "申请人 requester", out);
	print_line(order, "expires", "指令有效至 expires", out);
	fputs("已签 signed by:", out);
	json_array_foreach(json_object_get(order, "signed_by"), i, v) fprintf(out, " %s", json_string_value(v));
	fputc('\n', out);
	print_line(order, "subject", "内容 SHA-256 of what it is about", out);
	if (json_is_array(changes))
		fprintf(out, "变更 changes (%zu):\n", json_array_size(changes));
	json_array_foreach(changes, i, v) print_change(v, out);
}
