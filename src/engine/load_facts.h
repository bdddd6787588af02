/* load_facts.h - the catalogue and the schema as load_api.h shows them to Lua. */
#pragma once
#include <stdint.h>

struct saker_event_facts;
struct saker_syscall_facts;
struct saker_field_facts;

uint32_t facts_event_count(void);
int32_t facts_event(uint32_t code, struct saker_event_facts *out);
const char *facts_event_param(uint32_t code, uint32_t i, const char **type);
uint32_t facts_syscall_count(void);
int32_t facts_syscall(uint32_t sc, struct saker_syscall_facts *out);
uint32_t facts_field_count(void);
int32_t facts_field(uint32_t i, struct saker_field_facts *out);
uint32_t facts_field_prefix(const char *text, uint32_t len);
