#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# services.sh [CASE]...: do the units do together what they promise? services_inside.py finds out, in a container with all of
# them, a simulated NitroTPM and a simulated AWS.
. "$(dirname "$0")/container.sh"

# outside CASES
outside() {
	make_container
	install -D -m 0644 -t "$work/root/usr/local/lib/systemd/system" "$top"/docs/examples/units/app-*.service \
		"$top/docs/examples/units/alert@.service"
	install -D -m 0644 -t "$work/root/etc/systemd/system/attestd-unlock.service.d" "$top/docs/examples/units/failure.conf"
	# A machine that may not raise limits, for the container; not what runs in its place to look at the sandbox.
	(ulimit -l unlimited) 2>/dev/null || printf '[Service]\nAmbientCapabilities=CAP_IPC_LOCK\nCapabilityBoundingSet=CAP_IPC_LOCK\n' \
		>"$work/root/etc/systemd/system/attestd-unlock.service.d/limit.conf"
	printf '#!/bin/sh\necho "told of $1"\n' >"$work/root/usr/local/bin/alert"
	chmod 755 "$work/root/usr/local/bin/alert"
	prepare_root "/usr/bin/python3 -B /test/tests/integration/tap.py /test/tests/integration/services_inside.py $1"
	boot 280
}

case ${1-} in
--outside) work=$2 && outside "$3" ;;
*)
	need swtpm swtpm_setup python3 unshare
	[ -x nitrotpm-sim ] || skip_all "not built with --enable-simulators"
	need_container
	unshare --mount --propagation private bash "$0" --outside "$work" "$*"
	;;
esac
