#include "token.h"

#include <stdio.h>
#include <stdlib.h>

#include "zy/file.h"

/* `path` as seen from `folder`. */
static char *absolute(struct zy_arena *a, const char *folder, struct zy_bytes path, struct zy_error *err)
{
	if (path.len > 0 && path.p[0] == '/')
		return zy_arena_text(a, path, err);
	return zy_arena_printf(a, err, "%s/%.*s", folder, (int)path.len, (const char *)path.p);
}

static bool set_paths(struct zy_module *m, const char *file, struct zy_error *err)
{
	struct zy_bytes scheme = ZY_LITERAL("unix:"), tcti = m->config.tcti, head, path;
	struct zy_reader r = zy_reader_over(tcti);
	struct zy_error ignored = { 0 };
	char *real = realpath(file, NULL), *folder, *socket;

	if (real == NULL)
		return zy_fail(err, ZY_E_IO, "config", ZY_NOWHERE, "the path does not resolve");
	*strrchr(real, '/') = 0; /* realpath's answer starts with a slash */
	folder = zy_arena_text(&m->arena, zy_str(real), err);
	free(real);
	if (folder == NULL || (m->state = absolute(&m->arena, folder, m->config.state, err)) == NULL)
		return false;
	if (!zy_take(&r, scheme.len, "tcti", &head, &ignored) || !zy_bytes_equal(head, scheme))
		return (m->tcti = zy_arena_text(&m->arena, tcti, err)) != NULL;
	path = zy_reader_rest(&r);
	return (socket = absolute(&m->arena, folder, path, err)) != NULL &&
	       (m->tcti = zy_arena_printf(&m->arena, err, "unix:%s", socket)) != NULL;
}

CK_RV zy_module_configure(struct zy_module *m)
{
	const char *file = secure_getenv("ZY_TPM_TOKEN_CONF");
	struct zy_error err = { 0 };
	struct zy_bytes text;

	if (file == NULL) {
		fprintf(stderr, "zy-tpm-token: set ZY_TPM_TOKEN_CONF to the path of the configuration file\n");
		return CKR_GENERAL_ERROR;
	}
	if (!zy_file_read(file, ZY_TPM_CONFIG_MAX, &m->arena, &text, &err) ||
	    !zy_tpm_config_parse(&m->config, text, &err) || !set_paths(m, file, &err)) {
		zy_module_complain(file, &err);
		zy_arena_free(&m->arena);
		return CKR_GENERAL_ERROR;
	}
	m->tpm = (struct zy_tpm){ .tcti_text = m->tcti, .primary = ESYS_TR_NONE, .session = ESYS_TR_NONE };
	return CKR_OK;
}
