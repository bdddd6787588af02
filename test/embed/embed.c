/* embed.c - another program with the engine in it: all that saker.h promises.
 *
 *	embed CAPTURE RULES_FILE
 *
 * Prints TAP lines.  test/embed/run builds it against the installed header and both
 * libraries, and runs it under valgrind: not one byte may leak.
 */
#include <saker.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int count, failures;

static void ok(int yes, const char *what)
{
	count++;
	failures += !yes;
	printf("%sok %d - %s\n", yes ? "" : "not ", count, what);
}

static const char RULES[] =
	"- macro: opened\n"
	"  condition: (evt.type in (open, openat, openat2))\n"
	"- rule: a file is opened\n"
	"  desc: any file\n"
	"  condition: opened and fd.num >= 0\n"
	"  output: \"opened (file=%fd.name proc=%proc.name)\"\n"
	"  priority: INFO\n"
	"  tags: [files]\n"
	"- rule: a program is run\n"
	"  desc: any program\n"
	"  condition: evt.type = execve\n"
	"  output: \"run (cmd=%proc.cmdline)\"\n"
	"  priority: NOTICE\n"
	"  tags: [programs]\n"
	"  enabled: false\n";

static const char REPLACED[] =
	"- rule: a file is opened\n"
	"  desc: none\n"
	"  condition: evt.num = 0\n"
	"  output: never\n"
	"  priority: INFO\n";

struct seen { unsigned n; char first[512]; struct saker_outputs *outputs; };

static void found(void *ctx, const struct saker_match_info *m)
{
	struct seen *s = ctx;

	if (s->n++ == 0)
		snprintf(s->first, sizeof s->first, "%s", m->text);
	if (s->outputs)
		saker_outputs_alert(s->outputs, m);
}

static unsigned replay(struct saker *e, const char *capture, struct seen *s)
{
	struct saker_error err;

	s->n = 0;
	if (saker_open_capture(e, capture, &err) < 0 || saker_run(e, 0, found, s, &err) < 0) {
		printf("# %s\n", err.msg);
		return 0;
	}
	return s->n;
}

static void test_rules(struct saker *e, const char *capture, const char *file)
{
	struct saker_error err;
	struct seen s = { 0 };
	unsigned before;

	ok(saker_load_text(e, "text", RULES, strlen(RULES), &err) == 0, "rules load from a string");
	before = replay(e, capture, &s);
	ok(before > 0, "the rule of the string fires");
	ok(strstr(s.first, "opened (file=") != NULL, "an alert carries its text");
	ok(saker_load_text(e, "later", REPLACED, strlen(REPLACED), &err) == 0, "a second load adds to the first");
	ok(replay(e, capture, &s) == 0, "the second load replaces the rule");
	ok(saker_load_text(e, "broken", "- rule: x\n", 10, &err) == SAKER_E_RULES, "a broken load is refused");
	ok(err.msg[0] != 0, "and says why");
	ok(replay(e, capture, &s) == 0, "and leaves the rules in force");
	saker_clear_rules(e);
	ok(saker_enabled_count(e, 0) == 0, "clearing leaves no rule");
	ok(saker_load_text(e, "text", RULES, strlen(RULES), &err) == 0 && replay(e, capture, &s) == before,
	   "loading again after clearing");
	ok(saker_load_file(e, file, &err) == 0, "rules load from a file");
}

static void test_enabling(struct saker *e, const char *capture)
{
	struct saker_error err;
	struct seen s = { 0 };
	int second = saker_ruleset(e, "second");

	ok(second == 1 && saker_ruleset(e, "saker-default") == 0, "rulesets have numbers");
	ok(saker_ruleset(e, "second") == second, "a name keeps its number");
	ok(saker_enable_rule(e, 0, "a file", SAKER_MATCH_SUBSTRING, 0, &err) == 1, "a part of a name disables");
	ok(replay(e, capture, &s) == 0, "a disabled rule is silent");
	ok(saker_enable_tag(e, 0, "programs", 1, &err) == 1 && replay(e, capture, &s) > 0, "a tag enables");
	ok(saker_enable_rule(e, 0, "* is *", SAKER_MATCH_WILDCARD, 1, &err) == 2, "a wildcard names both");
	ok(saker_enable_rule(e, 0, "no such rule", SAKER_MATCH_EXACT, 1, &err) == 0, "an unknown name names none");
	ok(saker_enable_rule(e, 0, "(", SAKER_MATCH_REGEX, 1, &err) < 0, "a bad pattern is refused");
	ok(saker_enabled_count(e, (unsigned)second) == 2, "the second ruleset kept the rules' own word");
	ok(saker_enable_rule(e, 99, "x", SAKER_MATCH_EXACT, 1, &err) < 0, "an unknown ruleset is refused");
}

static void test_reports(struct saker *e)
{
	struct saker_stats st = { .size = sizeof st };
	struct saker_error err;
	char *text;

	ok(saker_describe(e, "a file is opened", &text, &err) == 0 && strstr(text, "any file"), "a rule is described");
	saker_free_text(text);
	saker_stats_get(e, &st);
	ok(st.events > 0 && st.alerts > 0, "statistics count events and alerts");
	ok(saker_rule_matches(e, "a file is opened") > 0, "and matches of a rule");
	saker_report(e, &text);
	ok(strstr(text, "a file is opened: ") != NULL, "the closing report names the rule");
	saker_free_text(text);
	ok(saker_process_event(e, 0, "short", 5, found, NULL, &err) < 0, "a damaged event is refused");
}

static void test_outputs(struct saker *e, const char *capture)
{
	struct saker_outputs_options o = { .size = sizeof o, .replay = 1 };
	struct saker_outputs *out = saker_outputs_new(&o);
	struct seen s = { .outputs = out };
	struct saker_error err;
	char path[] = "/tmp/saker-embed-XXXXXX", line[4096];
	unsigned lines = 0;
	FILE *f;

	f = fdopen(mkstemp(path), "r");
	ok(saker_outputs_set(out, "file_output.filename", path, &err) == 0, "an output is configured");
	ok(saker_outputs_add(out, "file", &err) == 0, "and added");
	ok(saker_outputs_start(out, &err) == 0, "outputs start");
	replay(e, capture, &s);
	saker_outputs_stop(out);
	while (fgets(line, sizeof line, f))
		lines++;
	ok(s.n > 0 && lines == s.n, "every alert is in the file");
	fclose(f);
	remove(path);
	saker_outputs_free(out);
}

int main(int argc, char **argv)
{
	struct saker_options o = { .size = sizeof o };
	struct saker_error err;
	struct saker *e, *other;

	if (argc != 3)
		return 2;
	e = saker_new(&o, &err);
	other = saker_new(NULL, &err);
	ok(e && other, "two engines live side by side");
	saker_free(other);
	test_rules(e, argv[1], argv[2]);
	test_enabling(e, argv[1]);
	test_reports(e);
	saker_enable_rule(e, 0, "*", SAKER_MATCH_WILDCARD, 1, &err);
	test_outputs(e, argv[1]);
	saker_free(e);
	printf("1..%d\n", count);
	return failures ? 1 : 0;
}
