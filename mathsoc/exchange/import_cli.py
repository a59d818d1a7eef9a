"""The command `mathsoc import`."""

from mathsoc.exchange.cli import register_import as register

__all__ = ["register"]
