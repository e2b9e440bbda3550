#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the unittest cases of one file and prints TAP, for automake's driver: tap.py FILE [CASE.test]...

Each case has a time limit: the attribute `limit` of its class, in seconds, or LIMIT.
"""
import importlib.util
import os
import signal
import sys
import time
import traceback
import unittest

LIMIT = 60


class TapResult(unittest.TestResult):
    """Each case is a line as soon as it is known; what went wrong follows as a comment."""

    def __init__(self):
        super().__init__()
        self.count = 0
        self.begun = 0.0
        self.broken = []  # of subtests of the case under way

    def startTest(self, test):
        super().startTest(test)
        self.broken = []
        self.begun = time.monotonic()
        signal.alarm(getattr(test, "limit", LIMIT))

    def stopTest(self, test):
        signal.alarm(0)
        if self.broken:  # unittest reports neither success nor failure of a case of which a subtest failed
            self._line("not ok", test, comment="\n".join(self.broken))
        super().stopTest(test)

    def addSuccess(self, test):
        self._line("ok", test, f" # {time.monotonic() - self.begun:.2f} s")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._line("ok", test, f" # SKIP {reason}")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._line("not ok", test, comment=_explain(err))

    addError = addFailure

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.broken.append(f"{subtest}\n{_explain(err)}")

    def stopTestRun(self):
        print(f"1..{self.count}", flush=True)

    def _line(self, verdict, test, end="", comment=""):
        self.count += 1
        print(f"{verdict} {self.count} - {test.id()}{end}")
        for line in comment.splitlines():
            print("#", line)
        sys.stdout.flush()


def _explain(err):
    return "".join(traceback.format_exception(*err))


def _too_long(_number, _frame):
    raise TimeoutError("the case took too long")


def load(path, names):
    module_name = os.path.splitext(os.path.basename(path))[0]
    spec = importlib.util.spec_from_file_location(module_name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    spec.loader.exec_module(module)
    loader = unittest.defaultTestLoader
    return loader.loadTestsFromNames(names, module) if names else loader.loadTestsFromModule(module)


def main():
    path = os.path.abspath(sys.argv[1])
    sys.path.insert(0, os.path.dirname(path))
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    signal.signal(signal.SIGALRM, _too_long)
    result = TapResult()
    result.startTestRun()
    load(path, sys.argv[2:])(result)
    result.stopTestRun()
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
