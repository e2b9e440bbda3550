# SPDX-License-Identifier: Apache-2.0
# One program per source of floors 0 to 2, named after it (and the command line's, which needs no TPM either).
# What they are compared with is never the code under test: tss2-mu marshals, OpenSSL signs, coreutils encode.
UNIT_CPP = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS) $(OPENSSL_CFLAGS) $(JSONC_CFLAGS) $(TSS_CFLAGS)
UNIT_LIBS = libattest-core.la $(CMOCKA_LIBS) $(OPENSSL_LIBS) $(JSONC_LIBS)
WIRES = tests/unit/wires.c tests/unit/wires.h tests/unit/unit.h
LOGS = tests/unit/logs.c tests/unit/logs.h tests/unit/unit.h

UNIT_TESTS = \
	tests/unit/test_boot_vectors \
	tests/unit/test_bundle \
	tests/unit/test_bytes \
	tests/unit/test_cbor \
	tests/unit/test_cbor_writer \
	tests/unit/test_certificate \
	tests/unit/test_certificate_text \
	tests/unit/test_cms \
	tests/unit/test_cose \
	tests/unit/test_ctl_options \
	tests/unit/test_devicepath \
	tests/unit/test_document \
	tests/unit/test_document_vectors \
	tests/unit/test_efivar \
	tests/unit/test_encode \
	tests/unit/test_envelope \
	tests/unit/test_endorsement \
	tests/unit/test_error \
	tests/unit/test_esl \
	tests/unit/test_eventlog \
	tests/unit/test_eventlog_vectors \
	tests/unit/test_eventtext \
	tests/unit/test_evidence \
	tests/unit/test_file \
	tests/unit/test_findings \
	tests/unit/test_firmware \
	tests/unit/test_gcm \
	tests/unit/test_gpt \
	tests/unit/test_hkdf \
	tests/unit/test_guid \
	tests/unit/test_hash \
	tests/unit/test_ima \
	tests/unit/test_imalog \
	tests/unit/test_ini \
	tests/unit/test_json \
	tests/unit/test_json_grammar \
	tests/unit/test_json_writer \
	tests/unit/test_key \
	tests/unit/test_kms \
	tests/unit/test_kms_fault \
	tests/unit/test_kms_wire \
	tests/unit/test_loadoption \
	tests/unit/test_message \
	tests/unit/test_logcut \
	tests/unit/test_logfile \
	tests/unit/test_logjson \
	tests/unit/test_logreader \
	tests/unit/test_nsm \
	tests/unit/test_pcrs \
	tests/unit/test_policy \
	tests/unit/test_quote \
	tests/unit/test_quote_context \
	tests/unit/test_quote_vectors \
	tests/unit/test_reader \
	tests/unit/test_recipient \
	tests/unit/test_replay \
	tests/unit/test_seal \
	tests/unit/test_secret \
	tests/unit/test_secret_lock \
	tests/unit/test_secureboot \
	tests/unit/test_signature \
	tests/unit/test_sysdlog \
	tests/unit/test_tcgdata \
	tests/unit/test_tcglog \
	tests/unit/test_time \
	tests/unit/test_tpmkey \
	tests/unit/test_tpmwire \
	tests/unit/test_trust \
	tests/unit/test_unlockevent \
	tests/unit/test_unlockreport \
	tests/unit/test_userspace \
	tests/unit/test_unseal \
	tests/unit/test_unseal_vectors \
	tests/unit/test_utf16 \
	tests/unit/test_utf8 \
	tests/unit/test_verifier \
	tests/unit/test_verdict \
	tests/unit/test_x509

if HAVE_CMOCKA
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
endif

tests_unit_test_boot_vectors_SOURCES = tests/unit/test_boot_vectors.c tests/unit/unit.h
tests_unit_test_boot_vectors_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_boot_vectors_LDADD = $(UNIT_LIBS)

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

tests_unit_test_endorsement_SOURCES = tests/unit/test_endorsement.c tests/unit/seeds.h tests/unit/unit.h
tests_unit_test_endorsement_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_endorsement_LDADD = $(UNIT_LIBS)

tests_unit_test_error_SOURCES = tests/unit/test_error.c tests/unit/unit.h
tests_unit_test_error_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_error_LDADD = $(UNIT_LIBS)

