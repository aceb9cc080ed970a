/* What a crash left: intents of requests that nobody can repeat are cancelled at the next start. */
#include "internal.h"

#include <stdlib.h>

struct left {
	char (*requests)[ZY_REQUEST_MAX + 1];
	size_t num, room;
};

static bool collect(void *arg, const char *request, const struct zy_intent *in)
{
	struct left *l = arg;

	(void)in;
	if (strncmp(request, ZY_OWN_REQUEST, sizeof(ZY_OWN_REQUEST) - 1) != 0)
		return true;
	if (l->num == l->room) {
		size_t room = l->room == 0 ? 16 : 2 * l->room;
		void *more = realloc(l->requests, room * sizeof(*l->requests));

		if (more == NULL)
			return false;
		l->requests = more;
		l->room = room;
	}
	memcpy(l->requests[l->num++], request, strlen(request) + 1);
	return true;
}

bool zy_desk_recover(struct zy_desk *d, struct zy_error *err)
{
	struct left l = { 0 };
	bool ok = zy_vault_open_intents(d->vault, collect, &l, err);

	for (size_t i = 0; ok && i < l.num; i++)
		ok = zy_vault_cancel(d->vault, l.requests[i], "interrupted", err);
	free(l.requests);
	return ok;
}
