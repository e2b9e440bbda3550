# SPDX-License-Identifier: Apache-2.0
"""The OpenAPI description is valid, and the daemon does what it says."""
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import jsonschema

from eventlogs import Machine
from support import DaemonCase, run

VALIDATOR = "openapi-spec-validator"
VALIDATE = """
import json, sys
from openapi_spec_validator import OpenAPIV31SpecValidator
errors = list(OpenAPIV31SpecValidator(json.load(open(sys.argv[1]))).iter_errors())
sys.exit("\\n".join(str(error) for error in errors) or 0)
"""
# A value for each parameter that a request needs; credentials are made up, and so refused.
VALUES = {"nonce": "00" * 16, "key_type": "rsa-2048", "bank": "sha256", "pcrs": "0-3",
          "eventlog": "true", "cached": "yes", "log": "firmware", "format": "json",
          "credential_blob": base64.b64encode(bytes(4)).decode(), "secret": "AAAA",  # base64, and the name of a secret
          "user_data": "AAAA", "public_key": "AAAA", "pcr": 14, "digest": "00" * 48, "before": "00" * 48}
# Of those that can't succeed: without a credential, and with a TPM that is no NitroTPM.
STATUSES = {"/v1/ak/activate": 400, "/v1/document": 501, "/v1/evidence": 501}
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def validator_python(folder):
    """A Python that has the validator: this one, or one in a new environment."""
    if subprocess.run([sys.executable, "-c", "import openapi_spec_validator"], capture_output=True, timeout=30,
                      check=False).returncode == 0:
        return sys.executable
    try:
        run(sys.executable, "-m", "venv", folder, limit=120)
        run(os.path.join(folder, "bin", "pip"), "install", "--quiet", "--retries", "1", "--timeout", "20", VALIDATOR,
            limit=180)
    except (AssertionError, subprocess.TimeoutExpired) as error:
        raise unittest.SkipTest(f"{VALIDATOR} is neither installed nor to be had from PyPI") from error
    return os.path.join(folder, "bin", "python")


class OpenApi(DaemonCase):
    configuration = "[access]\nak-activate = door\n"
    limit = 400

    @classmethod
    def setUpClass(cls):
        folder = tempfile.mkdtemp(prefix="attestd-test-")
        cls.addClassCleanup(shutil.rmtree, folder)
        machine = Machine(folder)
        machine.boot()
        cls.configuration += machine.configuration()
        super().setUpClass()
        cls.description = cls.attestd.get("/v1/openapi.json").body

    def resolve(self, node):
        while "$ref" in node:
            target = self.description
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def operations(self):
        for path, item in self.description["paths"].items():
            for method in METHODS:
                if method in item:
                    yield path, method.upper(), item[method]

    def parameters(self, operation):
        """The parameters of a GET, or the members of a body: (name, required, schema)."""
        for parameter in map(self.resolve, operation.get("parameters", [])):
            yield parameter["name"], parameter.get("required", False), parameter["schema"]
        for schema in self.bodies(operation):
            for name, member in schema.get("properties", {}).items():
                yield name, name in schema.get("required", ()), member

    def bodies(self, operation):
        if "requestBody" in operation:
            body = self.resolve(operation["requestBody"])
            yield self.resolve(body["content"]["application/json"]["schema"])

    def ask(self, path, method, members):
        if method == "GET":
            query = "&".join(f"{name}={value}" for name, value in members.items())
            return self.attestd.get(path + ("?" + query if query else ""))
        door = "unlock" if path.startswith("/v1/unlock/") else "public"
        return self.attestd.request(method, path, members, door=door)

    def check_reply(self, operation, reply):
        """The status is described, and so are the type and shape of what came."""
        responses = operation["responses"]
        status = str(reply.status) if str(reply.status) in responses else "default"
        self.assertIn(status, responses, reply.body)
        response = self.resolve(responses[status])
        if "content" not in response:
            return
        contents = {name.partition(";")[0]: content for name, content in response["content"].items()}
        content = contents[reply.headers.get_content_type()]
        if reply.headers.get_content_type().endswith("json"):
            schema = {**content["schema"], "components": self.description.get("components", {})}
            jsonschema.Draft202012Validator(schema).validate(reply.body)

    def test_off_the_shelf_validator(self):
        folder = tempfile.mkdtemp(prefix="attestd-test-")
        self.addCleanup(shutil.rmtree, folder)
        python = validator_python(os.path.join(folder, "environment"))
        path = os.path.join(folder, "openapi.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(self.description, file)
        run(python, "-c", VALIDATE, path, limit=60)

    def test_version(self):
        self.assertRegex(self.description["openapi"], r"^3\.1\.\d+$")

    def test_paths_are_those_of_the_interface(self):
        described = {(path, method) for path, method, _ in self.operations()}
        both = ("/v1/status", "/v1/pcrs", "/v1/quote", "/v1/document", "/v1/evidence", "/v1/ak", "/v1/ek", "/v1/eventlog",
                "/v1/openapi.json", "/metrics")
        expected = {(path, method) for path in both for method in ("GET", "POST")}
        expected |= {("/v1/health", "GET"), ("/v1/ak/activate", "POST"), ("/v1/unlock/measure", "POST"),
                     ("/v1/unlock/cap", "POST")}
        self.assertEqual(described, expected)

    def test_each_operation_answers_as_described(self):
        for path, method, operation in self.operations():
            with self.subTest(path=path, method=method):
                members = {name: VALUES[name] for name, required, _ in self.parameters(operation) if required}
                reply = self.ask(path, method, members)
                self.check_reply(operation, reply)
                self.assertEqual(reply.status, STATUSES.get(path, 200), reply.body)

    def test_each_parameter_is_known_and_checked(self):
        for path, method, operation in self.operations():
            names = [name for name, _, _ in self.parameters(operation)]
            for name in names:
                with self.subTest(path=path, method=method, name=name):
                    members = {known: VALUES[known] for known in names}
                    reply = self.ask(path, method, members)
                    self.check_reply(operation, reply)
                    reply = self.ask(path, method, {**members, name: "~"})
                    self.check_reply(operation, reply)
                    self.assert_problem(reply, 400, name)

    def test_required_is_required(self):
        for path, method, operation in self.operations():
            required = [name for name, needed, _ in self.parameters(operation) if needed]
            for name in required:
                with self.subTest(path=path, method=method, name=name):
                    reply = self.ask(path, method, {known: VALUES[known] for known in required if known != name})
                    self.check_reply(operation, reply)
                    self.assert_problem(reply, 400, name)

    def test_values_are_within_their_schemas(self):
        for path, method, operation in self.operations():
            for name, _, schema in self.parameters(operation):
                with self.subTest(path=path, method=method, name=name):
                    jsonschema.Draft202012Validator(self.resolve(schema)).validate(VALUES[name])


if __name__ == "__main__":
    unittest.main()
