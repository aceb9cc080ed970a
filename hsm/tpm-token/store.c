#include "token.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "zy/file.h"
#include "zy/text.h"

#define KEY_NAME_LEN 20 /* key- and 16 hexadecimal digits */
#define PATH_ROOM 4096

static bool put_path(char out[PATH_ROOM], const struct zy_module *m, const char *name)
{
	return (size_t)snprintf(out, PATH_ROOM, "%s/%s", m->state, name) < PATH_ROOM;
}

static bool put_key_path(char out[PATH_ROOM], const struct zy_module *m, uint64_t number)
{
	char name[KEY_NAME_LEN + 1];

	snprintf(name, sizeof(name), "key-%016llx", (unsigned long long)number);
	return put_path(out, m, name);
}

static uint64_t number_of(struct zy_bytes eight)
{
	struct zy_reader r = zy_reader_over(eight);
	struct zy_error ignored = { 0 };
	uint64_t v = 0;

	return zy_take_be(&r, 8, "number", &v, &ignored) ? v : 0;
}

/* Others must neither read nor plant anything here. */
static bool folder_is_ours(const struct zy_module *m, struct stat *st, struct zy_error *err)
{
	if (stat(m->state, st) != 0)
		return zy_fail(err, ZY_E_IO, "state", ZY_NOWHERE, "%s", strerror(errno));
	if (!S_ISDIR(st->st_mode) || st->st_uid != geteuid() || (st->st_mode & 077) != 0)
		return zy_fail(err, ZY_E_TOKEN, "state", ZY_NOWHERE,
		    "the folder must be the caller's own with mode 0700: chmod 700 it");
	return true;
}

CK_RV zy_store_read_token(struct zy_module *m)
{
	struct zy_error err = { 0 };
	char path[PATH_ROOM];
	struct zy_bytes bytes;
	struct stat st;

	m->has_token = false;
	m->tpm.expected = NULL;
	zy_arena_free(&m->token_arena);
	if (!put_path(path, m, "token") || (access(path, F_OK) != 0 && errno == ENOENT))
		return CKR_OK;
	if (!folder_is_ours(m, &st, &err) || !zy_file_read(path, ZY_TPM_FILE_MAX, &m->token_arena, &bytes, &err) ||
	    !zy_tpm_token_file_parse(&m->token, bytes, &err)) {
		zy_module_complain(path, &err);
		return CKR_TOKEN_NOT_RECOGNIZED;
	}
	m->has_token = true;
	m->tpm.expected = m->token.primary_name.p;
	return CKR_OK;
}

CK_RV zy_store_write_token(struct zy_module *m, const struct zy_tpm_token_file *f)
{
	struct zy_error err = { 0 };
	uint8_t mac_key[32];
	ZY_BUF_AUTO b = { .cap = ZY_TPM_FILE_MAX };
	char path[PATH_ROOM];
	struct stat st;
	CK_RV rv = zy_token_mac_key(m, mac_key);
	bool ok = rv == CKR_OK && put_path(path, m, "token") && zy_folder_make(m->state, 0700, &err) &&
		  folder_is_ours(m, &st, &err) && zy_tpm_token_file_encode(&b, f, mac_key, &err) &&
		  zy_file_write(path, zy_buf_bytes(&b), 0600, true, &err);

	OPENSSL_cleanse(mac_key, sizeof(mac_key));
	if (!ok) {
		zy_module_complain(m->state, &err);
		return rv == CKR_OK ? CKR_DEVICE_ERROR : rv;
	}
	return zy_store_read_token(m);
}

static struct zy_pair *pair_of(struct zy_module *m, uint64_t number)
{
	for (size_t i = 0; i < m->num_pairs; i++)
		if (m->pairs[i]->number == number)
			return m->pairs[i];
	return NULL;
}

static struct zy_pair *add_pair(struct zy_module *m, uint64_t number)
{
	struct zy_pair *p = m->num_pairs == ZY_PAIRS_MAX ? NULL : calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->number = number;
	m->pairs[m->num_pairs++] = p;
	return p;
}

/* Reads the file of a key into p. False: it is no key of this token (silent), or it is damaged (complained of). */
static bool read_pair(struct zy_module *m, struct zy_pair *p)
{
	struct zy_error err = { 0 };
	struct zy_arena arena = { 0 };
	struct zy_tpm_key_file f;
	struct zy_bytes bytes;
	char path[PATH_ROOM];
	bool is_ours;

	if (!put_key_path(path, m, p->number) || !zy_file_read(path, ZY_TPM_FILE_MAX, &arena, &bytes, &err) ||
	    !zy_tpm_key_file_parse(&f, bytes, &err) || number_of(f.number) != p->number ||
	    !zy_tpm_point(f.blob.public, p->point)) {
		(void)zy_fail(&err, ZY_E_TOKEN, "key", ZY_NOWHERE, "not the key of that name, or no SM2 key");
		zy_module_complain(path, &err);
		zy_arena_free(&arena);
		return false;
	}
	is_ours = zy_bytes_equal(f.serial, m->token.serial);
	zy_arena_free(&p->arena);
	p->arena = arena;
	p->file = f;
	p->is_authentic = false;
	return is_ours;
}

