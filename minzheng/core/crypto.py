"""Encryption of identity numbers, accounts and phones, and the keyed digest that finds them.

AES-256-GCM with a random nonce of 12 bytes; the key's id is stored beside the ciphertext, so keys can be changed. The
digest is HMAC-SHA-256 over kind and normalised value: equal values are found without decrypting anything.
"""

import base64
import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from minzheng.core.config import load_secrets


def encrypt(value: str, *, purpose: str) -> tuple[str, bytes]:
    """(key id, nonce + ciphertext). `purpose` is authenticated: a phone's ciphertext cannot pass for an account's."""
    return seal(value.encode(), purpose=purpose)


def decrypt(key_id: str, data: bytes, *, purpose: str) -> str:
    """The value again; raises cryptography's InvalidTag where data, key or purpose do not belong together."""
    return unseal(key_id, bytes(data), purpose=purpose).decode()


def seal(content: bytes, *, purpose: str) -> tuple[str, bytes]:
    """The same for bytes: (key id, nonce + ciphertext)."""
    key_id, cipher = _current()
    nonce = os.urandom(12)
    return key_id, nonce + cipher.encrypt(nonce, content, purpose.encode())


def unseal(key_id: str, data: bytes, *, purpose: str) -> bytes:
    """What `seal` was given."""
    return _cipher(key_id).decrypt(data[:12], data[12:], purpose.encode())


def digest(value: str, *, purpose: str) -> bytes:
    """32 bytes that are equal exactly where value and purpose are."""
    return hmac.new(_digest_key(), f"{purpose}\0{value}".encode(), hashlib.sha256).digest()


@lru_cache
def _cipher(key_id: str) -> AESGCM:
    return AESGCM(base64.b64decode(load_secrets().cipher_keys[key_id]))


def _current() -> tuple[str, AESGCM]:
    key_id = _current_key_id()
    return key_id, _cipher(key_id)


@lru_cache
def _current_key_id() -> str:
    return load_secrets().cipher_key_id


@lru_cache
def _digest_key() -> bytes:
    return base64.b64decode(load_secrets().digest_key)
