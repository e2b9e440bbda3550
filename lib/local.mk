# SPDX-License-Identifier: Apache-2.0
# libattest is floors 0 to 2; what reaches outside (floor 3) is in libraries of its own, which only programs link.
attestincludedir = $(includedir)/attest
attestinclude_HEADERS = \
	lib/include/attest/document.h \
	lib/include/attest/error.h \
	lib/include/attest/eventlog.h \
	lib/include/attest/evidence.h \
	lib/include/attest/hash.h \
	lib/include/attest/key.h \
	lib/include/attest/policy.h \
	lib/include/attest/quote.h \
	lib/include/attest/trust.h \
	lib/include/attest/verdict.h \
	lib/include/attest/view.h

noinst_LTLIBRARIES += libattest-core.la libattest-tpm.la libattest-aws.la libattest-flow.la

libattest_core_la_SOURCES = \
	lib/base/bytes.c lib/base/bytes.h \
	lib/base/certificate.c lib/base/certificate.h \
	lib/base/certificate_text.c lib/base/certificate_text.h \
	lib/base/cleanup.h \
	lib/base/encode.c lib/base/encode.h \
	lib/base/error.c lib/base/error.h \
	lib/base/envelope.c lib/base/envelope.h \
	lib/base/file.c lib/base/file.h \
	lib/base/gcm.c lib/base/gcm.h \
	lib/base/hash.c lib/base/hash.h \
	lib/base/hkdf.c lib/base/hkdf.h \
	lib/base/key.c lib/base/key.h \
	lib/base/ossl.h \
	lib/base/random.c lib/base/random.h \
	lib/base/reader.c lib/base/reader.h \
	lib/base/recipient.c lib/base/recipient.h \
	lib/base/secret.c lib/base/secret.h \
	lib/base/secureheap.c lib/base/secureheap.h \
	lib/base/time.c lib/base/time.h \
	lib/base/utf8.c lib/base/utf8.h \
	lib/base/verifier.c lib/base/verifier.h \
	lib/codec/cbor.c lib/codec/cbor.h \
	lib/codec/cbor_writer.c lib/codec/cbor_writer.h \
	lib/codec/cose.c lib/codec/cose.h \
	lib/codec/devicepath.c lib/codec/devicepath.h \
	lib/codec/devicepath_nodes.c lib/codec/devicepath_nodes.h \
	lib/codec/efivar.c lib/codec/efivar.h \
	lib/codec/esl.c lib/codec/esl.h \
	lib/codec/eventtext.c lib/codec/eventtext.h \
	lib/codec/gpt.c lib/codec/gpt.h \
	lib/codec/guid.c lib/codec/guid.h \
	lib/codec/imalog.c lib/codec/imalog.h \
	lib/codec/ini.c lib/codec/ini.h \
	lib/codec/json.c lib/codec/json.h \
	lib/codec/json_grammar.c lib/codec/json_grammar.h \
	lib/codec/json_writer.c lib/codec/json_writer.h \
	lib/codec/loadoption.c lib/codec/loadoption.h \
	lib/codec/logreader.c lib/codec/logreader.h \
	lib/codec/nsm.c lib/codec/nsm.h \
	lib/codec/pcrs.c lib/codec/pcrs.h \
	lib/codec/sysdlog.c lib/codec/sysdlog.h \
	lib/codec/tcgdata.c lib/codec/tcgdata.h lib/codec/tcgdata_parts.h \
	lib/codec/tcgdata_boot.c \
	lib/codec/tcgdata_firmware.c \
	lib/codec/tcgdata_variable.c \
	lib/codec/tcglog.c lib/codec/tcglog.h \
	lib/codec/tpmwire.c lib/codec/tpmwire.h \
	lib/codec/utf16.c lib/codec/utf16.h \
	lib/evidence/aws_root.c lib/evidence/aws_root.h \
	lib/evidence/bundle.c lib/evidence/bundle.h \
	lib/evidence/document.c lib/evidence/document.h \
	lib/evidence/document_verify.c \
	lib/evidence/endorsement.c lib/evidence/endorsement.h \
	lib/evidence/eventlog.c lib/evidence/eventlog.h \
	lib/evidence/evidence.c lib/evidence/evidence.h \
	lib/evidence/evidence_verify.c \
	lib/evidence/findings.c lib/evidence/findings.h \
	lib/evidence/firmware.c lib/evidence/firmware.h \
	lib/evidence/ima.c lib/evidence/ima.h \
	lib/evidence/logcut.c lib/evidence/logcut.h \
	lib/evidence/logjson.c lib/evidence/logjson.h \
	lib/evidence/policy.c lib/evidence/policy.h \
	lib/evidence/quote.c lib/evidence/quote.h \
	lib/evidence/quote_context.c \
	lib/evidence/replay.c lib/evidence/replay.h \
	lib/evidence/secureboot.c lib/evidence/secureboot.h \
	lib/evidence/signature.c lib/evidence/signature.h \
	lib/evidence/tpmkey.c lib/evidence/tpmkey.h \
	lib/evidence/trust.c lib/evidence/trust.h \
	lib/evidence/unlockevent.c lib/evidence/unlockevent.h \
	lib/evidence/unlockreport.c lib/evidence/unlockreport.h \
	lib/evidence/userspace.c lib/evidence/userspace.h \
	lib/evidence/verdict.c lib/evidence/verdict.h \
	lib/evidence/x509.c lib/evidence/x509.h \
	lib/seal/body.c lib/seal/body.h \
	lib/seal/derive.c lib/seal/derive.h \
	lib/seal/header.c lib/seal/header.h \
	lib/seal/message.c lib/seal/message.h \
	lib/seal/seal.c lib/seal/seal.h \
	lib/seal/suite.c lib/seal/suite.h \
	lib/seal/unseal.c lib/seal/unseal.h
