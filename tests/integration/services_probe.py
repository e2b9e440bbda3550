# SPDX-License-Identifier: Apache-2.0
"""Runs in the place of a service, in its sandbox, and prints what it can reach as a line of JSON."""
import getpass
import glob
import json
import os
import resource
import socket
import subprocess

PLACES = ("/", "/boot", "/dev", "/dev/mqueue", "/dev/shm", "/etc", "/etc/attestd", "/home", "/opt", "/proc/sys/kernel", "/root",
          "/run", "/run/attestd", "/run/attestd-private", "/run/attestd-secrets", "/run/attestd-unlock", "/run/credentials",
          "/run/lock", "/run/systemd/system", "/run/user", "/srv", "/sys/fs/cgroup", "/sys/kernel", "/tmp", "/usr",
          "/usr/local/sbin", "/var", "/var/cache", "/var/lib", "/var/log", "/var/tmp")


def tries(action, *arguments):
    """Whether it works."""
    try:
        action(*arguments)
        return True
    except (OSError, subprocess.SubprocessError):
        return False


def write(folder):
    path = os.path.join(folder, "probe-by-" + getpass.getuser())
    with open(path, "wb") as file:
        file.write(b"x")
    if not folder.endswith("tmp"):
        os.unlink(path)


def give_away(path):
    os.chown(path, os.geteuid(), -1)


def found():
    with open("/proc/self/net/dev", encoding="ascii") as file:
        interfaces = [line.split(":")[0].strip() for line in file.readlines()[2:]]
    with open("/proc/self/status", encoding="ascii") as file:
        status = dict(line.rstrip("\n").split(":\t", 1) for line in file)
    return {
        "tpm": [path for path in sorted(glob.glob("/dev/tpm*")) if tries(open, path, "r+b", 0)],
        "network": {"interfaces": interfaces,
                    "sockets": [name for name in ("AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET", "AF_VSOCK")
                                if tries(socket.socket, getattr(socket, name), socket.SOCK_DGRAM)]},
        "written": [place for place in PLACES if tries(write, place)],
        "given": [path for path in ("/etc/passwd", "/etc/attestd/attestd.conf", "/run/attestd/attestd.sock", "/usr/bin/env",
                                    "/run/systemd") if tries(give_away, path)],
        "secrets": [path for path in ("/run/attestd-secrets", "/run/attestd-secrets/api-key")
                    if tries(os.stat, path) and path.endswith("key")],
        "executed": [path for path in ("/usr/local/bin/attestctl", "/usr/sbin/useradd")
                     if tries(subprocess.run, [path, "--help"])],
        "capabilities": int(status["CapEff"], 16) | int(status["CapBnd"], 16),
        "core": resource.getrlimit(resource.RLIMIT_CORE)[1],
    }


print(json.dumps(found()), flush=True)
