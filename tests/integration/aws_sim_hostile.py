# SPDX-License-Identifier: Apache-2.0
"""aws-sim under requests that no client should make: each is answered, with a 4xx, and none is a failure of its own.

That a handler failed shows in the exit status, which AwsSim.close looks at.
"""
import base64
import json
import os
import random
import socket
import unittest

from aws import KEY, AwsSim, requires
from aws_sim_sigv4 import Signer

ODD = (None, True, 0, -1, 1 << 70, 1.5, "", "x", "\0", "\ud800", "x" * 5000, [], [[]], ["x"], {}, {"x": None}, {"x": "y"},
       {"AttestationDocument": "AAAA", "KeyEncryptionAlgorithm": []}, {"a": "b", "A": "b"})
MEMBERS = {
    "Decrypt": ("CiphertextBlob", "KeyId", "EncryptionContext", "EncryptionAlgorithm", "GrantTokens", "Recipient", "DryRun"),
    "GenerateDataKey": ("KeyId", "KeySpec", "NumberOfBytes", "EncryptionContext", "Recipient"),
    "Encrypt": ("KeyId", "Plaintext", "EncryptionContext"),
    "DescribeKey": ("KeyId",),
}
GOOD = {"Decrypt": {"CiphertextBlob": base64.b64encode(b"awssim\0\1" + bytes(90)).decode()},
        "GenerateDataKey": {"KeyId": KEY, "KeySpec": "AES_256"}, "Encrypt": {"KeyId": KEY, "Plaintext": "eA=="},
        "DescribeKey": {"KeyId": KEY}}


def setUpModule():
    requires("botocore")


class Hostile(unittest.TestCase, Signer):
    @classmethod
    def setUpClass(cls):
        cls.sim = cls.enterClassContext(AwsSim())
        cls.credentials = cls.sim.credentials()

    def post(self, operation, body):
        headers = self.signed(body, headers={"X-Amz-Target": f"TrentService.{operation}"})
        status, _, answer = self.sim.request(self.sim.kms, "POST", "/", headers, body)
        return status, json.loads(answer)

    def test_members(self):
        for operation, names in MEMBERS.items():
            for name in names:
                for value in ODD:
                    status, answer = self.post(operation, json.dumps({**GOOD[operation], name: value}).encode())
                    self.assertIn(status, (200, 400), answer)
                    self.assertEqual(status == 200, "__type" not in answer)

    def test_bodies(self):
        for body in (b"", b"null", b"[]", b"1", b"[" * 100000, b"\xff", b"{", b'{"KeyId": ' + b"9" * 5000 + b"}", os.urandom(99)):
            status, answer = self.post("Decrypt", body)
            self.assertEqual((status, answer["__type"]), (400, "SerializationException"))

    def test_dates(self):
        for date in ("20261399T999999Z", "00000000T000000Z", "20260101T000000", "2026-01-01T00:00:00Z", "\xb2" * 16):
            headers = self.signed(b"{}")
            headers["Authorization"] = headers["Authorization"].replace(headers["X-Amz-Date"][:8], date[:8])
            headers["X-Amz-Date"] = date
            status, _, answer = self.sim.request(self.sim.kms, "POST", "/", headers, b"{}")
            self.assertEqual((status, json.loads(answer)["__type"]), (400, "IncompleteSignatureException"))

    def raw(self, url, data):
        """What is answered to these bytes; TLS is left out, for IMDS has none."""
        host, _, port = url.partition("//")[2].rpartition(":")
        with socket.create_connection((host, int(port)), timeout=5) as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            answer = b""
            while part := connection.recv(65536):
                answer += part
        return answer

    def test_http(self):
        for data in (b"", b"\r\n\r\n", b"x", os.urandom(200), b"GET /none HTTP/9.9\r\n\r\n", b"GET /none\r\n\r\n",
                     b"GET " + b"x" * 70000 + b" HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 200 + b"\r\n",
                     b"PUT / HTTP/1.1\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
                     b"PUT / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"PUT / HTTP/1.1\r\nContent-Length: 9\r\n\r\nx",
                     b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                     b"GET /latest/%ff\xff HTTP/1.1\r\nX-aws-ec2-metadata-token: \xff\r\n\r\n", b"\0 / HTTP/1.1\r\n\r\n"):
            for service in ("imds", "container", "control"):
                self.assertNotIn(b" 200 ", self.raw(self.sim.ready[service][0], data)[:13])
        self.assertEqual(self.sim.metadata("/latest/meta-data/instance-id")[0], 200)

    def test_tls(self):
        for data in (b"", b"GET / HTTP/1.1\r\n\r\n", os.urandom(300)):
            try:
                self.raw(self.sim.kms, data)
            except OSError:  # it may be gone before all is sent
                pass
        self.assertEqual(self.post("DescribeKey", json.dumps({"KeyId": KEY}).encode())[0], 200)

    def test_s3(self):
        for target in ("/%ff", "/a/%00", "/a/..%2f..%2fetc%2fpasswd", "/", "//", "/" + "x" * 5000, "/a/b?c=%zz&&=&d"):
            headers = self.signed(b"", service="s3", method="GET", target=target)
            status, _, answer = self.sim.request(self.sim.s3, "GET", target, headers)
            self.assertIn(status, (400, 403, 404), answer)
            self.assertIn(b"<Code>", answer)

    def test_control(self):
        for path in ("/faults", "/policy", "/key-state", "/settings", "/encrypt"):
            for body in (b"x", b"[", b"[" * 100000, b"1", b"null", b'"x"', b'{"key": 1}', b'{"key": {}, "policy": 1}',
                         json.dumps({"key": KEY, "policy": None, "state": [], "plaintext": 1, "context": 1}).encode()):
                if (path, body) != ("/settings", b"null"):
                    status, _, answer = self.sim.request(self.sim.ready["control"][0], "POST", path, {}, body)
                    self.assertEqual((status, list(json.loads(answer))), (400, ["error"]), (path, body))

    def test_random_documents(self):
        choose = random.Random(7)
        for _ in range(30):
            body = json.dumps({**GOOD["GenerateDataKey"], "Recipient": {
                "KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256",
                "AttestationDocument": base64.b64encode(choose.randbytes(choose.randrange(1, 200))).decode()}})
            status, answer = self.post("GenerateDataKey", body.encode())
            self.assertEqual((status, answer["__type"]), (400, "ValidationException"))
