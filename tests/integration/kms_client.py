# SPDX-License-Identifier: Apache-2.0
"""KMS asked by ours and answered by aws-sim: from a recipient's key and a document that names it to what was sealed, and
everything that is to be refused on the way."""
import base64
import json
import os
import subprocess
import unittest

from aws import KEY, REPLICAS, ROLE, SECOND_KEY, allow, configuration, policy, requires

requires("asn1crypto", "botocore")
from aws_case import BAD, GOOD, SimCase  # noqa: E402
from swtpm_harness import die_with_parent  # noqa: E402

CHECK = os.environ.get("KMS_CHECK", "")
CONTEXT = {"attestd:secret": "db-password"}
LIMITS = {"kms:RecipientAttestation:NitroTPMPCR4": GOOD.hex(), "kms:RecipientAttestation:NitroTPMPCR12": "0" * 96}
POLICY = policy(allow([ROLE], "kms:Decrypt", "kms:GenerateDataKey", Condition={"StringEqualsIgnoreCase": LIMITS}))
CONFIG = configuration(keys=[{"arn": arn, "policy": POLICY} for arn in (KEY, SECOND_KEY, *REPLICAS)])
OTHER_KEY = "00000000-dead-beef-0000-000000000000"


@unittest.skipUnless(CHECK, "there is no KMS_CHECK")
class KmsClient(SimCase):
    config = CONFIG
    limit = 120

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client_process = subprocess.Popen((CHECK, cls.sim.kms, cls.sim.ca_file, cls.sim.imds), stdin=subprocess.PIPE,
                                              stdout=subprocess.PIPE, text=True, preexec_fn=die_with_parent)
        cls.addClassCleanup(cls.end)
        cls.spki = base64.b64decode(cls.client_process.stdout.readline())

    @classmethod
    def end(cls):
        cls.client_process.stdin.close()
        cls.client_process.stdout.close()
        if cls.client_process.wait(20) != 0:
            raise AssertionError(f"kms_check ended with {cls.client_process.returncode}")

    def tearDown(self):
        self.sim.control("DELETE", "/faults")

    def ask(self, operation="Decrypt", sealed=b"", key_id=KEY, context=None, document=None, pcrs=None, **more):
        document = document or self.chain.document(self.spki, {4: GOOD} if pcrs is None else pcrs)
        asked = {"operation": operation, "key_id": key_id, "sealed": base64.b64encode(sealed).decode(),
                 "document": base64.b64encode(document).decode(), "context": CONTEXT if context is None else context,
                 **more}
        self.client_process.stdin.write(json.dumps(asked) + "\n")
        self.client_process.stdin.flush()
        return json.loads(self.client_process.stdout.readline())

    def sealed(self, plaintext=b"sesame", key=KEY, **context):
        return self.sim.seal(plaintext, key, **(context or CONTEXT))

    def assert_opened(self, told, plaintext=b"sesame"):
        self.assertEqual((told["error"], bytes.fromhex(told["plaintext"])), ("OK", plaintext), told)

    def assert_failed(self, told, error, kind=""):
        self.assertEqual((told["error"], told["type"], told["plaintext"]), (error, kind, ""), told)
        if kind:
            self.assertEqual(told["status"] // 100, 5 if "Internal" in kind else 4)
            self.assertRegex(told["request_id"], r"^[0-9a-f-]{36}$")
            self.assertEqual(told["fault"], kind)

    def test_decrypt(self):
        for size in (1, 16, 32, 4096):
            with self.subTest(size=size):
                plaintext = os.urandom(size)
                self.assert_opened(self.ask(sealed=self.sealed(plaintext)), plaintext)
        entry = self.sim.log()[-1]
        self.assertEqual((entry["key"], entry["context"]), (KEY, CONTEXT))

    def test_context_to_the_letter(self):
        context = {"a": "", "quoted \"name\"": "tab\tand \\", "größe": "é\u0301"}
        self.assert_opened(self.ask(sealed=self.sim.seal(b"sesame", KEY, **context), context=context))
        self.assert_failed(self.ask(sealed=self.sealed(), context={"attestd:secret": "DB-password"}), "REMOTE",
                           "InvalidCiphertextException")
        self.assert_failed(self.ask(sealed=self.sealed(), context={}), "REMOTE", "InvalidCiphertextException")

    def test_forms(self):
        for form in ("absent", "null", "empty"):
            for cms_form in ("constructed", "primitive", "chunks", "definite"):
                with self.subTest(form=form, cms_form=cms_form):
                    self.sim.control("POST", "/settings", {"plaintext-member": form, "cms-form": cms_form})
                    self.assert_opened(self.ask(sealed=self.sealed()))

    def test_data_key(self):
        told = self.ask("GenerateDataKey")
        self.assertEqual((told["error"], len(bytes.fromhex(told["plaintext"]))), ("OK", 32), told)
        again = self.ask(sealed=base64.b64decode(told["sealed"]))
        self.assertEqual(again["plaintext"], told["plaintext"])

    def test_replica(self):
        """A secret sealed elsewhere, decrypted by the replica that lies here and names itself."""
        self.assert_opened(self.ask(sealed=self.sealed(key=REPLICAS[1]), key_id=REPLICAS[0]))

    def test_denied_by_a_pcr(self):
        told = self.ask(sealed=self.sealed(), pcrs={4: BAD, 7: GOOD})
        self.assert_failed(told, "DENIED", "AccessDeniedException")
        self.assertIn("is not authorized to perform: kms:Decrypt", told["message"])
        self.assertEqual(told["presented"].splitlines(), [
            f"kms:RecipientAttestation:NitroTPMPCR4 = {BAD.hex()}",
            f"kms:RecipientAttestation:NitroTPMPCR7 = {GOOD.hex()}", "all zero: PCR 0-3,5-6,8-23"])

    def test_dry_run(self):
        told = self.ask(sealed=self.sealed(), dry_run=True)
        self.assertEqual((told["error"], told["type"], told["plaintext"]), ("OK", "DryRunOperationException", ""))
        self.assertEqual(self.ask("GenerateDataKey", dry_run=True)["error"], "OK")
        self.assert_failed(self.ask(sealed=self.sealed(), dry_run=True, pcrs={4: BAD}), "DENIED", "AccessDeniedException")
        self.assertTrue(self.sim.log()[-1]["dry_run"])

    def test_refused_by_kms(self):
        document = bytearray(self.chain.document(self.spki, {4: GOOD}))
        document[-1] ^= 1
        self.assert_failed(self.ask(sealed=self.sealed(), document=bytes(document)), "REMOTE", "ValidationException")
        self.assert_failed(self.ask(sealed=self.sealed(key=SECOND_KEY)), "REMOTE", "IncorrectKeyException")
        self.assert_failed(self.ask(sealed=b"garbage"), "REMOTE", "InvalidCiphertextException")
        self.assert_failed(self.ask(sealed=self.sealed(), key_id=KEY[:-1] + "0"), "REMOTE", "NotFoundException")

    def test_answers_that_are_none(self):
        self.sim.fault("other-key-id")
        told = self.ask(sealed=self.sealed())
        self.assert_failed(told, "REFUSED")
        self.assertIn(OTHER_KEY, told["found"])
        self.sim.control("DELETE", "/faults")
        for instead in (True, False):
            self.sim.fault("plaintext", instead=instead)
            told = self.ask(sealed=self.sealed())
            self.assert_failed(told, "REFUSED")
            self.assertEqual(told["found"], "a plaintext")
            self.assertEqual(self.ask("GenerateDataKey")["error"], "REFUSED")
            self.sim.control("DELETE", "/faults")

    def test_envelopes_that_are_none(self):
        """One refusal for all of them."""
        for variant in ("aes-128", "oaep-sha1", "oaep-label", "pkcs1", "bad-padding", "short-key", "other-key",
                        "two-recipients", "no-recipient", "data", "truncated", "trailing"):
            with self.subTest(variant):
                self.sim.fault("cms", variant=variant)
                told = self.ask(sealed=self.sealed())
                self.assert_failed(told, "MALFORMED")
                self.assertEqual((told["expected"], told["found"]), ("an envelope of the agreed form, for this key", ""))
                self.sim.control("DELETE", "/faults")

    def test_document_of_another_key(self):
        """Whoever hands us a document for his key has KMS encrypt to him, and us refuse."""
        from aws_document import rsa_key, spki

        self.assert_failed(self.ask(sealed=self.sealed(), document=self.chain.document(spki(rsa_key()), {4: GOOD})),
                           "MALFORMED")

    def test_all_errors_of_the_model_are_explained(self):
        model = self.client.meta.service_model
        for operation in ("Decrypt", "GenerateDataKey"):
            for shape in model.operation_model(operation).error_shapes:
                with self.subTest(shape.name):
                    self.sim.fault("error", service="kms", status=400, type=shape.name)
                    told = self.ask(sealed=self.sealed())
                    self.sim.control("DELETE", "/faults")
                    self.assertEqual((told["type"], told["fault"]), (shape.name, shape.name))


if __name__ == "__main__":
    unittest.main()
