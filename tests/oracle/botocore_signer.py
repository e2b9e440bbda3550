# SPDX-License-Identifier: Apache-2.0
"""Requests of KMS's shape as they leave lib/aws, signed again by botocore's own signer."""
import datetime
import http.server
import json
import os
import ssl
import subprocess
import tempfile
import threading
import unittest

from aws import requires

requires("botocore")
CHECK = os.environ.get("AWS_CHECK", "")
if not os.path.exists(CHECK):
    raise unittest.SkipTest("no aws_check in $AWS_CHECK")
KEYS = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
TOKEN = "IQoJb3JpZ2luX2VjEXAMPLE//+=" * 20
DAY = 86400000
DATE, SECURITY_TOKEN, AUTHORIZATION = "x-amz-date", "x-amz-security-token", "authorization"


def certificate(folder):
    """A certificate for 127.0.0.1 that is its own root, and its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    import ipaddress

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.utcnow()
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(1).not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(hours=1))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
            .sign(key, hashes.SHA256()))
    paths = os.path.join(folder, "certificate.pem"), os.path.join(folder, "key.pem")
    with open(paths[0], "wb") as file:
        file.write(made.public_bytes(serialization.Encoding.PEM))
    with open(paths[1], "wb") as file:
        file.write(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                     serialization.NoEncryption()))
    return paths


class Recorder(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


class BotocoreSigner(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.ca_file, key = certificate(cls.folder)
        cls.server = http.server.HTTPServer(("127.0.0.1", 0), Recorder)
        cls.addClassCleanup(cls.server.server_close)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cls.ca_file, key)
        cls.server.socket = context.wrap_socket(cls.server.socket, server_side=True)
        threading.Thread(target=cls.server.serve_forever, args=(0.1,), daemon=True).start()
        cls.addClassCleanup(cls.server.shutdown)
        cls.url = f"https://127.0.0.1:{cls.server.server_address[1]}"

    def send(self, body, **more):
        self.server.seen = []
        more = {"endpoint": self.url, "ca-file": self.ca_file, "key-id": KEYS[0], "secret-key": KEYS[1],
                **{name.replace("_", "-"): value for name, value in more.items()}}
        done = subprocess.run([CHECK, *(f"{name}={value}" for name, value in more.items())], input=body,
                              capture_output=True, timeout=30, check=True)
        self.assertEqual(json.loads(done.stdout)["error"], "OK", done.stdout)
        (seen,) = self.server.seen
        return seen

    def sign(self, path, headers, body, region, token):
        """Authorization, from botocore."""
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials

        ours = (DATE, SECURITY_TOKEN, AUTHORIZATION, "content-length", "user-agent", "accept")
        request = AWSRequest("POST", self.url + path, {name: value for name, value in headers.items() if name not in ours},
                             body)
        request.context["timestamp"] = headers[DATE]
        signer = SigV4Auth(Credentials(*KEYS, token), "kms", region)
        signer._modify_request_before_signing(request)
        text = signer.string_to_sign(request, signer.canonical_request(request))
        return (f"AWS4-HMAC-SHA256 Credential={signer.scope(request)}, "
                f"SignedHeaders={signer.signed_headers(signer.headers_to_sign(request))}, "
                f"Signature={signer.signature(text, request)}")

    def test_as_botocore(self):
        bodies = (b"{}", json.dumps({"KeyId": "alias/\u00e4\u1234", "CiphertextBlob": "QUJD"}).encode(),
                  b'{"Recipient":"' + b"A" * 300000 + b'"}')
        for body in bodies:
            for region in ("eu-west-1", "us-gov-west-1", "cn-north-1"):
                for token in (None, TOKEN):
                    for shift in (0, -400 * DAY, 40 * DAY):
                        with self.subTest(size=len(body), region=region, token=bool(token), shift=shift):
                            more = {"session_token": token} if token else {}
                            path, headers, got = self.send(body, region=region, shift_ms=shift,
                                                           target="TrentService.Decrypt", **more)
                            self.assertEqual((path, got), ("/", body))
                            self.assertEqual(headers.get(SECURITY_TOKEN), token)
                            self.assertEqual(headers["content-type"], "application/x-amz-json-1.1")
                            self.assertEqual(headers["x-amz-target"], "TrentService.Decrypt")
                            self.assertEqual(headers[AUTHORIZATION], self.sign(path, headers, body, region, token))

    def test_date_is_now(self):
        _, headers, _ = self.send(b"{}")
        date = datetime.datetime.strptime(headers[DATE], "%Y%m%dT%H%M%SZ")
        self.assertLess(abs((datetime.datetime.utcnow() - date).total_seconds()), 5)
