# SPDX-License-Identifier: Apache-2.0
# Unit tests of lib/aws. What needs a server has one of a few lines in the test, or aws-sim (tests/integration).
AWS_UNIT_CPP = $(UNIT_CPP) $(CURL_CFLAGS)
AWS_UNIT_LIBS = libattest-aws.la $(UNIT_LIBS)

AWS_UNIT_TESTS = \
	tests/unit/test_arn \
	tests/unit/test_credentials \
	tests/unit/test_endpoint \
	tests/unit/test_errorbody \
	tests/unit/test_http_address \
	tests/unit/test_retry \
	tests/unit/test_sigv4 \
	tests/unit/test_sigv4_vectors

if HAVE_CMOCKA
check_PROGRAMS += $(AWS_UNIT_TESTS)
TESTS += $(AWS_UNIT_TESTS)
endif

tests_unit_test_arn_SOURCES = tests/unit/test_arn.c tests/unit/unit.h
tests_unit_test_arn_CPPFLAGS = $(AWS_UNIT_CPP)
tests_unit_test_arn_LDADD = $(AWS_UNIT_LIBS)

tests_unit_test_endpoint_SOURCES = tests/unit/test_endpoint.c tests/unit/unit.h
tests_unit_test_endpoint_CPPFLAGS = $(AWS_UNIT_CPP)
tests_unit_test_endpoint_LDADD = $(AWS_UNIT_LIBS)

tests_unit_test_http_address_SOURCES = tests/unit/test_http_address.c tests/unit/unit.h
tests_unit_test_http_address_CPPFLAGS = $(AWS_UNIT_CPP)
tests_unit_test_http_address_LDADD = $(AWS_UNIT_LIBS)

tests_unit_test_sigv4_SOURCES = tests/unit/test_sigv4.c tests/unit/unit.h
tests_unit_test_sigv4_CPPFLAGS = $(AWS_UNIT_CPP)
tests_unit_test_sigv4_LDADD = $(AWS_UNIT_LIBS)

tests_unit_test_sigv4_vectors_SOURCES = tests/unit/test_sigv4_vectors.c tests/unit/unit.h
tests_unit_test_sigv4_vectors_CPPFLAGS = $(AWS_UNIT_CPP)
tests_unit_test_sigv4_vectors_LDADD = $(AWS_UNIT_LIBS)

tests_unit_test_credentials_SOURCES = tests/unit/test_credentials.c tests/unit/unit.h
tests_unit_test_credentials_CPPFLAGS = $(AWS_UNIT_CPP)
tests_unit_test_credentials_LDADD = $(AWS_UNIT_LIBS)

tests_unit_test_errorbody_SOURCES = tests/unit/test_errorbody.c tests/unit/unit.h
tests_unit_test_errorbody_CPPFLAGS = $(AWS_UNIT_CPP)
tests_unit_test_errorbody_LDADD = $(AWS_UNIT_LIBS)

tests_unit_test_retry_SOURCES = tests/unit/test_retry.c tests/unit/unit.h
tests_unit_test_retry_CPPFLAGS = $(AWS_UNIT_CPP)
tests_unit_test_retry_LDADD = $(AWS_UNIT_LIBS)
