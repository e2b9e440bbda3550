# SPDX-License-Identifier: Apache-2.0
"""An aws-sim of one's own, and what its tests share."""
import base64
import http.client
import importlib.util
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
HARNESS = os.path.join(os.path.dirname(os.path.dirname(HERE)), "swtpm-harness")
FOLDER = os.path.join(HARNESS, "aws-sim")
sys.path.insert(0, HARNESS)
from support import Service  # noqa: E402
from swtpm_harness import die_with_parent  # noqa: E402

ACCOUNT = "111122223333"
REGION, OTHER_REGION = "eu-west-1", "us-east-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/attested-app"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/attested-app/i-0123456789abcdef0"
OPERATOR = f"arn:aws:iam::{ACCOUNT}:user/operator"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
SECOND_KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0987dcba-09fe-87dc-65ba-ab0987654321"
REPLICAS = [f"arn:aws:kms:{region}:{ACCOUNT}:key/mrk-1234abcd12ab34cd56ef1234567890ab" for region in (REGION, OTHER_REGION)]
STOP_LIMIT, LIMIT = 10, 20
USER_KEYS = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")


def requires(*more):
    """Skips the module where a module of Python's is missing."""
    lacking = [name for name in ("cbor2", "cryptography", *more) if importlib.util.find_spec(name) is None]
    if lacking:
        raise unittest.SkipTest("not installed: " + ", ".join(f"python3-{name}" for name in lacking))


def use_modules():
    """The simulator's own modules become importable, for tests of one of them."""
    requires()
    sys.dont_write_bytecode = True
    if FOLDER not in sys.path:
        sys.path.insert(0, FOLDER)


