# SPDX-License-Identifier: Apache-2.0
"""What an endorsement can't tell, and what can: an attacker with the TPM in his hands (root on the instance) has the
NitroTPM sign a document that endorses a key of his own, which is in no TPM, and quotes with it what he likes.

The TPM is nitrotpm-sim, driven by raw commands; the key and its quotes are made in Python.
"""
import base64
import hashlib
import json
import os
import struct
import sys
import tempfile
import time
import types
import unittest

from activate import make_credential
from simulator import Simulator, TpmError, requires_simulator, sized
from support import ATTESTCTL, SOURCE, run
from tpm import parse_public, tool

sys.path.insert(0, os.path.join(SOURCE, "tests", "oracle"))
try:
    import cbor2
    from evidence import ECC, SHA256, Evidence, Key, attest, b64, user_data
except ImportError as error:
    raise unittest.SkipTest(f"not installed: {error.name}") from None

requires_simulator("tpm2_createek", "tpm2_activatecredential", "tpm2_makecredential", "tpm2_loadexternal")

HOLDS, HOLDS_NOT = 0, 1
NONCE = bytes(range(32))
LOAD_EXTERNAL, RH_NULL, RC_ATTRIBUTES = 0x167, 0x40000007, 0x082
LIE = b"\x77" * 48
AK_TEMPLATE = "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|restricted|sign|noda"


