# SPDX-License-Identifier: Apache-2.0
"""aws-sim's KMS as a client meets it: botocore, with documents of a CA of our own; how it starts, is reset, and ends."""
import os
import unittest

from aws import (KEY, OPERATOR, OTHER_REGION, REGION, REPLICAS, ROLE, SECOND_KEY, SESSION, AwsSim, allow, botocore_client,
                 configuration, deny, policy, requires)
from aws_case import ALGORITHM, BAD, GOOD, SimCase


def setUpModule():
    requires("botocore", "asn1crypto")


class Kms(SimCase):
    def test_encrypt_decrypt(self):
        context = {"app": "db", "stage": "pröd"}
        sealed = self.client.encrypt(KeyId=KEY, Plaintext=b"x" * 4096, EncryptionContext=context)
        self.assertEqual(sealed["KeyId"], KEY)
        opened = self.client.decrypt(CiphertextBlob=sealed["CiphertextBlob"], EncryptionContext=context)
        self.assertEqual((opened["Plaintext"], opened["KeyId"]), (b"x" * 4096, KEY))
        for wrong in ({}, {"app": "db"}, {**context, "app": "DB"}, {**context, "more": ""}):
            self.assert_error("InvalidCiphertextException", self.client.decrypt, CiphertextBlob=sealed["CiphertextBlob"],
                              EncryptionContext=wrong)

    def test_data_keys(self):
        for asked, size in (({"KeySpec": "AES_128"}, 16), ({"KeySpec": "AES_256"}, 32), ({"NumberOfBytes": 1024}, 1024)):
            made = self.client.generate_data_key(KeyId=KEY, **asked)
            self.assertEqual(len(made["Plaintext"]), size)
            self.assertEqual(self.client.decrypt(CiphertextBlob=made["CiphertextBlob"])["Plaintext"], made["Plaintext"])

    def test_attested(self):
        sealed = self.sim.seal(b"secret", stage="prod")
        answer = self.client.decrypt(CiphertextBlob=sealed, KeyId=KEY, EncryptionContext={"stage": "prod"},
                                     Recipient=self.recipient({4: GOOD}))
        self.assertNotIn("Plaintext", answer)
        self.assertEqual(self.open_by_openssl(answer["CiphertextForRecipient"]), b"secret")
        line = self.sim.log()[-1]
        self.assertEqual((line["recipient"]["pcrs"]["4"], line["recipient"]["kind"]), (GOOD.hex(), "nitrotpm"))
        self.assertEqual((line["principal"], line["key_arn"], line["status"]), (SESSION, KEY, 200))
        made = self.client.generate_data_key(KeyId=KEY, KeySpec="AES_256", Recipient=self.recipient())
        inner = self.open_by_openssl(made["CiphertextForRecipient"])
        self.assertEqual(self.client.decrypt(CiphertextBlob=made["CiphertextBlob"])["Plaintext"], inner)

    def test_keys_that_are_not_there(self):
        sealed = self.sim.seal(b"x")
        absent = KEY[:-1] + "c"
        self.assertIn("does not exist", self.assert_error("NotFoundException", self.client.decrypt, CiphertextBlob=sealed,
                                                          KeyId=absent))
        self.assertIn("Invalid arn", self.assert_error("NotFoundException", self.client.decrypt, CiphertextBlob=sealed,
                                                       KeyId=REPLICAS[1]))
        self.assert_error("NotFoundException", self.client.generate_data_key, KeyId="alias/none", KeySpec="AES_256")
        self.assert_error("IncorrectKeyException", self.client.decrypt, CiphertextBlob=sealed, KeyId=SECOND_KEY)
        other = botocore_client(self.sim, region=OTHER_REGION)
        self.assertIn("does not exist in this region", self.assert_error("AccessDeniedException", other.decrypt,
                                                                         CiphertextBlob=sealed))

    def test_tampered_ciphertexts(self):
        sealed = self.sim.seal(b"secret")
        for index in range(0, len(sealed), 5):
            broken = bytearray(sealed)
            broken[index] ^= 1
            kind = "AccessDeniedException" if 8 <= index < 24 else "InvalidCiphertextException"
            self.assert_error(kind, self.client.decrypt, CiphertextBlob=bytes(broken))
        for broken in (sealed[:-1], sealed + b"x", b"x", sealed[:36]):
            self.assert_error("InvalidCiphertextException", self.client.decrypt, CiphertextBlob=broken)

    def test_replicas(self):
        """A multi-Region key opens in one Region what another sealed; the same key ID without mrk- does not."""
        sealed = self.sim.seal(b"secret", REPLICAS[0], a="b")
        for region, key in zip((REGION, OTHER_REGION), REPLICAS):
            answer = botocore_client(self.sim, region=region).decrypt(CiphertextBlob=sealed, KeyId=key,
                                                                      EncryptionContext={"a": "b"})
            self.assertEqual((answer["Plaintext"], answer["KeyId"]), (b"secret", key))

    def test_states(self):
        sealed = self.sim.seal(b"secret")
        self.addCleanup(self.reset)
        for state, kind in (("Disabled", "DisabledException"), ("PendingDeletion", "KMSInvalidStateException")):
            self.sim.control("POST", "/key-state", {"key": KEY, "state": state})
            self.assert_error(kind, self.client.decrypt, CiphertextBlob=sealed)
            self.assertEqual(self.client.describe_key(KeyId=KEY)["KeyMetadata"]["KeyState"], state)

    def test_dry_run(self):
        sealed = self.sim.seal(b"secret")
        self.assert_error("DryRunOperationException", self.client.decrypt, CiphertextBlob=sealed, DryRun=True,
                          Recipient=self.recipient())
        self.addCleanup(self.reset)
        self.sim.control("POST", "/policy", {"key": KEY, "policy": policy(allow(OPERATOR))})
        self.assert_error("AccessDeniedException", self.client.decrypt, CiphertextBlob=sealed, DryRun=True)

    def test_parameters(self):
        self.assert_error("ValidationException", self.client.generate_data_key, KeyId=KEY)
        self.assert_error("ValidationException", self.client.generate_data_key, KeyId=KEY, KeySpec="AES_256", NumberOfBytes=1)
        self.assert_error("ValidationException", self.client.generate_data_key, KeyId=KEY, NumberOfBytes=1025)
        self.assert_error("ValidationException", self.client.generate_data_key, KeyId=KEY, KeySpec="AES_512")
        self.assert_error("ValidationException", self.client.encrypt, KeyId=KEY, Plaintext=b"x" * 4097)
        self.assert_error("InvalidGrantTokenException", self.client.decrypt, CiphertextBlob=b"x", GrantTokens=["x"])
        wrong = {**self.recipient(), "KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_1"}
        self.assert_error("ValidationException", self.client.decrypt, CiphertextBlob=b"x", Recipient=wrong)
        self.assert_error("InvalidKeyUsageException", self.client.decrypt, CiphertextBlob=self.sim.seal(b"x"),
                          EncryptionAlgorithm="RSAES_OAEP_SHA_1")
        self.assert_error("UnknownOperationException", self.client.list_keys)

    def test_request_ids_and_dates(self):
        answer = self.client.describe_key(KeyId=KEY)["ResponseMetadata"]
        self.assertRegex(answer["RequestId"], r"^[0-9a-f-]{36}$")
        self.assertIn("date", answer["HTTPHeaders"])
        self.assertEqual(self.sim.log()[-1]["request_id"], answer["RequestId"])

    def test_many_at_once(self):
        """Each caller gets its own answer, over connections that are used again."""
        from concurrent.futures import ThreadPoolExecutor

        texts = [f"secret {number}".encode() for number in range(40)]
        sealed = [self.sim.seal(text) for text in texts]
        self.sim.control("DELETE", "/log")

        def ask(blob):
            answer = self.client.decrypt(CiphertextBlob=blob, KeyId=KEY, Recipient=self.recipient())
            return self.open_by_asn1crypto(answer["CiphertextForRecipient"])

        with ThreadPoolExecutor(8) as pool:
            self.assertEqual(list(pool.map(ask, sealed)), texts)
        lines = self.sim.control("GET", "/log")
        self.assertEqual(len(lines), 40)
        self.assertLess(len({line["connection"] for line in lines}), 20)

    def test_ipv6(self):
        if len(self.sim.ready["kms"]) < 2:
            self.skipTest("no ::1")
        client = botocore_client(self.sim, url=self.sim.ready["kms"][1])
        self.assertEqual(client.describe_key(KeyId=KEY)["KeyMetadata"]["Arn"], KEY)


