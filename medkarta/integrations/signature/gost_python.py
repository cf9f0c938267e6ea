"""GOST verification in pure Python (`gostcrypto`), for machines without the engine.

Verification only: the library is not constant-time, so it never touches a private key.
"""

from functools import cache
from importlib.util import find_spec

from medkarta.integrations.signature.certificates import algorithm_of, parse_certificate
from medkarta.integrations.signature.contract import Algorithm, SignatureUnavailable

SIGNATURE_BYTES = 64
COORDINATE_BYTES = 32
VERSION_TAG = 0xA0

# Curve OID of a certificate -> gostcrypto's name. CryptoPro's A, XchA and ТК 26's B are one curve, and so on.
_CURVES = {
    "1.2.643.2.2.35.1": "id-tc26-gost-3410-2012-256-paramSetB",
    "1.2.643.2.2.36.0": "id-tc26-gost-3410-2012-256-paramSetB",
    "1.2.643.7.1.2.1.1.2": "id-tc26-gost-3410-2012-256-paramSetB",
    "1.2.643.2.2.35.2": "id-tc26-gost-3410-2012-256-paramSetC",
    "1.2.643.7.1.2.1.1.3": "id-tc26-gost-3410-2012-256-paramSetC",
    "1.2.643.2.2.35.3": "id-tc26-gost-3410-2012-256-paramSetD",
    "1.2.643.2.2.36.1": "id-tc26-gost-3410-2012-256-paramSetD",
    "1.2.643.7.1.2.1.1.4": "id-tc26-gost-3410-2012-256-paramSetD",
}


@cache
def available() -> bool:
    return find_spec("gostcrypto") is not None


class PythonGostVerifier:
    alg: Algorithm = "GOST3410_2012_256"

    def verify_raw(self, data: bytes, signature: bytes, certificate_der: bytes) -> bool:
        """See `Verifier`. Costs about 50 ms."""
        from gostcrypto import gostsignature

        if len(signature) != SIGNATURE_BYTES or algorithm_of(certificate_der) != self.alg:
            return False
        curve, point = _public_key(certificate_der)
        if curve not in _CURVES or len(point) != 2 * COORDINATE_BYTES:
            raise SignatureUnavailable("the certificate's curve is unknown")
        curves = gostsignature.CURVES_R_1323565_1_024_2019
        check = gostsignature.new(gostsignature.MODE_256, curves[_CURVES[curve]])
        # The certificate keeps x and y little-endian, the wire `s || r`; the library wants big-endian and `r || s`.
        key = point[:COORDINATE_BYTES][::-1] + point[COORDINATE_BYTES:][::-1]
        swapped = signature[COORDINATE_BYTES:] + signature[:COORDINATE_BYTES]
        return bool(check.verify(bytearray(key), bytearray(_streebog(data)[::-1]), bytearray(swapped)))

    def certificate_hash(self, certificate_der: bytes) -> str:
        return _streebog(certificate_der).hex().upper()


def _streebog(data: bytes) -> bytes:
    from gostcrypto import gosthash

    return bytes(gosthash.new("streebog256", data=bytearray(data)).digest())


def _public_key(certificate_der: bytes) -> tuple[str, bytes]:
    """Return the curve's OID and the 64 bytes of the point, as the certificate's SubjectPublicKeyInfo has them.

    Fields of a TBSCertificate: serial, signature, issuer, validity, subject, subjectPublicKeyInfo, and in front of
    them [0] version, which certificates of version 1 lack.
    """
    try:
        fields = _items(_items(parse_certificate(certificate_der).tbs_certificate_bytes)[0][1])
        key_info = fields[6 if fields[0][0] == VERSION_TAG else 5][1]
        (_, algorithm), (_, bit_string) = _items(key_info)
        parameters = _items(algorithm)[1][1]
        (_, point) = _items(bit_string[1:])[0]  # the first byte counts unused bits
        return _oid(_items(parameters)[0][1]), point
    except (IndexError, ValueError) as error:
        raise SignatureUnavailable("the certificate's key can't be read") from error


def _items(data: bytes) -> list[tuple[int, bytes]]:
    """Return (tag, content) of each DER value that stands one after another in `data`."""
    found = []
    at = 0
    while at < len(data):
        tag, length, at = data[at], data[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length, at = int.from_bytes(data[at : at + size], "big"), at + size
        if at + length > len(data):
            raise ValueError("a DER value is cut off")
        found.append((tag, data[at : at + length]))
        at += length
    return found


def _oid(content: bytes) -> str:
    numbers = [content[0] // 40, content[0] % 40]
    value = 0
    for byte in content[1:]:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(value)
            value = 0
    return ".".join(map(str, numbers))
