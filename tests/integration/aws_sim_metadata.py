# SPDX-License-Identifier: Apache-2.0
"""aws-sim's IMDS, container endpoint and S3, before botocore and bare requests."""
import json
import os
import shutil
import subprocess
import tempfile
import time
import unittest

from aws import ACCOUNT, KEY, REGION, ROLE, AwsSim, botocore_client, configuration, requires
from aws_case import SimCase


def setUpModule():
    requires("botocore")


class Imds(SimCase):
    def test_version_2_alone(self):
        path = "/latest/meta-data/placement/region"
        for url in self.sim.ready["imds"]:
            self.assertEqual(self.sim.metadata(path, url=url), (200, REGION))
            self.assertEqual(self.sim.request(url, "GET", path)[0], 401)
            self.assertEqual(self.sim.metadata(path, token="x" * 56, url=url)[0], 401)

    def test_tokens(self):
        for ttl in ("0", "21601", "x", "", "-1", "1.5"):
            self.assertEqual(self.sim.token(ttl), 400)
        headers = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
        self.assertEqual(self.sim.request(self.sim.imds, "PUT", "/latest/api/token", {}, b"")[0], 400)
        self.assertEqual(self.sim.request(self.sim.imds, "GET", "/latest/api/token", headers)[0], 405)
        self.assertEqual(self.sim.request(self.sim.imds, "PUT", "/latest/api/token",
                                          {**headers, "X-Forwarded-For": "10.0.0.1"}, b"")[0], 403)
        status, answered, _ = self.sim.request(self.sim.imds, "PUT", "/latest/api/token", headers, b"")
        self.assertEqual((status, answered["X-aws-ec2-metadata-token-ttl-seconds"]), (200, "60"))
        short = self.sim.token("1")
        self.assertEqual(self.sim.metadata("/latest/meta-data/instance-id", short)[0], 200)
        time.sleep(1.1)
        self.assertEqual(self.sim.metadata("/latest/meta-data/instance-id", short)[0], 401)

    def test_tree(self):
        for path, text in (("placement/availability-zone", REGION + "a"), ("services/partition", "aws"),
                           ("services/domain", "amazonaws.com"), ("iam/security-credentials/", "attested-app"),
                           ("instance-id", "i-0123456789abcdef0")):
            self.assertEqual(self.sim.metadata("/latest/meta-data/" + path), (200, text))
        self.assertIn("placement/", self.sim.metadata("/latest/meta-data/")[1].split("\n"))
        self.assertIn("iam/", self.sim.metadata("/latest/meta-data")[1].split("\n"))
        identity = json.loads(self.sim.metadata("/latest/dynamic/instance-identity/document")[1])
        self.assertEqual((identity["region"], identity["accountId"]), (REGION, ACCOUNT))
        for path in ("/latest/meta-data/none", "/latest/meta-data/iam/security-credentials/other", "/x"):
            self.assertEqual(self.sim.metadata(path)[0], 404)

    def test_credentials_rotate(self):
        first = self.sim.credentials()
        self.assertEqual((first["Code"], first["Type"], first), ("Success", "AWS-HMAC", self.sim.credentials()))
        self.sim.control("POST", "/credentials/rotate", {})
        second = self.sim.credentials()
        self.assertNotEqual(first["AccessKeyId"], second["AccessKeyId"])
        for found in (first, second):  # the old ones hold on
            botocore_client(self.sim, credentials=found).describe_key(KeyId=KEY)
        self.sim.control("POST", "/credentials/expire", {})
        self.assert_error("ExpiredTokenException", botocore_client(self.sim, credentials=second).describe_key, KeyId=KEY)
        botocore_client(self.sim).describe_key(KeyId=KEY)

    def test_short_lives(self):
        self.addCleanup(self.reset)
        self.reset()
        self.sim.control("POST", "/settings", {"credential-lifetime": 2})
        first = self.sim.credentials()
        time.sleep(1.2)
        self.assertNotEqual(first["AccessKeyId"], self.sim.credentials()["AccessKeyId"])
        time.sleep(1)
        self.assert_error("ExpiredTokenException", botocore_client(self.sim, credentials=first).describe_key, KeyId=KEY)

    def test_botocore_fetches_them(self):
        from botocore.utils import InstanceMetadataFetcher

        found = InstanceMetadataFetcher(timeout=5, config={"ec2_metadata_service_endpoint": self.sim.imds + "/"}
                                        ).retrieve_iam_role_credentials()
        self.assertEqual(found["role_name"], "attested-app")
        self.assertEqual(found["access_key"], self.sim.credentials()["AccessKeyId"])

    def test_container(self):
        url, path = self.sim.ready["container"][0], self.sim.ready["container_path"]
        with open(self.sim.ready["container_token_file"], encoding="ascii") as file:
            token = file.read()
        status, _, body = self.sim.request(url, "GET", path, {"Authorization": token})
        found = json.loads(body)
        self.assertEqual((status, found["RoleArn"]), (200, ROLE))
        botocore_client(self.sim, credentials=found).describe_key(KeyId=KEY)
        for headers in ({}, {"Authorization": token + "x"}, {"Authorization": "Bearer " + token}):
            status, _, body = self.sim.request(url, "GET", path, headers)
            self.assertEqual((status, sorted(json.loads(body))), (401, ["code", "message"]))
        self.assertEqual(self.sim.request(url, "GET", path + "x", {"Authorization": token})[0], 404)