/* Once the secret is here a forged file is told from one that this token wrote. */
static bool check_pair(struct zy_module *m, struct zy_pair *p)
{
	struct zy_error err = { 0 };
	uint8_t mac_key[32];
	char path[PATH_ROOM];

	if (p->is_authentic || m->role == ZY_ROLE_NONE)
		return true;
	p->is_authentic = zy_token_mac_key(m, mac_key) == CKR_OK &&
			  zy_tpm_file_authentic(p->file.covered, p->file.mac, mac_key, &err);
	OPENSSL_cleanse(mac_key, sizeof(mac_key));
	if (!p->is_authentic && put_key_path(path, m, p->number))
		zy_module_complain(path, &err);
	return p->is_authentic;
}

static void visit(struct zy_module *m, const char *name)
{
	struct zy_error ignored = { 0 };
	struct zy_pair *p;
	uint8_t number[8];

	if (strlen(name) != KEY_NAME_LEN || strncmp(name, "key-", 4) != 0 ||
	    !zy_unhex(zy_str(name + 4), number, sizeof(number), &ignored))
		return;
	if ((p = pair_of(m, number_of(ZY_BYTES(number, 8)))) == NULL &&
	    (p = add_pair(m, number_of(ZY_BYTES(number, 8)))) == NULL)
		return;
	p->is_listed = read_pair(m, p);
}

static bool same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

CK_RV zy_store_scan(struct zy_module *m)
{
	struct zy_error err = { 0 };
	struct dirent *e;
	struct stat st;
	DIR *d;

	if (!m->has_token)
		return CKR_OK;
	if (!folder_is_ours(m, &st, &err) || (d = opendir(m->state)) == NULL) {
		zy_module_complain(m->state, &err);
		return CKR_DEVICE_ERROR;
	}
	if (!same_time(st.st_mtim, m->scanned)) {
		for (size_t i = 0; i < m->num_pairs; i++)
			m->pairs[i]->is_listed = false;
		while ((e = readdir(d)) != NULL)
			visit(m, e->d_name);
		for (size_t i = 0; i < m->num_pairs; i++)
			m->pairs[i]->is_gone = !m->pairs[i]->is_listed;
		m->scanned = st.st_mtim;
	}
	closedir(d);
	for (size_t i = 0; i < m->num_pairs; i++)
		m->pairs[i]->is_gone = m->pairs[i]->is_gone || !check_pair(m, m->pairs[i]);
	return CKR_OK;
}

CK_RV zy_store_write_key(struct zy_module *m, const struct zy_tpm_key_file *f, bool replace)
{
	struct zy_error err = { 0 };
	uint8_t mac_key[32];
	ZY_BUF_AUTO b = { .cap = ZY_TPM_FILE_MAX };
	char path[PATH_ROOM];
	CK_RV rv = zy_token_mac_key(m, mac_key);
	bool ok = rv == CKR_OK && put_key_path(path, m, number_of(f->number)) &&
		  zy_tpm_key_file_encode(&b, f, mac_key, &err) &&
		  zy_file_write(path, zy_buf_bytes(&b), 0600, replace, &err);

	OPENSSL_cleanse(mac_key, sizeof(mac_key));
	if (!ok) {
		zy_module_complain(m->state, &err);
		return rv == CKR_OK ? CKR_DEVICE_ERROR : rv;
	}
	m->scanned = (struct timespec){ 0 };
	return zy_store_scan(m);
}

CK_RV zy_store_remove_key(struct zy_module *m, uint64_t number)
{
	char path[PATH_ROOM];

	if (!put_key_path(path, m, number) || unlink(path) != 0)
		return CKR_DEVICE_ERROR;
	m->scanned = (struct timespec){ 0 };
	return zy_store_scan(m);
}

void zy_store_remove_keys(struct zy_module *m)
{
	struct zy_error ignored = { 0 };
	char path[PATH_ROOM];
	uint8_t number[8];
	struct dirent *e;
	DIR *d = opendir(m->state);

	while (d != NULL && (e = readdir(d)) != NULL)
		if (strlen(e->d_name) == KEY_NAME_LEN && strncmp(e->d_name, "key-", 4) == 0 &&
		    zy_unhex(zy_str(e->d_name + 4), number, sizeof(number), &ignored) && put_path(path, m, e->d_name))
			unlink(path);
	if (d != NULL)
		closedir(d);
}

void zy_store_forget(struct zy_module *m)
{
	for (size_t i = 0; i < m->num_pairs; i++) {
		zy_arena_free(&m->pairs[i]->arena);
		free(m->pairs[i]);
		m->pairs[i] = NULL;
	}
	m->num_pairs = 0;
	m->scanned = (struct timespec){ 0 };
	m->has_token = false;
	m->tpm.expected = NULL;
	zy_arena_free(&m->token_arena);
}
