# SPDX-License-Identifier: Apache-2.0
"""What is asserted of every fault in unlock_faults.py and unlock_faults_here.py: a workload starts if and only if all
required secrets are out; a run that fails leaves nothing and says why; nothing secret is in what it says."""
import contextlib
import os
import sys

from aws import KEY
from support import HERE
from unlocker import UnlockCase

sys.path.insert(0, os.path.join(os.path.dirname(HERE), "oracle"))

SECRET = b"hunter2-is-no-password\0\xff"
STARTED = "the workload has started"
OK, REFUSED, USAGE, FAILED = range(4)  # exit statuses


class FaultCase(UnlockCase):
    """One secret, "a", that is required."""

    limit = 180

    def setUp(self):
        self.world.clear()
        self.world.secret("a", SECRET)

    def workload(self):
        """A run with a workload behind it; its status and what it said, which holds no secret."""
        done = self.world.run("--", "echo", STARTED)
        said = done.stdout + done.stderr
        for text in (said, *self.reports()):
            self.assertNotIn("hunter2", text)
        return done, said

    def reports(self):
        with contextlib.suppress(FileNotFoundError), open(self.world.report_path, encoding="utf-8") as file:
            yield file.read()

    def assert_fails(self, status, *words, there=()):
        """It exits so, starts no workload, leaves those outputs alone, and says these words."""
        done, said = self.workload()
        self.assertEqual(done.returncode, status, said)
        self.assertNotIn(STARTED, said)
        self.assertEqual(self.world.outputs_there(), sorted(there), said)
        for word in words:
            self.assertIn(word, said)
        for report in self.reports():
            self.assertIn('"failed"', report)
        return said

    def assert_done_all(self, *words):
        """Every secret is out, whole, and the workload starts."""
        done, said = self.workload()
        self.assertEqual(done.returncode, OK, said)
        self.assertIn(STARTED, said)
        self.assertEqual(self.world.outputs_there(), sorted(self.world.sections))
        for name in self.world.sections:
            self.assertEqual(self.world.output(name), SECRET)
        self.assertEqual(self.world.report()["result"], "done")
        for word in words:
            self.assertIn(word, said)
        return said

    def assert_passes(self):
        """The fault is over: the same configuration works."""
        self.world.aws.control("DELETE", "/faults")
        self.world.sim.clear()
        self.world.timeout = "20s"
        self.assert_done_all()

    def message(self, name="a", suite=0x0478, context=None, data_key=None, **more):
        """A message of the AWS Encryption SDK with the secret in it."""
        from sealed import Message

        data_key = data_key or os.urandom(32)
        message = Message(suite, data_key, SECRET, context=context or {"attestd:secret": name}, **more)
        pairs = {key.decode(): value.decode() for key, value in message.pairs}
        message.keys = [(b"aws-kms", KEY.encode(), self.world.aws.seal(data_key, KEY, **pairs))]
        return message.encode()