libattest_core_la_CPPFLAGS = $(AM_CPPFLAGS) $(OPENSSL_CFLAGS) $(JSONC_CFLAGS) $(CBOR_CFLAGS)
libattest_core_la_LIBADD = $(OPENSSL_LIBS) $(JSONC_LIBS) $(CBOR_LIBS)

lib_LTLIBRARIES += libattest.la
libattest_la_SOURCES =
libattest_la_LIBADD = libattest-core.la
libattest_la_LDFLAGS = $(AM_LDFLAGS) -version-info 0:0:0 -Wl,--version-script=$(top_srcdir)/lib/libattest.map
EXTRA_libattest_la_DEPENDENCIES = lib/libattest.map
EXTRA_DIST += lib/libattest.map

pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = lib/attest.pc

libattest_tpm_la_SOURCES = \
	lib/tpm/activate.c lib/tpm/activate.h \
	lib/tpm/ak.c lib/tpm/ak.h \
	lib/tpm/call.h \
	lib/tpm/clock.c lib/tpm/clock.h \
	lib/tpm/context.c lib/tpm/context.h \
	lib/tpm/ek.c lib/tpm/ek.h \
	lib/tpm/handle.c lib/tpm/handle.h \
	lib/tpm/nitrotpm.c lib/tpm/nitrotpm.h \
	lib/tpm/nvbuffer.c lib/tpm/nvbuffer.h \
	lib/tpm/object.c lib/tpm/object.h \
	lib/tpm/pcr.c lib/tpm/pcr.h \
	lib/tpm/pcr_extend.c lib/tpm/pcr_extend.h \
	lib/tpm/properties.c lib/tpm/properties.h \
	lib/tpm/quote_make.c lib/tpm/quote_make.h \
	lib/tpm/vendor.c lib/tpm/vendor.h
libattest_tpm_la_CPPFLAGS = $(AM_CPPFLAGS) $(TSS_CFLAGS) $(OPENSSL_CFLAGS)
libattest_tpm_la_LIBADD = libattest-core.la $(TSS_LIBS)

# lib/base/tls.c is here because it alone needs libssl, which libattest does without.
libattest_aws_la_SOURCES = \
	lib/aws/arn.c lib/aws/arn.h \
	lib/aws/call.c lib/aws/call.h \
	lib/aws/clock.h \
	lib/aws/cms.c lib/aws/cms.h \
	lib/aws/container.c lib/aws/container.h \
	lib/aws/credentials.c lib/aws/credentials.h lib/aws/credentials_read.h \
	lib/aws/credentials_source.c \
	lib/aws/endpoint.c lib/aws/endpoint.h \
	lib/aws/errorbody.c lib/aws/errorbody.h \
	lib/aws/http.c lib/aws/http.h \
	lib/aws/http_address.c lib/aws/http_address.h \
	lib/aws/imds.c lib/aws/imds.h \
	lib/aws/kms.c lib/aws/kms.h \
	lib/aws/kms_fault.c lib/aws/kms_fault.h \
	lib/aws/kms_wire.c lib/aws/kms_wire.h \
	lib/aws/message.c lib/aws/message.h \
	lib/aws/pair.h \
	lib/aws/retry.c lib/aws/retry.h \
	lib/aws/s3.c lib/aws/s3.h \
	lib/aws/sigv4.c lib/aws/sigv4.h \
	lib/aws/sigv4_canonical.c lib/aws/sigv4_canonical.h \
	lib/base/tls.c lib/base/tls.h
libattest_aws_la_CPPFLAGS = $(AM_CPPFLAGS) $(CURL_CFLAGS) $(SSL_CFLAGS)
libattest_aws_la_LIBADD = libattest-core.la $(CURL_LIBS) $(SSL_LIBS) -lpthread

# Floor 4: stories over several sources.
libattest_flow_la_SOURCES = lib/flow/logfile.c lib/flow/logfile.h
libattest_flow_la_LIBADD = libattest-core.la
