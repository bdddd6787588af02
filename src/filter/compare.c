/* compare.c - which operators a type has, and the test behind each: one value
 * against one operand.
 */
#include <ctype.h>
#include "filter/bytes.h"
#include "filter/impl.h"
#include <stdio.h>
#include <strings.h>

/* -- which operators -------------------------------------------------------------- */
static const char *const OP_TEXT[OP_MAX] = {
	[OP_NONE] = "", [OP_EQ] = "=", [OP_NE] = "!=", [OP_LT] = "<", [OP_LE] = "<=", [OP_GT] = ">",
	[OP_GE] = ">=", [OP_CONTAINS] = "contains", [OP_ICONTAINS] = "icontains",
	[OP_BCONTAINS] = "bcontains", [OP_STARTSWITH] = "startswith",
	[OP_BSTARTSWITH] = "bstartswith", [OP_ENDSWITH] = "endswith", [OP_GLOB] = "glob",
	[OP_IGLOB] = "iglob", [OP_PMATCH] = "pmatch", [OP_IN] = "in",
	[OP_INTERSECTS] = "intersects", [OP_EXISTS] = "exists", [OP_REGEX] = "regex",
};

#define OPS(x) (1u << OP_##x)
enum {
	OPS_ALL = OPS(EQ) | OPS(NE) | OPS(IN) | OPS(INTERSECTS) | OPS(EXISTS),
	OPS_ORDER = OPS(LT) | OPS(LE) | OPS(GT) | OPS(GE),
	OPS_TEXT = OPS(CONTAINS) | OPS(ICONTAINS) | OPS(STARTSWITH) | OPS(ENDSWITH) | OPS(GLOB) |
		   OPS(IGLOB) | OPS(REGEX) | OPS(PMATCH),
	OPS_BUFFER = OPS(CONTAINS) | OPS(BCONTAINS) | OPS(STARTSWITH) | OPS(BSTARTSWITH) |
		     OPS(ENDSWITH),
	OPS_LIST = OPS(EXISTS) | OPS(IN) | OPS(INTERSECTS),
};

static const struct { uint32_t ops; const char *name; } GROUPS[] = {
	[TG_SIGNED] = { OPS_ALL | OPS_ORDER, "numeric filters" },
	[TG_UNSIGNED] = { OPS_ALL | OPS_ORDER, "numeric filters" },
	[TG_BOOL] = { OPS_ALL, "numeric filters" },
	[TG_DOUBLE] = { OPS_ALL | OPS_ORDER, "numeric filters" },
	[TG_STRING] = { OPS_ALL | OPS_ORDER | OPS_TEXT, "string filters" },
	[TG_BUFFER] = { OPS_ALL | OPS_BUFFER, "buffer filters" },
	[TG_IP] = { OPS_ALL, "ip address and network filters" },
	[TG_NET] = { OPS_ALL, "ip address and network filters" },
};

const char *op_name(unsigned op)
{
	return OP_TEXT[op < OP_MAX ? op : OP_NONE];
}

unsigned op_by_name(const char *text)
{
	if (strcmp(text, "==") == 0)
		return OP_EQ;
	for (unsigned i = 1; i < OP_MAX; i++)
		if (strcmp(text, OP_TEXT[i]) == 0)
			return i;
	return OP_NONE;
}

unsigned modifier_by_name(const char *text)
{
	static const char *const NAMES[] = { "", "oneof", "anyof", "allof" };

	for (unsigned i = 1; i < sizeof NAMES / sizeof *NAMES; i++)
		if (strcmp(text, NAMES[i]) == 0)
			return i;
	return MOD_NONE;
}

unsigned type_group(unsigned type)
{
	switch (type) {
	case PT_INT8: case PT_INT16: case PT_INT32: case PT_INT64:
	case PT_FD: case PT_PID: case PT_ERRNO: case PT_FD32: case PT_PID32:
		return TG_SIGNED;
	case PT_UINT8: case PT_UINT16: case PT_UINT32: case PT_UINT64:
	case PT_FLAGS8: case PT_FLAGS16: case PT_FLAGS32:
	case PT_ENUMFLAGS8: case PT_ENUMFLAGS16: case PT_ENUMFLAGS32:
	case PT_PORT: case PT_SIGTYPE: case PT_SYSCALLID: case PT_RELTIME: case PT_ABSTIME:
	case PT_MODE:
		return TG_UNSIGNED;
	case PT_BOOL:
		return TG_BOOL;
	case PT_DOUBLE:
		return TG_DOUBLE;
	case PT_CHARBUF: case PT_FSPATH: case PT_FSRELPATH:
		return TG_STRING;
	case PT_BYTEBUF:
		return TG_BUFFER;
	case PT_IPADDR: case PT_IPV4ADDR: case PT_IPV6ADDR:
		return TG_IP;
	case PT_IPNET: case PT_IPV4NET: case PT_IPV6NET:
		return TG_NET;
	default:
		return TG_NONE;
	}
}

