/* containers.c - what the capture's events tell of containers, by id. */
#include <arpa/inet.h>
#include <stdlib.h>
#include "state/json_scan.h"
#include "state/state_internal.h"

enum { CONTAINERS_MAX = 16384, JSON_MAX = 256 << 10, ALL_JSON_MAX = 64 << 20, TEXT_MAX = 1024 };

struct container_row {
	struct container_row *next;
	struct container c;
	uint32_t ip, json_len;
	char *id, *name, *type, *image, *json;  /* what c points to */
};

enum { TYPE_LIMIT = 1000 };

/* By the number in "type". */
static const char *const TYPES[] = {
	"docker", "lxc", "libvirt-lxc", "mesos", "rkt", "custom", "cri", "containerd", "cri-o",
	"bpm", "static", "podman",
};

static uint64_t key_of(const char *id, size_t len)
{
	return hash_bytes(id, len);
}

static struct container_row *find(const struct state *s, const char *id, size_t len)
{
	struct container_row *r = u64map_get(&s->containers, key_of(id, len));

	while (r && (strlen(r->id) != len || memcmp(r->id, id, len) != 0))
		r = r->next;
	return r;
}

const struct container *state_container(const struct state *s, const struct str *id)
{
	const struct container_row *r = id->len ? find(s, id->s, id->len) : NULL;

	return r ? &r->c : NULL;
}

uint32_t container_ip(const struct container *c)
{
	return ((const struct container_row *)((const char *)c -
					       offsetof(struct container_row, c)))->ip;
}

bool containers_any_ip(const struct state *s, uint32_t ip)
{
	for (uint32_t i = 0; s->containers.slot && i <= s->containers.mask; i++)
		for (const struct container_row *r = s->containers.slot[i].val; r; r = r->next)
			if (r->ip == ip)
				return true;
	return false;
}

static void row_clear(struct state *s, struct container_row *r)
{
	s->container_bytes -= r->json_len;
	r->json_len = 0;
	free(r->name);
	free(r->type);
	free(r->image);
	free(r->json);
}

static void row_free(struct state *s, struct container_row *r)
{
	row_clear(s, r);
	free(r->id);
	free(r);
}

void containers_free(struct state *s)
{
	for (uint32_t i = 0; s->containers.slot && i <= s->containers.mask; i++) {
		struct container_row *next;

		for (struct container_row *r = s->containers.slot[i].val; r; r = next) {
			next = r->next;
			row_free(s, r);
		}
	}
	u64map_release(&s->containers);
	s->ncontainers = 0;
	s->containers_epoch++;
}

static char *member_text(const char *json, uint32_t len, const char *key)
{
	char text[TEXT_MAX];
	const char *v;
	uint32_t n;

	if (!json_member(json, len, key, &v, &n) || !json_string(v, n, text, sizeof text))
		return NULL;
	return mem_strdup(text);
}

static char *member_type(const char *json, uint32_t len)
{
	const char *v;
	uint32_t n, type;

	if (!json_member(json, len, "type", &v, &n))
		return NULL;
	if (*v == '"')
		return member_text(json, len, "type");
	type = 0;               /* the text need not end in a NUL */
	for (uint32_t i = 0; i < n && v[i] >= '0' && v[i] <= '9' && type < TYPE_LIMIT; i++)
		type = type * 10 + (uint32_t)(v[i] - '0');
	return *v >= '0' && *v <= '9' && type < sizeof TYPES / sizeof *TYPES ?
		mem_strdup(TYPES[type]) : NULL;
}

/* The text may have the container's object in a member "container". */
static void unwrap(const char **json, uint32_t *len)
{
	const char *v;
	uint32_t n;

	if (json_member(*json, *len, "container", &v, &n) && *v == '{') {
		*json = v;
		*len = n;
	}
}

static struct container_row *row_for(struct state *s, char *id)
{
	struct container_row *r = find(s, id, strlen(id));
	uint64_t key = key_of(id, strlen(id));

	if (r) {
		row_clear(s, r);
		free(id);
		return r;
	}
	if (s->ncontainers >= CONTAINERS_MAX) {
		s->stats.containers_refused++;
		free(id);
		return NULL;
	}
	r = mem_zalloc(sizeof *r);
	r->id = id;
	r->next = u64map_get(&s->containers, key);
	u64map_set(&s->containers, key, r);
	s->ncontainers++;
	return r;
}

/* Too large, or all of them are: the fields that hang on the text have no value. */
static void keep_json(struct state *s, struct container_row *r, const char *json, uint32_t len)
{
	r->json = NULL;
	if (len > JSON_MAX || s->container_bytes + len > ALL_JSON_MAX) {
		s->stats.container_texts_refused++;
		return;
	}
	r->json = mem_strndup(json, len);
	r->json_len = len;
	s->container_bytes += len;
}

void containers_json(struct state *s, const char *json, uint32_t len)
{
	struct container_row *r;
	struct in_addr addr;
	char *id, *ip;

	unwrap(&json, &len);
	id = member_text(json, len, "id");
	if (!id || !*id) {
		free(id);
		return;
	}
	r = row_for(s, id);
	if (!r)
		return;
	r->name = member_text(json, len, "name");
	r->image = member_text(json, len, "image");
	r->type = member_type(json, len);
	keep_json(s, r, json, len);
	ip = member_text(json, len, "ip");
	r->ip = ip && inet_pton(AF_INET, ip, &addr) == 1 ? addr.s_addr : 0;
	free(ip);
	r->c = (struct container){ r->id, r->name, r->type, r->image, r->json };
	s->containers_epoch++;
}

void containers_remove(struct state *s, const char *json, uint32_t len)
{
	struct container_row *gone, *head, **p;
	uint64_t key;
	char *id;

	unwrap(&json, &len);
	id = member_text(json, len, "id");
	gone = id ? find(s, id, strlen(id)) : NULL;
	if (gone) {
		key = key_of(id, strlen(id));
		head = u64map_get(&s->containers, key);
		for (p = &head; *p != gone; p = &(*p)->next)
			;
		*p = gone->next;
		if (head)
			u64map_set(&s->containers, key, head);
		else
			u64map_del(&s->containers, key);
		row_free(s, gone);
		s->ncontainers--;
		s->containers_epoch++;
	}
	free(id);
}
