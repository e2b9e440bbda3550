# SPDX-License-Identifier: Apache-2.0
"""The GET and HEAD of S3: objects from a folder with a folder for each bucket (S3 API Reference, GetObject).

Any credential that this simulator gave out may read every object: bucket policies and S3's part of IAM are not simulated.
"""
import base64
import hashlib
import os
import re
import secrets
from email.utils import formatdate
from urllib.parse import unquote
from xml.sax.saxutils import escape

from http_server import Reply
from sigv4 import SignatureError

HOST = re.compile(r"(?:(?P<bucket>[a-z0-9][a-z0-9.-]+)\.)?(?:s3[.-](?:dualstack\.|fips\.)?(?P<region>[a-z0-9-]+)\."
                  r"(?:vpce\.)?amazonaws\.com(?:\.cn)?|localhost)", re.IGNORECASE)
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")

# kinds of sigv4.py to what S3 answers
SIGNATURE_ERRORS = {
    "missing": ("AccessDenied", 403), "incomplete": ("AuthorizationHeaderMalformed", 400),
    "scope": ("AuthorizationHeaderMalformed", 400), "unsigned-header": ("AccessDenied", 403),
    "unknown-key": ("InvalidAccessKeyId", 403), "token": ("InvalidToken", 400), "expired": ("ExpiredToken", 400),
    "skew": ("RequestTimeTooSkewed", 403), "mismatch": ("SignatureDoesNotMatch", 403),
    "payload-hash": ("XAmzContentSHA256Mismatch", 400),
}


class S3Error(Exception):
    def __init__(self, kind, status, message=""):
        super().__init__(message)
        self.kind = kind
        self.status = status


class S3:
    name = "s3"

    def __init__(self, settings, verifier):
        self.settings = settings
        self.verifier = verifier

    def operation(self, request):
        return {"GET": "GetObject", "HEAD": "HeadObject"}.get(request.method, request.method)

    def answer(self, request, entry, faults):
        try:
            return self.perform(request, entry, faults)
        except S3Error as error:
            entry["error"] = error.kind
            return self.fault_reply(error.kind, error.status, str(error))

    def perform(self, request, entry, faults):
        host = HOST.fullmatch(request.host_name)
        try:
            credential, _ = self.verifier.verify(request, host and host["region"])
        except SignatureError as error:
            raise S3Error(*SIGNATURE_ERRORS[error.kind], error.message) from None
        entry.update(access_key=credential.access_key, principal=credential.caller.arn)
        if "deny" in faults:
            raise S3Error("AccessDenied", 403, "Access Denied")
        if request.method not in ("GET", "HEAD"):
            raise S3Error("MethodNotAllowed", 405, "The specified method is not allowed against this resource.")
        try:
            path = unquote(request.path, errors="strict").lstrip("/")
        except UnicodeDecodeError:
            raise S3Error("InvalidURI", 400, "Couldn't parse the specified URI.") from None
        bucket, key = (host["bucket"], path) if host and host["bucket"] else path.partition("/")[::2]
        entry.update(bucket=bucket, object=key)
        data, changed = self.read(bucket, key)
        return self.part(request.header("range"), data, changed)

    def read(self, bucket, key):
        folder = os.path.join(self.settings.s3_folder or "", bucket)
        if not self.settings.s3_folder or not BUCKET.fullmatch(bucket) or not os.path.isdir(folder):
            raise S3Error("NoSuchBucket", 404, "The specified bucket does not exist")
        path = os.path.realpath(os.path.join(folder, key.replace("\0", "/../")))
        if not path.startswith(os.path.realpath(folder) + os.sep) or not os.path.isfile(path):
            raise S3Error("NoSuchKey", 404, "The specified key does not exist.")
        with open(path, "rb") as file:
            return file.read(), os.fstat(file.fileno()).st_mtime

    def part(self, asked, data, changed):
        """RFC 9110 §14: one range of bytes; what is not understood is ignored, what lies outside is 416."""
        headers = [*ids(), ("Last-Modified", formatdate(changed, usegmt=True)), ("Accept-Ranges", "bytes"),
                   ("ETag", f'"{hashlib.md5(data).hexdigest()}"'), ("Content-Type", "binary/octet-stream"),
                   ("Server", "AmazonS3")]
        found = RANGE.fullmatch(asked)
        if not found or found[0] == "bytes=-":
            return Reply(200, headers, data)
        if found[1]:
            begin, end = int(found[1]), min(int(found[2] or len(data)), len(data) - 1)
        else:
            begin, end = max(len(data) - int(found[2]), 0), len(data) - 1
        if begin >= len(data) or (found[2] and found[1] and int(found[2]) < begin):
            raise S3Error("InvalidRange", 416, "The requested range is not satisfiable")
        headers.append(("Content-Range", f"bytes {begin}-{end}/{len(data)}"))
        return Reply(206, headers, data[begin:end + 1])

    def fault_reply(self, kind, status, message, headers=()):
        if kind == "ThrottlingException":
            kind, status, message = "SlowDown", 503, "Please reduce your request rate."
        body = (f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{escape(kind)}</Code>'
                f"<Message>{escape(message)}</Message></Error>")
        return Reply(status, [*ids(), ("Content-Type", "application/xml"), ("Server", "AmazonS3"), *headers],
                     body.encode())


def ids():
    return [("x-amz-request-id", secrets.token_hex(8).upper()),
            ("x-amz-id-2", base64.b64encode(secrets.token_bytes(48)).decode())]
