"""What the editor asks while somebody types."""

from __future__ import annotations

from quart import Blueprint, Response

from mathsoc import richtext
from mathsoc.errors import Refused
from mathsoc.web.forms import sent
from mathsoc.web.pages import fragment
from mathsoc.web.unit_of_work import reads_only

blueprint = Blueprint("formulas", __name__)

TOO_LONG = f"A formula has at most {richtext.MAX_LATEX:,} characters."


@blueprint.post("/console/writing/formula")
@reads_only
async def formula() -> Response:
    """One formula, typeset as readers will see it; one that cannot be read is its source, marked."""
    fields = await sent()
    latex = fields.get("latex", "")
    if len(latex) > richtext.MAX_LATEX:
        raise Refused(TOO_LONG, "latex")
    display = fields.get("display", "") not in ("", "0", "false")
    return await fragment("writing/_formula.html", formula=richtext.typeset(latex, display=display))
