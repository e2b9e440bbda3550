# SPDX-License-Identifier: Apache-2.0
# Programs to learn from; tests/integration/example.py builds and runs what is installed here.
examplesdir = $(docdir)/examples
dist_examples_DATA = docs/examples/verify.c
