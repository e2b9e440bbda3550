# SPDX-License-Identifier: Apache-2.0
"""`attestctl eventlog`, `verify eventlog` and `verify quote` with logs, before files of all kinds: exit statuses, JSON,
time, memory and terminals."""
import base64
import json
import os
import pty
import shutil
import signal
import stat
import struct
import subprocess
import tempfile
import threading
import time
import unittest

from support import ATTESTCTL, COMMAND_LIMIT, die_with_parent, run, sanitized_program
import logs

BANKS = ("sha256", "sha384")
HOLDS, HOLDS_NOT, WRONG_CALL, FAILED = 0, 1, 2, 3
MEMORY_LIMIT = 64 << 10  # KiB: attestctl itself, and the largest log of the firmware that it holds
SPARSE_SIZE = 2 << 30
ESCAPES = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202eevil"
KEY = b"""-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84z\
V2sxXs7LtkBoN79R9Q==
-----END PUBLIC KEY-----
"""


def peak(process):
    """KiB at most so far, proc(5)."""
    with open(f"/proc/{process.pid}/status", encoding="ascii", errors="replace") as file:
        return next((int(line.split()[1]) for line in file if line.startswith("VmHWM:")), 0)


@unittest.skipUnless(shutil.which(ATTESTCTL), f"{ATTESTCTL} is not there")
class EventlogCtl(unittest.TestCase):
    limit = 120

    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.events = logs.booted(BANKS)
        self.data = logs.write_log(self.events, BANKS)
        self.log = self.write("log", self.data)
        self.registers = logs.Registers(BANKS)
        for event in self.events:
            self.registers.extend(event.pcr, event.digests)
        self.pcrs = self.write("pcrs", json.dumps({"bank": "sha384", "pcrs": self.registers.hex("sha384")}).encode())

    def write(self, name, data):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(data)
        return path

    def bundle(self, **more):
        """A quote bundle that can be read, and does not hold."""
        message = b"\xffTCG\x80\x18" + struct.pack(">HHQIIBQ", 0, 0, 1, 0, 0, 1, 1) + struct.pack(">I", 1)
        message += bytes.fromhex("000b03ffffff") + struct.pack(">H", 32) + bytes(32)
        signature = struct.pack(">HHH", 0x0018, 0x000B, 32) + bytes([1] * 32) + struct.pack(">H", 32) + bytes([1] * 32)
        x = bytes.fromhex("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296")
        y = bytes.fromhex("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")
        public = struct.pack(">HHIHHHHHHH", 0x23, 0xB, 0x50072, 0, 0x10, 0x18, 0xB, 3, 0x10, 32) + x + struct.pack(">H", 32) + y
        bundle = {"type": "tpm2-quote", "nonce": "00", "bank": "sha256", "pcrs": self.registers.hex("sha256"),
                  "quoted": base64.b64encode(message).decode(), "signature": base64.b64encode(signature).decode(),
                  "ak": {"name": "000b" + "00" * 32, "public": base64.b64encode(public).decode(), "pem": KEY.decode()}, **more}
        return self.write("bundle", json.dumps(bundle).encode())

    def commands(self, path, log="firmware"):
        """The three commands, each with that file as the log."""
        option = {"firmware": "--eventlog", "ima": "--ima", "userspace": "--userspace"}[log]
        allow = ("--allow-missing", "key,nonce")
        return (("eventlog", path), ("verify", "eventlog", "--allow-missing", "pcrs", path),
                ("verify", "quote", *allow, option, path, self.bundle()))

    def call(self, *arguments, **more):
        """One run, as text and as JSON: status and object."""
        plain = run(ATTESTCTL, *arguments, check=False, **more)
        done = run(ATTESTCTL, *arguments, "--json", check=False, **more)
        self.assertEqual(plain.returncode, done.returncode, (arguments, plain.stderr, done.stderr))
        self.assertIn(done.returncode, (HOLDS, HOLDS_NOT, WRONG_CALL, FAILED), done.stderr)
        if done.returncode == WRONG_CALL or (arguments[0] == "eventlog" and done.returncode == FAILED and not done.stdout):
            return done.returncode, None
        return done.returncode, json.loads(done.stdout)  # one object, and nothing else

    def test_in_order(self):
        status, shown = self.call("eventlog", self.log)
        self.assertEqual((status, shown["log"], shown["whole"], len(shown["events"])),
                         (HOLDS, "firmware", True, len(self.events) + 1))
        status, verdict = self.call("verify", "eventlog", "--pcrs", self.pcrs, self.log)
        self.assertEqual((status, verdict["verified"], verdict["claims"]["secure_boot"]), (HOLDS, True, True))

    def test_bundle_with_a_log(self):
        """A bundle's own logs count where none is given, and one that is no log is told as that."""
        status, verdict = self.call("verify", "quote", "--allow-missing", "key,nonce",
                                    self.bundle(eventlog=base64.b64encode(self.data).decode()))
        self.assertEqual(status, HOLDS_NOT)
        self.assertLessEqual({"log_form", "log_types", "pcr_0", "pcr_7"}, {check["name"] for check in verdict["checks"]})
        for log in ("", base64.b64encode(b"no log").decode(), "???", 5):
            with self.subTest(log=log):
                status, verdict = self.call("verify", "quote", "--allow-missing", "key,nonce", self.bundle(eventlog=log))
                self.assertIn(status, (HOLDS_NOT, FAILED))
                self.assertIs(verdict["verified"], False)

    def test_standard_input(self):
        for arguments in self.commands("-"):
            with open(self.log, "rb") as file:
                log = file.read()
            with self.subTest(arguments=arguments):
                done = run(ATTESTCTL, *arguments, "--json", check=False, input=log, text=False)
                self.assertEqual(done.returncode, HOLDS_NOT if "quote" in arguments else HOLDS, done.stderr)
                json.loads(done.stdout)

    def test_wrong_calls(self):
        ima = self.write("ima", logs.write_ima([logs.ima_entry("boot_aggregate", bytes(32))]))
        for arguments in (("verify", "eventlog"), ("verify", "eventlog", self.log, self.log),
                          ("verify", "eventlog", "--pcrs", "-", "-"), ("verify", "eventlog", "--ima", "-", "-"),
                          ("verify", "eventlog", "--allow-missing", "key", self.log),
                          ("verify", "eventlog", "--allow-missing", "pcrs,pcrs", self.log),
                          ("verify", "eventlog", "--pcrs", self.pcrs, "--pcrs", self.pcrs, self.log),
                          ("verify", "eventlog", "--policy", self.pcrs, self.log), ("verify", "eventlog", "--ima"),
                          ("verify", "eventlog", "--ima", ima, ima), ("eventlog", "--log", "kernel"),
                          ("eventlog", "--log", "ima", self.log), ("eventlog", "-o", "x", self.log),
                          ("eventlog", "--pcrs", self.pcrs, self.log), ("eventlog", self.log, self.log),
                          ("verify", "quote", "--eventlog", "-", "-"), ("verify", "quote", "--ima", "-", "--eventlog", "-", "x")):
            with self.subTest(arguments=arguments):
                done = run(ATTESTCTL, *arguments, check=False)
                self.assertEqual(done.returncode, WRONG_CALL, done.stdout + done.stderr)
                self.assertTrue(done.stderr.startswith("attestctl: "), done.stderr)

    def test_unreadable(self):
        for path in (os.path.join(self.folder, "absent"), self.folder, self.write("empty", b""), os.devnull, "/proc/self/mem"):
            for log in ("firmware", "ima", "userspace"):
                for arguments in self.commands(path, log):
                    with self.subTest(arguments=arguments):
                        status, shown = self.call(*arguments)
                        self.assertEqual(status, FAILED)
                        if arguments[0] == "verify":
                            self.assertIs(shown["verified"], False)
                            self.assertEqual([check["ok"] for check in shown["checks"]], [False])

    def test_values_that_are_none(self):
        for text in (b"", b"{}", b"[]", b"null", b'{"bank":"sha384"}', b'{"bank":"md5","pcrs":{"0":"00"}}', b"\xff\xfe",
                     b'{"bank":"sha384","pcrs":{"24":"' + b"00" * 48 + b'"}}', b'{"bank":"sha384","pcrs":{"0":"00"}}',
                     b"[" * 100000, b" " * (1 << 20)):
            with self.subTest(text=text[:60]):
                status, shown = self.call("verify", "eventlog", "--pcrs", self.write("none", text), self.log)
                self.assertEqual((status, shown["verified"]), (FAILED, False))

    def test_cut(self):
        """At a hundred places: read as far as it goes, and never believed; each answer is one JSON object."""
        begins = self.begins()
        for size in range(1, len(self.data), 1 + len(self.data) // 100):
            cut = self.write("cut", self.data[:size])
            done = run(ATTESTCTL, "verify", "eventlog", "--json", "--pcrs", self.pcrs, cut, check=False)
            self.assertIn(done.returncode, (HOLDS_NOT, FAILED), (size, done.stderr))
            self.assertIs(json.loads(done.stdout)["verified"], False, size)
            done = run(ATTESTCTL, "eventlog", "--json", cut, check=False)
            self.assertIn(done.returncode, (HOLDS, FAILED), (size, done.stderr))
            if done.stdout:
                rest = self.data[max((at for at in begins if at <= size), default=0):size]
                self.assertEqual(json.loads(done.stdout)["whole"], size >= begins[0] and not rest.strip(b"\0"),
                                 "zeros after the head are padding")

    def begins(self):
        """Where events begin, and where the log ends."""
        return [len(logs.write_log(self.events[:count], BANKS)) for count in range(len(self.events) + 1)]

    def lying(self):
        """The log with one count or length in it too large."""
        begins = self.begins()
        fields = [28, 32 + 24]  # of the head: its size, its count of algorithms
        for begin, end, event in zip(begins, begins[1:], self.events):
            fields += [begin + 8, end - len(event.data) - 4]
        for at in fields:
            for lie in (0xFFFFFFFF, 0x7FFFFFFF, 0x10000, len(self.data)):
                yield self.data[:at] + struct.pack("<I", lie) + self.data[at + 4:]

    def test_garbage(self):
        """Binary rubbish, and a log whose lengths lie."""
        cases = [os.urandom(4096), b"\0" * 4096, b"\xff" * 4096, b"\x1e" * 4096, b"\x1e{" * 2048,
                 b"\x1e" + b"[" * 60000 + b"\n", b"10 " + b"0" * 40 + b" ima-ng sha256:00 /x\n"]
        for number, data in enumerate(cases + list(self.lying())[::3]):
            path = self.write("garbage", data)
            with self.subTest(case=number):
                done = run(ATTESTCTL, "verify", "eventlog", "--json", "--pcrs", self.pcrs, path, check=False)
                self.assertIn(done.returncode, (HOLDS_NOT, FAILED), done.stderr)
                self.assertIs(json.loads(done.stdout)["verified"], False)
                done = run(ATTESTCTL, "eventlog", "--json", path, check=False)
                self.assertIn(done.returncode, (HOLDS, HOLDS_NOT, FAILED), done.stderr)

    def bounded(self, *arguments):
        """It ends, and until then has no more memory than allowed."""
        command = [ATTESTCTL, *arguments]
        highest = 0
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              preexec_fn=die_with_parent) as process:
            deadline = time.monotonic() + COMMAND_LIMIT
            while process.poll() is None:
                highest = max(highest, peak(process))
                if time.monotonic() > deadline:
                    process.kill()
                    self.fail(f"{arguments} does not end")
                time.sleep(0.002)
        if not sanitized_program(ATTESTCTL):
            self.assertLess(highest, MEMORY_LIMIT, arguments)
        return process.returncode

    def test_endless(self):
        """Two gigabytes that are not there, and what never ends."""
        sparse = self.write("sparse", self.data)
        os.truncate(sparse, SPARSE_SIZE)
        for path in (sparse, "/dev/zero", "/dev/urandom"):
            for arguments in self.commands(path):
                with self.subTest(arguments=arguments):
                    self.assertIn(self.bounded(*arguments), (HOLDS_NOT, FAILED))
        for log in ("ima", "userspace"):
            for arguments in self.commands("/dev/zero", log):
                with self.subTest(arguments=arguments):
                    self.assertEqual(self.bounded(*arguments), FAILED)

    def test_long_list(self):
        """A list of the kernel's takes no more memory than one entry."""
        entry = logs.write_ima([logs.ima_entry("/usr/bin/" + "x" * 200, bytes(32))])
        path = self.write("long", entry * 240_000)
        self.assertEqual(self.bounded("verify", "eventlog", "--allow-missing", "pcrs", path), HOLDS)
        if not sanitized_program(ATTESTCTL):
            self.assertGreater(os.path.getsize(path) >> 10, MEMORY_LIMIT, "or nothing was shown")

    def test_slow_writer(self):
        """A pipe whose writer pauses is read to its end; one who never comes is waited for, until a signal."""
        path = os.path.join(self.folder, "pipe")
        os.mkfifo(path)

        def feed():
            with open(path, "wb", buffering=0) as pipe:
                for at in range(0, len(self.data), 1 + len(self.data) // 5):
                    pipe.write(self.data[at:at + 1 + len(self.data) // 5])
                    time.sleep(0.05)

        for arguments in (("verify", "eventlog", "--pcrs", self.pcrs, path), ("eventlog", path)):
            writer = threading.Thread(target=feed)
            writer.start()
            done = run(ATTESTCTL, *arguments, check=False)
            writer.join()
            self.assertEqual(done.returncode, HOLDS, done.stderr)
        with subprocess.Popen([ATTESTCTL, "verify", "eventlog", "--pcrs", self.pcrs, path], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=die_with_parent) as process:
            with open(path, "wb", buffering=0) as pipe:
                pipe.write(self.data[:1000])
                time.sleep(0.3)
                self.assertIsNone(process.poll(), "it waits")
                process.terminate()
                self.assertEqual(process.wait(COMMAND_LIMIT), -signal.SIGTERM)
            self.assertEqual(process.stdout.read(), b"", "no verdict on half a log")

    def test_sticky(self):
        """systemd died between measuring and writing: the log is not whole."""
        path = self.write("userspace", logs.write_userspace([(11, "phase", "enter-initrd")], BANKS))
        arguments = ("verify", "eventlog", "--allow-missing", "pcrs", path)
        self.assertEqual(self.call(*arguments)[0], HOLDS)
        os.chmod(path, os.stat(path).st_mode | stat.S_ISVTX)
        status, verdict = self.call(*arguments)
        self.assertEqual((status, [check["name"] for check in verdict["checks"] if not check["ok"]]),
                         (HOLDS_NOT, ["userspace_form"]))

    def on_terminal(self, *arguments):
        """What a terminal gets."""
        leader, terminal = pty.openpty()
        with subprocess.Popen([ATTESTCTL, *arguments], stdin=terminal, stdout=terminal, stderr=terminal,
                              preexec_fn=die_with_parent) as process:
            os.close(terminal)
            shown = b""
            try:
                while part := os.read(leader, 65536):
                    shown += part
            except OSError:  # the other end is closed
                pass
            os.close(leader)
            process.wait(COMMAND_LIMIT)
        return shown

    def test_terminal(self):
        """Nothing in a log, and no name of a file, tells the terminal what to do."""
        utf16 = ESCAPES.encode("utf-16-le")
        utf8 = ESCAPES.encode()
        hostile = [
            logs.event(0, "EV_S_CRTM_VERSION", utf16 + b"\0\0", BANKS),
            logs.event(7, "EV_EFI_VARIABLE_DRIVER_CONFIG", logs.variable(logs.GLOBAL_VARIABLE, ESCAPES, b"1"), BANKS),
            logs.event(1, "EV_EFI_VARIABLE_BOOT", logs.variable(logs.GLOBAL_VARIABLE, "Boot0001",
                                                                logs.load_option(ESCAPES, ESCAPES)), BANKS),
            logs.event(4, "EV_EFI_BOOT_SERVICES_APPLICATION", logs.image(ESCAPES), BANKS),
            logs.event(5, "EV_EFI_GPT_EVENT", logs.partition_table((ESCAPES,)), BANKS),
            logs.event(4, "EV_EFI_ACTION", utf8, BANKS), logs.event(8, "EV_IPL", utf8 + b"\0", BANKS),
            logs.event(12, "EV_IPL", utf16 + b"\0\0", BANKS), logs.event(9, "EV_EVENT_TAG", b"\x01\0\0\0\x20\0\0\0" + utf8, BANKS),
        ]
        name = "log\x1b[2J\x07\n"
        paths = [self.write(name, logs.write_log(hostile, BANKS)),
                 self.write("ima" + name, logs.write_ima([logs.ima_entry(ESCAPES, bytes(32), "ima-sig"),
                                                          logs.ImaEntry(10, bytes(20), "ima-ng", utf8)])),
                 self.write("userspace" + name, logs.write_userspace([(11, ESCAPES, ESCAPES)], BANKS)),
                 self.write("none" + name, utf8), os.path.join(self.folder, "absent" + name)]
        for path in paths:
            for command in self.commands(path) + (("verify", "eventlog", path, "--pcrs", path),):
                for options in ((), ("--json",)):
                    with self.subTest(path=os.path.basename(path), command=command[:2], options=options):
                        shown = self.on_terminal(*command, *options).replace(b"\r\n", b"\n").decode()
                        self.assertTrue(shown)
                        # Colours are attestctl's own, and nothing else is: CSI digits m.
                        for colour in ("\x1b[0m", "\x1b[1m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[2m", "\x1b[1;31m",
                                       "\x1b[1;32m"):
                            shown = shown.replace(colour, "")
                        wild = [letter for letter in shown if letter != "\n" and
                                (ord(letter) < 32 or 127 <= ord(letter) < 160 or letter == "\u202e")]
                        self.assertEqual(wild, [])


if __name__ == "__main__":
    unittest.main()
