#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Does what is installed come up, and work inside its sandbox, under a systemd of its own? A container is booted
# (systemd-nspawn) over a copy-on-write view of this machine, with a software TPM behind a socket.
. "$(dirname "$0")/container.sh"

inside() {
	local socket=/run/attestd/attestd.sock pid

	# Times out by itself, tells the HTTP status.
	ask() {
		curl --silent --max-time 20 --output /dev/null --write-out '%{http_code}' "$@"
	}
	# equal NAME EXPECTED FOUND
	equal() {
		result "$([ "$2" = "$3" ] && echo 0 || echo 1)" "$1" "expected $2, found $3"
	}
	state() {
		systemctl is-active "$1" || true
	}
	main_pid() {
		systemctl show --property=MainPID --value attestd
	}
	as() {
		setpriv --reuid="$1" --regid="$(id -g "$1")" --clear-groups "${@:2}"
	}
	# within SECONDS COMMAND...: until it succeeds
	within() {
		local end=$((SECONDS + $1))
		until "${@:2}"; do
			[ "$SECONDS" -lt "$end" ] || return 1
			sleep 0.2
		done
	}
	serves() {
		[ "$(ask --unix-socket "$socket" http://localhost/v1/health)" = 200 ]
	}
	event() {
		journalctl --sync
		journalctl --quiet --unit=attestd --output=cat "ATTESTD_EVENT=$1" | grep -q .
	}
	process_status() {
		sed -n "s/^$1:[[:space:]]*//p" "/proc/$pid/status"
	}

	# What a kernel and systemd with measurements leave: root's alone, and in the places where attestd.service looks.
	if mount -t tmpfs tmpfs /sys/kernel/security 2>/tmp/mount.log; then
		mkdir -p /sys/kernel/security/tpm0 /run/log/systemd
		mkdir /tmp/logs
		PYTHONPATH=/test/tests/integration /usr/bin/python3 -B -c 'import eventlogs; eventlogs.Machine("/tmp/logs").boot()'
		install -m 0440 /tmp/logs/firmware /sys/kernel/security/tpm0/binary_bios_measurements
		install -m 0600 /dev/null /run/log/systemd/tpm2-measure.log
		equal "before attestd was started its user can't read the log" 1 \
			"$(as attestd cat /sys/kernel/security/tpm0/binary_bios_measurements >/dev/null 2>&1; echo $?)"
	else
		sed 's/^/# /' /tmp/mount.log
	fi

	equal "attestd.socket listens" active "$(state attestd.socket)"
	equal "attestd-tcp.socket listens" active "$(state attestd-tcp.socket)"
	equal "attestd-unlock-door.socket listens" active "$(state attestd-unlock-door.socket)"
	equal "attestd waits for somebody to ask" inactive "$(state attestd)"
	equal "the public door: mode and owner" "666 root root" "$(stat -c '%a %U %G' "$socket")"
	equal "the unlock door's directory" "700 attestd-unlock" "$(stat -c '%a %U' /run/attestd-private)"
	equal "the unlock door" "600 attestd-unlock" "$(stat -c '%a %U' /run/attestd-private/unlock.sock)"

	equal "the first request starts attestd, and is answered" 200 "$(ask --unix-socket "$socket" http://localhost/v1/health)"
	equal "attestd runs" active "$(state attestd)"
	equal "anybody gets a quote" 200 \
		"$(as nobody curl -s -m 20 -o /tmp/quote.json -w '%{http_code}' --unix-socket "$socket" \
			"http://localhost/v1/quote?nonce=$(printf '%064d' 7)")"
	attestctl ak -o /tmp/ak.pem >/tmp/ak.txt
	check "and it holds" attestctl verify quote --ak /tmp/ak.pem --nonce "$(printf '%064d' 7)" /tmp/quote.json
	equal "TCP on 127.0.0.1" 200 "$(ask -H 'Content-Type: application/json' -d '{}' http://127.0.0.1:8550/v1/pcrs)"
	[ ! -e /proc/net/if_inet6 ] ||
		equal "TCP on [::1]" 200 "$(ask -H 'Content-Type: application/json' -d '{}' 'http://[::1]:8550/v1/pcrs')"
	equal "the unlock door, for attestd-unlock" 200 \
		"$(as attestd-unlock curl -s -m 20 -o /dev/null -w '%{http_code}' \
			--unix-socket /run/attestd-private/unlock.sock http://localhost/v1/health)"
	equal "the unlock door, for nobody else" 000 \
		"$(as nobody curl -s -m 20 -o /dev/null -w '%{http_code}' \
			--unix-socket /run/attestd-private/unlock.sock http://localhost/v1/health || true)"

	pid=$(main_pid)
	equal "it runs as attestd" "$(id -u attestd)" "$(process_status Uid | cut -f 1)"
	equal "with the TPM's group" "$(getent group attestd-tpm | cut -d : -f 3)" \
		"$(process_status Groups | tr ' ' '\n' | grep -x "$(getent group attestd-tpm | cut -d : -f 3)")"
	equal "without capabilities" "0000000000000000 0000000000000000" \
		"$(process_status CapEff) $(process_status CapBnd)"
	equal "with a system call filter and no way to new privileges" "2 1" \
		"$(process_status Seccomp) $(process_status NoNewPrivs)"
	equal "with no network but an empty lo of its own" "lo:" \
		"$(awk 'NR > 2 { print $1 }' "/proc/$pid/net/dev" | tr '\n' ' ' | sed 's/ $//')"
	result "$([ "$(readlink "/proc/$pid/ns/net")" != "$(readlink /proc/1/ns/net)" ] && echo 0 || echo 1)" \
		"in a network namespace of its own"
	equal "nothing below / is writable for it" "" \
		"$(awk '$5 ~ /^\/(usr|etc|var|boot|home|root|)$/ && $6 !~ /^ro/ { print $5 }' "/proc/$pid/mountinfo")"
	check "the journal has its start, with structured fields" event STARTED

	log=/sys/kernel/security/tpm0/binary_bios_measurements
	if [ -e "$log" ]; then
		equal "the firmware's log: given to the group, for reading" "440 root attestd" "$(stat -c '%a %U %G' "$log")"
		equal "a process of another user can't read it" 1 "$(as nobody cat "$log" >/dev/null 2>&1; echo $?)"
		equal "attestd's can, though it has no capability" 0 \
			"$(setpriv --reuid=attestd --regid=attestd --clear-groups --bounding-set=-all --inh-caps=-all cat "$log" >/tmp/log 2>/dev/null; echo $?)"
		equal "attestd serves it" 200 "$(curl -s -m 20 -o /tmp/served -w '%{http_code}' --unix-socket "$socket" \
			'http://localhost/v1/eventlog?format=raw')"
		check "byte for byte" cmp "$log" /tmp/served
		equal "its groups are its own and the TPM's" \
			"$(printf '%s\n' "$(getent group attestd | cut -d : -f 3)" "$(getent group attestd-tpm | cut -d : -f 3)" | sort -n | tr '\n' ' ')" \
			"$(process_status Groups | tr ' ' '\n' | grep . | cat - <(process_status Gid | cut -f 1) | sort -nu | tr '\n' ' ')"
		equal "systemd's log keeps its mode, but for the group" "640 root attestd" \
			"$(stat -c '%a %U %G' /run/log/systemd/tpm2-measure.log)"
		equal "attestd has read it" 200 "$(ask --unix-socket "$socket" 'http://localhost/v1/eventlog?log=userspace')"
		equal "there is no IMA log here" 404 "$(ask --unix-socket "$socket" 'http://localhost/v1/eventlog?log=ima')"
	else
		result 0 "the firmware's log # SKIP no place for one could be mounted"
	fi

	printf '[access]\nek = user:nobody\n' >/etc/attestd/attestd.conf.d/test.conf
	check "systemctl reload" systemctl reload attestd
	check "the journal has the reload" within 5 event CONFIG_RELOADED
	equal "[access]: root is not on the list" 403 "$(ask --unix-socket "$socket" http://localhost/v1/ek)"
	equal "[access]: nobody is, and is known through the sandbox" 200 \
		"$(as nobody curl -s -m 20 -o /dev/null -w '%{http_code}' --unix-socket "$socket" http://localhost/v1/ek)"

	kill -KILL "$(main_pid)"
	check "killed, it comes back by itself" within 10 serves
	systemctl stop attestd-tcp.socket attestd.socket attestd-unlock-door.socket
	SECONDS=0
	systemctl stop attestd
	result "$([ "$SECONDS" -le 2 ] && echo 0 || echo 1)" "it stops within two seconds" "$SECONDS s"
	equal "ending well" success "$(systemctl show --property=Result --value attestd)"

	systemctl mask --quiet attestd-tcp.socket
	check "with TCP masked, systemctl start attestd" systemctl start attestd
	check "brings up the public door" serves
	equal "the unlock door too" active "$(state attestd-unlock-door.socket)"
	equal "and nothing on TCP" 000 "$(ask http://127.0.0.1:8550/v1/health || true)"

	mkdir -p /run/systemd/system/attestd.service.d
	printf '[Service]\nWatchdogSec=2s\n' >/run/systemd/system/attestd.service.d/watchdog.conf
	systemctl daemon-reload
	systemctl restart attestd
	pid=$(main_pid)
	kill -STOP "$pid"
	check "one that hangs is replaced by the watchdog" within 15 eval '[ "$(main_pid)" != "$pid" ] && serves'

	echo nonsense >/etc/attestd/attestd.conf.d/test.conf
	systemctl restart attestd 2>/dev/null || true
	sleep 3
	equal "a wrong configuration fails the unit once, without trying again" "failed 2 0" \
		"$(state attestd) $(systemctl show --property=ExecMainStatus --value attestd) $(systemctl show --property=NRestarts --value attestd)"
	finish
}

# ---- Outside ----

outside() {
	local tpm=${ATTESTD_TCTI#swtpm:path=}
	make_container
	prepare_root '/test/tests/integration/boot.sh --inside'
	printf '[tpm]\ntcti = swtpm:path=/tpm/%s\n' "$(basename "$tpm")" >"$work/root/etc/attestd/attestd.conf.d/tpm.conf"
	chmod a+rx "$(dirname "$tpm")"
	chmod a+rw "$tpm" "$tpm.ctrl" # the container's attestd is not root
	boot 150 --bind="$(dirname "$tpm"):/tpm"
}

case ${1-} in
--inside) inside ;;
--outside) work=$2 && outside ;;
*)
	need swtpm
	need_container
	"$top/swtpm-harness/with-swtpm" --timeout 240 -- unshare --mount --propagation private bash "$0" --outside "$work"
	;;
esac
