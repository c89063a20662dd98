"""Encrypts arguments with pyca/cryptography as Vapi does, for `cargo test --features encryption encryption` to read."""

import base64
import json
import os
import pathlib

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

folder = pathlib.Path(os.environ["VAPI_ORACLE"])
key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
for name, form in ("pkcs8", "PKCS8"), ("pkcs1", "TraditionalOpenSSL"):
    form = getattr(serialization.PrivateFormat, form)
    pem = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    (folder / f"{name}.pem").write_bytes(pem)


def encrypt(text):
    oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
    return base64.b64encode(key.public_key().encrypt(text.encode(), oaep)).decode()


def arguments(write):
    # 190 bytes are the most that a key of 2048 bits takes.
    return {"name": "Ada", "ssn": write("078-05-1120 é"), "payment": {"cardNumber": write("4" * 190), "amount": 12.5}}


(folder / "meant.json").write_text(json.dumps(arguments(lambda text: text)))
(folder / "sent.json").write_text(json.dumps(arguments(encrypt)))
