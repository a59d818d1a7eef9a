"""Reading and writing the files: nothing is followed out of the folder, nothing is half written."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import tomli_w

from mathsoc import richtext
from mathsoc.errors import Refused
from mathsoc.exchange import rules, shapes
from mathsoc.exchange.rules import Entry, Problem, Wrong

FENCE = "+++"
LARGEST_TEXT = 1_000_000  # bytes of a file of words
LARGEST_UPLOAD = 25 * 2**20
MOST_FILES = 50_000


def written(entry: Entry) -> bytes:
    """An entry as its file: the same bytes for the same content, always."""
    data = tomli_w.dumps(_plain(entry.data)) if entry.data else ""
    if entry.text is None:
        return data.encode()
    front = f"{FENCE}\n{data}{FENCE}\n" if entry.data else ""
    return f"{front}{entry.text}\n".encode()


def parsed(path: str, raw: bytes) -> Entry | Problem:
    """The entry of a file that somebody may have written by hand, its text cleaned like any other."""
    shape = shapes.shape_of(path)
    assert shape is not None
    try:
        source = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return Problem(path, "this is not UTF-8; save it as UTF-8", line)
    if "\0" in source:
        return Problem(
            path, "there is a NUL byte in it; take it out", source[: source.index("\0")].count("\n") + 1
        )
    source = source.replace("\r\n", "\n")
    try:
        front, text, before = _split(source, shape)
    except Wrong as wrong:
        return Problem(path, str(wrong), 1)
    try:
        data = shapes.checked(tomllib.loads(front), shape)
    except tomllib.TOMLDecodeError as error:
        words = str(error).partition(" (at ")[0]
        line = getattr(error, "lineno", None) or _line_in(str(error)) or front.count("\n") + 1
        return Problem(path, f"this is not TOML: {words}; mend the line", line + before)
    except RecursionError:
        return Problem(path, "its tables are nested too deep; write it flat", before + 1)
    except Wrong as wrong:
        at = rules.line_of(front, str(wrong))
        return Problem(path, str(wrong), at + before if at else None)
    except ValueError:  # what Python says of a number of thousands of digits
        return Problem(path, "there is a number in it that is far too long; mend it")
    if text is None:
        return Entry(path, data)
    try:
        return Entry(path, data, richtext.clean(text))
    except Refused as refused:
        return Problem(path, refused.message, before + front.count("\n") + 2)


def _split(source: str, shape: shapes.Shape) -> tuple[str, str | None, int]:
    """Front matter, text, and how many lines stand before the front matter."""
    if not shape.written:
        return source, None, 0
    if not shape.fields:
        return "", source.removesuffix("\n"), 0
    lines = source.split("\n")
    if lines[0].rstrip() != FENCE:
        raise Wrong(f"begin the file with a line {FENCE}, its fields, and another line {FENCE}")
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() == FENCE:
            return "\n".join(lines[1:number]) + "\n", "\n".join(lines[number + 1 :]).removesuffix("\n"), 1
    raise Wrong(f"the line {FENCE} that ends the fields is missing; add it before the text")


def _line_in(words: str) -> int | None:
    _, found, rest = words.partition("(at line ")
    number = rest.partition(",")[0]
    return int(number) if found and number.isdigit() else None


def _plain(value: Any) -> Any:
    """What TOML can say: no None, moments in UTC, keys in order."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in sorted(value.items()) if one is not None}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value


def found(folder: Path) -> dict[str, bytes]:
    """Every file of an export by its path in it; raises Refused with a list of what cannot be taken.

    Names that begin with a dot are left alone. Nothing is read through a link, nor anything but plain files.
    """
    if not folder.is_dir():
        raise Refused(f"{folder} is no folder; name the folder of an export.")
    names: list[str] = []
    problems: list[Problem] = []
    for path, entry in _walk(folder, problems):
        if path == rules.MARKER:
            continue
        if not _known(path):
            problems.append(
                Problem(path, "this is no file of an export; take it out, or name it as the others are")
            )
        elif not entry.is_file(follow_symlinks=False):
            problems.append(Problem(path, "this is a link or no plain file; put the file itself here"))
        else:
            names.append(path)
        if len(names) + len(problems) > MOST_FILES:
            raise Refused(f"there are more than {MOST_FILES} files in {folder}.")
    files = {}
    for path in sorted(names):
        try:
            files[path] = _read(folder / path, _largest(path))
        except Wrong as wrong:
            problems.append(Problem(path, str(wrong)))
    if problems:
        raise Refused(listed(problems))
    return files


