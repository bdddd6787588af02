# saker - build, test, install.  `make help` lists the targets and variables.
# Nothing is written outside $(BUILD) but by install.

# -- variables -----------------------------------------------------------------
BUILD      ?= build#            where everything that is made goes
PREFIX     ?= /usr/local#       install below this folder
DESTDIR    ?=#                  staging folder in front of PREFIX
SYSCONFDIR ?= /etc#             configuration and rules go to $(SYSCONFDIR)/saker
CC         ?= gcc#              C compiler
CXX        ?= g++#              C++ compiler, for the regular expression shim only
LUAJIT     ?= luajit#           LuaJIT, for generators, bytecode and tests
PKG_CONFIG ?= pkg-config#       finds the libraries
SAN        ?=#                  sanitizers: make SAN=address,undefined BUILD=build-asan
WERROR     ?=#                  1: warnings are errors
# a link takes ten seconds then: for what ships and is measured, not for folders of daily work
LTO        ?= $(if $(SAN),,$(if $(filter build,$(BUILD)),1))#  1: the program is optimised as a whole
V          ?=#                  1: show the commands
SHARED     ?= ../shared#        captures, goldens and conformance cases

BINDIR     ?= $(PREFIX)/bin#     the program
LIBDIR     ?= $(PREFIX)/lib#     the library
INCLUDEDIR ?= $(PREFIX)/include# the library's header
MANDIR     ?= $(PREFIX)/share/man# the manual page
VERSION     = $(shell sed -n 's/^.define SAKER_VERSION "\(.*\)"/\1/p' src/saker.h)
SONAME      = 0

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:
.DEFAULT_GOAL := all

ifeq ($(V),1)
Q   =
say =
else
Q   = @
say = @printf '  %-7s %s\n' '$(1)' '$(patsubst $(BUILD)/%,%,$(2))';
endif

# -- sources, by layer: a layer includes only what stands above it -------------------
SRC_base    = error mem arena strbuf utf8 str hash kv log
SRC_event   = schema event build convert
SRC_source  = capture capture_lists stream memory
SRC_state   = apply apply_cred apply_fd apply_meta apply_open apply_process apply_socket cgroups \
              container_id containers fd fd_order fd_table groups interfaces json_scan lists names paths slab \
              sockname state thread thread_table users
SRC_filter  = catalog lookup expr transform atom warning operand compare sets glob pmatch net \
              evaluate verdicts program specialise walk \
              field_process field_process_names field_process_ancestors field_process_ids \
              field_process_exe field_thread field_user field_fd field_fd_name field_fd_net \
              field_container peek \
              time_text value param_text param_text_net field_evt field_evt_time field_evt_type \
              field_evt_arg field_evt_path field_evt_io field_fspath field_misc
SRC_format  = template alert priority
SRC_script  = lua_host output_api
SRC_engine  = engine rules run report config load load_facts ruleset selection sources alert_queue outputs
SRC_program = main options logger setup reports run
LUA_common  = api
LUA_engine  = capi ast quote scan terms grammar print resolve sets evttypes hints lower output \
              json yaml diag values version override exceptions definitions reader_rule reader locate report host \
              tree output_rules deprecated install compile session describe list config_keys config_check config main
LUA_outputs = capi main ratelimit sinks stdout file syslog program

LAYERS   = base event source state filter format script engine
LIB_SRC  = $(foreach l,$(LAYERS),$(patsubst %,src/$(l)/%.c,$(SRC_$(l))))
LIB_CXX  = $(wildcard src/filter/regex.cc)
PROG_SRC = $(patsubst %,src/program/%.c,$(SRC_program))
LUA_SRC  = $(foreach l,common engine outputs,$(patsubst %,lua/$(l)/%.lua,$(LUA_$(l))))

