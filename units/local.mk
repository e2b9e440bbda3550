# SPDX-License-Identifier: Apache-2.0
# What systemd and udev read.
catalogdir = $(prefix)/lib/systemd/catalog

dist_unit_DATA = \
	units/attestd.socket \
	units/attestd-tcp.socket \
	units/attestd-unlock-door.socket
nodist_unit_DATA = units/attestd.service
dist_sysusers_DATA = units/sysusers.d/attestd.conf
dist_tmpfiles_DATA = units/tmpfiles.d/attestd.conf
dist_udevrules_DATA = units/70-attestd.rules
dist_catalog_DATA = units/attestd.catalog

EXTRA_DIST += units/attestd.service.in
CLEANFILES += units/attestd.service

units/attestd.service: units/attestd.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) units && \
		$(SED) 's|@sbindir[@]|$(sbindir)|g' $(srcdir)/units/attestd.service.in >$@.tmp && mv $@.tmp $@

# Boots what is installed, under a systemd of its own.
TESTS += tests/integration/boot.sh
EXTRA_DIST += tests/integration/boot.sh
