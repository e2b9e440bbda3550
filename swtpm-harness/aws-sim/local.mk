# SPDX-License-Identifier: Apache-2.0
# AWS's services as tests need them: Python that runs from where it lies, here or where --enable-simulators has it
# installed, with the command beside the other simulator's.
AWS_SIM_MODULES = \
	swtpm-harness/aws-sim/certificates.py \
	swtpm-harness/aws-sim/cms.py \
	swtpm-harness/aws-sim/condition.py \
	swtpm-harness/aws-sim/control.py \
	swtpm-harness/aws-sim/credentials.py \
	swtpm-harness/aws-sim/document.py \
	swtpm-harness/aws-sim/faults.py \
	swtpm-harness/aws-sim/http_server.py \
	swtpm-harness/aws-sim/imds.py \
	swtpm-harness/aws-sim/keys.py \
	swtpm-harness/aws-sim/kms.py \
	swtpm-harness/aws-sim/main.py \
	swtpm-harness/aws-sim/policy.py \
	swtpm-harness/aws-sim/request_log.py \
	swtpm-harness/aws-sim/run.py \
	swtpm-harness/aws-sim/s3.py \
	swtpm-harness/aws-sim/settings.py \
	swtpm-harness/aws-sim/sigv4.py
EXTRA_DIST += swtpm-harness/aws-sim/aws-sim $(AWS_SIM_MODULES)

if SIMULATORS
awssimdir = $(pkglibexecdir)/aws-sim
awssim_DATA = $(AWS_SIM_MODULES)
awssim_SCRIPTS = swtpm-harness/aws-sim/aws-sim

# It finds its modules behind the link.
install-exec-hook:
	$(MKDIR_P) '$(DESTDIR)$(bindir)'
	ln -sf '$(awssimdir)/aws-sim' '$(DESTDIR)$(bindir)/aws-sim'
uninstall-hook:
	rm -f '$(DESTDIR)$(bindir)/aws-sim'
endif
