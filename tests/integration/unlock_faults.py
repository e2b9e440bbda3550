# SPDX-License-Identifier: Apache-2.0
"""Faults of all that is outside of the machine, a test each: the real attestd-unlock with a simulated NitroTPM, attestd
and AWS. What is asserted of each is in unlock_fault_case.py; faults of the machine itself are in unlock_faults_here.py.

    class      faults
    Metadata   11  late, later than the time-out, token refused, hop limit, role missing, late, failing, garbage, throttled,
                   credentials that end in mid-run, credentials that are over
    Network    11  no such name, refused, silent; TLS: wrong name, expired, not yet valid, self-signed, of others, old, garbage
    Kms        23  throttled for a while and for good, 5xx likewise, trickle, cut, garbage, too long, redirect, hang, reset;
                   another key's answer, plaintext instead and beside, another plaintext, CMS; denied by a PCR, denied,
                   disabled, unknown key, another context
    Clock       4  ten minutes ahead and behind, in both ways; certificates that hold by AWS's time alone, or not even so
    Sealed      9  missing, empty, cut, changed, of another context, not the pinned one, uncommitted, for another key, too large
    Remote      4  missing, denied, too large, cut
    Several     3  required or not, one of several
    together   65
"""
import hashlib
import os
import threading
import time
import unittest

from aws import ACCOUNT, KEY, REGION, SECOND_KEY
from support import run
from unlock_fault_case import FAILED, REFUSED, SECRET, FaultCase

SHORT = "4s"  # the minute of a boot, where it is to be over
UNKNOWN_KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/00000000-12ab-34cd-56ef-1234567890ab"
DECRYPT = {"service": "kms", "operation": "Decrypt"}


class Metadata(FaultCase):
    def test_late(self):
        self.world.aws.fault("late", service="imds", seconds=4)
        self.assert_done_all()

    def test_later_than_the_timeout(self):
        self.world.timeout = SHORT
        self.world.aws.fault("late", service="imds", seconds=60)
        self.assert_fails(FAILED, "credentials: an answer from " + self.world.aws.imds)
        self.assert_passes()

    def test_token_refused(self):
        self.world.timeout = SHORT
        self.world.aws.fault("token-refused")
        self.assert_fails(FAILED, "token", "403")

    def test_hop_limit(self):
        self.world.timeout = SHORT
        self.world.aws.fault("hop-limit")
        self.assert_fails(FAILED, "hop limit")

    def test_role_missing(self):
        self.world.timeout = SHORT
        self.world.aws.fault("role-missing")
        self.assert_fails(FAILED, "role of the instance")
        self.assert_passes()

    def test_role_late(self):
        self.world.aws.fault("role-missing", count=3)
        self.assert_done_all()

    def test_role_failing(self):
        self.world.timeout = SHORT
        self.world.aws.fault("role-error")
        self.assert_fails(FAILED, "AssumeRoleUnauthorizedAccess")

    def test_garbage(self):
        self.world.timeout = SHORT
        for kind in ("binary", "html", "empty", "json", "deep"):
            with self.subTest(kind):
                self.world.aws.control("DELETE", "/faults")
                self.world.aws.fault("garbage", service="imds", kind=kind)
                self.assert_fails(FAILED, "credentials: ")

    def test_throttled(self):
        self.world.aws.fault("throttle", service="imds", count=3)
        self.assert_done_all()

    def test_credentials_end_in_mid_run(self):
        """32 requests are under way when the credentials end; those behind them are refused, and signed anew."""
        for number in range(50):
            self.world.secret(f"s{number}", SECRET)
        self.world.aws.fault("slow", seconds=1, **DECRYPT)
        process = self.world.start_run()
        deadline = time.monotonic() + 20
        while not self.world.decrypts() and time.monotonic() < deadline:
            time.sleep(0.05)
        self.world.aws.control("POST", "/credentials/expire", {})
        said, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, said)
        self.assertEqual(self.world.outputs_there(), sorted(self.world.sections))
        self.assertIn(400, [line["status"] for line in self.world.decrypts()])
        self.assertEqual({self.world.output(name) for name in self.world.sections}, {SECRET})

    def test_credentials_are_over(self):
        self.world.timeout = SHORT
        self.world.aws.fault("expired")
        self.assert_fails(FAILED, "ExpiredTokenException")


