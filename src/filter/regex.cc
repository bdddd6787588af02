// regex.cc - see regex.h.
#include "filter/regex.h"
#include <re2/re2.h>
#include <cstdio>
#include <new>

namespace {
constexpr int64_t MAX_MEM = 8 << 20;    // of one pattern's programs and automata
}

struct regex {
	re2::RE2 re;
	regex(const re2::StringPiece &pattern, const re2::RE2::Options &o) : re(pattern, o) {}
};

struct regex *regex_new(const char *pattern, size_t len, char *msg, size_t msg_size)
{
	re2::RE2::Options o(re2::RE2::POSIX);
	o.set_log_errors(false);
	o.set_max_mem(MAX_MEM);
	struct regex *r = new (std::nothrow) struct regex(re2::StringPiece(pattern, len), o);

	if (r && r->re.ok())
		return r;
	if (msg_size)
		std::snprintf(msg, msg_size, "%s", r ? r->re.error().c_str() : "out of memory");
	delete r;
	return nullptr;
}

void regex_free(struct regex *r)
{
	delete r;
}

bool regex_match(const struct regex *r, const char *s, size_t len)
{
	return re2::RE2::FullMatch(re2::StringPiece(s, len), r->re);
}
