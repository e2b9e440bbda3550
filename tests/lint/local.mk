# SPDX-License-Identifier: Apache-2.0
# What can be judged by reading: each prints TAP, and skips where its tool is missing.
lints = \
	tests/lint/cppcheck \
	tests/lint/exports \
	tests/lint/floors \
	tests/lint/format \
	tests/lint/headers \
	tests/lint/links \
	tests/lint/man \
	tests/lint/paths \
	tests/lint/shell \
	tests/lint/sizes \
	tests/lint/spdx \
	tests/lint/tidy \
	tests/lint/units
TESTS += $(lints)
EXTRA_DIST += $(lints) tests/lint/tap.sh