tests_unit_test_evidence_SOURCES = tests/unit/test_evidence.c tests/unit/seeds.h tests/unit/unit.h
tests_unit_test_evidence_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_evidence_LDADD = $(UNIT_LIBS)

tests_unit_test_eventlog_SOURCES = tests/unit/test_eventlog.c $(LOGS)
tests_unit_test_eventlog_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_eventlog_LDADD = $(UNIT_LIBS)

tests_unit_test_eventlog_vectors_SOURCES = tests/unit/test_eventlog_vectors.c tests/unit/unit.h
tests_unit_test_eventlog_vectors_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_eventlog_vectors_LDADD = $(UNIT_LIBS)

tests_unit_test_file_SOURCES = tests/unit/test_file.c tests/unit/unit.h
tests_unit_test_file_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_file_LDADD = $(UNIT_LIBS)

tests_unit_test_findings_SOURCES = tests/unit/test_findings.c tests/unit/unit.h
tests_unit_test_findings_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_findings_LDADD = $(UNIT_LIBS)

tests_unit_test_firmware_SOURCES = tests/unit/test_firmware.c $(LOGS)
tests_unit_test_firmware_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_firmware_LDADD = $(UNIT_LIBS)

tests_unit_test_hash_SOURCES = tests/unit/test_hash.c tests/unit/unit.h
tests_unit_test_hash_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_hash_LDADD = $(UNIT_LIBS)

tests_unit_test_ima_SOURCES = tests/unit/test_ima.c $(LOGS)
tests_unit_test_ima_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_ima_LDADD = $(UNIT_LIBS)

tests_unit_test_imalog_SOURCES = tests/unit/test_imalog.c $(LOGS)
tests_unit_test_imalog_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_imalog_LDADD = $(UNIT_LIBS)

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

tests_unit_test_logfile_SOURCES = tests/unit/test_logfile.c $(LOGS)
tests_unit_test_logfile_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_logfile_LDADD = libattest-flow.la $(UNIT_LIBS)

tests_unit_test_logjson_SOURCES = tests/unit/test_logjson.c $(LOGS)
tests_unit_test_logjson_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_logjson_LDADD = $(UNIT_LIBS)

tests_unit_test_logreader_SOURCES = tests/unit/test_logreader.c $(LOGS)
tests_unit_test_logreader_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_logreader_LDADD = $(UNIT_LIBS)

tests_unit_test_logcut_SOURCES = tests/unit/test_logcut.c tests/unit/ima_entries.h tests/unit/unit.h
tests_unit_test_logcut_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_logcut_LDADD = $(UNIT_LIBS)

tests_unit_test_nsm_SOURCES = tests/unit/test_nsm.c tests/unit/unit.h
tests_unit_test_nsm_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_nsm_LDADD = $(UNIT_LIBS)

tests_unit_test_pcrs_SOURCES = tests/unit/test_pcrs.c tests/unit/unit.h
tests_unit_test_pcrs_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_pcrs_LDADD = $(UNIT_LIBS)

tests_unit_test_policy_SOURCES = tests/unit/test_policy.c tests/unit/unit.h
tests_unit_test_policy_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_policy_LDADD = $(UNIT_LIBS)

tests_unit_test_quote_SOURCES = tests/unit/test_quote.c $(WIRES)
tests_unit_test_quote_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_quote_LDADD = $(UNIT_LIBS) $(TSS_LIBS)

tests_unit_test_quote_context_SOURCES = tests/unit/test_quote_context.c $(LOGS) tests/unit/wires.c tests/unit/wires.h
tests_unit_test_quote_context_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_quote_context_LDADD = $(UNIT_LIBS) $(TSS_LIBS)

tests_unit_test_quote_vectors_SOURCES = tests/unit/test_quote_vectors.c tests/unit/unit.h
tests_unit_test_quote_vectors_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_quote_vectors_LDADD = $(UNIT_LIBS)

tests_unit_test_reader_SOURCES = tests/unit/test_reader.c tests/unit/unit.h
tests_unit_test_reader_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_reader_LDADD = $(UNIT_LIBS)

tests_unit_test_replay_SOURCES = tests/unit/test_replay.c $(LOGS)
tests_unit_test_replay_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_replay_LDADD = $(UNIT_LIBS)

tests_unit_test_secret_SOURCES = tests/unit/test_secret.c tests/unit/unit.h
tests_unit_test_secret_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_secret_LDADD = $(UNIT_LIBS)