GEN      = $(BUILD)/gen
LIB_OBJ  = $(patsubst src/%.c,$(BUILD)/%.o,$(LIB_SRC)) $(patsubst src/%.cc,$(BUILD)/%.o,$(LIB_CXX)) \
           $(BUILD)/gen/event/schema_tables.o $(BUILD)/gen/script/modules.o
PROG_OBJ = $(patsubst src/%.c,$(BUILD)/%.o,$(PROG_SRC))

# -- flags -----------------------------------------------------------------------
CFLAGS  ?= -O2 -g
WARN     = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2
PKGS     = luajit zlib re2
override CPPFLAGS += -Isrc -I$(GEN) -D_GNU_SOURCE $(shell $(PKG_CONFIG) --cflags luajit zlib)
override CFLAGS   += -std=c11 -fno-common -fvisibility=hidden -fPIC -pthread $(WARN) $(if $(WERROR),-Werror)
override CXXFLAGS += -O2 -g -std=c++17 -fvisibility=hidden -fPIC -fno-exceptions -Wall -Wextra -Isrc $(shell $(PKG_CONFIG) --cflags re2)
LDLIBS    = $(shell $(PKG_CONFIG) --libs luajit zlib re2) -lstdc++ -lm -ldl -pthread
# fat: what is linked with NO_LTO sees ordinary objects
LTO_CC    = $(if $(LTO),-flto -ffat-lto-objects)
LTO_LD    = $(if $(LTO),-flto=2)
NO_LTO    = $(if $(LTO),-fno-lto)
ifneq ($(SAN),)
override CFLAGS   += -fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer
override CXXFLAGS += -fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer
override LDFLAGS  += -fsanitize=$(SAN)
endif

# -- building ----------------------------------------------------------------------
.PHONY: all lib FORCE
all: $(BUILD)/saker lib ## build the program and the library

lib: $(BUILD)/libsaker.a $(BUILD)/libsaker.so ## build the library

$(BUILD)/.flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(CPPFLAGS) $(CFLAGS) $(LTO_CC) $(CXXFLAGS)' | cmp -s - $@ || \
	    echo '$(CC) $(CPPFLAGS) $(CFLAGS) $(LTO_CC) $(CXXFLAGS)' > $@

