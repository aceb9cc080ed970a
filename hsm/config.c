#include "config.h"

#include <jansson.h>

#include "zy/kept.h"
#include "zy/hsm.h"

static bool fail_member(struct zy_error *err, const char *file, const char *member, const char *why)
{
	return zy_fail(err, ZY_E_JSON, "config", ZY_NOWHERE, "%s: \"%s\" %s", file, member, why);
}

/* What all steps share. */
struct reading {
	const char *file, *home;
	struct zy_arena *a;
	struct zy_error *err;
};

static bool known_members(const struct reading *r, json_t *object, const char *const *names)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		const char *const *n = names;

		while (*n != NULL && strcmp(*n, key) != 0)
			n++;
		if (*n == NULL)
			return fail_member(r->err, r->file, key, "is not a member known here");
	}
	return true;
}

/* A required text of 1..most bytes without NUL, copied. */
static bool text(const struct reading *r, json_t *object, const char *member, size_t most, const char **out)
{
	json_t *v = json_object_get(object, member);

	if (!json_is_string(v) || json_string_length(v) == 0 || json_string_length(v) > most ||
	    strlen(json_string_value(v)) != json_string_length(v))
		return fail_member(r->err, r->file, member, "must be a text that is neither empty nor too long");
	*out = zy_arena_text(r->a, zy_str(json_string_value(v)), r->err);
	return *out != NULL;
}

static bool leaves_home(const char *path)
{
	if (path[0] == '/')
		return true;
	for (const char *part = path; part != NULL; part = strchr(part, '/')) {
		part += *part == '/';
		if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == 0))
			return true;
	}
	return false;
}

/* A path relative to HOME. */
static bool home_path(const struct reading *r, json_t *object, const char *member, const char **out)
{
	const char *path;

	if (!text(r, object, member, 1024, &path))
		return false;
	if (leaves_home(path))
		return fail_member(r->err, r->file, member, "must be a path inside HOME, relative to it");
	*out = zy_arena_printf(r->a, r->err, "%s/%s", r->home, path);
	return *out != NULL;
}

static bool sessions(const struct reading *r, json_t *object, unsigned *out)
{
	json_t *v = json_object_get(object, "sessions");

	if (v == NULL)
		return true;
	if (!json_is_integer(v) || json_integer_value(v) < 1 || json_integer_value(v) > ZY_SESSIONS_MAX)
		return fail_member(r->err, r->file, "sessions", "must be a number from 1 to 64");
	*out = (unsigned)json_integer_value(v);
	return true;
}

/* False when absent. */
static bool flag(const struct reading *r, json_t *object, const char *member, bool *out)
{
	json_t *v = json_object_get(object, member);

	*out = json_is_true(v);
	return v == NULL || json_is_boolean(v) || fail_member(r->err, r->file, member, "must be true or false");
}

static bool variables(const struct reading *r, json_t *object, struct zy_signer_config *c)
{
	static const char *const names[] = { "SOFTHSM2_CONF", "ZY_TPM_TOKEN_CONF", NULL };
	json_t *env = json_object_get(object, "environment");

	if (env == NULL)
		return true;
	if (!json_is_object(env))
		return fail_member(r->err, r->file, "environment", "must be an object");
	if (!known_members(r, env, names))
		return false;
	for (size_t i = 0; names[i] != NULL; i++) {
		struct zy_signer_variable *v = &c->variables[c->num_variables];

		if (json_object_get(env, names[i]) == NULL)
			continue;
		if (!home_path(r, env, names[i], &v->path))
			return false;
		v->name = names[i];
		c->num_variables++;
	}
	return true;
}

static bool choice(const struct reading *r, json_t *object, const char *member, const char *const *names, unsigned *out)
{
	const char *word = json_string_value(json_object_get(object, member));

	for (unsigned i = 0; word != NULL && names[i] != NULL; i++)
		if (strcmp(names[i], word) == 0) {
			*out = i;
			return true;
		}
	return fail_member(r->err, r->file, member, "is not one of the words known here");
}

static bool sm2(const struct reading *r, json_t *object, struct zy_sm2_form *out)
{
	static const char *const names[] = { "mechanism", "input", "output", NULL };
	static const char *const inputs[] = { "e", "message", "id-message", NULL };
	static const char *const outputs[] = { "rs", "der", NULL };
	json_t *v = json_object_get(object, "sm2"), *number;
	unsigned input, output;

	if (v == NULL)
		return true;
	if (!json_is_object(v))
		return fail_member(r->err, r->file, "sm2", "must be an object");
	number = json_object_get(v, "mechanism");
	if (!known_members(r, v, names) || !choice(r, v, "input", inputs, &input) ||
	    !choice(r, v, "output", outputs, &output))
		return false;
	if (!json_is_integer(number) || json_integer_value(number) < 0 || json_integer_value(number) > UINT32_MAX)
		return fail_member(r->err, r->file, "mechanism", "must be a PKCS#11 mechanism number of 32 bits");
	*out = (struct zy_sm2_form){ .present = true,
		.mechanism = (unsigned long)json_integer_value(number),
		.input = (enum zy_sm2_input)input,
		.output_der = output == 1 };
	return true;
}

/* "pin" is "file" when nothing else is said, and only then is there a file. */
static bool pin(const struct reading *r, json_t *root, struct zy_signer_config *c)
{
	static const char *const sources[] = { "file", "credential", "prompt", NULL };
	unsigned source = ZY_PIN_FILE;

	if (json_object_get(root, "pin") != NULL && !choice(r, root, "pin", sources, &source))
		return false;
	c->pin_source = (enum zy_pin_source)source;
	if (c->pin_source == ZY_PIN_FILE)
		return home_path(r, root, "pin_file", &c->pin);
	return json_object_get(root, "pin_file") == NULL ||
	       fail_member(r->err, r->file, "pin_file", "is only for \"pin\": \"file\"");
}

