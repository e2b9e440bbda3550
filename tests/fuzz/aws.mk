# SPDX-License-Identifier: Apache-2.0
# Harnesses of what AWS's services answer, built as local.mk builds the others.
AWS_FUZZ_TARGETS = tests/fuzz/fuzz_credentials tests/fuzz/fuzz_errorbody
check_PROGRAMS += $(AWS_FUZZ_TARGETS)

if !FUZZERS
TESTS += $(AWS_FUZZ_TARGETS)
endif

tests_fuzz_fuzz_credentials_SOURCES = tests/fuzz/fuzz_credentials.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_credentials_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_credentials_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_credentials_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_credentials_LDADD = libattest-aws.la $(FUZZ_LIBS)

tests_fuzz_fuzz_errorbody_SOURCES = tests/fuzz/fuzz_errorbody.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_errorbody_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_errorbody_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_errorbody_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_errorbody_LDADD = libattest-aws.la $(FUZZ_LIBS)