def policy(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(principal, *actions, **more):
    return {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": list(actions or ("kms:*",)), "Resource": "*", **more}


def deny(principal, *actions, **more):
    return {**allow(principal, *actions, **more), "Effect": "Deny"}


def configuration(**more):
    """Keys that the role and the operator may use."""
    plain = policy(allow([ROLE, OPERATOR]))
    return {"account": ACCOUNT, "regions": [REGION, OTHER_REGION],
            "keys": [{"arn": arn, "policy": plain} for arn in (KEY, SECOND_KEY, *REPLICAS)],
            "users": [{"name": "operator", "access-key": USER_KEYS[0], "secret-key": USER_KEYS[1]}], **more}


class AwsSim(Service):
    """The simulator as a process; a context manager. `config` is what its configuration file holds."""

    def __init__(self, config=None, roots=(), arguments=()):
        self.folder = tempfile.mkdtemp(prefix="aws-sim-test-")
        self.config = os.path.join(self.folder, "config.json")
        with open(self.config, "w", encoding="utf-8") as file:
            json.dump(configuration() if config is None else config, file)
        self.log_path = os.path.join(self.folder, "log")
        self.arguments = [os.path.join(FOLDER, "aws-sim"), "--config", self.config, "--log", self.log_path,
                          "--state", os.path.join(self.folder, "state"), "--lifetime", "300", *arguments]
        for root in roots:
            self.arguments += ["--document-root", root]
        self.process = None

    def start(self):
        self.process = subprocess.Popen(self.arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                                        stderr=open(os.path.join(self.folder, "stderr"), "wb"), preexec_fn=die_with_parent)
        line = self.process.stdout.readline()
        if not line:
            self.process.wait(STOP_LIMIT)
            self.process.stdout.close()
            self.process = None
            raise AssertionError(f"aws-sim did not start: {self.errors()}")
        self.ready = json.loads(line)
        self.kms, self.s3, self.imds = (self.ready[name][0] for name in ("kms", "s3", "imds"))
        self.ca_file = self.ready["ca_file"]
        return self

    def errors(self):
        with open(os.path.join(self.folder, "stderr"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            self.process.stdout.close()

    def close(self):
        """Ends it; what went wrong inside of it fails the test."""
        try:
            status = self.stop() if self.process else 0
            errors = self.errors() if self.process else ""
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
        if status:
            raise AssertionError(f"aws-sim ended with {status}\n{errors}")

    def control(self, method, path, value=None):
        """A request to the control port; what it answers, or AssertionError with its reason."""
        data = None if value is None else json.dumps(value).encode()
        request = urllib.request.Request(self.ready["control"][0] + path, data=data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=LIMIT) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from None

    def fault(self, name, /, **more):
        self.control("POST", "/faults", {"fault": name, **more})

    def reset(self):
        self.control("POST", "/reset", {})

    def log(self):
        with open(self.log_path, encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def connection(self, url, timeout=LIMIT, context=None):
        scheme, _, rest = url.partition("://")
        host, _, port = rest.rpartition(":")
        if scheme == "http":
            return http.client.HTTPConnection(host.strip("[]"), int(port), timeout=timeout)
        context = context or ssl.create_default_context(cafile=self.ca_file)
        return http.client.HTTPSConnection(host.strip("[]"), int(port), timeout=timeout, context=context)

    def request(self, url, method, target, headers=(), body=None, timeout=LIMIT, context=None):
        """One request with exactly these headers; status, headers, body."""
        connection = self.connection(url, timeout, context)
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            headers = list(headers.items() if isinstance(headers, dict) else headers)
            if not any(name.lower() == "host" for name, _ in headers):
                headers.append(("Host", url.partition("://")[2]))
            if body is not None:
                headers.append(("Content-Length", str(len(body))))
            for name, value in headers:
                connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def token(self, ttl="60", **more):
        status, _, body = self.request(more.pop("url", self.imds), "PUT", "/latest/api/token",
                                       {"X-aws-ec2-metadata-token-ttl-seconds": ttl}, b"", **more)
        return body.decode() if status == 200 else status

    def metadata(self, path, token=None, **more):
        token = token or self.token()
        status, _, body = self.request(more.pop("url", self.imds), "GET", path, {"X-aws-ec2-metadata-token": token}, **more)
        return status, body.decode()

    def credentials(self):
        status, body = self.metadata("/latest/meta-data/iam/security-credentials/attested-app")
        assert status == 200, body
        return json.loads(body)

    def seal(self, plaintext, key=KEY, **context):
        answer = self.control("POST", "/encrypt", {"key": key, "context": context,
                                                   "plaintext": base64.b64encode(plaintext).decode()})
        return base64.b64decode(answer["ciphertext"])


def botocore_client(sim, service="kms", credentials=None, region=REGION, user=False, url=None, **options):
    """botocore's client with credentials of the simulator's IMDS (or of a user), without retries."""
    import botocore.config
    import botocore.session

    # The model of Debian's botocore is older than Recipient: it is added as later ones have it.
    session = botocore.session.Session()
    session.set_config_variable("region", region)
    if user:
        keys = (*USER_KEYS, None)
    else:
        found = credentials or sim.credentials()
        keys = (found["AccessKeyId"], found["SecretAccessKey"], found["Token"])
    session.set_credentials(*keys)
    session.get_component("data_loader").search_paths.insert(0, later_models(session))
    config = botocore.config.Config(retries={"max_attempts": 0, "mode": "standard"}, connect_timeout=5, read_timeout=10,
                                    proxies={}, s3={"addressing_style": options.pop("addressing", "path")}, **options)
    return session.create_client(service, endpoint_url=url or getattr(sim, service), verify=sim.ca_file, config=config)


_models = []


def later_models(session):
    """A folder with botocore's model of KMS plus Recipient, CiphertextForRecipient and DryRun (KMS API Reference)."""
    if _models:
        return _models[0].name
    model = session.get_component("data_loader").load_service_model("kms", "service-2")
    shapes = model["shapes"]
    shapes["AttestationDocumentType"] = {"type": "blob", "max": 262144, "min": 1}
    shapes["RecipientInfo"] = {"type": "structure", "members": {
        "KeyEncryptionAlgorithm": {"shape": "EncryptionAlgorithmSpec"},
        "AttestationDocument": {"shape": "AttestationDocumentType"}}}
    for operation in ("Decrypt", "GenerateDataKey"):
        shapes[operation + "Request"]["members"].update(Recipient={"shape": "RecipientInfo"},
                                                        DryRun={"shape": "BooleanType"})
        shapes[operation + "Response"]["members"]["CiphertextForRecipient"] = {"shape": "CiphertextType"}
    _models.append(tempfile.TemporaryDirectory(prefix="aws-sim-models-"))
    folder = os.path.join(_models[0].name, "kms", "2014-11-01")
    os.makedirs(folder)
    with open(os.path.join(folder, "service-2.json"), "w", encoding="utf-8") as file:
        json.dump(model, file)
    return _models[0].name


def until(condition, limit=10):
    deadline = time.monotonic() + limit
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("it did not come about")
        time.sleep(0.05)