class Network(FaultCase):
    def setUp(self):
        super().setUp()
        self.world.timeout = SHORT

    def test_no_such_name(self):
        self.world.kms = "https://kms.invalid"
        self.assert_fails(FAILED, "kms.invalid", "DNS")

    def test_refused(self):
        self.world.aws.fault("refuse", service="kms")
        self.assert_fails(FAILED, self.world.kms.partition("//")[2])
        self.assert_passes()

    def test_refused_for_a_while(self):
        self.world.timeout = "20s"
        self.world.aws.fault("late", service="kms", seconds=3)
        self.assert_done_all()

    def test_silent(self):
        self.world.aws.fault("refuse", service="kms", how="hang")
        self.assert_fails(FAILED, self.world.kms.partition("//")[2])

    def assert_tls_fails(self, kind, *words):
        self.world.aws.fault("tls", service="kms", kind=kind)
        self.assert_fails(FAILED, *words)
        self.assertEqual(self.world.decrypts(), [])  # nothing went to whoever that is
        self.assert_passes()

    def test_wrong_name(self):
        self.assert_tls_fails("wrong-name", "certificate")

    def test_expired(self):
        self.assert_tls_fails("expired", "certificate that has expired")

    def test_not_yet_valid(self):
        self.assert_tls_fails("not-yet-valid", "certificate that is not valid yet")

    def test_self_signed(self):
        self.assert_tls_fails("self-signed", "self")

    def test_of_others(self):
        self.assert_tls_fails("other-ca", "certificate")

    def test_old(self):
        self.assert_tls_fails("tls1.1", "protocol version")

    def test_garbage(self):
        self.assert_tls_fails("garbage", self.world.kms.partition("//")[2])


