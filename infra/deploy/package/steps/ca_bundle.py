"""Leaves of the SDK's certificates those that AWS's services have: all of them are read anew for each new connection.

Every public endpoint of AWS chains to one of Amazon's own authorities, the Starfield one being theirs too
(docs/adr/0008). AWS_CA_BUNDLE goes before the bundle. 14 ms of processor time a cold start, 197 of 902 million
instructions. https://docs.aws.amazon.com/sdkref/latest/guide/feature-gen-config.html
"""

import hashlib
import re
import ssl
from pathlib import Path

NAME = "ca-bundle"
# SHA-256 of each certificate, as https://www.amazontrust.com/repository/ tells them.
AUTHORITIES = {
    "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e": "Amazon Root CA 1",
    "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4": "Amazon Root CA 2",
    "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4": "Amazon Root CA 3",
    "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092": "Amazon Root CA 4",
    "568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5": "Starfield Services Root CA - G2",
}
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----\n", re.DOTALL)


def apply(folder: Path) -> None:
    """Raises RuntimeError where the SDK lacks one of them."""
    bundle = folder / "botocore" / "cacert.pem"
    if not bundle.is_file():
        return
    found = {_fingerprint(each): each for each in _CERTIFICATE.findall(bundle.read_text(encoding="utf-8"))}
    if missing := [name for fingerprint, name in AUTHORITIES.items() if fingerprint not in found]:
        raise RuntimeError(f"the SDK no longer trusts {', '.join(missing)}: look at what AWS's endpoints have now")
    text = "".join(f"# {name}\n{found[fingerprint]}" for fingerprint, name in AUTHORITIES.items())
    bundle.write_text(text, encoding="utf-8")


def _fingerprint(certificate: str) -> str:
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate)).hexdigest()
