# SPDX-License-Identifier: Apache-2.0
"""aws-sim's Signature Version 4: AWS's own test suite, botocore as the signer, and everything tampered with."""
import datetime
import hashlib
import json
import os
import shutil
import subprocess
import time
import unittest

from aws import KEY, REGION, USER_KEYS, AwsSim, requires, use_modules

VECTORS = os.path.join(os.environ.get("ATTESTD_VECTORS", ""), "sigv4")
JSON_TYPE = "application/x-amz-json-1.1"


def setUpModule():
    requires("botocore")
    use_modules()


class Suite(unittest.TestCase):
    """The cases of AWS's suite: the canonical request to the byte, and the signature verified."""

    def parse(self, path):
        from http_server import Request

        with open(path, "rb") as file:
            head, _, body = file.read().replace(b"\r\n", b"\n").partition(b"\n\n")
        first, *lines = head.decode("latin-1").split("\n")
        method, _, rest = first.partition(" ")
        headers = []
        for line in lines:
            if line[:1] in " \t" and headers:
                headers[-1] = (headers[-1][0], headers[-1][1] + "\n" + line)
            elif line:
                headers.append(tuple(line.split(":", 1)))
        return Request(method, rest.rpartition(" ")[0], headers, body)

    def test_suite(self):
        import sigv4
        from credentials import Credential

        if not os.path.isdir(VECTORS):
            self.skipTest("no sigv4 in $ATTESTD_VECTORS")
        names = [name for name in sorted(os.listdir(VECTORS)) if os.path.isdir(os.path.join(VECTORS, name))]
        self.assertGreaterEqual(len(names), 20)
        for name in names:
            folder = os.path.join(VECTORS, name)
            with self.subTest(name=name):
                with open(os.path.join(folder, "context.json"), encoding="utf-8") as file:
                    context = json.load(file)
                request = self.parse(os.path.join(folder, "header-signed-request.txt"))
                keys = context["credentials"]
                now = datetime.datetime.fromisoformat(context["timestamp"].replace("Z", "+00:00")).timestamp()
                authorization = sigv4.Authorization(sigv4.only(request.headers, "authorization"))
                canonical = sigv4.canonical_request(request.method, request.target, request.headers, authorization.signed,
                                                    hashlib.sha256(request.body).hexdigest(), normalize=context["normalize"])
                with open(os.path.join(folder, "header-canonical-request.txt"), "rb") as file:
                    self.assertEqual(canonical.encode("latin-1"), file.read().replace(b"\r\n", b"\n"))
                credential = Credential(None, keys["access_key_id"], keys["secret_access_key"], keys.get("token"))
                verifier = sigv4.Verifier(context["service"], [context["region"]],
                                          {credential.access_key: credential}.get, lambda now=now: now)
                if context["normalize"]:
                    verifier.verify(request)
                request.body += b"x"
                with self.assertRaises(sigv4.SignatureError):
                    verifier.verify(request)


class Signer:
    """Signs as botocore does, with the credentials of `self.credentials`, for the simulator `self.sim`."""

    def signed(self, body=None, user=False, region=REGION, service="kms", shift=0, headers=None, secret=None, token=None,
               method="POST", target="/"):
        """The headers of such a request."""
        from unittest import mock

        from botocore.auth import S3SigV4Auth, SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials

        found = self.credentials
        keys = Credentials(found["AccessKeyId"], secret or found["SecretAccessKey"], token or found["Token"])
        if user:
            keys = Credentials(*USER_KEYS)
        own = {"Content-Type": JSON_TYPE, "X-Amz-Target": "TrentService.GenerateDataKey"} if service == "kms" else {}
        request = AWSRequest(method, getattr(self.sim, service if service == "s3" else "kms") + target,
                             data=self.body if body is None else body, headers={**own, **(headers or {})})
        now = datetime.datetime.utcfromtimestamp(time.time() + shift)
        with mock.patch("botocore.auth.datetime") as clock:
            clock.datetime.utcnow.return_value = now
            (S3SigV4Auth if service == "s3" and method == "GET" else SigV4Auth)(keys, service, region).add_auth(request)
        return dict(request.headers.items())


