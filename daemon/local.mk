# SPDX-License-Identifier: Apache-2.0
# Floor 5: the programs. Only they log, read configuration, listen and exit.
noinst_LTLIBRARIES += libattestd.la libattestd-service.la

# What the two services have in common: configuration, log, and notification. No TPM software, no HTTP.
libattestd_service_la_SOURCES = \
	daemon/access.c daemon/access.h \
	daemon/config.c daemon/config.h daemon/config.def \
	daemon/config_secret.c daemon/config_secret.h daemon/secret.def \
	daemon/config_secret_value.c \
	daemon/config_text.c daemon/config_text.h \
	daemon/config_value.c daemon/config_value.h \
	daemon/log.c daemon/log.h daemon/log.def \
	daemon/notify.c daemon/notify.h
libattestd_service_la_CPPFLAGS = $(AM_CPPFLAGS) -DSYSCONFDIR='"$(sysconfdir)"' $(TSS_CFLAGS) $(SYSTEMD_CFLAGS)
libattestd_service_la_LIBADD = libattest-core.la $(SYSTEMD_LIBS)

# All of attestd but main, so that tests can link it.
libattestd_la_SOURCES = \
	daemon/admit.c daemon/admit.h \
	daemon/api_ak.c \
	daemon/api_document.c \
	daemon/api_eventlog.c \
	daemon/api_evidence.c \
	daemon/api_pcrs.c \
	daemon/api_status.c \
	daemon/api_unlock.c \
	daemon/clock.h \
	daemon/connections.c daemon/connections.h \
	daemon/endorsement.c daemon/endorsement.h \
	daemon/endorser.c daemon/endorser.h \
	daemon/eventlog_source.c daemon/eventlog_source.h \
	daemon/eventlog_state.c daemon/eventlog_state.h \
	daemon/eventlog_stream.c daemon/eventlog_stream.h \
	daemon/eventlog_worker.c daemon/eventlog_worker.h \
	daemon/http.c daemon/http.h \
	daemon/job_queue.c daemon/job_queue.h \
	daemon/listen.c daemon/listen.h \
	daemon/metrics.c daemon/metrics.h \
	daemon/openapi.c \
	daemon/openers.c daemon/openers.h \
	daemon/options.c daemon/options.h \
	daemon/owner.c daemon/owner.h \
	daemon/params.c daemon/params.h \
	daemon/request.c daemon/request.h \
	daemon/response.c daemon/response.h \
	daemon/routes.c daemon/routes.h \
	daemon/server.c daemon/server.h \
	daemon/unlock_status.c daemon/unlock_status.h \
	daemon/thread.c daemon/thread.h \
	daemon/tpm_document.c daemon/tpm_document.h \
	daemon/tpm_session.c daemon/tpm_session.h \
	daemon/tpm_supervise.c \
	daemon/tpm_worker.c daemon/tpm_worker.h daemon/tpm_worker_shared.h
libattestd_la_CPPFLAGS = $(AM_CPPFLAGS) -DSYSCONFDIR='"$(sysconfdir)"' $(TSS_CFLAGS) $(MHD_CFLAGS) $(SYSTEMD_CFLAGS)
libattestd_la_LIBADD = libattestd-service.la libattest-tpm.la libattest-flow.la libattest-core.la $(MHD_LIBS) $(SYSTEMD_LIBS) -lpthread

sbin_PROGRAMS += attestd
attestd_SOURCES = daemon/attestd.c
attestd_CPPFLAGS = $(libattestd_la_CPPFLAGS)
attestd_LDADD = libattestd.la

include daemon/ctl/local.mk
include daemon/unlock/local.mk
