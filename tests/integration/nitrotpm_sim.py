# SPDX-License-Identifier: Apache-2.0
"""Does nitrotpm-sim stand between clients and swtpm as it should? Its documents are judged in nitrotpm_document.py."""
import hashlib
import os
import signal
import socket
import struct
import subprocess
import threading
import time
import unittest

from simulator import (AUTHREAD, AUTHWRITE, BUFFER, BUFFER_SIZE, CLEAR, GET_CAPABILITY, GET_RANDOM, NITROTPM_SIM,
                       NO_DA, NSM_REQUEST, NV_DEFINE, NV_READ, NV_READ_LOCK, NV_READ_PUBLIC, NV_UNDEFINE, NV_WRITE,
                       RH_OWNER, SHA256, SHA384, SHA512, WRITTEN, Client, SimulatedCase, Simulator, TpmError,
                       attestation, command, connect_unix, document_of, nv_public, password, requires_simulator, sized)
from support import run

CAP_COMMANDS, CAP_PROPERTIES, CAP_HANDLES = 2, 6, 1
LISTED = 0x24400001  # TPMA_CC of the vendor command
LOCKOUT = 0x4000000a
RETRY, AUTH_FAIL, BAD_AUTH, NV_RANGE, UNAVAILABLE = 0x922, 0x98e, 0x9a2, 0x146, 0x12f
HASHES = {SHA256: hashlib.sha256, SHA384: hashlib.sha384, SHA512: hashlib.sha512}


def setUpModule():
    requires_simulator("tpm2_pcrread", "tpm2_createprimary", "tpm2_quote", "tpm2_nvdefine", "tpm2_getcap")


class SimulatorCase(unittest.TestCase):
    """One simulator for all cases of a class."""

    options = ()
    more = {}

    @classmethod
    def setUpClass(cls):
        cls.sim = cls.enterClassContext(Simulator(*cls.options, **cls.more))

    def setUp(self):
        self.sim.clear()
        self.client = self.enterContext(self.sim.client())

    def assert_code(self, code, call, *arguments, **more):
        with self.assertRaises(TpmError) as caught:
            call(*arguments, **more)
        self.assertEqual(caught.exception.code, code, hex(caught.exception.code))

    def define(self, auth=b"", **public):
        self.client.define(auth, **public)
        self.addCleanup(self.client.undefine, public.get("handle", BUFFER))