tests_unit_test_secret_lock_SOURCES = tests/unit/test_secret_lock.c tests/unit/unit.h
tests_unit_test_secret_lock_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_secret_lock_LDADD = $(UNIT_LIBS)

tests_unit_test_signature_SOURCES = tests/unit/test_signature.c $(WIRES)
tests_unit_test_signature_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_signature_LDADD = $(UNIT_LIBS) $(TSS_LIBS)

tests_unit_test_time_SOURCES = tests/unit/test_time.c tests/unit/unit.h
tests_unit_test_time_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_time_LDADD = $(UNIT_LIBS)

tests_unit_test_secureboot_SOURCES = tests/unit/test_secureboot.c $(LOGS)
tests_unit_test_secureboot_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_secureboot_LDADD = $(UNIT_LIBS)

tests_unit_test_sysdlog_SOURCES = tests/unit/test_sysdlog.c $(LOGS)
tests_unit_test_sysdlog_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_sysdlog_LDADD = $(UNIT_LIBS)

tests_unit_test_tcglog_SOURCES = tests/unit/test_tcglog.c $(LOGS)
tests_unit_test_tcglog_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_tcglog_LDADD = $(UNIT_LIBS)

tests_unit_test_tpmkey_SOURCES = tests/unit/test_tpmkey.c $(WIRES)
tests_unit_test_tpmkey_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_tpmkey_LDADD = $(UNIT_LIBS) $(TSS_LIBS)

tests_unit_test_tpmwire_SOURCES = tests/unit/test_tpmwire.c $(WIRES)
tests_unit_test_tpmwire_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_tpmwire_LDADD = $(UNIT_LIBS) $(TSS_LIBS)

tests_unit_test_trust_SOURCES = tests/unit/test_trust.c tests/unit/seeds.h tests/unit/unit.h
tests_unit_test_trust_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_trust_LDADD = $(UNIT_LIBS)

tests_unit_test_userspace_SOURCES = tests/unit/test_userspace.c $(LOGS)
tests_unit_test_userspace_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_userspace_LDADD = $(UNIT_LIBS)

tests_unit_test_verdict_SOURCES = tests/unit/test_verdict.c tests/unit/unit.h
tests_unit_test_verdict_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_verdict_LDADD = $(UNIT_LIBS)

tests_unit_test_x509_SOURCES = tests/unit/test_x509.c tests/unit/seeds.h tests/unit/unit.h
tests_unit_test_x509_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_x509_LDADD = $(UNIT_LIBS)

tests_unit_test_certificate_text_SOURCES = tests/unit/test_certificate_text.c tests/unit/unit.h
tests_unit_test_certificate_text_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_certificate_text_LDADD = $(UNIT_LIBS)

tests_unit_test_devicepath_SOURCES = tests/unit/test_devicepath.c tests/unit/from_hex.h tests/unit/unit.h
tests_unit_test_devicepath_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_devicepath_LDADD = $(UNIT_LIBS)

tests_unit_test_efivar_SOURCES = tests/unit/test_efivar.c tests/unit/from_hex.h tests/unit/unit.h
tests_unit_test_efivar_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_efivar_LDADD = $(UNIT_LIBS)

tests_unit_test_esl_SOURCES = tests/unit/test_esl.c tests/unit/from_hex.h tests/unit/unit.h
tests_unit_test_esl_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_esl_LDADD = $(UNIT_LIBS)

tests_unit_test_eventtext_SOURCES = tests/unit/test_eventtext.c tests/unit/from_hex.h tests/unit/unit.h
tests_unit_test_eventtext_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_eventtext_LDADD = $(UNIT_LIBS)

tests_unit_test_gpt_SOURCES = tests/unit/test_gpt.c tests/unit/from_hex.h tests/unit/unit.h
tests_unit_test_gpt_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_gpt_LDADD = $(UNIT_LIBS)

tests_unit_test_guid_SOURCES = tests/unit/test_guid.c tests/unit/from_hex.h tests/unit/unit.h
tests_unit_test_guid_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_guid_LDADD = $(UNIT_LIBS)

tests_unit_test_loadoption_SOURCES = tests/unit/test_loadoption.c tests/unit/from_hex.h tests/unit/unit.h
tests_unit_test_loadoption_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_loadoption_LDADD = $(UNIT_LIBS)

