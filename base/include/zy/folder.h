/* Folders with all that is in them. Symbolic links are taken away, never followed. */
#ifndef ZY_FOLDER_H
#define ZY_FOLDER_H

#include <stdbool.h>

/* Best effort; absent is fine. */
void zy_folder_remove(const char *path);
/* All but one entry (NULL: all). false: something is left; errno says why. */
bool zy_folder_empty(const char *path, const char *but);
/* It can be read and has no entry. */
bool zy_folder_is_empty(const char *path);

#endif
