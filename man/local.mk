# SPDX-License-Identifier: Apache-2.0
dist_man_MANS = \
	man/attestctl.1 \
	man/attestd-api.7 \
	man/attestd.8 \
	man/attestd-unlock.8 \
	man/attestd.conf.5 \
	man/libattest.3
