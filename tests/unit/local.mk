# SPDX-License-Identifier: Apache-2.0
# One program per source of floors 0 to 2, named after it (and the command line's, which needs no TPM either).
# What they are compared with is never the code under test: tss2-mu marshals, OpenSSL signs, coreutils encode.
UNIT_CPP = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS) $(OPENSSL_CFLAGS) $(JSONC_CFLAGS) $(TSS_CFLAGS)
UNIT_LIBS = libattest-core.la $(CMOCKA_LIBS) $(OPENSSL_LIBS) $(JSONC_LIBS)
WIRES = tests/unit/wires.c tests/unit/wires.h tests/unit/unit.h

UNIT_TESTS = \
	tests/unit/test_bundle \
	tests/unit/test_bytes \
	tests/unit/test_cbor \
	tests/unit/test_cbor_writer \
	tests/unit/test_certificate \
	tests/unit/test_cose \
	tests/unit/test_ctl_options \
	tests/unit/test_document \
	tests/unit/test_document_vectors \
	tests/unit/test_encode \
	tests/unit/test_error \
	tests/unit/test_file \
	tests/unit/test_hash \
	tests/unit/test_ini \
	tests/unit/test_json \
	tests/unit/test_json_grammar \
	tests/unit/test_json_writer \
	tests/unit/test_key \
	tests/unit/test_nsm \
	tests/unit/test_pcrs \
	tests/unit/test_quote \
	tests/unit/test_quote_vectors \
	tests/unit/test_reader \
	tests/unit/test_secret \
	tests/unit/test_secret_lock \
	tests/unit/test_time \
	tests/unit/test_tpmkey \
	tests/unit/test_tpmwire \
	tests/unit/test_trust \
	tests/unit/test_verdict \
	tests/unit/test_x509

if HAVE_CMOCKA
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
endif

tests_unit_test_bundle_SOURCES = tests/unit/test_bundle.c $(WIRES)
tests_unit_test_bundle_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_bundle_LDADD = $(UNIT_LIBS) $(TSS_LIBS)

tests_unit_test_bytes_SOURCES = tests/unit/test_bytes.c tests/unit/unit.h
tests_unit_test_bytes_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_bytes_LDADD = $(UNIT_LIBS)

tests_unit_test_cbor_SOURCES = tests/unit/test_cbor.c tests/unit/unit.h
tests_unit_test_cbor_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_cbor_LDADD = $(UNIT_LIBS)

tests_unit_test_cbor_writer_SOURCES = tests/unit/test_cbor_writer.c tests/unit/unit.h
tests_unit_test_cbor_writer_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_cbor_writer_LDADD = $(UNIT_LIBS)

tests_unit_test_certificate_SOURCES = tests/unit/test_certificate.c tests/unit/seeds.h tests/unit/unit.h
tests_unit_test_certificate_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_certificate_LDADD = $(UNIT_LIBS)

tests_unit_test_cose_SOURCES = tests/unit/test_cose.c tests/unit/unit.h
tests_unit_test_cose_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_cose_LDADD = $(UNIT_LIBS)

tests_unit_test_ctl_options_SOURCES = tests/unit/test_ctl_options.c tests/unit/unit.h daemon/ctl/options.c daemon/ctl/options.h
tests_unit_test_ctl_options_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_ctl_options_LDADD = $(UNIT_LIBS)

tests_unit_test_document_SOURCES = tests/unit/test_document.c tests/unit/seeds.h tests/unit/unit.h
tests_unit_test_document_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_document_LDADD = $(UNIT_LIBS)

tests_unit_test_document_vectors_SOURCES = tests/unit/test_document_vectors.c tests/unit/unit.h
tests_unit_test_document_vectors_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_document_vectors_LDADD = $(UNIT_LIBS)

tests_unit_test_encode_SOURCES = tests/unit/test_encode.c tests/unit/unit.h
tests_unit_test_encode_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_encode_LDADD = $(UNIT_LIBS)

tests_unit_test_error_SOURCES = tests/unit/test_error.c tests/unit/unit.h
tests_unit_test_error_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_error_LDADD = $(UNIT_LIBS)

