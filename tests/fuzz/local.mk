# SPDX-License-Identifier: Apache-2.0
# One harness for each format, and one that makes calls fail. With --enable-fuzzers they are libFuzzer's targets, which
# tests/fuzz/run runs for a while; otherwise each replays its corpus in make check.
FUZZ_CPP = $(AM_CPPFLAGS) $(OPENSSL_CFLAGS) $(JSONC_CFLAGS)
FUZZ_LIBS = libattest-core.la $(OPENSSL_LIBS) $(JSONC_LIBS)

FUZZ_TARGETS = \
	tests/fuzz/fuzz_bundle \
	tests/fuzz/fuzz_cbor \
	tests/fuzz/fuzz_certificate \
	tests/fuzz/fuzz_chain \
	tests/fuzz/fuzz_cms \
	tests/fuzz/fuzz_cose \
	tests/fuzz/fuzz_devicepath \
	tests/fuzz/fuzz_document \
	tests/fuzz/fuzz_encode \
	tests/fuzz/fuzz_esl \
	tests/fuzz/fuzz_evidence \
	tests/fuzz/fuzz_faults \
	tests/fuzz/fuzz_imalog \
	tests/fuzz/fuzz_ini \
	tests/fuzz/fuzz_json \
	tests/fuzz/fuzz_key \
	tests/fuzz/fuzz_kms \
	tests/fuzz/fuzz_message \
	tests/fuzz/fuzz_nsmanswer \
	tests/fuzz/fuzz_params \
	tests/fuzz/fuzz_pcrs \
	tests/fuzz/fuzz_policy \
	tests/fuzz/fuzz_quote_parts \
	tests/fuzz/fuzz_sysdlog \
	tests/fuzz/fuzz_tcgdata \
	tests/fuzz/fuzz_tcglog \
	tests/fuzz/fuzz_unlockreport \
	tests/fuzz/fuzz_tpmwire
check_PROGRAMS += $(FUZZ_TARGETS)

if FUZZERS
FUZZ_LINK = $(AM_LDFLAGS) -fsanitize=fuzzer
FUZZ_MAIN =
FAULTS_MAIN =
else
FUZZ_LINK = $(AM_LDFLAGS)
FUZZ_MAIN = tests/fuzz/replay.c
FAULTS_MAIN = tests/fuzz/sweep.c
TESTS += $(FUZZ_TARGETS)
endif

# The calls that faults.c stands in for.
FAULTS_LINK = $(FUZZ_LINK) \
	-Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc \
	-Wl,--wrap=read -Wl,--wrap=write -Wl,--wrap=open -Wl,--wrap=fstat \
	-Wl,--wrap=mmap -Wl,--wrap=mlock -Wl,--wrap=madvise \
	-Wl,--wrap=json_tokener_new_ex