def version(folder: Path) -> None:
    """Raises Refused unless the folder is an export that this version reads."""
    try:
        marker = tomllib.loads(_read(folder / rules.MARKER, LARGEST_TEXT).decode())
    except (ValueError, RecursionError, OSError) as error:
        raise Refused(
            f"{folder} has no {rules.MARKER} that can be read, so it is no export; name one that has it."
        ) from error
    if (said := marker.get("format")) != rules.FORMAT:
        said = f"format {said}" if isinstance(said, int) and abs(said) < 1_000_000 else "no format"
        raise Refused(f"{rules.MARKER} says {said}; this mathsoc reads format {rules.FORMAT}.")


def listed(problems: list[Problem]) -> str:
    shown = [str(one) for one in sorted(problems, key=lambda one: (one.path, one.line or 0))]
    more = [f"… and {len(shown) - 40} more"] if len(shown) > 40 else []
    return "nothing was imported:\n  " + "\n  ".join([*shown[:40], *more])


def _walk(folder: Path, problems: list[Problem]) -> Iterator[tuple[str, os.DirEntry[str]]]:
    with os.scandir(folder) as top:
        for entry in sorted(top, key=lambda one: one.name):
            if entry.name.startswith("."):
                continue
            if entry.name not in rules.FOLDERS:
                yield entry.name, entry
            elif not entry.is_dir(follow_symlinks=False):
                problems.append(
                    Problem(entry.name, "this is no folder of its own; put the folder itself here")
                )
            else:
                with os.scandir(entry.path) as inside:
                    for one in sorted(inside, key=lambda one: one.name):
                        if not one.name.startswith("."):
                            yield f"{entry.name}/{one.name}", one


def _known(path: str) -> bool:
    folder, _, file = path.partition("/")
    name, _, ending = file.partition(".")
    upload = folder == rules.UPLOADS and ending in rules.ENDINGS and rules.UPLOAD_ID.fullmatch(name)
    return bool(upload) or shapes.shape_of(path) is not None


def _largest(path: str) -> int:
    return LARGEST_UPLOAD if is_upload(path) else LARGEST_TEXT


def is_upload(path: str) -> bool:
    return path.startswith(f"{rules.UPLOADS}/") and not path.endswith(".toml")


def _read(path: Path, most: int) -> bytes:
    """The file, never through a link and never more than it may have; raises Wrong."""
    try:
        # Not blocking: what became a pipe since it was listed must not hold us up.
        opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Wrong("this is a link; put the file itself here") from error
        raise Wrong(f"it cannot be read ({os.strerror(error.errno or 0)}); look at its rights") from error
    with open(opened, "rb") as file:
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            raise Wrong("this is no plain file; take it out")
        data = file.read(most + 1)
    if len(data) > most:
        raise Wrong(f"it has more than {most:,} bytes; make it smaller")
    return data


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """A new folder to write into, which takes the place of `folder` when all went well.

    Only what is not there, is empty, or is an older export is replaced. Nobody else may look into it: there
    are keys in it. Raises Refused.
    """
    folder = folder.absolute()
    _may_replace(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))  # of mode 0700
    try:
        yield aside
        _move(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def put(folder: Path, path: str, data: bytes) -> None:
    """A new file for the owner's eyes only."""
    target = folder / path
    target.parent.mkdir(mode=0o700, exist_ok=True)
    with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)


def _may_replace(folder: Path) -> None:
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise Refused(f"{folder} is not a folder; name one that is new, empty, or an older export.")
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    if not (folder / rules.MARKER).is_file():
        raise Refused(
            f"{folder} holds something else (there is no {rules.MARKER}); name a new folder or an older "
            "export."
        )
    foreign: list[Problem] = []
    strange = [path for path, _ in _walk(folder, foreign) if path != rules.MARKER and not _known(path)]
    if strange or foreign:
        first = strange[0] if strange else foreign[0].path
        raise Refused(
            f"{folder} holds {rules.shown(first)} besides an older export; move that elsewhere first."
        )


def _move(aside: Path, folder: Path) -> None:
    """The old export goes aside, the new one takes its name; if that fails the old one comes back.

    What begins with a dot is not ours (the history of a version control, for one) and stays in its place.
    """
    if not folder.exists():
        os.rename(aside, folder)
        return
    _may_replace(folder)  # somebody may have put something there meanwhile
    old = Path(mkdtemp(prefix=f".{folder.name}.old.", dir=folder.parent))
    os.rename(folder, old / "old")
    try:
        os.rename(aside, folder)
    except OSError:
        with suppress(OSError):
            os.rename(old / "old", folder)
        raise
    for kept in (old / "old").glob(".*"):
        os.rename(kept, folder / kept.name)
    shutil.rmtree(old, ignore_errors=True)
