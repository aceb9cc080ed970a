#include "cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "processes.h"

#include "zy/secret_home.h"
#include "zy/text.h"

static const struct zy_cmd *command(const char *name)
{
	const struct zy_cmd *const tables[] = { zy_cmds, zy_holder_cmds, zy_tenant_cmds, zy_ca_cmds, zy_log_cmds,
		zy_approve_cmds, zy_seal_cmds };
	const struct zy_cmd *cmd = NULL;

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (cmd = tables[i]; cmd->name != NULL; cmd++)
			if (strcmp(cmd->name, name) == 0)
				return cmd;
	return cmd;
}

static const char *verb_of(const struct zy_cmd *cmd)
{
	return strchr(cmd->name, ' ') + 1;
}

const struct zy_cmd *zy_verb_find(const struct zy_cmd *verbs, const char *verb)
{
	for (; verbs->name != NULL; verbs++)
		if (strcmp(verb_of(verbs), verb) == 0)
			return verbs;
	return NULL;
}

bool zy_verb_run(
    struct zy_cli *c, const struct zy_cmd *verbs, const char *what, int argc, char **argv, struct zy_error *err)
{
	const char *verb = argc > 1 ? argv[1] : "";

	if (zy_verb_find(verbs, verb) != NULL)
		return zy_verb_find(verbs, verb)->run(c, argc - 1, argv + 1, err);
	if (strcmp(verb, "--help") != 0)
		return zy_fail(err, ZY_E_USAGE, argv[0], ZY_NOWHERE,
		    "there is no `%s %.40s`; `zhengyin %s --help` lists the verbs", argv[0], verb, argv[0]);
	printf("zhengyin %s: %s\n\n", argv[0], what);
	for (const struct zy_cmd *v = verbs; v->name != NULL; v++)
		printf("  %-17s %s\n", v->name, v->summary);
	printf("\n`zhengyin %s VERB --help` explains one\n", argv[0]);
	return true;
}

static void print_help(const char *name, const struct zy_option *opts)
{
	const struct zy_cmd *cmd = command(name);

	printf("zhengyin %s: %s\n\nusage: zhengyin [-C HOME] %s%s%s\n\noptions:\n", cmd->name, cmd->summary, cmd->name,
	    cmd->usage[0] == 0 ? "" : " ", cmd->usage);
	zy_options_help(opts, stdout);
	if (cmd->teach != NULL)
		printf("\n%s", cmd->teach);
}

bool zy_cli_parse(struct zy_cli *c, const char *name, const struct zy_option *opts, int argc, char **argv,
    size_t least_words, size_t most_words, const char **words, bool *go, struct zy_error *err)
{
	struct zy_option all[32];
	size_t num = 0, num_words;
	const char *home = NULL;
	bool help = false;

	for (; opts[num].name != NULL; num++)
		all[num] = opts[num];
	all[num++] = (struct zy_option){ "json", NULL, "answer as JSON, one object a line", NULL, &c->json };
	all[num++] = (struct zy_option){ "C", "HOME", "the home (also before the command)", &home, NULL };
	all[num++] = (struct zy_option){ "help", NULL, "show this", NULL, &help };
	all[num] = (struct zy_option){ 0 };
	if (!zy_options_parse(all, argc, argv, words, most_words, &num_words, err))
		return false;
	if (home != NULL)
		c->home = home;
	*go = !help;
	if (help)
		print_help(name, all);
	else if (num_words < least_words)
		return zy_fail(err, ZY_E_USAGE, name, ZY_NOWHERE, "usage: zhengyin %s %s", name, command(name)->usage);
	return true;
}

void zy_cli_json(json_t *object)
{
	char *text = json_dumps(object, JSON_COMPACT);

	if (text != NULL)
		puts(text);
	free(text);
	json_decref(object);
}

json_t *zy_error_json(const struct zy_error *e)
{
	return json_pack("{s:s, s:s, s:s}", "code", zy_code_name(e->code), "field", e->field == NULL ? "" : e->field,
	    "message", e->msg);
}

json_t *zy_time_json(zy_time t)
{
	char text[ZY_TIME_TEXT];

	if (t == 0 || t == ZY_TIME_NEVER || t == INT64_MIN)
		return json_null();
	zy_time_to_rfc3339(t, text);
	return json_string(text);
}

void zy_form_digest_text(const struct zy_licence_file *f, char out[80])
{
	char hex[2 * ZY_HASH_LEN + 1];

	zy_hex(ZY_BYTES(f->digest, ZY_HASH_LEN), hex);
	snprintf(out, 80, "%s:%s", f->form == ZY_FORM_OFD ? "sm3" : "sha256", hex);
}