static bool type_in_lists(unsigned type)
{
	return type == PT_CHARBUF || type == PT_UINT64 || type == PT_RELTIME ||
	       type == PT_ABSTIME || type == PT_BOOL || type == PT_IPADDR || type == PT_IPNET;
}

/* "filter error: '<op>'" and why: a format. */
static int __attribute__((format(printf, 3, 4)))
refuse(struct saker_error *err, unsigned op, const char *why, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, why);
	vsnprintf(text, sizeof text, why, ap);
	va_end(ap);
	return fail(err, SAKER_E_RULES, "filter error: '%s'%s", op_name(op), text);
}

int op_check(unsigned type, bool list, unsigned op, unsigned modifier, struct saker_error *err)
{
	const char *name = param_type_name(type) + 3;
	unsigned g = type_group(type);

	if (list) {
		if (!type_in_lists(type))
			return refuse(err, op, " operator not supported for type '%s'", name);
		if (!(OPS_LIST >> op & 1) || modifier)
			return refuse(err, op, " operator not supported list filters%s", "");
		return 0;
	}
	if (g == TG_NONE)
		return refuse(err, op, " operator not supported for type '%s'", name);
	if (modifier && (g == TG_IP || g == TG_NET) && op != OP_EQ && op != OP_NE)
		return refuse(err, op, " with modifier not supported for %s", GROUPS[g].name);
	if (!(GROUPS[g].ops >> op & 1))
		return refuse(err, op, " operator not supported for %s", GROUPS[g].name);
	return 0;
}

/* -- numbers ------------------------------------------------------------------------- */
#define NUMBER_TEST(name, ctype, cmp) \
	static bool name(const struct operand *o, const struct value *v) \
	{ \
		return (ctype)v->n cmp (ctype)o->v.n; \
	}

NUMBER_TEST(num_eq, uint64_t, ==)
NUMBER_TEST(num_ne, uint64_t, !=)
NUMBER_TEST(s_lt, int64_t, <)
NUMBER_TEST(s_le, int64_t, <=)
NUMBER_TEST(s_gt, int64_t, >)
NUMBER_TEST(s_ge, int64_t, >=)
NUMBER_TEST(u_lt, uint64_t, <)
NUMBER_TEST(u_le, uint64_t, <=)
NUMBER_TEST(u_gt, uint64_t, >)
NUMBER_TEST(u_ge, uint64_t, >=)

static double as_double(uint64_t n)
{
	double d;

	memcpy(&d, &n, sizeof d);
	return d;
}

#define DOUBLE_TEST(name, cmp) \
	static bool name(const struct operand *o, const struct value *v) \
	{ \
		return as_double(v->n) cmp as_double(o->v.n); \
	}

DOUBLE_TEST(d_eq, ==)
DOUBLE_TEST(d_ne, !=)
DOUBLE_TEST(d_lt, <)
DOUBLE_TEST(d_le, <=)
DOUBLE_TEST(d_gt, >)
DOUBLE_TEST(d_ge, >=)

static bool num_in(const struct operand *o, const struct value *v)
{
	return numset_has(o->made, v->n);
}

/* -- bytes: strings, buffers, addresses -------------------------------------------------- */
static bool mem_eq(const struct operand *o, const struct value *v)
{
	return v->len == o->v.len && bytes_same(v->s, o->v.s, v->len);
}

static bool mem_ne(const struct operand *o, const struct value *v)
{
	return !mem_eq(o, v);
}

static int mem_order(const struct operand *o, const struct value *v)
{
	uint32_t n = v->len < o->v.len ? v->len : o->v.len;
	int c = memcmp(v->s, o->v.s, n);

	return c ? c : (v->len > o->v.len) - (v->len < o->v.len);
}

static bool mem_lt(const struct operand *o, const struct value *v) { return mem_order(o, v) < 0; }
static bool mem_le(const struct operand *o, const struct value *v) { return mem_order(o, v) <= 0; }
static bool mem_gt(const struct operand *o, const struct value *v) { return mem_order(o, v) > 0; }
static bool mem_ge(const struct operand *o, const struct value *v) { return mem_order(o, v) >= 0; }

static bool mem_contains(const struct operand *o, const struct value *v)
{
	return bytes_contain(v->s, v->len, o->v.s, o->v.len);
}

static bool mem_startswith(const struct operand *o, const struct value *v)
{
	return v->len >= o->v.len && bytes_same(v->s, o->v.s, o->v.len);
}

static bool mem_endswith(const struct operand *o, const struct value *v)
{
	return v->len >= o->v.len && bytes_same(v->s + v->len - o->v.len, o->v.s, o->v.len);
}

