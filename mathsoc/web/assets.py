"""Static files: read once at the start, addressed by content, compressed, kept by browsers for a year."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from quart import Quart, Response, abort, request

COMPRESSIBLE = ("text/", "application/javascript", "application/json", "image/svg")
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
        self.files = {
            path.relative_to(folder).as_posix(): _load(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.name.startswith(".")
        }

    def url(self, name: str) -> str:
        """The address of a file; it changes with the content, so it may be kept for ever.

        Relative addresses inside a style sheet stay right, because the digest is in the query only.
        """
        return f"/static/{name}?v={self.files[name].digest}"


def install(app: Quart, folder: Path) -> None:
    assets = Assets(folder)
    app.jinja_env.globals["asset"] = assets.url

    async def static(name: str) -> Response:
        found = assets.files.get(name)
        if found is None:
            abort(404)
        return _reply(found)

    app.add_url_rule("/static/<path:name>", "static", static)


def _load(path: Path) -> Asset:
    body = path.read_bytes()
    mimetype = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
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