class Attestation(SimCase):
    """A policy over PCRs, from the document to the answer."""

    config = configuration(keys=[{"arn": KEY, "policy": policy(
        allow(OPERATOR), allow(ROLE, "kms:Decrypt", "kms:GenerateDataKey", Condition={"StringEqualsIgnoreCase": {
            "kms:RecipientAttestation:NitroTPMPCR4": [GOOD.hex().upper()],
            "kms:RecipientAttestation:NitroTPMPCR12": "00" * 48}}),
        deny("*", "kms:Decrypt", Condition={"StringEquals": {"kms:EncryptionContext:stage": "never"}}))}])

    def ask(self, context=None, **members):
        sealed = self.sim.seal(b"secret", **(context or {}))
        return self.client.decrypt(CiphertextBlob=sealed, KeyId=KEY, EncryptionContext=context or {}, **members)

    def test_pcrs(self):
        answer = self.ask(Recipient=self.recipient({4: GOOD}))
        self.assertEqual(self.open_by_asn1crypto(answer["CiphertextForRecipient"]), b"secret")
        message = (f"User: {SESSION} is not authorized to perform: kms:Decrypt on resource: {KEY} "
                   "because no resource-based policy allows the kms:Decrypt action")
        for pcrs in ({4: BAD}, {}, {4: GOOD, 12: GOOD}):
            self.assertEqual(self.assert_error("AccessDeniedException", self.ask, Recipient=self.recipient(pcrs)), message)
        self.assertEqual(self.assert_error("AccessDeniedException", self.ask), message)
        self.assert_error("AccessDeniedException", self.ask, Recipient=self.recipient({4: GOOD}, kind="nitro-enclave"))
        self.assertIn("explicit deny in a resource-based policy", self.assert_error(
            "AccessDeniedException", self.ask, {"stage": "never"}, Recipient=self.recipient({4: GOOD})))

    def test_the_operator_seals_and_may_not_be_mistaken(self):
        client = botocore_client(self.sim, user=True)
        sealed = client.encrypt(KeyId=KEY, Plaintext=b"by the operator")["CiphertextBlob"]
        answer = self.client.decrypt(CiphertextBlob=sealed, Recipient=self.recipient({4: GOOD}))
        self.assertEqual(self.open_by_openssl(answer["CiphertextForRecipient"]), b"by the operator")

    def test_documents_that_are_refused(self):
        for document in (b"x", os.urandom(4000), self.chain.document(self.spki, age=400), self.chain.document(None)):
            self.assert_error("ValidationException", self.ask, Recipient={"KeyEncryptionAlgorithm": ALGORITHM,
                                                                        "AttestationDocument": document})
            self.assertTrue(self.sim.log()[-1]["document_error"])


