# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# A machine to boot what is installed on: a container (systemd-nspawn) over a copy-on-write view of this machine. Sourced;
# the script that does so runs itself again: with --outside FOLDER where it may mount, and with --inside in the container.
. "$(dirname "${BASH_SOURCE[0]}")/../lint/tap.sh"
: "${work:=}" # the folder of this run
sockets=(attestd.socket attestd-tcp.socket attestd-unlock-door.socket)

need_container() {
	[ "${ATTESTD_CONTAINERS:-yes}" = yes ] || skip_all "ATTESTD_CONTAINERS says no: make check-systemd runs these"
	need systemd-nspawn systemd-sysusers curl setpriv make
	[ "$(id -u)" -eq 0 ] || skip_all "not root"
	[ -x attestd ] && [ -f Makefile ] || skip_all "nothing is built here"
	! readelf -d attestd | grep -q 'lib[au][bs]*san' || skip_all "built with sanitizers, which the sandbox does not let work"
	unshare --mount true 2>/dev/null || skip_all "mounting is not allowed here"
	work=$(mktemp -d /var/tmp/attestd-boot.XXXXXX)
	trap 'rm -rf "$work"' EXIT
}

# The container's root: this machine, with everything written going to a place that vanishes.
mount_root() {
	mount -t tmpfs tmpfs "$work/over" &&
		mkdir "$work/over/upper" "$work/over/work" &&
		mount -t overlay overlay -o "lowerdir=/,upperdir=$work/over/upper,workdir=$work/over/work" "$work/root"
}

unmount_all() {
	umount "$work/root" "$work/over" 2>/dev/null || true
	rm -rf "$work"
}

# What make install does, whatever prefix this build has.
install_into_root() {
	local root=$work/root units=/usr/local/lib/systemd/system sbindir
	sbindir=$(sed -n 's|^ExecStart=\(.*\)/attestd$|\1|p' units/attestd.service)
	rm -rf "$root"/etc/systemd/system/*.wants "$root"/var/lib/systemd/linger/* "$root"/var/log/journal "$root/etc/attestd"
	make --no-print-directory DESTDIR="$root" prefix=/usr/local sysconfdir=/etc unitdir="$units" \
		sysusersdir=/usr/lib/sysusers.d tmpfilesdir=/usr/lib/tmpfiles.d catalogdir=/usr/lib/systemd/catalog \
		install-sbinPROGRAMS install-binPROGRAMS install-data-local install-dist_unitDATA install-nodist_unitDATA \
		install-dist_sysusersDATA install-dist_tmpfilesDATA install-dist_catalogDATA >"$work/install.log" 2>&1
	sed -i -e "s|$sbindir/|/usr/local/sbin/|g" \
		-e 's|^\(Exec[SR][a-z]*=/usr/local/sbin/[^ ]*\)|\1 --config /etc/attestd/attestd.conf|' \
		"$root$units/attestd.service" "$root$units/attestd-unlock.service"
	systemd-sysusers --root="$root" attestd.conf 2>>"$work/install.log"
}

# prepare_root COMMAND: what an administrator does, and a unit that runs the command once the doors are open, and then ends
# the container. The rest of what this machine starts at boot does not matter here.
prepare_root() {
	local root=$work/root unit
	cat >"$root/etc/systemd/system/probe.service" <<-UNIT
		[Unit]
		After=multi-user.target ${sockets[*]}
		[Service]
		Type=oneshot
		Environment=PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin
		ExecStart=/bin/bash -c '$1 >/results/tap 2>/results/errors; journalctl --quiet --no-pager >/results/journal; systemctl exit 0'
		[Install]
		WantedBy=multi-user.target
	UNIT
	for unit in "${sockets[@]}" probe.service; do
		systemctl --quiet --root="$root" enable "$unit" 2>>"$work/install.log"
	done
	ln -sfn /lib/systemd/system/multi-user.target "$root/etc/systemd/system/default.target"
}

# container SECONDS OPTION... Without the capability, nspawn lets nobody lock memory.
container() {
	SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 timeout --kill-after=10 "$1" systemd-nspawn --quiet --directory="$work/root" \
		--register=no --keep-unit --private-network --console=pipe --link-journal=no --machine=attestd-test --capability=CAP_IPC_LOCK \
		"${@:2}" </dev/null >"$work/nspawn.log" 2>&1
}

# make_container: or the script is skipped
make_container() {
	mkdir "$work/over" "$work/root" "$work/results"
	trap unmount_all EXIT
	mount_root 2>/dev/null || skip_all "no overlay of / can be mounted here"
	container 60 true || skip_all "systemd-nspawn does not work here"
	install_into_root
}

# boot SECONDS OPTION...: shows what the command found; where that is wrong, with the journal.
boot() {
	container "$1" --boot --bind="$work/results:/results" --bind-ro="$top:/test" "${@:2}" || true
	cat "$work/results/tap" 2>/dev/null || {
		sed 's/^/# /' "$work/nspawn.log" "$work/results/errors" 2>/dev/null || true
		echo "Bail out! the container did not come up"
		exit 1
	}
	sed 's/^/# /' "$work/results/errors"
	! grep -q '^not ok' "$work/results/tap" || sed 's/^/# /' "$work/results/journal" 2>/dev/null || true
}