tests_unit_test_tcgdata_SOURCES = tests/unit/test_tcgdata.c tests/unit/event_cases.h tests/unit/from_hex.h tests/unit/unit.h
tests_unit_test_tcgdata_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_tcgdata_LDADD = $(UNIT_LIBS)

tests_unit_test_utf16_SOURCES = tests/unit/test_utf16.c tests/unit/from_hex.h tests/unit/unit.h
tests_unit_test_utf16_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_utf16_LDADD = $(UNIT_LIBS)

tests_unit_test_unlockevent_SOURCES = tests/unit/test_unlockevent.c tests/unit/unit.h
tests_unit_test_unlockevent_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_unlockevent_LDADD = $(UNIT_LIBS)

tests_unit_test_unlockreport_SOURCES = tests/unit/test_unlockreport.c tests/unit/unit.h
tests_unit_test_unlockreport_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_unlockreport_LDADD = $(UNIT_LIBS)

tests_unit_test_utf8_SOURCES = tests/unit/test_utf8.c tests/unit/unit.h
tests_unit_test_utf8_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_utf8_LDADD = $(UNIT_LIBS)

MEMORY = tests/unit/memory.c tests/unit/memory.h tests/unit/unit.h

tests_unit_test_cms_SOURCES = tests/unit/test_cms.c tests/unit/recipient.h tests/unit/seeds.h tests/unit/unit.h
tests_unit_test_cms_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_cms_LDADD = libattest-aws.la $(UNIT_LIBS)

tests_unit_test_envelope_SOURCES = tests/unit/test_envelope.c tests/unit/recipient.h tests/unit/seeds.h $(MEMORY)
tests_unit_test_envelope_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_envelope_LDADD = $(UNIT_LIBS) -lpthread

tests_unit_test_recipient_SOURCES = tests/unit/test_recipient.c tests/unit/seeds.h $(MEMORY)
tests_unit_test_recipient_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_recipient_LDADD = $(UNIT_LIBS)

# With an attest_aws_call_send of its own.
tests_unit_test_kms_SOURCES = tests/unit/test_kms.c $(MEMORY)
tests_unit_test_kms_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_kms_LDADD = libattest-aws.la $(UNIT_LIBS)

tests_unit_test_kms_fault_SOURCES = tests/unit/test_kms_fault.c tests/unit/seeds.h tests/unit/unit.h
tests_unit_test_kms_fault_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_kms_fault_LDADD = libattest-aws.la $(UNIT_LIBS)

tests_unit_test_kms_wire_SOURCES = tests/unit/test_kms_wire.c tests/unit/unit.h
tests_unit_test_kms_wire_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_kms_wire_LDADD = libattest-aws.la $(UNIT_LIBS)
tests_unit_test_unseal_vectors_SOURCES = tests/unit/test_unseal_vectors.c tests/unit/unit.h
tests_unit_test_unseal_vectors_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_unseal_vectors_LDADD = $(UNIT_LIBS)

tests_unit_test_unseal_SOURCES = tests/unit/test_unseal.c tests/unit/seeds.h tests/unit/unit.h
tests_unit_test_unseal_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_unseal_LDADD = $(UNIT_LIBS)

tests_unit_test_message_SOURCES = tests/unit/test_message.c tests/unit/seeds.h tests/unit/unit.h
tests_unit_test_message_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_message_LDADD = $(UNIT_LIBS)

tests_unit_test_seal_SOURCES = tests/unit/test_seal.c tests/unit/unit.h
tests_unit_test_seal_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_seal_LDADD = $(UNIT_LIBS)

tests_unit_test_hkdf_SOURCES = tests/unit/test_hkdf.c tests/unit/from_hex.h tests/unit/unit.h
tests_unit_test_hkdf_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_hkdf_LDADD = $(UNIT_LIBS)

tests_unit_test_gcm_SOURCES = tests/unit/test_gcm.c tests/unit/from_hex.h tests/unit/unit.h
tests_unit_test_gcm_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_gcm_LDADD = $(UNIT_LIBS)

tests_unit_test_verifier_SOURCES = tests/unit/test_verifier.c tests/unit/unit.h
tests_unit_test_verifier_CPPFLAGS = $(UNIT_CPP)
tests_unit_test_verifier_LDADD = $(UNIT_LIBS)
