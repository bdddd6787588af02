/* catalog.c - the classes of fields, in the order of --list. */
#include "filter/field.h"

const struct field_class *const FIELD_CLASSES[] = {
	&FIELDS_EVT, &FIELDS_PROCESS, &FIELDS_USER, &FIELDS_GROUP, &FIELDS_FD, &FIELDS_FSPATH,
	&FIELDS_FDLIST, &FIELDS_UTIL, &FIELDS_CONTAINER, &FIELDS_K8S, NULL,
};