class Tools(SimulatorCase):
    """tpm2-tools don't notice that it isn't swtpm."""

    def tool(self, *arguments):
        return run(*arguments, cwd=self.sim.folder, env=dict(os.environ, TPM2TOOLS_TCTI=self.sim.tcti)).stdout

    def test_quote(self):
        self.tool("tpm2_createprimary", "-C", "e", "-G", "ecc256:ecdsa-sha256:null", "-c", "ak",
                  "-a", "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|restricted|sign")
        self.tool("tpm2_flushcontext", "-t")
        self.tool("tpm2_readpublic", "-c", "ak", "-f", "pem", "-o", "ak.pem")
        self.tool("tpm2_flushcontext", "-t")
        self.tool("tpm2_quote", "-c", "ak", "-l", "sha384:0,7", "-q", "ab" * 16, "-m", "m", "-s", "s", "-g", "sha256")
        self.tool("tpm2_checkquote", "-u", "ak.pem", "-m", "m", "-s", "s", "-q", "ab" * 16)
        self.tool("tpm2_flushcontext", "-t")

    def test_nv(self):
        self.tool("tpm2_nvdefine", "0x1500001", "-s", "64", "-p", "secret")
        with open(os.path.join(self.sim.folder, "data"), "wb") as file:
            file.write(bytes(range(64)))
        self.tool("tpm2_nvwrite", "0x1500001", "-P", "secret", "-i", "data")
        self.tool("tpm2_nvread", "0x1500001", "-P", "secret", "-o", "read")
        self.tool("tpm2_nvundefine", "0x1500001")
        with open(os.path.join(self.sim.folder, "read"), "rb") as file:
            self.assertEqual(file.read(), bytes(range(64)))

    def test_large_nv_is_refused(self):
        """They authorise with an HMAC session, which swtpm can't judge for an index that isn't there as they mean it."""
        done = run("tpm2_nvdefine", "-T", self.sim.tcti, "0x1500002", "-s", "8192", check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("0x12F", done.stderr)

    def test_getcap(self):
        self.assertIn("0x24400001:\n  value: 0x24400001\n  commandIndex: 0x1\n", self.tool("tpm2_getcap", "commands"))
        properties = self.tool("tpm2_getcap", "properties-fixed")
        self.assertIn('TPM2_PT_VENDOR_STRING_1:\n  raw: 0x4E697472\n  value: "Nitr"', properties)
        self.assertIn('TPM2_PT_VENDOR_STRING_2:\n  raw: 0x6F54504D\n  value: "oTPM"', properties)
        self.assertIn("TPM2_PT_NV_INDEX_MAX:\n  raw: 0x2000", properties)


class Capabilities(SimulatorCase):
    def commands(self, first=0, count=254):
        return self.client.capability(CAP_COMMANDS, first, count)

    def property(self, number):
        more, words = self.client.capability(CAP_PROPERTIES, number, 1)
        self.assertEqual(words[0], number)
        return words[1]

    def test_list(self):
        """The whole list in pieces of any size is the whole list, and as long as the TPM says."""
        more, whole = self.commands()
        self.assertEqual((more, whole[-1]), (0, LISTED))
        self.assertEqual(len(whole), self.property(0x129))
        self.assertEqual(self.property(0x12b), 1)
        for count in (1, 7, len(whole) - 1, len(whole)):
            seen, first, more = [], 0, 1
            while more:
                more, part = self.commands(first, count)
                seen += part
                first = (part[-1] & 0x2000ffff) + 1
            self.assertEqual(tuple(seen), whole)

    def test_probe(self):
        self.assertEqual(self.commands(NSM_REQUEST, 1), (0, (LISTED,)))
        self.assertEqual(self.commands(NSM_REQUEST + 1, 1), (0, ()))
        self.assertEqual(self.commands(NSM_REQUEST, 0), (1, ()))


class PlainVendor(Capabilities):
    options = ("--plain-vendor", "--hide-command")

    def test_list(self):
        more, whole = self.commands()
        self.assertEqual(more, 0)
        self.assertNotIn(LISTED, whole)
        self.assertEqual((len(whole), 0), (self.property(0x129), self.property(0x12b)))
        self.assertNotEqual(self.property(0x106), 0x4e697472)
        self.assertEqual(self.property(0x117), 8192)

    def test_probe(self):
        self.assertEqual(self.commands(NSM_REQUEST, 1), (0, ()))
        self.define()
        document_of(self.client.nsm(attestation()))  # hidden, but it is there


class VirtualIndex(SimulatorCase):
    def test_flow(self):
        self.define(b"secret")
        data = os.urandom(BUFFER_SIZE)
        self.client.write(data, auth=b"secret")
        self.assertEqual(self.client.read(auth=b"secret"), data)
        self.client.write(b"xyz", 5000, auth=b"secret")
        self.assertEqual(self.client.read(5, 4999, auth=b"secret"), data[4999:5000] + b"xyz" + data[5003:5004])

    def test_public(self):
        """As it was defined, with the Name that follows (TPM 2.0 Part 1 §16): the first write changes it."""
        for alg, digest in HASHES.items():
            with self.subTest(alg=hex(alg)):
                self.client.define(name_alg=alg)
                attributes = AUTHREAD | AUTHWRITE | NO_DA
                for attributes in (attributes, attributes | WRITTEN):
                    public = nv_public(attributes=attributes, name_alg=alg)
                    self.assertEqual(self.client.read_public(),
                                     (public, struct.pack(">H", alg) + digest(public).digest()))
                    self.client.write(b"x")
                self.client.undefine()

    def test_unwritten(self):
        self.define()
        self.assert_code(0x14a, self.client.read, 1)
        self.assert_code(0x14a, self.client.ask, NSM_REQUEST, (BUFFER, BUFFER), password())
        self.client.write(b"x")
        self.assertEqual(self.client.read(), b"x" + b"\xff" * (BUFFER_SIZE - 1))

    def test_range(self):
        self.define()
        self.client.write(b"x")
        self.assert_code(NV_RANGE, self.client.write, b"xy", BUFFER_SIZE - 1)
        self.assert_code(NV_RANGE, self.client.write, b"x", 65535)
        self.assert_code(NV_RANGE, self.client.read, 2, BUFFER_SIZE - 1)
        for size, offset in ((1025, 0), (1, BUFFER_SIZE + 1), (65535, 65535)):
            with self.assertRaises(TpmError):
                self.client.ask(NV_READ, (BUFFER, BUFFER), password(), struct.pack(">HH", size, offset))
        with self.assertRaises(TpmError):
            self.client.ask(NV_WRITE, (BUFFER, BUFFER), password(), sized(b"x" * 1025) + b"\0\0")
        for parameters in (b"", b"\0", sized(b"x"), sized(b"x") + b"\0\0\0", b"\0\2x\0\0"):
            with self.assertRaises(TpmError):
                self.client.ask(NV_WRITE, (BUFFER, BUFFER), password(), parameters)
        self.client.write(b"z", BUFFER_SIZE - 1)
        self.assertEqual(self.client.read(1, BUFFER_SIZE - 1), b"z")
        self.assertEqual(self.client.read(2), b"x\xff")

    def test_wrong_password(self):
        """swtpm's own answer; an index with NO_DA doesn't lock the TPM."""
        self.define(b"secret")
        self.client.write(attestation(), auth=b"secret")
        for _ in range(8):
            self.assert_code(BAD_AUTH, self.client.read, 1, auth=b"wrong")
            self.assert_code(BAD_AUTH, self.client.write, b"x", auth=b"")
            self.assert_code(BAD_AUTH, self.client.ask, NSM_REQUEST, (BUFFER, BUFFER), password(b"wrong"))
            self.assert_code(BAD_AUTH, self.client.read, 2, BUFFER_SIZE - 1, auth=b"wrong")
        document_of(self.client.nsm(attestation(), auth=b"secret"))

    def test_lockout(self):
        """Without NO_DA, each wrong password counts once, and swtpm locks as it does for its own indices."""
        self.define(b"secret", attributes=AUTHREAD | AUTHWRITE)
        try:  # the first such use after a start is to be tried again
            self.client.write(attestation(), auth=b"secret")
        except TpmError:
            self.client.write(attestation(), auth=b"secret")
        self.addCleanup(self.client.ask, 0x139, (LOCKOUT,), password())  # TPM2_DictionaryAttackLockReset
        self.assert_code(AUTH_FAIL, self.client.ask, NSM_REQUEST, (BUFFER, BUFFER), password(b"wrong"))
        self.client.ask(NSM_REQUEST, (BUFFER, BUFFER), password(b"secret"))
        codes = [self.client.code(command(NSM_REQUEST, (BUFFER, BUFFER), password(b"wrong"))) for _ in range(5)]
        self.assertIn(AUTH_FAIL, codes)
        self.assertEqual(codes[-1], 0x921)

    def test_attributes(self):
        """Neither read nor written by those whom the attributes don't name."""
        self.define(attributes=AUTHWRITE | 0x00020000 | NO_DA)  # TPMA_NV_OWNERREAD
        self.client.write(attestation())
        self.assert_code(0x12f, self.client.read, 1)
        self.assert_code(0x12f, self.client.ask, NSM_REQUEST, (BUFFER, BUFFER), password())
        answer = self.client.ask(NV_READ, (RH_OWNER, BUFFER), password(), struct.pack(">HH", 4, 0))
        self.assertEqual(answer[6:10], attestation()[:4])

    def test_lock(self):
        """TPM2_NV_ReadLock holds for the virtual index, too: the vendor command can't read it then."""
        self.define(attributes=AUTHREAD | AUTHWRITE | NO_DA | 0x80000000)  # TPMA_NV_READ_STCLEAR
        self.client.write(attestation())
        self.client.ask(NV_READ_LOCK, (BUFFER, BUFFER), password())
        self.assert_code(0x148, self.client.read, 1)
        self.assert_code(0x148, self.client.ask, NSM_REQUEST, (BUFFER, BUFFER), password())
        self.assertEqual(self.client.read_public()[0][6] & 0x10, 0x10)  # TPMA_NV_READLOCKED

    def test_sizes(self):
        """What swtpm has itself stays swtpm's; what is larger than a NitroTPM has is refused."""
        self.define(handle=0x01500020, size=2048)
        self.assertEqual(self.client.read_public(0x01500020)[0][-2:], b"\x08\x00")
        self.define(handle=0x01500021, size=2049)
        self.assertEqual(self.client.read_public(0x01500021)[0][-2:], b"\x08\x01")
        for size in (8193, 65535):
            with self.assertRaises(TpmError):
                self.client.define(size=size)
        with self.assertRaises(TpmError):
            self.client.define(attributes=AUTHREAD | AUTHWRITE | 0x10)  # a counter of 8192 bytes

    def test_defined_once(self):
        self.define()
        self.assert_code(0x14c, self.client.define)
        self.assert_code(0x14c, self.client.define, size=32)
        self.define(handle=0x01500030, size=32)
        self.assert_code(0x14c, self.client.define, handle=0x01500030)

    def test_gone(self):
        self.client.define()
        self.client.undefine()
        for call in (self.client.read_public, self.client.undefine, self.client.read):
            with self.assertRaises(TpmError):
                call()
        self.assertEqual(os.listdir(os.path.join(self.sim.state, "nv")), [])

    def test_many(self):
        """Each is in the list of handles; the ninth has no room."""
        handles = [0x01500040 + i for i in range(8)]
        for handle in handles:
            self.define(handle=handle)
        self.assert_code(0x14b, self.client.define, handle=0x01500050)
        _, listed = self.client.capability(CAP_HANDLES, 0x01500040, 20)
        self.assertEqual([h for h in listed if h >= 0x01500040], handles)

    def test_cleared(self):
        self.client.define()
        self.client.ask(CLEAR, (LOCKOUT,), password())
        with self.assertRaises(TpmError):
            self.client.read_public()
        self.client.define()
        self.client.undefine()


class NotJudged(SimulatorCase):
    """What swtpm can't judge is refused, not waved through."""

    def session(self):
        """An unsalted, unbound HMAC session."""
        answer = self.client.ask(0x176, (0x40000007, 0x40000007), None,
                                 sized(bytes(16)) + sized(b"") + struct.pack(">BHH", 0, 0x10, SHA256))
        handle = struct.unpack(">I", answer[:4])[0]
        self.addCleanup(self.client.ask, 0x165, (), None, answer[:4])  # TPM2_FlushContext
        return struct.pack(">I", handle) + sized(bytes(16)) + b"\x01" + sized(bytes(32))

    def test_hmac_session(self):
        self.define()
        self.client.write(attestation())
        session = self.session()
        for sessions in (session, password() + session):
            for code, handles, parameters in (
                    (NSM_REQUEST, (BUFFER, BUFFER), b""), (NV_READ, (BUFFER, BUFFER), b"\0\1\0\0"),
                    (NV_WRITE, (BUFFER, BUFFER), sized(b"x") + b"\0\0"), (NV_UNDEFINE, (RH_OWNER, BUFFER), b""),
                    (NV_READ_LOCK, (BUFFER, BUFFER), b""), (NV_READ_PUBLIC, (BUFFER,), b""),
                    (NV_DEFINE, (RH_OWNER,), sized(b"") + sized(nv_public(handle=0x01500011)))):
                with self.subTest(code=hex(code)):
                    self.assertEqual(self.client.code(command(code, handles, sessions, parameters)), UNAVAILABLE)
        self.client.read(16)

    def test_no_session(self):
        self.define()
        for code, parameters in ((NSM_REQUEST, b""), (NV_READ, b"\0\1\0\0"), (NV_WRITE, sized(b"x") + b"\0\0")):
            self.assertEqual(self.client.code(command(code, (BUFFER, BUFFER), None, parameters)), 0x125)

    def test_other_uses(self):
        """Certifying it, extending it, binding a session to it would be about the shadow."""
        self.define()
        self.client.write(b"x")
        for code, handles, parameters, which in (
                (0x136, (BUFFER, BUFFER), sized(b"x"), 1), (0x134, (BUFFER, BUFFER), b"", 1),
                (0x184, (0x40000007, BUFFER, BUFFER), bytes(12), 2), (0x13b, (BUFFER,), sized(b"new"), 1)):
            self.assertEqual(self.client.code(command(code, handles, password(), parameters)), 0x08b + 0x100 * which)

    def test_vendor_handles(self):
        self.define()
        self.define(handle=0x01500060, size=64)
        self.assertEqual(self.client.code(command(NSM_REQUEST, (BUFFER, 0x01500060), password())), 0x28b)
        self.assertEqual(self.client.code(command(NSM_REQUEST, (RH_OWNER, BUFFER), password())), 0x28b)
        self.assertEqual(self.client.code(command(NSM_REQUEST, (0x01500060, 0x01500060), password())), 0x147)
        self.assertEqual(self.client.code(command(NSM_REQUEST, (BUFFER, BUFFER), password(), b"x")), 0x142)


class Clients(SimulatorCase):
    def test_at_once(self):
        """Many, each with its connection open all the time; every one gets its own answers."""
        def work(number):
            with self.sim.client() as client:
                for _ in range(20):
                    if len(client.random(number + 1)) != number + 1:
                        wrong.append(number)

        wrong = []
        threads = [threading.Thread(target=work, args=(number,)) for number in range(10)]
        for thread in threads:
            thread.start()
        self.client.random()
        for thread in threads:
            thread.join(60)
        self.assertEqual(wrong, [])

    def test_one_after_another(self):
        for _ in range(50):
            with self.sim.client() as client:
                client.random()

    def test_too_many(self):
        """Those that there is no room for are told, not kept waiting."""
        connections = [self.enterContext(self.sim.connect()) for _ in range(70)]
        answered = 0
        for connection in connections:
            try:
                answered += Client(connection).random(4) is not None
            except OSError:
                pass
        self.assertGreaterEqual(answered, 60)
        self.assertLess(answered, 70)

    def test_killed_in_mid_command(self):
        script = "import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); " \
                 "s.sendall(bytes.fromhex(sys.argv[2])); print('sent', flush=True); s.recv(1)"
        wire = command(GET_RANDOM, parameters=b"\0\x20")
        self.sim.fault("delay=300")
        for cut in (5, len(wire)):
            with subprocess.Popen(["/usr/bin/python3", "-c", script, self.sim.path, wire[:cut].hex()],
                                  stdout=subprocess.PIPE) as process:
                process.stdout.readline()
                process.kill()
        self.assertEqual(len(self.client.random(8)), 8)

    def test_pipelined(self):
        wire = command(GET_RANDOM, parameters=b"\0\4")
        self.client.socket.sendall(wire * 5)
        for _ in range(5):
            self.assertEqual(len(self.client.response()), 10 + 2 + 4)

    def test_sends_without_reading(self):
        """Large answers to many commands sent ahead: all come, when they are read; nobody else waits for that."""
        wire = command(GET_CAPABILITY, parameters=struct.pack(">III", CAP_COMMANDS, 0, 254))
        with self.sim.client() as greedy:
            greedy.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            sender = threading.Thread(target=greedy.socket.sendall, args=(wire * 2000,), daemon=True)
            sender.start()
            time.sleep(0.5)
            self.client.random()
            for _ in range(2000):
                self.assertEqual(greedy.response()[6:10], bytes(4))
            sender.join(10)

    def test_half_closed(self):
        self.client.socket.sendall(command(GET_RANDOM, parameters=b"\0\4"))
        self.client.socket.shutdown(socket.SHUT_WR)
        self.assertEqual(len(self.client.response()), 10 + 2 + 4)
        self.assertEqual(self.client.socket.recv(1), b"")


class ControlChannel(SimulatorCase):
    more = {"qemu": True}

    def control(self, code, payload=b""):
        with self.sim.connect(control=True) as connection:
            connection.sendall(struct.pack(">I", code) + payload)
            return connection.recv(4096)

    def test_tcti(self):
        """What a TCTI may send ends nothing for others."""
        self.assertEqual(len(self.control(1)), 8)
        for code, payload in ((5, b"\0"), (3, b""), (14, b""), (10, b"")):
            self.assertEqual(self.control(code, payload), bytes(4), code)
        self.client.random()
        self.assertNotEqual(self.control(16), bytes(4))  # CMD_SET_DATAFD is QEMU's
        self.assertNotEqual(self.control(12, bytes(12)), bytes(4))
        self.assertNotEqual(self.control(99), bytes(4))
        self.client.random()

    def test_in_pieces(self):
        with self.sim.connect(control=True) as connection:
            for byte in b"\0\0\0\5\0":
                connection.sendall(bytes([byte]))
                time.sleep(0.02)
            self.assertEqual(connection.recv(4096), bytes(4))

    def test_reset(self):
        """CMD_INIT is a power cycle, for all."""
        self.assertEqual(self.control(2, bytes(4)), bytes(4))
        self.assert_code(0x100, self.client.random)
        self.client.ask(0x144, parameters=b"\0\0")  # TPM2_Startup
        self.client.random()

    def test_qemu(self):
        """As QEMU's tpmdev emulator begins: a descriptor for commands, stop, buffer size, init."""
        with connect_unix(self.sim.qemu_path) as control:
            def ask(code, payload=b"", size=4):
                control.sendall(struct.pack(">I", code) + payload)
                return control.recv(size)

            self.assertEqual(len(ask(1, size=8)), 8)
            ours, theirs = socket.socketpair()
            socket.send_fds(control, [struct.pack(">I", 16)], [theirs.fileno()])
            theirs.close()
            self.assertEqual(control.recv(4), bytes(4))
            ours.settimeout(30)
            self.assertEqual(ask(14), bytes(4))
            self.assertEqual(len(ask(17, struct.pack(">I", 3968), 16)), 16)
            self.assertEqual(ask(2, bytes(4)), bytes(4))
            self.assertEqual(len(ask(4, size=8)), 8)
            with Client(ours) as machine:
                machine.ask(0x144, parameters=b"\0\0")
                machine.define()
                document_of(machine.nsm(attestation(nonce=b"from the machine")))
                machine.undefine()
                self.client.random()  # and a TCTI beside it
                self.assertEqual(ask(3), bytes(4))
                machine.random()
        self.client.random()

    def test_descriptors_not_asked_for(self):
        before = len(os.listdir(f"/proc/{self.sim.process.pid}/fd"))
        for path in (self.sim.qemu_path, self.sim.path, self.sim.path + ".ctrl"):
            with connect_unix(path) as connection, open("/dev/null", "rb") as null:
                socket.send_fds(connection, [b"\0"], [null.fileno(), null.fileno()])
                socket.send_fds(connection, [b"\0\0\x01"], [null.fileno()])
                time.sleep(0.1)
        self.client.random()
        time.sleep(0.2)
        self.assertLessEqual(len(os.listdir(f"/proc/{self.sim.process.pid}/fd")), before)


class Tcp(SimulatorCase):
    more = {"transport": "tcp"}

    def test_tools(self):
        self.assertRegex(self.sim.tcti, r"^swtpm:host=127\.0\.0\.1,port=[0-9]+$")
        self.assertIn("sha384", run("tpm2_pcrread", "-T", self.sim.tcti, "sha384:0").stdout)
        document_of(self.client_buffer())

    def client_buffer(self):
        self.define()
        return self.client.nsm(attestation())


class Tcp6(Tcp):
    more = {"transport": "tcp6"}

    def test_tools(self):
        self.assertRegex(self.sim.tcti, r"^swtpm:host=::1,port=[0-9]+$")
        self.assertIn("sha384", run("tpm2_pcrread", "-T", self.sim.tcti, "sha384:0").stdout)


class Faults(SimulatorCase):
    def elapsed(self, call, *arguments):
        begin = time.monotonic()
        call(*arguments)
        return time.monotonic() - begin

    def vendor(self):
        return self.client.ask(NSM_REQUEST, (BUFFER, BUFFER), password())

    def setUp(self):
        super().setUp()
        self.define()
        self.client.write(attestation())
        self.addCleanup(self.sim.clear)

    def test_busy(self):
        self.sim.fault("busy,count=2")
        self.assert_code(RETRY, self.vendor)
        self.client.random()
        self.assert_code(RETRY, self.vendor)
        self.vendor()

    def test_busy_on_another(self):
        self.sim.fault("busy,count=1,on=0x17b")
        self.vendor()
        self.assert_code(RETRY, self.client.random)
        self.client.random()

    def test_tss_tries_again(self):
        """tpm2-tss sends a command again that meets TPM_RC_RETRY: nobody notices but the counts."""
        self.sim.fault("busy,count=2,on=0x17e")
        self.sim.reset_counts()
        run("tpm2_pcrread", "-T", self.sim.tcti, "sha384:0")
        self.assertEqual(self.sim.counts()[0x17e], 3)

    def test_fail(self):
        self.sim.fault("fail=0x101")
        self.assert_code(0x101, self.vendor)
        self.assert_code(0x101, self.vendor)
        self.sim.clear("fail")
        self.vendor()
        self.sim.fault("fail=0x143,on=any,count=1")
        self.assert_code(0x143, self.client.random)

    def test_lost(self):
        """It was carried out, but nobody heard of it."""
        self.sim.fault("lost,count=1")
        with self.sim.client() as other:
            with self.assertRaises(OSError):
                other.ask(NSM_REQUEST, (BUFFER, BUFFER), password())
        document_of(self.client.read())

    def test_delay_and_slow(self):
        self.sim.fault("delay=200")
        self.assertGreater(self.elapsed(self.client.random), 0.19)
        self.sim.clear()
        self.sim.fault("slow=200,count=1")
        self.assertLess(self.elapsed(self.client.random), 0.19)
        self.assertGreater(self.elapsed(self.vendor), 0.19)

    def test_console_while_slow(self):
        """A delay holds up the TPM, not the control socket, nor the end."""
        with Simulator("--fault", "delay=600000") as sim, sim.client() as client, sim.client() as other:
            client.socket.sendall(command(GET_RANDOM, parameters=b"\0\4"))
            other.socket.sendall(command(GET_RANDOM, parameters=b"\0\4"))
            self.assertEqual(sim.console("faults"), ["delay=600000,on=any"])
            self.assertEqual(sim.stop(), 0)

    def test_at_start(self):
        with Simulator("--fault", "busy,on=any,count=1", "--fault", "skew=5") as sim, sim.client() as client:
            self.assert_code(RETRY, client.random)
            self.assertEqual(sim.console("faults"), ["skew=5,on=0x20000001"])

    def test_refused(self):
        for spec in ("", "nothing", "busy=1", "slow", "slow=-1", "slow=x", "slow=1x", "skew=99999999999", "fail=0",
                     "nsm-error=Nothing", "busy,count=0", "busy,count=", "busy,on=", "busy,often", "x" * 200):
            with self.subTest(spec=spec), self.assertRaises(ValueError):
                self.sim.fault(spec)
        for line in ("", "stop", "clear nothing", "FAULT busy", "\x7f"):
            with self.subTest(line=line), self.assertRaises(ValueError):
                self.sim.console(line)
        self.assertEqual(self.sim.console("faults"), [])


class Daemon(SimulatedCase):
    """attestd on it, as on any TPM; it sees that this is a NitroTPM."""

    nitrotpm = True

    def test_quote(self):
        quote = self.attestd.get("/v1/quote?nonce=" + "ab" * 32 + "&bank=sha384&pcrs=0-15")
        self.assertEqual(quote.status, 200, quote.body)
        self.sim.fault("busy,count=1,on=0x158")  # TPM2_Quote
        self.assertEqual(self.attestd.get("/v1/quote?nonce=" + "ab" * 32).status, 200)
        with self.sim.client() as client:
            client.random()  # beside it

    def test_detected(self):
        self.assertEqual(self.attestd.get("/v1/status").body["tpm"]["nitrotpm"], self.nitrotpm)


class DaemonOnPlainVendor(Daemon):
    simulator = ("--plain-vendor",)
    nitrotpm = False


class Life(unittest.TestCase):
    """Start, stop, and what is left."""

    limit = 120

    def primary(self, sim):
        folder = sim.folder
        run("tpm2_createprimary", "-T", sim.tcti, "-C", "e", "-G", "ecc256", "-c", f"{folder}/ek")
        run("tpm2_readpublic", "-T", sim.tcti, "-c", f"{folder}/ek", "-f", "pem", "-o", f"{folder}/pem")
        run("tpm2_flushcontext", "-T", sim.tcti, "-t")
        with open(f"{folder}/pem", "rb") as file:
            return file.read()

    def test_restart(self):
        """The same TPM, the same indices, large ones with their content; after a kill, too."""
        with Simulator() as sim:
            before, data = self.primary(sim), os.urandom(BUFFER_SIZE)
            with sim.client() as client:
                client.define(b"secret")
                client.define(handle=0x01500070, size=16)
                client.write(data, auth=b"secret")
                public = client.read_public()
            for number, status in ((signal.SIGTERM, 0), (signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 0)):
                swtpm = sim.swtpm_pid()
                self.assertEqual(sim.stop(number), status)
                wait_for_end(swtpm)
                sim.start()
                self.assertEqual(self.primary(sim), before)
                with sim.client() as client:
                    self.assertEqual(client.read_public(), public)
                    self.assertEqual(client.read(auth=b"secret"), data)
                    self.assertEqual(client.read_public(0x01500070)[0][-2:], b"\0\x10")

    def test_nothing_left(self):
        sim = Simulator()
        try:
            sim.start()
            swtpm = sim.swtpm_pid()
            with sim.client() as client:
                client.random()
                self.assertEqual(sim.stop(), 0)
            wait_for_end(swtpm, 0)
            self.assertEqual(sorted(os.listdir(sim.folder)), ["log", "state"])
        finally:
            sim.close()

    def test_swtpm_dies(self):
        sim = Simulator()
        sim.start()
        try:
            os.kill(sim.swtpm_pid(), signal.SIGKILL)
            self.assertEqual(sim.process.wait(10), 1)
            self.assertIn("swtpm", sim.log())
            sim.process.stdout.close()
            sim.process = None
            sim.start()
            with sim.client() as client:
                client.random()
        finally:
            sim.close()

    def test_hung_swtpm(self):
        """Stops all the same, with a command under way."""
        sim = Simulator()
        sim.start()
        swtpm = sim.swtpm_pid()
        os.kill(swtpm, signal.SIGSTOP)
        with sim.client() as client:
            client.socket.sendall(command(GET_RANDOM, parameters=b"\0\4"))
            time.sleep(0.3)
            self.assertEqual(sim.stop(), 0)
        wait_for_end(swtpm, 0)
        sim.close()

    def test_one_for_a_state(self):
        with Simulator() as sim:
            other = subprocess.run([NITROTPM_SIM, "--state", sim.state, "--listen", f"unix:{sim.folder}/other"],
                                   capture_output=True, timeout=20, text=True, check=False)
            self.assertEqual(other.returncode, 2)
            self.assertIn("no other nitrotpm-sim", other.stderr)

    def test_usage(self):
        for arguments in ([], ["--state", "x"], ["--state", "x", "--listen", "tcp:0.0.0.0:9"], ["--nothing"],
                          ["--state", "x", "--listen", "tcp:127.0.0.1:65535"], ["more"],
                          ["--state", "x", "--listen", "unix:"], ["--state", "x", "--qemu", "tcp:127.0.0.1:9"],
                          ["--module-id", "i-1-enc1"], ["--region", "a" * 15], ["--fault", "nothing"]):
            with self.subTest(arguments=arguments):
                done = run(NITROTPM_SIM, *arguments, check=False)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertTrue(done.stderr)
        for option in ("--help", "--version"):
            self.assertIn("nitrotpm-sim", run(NITROTPM_SIM, option).stdout)


def wait_for_end(pid, limit=5):
    """Of a process that isn't our child."""
    deadline = time.monotonic() + limit
    while os.path.exists(f"/proc/{pid}"):
        if time.monotonic() > deadline:
            raise AssertionError(f"process {pid} is left")
        time.sleep(0.02)


class Hostile(SimulatorCase):
    """Bytes that no client would send end their connection at most."""

    more = {"qemu": True}

    def poke(self, path, data):
        with connect_unix(path) as connection:
            connection.settimeout(0.5)
            try:
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(4096):
                    pass
            except OSError:
                pass

    def test_sizes(self):
        """A size that can't be: an answer, and the end."""
        for size in (0, 9, 4097, 0x7fffffff, 0xffffffff):
            with self.sim.client() as client:
                client.socket.sendall(struct.pack(">HII", 0x8001, size, GET_RANDOM) + bytes(20))
                self.assertEqual(client.response()[6:10], struct.pack(">I", 0x142))
                with self.assertRaises(ConnectionError):
                    client.response()
        self.client.random()

    def test_cut_and_lying(self):
        self.define()
        self.client.write(attestation())
        for wire in (command(NSM_REQUEST, (BUFFER, BUFFER), password()),
                     command(NV_WRITE, (BUFFER, BUFFER), password(), sized(b"xyz") + b"\0\0"),
                     command(NV_READ, (BUFFER, BUFFER), password(), b"\0\4\0\0"),
                     command(NV_READ_PUBLIC, (BUFFER,)),
                     command(NV_DEFINE, (RH_OWNER,), password(), sized(b"a") + sized(nv_public(handle=0x01500012)))):
            for cut in range(10, len(wire)):
                self.client.code(wire[:2] + struct.pack(">I", cut) + wire[6:cut])
            for place in range(10, len(wire)):
                for value in (0, 0x7f, 0xff):
                    self.client.code(wire[:place] + bytes([value]) + wire[place + 1:])
            self.client.code(wire[:2] + struct.pack(">I", 4096) + wire[6:] + bytes(4096 - len(wire)))
        self.client.ask(0x139, (LOCKOUT,), password())
        for handle in (h for h in self.client.capability(CAP_HANDLES, 0x01000000, 100)[1][0:] if h != BUFFER):
            if handle >> 24 == 1:
                self.client.undefine(handle)
        self.client.random()

    def test_noise(self):
        for path in (self.sim.path, self.sim.path + ".ctrl", self.sim.qemu_path, self.sim.control_path):
            for size in (1, 3, 4, 9, 10, 100, 5000, 20000):
                self.poke(path, os.urandom(size))
                self.poke(path, bytes(size))
                self.poke(path, b"\xff" * size)
        for code in range(0, 24):  # every request of the control channel, cut and whole
            if code not in (2, 6, 7, 8):
                for size in range(0, 20, 3):
                    self.poke(self.sim.path + ".ctrl", struct.pack(">I", code) + bytes(size))
        self.poke(self.sim.path + ".ctrl", struct.pack(">II", 7, 0xffffffff) + bytes(100))
        self.poke(self.sim.control_path, b"fault " + b"x" * 10000 + b"\n")
        self.poke(self.sim.control_path, b"faults\n" * 3000)
        self.assertIsNone(self.sim.process.poll())
        with self.sim.connect(control=True) as connection:
            connection.sendall(b"\0\0\0\2\0\0\0\0")
            self.assertEqual(connection.recv(4), bytes(4))
        self.client.code(command(0x144, parameters=b"\0\0"))  # needed unless the state was stored
        self.client.random()
