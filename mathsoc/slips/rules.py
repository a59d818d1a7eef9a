"""How long slips can be used. Pure."""

from __future__ import annotations

from datetime import timedelta

SLIP_LASTS = timedelta(days=60)
WAY_BACK_LASTS = timedelta(days=3)
