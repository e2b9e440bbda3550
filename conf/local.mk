# SPDX-License-Identifier: Apache-2.0
# The administrator's file: never overwritten, and removed only if it is still ours.
configdir = $(sysconfdir)/attestd

EXTRA_DIST += conf/attestd.conf

install-data-local:
	$(MKDIR_P) "$(DESTDIR)$(configdir)/attestd.conf.d"
	test -e "$(DESTDIR)$(configdir)/attestd.conf" || \
		$(INSTALL_DATA) $(srcdir)/conf/attestd.conf "$(DESTDIR)$(configdir)/attestd.conf"

uninstall-local:
	! cmp -s $(srcdir)/conf/attestd.conf "$(DESTDIR)$(configdir)/attestd.conf" || \
		rm -f "$(DESTDIR)$(configdir)/attestd.conf"
	-rmdir "$(DESTDIR)$(configdir)/attestd.conf.d" "$(DESTDIR)$(configdir)" 2>/dev/null
