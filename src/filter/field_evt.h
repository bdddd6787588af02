/* field_evt.h - the extractors of class evt, between their files and the table. */
#pragma once
#include "filter/field.h"

#define EVT_EXTRACT(name) \
	bool name(struct eval_ctx *x, const struct field_ref *ref, struct values *out)

/* field_evt_time.c */
EVT_EXTRACT(evt_num);
EVT_EXTRACT(evt_time);
EVT_EXTRACT(evt_time_s);
EVT_EXTRACT(evt_time_iso);
EVT_EXTRACT(evt_datetime);
EVT_EXTRACT(evt_datetime_s);
EVT_EXTRACT(evt_rawtime);
EVT_EXTRACT(evt_rawtime_s);
EVT_EXTRACT(evt_rawtime_ns);
EVT_EXTRACT(evt_reltime);
EVT_EXTRACT(evt_reltime_s);
EVT_EXTRACT(evt_reltime_ns);
EVT_EXTRACT(evt_deltatime);
EVT_EXTRACT(evt_deltatime_s);
EVT_EXTRACT(evt_deltatime_ns);
EVT_EXTRACT(evt_zero);
EVT_EXTRACT(evt_latency_human);
int evt_around_resolve(struct field_ref *ref, struct saker_error *err);
bool evt_around_match(struct eval_ctx *x, const struct field_ref *ref, const struct atom *a);
EVT_EXTRACT(evt_around);

/* field_evt_type.c */
EVT_EXTRACT(evt_type);
EVT_EXTRACT(syscall_type);
int evt_type_is_resolve(struct field_ref *ref, struct saker_error *err);
EVT_EXTRACT(evt_type_is);
EVT_EXTRACT(evt_dir);
EVT_EXTRACT(evt_cpu);
EVT_EXTRACT(evt_hostname);
EVT_EXTRACT(evt_category);
EVT_EXTRACT(evt_source);
EVT_EXTRACT(evt_is_async);
EVT_EXTRACT(evt_asynctype);
EVT_EXTRACT(evt_nothing);
EVT_EXTRACT(evt_count);
EVT_EXTRACT(evt_count_exit);
EVT_EXTRACT(evt_count_error);
EVT_EXTRACT(evt_count_error_file);
EVT_EXTRACT(evt_count_error_net);
EVT_EXTRACT(evt_count_error_memory);
EVT_EXTRACT(evt_count_error_other);
EVT_EXTRACT(evt_count_procinfo);
EVT_EXTRACT(evt_count_threadinfo);

/* field_evt_arg.c */
int evt_arg_resolve(struct field_ref *ref, struct saker_error *err);
EVT_EXTRACT(evt_arg);
int evt_rawarg_resolve(struct field_ref *ref, struct saker_error *err);
EVT_EXTRACT(evt_rawarg);
bool evt_rawarg_match(struct eval_ctx *x, const struct field_ref *ref, const struct atom *a);
EVT_EXTRACT(evt_args);
EVT_EXTRACT(evt_res);
EVT_EXTRACT(evt_rawres);
EVT_EXTRACT(evt_failed);

/* field_evt_path.c */
int evt_abspath_resolve(struct field_ref *ref, struct saker_error *err);
EVT_EXTRACT(evt_abspath);

/* field_evt_io.c */
EVT_EXTRACT(evt_is_io);
EVT_EXTRACT(evt_is_io_read);
EVT_EXTRACT(evt_is_io_write);
EVT_EXTRACT(evt_io_dir);
EVT_EXTRACT(evt_is_wait);
EVT_EXTRACT(evt_buffer);
EVT_EXTRACT(evt_buflen);
EVT_EXTRACT(evt_buflen_in);
EVT_EXTRACT(evt_buflen_out);
EVT_EXTRACT(evt_buflen_file);
EVT_EXTRACT(evt_buflen_file_in);
EVT_EXTRACT(evt_buflen_file_out);
EVT_EXTRACT(evt_buflen_net);
EVT_EXTRACT(evt_buflen_net_in);
EVT_EXTRACT(evt_buflen_net_out);
EVT_EXTRACT(evt_is_syslog);
EVT_EXTRACT(evt_is_open_read);
EVT_EXTRACT(evt_is_open_write);
EVT_EXTRACT(evt_is_open_exec);
EVT_EXTRACT(evt_is_open_create);
