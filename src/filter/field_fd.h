/* field_fd.h - what the files of the fd class share.  Rules:
 * reference/state_engine.md section 6.
 */
#pragma once
#include "filter/atom.h"
#include "filter/field_process.h"       /* the types of extractors, resolve_index */

/* False: the event is none of fds, or has no thread; then no fd.* has a value. */
static inline bool fd_event(const struct eval_ctx *x)
{
	return x->ec->has_fd_fields && x->ec->thread;
}

/* The event's entry, or NULL. */
static inline const struct fd *fd_entry(const struct eval_ctx *x)
{
	return fd_event(x) ? x->ec->fd : NULL;
}

/* -- field_fd_name.c ------------------------------------------------------------ */
field_extract fd_name, fd_nameraw, fd_directory, fd_filename, fd_containername,
	fd_containerdirectory;

/* -- field_fd_net.c --------------------------------------------------------------- */
field_extract fd_cip, fd_sip, fd_lip, fd_rip, fd_cport, fd_sport, fd_lport, fd_rport, fd_cproto,
	fd_sproto, fd_lproto, fd_rproto, fd_l4proto, fd_sockfamily, fd_is_server, fd_no_value;
field_match match_ip, match_port, match_net, match_ip_name;
