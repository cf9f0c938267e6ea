"""A letter as the message that goes over the wire (RFC 5322, RFC 2369, RFC 8058, RFC 3834)."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from medkarta.integrations.mail.contract import Letter


def build(letter: Letter, *, sender: str) -> EmailMessage:
    """Return the message: UTF-8 text with an HTML twin and its files, marked as written by a program.

    Raises ValueError or MessageError for an address that is none, or a line break where a header has no place for it.
    """
    message = EmailMessage()
    name, address = parseaddr(sender)
    message["From"] = Address(name, addr_spec=address)
    message["To"] = Address(addr_spec=ascii_address(letter.to))
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.written_at)
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if letter.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    for file in letter.attachments:
        main, _, sub = file.content_type.partition("/")
        message.add_attachment(file.data, maintype=main, subtype=sub, filename=file.name)
    message["Content-Language"] = letter.language  # last: whatever says Content goes with the text into its part
    return message


def ascii_address(address: str) -> str:
    """Return an address with its domain as mail servers know it (`пример.рф` -> `xn--…`). Raises ValueError."""
    name, _, host = address.rpartition("@")
    if not name or not host:
        raise ValueError("no address")
    return f"{name}@{host.encode('idna').decode()}"
