/* Replays seed files through a fuzz target when libFuzzer is not in use: FUZZ_TARGET FILE|FOLDER... */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static int replay_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data;
	long len;

	if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (len = ftell(f)) < 0)
		return -1;
	rewind(f);
	/* Exactly as long as the input: a read past its end is then seen by the sanitizer. */
	data = malloc(len == 0 ? 1 : (size_t)len);
	if (data == NULL || fread(data, 1, (size_t)len, f) != (size_t)len)
		return -1;
	fclose(f);
	LLVMFuzzerTestOneInput(data, (size_t)len);
	free(data);
	return 1;
}

static int replay_folder(const char *path)
{
	char name[4096];
	struct dirent *e;
	int num = 0, n;
	DIR *d = opendir(path);

	if (d == NULL)
		return -1;
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, e->d_name);
		if ((n = replay_file(name)) < 0)
			return -1;
		num += n;
	}
	closedir(d);
	return num;
}

int main(int argc, char **argv)
{
	int num = 0;

	for (int i = 1; i < argc; i++) {
		struct stat st;
		int n = stat(argv[i], &st) != 0 ? -1
			: S_ISDIR(st.st_mode)   ? replay_folder(argv[i])
						: replay_file(argv[i]);

		if (n < 0) {
			fprintf(stderr, "cannot replay %s\n", argv[i]);
			return 1;
		}
		num += n;
	}
	printf("%d inputs replayed\n", num);
	return num == 0; /* a target without seeds proves nothing */
}