class FixedAddresses(unittest.TestCase):
    """At the addresses and the port of the real ones, on the loopback of a network namespace."""

    ADDRESSES = ("169.254.169.254/32", "fd00:ec2::254/128")
    SETUP = "ip link set lo up && " + " && ".join(f"ip address add {one} dev lo nodad" for one in ADDRESSES)

    def curl(self, sim, *arguments):
        done = subprocess.run(["nsenter", f"--net=/proc/{sim.process.pid}/ns/net", "curl", "--silent", "--show-error",
                               "--max-time", "5", *arguments], capture_output=True, timeout=20, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_fixed_addresses(self):
        lacking = [name for name in ("unshare", "nsenter", "ip", "curl") if shutil.which(name) is None]
        if lacking:
            self.skipTest("not installed: " + ", ".join(lacking))
        if subprocess.run(["unshare", "--net", "sh", "-c", self.SETUP], capture_output=True, timeout=20,
                          check=False).returncode != 0:
            self.skipTest("no network namespace with these addresses can be made here")
        sim = AwsSim(arguments=("--imds", "169.254.169.254:80", "--imds", "[fd00:ec2::254]:80"))
        sim.arguments = ["unshare", "--net", "sh", "-c", self.SETUP + ' && exec "$@"', "sh", *sim.arguments]
        with sim:
            for host in ("169.254.169.254", "[fd00:ec2::254]"):
                url = f"http://{host}"
                token = self.curl(sim, "-X", "PUT", "-H", "X-aws-ec2-metadata-token-ttl-seconds: 60",
                                  url + "/latest/api/token")
                self.assertEqual(self.curl(sim, "-H", f"X-aws-ec2-metadata-token: {token}",
                                           url + "/latest/meta-data/placement/region"), REGION)


class S3(SimCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.data = os.urandom(5000)
        cls.objects = cls.enterClassContext(tempfile.TemporaryDirectory())
        for name, data in (("bucket-1/a b/ü+.sealed", cls.data), ("bucket-1/empty", b""), ("secret", b"outside")):
            os.makedirs(os.path.dirname(os.path.join(cls.objects, name)), exist_ok=True)
            with open(os.path.join(cls.objects, name), "wb") as file:
                file.write(data)
        cls.sim = cls.enterClassContext(AwsSim(configuration(s3=cls.objects)))
        cls.client = botocore_client(cls.sim, "s3")

    def get(self, key, **more):
        return self.client.get_object(Bucket="bucket-1", Key=key, **more)["Body"].read()

    def test_objects(self):
        self.assertEqual(self.get("a b/ü+.sealed"), self.data)
        self.assertEqual(self.get("empty"), b"")
        self.assertEqual(self.client.head_object(Bucket="bucket-1", Key="a b/ü+.sealed")["ContentLength"], 5000)

    def test_ranges(self):
        for asked, part in (("bytes=0-99", self.data[:100]), ("bytes=4990-", self.data[4990:]),
                            ("bytes=-10", self.data[-10:]), ("bytes=4000-9999", self.data[4000:]), ("lines=1-2", self.data)):
            self.assertEqual(self.get("a b/ü+.sealed", Range=asked), part)
        for asked in ("bytes=5000-", "bytes=10-5"):
            self.assert_error("InvalidRange", self.get, "a b/ü+.sealed", Range=asked)

    def test_virtual_hosted(self):
        port = self.sim.s3.rpartition(":")[2]
        client = botocore_client(self.sim, "s3", url=f"https://localhost:{port}", addressing="virtual")
        seen = []

        def route(request, **_):  # *.localhost need not resolve everywhere: another connection, the signed Host
            from botocore.awsrequest import AWSResponse
            seen.append(request.url)
            headers = {name: value.decode() if isinstance(value, bytes) else value for name, value in request.headers.items()}
            host, _, path = request.url.partition("://")[2].partition("/")
            status, answered, body = self.sim.request(self.sim.s3, "GET", "/" + path, {**headers, "Host": host})
            return AWSResponse(request.url, status, answered, type("Raw", (), {"stream": lambda *_a, **_k: iter([body])})())

        client.meta.events.register("before-send.s3", route)
        answer = client.get_object(Bucket="bucket-1", Key="a b/ü+.sealed")
        self.assertEqual(answer["ResponseMetadata"]["HTTPHeaders"]["content-length"], "5000")
        self.assertTrue(seen[0].partition("//")[2].startswith("bucket-1.localhost:"), seen)

    def test_refused(self):
        self.assert_error("NoSuchKey", self.get, "none")
        self.assert_error("NoSuchKey", self.get, "../secret")
        self.assert_error("NoSuchBucket", self.client.get_object, Bucket="bucket-2", Key="x")
        keys = {**self.sim.credentials(), "SecretAccessKey": "x" * 40}
        wrong = botocore_client(self.sim, "s3", credentials=keys)
        self.assert_error("SignatureDoesNotMatch", wrong.get_object, Bucket="bucket-1", Key="empty")
        status, _, body = self.sim.request(self.sim.s3, "GET", "/bucket-1/empty")
        self.assertEqual((status, b"AccessDenied" in body), (403, True))
        self.assert_error("MethodNotAllowed", self.client.delete_object, Bucket="bucket-1", Key="empty")
