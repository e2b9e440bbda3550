# SPDX-License-Identifier: Apache-2.0
# Programs to learn from; tests/integration/example.py builds and runs what is installed here.
examplesdir = $(docdir)/examples
dist_examples_DATA = docs/examples/verify.c

# Workloads that need secrets; tests/integration/services.sh starts them.
unitexamplesdir = $(docdir)/examples/units
dist_unitexamples_DATA = \
	docs/examples/units/alert@.service \
	docs/examples/units/app-credential.service \
	docs/examples/units/app-file.service \
	docs/examples/units/crypttab \
	docs/examples/units/data-volume.service \
	docs/examples/units/failure.conf \
	docs/examples/units/var-lib-app.mount