class Tampering(unittest.TestCase, Signer):
    @classmethod
    def setUpClass(cls):
        cls.sim = cls.enterClassContext(AwsSim())
        cls.body = json.dumps({"KeyId": KEY, "KeySpec": "AES_256"}).encode()
        cls.credentials = cls.sim.credentials()

    def send(self, headers, body=None, target="/", method="POST"):
        status, _, answer = self.sim.request(self.sim.kms, method, target, headers, self.body if body is None else body)
        return status, json.loads(answer)

    def assert_refused(self, kind, headers, **more):
        status, answer = self.send(headers, **more)
        self.assertEqual((status, answer["__type"]), (400, kind), answer)
        self.assertEqual(self.sim.log()[-1]["error"], kind)
        return answer.get("message")

    def test_untouched(self):
        for user in (False, True):
            status, answer = self.send(self.signed(user=user))
            self.assertEqual(status, 200, answer)

    def test_body(self):
        for body in (self.body + b" ", self.body[:-1], self.body.replace(b"256", b"128"), b""):
            self.assert_refused("InvalidSignatureException", self.signed(), body=body)

    def test_each_signed_header(self):
        for name in ("Content-Type", "X-Amz-Target", "X-Amz-Date", "Host"):
            headers = {"Host": self.sim.kms.partition("//")[2], **self.signed()}
            value = headers[name]
            headers[name] = value[:-2] + ("1Z" if name == "X-Amz-Date" and value[-2] != "1" else "2Z"
                                          if name == "X-Amz-Date" else "xy")
            with self.subTest(name=name):
                self.assert_refused("InvalidSignatureException", headers)
                del headers[name]
                if name != "Host":
                    status, answer = self.send(headers)
                    self.assertEqual(status, 400, answer)

    def test_added_headers(self):
        """Every x-amz-* header that came must be signed; a header that was signed must not come twice."""
        self.assert_refused("InvalidSignatureException", {**self.signed(), "X-Amz-Extra": "x"})
        headers = [*self.signed().items(), ("X-Amz-Target", "TrentService.Decrypt")]
        self.assert_refused("InvalidSignatureException", headers)
        headers = [*self.signed().items(), ("X-Amz-Date", "20200101T000000Z")]
        self.assert_refused("IncompleteSignatureException", headers)

    def test_unsigned_is_ignored_elsewhere(self):
        status, _ = self.send({**self.signed(), "User-Agent": "x", "Accept": "*/*"})
        self.assertEqual(status, 200)

    def test_path_query_method(self):
        self.assert_refused("InvalidSignatureException", self.signed(), target="/?a=b")
        self.assert_refused("InvalidSignatureException", self.signed(), target="/x")
        self.assert_refused("InvalidSignatureException", self.signed(), method="PUT")

    def change(self, old, new, **more):
        headers = self.signed(**more)
        self.assertIn(old, headers["Authorization"])
        headers["Authorization"] = headers["Authorization"].replace(old, new)
        return headers

    def test_signature_and_authorization(self):
        whole = self.signed()["Authorization"]
        signature = whole.rpartition("=")[2]
        flipped = ("0" if signature[0] != "0" else "1") + signature[1:]
        headers = self.signed()
        headers["Authorization"] = whole.replace(signature, flipped)
        self.assert_refused("InvalidSignatureException", headers)
        for text in ("", "AWS4-HMAC-SHA256", "Bearer x", whole.replace("SHA256", "SHA1", 1), whole.replace("Signature=", "S="),
                     whole.replace(", SignedHeaders", ", Other"), whole.replace("Credential=", "Credential"),
                     whole.replace("/aws4_request", ""), whole.replace("/aws4_request", "/aws4"), whole + ", Signature=1"):
            headers["Authorization"] = text
            with self.subTest(text=text[:60]):
                self.assert_refused("IncompleteSignatureException", headers)
        del headers["Authorization"]
        self.assert_refused("MissingAuthenticationTokenException", headers)

    def test_scope(self):
        self.assertIn("valid region", self.assert_refused("InvalidSignatureException", self.signed(region="ap-south-1")))
        self.assertIn("correct service", self.assert_refused("InvalidSignatureException", self.signed(service="s3")))
        day = time.strftime("%Y%m%d", time.gmtime())
        self.assertIn("Date in Credential scope", self.assert_refused(
            "InvalidSignatureException", self.change(f"/{day}/", "/20200101/")))

    def test_region_of_the_endpoint(self):
        """The endpoint's name says which Region the signature must be for."""
        for host, status in ((f"kms.{REGION}.amazonaws.com", 200), ("kms.us-east-1.amazonaws.com", 400),
                             (f"vpce-0123-ab.kms.{REGION}.vpce.amazonaws.com", 200), ("kms-fips.us-east-1.amazonaws.com", 400),
                             (f"kms.{REGION}.api.aws", 200), ("kms.ap-south-1.amazonaws.com", 404)):
            with self.subTest(host=host):
                self.assertEqual(self.send(self.signed(headers={"Host": host}))[0], status)

    def test_host_must_be_signed(self):
        headers = self.signed()
        headers["Authorization"] = headers["Authorization"].replace("host;", "")
        self.assertIn("Host", self.assert_refused("InvalidSignatureException", headers))

    def test_token_must_be_signed(self):
        headers = self.signed()
        headers["Authorization"] = headers["Authorization"].replace(";x-amz-security-token", "")
        self.assert_refused("InvalidSignatureException", headers)

    def test_keys_and_tokens(self):
        found = self.credentials
        self.assert_refused("InvalidSignatureException", self.signed(secret="x" * 40))
        self.assert_refused("UnrecognizedClientException", self.signed(token=found["Token"][:-4] + "AAAA"))
        self.assert_refused("UnrecognizedClientException", self.change(found["AccessKeyId"], "ASIAAAAAAAAAAAAAAAAA"))
        headers = self.signed()
        del headers["X-Amz-Security-Token"]
        self.assert_refused("UnrecognizedClientException", headers)
        self.assert_refused("UnrecognizedClientException", self.signed(user=True, headers={"X-Amz-Security-Token": "x"}))

    def test_clock(self):
        for shift in (-280, 280):
            self.assertEqual(self.send(self.signed(shift=shift))[0], 200)
        for shift, text in ((-310, "Signature expired"), (310, "Signature not yet current"), (-86400 * 400, "expired")):
            self.assertIn(text, self.assert_refused("InvalidSignatureException", self.signed(shift=shift)))

    def test_payload_hash(self):
        right = hashlib.sha256(self.body).hexdigest()
        self.assertEqual(self.send(self.signed(headers={"X-Amz-Content-SHA256": right}))[0], 200)
        for wrong in ("0" * 64, "UNSIGNED-PAYLOAD"):
            self.assert_refused("InvalidSignatureException", self.signed(headers={"X-Amz-Content-SHA256": wrong}))

    def test_curl_signs_too(self):
        """A second signer that has nothing in common with botocore: curl(1)."""
        if shutil.which("curl") is None:
            self.skipTest("not installed: curl")
        found = self.credentials
        for secret, kind in ((found["SecretAccessKey"], None), ("x" * 40, "InvalidSignatureException")):
            done = subprocess.run(
                ["curl", "--silent", "--show-error", "--cacert", self.sim.ca_file, "--max-time", "10", "--aws-sigv4",
                 f"aws:amz:{REGION}:kms", "--user", f"{found['AccessKeyId']}:{secret}", "--header",
                 f"X-Amz-Security-Token: {found['Token']}", "--header", "X-Amz-Target: TrentService.GenerateDataKey",
                 "--header", f"Content-Type: {JSON_TYPE}", "--data-binary", "@-", self.sim.kms + "/"],
                input=self.body, capture_output=True, timeout=20, check=True)
            self.assertEqual(json.loads(done.stdout).get("__type"), kind, done.stdout)

    def test_nothing_secret_in_the_log(self):
        self.send(self.signed())
        with open(self.sim.log_path, encoding="utf-8") as file:
            text = file.read()
        for name in ("SecretAccessKey", "Token"):
            self.assertNotIn(self.credentials[name], text)
