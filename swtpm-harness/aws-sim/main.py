# SPDX-License-Identifier: Apache-2.0
"""The command line: options, one line that says where everything is, and the end."""
import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import threading

import settings
from condition import PolicyError
from faults import FaultError
from run import Run

SERVICES = ("imds", "container", "kms", "s3", "control")
OPTIONS = (
    ("--config", "FILE", "account, Regions, keys and policies, in JSON"),
    ("--state", "DIR", "where its files lie, the keys' secret among them (a temporary folder)"),
    ("--log", "FILE", "a line of JSON for each request"),
    ("--s3-folder", "DIR", "a folder with one for each bucket"),
)


def arguments():
    parser = argparse.ArgumentParser(prog="aws-sim", description="IMDSv2, KMS with Recipient, and the GET of S3, on "
                                     "loopback, for tests. Its README tells what the files hold.")
    for name, value, text in OPTIONS:
        parser.add_argument(name, metavar=value, help=text)
    parser.add_argument("--document-root", metavar="PEM", action="append", default=[],
                        help="a root that attestation documents may end at")
    parser.add_argument("--fault", metavar="JSON", action="append", default=[], help="a fault from the start")
    parser.add_argument("--lifetime", metavar="SECONDS", type=float, default=600, help="ends by itself after (600)")
    for service in SERVICES:
        parser.add_argument(f"--{service}", metavar="ADDRESS", action="append", type=address,
                            help=f"where {service} listens, as 127.0.0.1:0 or [::1]:0 (any port on both)")
    return parser.parse_args()


def address(text):
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal():
        raise argparse.ArgumentTypeError("HOST:PORT")
    return host.strip("[]"), int(port)


def prepare(options, state):
    source = settings.read(options.config) if options.config else {}
    folder = os.path.dirname(os.path.abspath(options.config)) if options.config else os.getcwd()
    roots = [os.path.abspath(path) for path in options.document_root]
    source["document-roots"] = [*source.get("document-roots", []), *roots]
    if options.s3_folder:
        source["s3"] = os.path.abspath(options.s3_folder)
    this = Run(source, folder, state, options.log)
    for text in options.fault:
        this.faults.add(json.loads(text))
    for service in SERVICES:
        this.listen(service, getattr(options, service))
    return this


def main():
    options = arguments()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    state = os.path.abspath(options.state) if options.state else tempfile.mkdtemp(prefix="aws-sim-")
    try:
        os.makedirs(state, mode=0o700, exist_ok=True)
        this = prepare(options, state)
    except (settings.SettingsError, PolicyError, FaultError, ValueError, OSError) as error:
        print(f"aws-sim: {error}", file=sys.stderr)
        return 2
    else:
        this.start()
        print(json.dumps(this.addresses()), flush=True)
        ended.wait(options.lifetime)
        this.stop()
        return 1 if this.failures else 0
    finally:
        if not options.state:
            shutil.rmtree(state, ignore_errors=True)
