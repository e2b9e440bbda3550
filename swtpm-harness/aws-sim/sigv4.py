# SPDX-License-Identifier: Apache-2.0
"""Is a request signed by who it says, and unchanged since? AWS Signature Version 4, from the verifier's side.

Everything is recomputed from the request as it arrived. Specification: IAM User Guide, "Create a signed AWS API
request". The services word the refusals; here they are kinds.
"""
import calendar
import hashlib
import hmac
import re
import time
from urllib.parse import quote, unquote_to_bytes

ALGORITHM = "AWS4-HMAC-SHA256"
TERMINATOR = "aws4_request"
UNSIGNED = "UNSIGNED-PAYLOAD"
UNRESERVED = "-._~"  # beside letters and digits, which quote() leaves alone anyway
KINDS = ("missing", "incomplete", "scope", "unsigned-header", "unknown-key", "token", "expired", "skew", "mismatch",
         "payload-hash")


class SignatureError(Exception):
    """Why a request is refused: a kind of KINDS, and a sentence."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind
        self.message = message


def encode(data):
    return quote(data, safe=UNRESERVED)


def canonical_path(path, s3=False, normalize=True):
    """The path as sent was encoded once already. S3 takes it so; all others encode again, after removing dots."""
    raw = path.encode("latin-1", "surrogateescape") or b"/"
    if s3:
        return quote(unquote_to_bytes(raw), safe="/" + UNRESERVED)
    if normalize:
        raw = remove_dots(raw)
    return quote(raw, safe="/" + UNRESERVED)


def remove_dots(path):
    kept = []
    for part in path.split(b"/"):
        if part == b"..":
            del kept[-1:]
        elif part not in (b"", b"."):
            kept.append(part)
    end = b"/" if kept and path.endswith((b"/", b"/.", b"/..")) else b""
    return b"/" + b"/".join(kept) + end


def canonical_query(query):
    pairs = []
    for part in query.encode("latin-1", "surrogateescape").split(b"&"):
        if part:
            name, _, value = part.partition(b"=")
            pairs.append((encode(unquote_to_bytes(name)), encode(unquote_to_bytes(value))))
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def canonical_headers(headers, signed):
    """`signed` are the names in the order of the Authorization header; each must have come."""
    lines = []
    for name in signed:
        values = [squeeze(value) for key, value in headers if key.lower() == name]
        if not values:
            raise SignatureError("mismatch", f"the signed header {name!r} is not in the request")
        lines.append(f"{name}:{','.join(values)}\n")
    return "".join(lines)


def squeeze(value):
    return re.sub(r"[ \t\r\n]+", " ", value.strip())


def canonical_request(method, target, headers, signed, payload_hash, s3=False, normalize=True):
    path, _, query = target.partition("?")
    return "\n".join((method, canonical_path(path, s3, normalize), canonical_query(query),
                      canonical_headers(headers, signed), ";".join(signed), payload_hash))


def string_to_sign(date, scope, canonical):
    digest = hashlib.sha256(canonical.encode("latin-1", "surrogateescape")).hexdigest()
    return "\n".join((ALGORITHM, date, scope, digest))


def signing_key(secret, scope):
    key = ("AWS4" + secret).encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def signature(secret, date, scope, canonical):
    return hmac.new(signing_key(secret, scope), string_to_sign(date, scope, canonical).encode(),
                    hashlib.sha256).hexdigest()


class Authorization:
    """The Authorization header, taken apart."""

    def __init__(self, text):
        algorithm, _, rest = text.partition(" ")
        if algorithm != ALGORITHM:
            raise SignatureError("incomplete", f"Unsupported AWS 'algorithm': '{algorithm}'.")
        fields = {}
        for part in rest.split(","):
            name, equals, value = part.strip().partition("=")
            if not equals or name in fields:
                raise SignatureError("incomplete", f"'{part.strip()}' not a valid key=value pair (missing equal-sign) "
                                                   "in Authorization header.")
            fields[name] = value
        lacking = [name for name in ("Credential", "Signature", "SignedHeaders") if not fields.get(name)]
        if lacking:
            raise SignatureError("incomplete", " ".join(f"Authorization header requires '{name}' parameter."
                                                        for name in lacking))
        self.access_key, _, self.scope = fields["Credential"].partition("/")
        self.signature = fields["Signature"]
        self.signed = fields["SignedHeaders"].split(";")
        parts = self.scope.split("/")
        if len(parts) != 4 or parts[3] != TERMINATOR:
            raise SignatureError("incomplete", "Credential must have exactly 5 slash-delimited elements, "
                                               "e.g. keyid/date/region/service/term")
        self.day, self.region, self.service = parts[:3]
        if self.signed != sorted(set(self.signed)) or [name.lower() for name in self.signed] != self.signed:
            raise SignatureError("incomplete", "SignedHeaders are lower-case names in order, each once.")


class Verifier:
    """What one service demands. `lookup(access key)` gives a credential (credentials.py) or None."""

    def __init__(self, service, regions, lookup, clock, max_skew=300, s3=False):
        self.service = service
        self.regions = regions
        self.lookup = lookup
        self.clock = clock
        self.max_skew = max_skew
        self.s3 = s3

    def verify(self, request, region=None):
        """Who signed it; region: the endpoint's, where its name tells. Raises SignatureError."""
        text = only(request.headers, "authorization")
        if text is None:
            raise SignatureError("missing", "Missing Authentication Token")
        authorization = Authorization(text)
        date = only(request.headers, "x-amz-date")
        if date is None or not re.fullmatch(r"[0-9]{8}T[0-9]{6}Z", date):
            raise SignatureError("incomplete", "Authorization header requires existence of either a 'X-Amz-Date' or a "
                                               "'Date' header.")
        self.check_scope(authorization, date, region)
        self.check_signed(request, authorization)
        credential = self.check_credential(request, authorization)
        self.check_skew(date)
        payload_hash = self.payload_hash(request)
        canonical = canonical_request(request.method, request.target, request.headers, authorization.signed,
                                      payload_hash, s3=self.s3)
        expected = signature(credential.secret_key, date, authorization.scope, canonical)
        if not hmac.compare_digest(expected.encode(), authorization.signature.encode("latin-1", "replace")):
            raise SignatureError("mismatch", "The request signature we calculated does not match the signature you "
                                             "provided. Check your AWS Secret Access Key and signing method. Consult "
                                             "the service documentation for details.")
        return credential, authorization

    def check_scope(self, authorization, date, region):
        if authorization.service != self.service:
            raise SignatureError("scope", f"Credential should be scoped to correct service: '{self.service}'. ")
        if authorization.region not in ((region,) if region else self.regions):
            raise SignatureError("scope", "Credential should be scoped to a valid region. ")
        if authorization.day != date[:8]:
            raise SignatureError("scope", f"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of "
                                          f"date from HTTP: '{authorization.day}' != '{date[:8]}', from '{date}'.")

    def check_signed(self, request, authorization):
        """host, and every header of AWS's own, must be covered."""
        if "host" not in authorization.signed:
            raise SignatureError("unsigned-header", "'Host' or ':authority' must be a 'SignedHeader' in the AWS "
                                                    "Authorization.")
        for name, _ in request.headers:
            if name.lower().startswith("x-amz-") and name.lower() not in authorization.signed:
                raise SignatureError("unsigned-header", f"'{name.lower()}' must be a 'SignedHeader' in the AWS "
                                                        "Authorization.")
        if len([name for name, _ in request.headers if name.lower() == "host"]) != 1:
            raise SignatureError("mismatch", "There must be one Host header.")

    def check_credential(self, request, authorization):
        invalid = "The security token included in the request is invalid."
        credential = self.lookup(authorization.access_key)
        if credential is None:
            raise SignatureError("unknown-key", invalid)
        token = only(request.headers, "x-amz-security-token")
        if token != credential.token:
            raise SignatureError("token", invalid)
        if credential.expires is not None and credential.expires <= self.clock():
            raise SignatureError("expired", "The security token included in the request is expired")
        return credential

    def check_skew(self, date):
        now = self.clock()
        try:
            then = calendar.timegm(time.strptime(date, "%Y%m%dT%H%M%SZ"))
        except ValueError:
            raise SignatureError("incomplete", f"Date must be in ISO-8601 'basic format'. Got '{date}'.") from None
        minutes = self.max_skew // 60
        if then < now - self.max_skew:
            raise SignatureError("skew", f"Signature expired: {date} is now earlier than {stamp(now - self.max_skew)} "
                                         f"({stamp(now)} - {minutes} min.)")
        if then > now + self.max_skew:
            raise SignatureError("skew", f"Signature not yet current: {date} is still later than "
                                         f"{stamp(now + self.max_skew)} ({stamp(now)} + {minutes} min.)")

    def payload_hash(self, request):
        claimed = only(request.headers, "x-amz-content-sha256")
        real = hashlib.sha256(request.body).hexdigest()
        if claimed is None:
            if self.s3:
                raise SignatureError("incomplete", "Missing required header for this request: x-amz-content-sha256")
            return real
        if claimed != real and not (self.s3 and claimed == UNSIGNED):
            raise SignatureError("payload-hash", "The provided 'x-amz-content-sha256' header does not match what was "
                                                 "computed.")
        return claimed


def only(headers, wanted):
    """The value of a header that may come once; None without. Twice is never what a signer meant."""
    values = [value for name, value in headers if name.lower() == wanted]
    if len(values) > 1:
        raise SignatureError("incomplete", f"The header {wanted} came {len(values)} times.")
    return values[0] if values else None


def stamp(seconds):
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(seconds))
