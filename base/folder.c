#include "zy/folder.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { OPEN_FOLDERS = 16 };

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

void zy_folder_remove(const char *path)
{
	nftw(path, remove_entry, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}

static bool is_self(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

bool zy_folder_empty(const char *path, const char *but)
{
	DIR *d = opendir(path);
	struct dirent *e;
	char below[4096];
	bool ok = d != NULL;

	while (ok && (e = readdir(d)) != NULL) {
		if (is_self(e->d_name) || (but != NULL && strcmp(e->d_name, but) == 0))
			continue;
		if ((size_t)snprintf(below, sizeof(below), "%s/%s", path, e->d_name) >= sizeof(below)) {
			errno = ENAMETOOLONG;
			ok = false;
		} else {
			ok = nftw(below, remove_entry, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS) == 0;
		}
	}
	if (d != NULL)
		closedir(d);
	return ok;
}

bool zy_folder_is_empty(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;
	bool empty = d != NULL;

	while (empty && (e = readdir(d)) != NULL)
		empty = is_self(e->d_name);
	if (d != NULL)
		closedir(d);
	return empty;
}
