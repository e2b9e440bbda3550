# SPDX-License-Identifier: Apache-2.0
"""The TLS side: a CA of this run, and a server certificate for each way in which one can be right or wrong."""
import datetime
import ipaddress
import os
import ssl
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)

# kind: (names are ours, begins, ends, issuer)
SERVERS = {
    "good": (True, -DAY, DAY, "ca"),
    "wrong-name": (False, -DAY, DAY, "ca"),
    "expired": (True, -DAY, -HOUR, "ca"),
    "not-yet-valid": (True, HOUR, DAY, "ca"),
    "self-signed": (True, -DAY, DAY, "self"),
    "other-ca": (True, -DAY, DAY, "other"),
}
PROTOCOLS = {"tls1.1": ssl.TLSVersion.TLSv1_1, "tls1.2": ssl.TLSVersion.TLSv1_2, "tls1.3": ssl.TLSVersion.TLSv1_3}
KINDS = tuple(SERVERS) + tuple(PROTOCOLS)


def names_of(regions, more):
    """The names of KMS and S3 in these regions, a virtual-hosted bucket's and an interface endpoint's among them."""
    names = ["localhost", "*.localhost"]
    for region in regions:
        suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
        names += [f"kms.{region}.{suffix}", f"kms-fips.{region}.{suffix}", f"*.kms.{region}.vpce.{suffix}",
                  f"s3.{region}.{suffix}", f"*.s3.{region}.{suffix}", f"*.s3.{region}.vpce.{suffix}"]
        names += [f"kms.{region}.api.aws", f"kms-fips.{region}.api.aws", f"*.s3.dualstack.{region}.{suffix}"]
    return names + list(more)


class Authority:
    """Makes certificates and TLS contexts. Files lie in `folder`; ca.pem is what a client is to trust."""

    def __init__(self, folder, names):
        self.folder = folder
        self.names = names
        self.lock = threading.Lock()
        self.contexts = {}
        self.issuers = {name: new_ca(f"aws-sim simulator {name} CA") for name in ("ca", "other")}
        self.ca_file = self.write("ca.pem", pem(self.issuers["ca"][1]), 0o644)

    def context(self, kind="good"):
        """Made when first asked for, for keys take time."""
        with self.lock:
            if kind not in self.contexts:
                self.contexts[kind] = self.make_context(kind)
            return self.contexts[kind]

    def make_context(self, kind):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server_file(kind if kind in SERVERS else "good"))
        if kind in PROTOCOLS:
            if kind == "tls1.1":  # which OpenSSL 3 does at security level 0 only
                context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = PROTOCOLS[kind]
        else:
            context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    def server_file(self, kind):
        path = os.path.join(self.folder, f"server-{kind}.pem")
        ours, begins, ends, issuer = SERVERS[kind]
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "aws-sim simulator server")])
        issuer_key, issuer_name = key, subject
        if issuer != "self":
            issuer_key, authority = self.issuers[issuer]
            issuer_name = authority.subject
        names = [x509.DNSName(name) for name in (self.names if ours else ["elsewhere.example.com"])]
        if ours:
            names += [x509.IPAddress(ipaddress.ip_address(text)) for text in ("127.0.0.1", "::1")]
        now = datetime.datetime.utcnow()
        certificate = (start(subject, issuer_name, key.public_key(), now + begins, now + ends)
                       .add_extension(x509.SubjectAlternativeName(names), critical=False)
                       .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
                       .add_extension(x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
                       .sign(issuer_key, hashes.SHA256()))
        return self.write(os.path.basename(path), private_pem(key) + pem(certificate), 0o600)

    def write(self, name, data, mode):
        path = os.path.join(self.folder, name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            file.write(data)
        return path


def start(subject, issuer, public_key, begins, ends):
    return (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public_key)
            .serial_number(x509.random_serial_number()).not_valid_before(begins).not_valid_after(ends))


def new_ca(common_name):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    now = datetime.datetime.utcnow()
    usage = x509.KeyUsage(digital_signature=False, content_commitment=False, key_encipherment=False,
                          data_encipherment=False, key_agreement=False, key_cert_sign=True, crl_sign=True,
                          encipher_only=False, decipher_only=False)
    certificate = (start(name, name, key.public_key(), now - 2 * DAY, now + 2 * DAY)
                   .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
                   .add_extension(usage, critical=True)
                   .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
                   .sign(key, hashes.SHA256()))
    return key, certificate


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


def private_pem(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                             serialization.NoEncryption())
