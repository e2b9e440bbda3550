# SPDX-License-Identifier: Apache-2.0
# `make bench` measures, prints tables and writes bench.json and its like; `make bench BENCH_QUICK=1` does so in a short
# run.
# Built by `make check` too, so that it always compiles; run only when asked, for no test may depend on how fast a
# machine is.
check_PROGRAMS += \
	tests/bench/document_verify \
	tests/bench/envelope_open \
	tests/bench/esapi_loop \
	tests/bench/log_growth \
	tests/bench/quote_load \
	tests/bench/replay_loop \
	tests/bench/seal_loop \
	tests/bench/transcript
EXTRA_DIST += tests/bench/documents tests/bench/envelopes tests/bench/logs tests/bench/nitrotpm tests/bench/run \
	tests/bench/seal tests/bench/unlock
CLEANFILES += bench.json bench-documents.json bench-envelopes.json bench-logs.json bench-nitrotpm.json bench-seal.json \
	bench-unlock.json

tests_bench_document_verify_SOURCES = tests/bench/document_verify.c tests/bench/samples.c tests/bench/samples.h
tests_bench_document_verify_CPPFLAGS = $(AM_CPPFLAGS) $(OPENSSL_CFLAGS)
tests_bench_document_verify_LDADD = libattest-core.la $(OPENSSL_LIBS)

tests_bench_envelope_open_SOURCES = tests/bench/envelope_open.c tests/bench/samples.c tests/bench/samples.h
tests_bench_envelope_open_CPPFLAGS = $(AM_CPPFLAGS) $(OPENSSL_CFLAGS)
tests_bench_envelope_open_LDADD = libattest-aws.la libattest-core.la $(OPENSSL_LIBS)

tests_bench_esapi_loop_SOURCES = tests/bench/esapi_loop.c tests/bench/samples.c tests/bench/samples.h
tests_bench_esapi_loop_CPPFLAGS = $(AM_CPPFLAGS) $(TSS_CFLAGS)
tests_bench_esapi_loop_LDADD = libattest-tpm.la libattest-core.la $(TSS_LIBS)

tests_bench_quote_load_SOURCES = tests/bench/quote_load.c tests/bench/samples.c tests/bench/samples.h

tests_bench_log_growth_SOURCES = tests/bench/log_growth.c tests/bench/samples.c tests/bench/samples.h
tests_bench_log_growth_LDADD = libattest-flow.la libattest-core.la

tests_bench_replay_loop_SOURCES = tests/bench/replay_loop.c tests/bench/samples.c tests/bench/samples.h
tests_bench_replay_loop_LDADD = libattest-core.la

tests_bench_seal_loop_SOURCES = tests/bench/seal_loop.c tests/bench/samples.c tests/bench/samples.h
tests_bench_seal_loop_CPPFLAGS = $(AM_CPPFLAGS) $(OPENSSL_CFLAGS)
tests_bench_seal_loop_LDADD = libattest-core.la $(OPENSSL_LIBS)

tests_bench_transcript_SOURCES = tests/bench/transcript.c tests/bench/samples.c tests/bench/samples.h
tests_bench_transcript_CPPFLAGS = $(AM_CPPFLAGS) $(TSS_CFLAGS)
tests_bench_transcript_LDADD = libattest-tpm.la libattest-core.la $(TSS_LIBS)

.PHONY: bench bench-documents bench-envelopes bench-logs bench-nitrotpm bench-quotes bench-seal bench-unlock
bench: bench-quotes bench-documents bench-envelopes bench-logs bench-nitrotpm bench-seal bench-unlock
bench-quotes: attestd$(EXEEXT) tests/bench/esapi_loop$(EXEEXT) tests/bench/quote_load$(EXEEXT)
	ATTESTD='$(abs_top_builddir)/attestd$(EXEEXT)' BENCH_QUICK='$(BENCH_QUICK)' \
		$(PYTHON3) -B $(top_srcdir)/tests/bench/run '$(abs_top_builddir)'
bench-logs: attestctl$(EXEEXT) tests/bench/log_growth$(EXEEXT) tests/bench/replay_loop$(EXEEXT)
	$(AM_TESTS_ENVIRONMENT) BENCH_QUICK='$(BENCH_QUICK)' \
		$(PYTHON3) -B $(top_srcdir)/tests/bench/logs '$(abs_top_builddir)'
bench-documents: tests/bench/document_verify$(EXEEXT)
	BENCH_QUICK='$(BENCH_QUICK)' $(PYTHON3) -B $(top_srcdir)/tests/bench/documents '$(abs_top_builddir)'
bench-envelopes: tests/bench/envelope_open$(EXEEXT)
	BENCH_QUICK='$(BENCH_QUICK)' $(PYTHON3) -B $(top_srcdir)/tests/bench/envelopes '$(abs_top_builddir)'
bench-seal: attestctl$(EXEEXT) tests/bench/seal_loop$(EXEEXT)
	BENCH_QUICK='$(BENCH_QUICK)' $(PYTHON3) -B $(top_srcdir)/tests/bench/seal '$(abs_top_builddir)'
if SIMULATORS
BENCH_SIMULATOR = nitrotpm-sim$(EXEEXT)
endif
bench-nitrotpm: attestd$(EXEEXT) $(BENCH_SIMULATOR) tests/bench/transcript$(EXEEXT)
	ATTESTD='$(abs_top_builddir)/attestd$(EXEEXT)' BENCH_QUICK='$(BENCH_QUICK)' \
		NITROTPM_SIM='$(abs_top_builddir)/nitrotpm-sim$(EXEEXT)' \
		$(PYTHON3) -B $(top_srcdir)/tests/bench/nitrotpm '$(abs_top_builddir)'
bench-unlock: attestd$(EXEEXT) attestd-unlock$(EXEEXT)
	$(AM_TESTS_ENVIRONMENT) BENCH_QUICK='$(BENCH_QUICK)' \
		$(PYTHON3) -B $(top_srcdir)/tests/bench/unlock '$(abs_top_builddir)'