static bool text_icontains(const struct operand *o, const struct value *v)
{
	uint32_t n = o->v.len, i = 0;
	__m128i lower, upper;

	if (n == 0 || v->len < n)
		return n == 0;
	lower = _mm_set1_epi8((char)tolower((unsigned char)o->v.s[0]));
	upper = _mm_set1_epi8((char)toupper((unsigned char)o->v.s[0]));
	for (; i + n - 1 + 16 <= v->len; i += 16) {
		__m128i here = _mm_loadu_si128((const __m128i *)(const void *)(v->s + i));
		unsigned hits = (unsigned)_mm_movemask_epi8(
			_mm_or_si128(_mm_cmpeq_epi8(here, lower), _mm_cmpeq_epi8(here, upper)));

		for (; hits; hits &= hits - 1)
			if (strncasecmp(v->s + i + __builtin_ctz(hits), o->v.s, n) == 0)
				return true;
	}
	for (; i + n <= v->len; i++)
		if (strncasecmp(v->s + i, o->v.s, n) == 0)
			return true;
	return false;
}

static bool text_glob(const struct operand *o, const struct value *v)
{
	return glob_match(o->made, v->s, v->len);
}

static bool text_regex(const struct operand *o, const struct value *v)
{
	return regex_match(o->made, v->s, v->len);
}

static bool text_pmatch(const struct operand *o, const struct value *v)
{
	return pmatch_has(o->made, v->s, v->len);
}

static bool mem_in(const struct operand *o, const struct value *v)
{
	return textset_has(o->made, v->s, v->len);
}

static bool net_eq(const struct operand *o, const struct value *v)
{
	return network_has(&o->v, v);
}

static bool net_ne(const struct operand *o, const struct value *v)
{
	return !network_has(&o->v, v);
}

/* made: the operands, ended by one of no length. */
static bool net_in(const struct operand *o, const struct value *v)
{
	for (const struct operand *n = o->made; n->v.len; n++)
		if (network_has(&n->v, v))
			return true;
	return false;
}

static bool values_glob(const struct operand *o, const struct value *v)
{
	return glob_text(o->v.s, o->v.len, v->s, v->len, false);
}

static bool values_iglob(const struct operand *o, const struct value *v)
{
	return glob_text(o->v.s, o->v.len, v->s, v->len, true);
}

/* -- the table ---------------------------------------------------------------------------- */
#define MEM_TESTS [OP_EQ] = mem_eq, [OP_NE] = mem_ne, [OP_IN] = mem_in, [OP_INTERSECTS] = mem_in
#define NUM_TESTS [OP_EQ] = num_eq, [OP_NE] = num_ne, [OP_IN] = num_in, [OP_INTERSECTS] = num_in

static test_fn *const TESTS[][OP_MAX] = {
	[TG_SIGNED] = { NUM_TESTS, [OP_LT] = s_lt, [OP_LE] = s_le, [OP_GT] = s_gt, [OP_GE] = s_ge },
	[TG_UNSIGNED] = { NUM_TESTS, [OP_LT] = u_lt, [OP_LE] = u_le, [OP_GT] = u_gt,
			  [OP_GE] = u_ge },
	[TG_BOOL] = { NUM_TESTS },
	[TG_DOUBLE] = { [OP_EQ] = d_eq,
			[OP_NE] = d_ne,
			[OP_LT] = d_lt,
			[OP_LE] = d_le,
			[OP_GT] = d_gt,
			[OP_GE] = d_ge,
			[OP_IN] = num_in,
			[OP_INTERSECTS] = num_in },
	[TG_STRING] = { MEM_TESTS, [OP_LT] = mem_lt, [OP_LE] = mem_le, [OP_GT] = mem_gt,
			[OP_GE] = mem_ge, [OP_CONTAINS] = mem_contains,
			[OP_ICONTAINS] = text_icontains, [OP_STARTSWITH] = mem_startswith,
			[OP_ENDSWITH] = mem_endswith, [OP_GLOB] = text_glob, [OP_IGLOB] = text_glob,
			[OP_REGEX] = text_regex, [OP_PMATCH] = text_pmatch },
	[TG_BUFFER] = { MEM_TESTS, [OP_CONTAINS] = mem_contains, [OP_BCONTAINS] = mem_contains,
			[OP_STARTSWITH] = mem_startswith, [OP_BSTARTSWITH] = mem_startswith,
			[OP_ENDSWITH] = mem_endswith },
	[TG_IP] = { MEM_TESTS },
	[TG_NET] = { [OP_EQ] = net_eq,
		     [OP_NE] = net_ne,
		     [OP_IN] = net_in,
		     [OP_INTERSECTS] = net_in },
};

test_fn *test_for(unsigned type, unsigned op)
{
	return TESTS[type_group(type)][op];
}

test_fn *test_for_values(unsigned type, unsigned op)
{
	switch (op) {
	case OP_GLOB:
		return values_glob;
	case OP_IGLOB:
		return values_iglob;
	case OP_IN: case OP_INTERSECTS:         /* one value of the right side at a time */
		return test_for(type, OP_EQ);
	default:
		return test_for(type, op);
	}
}
