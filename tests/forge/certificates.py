"""Certificates that a key issues to itself: good in form, and vouched for by nobody."""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from tests.forge.keys import Key


def certificate(key: Key) -> x509.Certificate:
    """For this machine, from yesterday to tomorrow."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "identity.example.com")])
    here = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    now, day = datetime.now(UTC), timedelta(days=1)
    made = x509.CertificateBuilder(name, name, key.private.public_key(), 1, now - day, now + day)
    return made.add_extension(here, critical=False).sign(key.private, SHA256())