class Attack(unittest.TestCase):
    limit = 180

    @classmethod
    def setUpClass(cls):
        cls.sim = cls.enterClassContext(Simulator())
        for index in (0, 4, 7, 9, 11, 12):
            digests = f"sha256={'%064x' % index},sha384={'%096x' % index}"
            tool(cls.sim.tcti, "tpm2_pcrextend", f"{index}:{digests}")
        cls.pcrs = cls.pcrs_of(cls.sim.document())

    @staticmethod
    def pcrs_of(document):
        return cbor2.loads(cbor2.loads(document)[2])["nitrotpm_pcrs"]

    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())

    def save(self, name, content):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def endorse(self, key, nonce, pcrs):
        """As attestd does it, but for the key: the document is the TPM's own."""
        quoted = attest(key, pcrs, b"attestdE" + hashlib.sha256(nonce).digest())
        document = self.sim.document(user_data=user_data(key.name(), quoted), nonce=nonce)
        return {"document": b64(document), "quoted": b64(quoted), "signature": b64(key.sign(quoted, SHA256))}

    def forge(self, lies=None, nonce=NONCE):
        """Evidence of a key in software, whose quote says of PCRs what `lies` says."""
        key = Key()
        world = types.SimpleNamespace(key=key, pcrs=self.pcrs, now=int(time.time()), chain=None)
        return Evidence(world, nonce, pcrs=lies, endorsement=self.endorse(key, nonce, self.pcrs))

    def verify(self, what, content, *options, policy):
        done = run(ATTESTCTL, "verify", what, "--json", "--root", self.sim.root, "--nonce", NONCE.hex(), "--policy",
                   self.save("policy", json.dumps(policy).encode()), *options, self.save(what, content), check=False)
        verdict = json.loads(done.stdout)
        return done.returncode, {check["name"] for check in verdict["checks"] if not check["ok"]}, verdict["claims"]

    def policy(self, *indexes, **values):
        pcrs = {str(index): self.pcrs[index].hex() for index in indexes}
        return {"any_of": [{"pcrs": {"sha384": {**pcrs, **{name[1:]: value.hex() for name, value in values.items()}}}}]}

    def test_it_is_accepted(self):
        """The limit of what an endorsement says: it holds, fresh or not, as all of it is of the form that it must have."""
        for options in ((), ("--fresh",)):
            status, failing, claims = self.verify("evidence", self.forge().json(), *options, policy=self.policy(4, 7, 11))
            self.assertEqual((status, failing), (HOLDS, set()))
        self.assertEqual(claims["endorsement"], "fresh")

    def test_no_lie_about_the_boot(self):
        """The document's PCRs are AWS's own word: what was booted can't be lied about."""
        for index in (*range(10), 12, 13):
            forged = self.forge({index: LIE}).json()
            status, failing, _ = self.verify("evidence", forged, policy=self.policy(11, **{f"p{index}": LIE}))
            self.assertEqual((status, failing), (HOLDS_NOT, {"boot_pcrs"}), index)

    def test_lies_about_the_rest(self):
        """Of other PCRs the AK's word is told apart from AWS's, and does not count if AWS's is asked for."""
        for index in (10, 11, *range(14, 24)):
            forged, policy = self.forge({index: LIE}), self.policy(4, **{f"p{index}": LIE})
            status, failing, claims = self.verify("evidence", forged.json(), policy=policy)
            self.assertEqual((status, failing), (HOLDS, set()), index)
            self.assertEqual([number for number, by in claims["vouched_by"].items() if by == "ak"], [str(index)])
            status, failing, _ = self.verify("evidence", forged.json(), "--fresh", policy=policy)
            self.assertEqual((status, failing), (HOLDS_NOT, {"policy_pcrs"}), index)
            document = base64.b64decode(forged.endorsement["document"])
            status, failing, _ = self.verify("document", document, policy=policy)
            self.assertEqual((status, failing), (HOLDS_NOT, {"policy_pcrs"}), index)

    def test_no_lie_about_another_boot(self):
        """An endorsement made while the PCRs were good is none after they changed, if a fresh one is asked for."""
        forged = self.forge(nonce=NONCE[::-1])
        renewed = Evidence(types.SimpleNamespace(key=forged.key, pcrs=self.pcrs), NONCE, endorsement=forged.endorsement)
        status, failing, claims = self.verify("evidence", renewed.json(), policy=self.policy(4))
        self.assertEqual((status, failing, claims["endorsement"]), (HOLDS, set(), "cached"))
        status, failing, _ = self.verify("evidence", renewed.json(), "--fresh", policy=self.policy(4))
        self.assertEqual((status, failing), (HOLDS_NOT, {"fresh"}))

    # ---- Activation against the EK, which EC2's GetInstanceTpmEkPub tells of an instance ----

    def tpm(self, name, *arguments, **more):
        done = run(name, "-T", self.sim.tcti, *arguments, **more)
        if name not in ("tpm2_startauthsession", "tpm2_policysecret"):
            tool(self.sim.tcti, "tpm2_flushcontext", "-t")
        return done

    def path(self, name):
        return os.path.join(self.folder, name)

    def activate(self, credential, ak_context):
        """What activation gives: the secret, or what the TPM said against it."""
        session, out = self.path("session"), self.path("out")
        self.tpm("tpm2_startauthsession", "--policy-session", "-S", session)
        try:
            self.tpm("tpm2_policysecret", "-S", session, "-c", "e")
            done = self.tpm("tpm2_activatecredential", "-c", ak_context, "-C", self.path("ek.ctx"), "-i", credential, "-o", out,
                            "-P", f"session:{session}", check=False)
        finally:
            self.tpm("tpm2_flushcontext", session)
        if done.returncode != 0:
            return done.stderr
        with open(out, "rb") as file:
            return file.read()

    def credential(self, name, secret):
        with open(self.path("ek.pub"), "rb") as file:
            ek = file.read()[2:]
        make_credential(self.folder, ek, name, secret)
        return self.path("credential")

    def test_activation_tells_them_apart(self):
        secret = os.urandom(32)
        self.tpm("tpm2_createek", "-G", "rsa", "-c", self.path("ek.ctx"), "-u", self.path("ek.pub"))
        # A key of the TPM's own can be activated.
        self.tpm("tpm2_createprimary", "-C", "e", "-G", "ecc256:ecdsa-sha256:null", "-a", AK_TEMPLATE, "-c", self.path("ak.ctx"))
        self.tpm("tpm2_readpublic", "-c", self.path("ak.ctx"), "-o", self.path("ak.pub"))
        with open(self.path("ak.pub"), "rb") as file:
            name = parse_public(file.read()[2:]).name.hex()
        self.assertEqual(self.activate(self.credential(name, secret), self.path("ak.ctx")), secret)
        # The attacker's can't: not by standing in for it, nor by putting its public area, or all of it, into the TPM.
        key = Key()
        credential = self.credential(key.name().hex(), secret)
        self.assertIn("integrity check failed", self.activate(credential, self.path("ak.ctx")))
        public = sized(key.public())
        self.tpm("tpm2_loadexternal", "-C", "n", "-u", self.save("soft.pub", public), "-c", self.path("soft.ctx"))
        self.assertIn("authValue or authPolicy is not available", self.activate(credential, self.path("soft.ctx")))
        private = key.private.private_numbers().private_value.to_bytes(32, "big")
        sensitive = sized(struct.pack(">H", ECC) + sized(b"") + sized(b"") + sized(private))
        with self.sim.client() as client, self.assertRaises(TpmError) as refused:
            client.ask(LOAD_EXTERNAL, parameters=sensitive + public + struct.pack(">I", RH_NULL))
        self.assertEqual(refused.exception.code & 0xbf, RC_ATTRIBUTES)  # fixedTPM, of what comes from outside
        # It is the same name that is refused there and accepted by the verification of evidence.
        status, _, claims = self.verify("evidence", self.forge().json(), policy=self.policy(4))
        self.assertEqual(status, HOLDS)
        self.assertNotEqual(claims["ak_name"], name)


if __name__ == "__main__":
    unittest.main()