class Running(unittest.TestCase):
    def test_ends(self):
        for arguments in (("--lifetime", "0.5"), ()):
            with AwsSim(arguments=arguments) as sim:
                if not arguments:
                    sim.process.terminate()
                self.assertEqual(sim.process.wait(10), 0)

    def test_what_one_run_sealed_the_next_opens(self):
        with AwsSim() as sim:
            sealed = sim.seal(b"secret")
            self.assertEqual(sim.stop(), 0)
            sim.process.stdout.close()
            sim.start()
            self.assertEqual(botocore_client(sim).decrypt(CiphertextBlob=sealed)["Plaintext"], b"secret")

    def test_configurations_that_are_refused(self):
        plain = policy(allow(ROLE))
        for change in ({"typo": 1}, {"account": "1"}, {"regions": []}, {"regions": ["x"]}, {"instance": "x"},
                       {"keys": [{"arn": "x", "policy": plain}]}, {"keys": [{"arn": KEY}]}, {"cms-form": "x"},
                       {"keys": [{"arn": KEY.replace(REGION, "ap-south-1"), "policy": plain}]}, {"imds-hop-limit": 65},
                       {"keys": [{"arn": KEY, "policy": policy({**allow(ROLE), "Effect": "Perhaps"})}]},
                       {"keys": [{"arn": KEY, "policy": plain}] * 2}, {"condition-keys": {"kms:ViaService": "x"}},
                       {"document-roots": ["/nowhere.pem"]}, {"users": [{"name": "x"}]}, {"role-policies": [{}]}):
            with self.subTest(change=change), self.assertRaisesRegex(AssertionError, "did not start: aws-sim: "):
                with AwsSim({**configuration(), **change}):
                    pass
        for arguments in (("--fault", '{"fault": "x"}'), ("--fault", "{"), ("--kms", "0.0.0.0:0"), ("--kms", "localhost")):
            with self.subTest(arguments=arguments), self.assertRaisesRegex(AssertionError, "did not start: "):
                with AwsSim(arguments=arguments):
                    pass

    def test_reset(self):
        with AwsSim() as sim:
            sealed = sim.seal(b"secret")
            sim.fault("throttle")
            sim.control("POST", "/policy", {"key": KEY, "policy": policy(deny("*"))})
            sim.control("POST", "/settings", {"role": None})
            sim.reset()
            self.assertEqual((sim.control("GET", "/faults"), sim.control("GET", "/log")), ([], []))
            self.assertEqual(botocore_client(sim).decrypt(CiphertextBlob=sealed)["Plaintext"], b"secret")
            with self.assertRaisesRegex(AssertionError, "NotPrincipal"):
                sim.control("POST", "/policy", {"key": KEY, "policy": policy({**allow(ROLE), "NotPrincipal": {}})})
    
    def test_settings_that_are_refused(self):
        with AwsSim() as sim:
            for change in ({"account": "x"}, {"cms-form": "x"}, {"credential-lifetime": 0}, {"imds-hop-limit": 0}):
                with self.assertRaises(AssertionError):
                    sim.control("POST", "/settings", change)