# the event schema: tables and codes from src/event/tables
TABLES = $(wildcard src/event/tables/*.tsv)
$(GEN)/event/codes.h $(GEN)/event/schema_tables.c: $(GEN)/.schema
$(GEN)/.schema: scripts/gen-schema scripts/tables.lua $(TABLES)
	$(call say,GEN,event schema)
	$(Q)mkdir -p $(GEN)/event && $(LUAJIT) scripts/gen-schema src/event/tables $(GEN)/event && touch $@

$(BUILD)/gen/%.o: $(GEN)/%.c $(BUILD)/.flags
	$(call say,CC,$@)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(LTO_CC) -MMD -MP -c $< -o $@

$(BUILD)/%.o: src/%.c $(BUILD)/.flags | $(GEN)/.schema
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(LTO_CC) -MMD -MP -c $< -o $@

$(BUILD)/%.o: src/%.cc $(BUILD)/.flags
	$(call say,CXX,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CXX) $(CXXFLAGS) -MMD -MP -c $< -o $@

# Lua as bytecode (modules engine.x, outputs.x) and the boundary headers, verbatim, as Lua strings
EMBED    = $(LUA_SRC) src/script/load_api.h src/script/output_api.h
$(GEN)/.embed: FORCE
	@mkdir -p $(@D)
	@echo '$(EMBED)' | cmp -s - $@ || echo '$(EMBED)' > $@
$(GEN)/script/modules.c: scripts/embed-lua $(EMBED) $(GEN)/.embed
	$(call say,EMBED,$@)
	$(Q)mkdir -p $(@D) && $(LUAJIT) scripts/embed-lua $@ $(EMBED)

$(BUILD)/libsaker.a: $(LIB_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(BUILD)/libsaker.so: $(LIB_OBJ) src/saker.map
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(NO_LTO) -shared -Wl,-soname,libsaker.so.$(SONAME) -Wl,--version-script=src/saker.map \
	    $(LDFLAGS) -Wl,--no-undefined $(LIB_OBJ) -o $@.$(SONAME) $(LDLIBS) && ln -sf libsaker.so.$(SONAME) $@

$(BUILD)/saker: $(PROG_OBJ) $(BUILD)/libsaker.a
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LTO_LD) $(LDFLAGS) $(PROG_OBJ) $(BUILD)/libsaker.a -o $@ $(LDLIBS)

# -- installing -----------------------------------------------------------------------
.PHONY: install uninstall
INSTALLED = $(BINDIR)/saker $(LIBDIR)/libsaker.a $(LIBDIR)/libsaker.so $(LIBDIR)/libsaker.so.$(SONAME) \
            $(INCLUDEDIR)/saker.h $(LIBDIR)/pkgconfig/saker.pc $(MANDIR)/man8/saker.8 \
            $(SYSCONFDIR)/saker/saker.yaml $(SYSCONFDIR)/saker/saker_rules.yaml
install: all ## install program, library, header, rules and configuration below DESTDIR
	install -d $(addprefix $(DESTDIR),$(BINDIR) $(LIBDIR)/pkgconfig $(INCLUDEDIR) $(MANDIR)/man8 $(SYSCONFDIR)/saker/rules.d)
	install -m 755 $(BUILD)/saker $(DESTDIR)$(BINDIR)/saker
	install -m 644 $(BUILD)/libsaker.a $(DESTDIR)$(LIBDIR)/libsaker.a
	install -m 755 $(BUILD)/libsaker.so.$(SONAME) $(DESTDIR)$(LIBDIR)/libsaker.so.$(SONAME)
	ln -sf libsaker.so.$(SONAME) $(DESTDIR)$(LIBDIR)/libsaker.so
	install -m 644 src/saker.h $(DESTDIR)$(INCLUDEDIR)/saker.h
	sed -e 's|@PREFIX@|$(PREFIX)|;s|@LIBDIR@|$(LIBDIR)|;s|@INCLUDEDIR@|$(INCLUDEDIR)|;s|@VERSION@|$(VERSION)|' \
	    src/saker.pc.in > $(DESTDIR)$(LIBDIR)/pkgconfig/saker.pc
	install -m 644 docs/saker.8 $(DESTDIR)$(MANDIR)/man8/saker.8
	install -m 644 saker.yaml $(DESTDIR)$(SYSCONFDIR)/saker/saker.yaml
	install -m 644 rules/saker_rules.yaml $(DESTDIR)$(SYSCONFDIR)/saker/saker_rules.yaml

uninstall: ## remove what install put there
	rm -f $(addprefix $(DESTDIR),$(INSTALLED))

# -- unit tests: each test/unit/NAME_test.c is one cmocka program ---------------------
UNIT = $(patsubst test/unit/%.c,$(BUILD)/unit/%,$(wildcard test/unit/*_test.c))
$(BUILD)/unit/%: test/unit/%.c $(BUILD)/libsaker.a
	$(call say,TEST,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(NO_LTO) -Itest/unit -MMD -MP $< -o $@ $(LDFLAGS) $(BUILD)/libsaker.a -lcmocka $(LDLIBS) -Wl,-E

.PHONY: check-unit
check-unit: $(UNIT) ## run the C unit tests
	$(Q)bad=0; for t in $(UNIT); do $$t || bad=1; done; exit $$bad

# -- tests, checks, measures -------------------------------------------------------------
.PHONY: run test check check-lua check-embed check-multiplex check-rules check-asan check-valgrind golden bench-ci conformance bench bench-ci fuzz lint docs check-docs test-fresh
run: ## install what is missing, build, replay the traces with the shipped rules
	$(Q)scripts/install-deps build
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) BUILD=$(BUILD) all
	$(Q)scripts/demo $(BUILD)/saker

test: ## install what tests need, run all of them
	$(Q)scripts/install-deps test
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) BUILD=$(BUILD) all
	$(Q)test/run $(BUILD) $(SHARED)

check: check-unit check-lua check-embed check-multiplex check-rules ## the tests that need nothing but the checkout

# lua/outputs over the real queue, inside a spec's own Lua state
$(BUILD)/outputs_support.so: test/lua/outputs_support.c $(BUILD)/libsaker.a
	$(call say,LD,$@)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(NO_LTO) -shared $(LDFLAGS) $^ -o $@ $(LDLIBS)

check-lua: $(BUILD)/libsaker.so $(BUILD)/outputs_support.so ## run the Lua specs
	$(Q)SAKER_BUILD=$(abspath $(BUILD)) SAKER_SHARED=$(abspath $(SHARED)) $(LUAJIT) /usr/bin/busted -o TAP -p _spec test/lua

check-embed: all ## the library in another program: leak-free, both ways of linking
	$(Q)test/embed/run $(BUILD)

check-multiplex: all ## rules x traces x options, by test/multiplex/*.yaml
	$(Q)$(LUAJIT) test/multiplex/run.lua $(BUILD)/saker test/multiplex

check-asan: ## unit tests, embedding and replays under AddressSanitizer and UBSan
	$(Q)$(MAKE) --no-print-directory SAN=address,undefined BUILD=$(BUILD)-asan all
	$(Q)test/sanitized $(BUILD)-asan $(SHARED)

check-valgrind: all ## a replay and the embedding test under valgrind: no error, no leak
	$(Q)test/valgrind $(BUILD) $(SHARED)

golden: all ## compare with what Falco printed for the recorded captures
	$(Q)test/golden/run.py --bin $(BUILD)/saker --shared $(SHARED)

conformance: all ## conditions, evaluations and field values against the tables
	$(Q)test/conformance/run $(BUILD) $(SHARED)

bench: all ## speed as multiples of the floor, memory, start
	$(Q)test/bench/run.py --bin $(BUILD)/saker --shared $(SHARED)

bench-ci: all ## instructions an event by callgrind, against the limits of test/bench/limits
	$(Q)test/bench/run.py --bin $(BUILD)/saker --shared $(SHARED) --instructions --max-instructions "$$(cat test/bench/limits)"

check-rules: all ## every shipped rule fires where it must and only there; no clause is idle
	$(Q)test/rules/run $(BUILD)/saker

fuzz: ## libFuzzer on every decoder, SECONDS=60 each
	$(Q)test/fuzz/run $(BUILD)-fuzz $(or $(SECONDS),60)

lint: ## luacheck, shellcheck, cppcheck, include layers
	$(Q)scripts/lint

docs: all ## regenerate docs/fields.md and docs/events.md
	$(Q)$(BUILD)/saker -c /dev/null --list --format markdown > docs/fields.md
	$(Q)$(BUILD)/saker -c /dev/null --list-events --format markdown > docs/events.md

check-docs: all ## the generated references are those of this build
	$(Q)$(BUILD)/saker -c /dev/null --list --format markdown | diff -u docs/fields.md -
	$(Q)$(BUILD)/saker -c /dev/null --list-events --format markdown | diff -u docs/events.md -

test-fresh: ## a minimal Debian 12 in a folder: the README's two commands, nothing else
	$(Q)test/fresh

.PHONY: clean help
clean: ## remove what was built
	rm -rf $(BUILD)

help: ## this text
	@echo 'targets:'; sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 20
	@echo 'variables:'; sed -n 's/^\([A-Z]*\) *?= *\([^#]*\)# *\(.*\)/  \1\t\3 [\2]/p' Makefile | expand -t 20

-include $(LIB_OBJ:.o=.d) $(PROG_OBJ:.o=.d)
