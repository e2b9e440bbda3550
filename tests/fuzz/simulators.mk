# SPDX-License-Identifier: Apache-2.0
# Harnesses of the simulators' parsers (--enable-simulators), built as local.mk builds the others.
if SIMULATORS
SIMULATOR_FUZZ_TARGETS = \
	tests/fuzz/fuzz_nsm \
	tests/fuzz/fuzz_simcommand \
	tests/fuzz/fuzz_simconsole
check_PROGRAMS += $(SIMULATOR_FUZZ_TARGETS)

if !FUZZERS
TESTS += $(SIMULATOR_FUZZ_TARGETS)
endif

tests_fuzz_fuzz_nsm_SOURCES = tests/fuzz/fuzz_nsm.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_nsm_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_nsm_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_nsm_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_nsm_LDADD = libnitrotpm-sim.la $(FUZZ_LIBS)

tests_fuzz_fuzz_simcommand_SOURCES = tests/fuzz/fuzz_simcommand.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_simcommand_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_simcommand_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_simcommand_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_simcommand_LDADD = libnitrotpm-sim.la $(FUZZ_LIBS)

tests_fuzz_fuzz_simconsole_SOURCES = tests/fuzz/fuzz_simconsole.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_simconsole_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_simconsole_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_simconsole_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_simconsole_LDADD = libnitrotpm-sim.la $(FUZZ_LIBS)
endif
