# SPDX-License-Identifier: Apache-2.0
"""The daemon's quotes before three judges that share no code: attestctl, tpm2_checkquote, and a reader in Python."""
import json
import os
import tempfile
import unittest

from support import ATTESTCTL, Attestd, Multiplexer, Swtpm, requires, run
from tpm import check_bundle, checkquote, tool, write_bundle

ALGORITHMS = ("ecdsa-p256", "ecdsa-p384", "rsassa-2048")
BANKS = ("sha256", "sha384")


class OurQuotes(unittest.TestCase):
    limit = 120

    @classmethod
    def setUpClass(cls):
        requires("tpm2_checkquote", "tpm2_quote", ATTESTCTL)

    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())

    def attestctl(self, *arguments):
        done = run(ATTESTCTL, *arguments, check=False)
        return done.returncode, done.stdout + done.stderr

    def save(self, bundle):
        path = os.path.join(self.folder, "bundle.json")
        with open(path, "w", encoding="ascii") as file:
            json.dump(bundle, file)
        return path

    def judge(self, bundle, nonce):
        """Whether each of the three accepts."""
        parts = write_bundle(bundle, self.folder)
        try:
            reader = check_bundle(bundle, nonce) == []
        except (ValueError, KeyError):
            reader = False
        return (self.attestctl("verify", "quote", self.save(bundle), "--ak", parts["ak.pem"], "--nonce", nonce.hex())[0] == 0,
                checkquote(bundle, nonce, self.folder, check=False).returncode == 0, reader)

    def test_accepted_by_all_and_refused_by_all(self):
        for algorithm in ALGORITHMS:
            with Swtpm() as tpm, Attestd(tpm.tcti, f"[tpm]\nak-algorithm = {algorithm}\n") as attestd:
                for bank in BANKS:
                    with self.subTest(algorithm=algorithm, bank=bank):
                        nonce = os.urandom(32)
                        bundle = attestd.get(f"/v1/quote?nonce={nonce.hex()}&bank={bank}&pcrs=0-23").body
                        self.assertEqual(self.judge(bundle, nonce), (True, True, True))
                        self.assertEqual(self.judge(bundle, os.urandom(32)), (False, False, False))
                        changed = {**bundle, "pcrs": {**bundle["pcrs"], "7": "01" * (len(bundle["pcrs"]["7"]) // 2)}}
                        self.assertEqual(self.judge(changed, nonce), (False, False, False))

    def test_raw_files_for_tpm2_checkquote(self):
        """What the manual page promises, typed as it stands there."""
        with Swtpm() as tpm, Attestd(tpm.tcti) as attestd:
            nonce = os.urandom(32).hex()
            raw = os.path.join(self.folder, "raw")
            status, output = self.attestctl("--url", f"unix:{attestd.public}", "quote", "--nonce", nonce, "--raw", raw)
            self.assertEqual(status, 0, output)
            files = [os.path.join(raw, name) for name in ("ak.pem", "quote.msg", "quote.sig")]
            run("tpm2_checkquote", "-u", files[0], "-m", files[1], "-s", files[2], "-q", nonce)

    def test_tpm2_quote_through_attestctl(self):
        """The other way round: a quote that tpm2-tools made, with the daemon's AK."""
        with Swtpm() as tpm, Multiplexer(tpm) as shared, Attestd(shared.tcti) as attestd:
            path = {name: os.path.join(self.folder, name) for name in ("message", "signature", "pcrs", "ak.pem")}
            nonce = os.urandom(20).hex()
            tool(shared.tcti, "tpm2_quote", "-c", "0x8101A77E", "-l", "sha384:0,1,7", "-q", nonce, "-m", path["message"],
                 "-s", path["signature"])
            with open(path["ak.pem"], "w", encoding="ascii") as file:
                file.write(attestd.get("/v1/ak").body["pem"])
            with open(path["pcrs"], "w", encoding="ascii") as file:
                json.dump({member: value for member, value in attestd.get("/v1/pcrs?pcrs=0,1,7").body.items()
                           if member in ("bank", "pcrs")}, file)
            status, output = self.attestctl("verify", "quote", "--message", path["message"], "--signature", path["signature"],
                                            "--ak", path["ak.pem"], "--pcrs-file", path["pcrs"], "--nonce", nonce)
            self.assertEqual(status, 0, output)

    def test_pcrs_file_as_the_daemon_gives_it(self):
        """`attestctl pcrs --json` is what `--pcrs-file` takes."""
        with Swtpm() as tpm, Attestd(tpm.tcti) as attestd:
            url = f"unix:{attestd.public}"
            pcrs, raw = os.path.join(self.folder, "pcrs.json"), os.path.join(self.folder, "raw")
            nonce = os.urandom(16).hex()
            with open(pcrs, "w", encoding="ascii") as file:
                file.write(run(ATTESTCTL, "--url", url, "pcrs", "--pcrs", "0-3", "--json").stdout)
            run(ATTESTCTL, "--url", url, "quote", "--pcrs", "0-3", "--nonce", nonce, "--raw", raw)
            status, output = self.attestctl("verify", "quote", "--message", f"{raw}/quote.msg", "--signature",
                                            f"{raw}/quote.sig", "--ak", f"{raw}/ak.pem", "--pcrs-file", pcrs, "--nonce", nonce)
            self.assertEqual(status, 0, output)


if __name__ == "__main__":
    unittest.main()
