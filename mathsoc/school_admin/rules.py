"""Which e-mail domains a school can have: its own, letter for letter."""

from __future__ import annotations

import re

LONGEST = 253
_LABEL = re.compile(r"[a-z0-9-]{1,63}")
# Anybody can have an address there, so it says nothing about a school.
_PUBLIC = """
126.com 163.com aim.com btinternet.com duck.com email.com fastmail.com hey.com hushmail.com mac.com mail.com
mailbox.org me.com msn.com ntlworld.com passport.com pm.me posteo.de proton.me protonmail.ch protonmail.com
qq.com rocketmail.com sky.com talktalk.net tiscali.co.uk tuta.com tutanota.com virgin.net virginmedia.com
web.de ymail.com zoho.com
"""
PUBLIC = frozenset(_PUBLIC.split())
# The same with the endings of many countries: yahoo.co.uk, hotmail.fr.
_PROVIDERS = ("aol", "gmail", "gmx", "googlemail", "hotmail", "icloud", "live", "outlook", "yahoo", "yandex")
_PUBLIC_ENDINGS = re.compile(rf"(?:{'|'.join(_PROVIDERS)})(?:\.[a-z]{{2,3}}){{1,2}}")

ONLY_THE_END = "Only what comes after the @, such as northfield.sch.uk."
NO_WILDCARD = "No * here: each domain is entered by itself, and its subdomains too."
PLAIN_LETTERS = "Enter it in plain letters: in an address, one with other letters begins with xn--."
ANYBODY = "Anybody can have an address there, so anybody could join as a pupil of this school."
NO_DOMAIN = "This is no e-mail domain. One looks like northfield.sch.uk."


def normal(typed: str) -> str:
    """A domain as it is kept and compared: lower case, without the @ or the dot that may stand before it."""
    return typed.strip().lower().removeprefix("@")


def problem(domain: str) -> str | None:
    """What is wrong with a domain as `normal` gives it; None where a school can have it.

    Addresses are matched as typed, in plain letters alone, so a domain in others would never match.
    """
    if "@" in domain:
        return ONLY_THE_END
    if "*" in domain:
        return NO_WILDCARD
    if not domain.isascii():
        return PLAIN_LETTERS
    if len(domain) > LONGEST or not _is_domain(domain):
        return NO_DOMAIN
    if domain in PUBLIC or _PUBLIC_ENDINGS.fullmatch(domain):
        return ANYBODY
    return None


def _is_domain(text: str) -> bool:
    """Whether these are labels of letters, digits and inner hyphens, the last of which is no number."""
    labels = text.split(".")
    whole = all(_LABEL.fullmatch(one) and one.strip("-") == one for one in labels)
    return whole and len(labels) > 1 and len(labels[-1]) > 1 and labels[-1][0].isalpha()
