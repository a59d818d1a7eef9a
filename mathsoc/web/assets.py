"""Static files: read once at the start, addressed by content, compressed, kept by browsers for a year."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from quart import Quart, Response, abort, request

COMPRESSIBLE = ("text/", "application/javascript", "application/json", "image/svg")
# `url(../vendor/font.woff2)` in a style sheet: what stands before the name, and the name in static/.
_URL = re.compile(rb"""(url\(["']?\.\./)([\w./-]+)""")
TYPES = {".woff2": "font/woff2", ".js": "text/javascript", ".webmanifest": "application/manifest+json"}


@dataclass(frozen=True)
class Asset:
    body: bytes
    zipped: bytes | None
    mimetype: str
    digest: str


class Assets:
    """The files below one folder, by their path in it."""

    def __init__(self, folder: Path) -> None:
        found = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.name.startswith(".")
        }
        # Style sheets last: what they point to is addressed by its content too.
        self.files = {name: _asset(name, body) for name, body in found.items() if not name.endswith(".css")}
        for name, body in found.items():
            if name.endswith(".css"):
                self.files[name] = _asset(
                    name, _URL.sub(lambda match: self._addressed(*match.groups()), body)
                )

    def url(self, name: str) -> str:
        """The address of a file; it changes with the content, so it may be kept for ever."""
        return f"/static/{name}?v={self.files[name].digest}"

    def _addressed(self, before: bytes, name: bytes) -> bytes:
        return b"%s%s?v=%s" % (before, name, self.files[name.decode()].digest.encode())


def install(app: Quart, folder: Path) -> None:
    assets = Assets(folder)
    app.jinja_env.globals["asset"] = assets.url

    async def static(name: str) -> Response:
        found = assets.files.get(name)
        if found is None:
            abort(404)
        reply: Response = await _reply(found).make_conditional(request)
        return reply

    app.add_url_rule("/static/<path:name>", "static", static)


def _asset(name: str, body: bytes) -> Asset:
    suffix = PurePosixPath(name).suffix
    mimetype = TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    zipped = gzip.compress(body, 9, mtime=0) if mimetype.startswith(COMPRESSIBLE) else None
    return Asset(body, zipped, mimetype, hashlib.sha256(body).hexdigest()[:12])


def _reply(asset: Asset) -> Response:
    zips = asset.zipped is not None and request.accept_encodings.quality("gzip") > 0
    response = Response(asset.zipped if zips and asset.zipped else asset.body, mimetype=asset.mimetype)
    if asset.zipped is not None:
        response.headers["Vary"] = "Accept-Encoding"
    if zips:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(asset.digest)
    named = request.args.get("v") == asset.digest
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if named else "no-cache"
    return response
