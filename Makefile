# whybounce.  `make run` starts it, `make check` tests it; both install what is missing first.
#
#   make            build build/whybounce and its catalogues
#   make install    PREFIX (/usr/local), DESTDIR; make uninstall
#   make check-asan the tests again with AddressSanitizer and UBSan
#   make bench      speed, beside the tools people use today
#   make fuzz       libFuzzer targets (clang), FUZZ_SECONDS each
#   make pot        extract the messages and merge them into i18n/*.po
#   make clean

VERSION  = 0.1
PREFIX  ?= /usr/local
BUILD   ?= build
CC      ?= cc
CFLAGS  ?= -O2 -g
WARN     = -Wall -Wextra $(if $(WERROR),-Werror)
SANFLAGS = $(if $(SANITIZE),-fsanitize=address$(comma)undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
comma    = ,

LIBS       = libcares glib-2.0 yaml-0.1 libidn2
PKG_CFLAGS := $(shell pkg-config --cflags $(LIBS) 2>/dev/null)
PKG_LIBS   := $(shell pkg-config --libs $(LIBS) 2>/dev/null) -lunistring -lresolv -ldl

ALL_CFLAGS = -std=gnu11 -D_GNU_SOURCE -fPIC -Isrc $(WARN) $(CFLAGS) $(SANFLAGS) $(PKG_CFLAGS) \
	-DWB_VERSION='"$(VERSION)"' -DWB_DATADIR='"$(PREFIX)/share/whybounce"' -DWB_LIBDIR='"$(PREFIX)/lib/whybounce"'
ALL_LDFLAGS = $(LDFLAGS) $(SANFLAGS) -rdynamic -Wl,--as-needed

# Modules: what only some runs need, loaded when they do (src/base/module.h).  Name, source, library.
TRANSFER   = $(wildcard src/net/transfer*.c)
MODULE_SRC = src/mail/mime.c src/base/json_module.c src/ui/curses.c src/mail/certificate.c $(TRANSFER)
MODULES    = $(BUILD)/mime.so $(BUILD)/json.so $(BUILD)/screen.so $(BUILD)/transfer.so $(BUILD)/certificate.so
$(BUILD)/mime.so:   $(BUILD)/src/mail/mime.o
$(BUILD)/json.so:   $(BUILD)/src/base/json_module.o
$(BUILD)/screen.so: $(BUILD)/src/ui/curses.o
$(BUILD)/transfer.so: $(TRANSFER:%.c=$(BUILD)/%.o)
$(BUILD)/mime.so   $(BUILD)/src/mail/mime.o:        LIB = gmime-3.0
$(BUILD)/json.so   $(BUILD)/src/base/json_module.o: LIB = json-glib-1.0
$(BUILD)/screen.so $(BUILD)/src/ui/curses.o:        LIB = ncursesw
$(BUILD)/certificate.so: $(BUILD)/src/mail/certificate.o
$(BUILD)/certificate.so $(BUILD)/src/mail/certificate.o: LIB = libcrypto
$(BUILD)/transfer.so $(TRANSFER:%.c=$(BUILD)/%.o): LIB = libcurl openssl
SRC  = $(filter-out $(MODULE_SRC),$(wildcard src/*/*.c))
OBJ  = $(SRC:%.c=$(BUILD)/%.o)
MAIN = $(BUILD)/src/main.o

PO = $(wildcard i18n/*.po)
MO = $(PO:i18n/%.po=$(BUILD)/i18n/%.mo)

UNIT = $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(wildcard tests/unit/test_*.c))
# What the scripts need besides the program.
TOOLS = $(BUILD)/i18n/extract $(patsubst %.c,$(BUILD)/%,$(wildcard tests/servers/*.c))
# Scripts that print TAP: transcripts, screens, real servers.
SCRIPTS = $(wildcard tests/*/*.t)

.DEFAULT_GOAL := all
all: $(BUILD)/whybounce $(MODULES) $(MO)

$(BUILD)/whybounce: $(MAIN) $(OBJ)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(MODULES):
	$(CC) $(LDFLAGS) $(SANFLAGS) -shared -o $@ $^ $$(pkg-config --libs $(LIB))

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(if $(LIB),$$(pkg-config --cflags $(LIB))) -MMD -MP -c -o $@ $<

# The tests read the program's JSON with a real parser, wherever they need one (--as-needed).
$(BUILD)/tests/unit/%: LIB = json-glib-1.0
$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(OBJ)
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) $$(pkg-config --libs $(LIB))

$(BUILD)/tests/servers/%: $(BUILD)/tests/servers/%.o $(filter $(BUILD)/src/base/% $(BUILD)/src/net/%,$(OBJ))
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(BUILD)/i18n/%.mo: i18n/%.po
	@mkdir -p $(@D)
	msgfmt --check -o $@ $<

# --- translations ---

$(BUILD)/i18n/extract: $(BUILD)/i18n/extract.o $(filter $(BUILD)/src/base/%,$(OBJ))
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)

pot: $(BUILD)/i18n/extract
	BUILD=$(BUILD) i18n/pot update

