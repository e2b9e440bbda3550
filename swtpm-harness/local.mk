# SPDX-License-Identifier: Apache-2.0
EXTRA_DIST += \
	swtpm-harness/demo \
	swtpm-harness/README.md \
	swtpm-harness/multiplexer.py \
	swtpm-harness/story/boot.py \
	swtpm-harness/story/key.py \
	swtpm-harness/story/seal.py \
	swtpm-harness/story/workload \
	swtpm-harness/swtpm_harness.py \
	swtpm-harness/with-swtpm

include swtpm-harness/nitrotpm-sim/local.mk
include swtpm-harness/aws-sim/local.mk
