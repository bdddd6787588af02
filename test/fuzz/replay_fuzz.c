/* replay_fuzz.c - libFuzzer target: any bytes as a capture, replayed through state and rules.
 *
 * One rule matches every event and prints every field there is; others compare fields of every
 * class by every operator.
 */
#include "engine_fuzz.h"

/* fields that print nothing without an argument, or not at all */
static const char *const NOT_BARE[] = {
	"evt.arg", "evt.rawarg", "evt.around", "evt.type.is", "thread.cgroup", "fd.ip", "fd.port", "fd.proto", "fd.net",
	"fd.cnet", "fd.snet", "fd.lnet", "fd.rnet", "container.mount", "container.mount.source",
	"container.mount.dest", "container.mount.mode", "container.mount.rdwr",
	"container.mount.propagation", "container.label", "k8s.pod.label",
};

static const char WITH_ARGUMENT[] =
	" %evt.arg[0] %evt.arg[7] %evt.arg.flags %evt.arg.name %evt.rawarg.res %evt.rawarg.fd"
	" %proc.aname[2] %proc.aexepath[3] %proc.apid[1] %proc.acmdline[4] %proc.env[PATH] %proc.aenv[HOME]"
	" %proc.args[1] %thread.cgroup.memory %container.mount[0] %container.label[a] %fd.types[3]"
	" %evt.abspath.src %evt.type.is[3] %evt.buffer:hex %toupper(proc.name) %len(fd.name)\"\n";

static const char RULES[] =
	"- list: shells\n  items: [sh, bash]\n"
	"- rule: opened\n  desc: d\n  priority: INFO\n"
	"  condition: evt.type in (open, openat, creat) and fd.name startswith / and not proc.name in (shells)"
	" and (evt.arg.flags contains O_RDONLY or fd.name pmatch (/etc, /usr) or fd.name glob '/tmp/*')\n"
	"  output: \"%fd.directory %fd.filename %evt.arg.name\"\n"
	"- rule: network\n  desc: d\n  priority: INFO\n"
	"  condition: fd.net = 10.0.0.0/8 or fd.sip in (127.0.0.1) or fd.rip exists or fd.l4proto = tcp"
	" or fd.sport > 1000 or fd.snet in (192.168.0.0/16) or fd.ip = 127.0.0.1 or fd.port in (80, 443)\n"
	"  output: \"%fd.name\"\n"
	"- rule: ancestry\n  desc: d\n  priority: INFO\n"
	"  condition: proc.aname in (shells) or proc.pname regex '^[a-c].*' or proc.cmdline icontains CAT"
	" or proc.apid[1] = 1 or proc.sid exists or proc.args endswith null or tolower(proc.name) = cat"
	" or proc.exe = val(proc.name) or evt.rawres < 0 or evt.buffer bcontains 7f454c46\n"
	"  output: \"%proc.aname %proc.acmdline[1] %proc.pexe\"\n";

static bool prints_bare(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof NOT_BARE / sizeof *NOT_BARE; i++)
		if (strlen(NOT_BARE[i]) == len && memcmp(NOT_BARE[i], name, len) == 0)
			return false;
	return true;
}

/* The rule that prints it all. */
static void add_everything(struct fuzz_text *t, struct saker *s)
{
	struct saker_error err = { 0 };
	char *names, *p;

	if (saker_set(s, "list.names_only", "true", &err) < 0 ||
	    saker_list(s, "fields", "text", &names, &err) < 0)
		fuzz_stop("no list of fields", err.msg);
	fuzz_add_str(t, "- rule: every event\n  desc: d\n  priority: INFO\n"
			"  condition: evt.num > 0\n  output: \"");
	for (p = names; *p; p += *p == '\n') {
		size_t n = strcspn(p, "\n");

		if (n && prints_bare(p, n)) {
			fuzz_add_str(t, " %");
			fuzz_add(t, p, n);
		}
		p += n;
	}
	fuzz_add_str(t, WITH_ARGUMENT);
	saker_free_text(names);
}

static struct saker *engine(void)
{
	static struct saker *s;
	struct fuzz_text t = { 0 };
	struct saker_error err = { 0 };

	if (s)
		return s;
	s = saker_new(NULL, &err);
	if (!s || saker_set(s, "rule_matching", "all", &err) < 0)
		fuzz_stop("no engine", err.msg);
	add_everything(&t, s);
	fuzz_add_str(&t, RULES);
	if (saker_load_text(s, "rules", t.s, t.len, &err) < 0)
		fuzz_stop("the rules of this target do not load", err.msg);
	free(t.s);
	return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64];
	int fd = fuzz_file(data, size, path, sizeof path);

	fuzz_replay(engine(), path);
	close(fd);
	return 0;
}
