# SPDX-License-Identifier: Apache-2.0
# `make check`: everything speaks TAP, everything has a time limit, and what cannot run here says why it was skipped.
#   tests/**/*.py     unittest cases, run by tests/integration/tap.py
#   tests/**/*.sh     bash that prints TAP
#   programs          cmocka, which prints TAP when told so below
PYTHON3 = /usr/bin/python3
TEST_LIMIT = timeout --kill-after=10
TAP_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh

TEST_EXTENSIONS = .py .sh
LOG_DRIVER = $(TAP_DRIVER)
LOG_COMPILER = $(TEST_LIMIT) 300
SH_LOG_DRIVER = $(TAP_DRIVER)
SH_LOG_COMPILER = $(TEST_LIMIT) 300 bash
PY_LOG_DRIVER = $(TAP_DRIVER)
PY_LOG_COMPILER = $(TEST_LIMIT) 900 $(PYTHON3) -B $(top_srcdir)/tests/integration/tap.py

# ATTESTD_VECTORS: a folder with other people's quotes, logs and messages; tests that want it are skipped without.
# ATTESTD_SDK_PYTHON: an interpreter that has aws-encryption-sdk of PyPI; likewise. ATTESTD_SEAL_MIB: how large a message
# the test of attestctl's memory takes.
AM_TESTS_ENVIRONMENT = \
	export CMOCKA_MESSAGE_OUTPUT=TAP; \
	export ATTESTD='$(abs_top_builddir)/attestd$(EXEEXT)'; \
	export ATTESTCTL='$(abs_top_builddir)/attestctl$(EXEEXT)'; \
	export ATTESTD_UNLOCK='$(abs_top_builddir)/attestd-unlock$(EXEEXT)'; \
	export AWS_CHECK='$(abs_top_builddir)/tests/integration/aws_check$(EXEEXT)'; \
	export CMS_OPEN='$(abs_top_builddir)/tests/oracle/cms_open$(EXEEXT)'; \
	export KMS_CHECK='$(abs_top_builddir)/tests/integration/kms_check$(EXEEXT)'; \
	export NITROTPM_SIM='$(abs_top_builddir)/nitrotpm-sim$(EXEEXT)'; \
	export ATTESTD_VECTORS="$${ATTESTD_VECTORS:-$(abs_top_srcdir)/../shared/vectors}";

include tests/unit/local.mk
include tests/unit/aws.mk
include tests/unit/daemon.mk
include tests/unit/simulators.mk
include tests/fuzz/local.mk
include tests/fuzz/aws.mk
include tests/fuzz/daemon.mk
include tests/fuzz/simulators.mk
include tests/integration/local.mk
include tests/lint/local.mk
include tests/bench/local.mk

INTEGRATION_TESTS = \
	tests/integration/access.py \
	tests/integration/activate.py \
	tests/integration/aws_client.py \
	tests/integration/aws_sim.py \
	tests/integration/aws_sim_document.py \
	tests/integration/aws_sim_faults.py \
	tests/integration/aws_sim_hostile.py \
	tests/integration/aws_sim_metadata.py \
	tests/integration/aws_sim_policy.py \
	tests/integration/aws_sim_sigv4.py \
	tests/integration/configuration.py \
	tests/integration/document.py \
	tests/integration/endorsement_attack.py \
	tests/integration/endpoints.py \
	tests/integration/eventlog_ctl.py \
	tests/integration/eventlog.py \
	tests/integration/served_evidence.py \
	tests/integration/example.py \
	tests/integration/hostile.py \
	tests/integration/kill9.py \
	tests/integration/kms_client.py \
	tests/integration/lifecycle.py \
	tests/integration/nitrotpm_document.py \
	tests/integration/nitrotpm_sim.py \
	tests/integration/openapi.py \
	tests/integration/operating.py \
	tests/integration/pcrs.py \
	tests/integration/played_log.py \
	tests/integration/quote.py \
	tests/integration/seal.py \
	tests/integration/tpm_loss.py \
	tests/integration/unlock.py \
	tests/integration/unlock_check.py \
	tests/integration/unlock_door.py \
	tests/integration/unlock_faults.py \
	tests/integration/unlock_faults_here.py \
	tests/integration/unlock_memory.py
ORACLE_TESTS = \
	tests/oracle/botocore_signer.py \
	tests/oracle/event_data.py \
	tests/oracle/eventlogs.py \
	tests/oracle/made_documents.py \
	tests/oracle/made_envelopes.py \
	tests/oracle/made_evidence.py \
	tests/oracle/messages.py \
	tests/oracle/our_quotes.py \
	tests/oracle/vector_quotes.py

check_PROGRAMS += tests/oracle/cms_open
tests_oracle_cms_open_SOURCES = tests/oracle/cms_open.c
tests_oracle_cms_open_CPPFLAGS = $(AM_CPPFLAGS) $(OPENSSL_CFLAGS)
tests_oracle_cms_open_LDADD = libattest-aws.la libattest-core.la $(OPENSSL_LIBS)

# What measures memory means something only without sanitizers: tests/run repeats these in a plain build.
MEASURED_TESTS = \
	tests/integration/document.py \
	tests/integration/eventlog.py \
	tests/integration/served_evidence.py \
	tests/integration/eventlog_ctl.py \
	tests/integration/hostile.py \
	tests/integration/kill9.py \
	tests/integration/seal.py \
	tests/integration/unlock_memory.py \
	tests/integration/budget.py

TESTS += $(INTEGRATION_TESTS) $(ORACLE_TESTS) tests/integration/budget.py
EXTRA_DIST += $(INTEGRATION_TESTS) $(ORACLE_TESTS) tests/integration/budget.py \
	tests/integration/eventlogs.py \
	tests/integration/aws.py \
	tests/integration/aws_case.py \
	tests/integration/aws_document.py \
	tests/integration/invoked.py \
	tests/integration/liar.py \
	tests/integration/logs.py \
	tests/integration/simulator.py \
	tests/integration/support.py \
	tests/integration/tap.py \
	tests/integration/tpm.py \
	tests/integration/unlock_fault_case.py \
	tests/integration/unlocker.py \
	tests/oracle/documents.py \
	tests/oracle/envelopes.py \
	tests/oracle/encryption_sdk.py \
	tests/oracle/evidence.py \
	tests/oracle/sealed.py \
	tests/run

.PHONY: check-measured check-units
check-measured:
	$(MAKE) check TESTS='$(MEASURED_TESTS)'
check-units:
	$(MAKE) check TESTS='$(UNIT_TESTS) $(SIMULATOR_UNIT_TESTS)'
