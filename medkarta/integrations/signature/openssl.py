"""The OpenSSL command line as a child process: no shell, a fixed PATH, a time limit, at most four at once.

It gets a private configuration that switches Debian's `libengine-gost-openssl` on for it alone, and a private folder
whose files only the owner reads. The machine's own configuration is neither read nor changed.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore

from medkarta.integrations.signature.contract import SignatureUnavailable

TIMEOUT_SECONDS = 5
PATH = "/usr/local/bin:/usr/bin:/bin"
PLAIN_CONFIG = "[req]\ndistinguished_name = dn\n[dn]\n"
GOST_CONFIG = (
    """\
openssl_conf = openssl_init
[openssl_init]
engines = engine_section
[engine_section]
gost = gost_section
[gost_section]
engine_id = gost
default_algorithms = ALL
CRYPT_PARAMS = id-Gost28147-89-CryptoPro-A-ParamSet
"""
    + PLAIN_CONFIG
)

_PROCESSES = BoundedSemaphore(4)


@cache
def is_installed() -> bool:
    """Tell whether this machine has OpenSSL's command line."""
    return shutil.which("openssl", path=PATH) is not None


@contextmanager
def private_folder(config: str = GOST_CONFIG) -> Iterator[Path]:
    """Give a private folder (0700) that holds the configuration; everything in it is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="medkarta-openssl-") as name:
        folder = Path(name)
        write(folder / "openssl.cnf", config.encode("ascii"))
        yield folder


def write(path: Path, data: bytes) -> str:
    """Write a file that only its owner may read, from its first byte on. Returns its path."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    return str(path)


def run(
    folder: Path, *arguments: str, accepted: Sequence[int] = (0,), timeout_seconds: float = TIMEOUT_SECONDS
) -> subprocess.CompletedProcess[bytes]:
    """Run `openssl` with the configuration of a private folder.

    Raises SignatureUnavailable when it is absent, too slow or ends with a code that is not accepted.
    """
    tool = shutil.which("openssl", path=PATH)
    if tool is None:
        raise SignatureUnavailable("openssl is not installed")
    environment = {"OPENSSL_CONF": str(folder / "openssl.cnf"), "PATH": PATH, "LC_ALL": "C"}
    try:
        with _PROCESSES:
            done = subprocess.run(
                [tool, *arguments],
                env=environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=timeout_seconds,
                check=False,
                umask=0o077,
            )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SignatureUnavailable("openssl did not run") from error
    if done.returncode not in accepted:
        raise SignatureUnavailable(f"openssl {arguments[0]} ended with {done.returncode}")
    return done
