"""A mail server for tests: speaks as much SMTP as a client needs, and answers what the test wants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

LARGEST = 10_000_000  # bytes of a mail


@dataclass
class MailServer:
    """What came in, and what is answered: `answers` maps a command to the reply of its next use."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    # The same, byte for byte.
    raw: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    # While it is cleared, a message is taken and not answered for.
    answering: asyncio.Event = field(default_factory=asyncio.Event)
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    at_once: int = 0
    most_at_once: int = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.at_once -= 1
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(self._answer("CONNECT", "220 test"))
        while line := (await reader.readline()).decode().strip():
            verb = line.split()[0].upper()
            self.commands.append(verb)
            reply = self._answer(verb, "250 ok")
            if verb == "EHLO" and reply == b"250 ok\r\n":
                reply = b"250-test\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME\r\n"
            elif verb == "RCPT" and reply.startswith(b"250"):
                self.recipients.append(line.partition("<")[2].partition(">")[0])
            elif verb == "DATA" and reply.startswith(b"250"):
                writer.write(b"354 go on\r\n")
                text = await reader.readuntil(b"\r\n.\r\n")
                self.reached.set()
                await self.answering.wait()
                reply = self._answer("MESSAGE", "250 taken")
                if reply.startswith(b"250"):
                    made = message_from_bytes(text[:-5].replace(b"\r\n..", b"\r\n."), policy=policy.default)
                    assert isinstance(made, EmailMessage)
                    self.mails.append(made)
                    self.raw.append(text[:-5])
            elif verb == "AUTH" and reply == b"250 ok\r\n":
                reply = b"235 welcome\r\n"
            elif verb == "QUIT":
                reply = b"221 bye\r\n"
            writer.write(reply)

    def _answer(self, verb: str, usual: str) -> bytes:
        waiting = self.answers.get(verb)
        return f"{waiting.pop(0) if waiting else usual}\r\n".encode()


@asynccontextmanager
async def mail_server() -> AsyncIterator[MailServer]:
    kept = MailServer()
    kept.answering.set()
    server = await asyncio.start_server(kept.talk, "127.0.0.1", 0, limit=LARGEST)
    kept.port = server.sockets[0].getsockname()[1]
    try:
        yield kept
    finally:
        kept.answering.set()
        server.close()