tests_unit_test_file_SOURCES = tests/unit/test_file.c tests/unit/unit.h
tests_unit_test_file_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_file_LDADD = $(UNIT_LIBS)

tests_unit_test_hash_SOURCES = tests/unit/test_hash.c tests/unit/unit.h
tests_unit_test_hash_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_hash_LDADD = $(UNIT_LIBS)

tests_unit_test_ini_SOURCES = tests/unit/test_ini.c tests/unit/unit.h
tests_unit_test_ini_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_ini_LDADD = $(UNIT_LIBS)

tests_unit_test_json_SOURCES = tests/unit/test_json.c tests/unit/unit.h
tests_unit_test_json_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_json_LDADD = $(UNIT_LIBS)

tests_unit_test_json_grammar_SOURCES = tests/unit/test_json_grammar.c tests/unit/unit.h
tests_unit_test_json_grammar_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_json_grammar_LDADD = $(UNIT_LIBS)

tests_unit_test_json_writer_SOURCES = tests/unit/test_json_writer.c tests/unit/unit.h
tests_unit_test_json_writer_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_json_writer_LDADD = $(UNIT_LIBS)

tests_unit_test_key_SOURCES = tests/unit/test_key.c $(WIRES)
tests_unit_test_key_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_key_LDADD = $(UNIT_LIBS) $(TSS_LIBS)

tests_unit_test_nsm_SOURCES = tests/unit/test_nsm.c tests/unit/unit.h
tests_unit_test_nsm_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_nsm_LDADD = $(UNIT_LIBS)

tests_unit_test_pcrs_SOURCES = tests/unit/test_pcrs.c tests/unit/unit.h
tests_unit_test_pcrs_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_pcrs_LDADD = $(UNIT_LIBS)

tests_unit_test_quote_SOURCES = tests/unit/test_quote.c $(WIRES)
tests_unit_test_quote_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_quote_LDADD = $(UNIT_LIBS) $(TSS_LIBS)

tests_unit_test_quote_vectors_SOURCES = tests/unit/test_quote_vectors.c tests/unit/unit.h
tests_unit_test_quote_vectors_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_quote_vectors_LDADD = $(UNIT_LIBS)

tests_unit_test_reader_SOURCES = tests/unit/test_reader.c tests/unit/unit.h
tests_unit_test_reader_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_reader_LDADD = $(UNIT_LIBS)

tests_unit_test_secret_SOURCES = tests/unit/test_secret.c tests/unit/unit.h
tests_unit_test_secret_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_secret_LDADD = $(UNIT_LIBS)

tests_unit_test_secret_lock_SOURCES = tests/unit/test_secret_lock.c tests/unit/unit.h
tests_unit_test_secret_lock_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_secret_lock_LDADD = $(UNIT_LIBS)

tests_unit_test_time_SOURCES = tests/unit/test_time.c tests/unit/unit.h
tests_unit_test_time_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_time_LDADD = $(UNIT_LIBS)

tests_unit_test_tpmkey_SOURCES = tests/unit/test_tpmkey.c $(WIRES)
tests_unit_test_tpmkey_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_tpmkey_LDADD = $(UNIT_LIBS) $(TSS_LIBS)

tests_unit_test_tpmwire_SOURCES = tests/unit/test_tpmwire.c $(WIRES)
tests_unit_test_tpmwire_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_tpmwire_LDADD = $(UNIT_LIBS) $(TSS_LIBS)

tests_unit_test_trust_SOURCES = tests/unit/test_trust.c tests/unit/seeds.h tests/unit/unit.h
tests_unit_test_trust_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_trust_LDADD = $(UNIT_LIBS)

tests_unit_test_verdict_SOURCES = tests/unit/test_verdict.c tests/unit/unit.h
tests_unit_test_verdict_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_verdict_LDADD = $(UNIT_LIBS)

tests_unit_test_x509_SOURCES = tests/unit/test_x509.c tests/unit/seeds.h tests/unit/unit.h
tests_unit_test_x509_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_x509_LDADD = $(UNIT_LIBS)
