/* sources.c - see sources.h. */
#include "engine/sources.h"
#include "base/mem.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 64 << 20 };

void rule_sources_truncate(struct rule_sources *s, uint32_t n)
{
	while (s->n > n) {
		s->n--;
		free(s->at[s->n].name);
		free(s->at[s->n].text);
	}
}

void rule_sources_release(struct rule_sources *s)
{
	rule_sources_truncate(s, 0);
	free(s->at);
	memset(s, 0, sizeof *s);
}

static void take(struct rule_sources *s, const char *name, char *text, size_t len)
{
	if (s->n == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 8;
		s->at = mem_realloc(s->at, s->cap, sizeof *s->at);
	}
	s->at[s->n++] = (struct rule_source){ mem_strdup(name), text, len };
}

void rule_sources_add(struct rule_sources *s, const char *name, const char *text, size_t len)
{
	take(s, name, mem_strndup(text, len), len);
}

static char *read_all(int fd, size_t *len)
{
	size_t have = 0, cap = 16 << 10;
	char *b = mem_alloc(cap);

	for (;;) {
		ssize_t n = read(fd, b + have, cap - have - 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			free(b);
			return NULL;
		}
		if (n == 0)
			break;
		have += (size_t)n;
		if (have > FILE_MAX) {
			errno = EFBIG;
			free(b);
			return NULL;
		}
		if (cap - have < 2)
			b = mem_realloc(b, cap *= 2, 1);
	}
	b[have] = 0;
	*len = have;
	return b;
}

char *file_read(const char *path, size_t *len, struct saker_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text;

	if (fd < 0) {
		fail_errno(err, "Could not open file %s for reading", path);
		return NULL;
	}
	text = read_all(fd, len);
	if (!text)
		fail_errno(err, "cannot read '%s'", path);
	close(fd);
	return text;
}

static int has_yaml_ending(const char *name)
{
	size_t n = strlen(name);

	return (n >= 5 && strcmp(name + n - 5, ".yaml") == 0) ||
	       (n >= 4 && strcmp(name + n - 4, ".yml") == 0);
}

static int regular_yaml(const struct dirent *d)
{
	return has_yaml_ending(d->d_name);
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int read_one(struct rule_sources *s, const char *path, struct saker_error *err)
{
	size_t len;
	char *text = file_read(path, &len, err);

	if (!text)
		return SAKER_E_SYS;
	take(s, path, text, len);
	return 0;
}

static int read_folder(struct rule_sources *s, const char *path, struct saker_error *err)
{
	struct dirent **entry;
	int n = scandir(path, &entry, regular_yaml, by_bytes), rc = 0;

	if (n < 0)
		return fail_errno(err, "cannot read folder '%s'", path);
	for (int i = 0; i < n; i++) {
		char *full = NULL;
		struct stat st;

		if (!rc && asprintf(&full, "%s/%s", path, entry[i]->d_name) > 0 &&
		    stat(full, &st) == 0 && S_ISREG(st.st_mode))
			rc = read_one(s, full, err);
		free(full);
		free(entry[i]);
	}
	free(entry);
	return rc;
}

int rule_sources_read(struct rule_sources *s, const char *path, int any_name, struct saker_error *err)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return fail_errno(err, "Could not open file %s for reading", path);
	if (S_ISDIR(st.st_mode))
		return read_folder(s, path, err);
	if (!any_name && !has_yaml_ending(path))
		return 0;
	return read_one(s, path, err);
}
