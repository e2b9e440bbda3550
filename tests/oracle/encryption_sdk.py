# SPDX-License-Identifier: Apache-2.0
"""Amazon's own AWS Encryption SDK for Python as a program: encryption_sdk.py encrypt|decrypt KEY IN OUT [SUITE FRAME-LENGTH].
The data key is taken from a file as it is, with a master key that gives out nothing else. Run by an interpreter that has
aws-encryption-sdk (PyPI), which $ATTESTD_SDK_PYTHON names."""
import sys

import aws_encryption_sdk
from aws_encryption_sdk.identifiers import AlgorithmSuite, CommitmentPolicy
from aws_encryption_sdk.key_providers.base import MasterKey, MasterKeyConfig
from aws_encryption_sdk.structures import DataKey, EncryptedDataKey, MasterKeyInfo


class GivenConfig(MasterKeyConfig):
    provider_id = "given"


class Given(MasterKey):
    """One data key, whatever is asked."""
    provider_id = "given"
    _config_class = GivenConfig

    def owns_data_key(self, data_key):
        return True

    def _generate_data_key(self, algorithm, encryption_context):
        return DataKey(MasterKeyInfo("given", b"given"), KEY, b"none")

    def _encrypt_data_key(self, data_key, algorithm, encryption_context):
        return EncryptedDataKey(MasterKeyInfo("given", b"given"), b"none")

    def _decrypt_data_key(self, encrypted_data_key, algorithm, encryption_context=None):
        return DataKey(encrypted_data_key.key_provider, KEY, encrypted_data_key.encrypted_data_key)


def main():
    global KEY
    command, key, source, target, *rest = sys.argv[1:]
    with open(key, "rb") as file:
        KEY = file.read()
    with open(source, "rb") as file:
        content = file.read()
    client = aws_encryption_sdk.EncryptionSDKClient(commitment_policy=CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT)
    given = Given(key_id="given")
    if command == "encrypt":
        suite, frame_length = int(rest[0], 16), int(rest[1])
        if suite in (0x0478, 0x0578):
            client = aws_encryption_sdk.EncryptionSDKClient(commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
        algorithm = AlgorithmSuite.get_by_id(suite)
        content, _ = client.encrypt(source=content, key_provider=given, algorithm=algorithm, frame_length=frame_length,
                                    encryption_context={"app": "db", "stage": "prod"})
    else:
        content, _ = client.decrypt(source=content, key_provider=given)
    with open(target, "wb") as file:
        file.write(content)


KEY = b""
if __name__ == "__main__":
    main()
