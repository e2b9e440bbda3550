# SPDX-License-Identifier: Apache-2.0
# Harnesses of the daemon's parsers, built as local.mk builds the others.
DAEMON_FUZZ_CPP = $(libattestd_la_CPPFLAGS) $(OPENSSL_CFLAGS)
check_PROGRAMS += tests/fuzz/fuzz_config

if !FUZZERS
TESTS += tests/fuzz/fuzz_config
endif

tests_fuzz_fuzz_config_SOURCES = tests/fuzz/fuzz_config.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_config_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_config_CPPFLAGS = $(DAEMON_FUZZ_CPP)
tests_fuzz_fuzz_config_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_config_LDADD = libattestd.la $(FUZZ_LIBS)
