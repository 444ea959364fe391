"""A person's device with passkeys: makes keys and answers as a browser would hand them on (ES256, no attestation)."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

FLAG = AuthenticatorData.FLAG


class Device:
    """Holds one passkey; ``verified`` says whether it saw its owner's finger."""

    def __init__(self, origin: str = "http://terem.test", party: str = "terem.test") -> None:
        self.origin = origin
        self.party = party
        self.verified = True
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.owner = ""

    def _flags(self, *more: Any) -> Any:
        flags = FLAG.UP | FLAG.UV if self.verified else FLAG.UP
        for flag in more:
            flags |= flag
        return flags

    def _client(self, kind: str, challenge: str) -> CollectedClientData:
        kinds = {"create": CollectedClientData.TYPE.CREATE, "get": CollectedClientData.TYPE.GET}
        return CollectedClientData.create(kinds[kind], websafe_decode(challenge), self.origin)

    def _answer(self, response: dict[str, Any]) -> str:
        name = websafe_encode(self.id)
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "response": response,
                "clientExtensionResults": {"credProps": {"rk": True}},
            }
        )

    def _party_hash(self) -> bytes:
        return hashlib.sha256(self.party.encode()).digest()

    def make(self, options: dict[str, Any]) -> str:
        """A new passkey for the options of a page."""
        asked = options["creation_options"]["publicKey"]
        self.owner = asked["user"]["id"]
        public = ES256.from_cryptography_key(self.key.public_key())
        credential = AttestedCredentialData.create(bytes(16), self.id, public)
        data = AuthenticatorData.create(self._party_hash(), self._flags(FLAG.AT), 0, credential)
        return self._answer(
            {
                "clientDataJSON": websafe_encode(self._client("create", asked["challenge"])),
                "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
            }
        )

    def show(self, options: dict[str, Any]) -> str:
        """An answer with the passkey for the options of a page."""
        asked = options["request_options"]["publicKey"]
        client = self._client("get", asked["challenge"])
        data = AuthenticatorData.create(self._party_hash(), self._flags(), 0)
        signature = self.key.sign(bytes(data) + client.hash, ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": websafe_encode(client),
                "authenticatorData": websafe_encode(data),
                "signature": websafe_encode(signature),
                "userHandle": self.owner,
            }
        )
