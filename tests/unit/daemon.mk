# SPDX-License-Identifier: Apache-2.0
# Unit tests of daemon/ and lib/tpm. Those named *.swtpm talk to a TPM of their own, which under-swtpm starts.
TEST_EXTENSIONS += .swtpm
SWTPM_LOG_DRIVER = $(TAP_DRIVER)
SWTPM_LOG_COMPILER = $(TEST_LIMIT) 300 bash $(top_srcdir)/tests/unit/under-swtpm

EXTRA_DIST += tests/unit/under-swtpm

if HAVE_CMOCKA
DAEMON_UNIT_CPPFLAGS = $(libattestd_la_CPPFLAGS) $(OPENSSL_CFLAGS) $(CMOCKA_CFLAGS)
DAEMON_UNIT_LIBS = libattestd.la $(TSS_LIBS) $(OPENSSL_LIBS) $(CMOCKA_LIBS)

DAEMON_UNIT_TESTS = \
	tests/unit/test_access \
	tests/unit/test_admit \
	tests/unit/test_check_reach \
	tests/unit/test_config \
	tests/unit/test_config_text \
	tests/unit/test_config_value \
	tests/unit/test_deliver \
	tests/unit/test_eventlog_state \
	tests/unit/test_eventlog_worker \
	tests/unit/test_job_queue \
	tests/unit/test_listen \
	tests/unit/test_log \
	tests/unit/test_metrics \
	tests/unit/test_openapi \
	tests/unit/test_options \
	tests/unit/test_owner \
	tests/unit/test_params \
	tests/unit/test_request \
	tests/unit/test_response \
	tests/unit/test_routes \
	tests/unit/test_stop \
	tests/unit/test_thread
SWTPM_UNIT_SOURCES = tests/unit/swtpm.c tests/unit/swtpm.h tests/unit/unit.h
SWTPM_UNIT_TESTS = \
	tests/unit/test_activate.swtpm \
	tests/unit/test_ak.swtpm \
	tests/unit/test_context.swtpm \
	tests/unit/test_ek.swtpm \
	tests/unit/test_handle.swtpm \
	tests/unit/test_nitrotpm.swtpm \
	tests/unit/test_object.swtpm \
	tests/unit/test_pcr.swtpm \
	tests/unit/test_pcr_extend.swtpm \
	tests/unit/test_properties.swtpm \
	tests/unit/test_quote_make.swtpm \
	tests/unit/test_tpm_worker.swtpm \
	tests/unit/test_vendor.swtpm
check_PROGRAMS += $(DAEMON_UNIT_TESTS) $(SWTPM_UNIT_TESTS)
TESTS += $(DAEMON_UNIT_TESTS) $(SWTPM_UNIT_TESTS)