class Kms(FaultCase):
    def fails_by(self, exit_status, *words, timeout=SHORT, **fault):
        self.world.timeout = timeout
        self.world.aws.fault(fault.pop("kind_of"), **{**DECRYPT, **fault})
        return self.assert_fails(exit_status, *words)

    def test_throttled_for_a_while(self):
        self.world.aws.fault("throttle", count=4, **DECRYPT)
        self.assert_done_all()

    def test_throttled(self):
        self.fails_by(FAILED, "Throttling", kind_of="throttle")
        self.assert_passes()

    def test_trouble_for_a_while(self):
        self.world.aws.fault("error", status=503, count=4, **DECRYPT)
        self.assert_done_all()

    def test_trouble(self):
        for status in (500, 502, 503, 504):
            with self.subTest(status):
                self.world.aws.control("DELETE", "/faults")
                self.fails_by(FAILED, "InternalFailure", kind_of="error", status=status, timeout="2s")

    def test_trickle(self):
        self.fails_by(FAILED, "a", kind_of="trickle", bytes=1, seconds=1, timeout=SHORT)
        self.assert_passes()

    def test_slow_but_in_time(self):
        self.world.aws.fault("trickle", bytes=400, seconds=0.2, **DECRYPT)
        self.assert_done_all()

    def test_cut(self):
        self.fails_by(FAILED, kind_of="truncate")
        self.assert_passes()

    def test_cut_once(self):
        self.world.aws.fault("truncate", count=1, **DECRYPT)
        self.assert_done_all()

    def test_reset(self):
        for when in ("request", "answer"):
            self.world.aws.fault("reset", when=when, count=2, **DECRYPT)
        self.assert_done_all()

    def test_hang(self):
        """The rest of the time is waited for, and not more."""
        begun = time.monotonic()
        self.fails_by(FAILED, kind_of="hang")
        self.assertLess(time.monotonic() - begun, 45)

    def test_garbage(self):
        for kind in ("binary", "html", "empty", "json", "deep"):
            with self.subTest(kind):
                self.world.aws.control("DELETE", "/faults")
                status = REFUSED if kind == "json" else FAILED  # which has a plaintext in it
                self.fails_by(status, "answer", kind_of="garbage", kind=kind, timeout="2s")

    def test_too_long(self):
        self.fails_by(FAILED, kind_of="oversize")

    def test_redirect(self):
        """It is not followed: nobody else gets the document, nor the credentials."""
        self.fails_by(FAILED, kind_of="redirect", location=self.world.aws.s3 + "/other")
        self.assertEqual([line for line in self.world.aws.log()[self.world.logged:] if line["service"] == "s3"], [])

    def test_another_key(self):
        self.fails_by(REFUSED, "key", kind_of="other-key-id")

    def test_plaintext_instead(self):
        self.fails_by(REFUSED, "plaintext", kind_of="plaintext")

    def test_plaintext_beside(self):
        self.fails_by(REFUSED, "plaintext", kind_of="plaintext", instead=False)

    def test_another_plaintext(self):
        """A data key that is not the message's: the message tells."""
        self.world.sealed("a", self.message())
        self.fails_by(REFUSED, kind_of="wrong-plaintext")
        self.assert_passes()

    def test_cms(self):
        """One message for all: who sends variants learns nothing by what is said of them."""
        messages = set()
        for variant in ("aes-128", "oaep-sha1", "pkcs1", "bad-padding", "short-key", "other-key", "two-recipients",
                        "no-recipient", "data", "truncated"):
            with self.subTest(variant):
                self.world.aws.control("DELETE", "/faults")
                self.world.aws.fault("cms", variant=variant, **DECRYPT)
                done, _ = self.workload()
                self.assertIn(done.returncode, (REFUSED, FAILED))
                self.assertEqual(self.world.outputs_there(), [])
                messages.add(self.world.report()["secrets"][0]["detail"])
        self.assertEqual(len(messages), 1, messages)

    def test_denied_by_a_pcr(self):
        self.addCleanup(self.world.reset)
        self.world.policy(**{"4": "ab" * 48})
        run("tpm2_pcrextend", "-T", self.world.sim.tcti, "4:sha384=" + "11" * 48)
        self.assert_fails(REFUSED, "AccessDeniedException", "NitroTPMPCR4 = " + self.world.pcr(4))

    def test_denied(self):
        self.fails_by(REFUSED, "AccessDeniedException", "NitroTPMPCR", kind_of="deny")

    def test_disabled(self):
        self.world.aws.control("POST", "/key-state", {"key": KEY, "state": "Disabled"})
        self.assert_fails(FAILED, "the key is disabled")

    def test_unknown_key(self):
        self.world.sections["a"]["key-id"] = UNKNOWN_KEY
        self.assert_fails(FAILED, "NotFoundException")

    def test_another_context(self):
        self.world.secret("a", SECRET, context={"stage": "test"})
        self.assert_fails(FAILED, "InvalidCiphertextException", "encryption context")


class Clock(FaultCase):
    """AWS's clock is right, and ours is not: it is AWS's that is moved here, and that of its documents."""

    def off(self, minutes):
        self.world.aws.fault("clock", minutes=minutes, document=True)
        self.world.sim.fault(f"skew={minutes * 60}")

    def test_ahead(self):
        self.off(10)
        said = self.assert_done_all()
        self.assertRegex(said, "(?i)clock")
        self.assertEqual([line["status"] for line in self.world.decrypts()], [200])  # not found out by a refusal

    def test_behind(self):
        self.off(-10)
        said = self.assert_done_all()
        self.assertRegex(said, "(?i)clock")
        self.assertEqual([line["status"] for line in self.world.decrypts()], [200])

    def test_certificates_by_the_time_of_the_document(self):
        """A clock as after a flat battery: AWS's certificate is valid today, and not by our clock."""
        self.world.aws.fault("tls", service="kms", kind="not-yet-valid")
        self.off(12 * 60)
        self.assert_done_all()

    def test_expired_also_then(self):
        self.world.timeout = SHORT
        self.world.aws.fault("tls", service="kms", kind="expired")
        self.off(12 * 60)
        self.assert_fails(FAILED, "expired")


