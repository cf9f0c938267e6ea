"""A real SMTP server on loopback that misbehaves on request."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller


@dataclass
class Mailroom:
    """`replies`: what to answer to the next messages at `stage` (RCPT or DATA), then all goes well.

    A reply is an SMTP line, `drop` (the letter is taken, the line is cut before the answer) or `slow` (it is taken,
    the answer comes late).
    """

    replies: list[str] = field(default_factory=list)
    stage: str = "DATA"
    slow_seconds: float = 3
    taken: list[EmailMessage] = field(default_factory=list)
    tried: int = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.stage == "RCPT":
            self.tried += 1
            if self.replies:
                return self.replies.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.tried += self.stage == "DATA"
        reply = self.replies.pop(0) if self.stage == "DATA" and self.replies else "250 OK"
        if reply in ("drop", "slow", "250 OK"):
            self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        if reply == "slow":
            await asyncio.sleep(self.slow_seconds)
            reply = "250 OK"
        if reply == "drop":
            server.transport.abort()
        return reply


class AnyPort(Controller):
    """Takes a free port of the system."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def serving(room: Mailroom, **options) -> Iterator[int]:
    """Serve and give the port."""
    controller = AnyPort(room, hostname="127.0.0.1", port=0, **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()
