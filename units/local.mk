# SPDX-License-Identifier: Apache-2.0
# What systemd and udev read.
catalogdir = $(prefix)/lib/systemd/catalog

dist_unit_DATA = \
	units/attestd.socket \
	units/attestd-secrets.target \
	units/attestd-tcp.socket \
	units/attestd-unlock-door.socket
nodist_unit_DATA = units/attestd.service units/attestd-unlock.service
dist_sysusers_DATA = units/sysusers.d/attestd.conf
dist_tmpfiles_DATA = units/tmpfiles.d/attestd.conf
dist_udevrules_DATA = units/70-attestd.rules
dist_catalog_DATA = units/attestd.catalog

EXTRA_DIST += units/attestd.service.in units/attestd-unlock.service.in units/attestd-secrets.mount
CLEANFILES += $(nodist_unit_DATA)

FILL_IN = $(AM_V_GEN)$(MKDIR_P) units && $(SED) 's|@sbindir[@]|$(sbindir)|g'

units/attestd.service: units/attestd.service.in Makefile
	$(FILL_IN) $(srcdir)/units/attestd.service.in >$@.tmp && mv $@.tmp $@
units/attestd-unlock.service: units/attestd-unlock.service.in Makefile
	$(FILL_IN) $(srcdir)/units/attestd-unlock.service.in >$@.tmp && mv $@.tmp $@

# Under the name that systemd wants of a mount (systemd-escape --path), which automake can't be told.
SECRETS_MOUNT = '$(DESTDIR)$(unitdir)/run-attestd\x2dsecrets.mount'
.PHONY: install-secrets-mount uninstall-secrets-mount
install-data-local: install-secrets-mount
install-secrets-mount:
	$(MKDIR_P) '$(DESTDIR)$(unitdir)' && $(INSTALL_DATA) $(srcdir)/units/attestd-secrets.mount $(SECRETS_MOUNT)
uninstall-local: uninstall-secrets-mount
uninstall-secrets-mount:
	rm -f $(SECRETS_MOUNT)

# These boot what is installed, under a systemd of its own.
SYSTEMD_TESTS = tests/integration/boot.sh tests/integration/services.sh
# One machine at a time.
tests/integration/services.log: tests/integration/boot.log
TESTS += $(SYSTEMD_TESTS)
EXTRA_DIST += $(SYSTEMD_TESTS) \
	tests/integration/container.sh \
	tests/integration/services_case.py \
	tests/integration/services_inside.py \
	tests/integration/services_probe.py
.PHONY: check-systemd
check-systemd:
	$(MAKE) check TESTS='$(SYSTEMD_TESTS)'