# Is every text translated?
pot-check: $(BUILD)/i18n/extract $(MO)
	@BUILD=$(BUILD) i18n/pot check

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# --- run, test ---

# Without a terminal this is the line mode. ARGS are passed on: make run ARGS="bounce.eml --lang ja"
run:
	@./.ci/need build
	@$(MAKE) --no-print-directory all >$(BUILD).log 2>&1 || { cat $(BUILD).log; rm -f $(BUILD).log; exit 1; }; rm -f $(BUILD).log
	@$(BUILD)/whybounce $(ARGS)

check:
	@./.ci/need test
	@$(MAKE) --no-print-directory check-here

tests: all $(UNIT) $(TOOLS)

# Everything that is not there is skipped by name; prove counts what was skipped. Why something failed is said last, where a log that
# was cut off still has it.
check-here: tests
	@BUILD=$(BUILD) prove -j2 --exec '$(RUNNER)' $(UNIT) $(SCRIPTS) 2>$(BUILD)/check.err; code=$$?; \
	[ $$code = 0 ] || { echo "What the tests said:"; tail -n 200 $(BUILD)/check.err; }; exit $$code

check-asan:
	@./.ci/need test
	@$(MAKE) --no-print-directory BUILD=build/asan SANITIZE=1 CFLAGS='-O1 -g' RUNNER=tests/sanitized check-here

# clang sees other mistakes than gcc: everything is compiled, the unit tests run.
compile-clang:
	@command -v clang >/dev/null || { echo "clang is missing: apt-get install clang"; exit 1; }
	@$(MAKE) --no-print-directory BUILD=build/clang CC=clang WERROR=1 tests
	BUILD=build/clang prove -j2 --exec '' $(UNIT:$(BUILD)/%=build/clang/%)

# Each tests/fuzz/fuzz_X.c runs for FUZZ_SECONDS; what it learned stays in build/fuzz/corpus/X, a crash too.
FUZZ_SECONDS ?= 60
FUZZ = $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_SEEDS_yaml = flows
FUZZ_SEEDS_flow = flows
FUZZ_SEEDS_net_recording = tests/fuzz/seeds_net_recording
FUZZ_SEEDS_mo = $(BUILD)/i18n
FUZZ_SEEDS_bounce = tests/unit/data/bounces
FUZZ_FLAGS = address,undefined -fno-sanitize-recover=undefined
fuzz:
	@command -v clang >/dev/null || { echo "clang is missing: apt-get install clang"; exit 1; }
	@$(MAKE) --no-print-directory BUILD=build/fuzz CC=clang CFLAGS='-O1 -g -fsanitize=fuzzer-no-link,$(FUZZ_FLAGS)' \
		$(FUZZ:%=fuzz-%)

$(BUILD)/tests/fuzz/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(OBJ)
	$(CC) $(ALL_LDFLAGS) -fsanitize=fuzzer,$(FUZZ_FLAGS) -o $@ $^ $(PKG_LIBS)

fuzz-%: $(BUILD)/tests/fuzz/fuzz_% $(MODULES) $(MO)
	@mkdir -p $(BUILD)/corpus/$*
	$< -max_total_time=$(FUZZ_SECONDS) -max_len=8192 -timeout=10 -print_final_stats=1 -verbosity=0 \
		-artifact_prefix=$(BUILD)/corpus/$*- $(BUILD)/corpus/$* $(FUZZ_SEEDS_$*)

bench: all
	@for b in tests/bench/*.sh; do echo "== $$b"; BUILD=$(BUILD) $$b || exit 1; done

# --- install ---

DATA = $(DESTDIR)$(PREFIX)/share/whybounce
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/whybounce $(DATA)/flows/knowledge $(DATA)/i18n \
		$(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man5
	install -m755 $(BUILD)/whybounce $(DESTDIR)$(PREFIX)/bin/
	install -m755 $(MODULES) $(DESTDIR)$(PREFIX)/lib/whybounce/
	install -m644 $(wildcard flows/*.yaml flows/*.json) $(DATA)/flows/
	install -m644 $(wildcard flows/knowledge/*.yaml) $(DATA)/flows/knowledge/
	install -m644 $(MO) $(DATA)/i18n/
	install -m644 $(wildcard man/*.1) $(DESTDIR)$(PREFIX)/share/man/man1/
	install -m644 $(wildcard man/*.5) $(DESTDIR)$(PREFIX)/share/man/man5/

# Cases, keys and guides of one's own are somewhere else and stay.
uninstall:
	rm -rf $(DATA) $(DESTDIR)$(PREFIX)/lib/whybounce
	rm -f $(DESTDIR)$(PREFIX)/bin/whybounce
	rm -f $(patsubst man/%,$(DESTDIR)$(PREFIX)/share/man/man1/%,$(wildcard man/*.1))
	rm -f $(patsubst man/%,$(DESTDIR)$(PREFIX)/share/man/man5/%,$(wildcard man/*.5))

clean:
	rm -rf build

.PHONY: all pot pot-check run check check-here check-asan compile-clang tests fuzz bench install uninstall clean
.SECONDARY:
