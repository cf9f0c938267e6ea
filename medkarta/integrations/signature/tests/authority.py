"""A small certification authority for tests, made by OpenSSL: certificates and detached signatures of both kinds."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from medkarta.integrations.signature import openssl, openssl_gost
from medkarta.integrations.signature.contract import Kind

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
DOCUMENT = "<ClinicalDocument>Протокол консультации</ClinicalDocument>".encode()
DOCTOR = "/C=RU/O=ГБУЗ Поликлиника/title=врач-терапевт/CN=Петрова Вера Ильинична/SN=Петрова/GN=Вера Ильинична"
SNILS = "/1.2.643.100.3=11223344595"
CLINIC = "/C=RU/O=ГБУЗ Поликлиника/CN=ГБУЗ Поликлиника/1.2.643.100.1=1025006519811/1.2.643.100.4=5036045205"

_CONFIG = """
[root]
basicConstraints = critical,CA:TRUE
[issuer]
basicConstraints = critical,CA:TRUE
keyUsage = keyCertSign
[person]
basicConstraints = CA:FALSE
keyUsage = digitalSignature,nonRepudiation
[server]
basicConstraints = CA:FALSE
keyUsage = keyEncipherment
"""
_KEYS: dict[str, tuple[str, ...]] = {
    "rsa": ("rsa", "-pkeyopt", "rsa_keygen_bits:2048"),
    "weak": ("rsa", "-pkeyopt", "rsa_keygen_bits:1024"),
    "gost": ("gost2012_256", "-pkeyopt", "paramset:A"),
    "gost512": ("gost2012_512", "-pkeyopt", "paramset:A"),
    "gost2001": ("gost2001", "-pkeyopt", "paramset:A"),
    "ec": ("EC", "-pkeyopt", "ec_paramgen_curve:P-256"),
}
_DIGESTS = {"gost": "md_gost12_256", "gost512": "md_gost12_512", "gost2001": "md_gost94"}


@dataclass(frozen=True)
class Owner:
    """A key with its certificate (paths of PEM files)."""

    kind: str
    key: Path
    certificate: Path

    @property
    def pem(self) -> bytes:
        return self.certificate.read_bytes()


class Authority:
    """An authority in a folder; `kind` is that of its own key. All whom it certifies share a key of each kind."""

    def __init__(self, folder: Path, kind: str, *, name: str = "Тестовый УЦ") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.kind = folder, kind
        self._serial = 1000
        self.root = self.issue(f"/C=RU/CN={name}", section="root", first="200101000000Z", last="491231000000Z")

    def issue(
        self,
        subject: str = DOCTOR,
        *,
        kind: str = "",
        section: str = "person",
        first: str = "260101000000Z",
        last: str = "271231000000Z",
        issuer: Owner | None = None,
    ) -> Owner:
        """Make a key and a certificate that is valid between two moments (`YYMMDDHHMMSSZ`)."""
        self._serial += 1
        kind = kind or self.kind
        key = self.folder / f"{'root' if section == 'root' else kind}.key"
        made = Owner(kind, key, self.folder / f"{self._serial}.crt")
        own = getattr(self, "root", None)
        signer = issuer or own or made
        with openssl.private_folder(config_for(kind, self.kind) + _CONFIG) as folder:
            if not key.exists():
                openssl.run(folder, "genpkey", "-algorithm", *_KEYS[kind], "-out", str(key), timeout_seconds=60)
            asked = ("-new", "-utf8", "-key", str(key), "-subj", subject, "-out", "asked.csr")
            openssl.run(folder, "req", *asked)
            _sign_request(folder, made, signer, section=section, serial=self._serial, first=first, last=last)
        return made


def _sign_request(
    folder: Path, made: Owner, signer: Owner, *, section: str, serial: int, first: str, last: str
) -> None:
    """Let `openssl ca` sign: in OpenSSL 3.0 nothing else takes a first day."""
    (folder / "index").write_text("")
    (folder / "serial").write_text(f"{serial:08X}\n")
    with (folder / "openssl.cnf").open("a") as config:
        digest = _DIGESTS.get(signer.kind, "sha256")
        config.write(
            "[ca]\ndefault_ca = own\n[own]\ndatabase = index\nserial = serial\nnew_certs_dir = .\n"
            f"unique_subject = no\ndefault_md = {digest}\npolicy = any\npreserve = yes\nstring_mask = utf8only\n"
            "[any]\ncommonName = supplied\n"
        )
    who = ("-selfsign",) if signer is made else ("-cert", str(signer.certificate))
    dates = ("-startdate", first, "-enddate", last, "-extensions", section)
    done = ("-batch", "-utf8", "-notext", "-preserveDN", "-in", "asked.csr", "-out", str(made.certificate))
    openssl.run(folder, "ca", *who, "-keyfile", str(signer.key), *dates, *done)


def config_for(*kinds: str) -> str:
    """Return a configuration that does without the engine where no key needs it."""
    return openssl.GOST_CONFIG if any(kind.startswith("gost") for kind in kinds) else openssl.PLAIN_CONFIG


def sign(
    data: bytes,
    *owners: Owner,
    attached: bool = False,
    options: tuple[str, ...] = (),
    digest: str = "",
    form: str = "DER",
) -> bytes:
    """Return the CMS signatures of all owners. The time that they state is the machine's own."""
    with openssl.private_folder(config_for(*(one.kind for one in owners))) as folder:
        message = openssl.write(folder / "message", data)
        for number, owner in enumerate(owners):
            how = ("-md", digest or _DIGESTS.get(owner.kind, "sha256"), "-outform", form)
            who = ("-signer", str(owner.certificate), "-inkey", str(owner.key), *options)
            kept = ("-nodetach",) if attached else ()
            first = ("-sign", "-in", message) if number == 0 else ("-resign", "-inform", form, "-in", "made0")
            openssl.run(folder, "cms", *first, "-binary", *kept, *who, *how, "-out", f"made{number}")
            if number:
                (folder / f"made{number}").replace(folder / "made0")
        return (folder / "made0").read_bytes()


def kinds() -> list[Kind]:
    return ["rsa", "gost"] if openssl_gost.available() else ["rsa"]
