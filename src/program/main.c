/* main.c - the program saker: options, then configuration, rules, run. */
#include "program/session.h"
#include <stdio.h>

/* Each step 1: the run ends well, 0: go on, < 0: it failed. */
static int steps(struct session *s, struct saker_error *err)
{
	int rc = session_configure(s, err);

	if (rc == 0)
		rc = session_early_reports(s, err);
	if (rc == 0)
		rc = session_validate(s, err);
	if (rc == 0)
		rc = session_load_rules(s, err);
	if (rc == 0)
		rc = session_select_rules(s, err);
	if (rc == 0)
		rc = session_rule_reports(s, err);
	return rc ? rc : session_run(s, err);
}

int main(int argc, char **argv)
{
	static struct session s;
	static struct saker_error err;
	int rc = cmdline_parse(&s.cmd, argc, argv, &err);

	if (rc == 0 && s.cmd.help)
		cmdline_help();
	else if (rc == 0)
		rc = steps(&s, &err);
	if (rc < 0) {
		fflush(stdout);
		fprintf(stderr, "Error: %s\n", err.msg);
	}
	saker_outputs_free(s.outputs);
	saker_free(s.engine);
	saker_config_free(s.config);
	cmdline_release(&s.cmd);
	return rc < 0 ? 1 : 0;
}