class Sealed(FaultCase):
    def setUp(self):
        super().setUp()
        self.good = self.message()

    def assert_sealed_fails(self, sealed, status, *words):
        self.world.sealed("a", sealed)
        self.assert_fails(status, *words)
        self.assertEqual(self.world.sealed("a", self.good), None)
        self.assert_done_all()

    def test_missing(self):
        self.world.sections["a"]["source"] = "file:/nonexistent/a.sealed"
        self.assert_fails(FAILED, "/nonexistent/a.sealed")

    def test_empty(self):
        self.assert_sealed_fails(b"", FAILED, "the sealed form")

    def test_cut(self):
        self.assert_sealed_fails(self.good[:-5], FAILED, "the message to go on")

    def test_changed(self):
        for at in (-1, -len(SECRET)):
            changed = bytearray(self.good)
            changed[at] ^= 1
            self.assert_sealed_fails(bytes(changed), REFUSED, "the sealed form")
            self.world.clear()

    def test_another_context(self):
        self.assert_sealed_fails(self.message("b"), REFUSED, "encryption context")
        self.assertEqual(len(self.world.decrypts()), 1)  # the good one: KMS was not asked for the other

    def test_not_the_pinned_one(self):
        self.world.sealed("a", self.message(), digest=hashlib.sha384(self.good).hexdigest())
        self.assert_fails(REFUSED, "digest")
        self.assertEqual(self.world.decrypts(), [])

    def test_uncommitted(self):
        self.assert_sealed_fails(self.message(suite=0x0178), REFUSED, "commit")

    def test_for_another_key(self):
        self.world.sealed("a", self.good, key=SECOND_KEY)
        self.assert_fails(REFUSED, SECOND_KEY)
        self.assertEqual(self.world.decrypts(), [])

    def test_too_large(self):
        self.world.sealed("a", b"x" * ((16 << 20) + 1))
        self.assert_fails(FAILED, "a.sealed")


class Remote(FaultCase):
    """Sealed forms in S3."""

    def setUp(self):
        super().setUp()
        self.path = os.path.join(self.world.bucket, "a.sealed")
        self.put(self.message())
        self.world.sections["a"] = {"source": "s3://bucket/a.sealed", "key-id": KEY, "output": self.world.path("a")}

    def put(self, content):
        with open(self.path, "wb") as file:
            file.write(content)

    def test_missing(self):
        os.unlink(self.path)
        self.assert_fails(FAILED, "NoSuchKey")

    def test_denied(self):
        self.world.aws.fault("deny", service="s3")
        self.assert_fails(REFUSED, "AccessDenied")

    def test_too_large(self):
        self.world.timeout = SHORT
        self.world.aws.fault("oversize", service="s3")
        self.assert_fails(FAILED)

    def test_cut(self):
        self.world.aws.fault("truncate", service="s3", count=1)
        self.assert_done_all()


class Several(FaultCase):
    def setUp(self):
        super().setUp()
        self.world.secret("b", SECRET, context={"other": "x"})

    def test_not_required(self):
        self.world.sections["b"]["required"] = "no"
        done, said = self.workload()
        self.assertEqual((done.returncode, self.world.outputs_there()), (0, ["a"]), said)
        self.assertEqual(self.world.states(), {"a": "delivered", "b": "failed"})
        self.assertIn("InvalidCiphertextException", said)

    def test_required(self):
        """What could be had is out, whole; the workload does not start without the rest."""
        self.assert_fails(FAILED, "InvalidCiphertextException", there=["a"])
        self.assertEqual(self.world.output("a"), SECRET)

    def test_one_that_hangs(self):
        """The others do not wait for it, nor are they lost with it."""
        self.world.timeout = SHORT
        self.world.secret("b", SECRET, required="no")
        self.world.aws.fault("error", status=500, skip=1, **DECRYPT)
        done, said = self.workload()
        self.assertEqual((done.returncode, len(self.world.outputs_there())), (0 if self.world.outputs_there() == ["a"] else 3, 1),
                         said)


if __name__ == "__main__":
    unittest.main()
