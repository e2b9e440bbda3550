# SPDX-License-Identifier: Apache-2.0
# `make bench` measures, prints a table and writes bench.json; `make bench BENCH_QUICK=1` does so in a short run.
# Built by `make check` too, so that it always compiles; run only when asked, for no test may depend on how fast a
# machine is.
check_PROGRAMS += tests/bench/document_verify tests/bench/esapi_loop tests/bench/quote_load \
	tests/bench/transcript
EXTRA_DIST += tests/bench/documents tests/bench/nitrotpm tests/bench/run
CLEANFILES += bench.json bench-documents.json bench-nitrotpm.json

tests_bench_document_verify_SOURCES = tests/bench/document_verify.c tests/bench/samples.c tests/bench/samples.h
tests_bench_document_verify_CPPFLAGS = $(AM_CPPFLAGS) $(OPENSSL_CFLAGS)
tests_bench_document_verify_LDADD = libattest-core.la $(OPENSSL_LIBS)

tests_bench_esapi_loop_SOURCES = tests/bench/esapi_loop.c tests/bench/samples.c tests/bench/samples.h
tests_bench_esapi_loop_CPPFLAGS = $(AM_CPPFLAGS) $(TSS_CFLAGS)
tests_bench_esapi_loop_LDADD = libattest-tpm.la libattest-core.la $(TSS_LIBS)

tests_bench_quote_load_SOURCES = tests/bench/quote_load.c tests/bench/samples.c tests/bench/samples.h

tests_bench_transcript_SOURCES = tests/bench/transcript.c tests/bench/samples.c tests/bench/samples.h
tests_bench_transcript_CPPFLAGS = $(AM_CPPFLAGS) $(TSS_CFLAGS)
tests_bench_transcript_LDADD = libattest-tpm.la libattest-core.la $(TSS_LIBS)

.PHONY: bench
bench: attestd$(EXEEXT) tests/bench/document_verify$(EXEEXT) tests/bench/esapi_loop$(EXEEXT) tests/bench/quote_load$(EXEEXT) \
		tests/bench/transcript$(EXEEXT)
	ATTESTD='$(abs_top_builddir)/attestd$(EXEEXT)' BENCH_QUICK='$(BENCH_QUICK)' \
		$(PYTHON3) -B $(top_srcdir)/tests/bench/run '$(abs_top_builddir)'
	BENCH_QUICK='$(BENCH_QUICK)' $(PYTHON3) -B $(top_srcdir)/tests/bench/documents '$(abs_top_builddir)'
	ATTESTD='$(abs_top_builddir)/attestd$(EXEEXT)' BENCH_QUICK='$(BENCH_QUICK)' \
		NITROTPM_SIM='$(abs_top_builddir)/nitrotpm-sim$(EXEEXT)' \
		$(PYTHON3) -B $(top_srcdir)/tests/bench/nitrotpm '$(abs_top_builddir)'
