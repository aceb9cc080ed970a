#include "group.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "config.h"
#include "zy/file.h"

struct zy_groups {
	size_t num;
	struct zy_group groups[ZY_GROUPS_MAX];
};

struct zy_group *zy_groups_find(struct zy_groups *g, const char *name)
{
	for (size_t i = 0; i < g->num; i++)
		if (strcmp(g->groups[i].name, name) == 0)
			return &g->groups[i];
	return NULL;
}

static void add(struct zy_groups *all, const char *group, const char *token)
{
	struct zy_group *g = zy_groups_find(all, group);

	if (g == NULL) {
		if (all->num == ZY_GROUPS_MAX)
			return;
		g = &all->groups[all->num++];
		memcpy(g->name, group, strlen(group) + 1);
	}
	if (g->num == ZY_GROUP_TOKENS_MAX)
		return;
	memcpy(g->tokens[g->num++].name, token, strlen(token) + 1);
}

/* TOKEN.json, not TOKEN.keys.json: a token's configuration is what parses as one. */
static void look_into(struct zy_groups *all, const char *home, const char *file)
{
	struct zy_error ignored = { 0 };
	ZY_ARENA_AUTO a = { 0 };
	struct zy_signer_config c;
	size_t len = strlen(file);
	char token[ZY_TOKEN_NAME_MAX + 1];

	if (len < 6 || len - 5 > ZY_TOKEN_NAME_MAX || strcmp(file + len - 5, ".json") != 0)
		return;
	memcpy(token, file, len - 5);
	token[len - 5] = 0;
	if (zy_signer_config_read(&c, home, token, 1, &a, &ignored) && c.group != NULL)
		add(all, c.group, token);
}

bool zy_groups_open(struct zy_groups **out, const char *home, struct zy_error *err)
{
	struct zy_groups *all = calloc(1, sizeof(*all));
	ZY_BUF_AUTO path = { 0 };
	struct dirent *e;
	DIR *d;

	zy_buf_printf(&path, "%s/signer", home);
	zy_buf_put_u8(&path, 0);
	if (all == NULL || path.failed) {
		free(all);
		return zy_fail(err, ZY_E_NO_MEMORY, "hsm", ZY_NOWHERE, "no memory for the signer's client");
	}
	if ((d = opendir((const char *)path.p)) != NULL) {
		while ((e = readdir(d)) != NULL)
			look_into(all, home, e->d_name);
		closedir(d);
	}
	*out = all;
	return true;
}

void zy_groups_close(struct zy_groups *g)
{
	free(g);
}

const char *zy_group_next(struct zy_group *g, int64_t now, unsigned tries)
{
	unsigned turn = atomic_fetch_add(&g->turn, 1);

	for (size_t i = 0; i < g->num && tries < g->num; i++) {
		size_t n = (turn + i) % g->num;

		if (atomic_load(&g->tokens[n].rests_until) <= now)
			return g->tokens[n].name;
	}
	return g->tokens[turn % g->num].name;
}

static void set_rest(struct zy_group *g, const char *token, int64_t until)
{
	for (size_t i = 0; i < g->num; i++)
		if (strcmp(g->tokens[i].name, token) == 0)
			atomic_store(&g->tokens[i].rests_until, until);
}

void zy_group_failed(struct zy_group *g, const char *token, int64_t rests_until)
{
	set_rest(g, token, rests_until);
}

void zy_group_answered(struct zy_group *g, const char *token)
{
	set_rest(g, token, 0);
}