tests_unit_test_access_SOURCES = tests/unit/test_access.c tests/unit/unit.h
tests_unit_test_access_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_access_LDADD = $(DAEMON_UNIT_LIBS)
tests_unit_test_admit_SOURCES = tests/unit/test_admit.c tests/unit/unit.h
tests_unit_test_admit_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_admit_LDADD = $(DAEMON_UNIT_LIBS)
tests_unit_test_config_SOURCES = tests/unit/test_config.c tests/unit/unit.h
tests_unit_test_config_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_config_LDADD = $(DAEMON_UNIT_LIBS)
tests_unit_test_config_value_SOURCES = tests/unit/test_config_value.c tests/unit/unit.h
tests_unit_test_config_value_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_config_value_LDADD = $(DAEMON_UNIT_LIBS)
tests_unit_test_eventlog_state_SOURCES = tests/unit/test_eventlog_state.c tests/unit/unit.h tests/unit/ima_entries.h
tests_unit_test_eventlog_state_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_eventlog_state_LDADD = $(DAEMON_UNIT_LIBS)
tests_unit_test_eventlog_worker_SOURCES = tests/unit/test_eventlog_worker.c tests/unit/unit.h
tests_unit_test_eventlog_worker_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_eventlog_worker_LDADD = $(DAEMON_UNIT_LIBS)
tests_unit_test_listen_SOURCES = tests/unit/test_listen.c tests/unit/unit.h
tests_unit_test_listen_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_listen_LDADD = $(DAEMON_UNIT_LIBS)
tests_unit_test_log_SOURCES = tests/unit/test_log.c tests/unit/unit.h
tests_unit_test_log_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_log_LDADD = $(DAEMON_UNIT_LIBS)
tests_unit_test_metrics_SOURCES = tests/unit/test_metrics.c tests/unit/unit.h tests/unit/requests.h
tests_unit_test_metrics_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_metrics_LDADD = $(DAEMON_UNIT_LIBS)
tests_unit_test_openapi_SOURCES = tests/unit/test_openapi.c tests/unit/unit.h tests/unit/requests.h
tests_unit_test_openapi_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_openapi_LDADD = $(DAEMON_UNIT_LIBS)
tests_unit_test_options_SOURCES = tests/unit/test_options.c tests/unit/unit.h
tests_unit_test_options_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_options_LDADD = $(DAEMON_UNIT_LIBS)
tests_unit_test_owner_SOURCES = tests/unit/test_owner.c tests/unit/unit.h
tests_unit_test_owner_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_owner_LDADD = $(DAEMON_UNIT_LIBS)
tests_unit_test_params_SOURCES = tests/unit/test_params.c tests/unit/unit.h
tests_unit_test_params_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_params_LDADD = $(DAEMON_UNIT_LIBS)
tests_unit_test_request_SOURCES = tests/unit/test_request.c tests/unit/unit.h tests/unit/requests.h
tests_unit_test_request_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_request_LDADD = $(DAEMON_UNIT_LIBS)
tests_unit_test_response_SOURCES = tests/unit/test_response.c tests/unit/unit.h tests/unit/requests.h
tests_unit_test_response_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_response_LDADD = $(DAEMON_UNIT_LIBS)
tests_unit_test_routes_SOURCES = tests/unit/test_routes.c tests/unit/unit.h
tests_unit_test_routes_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_routes_LDADD = $(DAEMON_UNIT_LIBS)
tests_unit_test_job_queue_SOURCES = tests/unit/test_job_queue.c tests/unit/unit.h
tests_unit_test_job_queue_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_job_queue_LDADD = $(DAEMON_UNIT_LIBS)
tests_unit_test_activate_swtpm_SOURCES = tests/unit/test_activate.c $(SWTPM_UNIT_SOURCES)
tests_unit_test_activate_swtpm_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_activate_swtpm_LDADD = $(DAEMON_UNIT_LIBS)
tests_unit_test_ak_swtpm_SOURCES = tests/unit/test_ak.c $(SWTPM_UNIT_SOURCES)
tests_unit_test_ak_swtpm_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_ak_swtpm_LDADD = $(DAEMON_UNIT_LIBS)
tests_unit_test_context_swtpm_SOURCES = tests/unit/test_context.c $(SWTPM_UNIT_SOURCES)
tests_unit_test_context_swtpm_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_context_swtpm_LDADD = $(DAEMON_UNIT_LIBS)
tests_unit_test_ek_swtpm_SOURCES = tests/unit/test_ek.c $(SWTPM_UNIT_SOURCES)
tests_unit_test_ek_swtpm_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_ek_swtpm_LDADD = $(DAEMON_UNIT_LIBS)
tests_unit_test_handle_swtpm_SOURCES = tests/unit/test_handle.c $(SWTPM_UNIT_SOURCES)
tests_unit_test_handle_swtpm_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_handle_swtpm_LDADD = $(DAEMON_UNIT_LIBS)
tests_unit_test_nitrotpm_swtpm_SOURCES = tests/unit/test_nitrotpm.c $(SWTPM_UNIT_SOURCES)
tests_unit_test_nitrotpm_swtpm_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_nitrotpm_swtpm_LDADD = $(DAEMON_UNIT_LIBS)
tests_unit_test_object_swtpm_SOURCES = tests/unit/test_object.c $(SWTPM_UNIT_SOURCES)
tests_unit_test_object_swtpm_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_object_swtpm_LDADD = $(DAEMON_UNIT_LIBS)
tests_unit_test_pcr_swtpm_SOURCES = tests/unit/test_pcr.c $(SWTPM_UNIT_SOURCES)
tests_unit_test_pcr_swtpm_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_pcr_swtpm_LDADD = $(DAEMON_UNIT_LIBS)
tests_unit_test_properties_swtpm_SOURCES = tests/unit/test_properties.c $(SWTPM_UNIT_SOURCES)
tests_unit_test_properties_swtpm_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_properties_swtpm_LDADD = $(DAEMON_UNIT_LIBS)
tests_unit_test_config_text_SOURCES = tests/unit/test_config_text.c tests/unit/unit.h
tests_unit_test_config_text_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_config_text_LDADD = $(DAEMON_UNIT_LIBS)
tests_unit_test_check_reach_SOURCES = tests/unit/test_check_reach.c tests/unit/unit.h
tests_unit_test_check_reach_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_check_reach_LDADD = libattestd-unlock.la $(CMOCKA_LIBS)
tests_unit_test_deliver_SOURCES = tests/unit/test_deliver.c tests/unit/unit.h
tests_unit_test_deliver_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_deliver_LDADD = libattestd-unlock.la $(CMOCKA_LIBS)
tests_unit_test_stop_SOURCES = tests/unit/test_stop.c tests/unit/unit.h
tests_unit_test_stop_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_stop_LDADD = libattestd-unlock.la $(CMOCKA_LIBS)
tests_unit_test_pcr_extend_swtpm_SOURCES = tests/unit/test_pcr_extend.c $(SWTPM_UNIT_SOURCES)
tests_unit_test_pcr_extend_swtpm_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_pcr_extend_swtpm_LDADD = $(DAEMON_UNIT_LIBS)
tests_unit_test_quote_make_swtpm_SOURCES = tests/unit/test_quote_make.c $(SWTPM_UNIT_SOURCES)
tests_unit_test_quote_make_swtpm_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_quote_make_swtpm_LDADD = $(DAEMON_UNIT_LIBS)
tests_unit_test_thread_SOURCES = tests/unit/test_thread.c tests/unit/unit.h
tests_unit_test_thread_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_thread_LDADD = $(DAEMON_UNIT_LIBS)
tests_unit_test_tpm_worker_swtpm_SOURCES = tests/unit/test_tpm_worker.c $(SWTPM_UNIT_SOURCES)
tests_unit_test_tpm_worker_swtpm_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_tpm_worker_swtpm_LDADD = $(DAEMON_UNIT_LIBS)
tests_unit_test_vendor_swtpm_SOURCES = tests/unit/test_vendor.c $(SWTPM_UNIT_SOURCES)
tests_unit_test_vendor_swtpm_CPPFLAGS = $(DAEMON_UNIT_CPPFLAGS)
tests_unit_test_vendor_swtpm_LDADD = $(DAEMON_UNIT_LIBS)
endif
