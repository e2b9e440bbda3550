# SPDX-License-Identifier: Apache-2.0
# Harnesses of the daemon's parsers, built as local.mk builds the others.
DAEMON_FUZZ_CPP = $(libattestd_la_CPPFLAGS) $(OPENSSL_CFLAGS)
DAEMON_FUZZ_TARGETS = tests/fuzz/fuzz_config tests/fuzz/fuzz_vendor
check_PROGRAMS += $(DAEMON_FUZZ_TARGETS)

if !FUZZERS
TESTS += $(DAEMON_FUZZ_TARGETS)
endif

tests_fuzz_fuzz_config_SOURCES = tests/fuzz/fuzz_config.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_config_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_config_CPPFLAGS = $(DAEMON_FUZZ_CPP)
tests_fuzz_fuzz_config_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_config_LDADD = libattestd.la $(FUZZ_LIBS)

tests_fuzz_fuzz_vendor_SOURCES = tests/fuzz/fuzz_vendor.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_vendor_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_vendor_CPPFLAGS = $(DAEMON_FUZZ_CPP)
tests_fuzz_fuzz_vendor_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_vendor_LDADD = libattestd.la $(FUZZ_LIBS)
