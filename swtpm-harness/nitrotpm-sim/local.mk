# SPDX-License-Identifier: Apache-2.0
# The simulator of a NitroTPM (--enable-simulators): for test machines only, and no part of lib/. All but main is a
# library, which the fuzz targets link.
if SIMULATORS
noinst_LTLIBRARIES += libnitrotpm-sim.la
libnitrotpm_sim_la_SOURCES = \
	swtpm-harness/nitrotpm-sim/address.c swtpm-harness/nitrotpm-sim/address.h \
	swtpm-harness/nitrotpm-sim/ca.c swtpm-harness/nitrotpm-sim/ca.h \
	swtpm-harness/nitrotpm-sim/ca_levels.c swtpm-harness/nitrotpm-sim/ca_levels.h \
	swtpm-harness/nitrotpm-sim/capability.c swtpm-harness/nitrotpm-sim/capability.h \
	swtpm-harness/nitrotpm-sim/cbor.c swtpm-harness/nitrotpm-sim/cbor.h \
	swtpm-harness/nitrotpm-sim/certificate.c swtpm-harness/nitrotpm-sim/certificate.h \
	swtpm-harness/nitrotpm-sim/channel.c swtpm-harness/nitrotpm-sim/channel.h \
	swtpm-harness/nitrotpm-sim/clock.h \
	swtpm-harness/nitrotpm-sim/codes.h \
	swtpm-harness/nitrotpm-sim/command.c swtpm-harness/nitrotpm-sim/command.h \
	swtpm-harness/nitrotpm-sim/connection.c swtpm-harness/nitrotpm-sim/connection.h \
	swtpm-harness/nitrotpm-sim/console.c swtpm-harness/nitrotpm-sim/console.h \
	swtpm-harness/nitrotpm-sim/counts.c swtpm-harness/nitrotpm-sim/counts.h \
	swtpm-harness/nitrotpm-sim/document.c swtpm-harness/nitrotpm-sim/document.h \
	swtpm-harness/nitrotpm-sim/faults.c swtpm-harness/nitrotpm-sim/faults.h \
	swtpm-harness/nitrotpm-sim/nsm.c swtpm-harness/nitrotpm-sim/nsm.h \
	swtpm-harness/nitrotpm-sim/nv.c swtpm-harness/nitrotpm-sim/nv.h \
	swtpm-harness/nitrotpm-sim/nv_public.c swtpm-harness/nitrotpm-sim/nv_public.h \
	swtpm-harness/nitrotpm-sim/nv_store.c swtpm-harness/nitrotpm-sim/nv_store.h \
	swtpm-harness/nitrotpm-sim/options.c swtpm-harness/nitrotpm-sim/options.h \
	swtpm-harness/nitrotpm-sim/pcr.c swtpm-harness/nitrotpm-sim/pcr.h \
	swtpm-harness/nitrotpm-sim/server.c swtpm-harness/nitrotpm-sim/server.h \
	swtpm-harness/nitrotpm-sim/signals.c swtpm-harness/nitrotpm-sim/signals.h \
	swtpm-harness/nitrotpm-sim/state.c swtpm-harness/nitrotpm-sim/state.h \
	swtpm-harness/nitrotpm-sim/swtpm.c swtpm-harness/nitrotpm-sim/swtpm.h \
	swtpm-harness/nitrotpm-sim/tpm.c swtpm-harness/nitrotpm-sim/tpm.h \
	swtpm-harness/nitrotpm-sim/vendor.c swtpm-harness/nitrotpm-sim/vendor.h
libnitrotpm_sim_la_CPPFLAGS = $(AM_CPPFLAGS) $(OPENSSL_CFLAGS)
libnitrotpm_sim_la_LIBADD = libattest-core.la $(OPENSSL_LIBS)

bin_PROGRAMS += nitrotpm-sim
nitrotpm_sim_SOURCES = swtpm-harness/nitrotpm-sim/nitrotpm_sim.c
nitrotpm_sim_CPPFLAGS = $(libnitrotpm_sim_la_CPPFLAGS)
nitrotpm_sim_LDADD = libnitrotpm-sim.la

dist_man_MANS += man/nitrotpm-sim.1
else
EXTRA_DIST += man/nitrotpm-sim.1
endif