static bool members(const struct reading *r, json_t *root, struct zy_signer_config *c)
{
	static const char *const names[] = { "module", "label", "pin", "pin_file", "so_pin_file", "sessions",
		"environment", "sm2", "group", "swtpm", "demo", "network", "ceremony", NULL };

	if (!json_is_object(root))
		return zy_fail(r->err, ZY_E_JSON, "config", ZY_NOWHERE, "%s must hold one object", r->file);
	if (!known_members(r, root, names) || !text(r, root, "module", 1024, &c->module) ||
	    !text(r, root, "label", ZY_TOKEN_LABEL_MAX, &c->label) || !pin(r, root, c))
		return false;
	if (c->module[0] != '/') /* a bare name would be searched for along the loader's path */
		return fail_member(r->err, r->file, "module", "must be an absolute path");
	if (json_object_get(root, "so_pin_file") != NULL && !home_path(r, root, "so_pin_file", &c->so_pin))
		return false;
	if (json_object_get(root, "swtpm") != NULL && !home_path(r, root, "swtpm", &c->swtpm))
		return false;
	if (json_object_get(root, "group") != NULL &&
	    (!text(r, root, "group", ZY_TOKEN_NAME_MAX, &c->group) || !zy_token_name_check(zy_str(c->group), r->err)))
		return false;
	return sessions(r, root, &c->sessions) && flag(r, root, "demo", &c->demo) &&
	       flag(r, root, "network", &c->network) && flag(r, root, "ceremony", &c->ceremony) &&
	       variables(r, root, c) && sm2(r, root, &c->sm2);
}

static bool paths(const struct reading *r, struct zy_signer_config *c)
{
	return (c->name = zy_arena_text(r->a, zy_str(c->name), r->err)) != NULL &&
	       (c->home = zy_arena_text(r->a, zy_str(r->home), r->err)) != NULL &&
	       (c->refused = zy_arena_printf(r->a, r->err, "%s/run/%s.pin-refused", r->home, c->name)) != NULL &&
	       (c->keys = zy_arena_printf(r->a, r->err, "%s/signer/%s.keys.json", r->home, c->name)) != NULL &&
	       (c->journal = zy_arena_printf(r->a, r->err, "%s/signer/%s.journal", r->home, c->name)) != NULL &&
	       (c->head = zy_arena_printf(r->a, r->err, "%s/signer/%s.head", r->home, c->name)) != NULL &&
	       (c->approved = zy_arena_printf(r->a, r->err, "%s/signer/approved", r->home)) != NULL &&
	       (c->run = zy_arena_printf(r->a, r->err, "%s/run", r->home)) != NULL &&
	       (c->policies = zy_arena_printf(r->a, r->err, "%s/policies", r->home)) != NULL;
}

bool zy_signer_config_parse(struct zy_signer_config *out, struct zy_bytes in, const char *file, const char *home,
    const char *token, unsigned default_sessions, struct zy_arena *a, struct zy_error *err)
{
	struct reading r = { file, home, a, err };
	struct zy_signer_config c = { .name = token, .sessions = default_sessions };
	json_error_t where;
	json_t *root;
	bool ok;

	if (!zy_token_name_check(zy_str(token), err))
		return false;
	root = json_loadb((const char *)in.p, in.len, JSON_REJECT_DUPLICATES, &where);
	if (root == NULL)
		return zy_fail(err, ZY_E_JSON, "config", ZY_NOWHERE, "%s:%d: %s", file, where.line, where.text);
	ok = members(&r, root, &c) && paths(&r, &c);
	json_decref(root);
	if (ok)
		*out = c;
	return ok;
}

bool zy_signer_config_read(struct zy_signer_config *out, const char *home, const char *token, unsigned default_sessions,
    struct zy_arena *a, struct zy_error *err)
{
	struct zy_bytes in;
	char *path;

	if (!zy_token_name_check(zy_str(token), err) ||
	    (path = zy_arena_printf(a, err, "%s/signer/%s.json", home, token)) == NULL ||
	    !zy_kept_read(path, ZY_SIGNER_FILE_MAX, a, &in, err))
		return false;
	return zy_signer_config_parse(out, in, path + strlen(home) + 1, home, token, default_sessions, a, err);
}

bool zy_signer_pin(const struct zy_signer_config *c, struct zy_pin *out, struct zy_error *err)
{
	if (c->pin_source != ZY_PIN_PROMPT)
		return (c->pin_source == ZY_PIN_FILE ? zy_pin_read(out, c->pin, err)
						     : zy_pin_read_credential(out, c->pin, err)) &&
		       zy_pin_may_try(out, c->refused, err);
	if (c->page->is_refused)
		return zy_fail(err, ZY_E_PIN, "pin", ZY_NOWHERE,
		    "the token refused the PIN that was typed; `zhengyin down` and `zhengyin up` ask for it again");
	*out = c->page->pin;
	return true;
}

void zy_signer_pin_refused(const struct zy_signer_config *c, const struct zy_pin *refused)
{
	if (c->pin_source == ZY_PIN_PROMPT)
		c->page->is_refused = true;
	else
		zy_pin_was_refused(refused, c->refused);
}

bool zy_hsm_asks_pin(const char *home, const char *token, bool *asks, struct zy_error *err)
{
	struct zy_signer_config c;
	ZY_ARENA_AUTO a = { 0 };
	bool ok = zy_signer_config_read(&c, home, token, 1, &a, err);

	*asks = ok && c.pin_source == ZY_PIN_PROMPT;
	return ok;
}
