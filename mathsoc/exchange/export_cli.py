"""The command `mathsoc export`."""

from mathsoc.exchange.cli import register_export as register

__all__ = ["register"]
