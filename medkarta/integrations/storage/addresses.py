"""The address of an object store, as an operator writes it: `s3://bucket/prefix?endpoint=https://…`."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)
_PREFIX = re.compile(r"[A-Za-z0-9/_.-]*", re.ASCII)
_KNOWN = frozenset({"endpoint", "region", "style", "conditional"})


@dataclass(frozen=True, slots=True)
class S3Address:
    """A bucket at an endpoint. `is_conditional`: the store knows `If-None-Match`; `is_virtual`: bucket in the host."""

    bucket: str
    prefix: str
    endpoint: str
    region: str = "us-east-1"
    is_virtual: bool = False
    is_conditional: bool = True


def parse(url: str) -> S3Address:
    """Read `s3://bucket[/prefix]?endpoint=https://host[&region=…][&style=virtual][&conditional=no]`.

    Raises ValueError with what to set; the text repeats nothing of the address.
    """
    parts = urlsplit(url)
    if parts.scheme != "s3" or not _BUCKET.fullmatch(parts.netloc):
        raise ValueError("must look like s3://bucket/prefix?endpoint=https://s3.example")
    prefix = parts.path.strip("/")
    if not _PREFIX.fullmatch(prefix) or ".." in prefix:
        raise ValueError("the prefix takes letters, digits, / _ . and -")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if unknown := options.keys() - _KNOWN:
        raise ValueError(f"does not know {', '.join(sorted(unknown))}; it knows {', '.join(sorted(_KNOWN))}")
    endpoint = urlsplit(options.get("endpoint", ""))
    if endpoint.scheme not in ("http", "https") or not endpoint.hostname or endpoint.query or endpoint.username:
        raise ValueError("needs endpoint=https://… of the store")
    if options.get("style", "path") not in ("path", "virtual") or options.get("conditional", "yes") not in (
        "yes",
        "no",
    ):
        raise ValueError("takes style=path or virtual, conditional=yes or no")
    return S3Address(
        bucket=parts.netloc,
        prefix=prefix,
        endpoint=options["endpoint"].rstrip("/"),
        region=options.get("region") or "us-east-1",
        is_virtual=options.get("style") == "virtual",
        is_conditional=options.get("conditional") != "no",
    )
