#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the seeds that need a TPM: quotes by tpm2-tools from a software TPM of their own.

    swtpm-harness/with-swtpm -- tests/fuzz/make_seeds.py

Writes into tests/fuzz/corpus. Each run makes other keys, so that it is only needed for a new form of seed.
"""
import base64
import hashlib
import json
import os
import subprocess
import tempfile

CORPUS = os.path.join(os.path.dirname(os.path.realpath(__file__)), "corpus")
ATTRIBUTES = "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|restricted|sign"
NONCE = bytes(range(32))
KINDS = {"ecdsa-p256": ("ecc256", "ecdsa", "sha256", "sha256:0,1,16"),
         "ecdsa-p384": ("ecc384", "ecdsa", "sha384", "sha384:0,23"),
         "rsassa-2048": ("rsa2048", "rsassa", "sha256", "sha256:4"),
         "rsapss-2048": ("rsa2048", "rsapss", "sha256", "sha384:16")}


def tool(*arguments):
    """Runs a tool, and flushes what it left loaded: there is no resource manager, and three slots."""
    for command in (arguments, ("tpm2_flushcontext", "-t")):
        subprocess.run(command, check=True, timeout=60, stdout=subprocess.DEVNULL)


def write(form, name, content):
    folder = os.path.join(CORPUS, form)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as file:
        file.write(content)


def read(name):
    with open(name, "rb") as file:
        return file.read()


def pcr_values(selection):
    bank, indexes = selection.split(":")
    values = {}
    for index in indexes.split(","):
        tool("tpm2_pcrread", f"{bank}:{index}", "-o", "value")
        values[index] = read("value").hex()
    return {"bank": bank, "pcrs": values}


def make(name, key, scheme, digest, selection):
    tool("tpm2_createprimary", "-C", "e", "-G", f"{key}:{scheme}-{digest}:null", "-a", ATTRIBUTES, "-c", "ak")
    tool("tpm2_readpublic", "-c", "ak", "-f", "pem", "-o", "pem")
    tool("tpm2_readpublic", "-c", "ak", "-f", "tss", "-o", "public", "-n", "name")
    quote = ("tpm2_quote", "-c", "ak", "-l", selection, "-q", NONCE.hex(), "-g", digest, "--scheme", scheme)
    tool(*quote, "-m", "message", "-s", "signature")
    tool(*quote, "-m", "other", "-s", "bare", "-f", "plain")
    public = read("public")[2:]  # TPM2B_PUBLIC without its size
    message, signature, pem = read("message"), read("signature"), read("pem")
    pcrs = pcr_values(selection)
    assert read("name") == b"\x00\x0b" + hashlib.sha256(public).digest()

    write("key", name + ".pem", pem)
    write("pcrs", name + ".json", json.dumps(pcrs).encode())
    for form, content in (("attest", message), ("public", public), ("signature", signature)):
        write("tpmwire", f"{name}.{form}", content)
    for form, signed, by in (("tpmt", message, signature), ("bare", read("other"), read("bare"))):
        write("quote_parts", f"{name}-{form}", b"\n--\n".join((pem, json.dumps(pcrs).encode(), by, signed)))
    text = [base64.b64encode(part).decode() for part in (message, signature, public)]
    write("bundle", name + ".json", json.dumps({
        "type": "tpm2-quote", "nonce": NONCE.hex(), **pcrs, "quoted": text[0], "signature": text[1],
        "ak": {"name": read("name").hex(), "public": text[2], "pem": pem.decode()}}).encode())


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        tool("tpm2_pcrextend", "16:sha256=" + "ab" * 32 + ",sha384=" + "cd" * 48)
        for name, kind in KINDS.items():
            make(name, *kind)


if __name__ == "__main__":
    main()
