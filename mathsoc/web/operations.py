"""Addresses for whoever runs the server."""

from __future__ import annotations

from quart import Blueprint, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from mathsoc.web.unit_of_work import session

blueprint = Blueprint("operations", __name__)


@blueprint.get("/healthz")
async def healthz() -> Response:
    """The process is alive."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
async def readyz() -> Response:
    """The process can serve: its database answers."""
    try:
        await (await session()).execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError):
        return Response("database does not answer\n", status=503, mimetype="text/plain")
    return Response("ready\n", mimetype="text/plain")