tests_fuzz_fuzz_bundle_SOURCES = tests/fuzz/fuzz_bundle.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_bundle_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_bundle_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_bundle_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_bundle_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_cbor_SOURCES = tests/fuzz/fuzz_cbor.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_cbor_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_cbor_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_cbor_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_cbor_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_certificate_SOURCES = tests/fuzz/fuzz_certificate.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_certificate_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_certificate_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_certificate_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_certificate_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_chain_SOURCES = tests/fuzz/fuzz_chain.c tests/fuzz/fuzz.h tests/fuzz/seed_root.h
nodist_tests_fuzz_fuzz_chain_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_chain_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_chain_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_chain_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_cose_SOURCES = tests/fuzz/fuzz_cose.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_cose_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_cose_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_cose_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_cose_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_document_SOURCES = tests/fuzz/fuzz_document.c tests/fuzz/fuzz.h tests/fuzz/seed_root.h
nodist_tests_fuzz_fuzz_document_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_document_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_document_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_document_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_encode_SOURCES = tests/fuzz/fuzz_encode.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_encode_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_encode_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_encode_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_encode_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_evidence_SOURCES = tests/fuzz/fuzz_evidence.c tests/fuzz/fuzz.h tests/fuzz/seed_root.h
nodist_tests_fuzz_fuzz_evidence_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_evidence_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_evidence_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_evidence_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_faults_SOURCES = tests/fuzz/fuzz_faults.c tests/fuzz/faults.c tests/fuzz/faults.h tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_faults_SOURCES = $(FAULTS_MAIN)
tests_fuzz_fuzz_faults_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_faults_LDFLAGS = $(FAULTS_LINK)
tests_fuzz_fuzz_faults_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_imalog_SOURCES = tests/fuzz/fuzz_imalog.c tests/fuzz/logs.h tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_imalog_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_imalog_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_imalog_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_imalog_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_ini_SOURCES = tests/fuzz/fuzz_ini.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_ini_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_ini_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_ini_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_ini_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_json_SOURCES = tests/fuzz/fuzz_json.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_json_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_json_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_json_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_json_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_key_SOURCES = tests/fuzz/fuzz_key.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_key_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_key_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_key_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_key_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_message_SOURCES = tests/fuzz/fuzz_message.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_message_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_message_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_message_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_message_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_nsmanswer_SOURCES = tests/fuzz/fuzz_nsmanswer.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_nsmanswer_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_nsmanswer_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_nsmanswer_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_nsmanswer_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_params_SOURCES = tests/fuzz/fuzz_params.c tests/fuzz/fuzz.h daemon/params.c daemon/params.h
nodist_tests_fuzz_fuzz_params_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_params_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_params_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_params_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_pcrs_SOURCES = tests/fuzz/fuzz_pcrs.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_pcrs_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_pcrs_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_pcrs_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_pcrs_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_unlockreport_SOURCES = tests/fuzz/fuzz_unlockreport.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_unlockreport_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_unlockreport_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_unlockreport_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_unlockreport_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_policy_SOURCES = tests/fuzz/fuzz_policy.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_policy_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_policy_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_policy_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_policy_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_quote_parts_SOURCES = tests/fuzz/fuzz_quote_parts.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_quote_parts_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_quote_parts_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_quote_parts_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_quote_parts_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_sysdlog_SOURCES = tests/fuzz/fuzz_sysdlog.c tests/fuzz/logs.h tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_sysdlog_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_sysdlog_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_sysdlog_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_sysdlog_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_tcglog_SOURCES = tests/fuzz/fuzz_tcglog.c tests/fuzz/logs.h tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_tcglog_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_tcglog_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_tcglog_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_tcglog_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_tpmwire_SOURCES = tests/fuzz/fuzz_tpmwire.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_tpmwire_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_tpmwire_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_tpmwire_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_tpmwire_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_devicepath_SOURCES = tests/fuzz/fuzz_devicepath.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_devicepath_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_devicepath_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_devicepath_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_devicepath_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_esl_SOURCES = tests/fuzz/fuzz_esl.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_esl_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_esl_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_esl_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_esl_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_tcgdata_SOURCES = tests/fuzz/fuzz_tcgdata.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_tcgdata_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_tcgdata_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_tcgdata_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_tcgdata_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_cms_SOURCES = tests/fuzz/fuzz_cms.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_cms_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_cms_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_cms_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_cms_LDADD = libattest-aws.la $(FUZZ_LIBS)

tests_fuzz_fuzz_kms_SOURCES = tests/fuzz/fuzz_kms.c tests/fuzz/fuzz.h
nodist_tests_fuzz_fuzz_kms_SOURCES = $(FUZZ_MAIN)
tests_fuzz_fuzz_kms_CPPFLAGS = $(FUZZ_CPP)
tests_fuzz_fuzz_kms_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_kms_LDADD = libattest-aws.la $(FUZZ_LIBS)

EXTRA_DIST += \
	tests/fuzz/make_cms_seeds.py \
	tests/fuzz/make_document_seeds.py \
	tests/fuzz/make_evidence_seeds.py \
	tests/fuzz/make_message_seeds.py \
	tests/fuzz/make_seeds.py \
	tests/fuzz/recipient.der \
	tests/fuzz/replay.c \
	tests/fuzz/run \
	tests/fuzz/sweep.c \
	tests/fuzz/corpus \
	tests/fuzz/dict