static json_t *base64_json(struct zy_bytes v)
{
	ZY_BUF_AUTO text = { 0 };

	zy_base64_encode(&text, v);
	return json_stringn((const char *)text.p, text.len);
}

json_t *zy_log_json(const struct zy_log_answer *l)
{
	json_t *path = l->proved ? json_array() : json_null();

	for (size_t i = 0; l->proved && i < l->path.num; i++)
		json_array_append_new(path, base64_json(ZY_BYTES(l->path.hashes[i], ZY_HASH_LEN)));
	return json_pack("{s:I, s:o, s:o, s:o, s:s?}", "index", (json_int_t)l->index, "checkpoint",
	    l->proved ? json_stringn((const char *)l->checkpoint.p, l->checkpoint.len) : json_null(), "leaf",
	    base64_json(l->leaf), "path", path, "proof", l->file);
}

json_t *zy_minted_json(const struct zy_minted *m)
{
	json_t *files = json_array(), *o;

	for (size_t i = 0; i < m->num_files; i++) {
		char digest[80];

		zy_form_digest_text(&m->files[i], digest);
		json_array_append_new(
		    files, json_pack("{s:s, s:s?, s:s}", "form", m->files[i].form == ZY_FORM_OFD ? "ofd" : "pdf",
			       "path", m->files[i].path, "digest", digest));
	}
	o = json_pack("{s:s, s:i, s:o, s:o}", "licence", m->identifier, "version", (int)m->version, "holder",
	    json_sprintf("%s:%s", zy_holder_kind_name(m->holder.kind), m->holder.number), "files", files);
	json_object_set_new(o, "log", zy_log_json(&m->log));
	if (m->package != NULL)
		json_object_set_new(o, "package", json_string(m->package));
	if (m->request != NULL)
		json_object_set_new(o, "request", json_string(m->request));
	return o;
}

void zy_minted_print(struct zy_cli *c, const struct zy_minted *m)
{
	if (c->json) {
		zy_cli_json(zy_minted_json(m));
		return;
	}
	printf("%s %s, version %u%s\n", m->type->name.zh, m->identifier, m->version,
	    m->again ? " (this request was answered before)" : "");
	for (size_t i = 0; i < m->num_files; i++)
		if (m->files[i].path != NULL)
			printf("  %s\n", m->files[i].path);
	if (m->log.file != NULL)
		printf("  %s\n", m->log.file);
	if (m->package != NULL)
		printf("  %s\n", m->package);
	if (!m->log.proved)
		fprintf(stderr, "hint: the log's key could not be asked; `zhengyin log prove` gives the proof later\n");
}

bool zy_cli_may_package(const struct zy_cli *c, bool package, const char *out_dir, struct zy_error *err)
{
	if (package && c->as.secret)
		return zy_fail(err, ZY_E_USAGE, "package", ZY_NOWHERE,
		    "a package holds a proof of the log, and there is none of secret licences");
	return !package || out_dir != NULL ||
	       zy_fail(err, ZY_E_USAGE, "out", ZY_NOWHERE, "--out is missing: where the package is written");
}

bool zy_forms_parse(const char *text, unsigned *out, struct zy_error *err)
{
	*out = 0;
	if (text == NULL)
		return true;
	if (strcmp(text, "ofd") == 0)
		*out = ZY_FORM_OFD;
	else if (strcmp(text, "pdf") == 0)
		*out = ZY_FORM_PDF;
	else if (strcmp(text, "ofd,pdf") == 0 || strcmp(text, "pdf,ofd") == 0)
		*out = ZY_FORM_OFD | ZY_FORM_PDF;
	else
		return zy_fail(err, ZY_E_USAGE, "form", ZY_NOWHERE, "--form is ofd, pdf or ofd,pdf");
	return true;
}

bool zy_share_folder(char *out, size_t room, struct zy_error *err)
{
	size_t len;

	if (!zy_program_folder(out, room, err))
		return false;
	len = strlen(out);
	if ((size_t)snprintf(out + len, room - len, "/../share/zhengyin") >= room - len)
		return zy_fail(err, ZY_E_IO, "program", ZY_NOWHERE, "the program's path is too long");
	return access(out, R_OK) == 0 ||
	       zy_fail(err, ZY_E_IO, "program", ZY_NOWHERE, "%s is missing; build or install zhengyin again", out);
}

unsigned zy_cli_threads(void)
{
	const long cores = sysconf(_SC_NPROCESSORS_ONLN);

	return cores < 1 ? 4 : cores > 16 ? 64 : (unsigned)(4 * cores);
}

void zy_cli_other_side(const struct zy_desk *d, const char *command)
{
	if (!d->secret && zy_home_has_secret(&d->home))
		fprintf(stderr, "not the secret compartment: `zhengyin %s --secret`\n", command);
}
