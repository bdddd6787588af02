/* interfaces.c - the watched machine's own addresses. */
#include <stdlib.h>
#include "state/state_internal.h"

static const uint8_t NO_IP[16];
static const uint8_t LOOP4[4] = { 127, 0, 0, 1 }, LOOP6[16] = { [15] = 1 };

void interfaces_set(struct state *s, const struct iface *list, unsigned n)
{
	free(s->iface);
	s->iface = NULL;
	if (n) {
		s->iface = mem_alloc(n * sizeof *list);
		memcpy(s->iface, list, n * sizeof *list);
	}
	s->nifaces = n;
	s->interfaces_epoch++;
}

static bool same_net(const struct iface *i, const uint8_t *ip, bool v6)
{
	if (v6)
		return !memcmp(i->addr, ip, 8);
	for (unsigned k = 0; k < 4; k++)
		if ((i->addr[k] & i->mask[k]) != (ip[k] & i->mask[k]))
			return false;
	return true;
}

/* Which of our addresses one would talk to peer from: the same one, one of the
 * same network, any that is not the loopback. */
static const uint8_t *guess_own(const struct state *s, const uint8_t *peer, bool v6)
{
	unsigned len = v6 ? 16 : 4;

	for (unsigned pass = 0; pass < 3; pass++)
		for (uint32_t k = 0; k < s->nifaces; k++) {
			const struct iface *i = &s->iface[k];

			if (!!i->v6 != v6)
				continue;
			if ((pass == 0 && !memcmp(i->addr, peer, len)) ||
			    (pass == 1 && same_net(i, peer, v6)) ||
			    (pass == 2 && memcmp(i->addr, v6 ? LOOP6 : LOOP4, len)))
				return i->addr;
		}
	return NO_IP;
}

void interfaces_patch(const struct state *s, struct fd *e)
{
	bool v6 = e->type == FD_IPV6_SOCK;
	unsigned len = v6 ? 16 : 4;

	if (!v6 && e->type != FD_IPV4_SOCK)
		return;
	if (!memcmp(e->sip, NO_IP, len))
		memcpy(e->sip, guess_own(s, e->dip, v6), len);
	else if (!memcmp(e->dip, NO_IP, len))
		memcpy(e->dip, guess_own(s, e->sip, v6), len);
}

static bool own_address(const struct state *s, const uint8_t *ip)
{
	for (uint32_t k = 0; k < s->nifaces; k++)
		if (!s->iface[k].v6 && !memcmp(s->iface[k].addr, ip, 4))
			return true;
	return false;
}

/* [Q] With a container that has no address of its own, only the addresses of
 * containers count; what is in a container is never local by IPv6. */
bool state_ip_is_local(const struct state *s, const struct thread *t, const uint8_t *ip, bool v6)
{
	const struct container *c = NULL;
	bool contained = t && t->container_id->len;
	uint32_t addr, own;

	if (v6) {
		for (uint32_t k = 0; !contained && k < s->nifaces; k++)
			if (s->iface[k].v6 && same_net(&s->iface[k], ip, true))
				return true;
		return false;
	}
	if (contained)
		c = state_container(s, t->container_id);
	if (!c)
		return own_address(s, ip);
	memcpy(&addr, ip, 4);
	own = container_ip(c);
	if (own)
		return own == addr || own_address(s, ip);
	return containers_any_ip(s, addr);
}
