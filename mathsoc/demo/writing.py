"""What the demonstration society has written, from writing.toml beside this file."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from mathsoc import richtext
from mathsoc.members.models import Member
from mathsoc.members.rules import Viewer
from mathsoc.publishing import service
from mathsoc.publishing.service import By
from mathsoc.uploads import service as uploads
from mathsoc.uploads.store import Store

LINES = (
    "The cup between our three schools has begun.",
    "A problem a week, and a board that moves.",
    "How many squares are there on a chessboard?",
)


async def add(session: AsyncSession, editor: Member, now: datetime, store: Store | None) -> None:
    """Everything by one editor; without a store there is no PDF."""
    viewer = Viewer(
        editor.id, editor.handle, editor.display_name, editor.role, editor.state, None, None, 0, now
    )
    for row in tomllib.loads((Path(__file__).parent / "writing.toml").read_text("utf-8"))["posts"]:
        await _add(session, By(viewer, now), row, store)


async def _add(session: AsyncSession, by: By, row: dict[str, Any], store: Store | None) -> None:
    post = await service.create(session, by, row["kind"], row["title"])
    post.body = richtext.clean(row["body"])
    post.summary, post.audience = row.get("summary", ""), row.get("audience", "public")
    post.pinned = row.get("pinned", False)
    post.publish_at = _on_the_hour(by.now, row["publish"])
    post.expires_at = _on_the_hour(by.now, row["expires"]) if "expires" in row else None
    await service.set_tags(session, post, row.get("tags", []))
    if "document" in row and store is not None:
        name = f"{post.slug}.pdf"
        made = await uploads.add_document(session, store, pdf(row["document"]), name, by.viewer.id, by.now)
        post.document_id = made.id
    await service.changed(session, post, by.now)


def pdf(title: str) -> bytes:
    """One page with a title and some lines, small enough to be written here."""
    words = [f"BT /F1 26 Tf 60 760 Td ({title}) Tj ET"]
    words += [f"BT /F1 13 Tf 60 {710 - 24 * number} Td ({line}) Tj ET" for number, line in enumerate(LINES)]
    content = "\n".join(words).encode("ascii")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    made, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    end = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(made))
    return made + b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table) + end


def _on_the_hour(now: datetime, days: int) -> datetime:
    return (now + timedelta(days=days)).replace(minute=0, second=0, microsecond=0)
