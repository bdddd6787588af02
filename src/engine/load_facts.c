/* load_facts.c - see load_facts.h. */
#include "engine/load_facts.h"
#include "base/error.h"
#include "filter/field.h"
#include "script/load_api.h"

uint32_t facts_event_count(void)
{
	return EVENT_MAX;
}

int32_t facts_event(uint32_t code, struct saker_event_facts *out)
{
	const struct event_info *e;

	if (code >= EVENT_MAX)
		return SAKER_E_ARG;
	e = &EVENTS[code];
	*out = (struct saker_event_facts){ e->name, e->flags, e->category, e->nparams };
	return 0;
}

const char *facts_event_param(uint32_t code, uint32_t i, const char **type)
{
	if (code >= EVENT_MAX || i >= EVENTS[code].nparams)
		return NULL;
	*type = param_type_name(EVENTS[code].param[i].type) + 3;
	return EVENTS[code].param[i].name;
}

uint32_t facts_syscall_count(void)
{
	return SYSCALL_COUNT;
}

int32_t facts_syscall(uint32_t sc, struct saker_syscall_facts *out)
{
	const struct syscall_info *s;

	if (sc >= SYSCALL_COUNT)
		return SAKER_E_ARG;
	s = &SYSCALLS[sc];
	*out = (struct saker_syscall_facts){ s->name, s->exit_code, s->sets, s->events };
	return 0;
}

uint32_t facts_field_count(void)
{
	uint32_t n = 0;

	for (unsigned c = 0; FIELD_CLASSES[c]; c++)
		n += FIELD_CLASSES[c]->n;
	return n;
}

int32_t facts_field(uint32_t i, struct saker_field_facts *out)
{
	for (unsigned c = 0; FIELD_CLASSES[c]; c++) {
		const struct field_class *k = FIELD_CLASSES[c];
		const struct field_def *f;

		if (i >= k->n) {
			i -= k->n;
			continue;
		}
		f = &k->fields[i];
		*out = (struct saker_field_facts){
			.klass = k->name, .klass_doc = k->doc, .klass_short = k->shortdesc,
			.name = f->name, .doc = f->doc, .type = param_type_name(f->type) + 3,
			.arg = f->arg, .flags = f->flags, .list = f->list, .scope = f->scope,
			.hidden = k->hidden,
		};
		return 0;
	}
	return SAKER_E_ARG;
}

uint32_t facts_field_prefix(const char *text, uint32_t len)
{
	const struct field_def *f = field_lookup(text, len);

	return f ? (uint32_t)strlen(f->name) : 0;
}
