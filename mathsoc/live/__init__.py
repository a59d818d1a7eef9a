"""Live pages: topics, one shared latest value per audience, and the bridge between processes.

Knows no domain: slices register a `Source` for their topics and `announce` what their transactions change.
"""

from mathsoc.live.hub import Hub
from mathsoc.live.service import announce
from mathsoc.live.topic import Source
from mathsoc.live.views import attach

__all__ = ["Hub", "Source", "announce", "attach"]
