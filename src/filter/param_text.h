/* param_text.h - between the files that render event parameters. */
#pragma once
#include "filter/field.h"

/* One parameter, dynamic types already taken apart.  len > 0 when rendered. */
struct raw_param {
	const uint8_t *p;
	uint32_t len;
	uint8_t type, fmt;
	int8_t dirfd;                   /* parameter with the directory of a path, or -1 */
	const struct flag_name *flags;
};

void param_fd_resolved(struct strbuf *out, struct eval_ctx *x, const struct raw_param *r);
void param_sockaddr_raw(struct strbuf *out, struct eval_ctx *x, const struct raw_param *r);
void param_socktuple_raw(struct strbuf *out, struct eval_ctx *x, const struct raw_param *r);
void param_fdlist_raw(struct strbuf *out, struct eval_ctx *x, const struct raw_param *r);
void param_ip_raw(struct strbuf *out, struct eval_ctx *x, const struct raw_param *r);
