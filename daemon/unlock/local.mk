# SPDX-License-Identifier: Apache-2.0
# attestd-unlock: secrets, once they are in the right hands. No TPM software and no HTTP server.
noinst_LTLIBRARIES += libattestd-unlock.la

# All of it but main, so that tests can link it.
libattestd_unlock_la_SOURCES = \
	daemon/unlock/ask.c daemon/unlock/ask.h \
	daemon/unlock/attestd.c daemon/unlock/attestd.h \
	daemon/unlock/cap.c daemon/unlock/cap.h \
	daemon/unlock/check.c daemon/unlock/check.h \
	daemon/unlock/check_online.c daemon/unlock/check_online.h \
	daemon/unlock/check_reach.c daemon/unlock/check_reach.h \
	daemon/unlock/clock.c daemon/unlock/clock.h \
	daemon/unlock/decrypt.c daemon/unlock/decrypt.h \
	daemon/unlock/deliver.c daemon/unlock/deliver.h \
	daemon/unlock/environment.c daemon/unlock/environment.h \
	daemon/unlock/fetch.c daemon/unlock/fetch.h \
	daemon/unlock/job.c daemon/unlock/job.h \
	daemon/unlock/job_open.c \
	daemon/unlock/lockdown.c daemon/unlock/lockdown.h \
	daemon/unlock/mount.c daemon/unlock/mount.h \
	daemon/unlock/options.c daemon/unlock/options.h \
	daemon/unlock/plan.c daemon/unlock/plan.h \
	daemon/unlock/report.c daemon/unlock/report.h \
	daemon/unlock/run.c daemon/unlock/run.h \
	daemon/unlock/stop.c daemon/unlock/stop.h
libattestd_unlock_la_CPPFLAGS = $(libattestd_service_la_CPPFLAGS)
libattestd_unlock_la_LIBADD = libattestd-service.la libattest-aws.la libattest-core.la -lpthread

sbin_PROGRAMS += attestd-unlock
attestd_unlock_SOURCES = daemon/unlock/attestd-unlock.c
attestd_unlock_CPPFLAGS = $(libattestd_unlock_la_CPPFLAGS)
attestd_unlock_LDADD = libattestd-unlock.la
