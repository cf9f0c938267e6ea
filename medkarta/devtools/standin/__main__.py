"""`python -m medkarta.devtools.standin`: run the ESIA stand-in."""

import argparse
import signal
import sys
from pathlib import Path
from threading import Thread

from medkarta.devtools.standin.keys import prepare
from medkarta.devtools.standin.server import NotLoopback, make_server, refuse_off_loopback
from medkarta.devtools.standin.world import Options, World
from medkarta.integrations.signature.port import SignatureUnavailable


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="medkarta-standin", description="ESIA stand-in for demo and tests")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at, loopback only")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--data", type=Path, required=True, help="folder of persons.json and the keys")
    parser.add_argument("--base-url", default="", help="own address; by default from host and port")
    parser.add_argument(
        "--client-cert", type=Path, help="the portal's certificate; by default the one made in DATA/keys"
    )
    parser.add_argument("--client-id", default="MEDKARTA", help="мнемоника of the portal")
    parser.add_argument("--redirect-domain", action="append", help="domain the portal may be reached at (repeatable)")
    parser.add_argument("--token-kind", choices=("rsa", "gost"), default="rsa", help="signature of the tokens")
    parser.add_argument("--urls", action="store_true", help="collections always hold addresses, never elements")
    parser.add_argument("--inline-documents", action="store_true", help="children carry their documents themselves")
    return parser


def main() -> int:
    given = arguments().parse_args()
    base_url = (given.base_url or f"http://{given.host}:{given.port}").rstrip("/")
    try:
        refuse_off_loopback(given.host, base_url)
        files = prepare(given.data)
        if given.token_kind not in files.tokens:
            raise SignatureUnavailable("OpenSSL's gost engine is absent, so tokens can be signed with rsa only")
        options = Options(
            base_url=base_url,
            client_certificate=given.client_cert or files.client.certificate,
            client_id=given.client_id,
            redirect_domains=tuple(given.redirect_domain or ("127.0.0.1", "localhost")),
            token_kind=given.token_kind,
            embed=not given.urls,
            inline_documents=given.inline_documents,
        )
        server = make_server(World(options, files), given.host, given.port)
    except (NotLoopback, SignatureUnavailable, OSError) as error:
        print(f"The ESIA stand-in can't start: {error}", file=sys.stderr)  # noqa: T201
        return 1
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: Thread(target=server.shutdown).start())
    print(f"The ESIA stand-in listens at {base_url}", file=sys.stderr, flush=True)  # noqa: T201
    server.serve_forever()
    server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
