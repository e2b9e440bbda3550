# SPDX-License-Identifier: Apache-2.0
# Programs that integration tests run.
check_PROGRAMS += tests/integration/aws_check
tests_integration_aws_check_SOURCES = tests/integration/aws_check.c
tests_integration_aws_check_CPPFLAGS = $(AM_CPPFLAGS)
tests_integration_aws_check_LDADD = libattest-aws.la libattest-core.la -lpthread

check_PROGRAMS += tests/integration/kms_check
tests_integration_kms_check_SOURCES = tests/integration/kms_check.c
tests_integration_kms_check_CPPFLAGS = $(AM_CPPFLAGS)
tests_integration_kms_check_LDADD = libattest-aws.la libattest-core.la
