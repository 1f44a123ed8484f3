"""A file's bytes: opened, decompressed, hashed, and counted in one pass before anything is parsed."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
import zstandard

from customer360.errors import Customer360Error

from .encoding import Evidence, is_single_byte, wide_encoding

CHUNK = 1 << 20
LONGEST_LINE = 64 << 20
_LF = 0x0A
_HASHED_BESIDE = 8 << 20
_GZIP, _ZSTD, _ZIP = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"
_WITHOUT_ORDER = re.compile(r"utf[-_]?(16|32)", re.IGNORECASE)
_UTF8_BOM = codecs.BOM_UTF8


class UnreadableError(Exception):
    """A file that cannot be read at all: it goes to quarantine.files.

    Attributes:
        reason: code, such as ``encoding``, ``archive``, ``json``.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True)
class FileFacts:
    """What one pass over a file tells.

    Attributes:
        sha256: hex digest of the bytes as stored (compressed ones where the file is compressed).
        size: bytes as stored.
        stamp: what changes when somebody writes to the file.
        compression: ``gzip``, ``zstd``, ``zip`` or empty.
        magic: first bytes after decompression.
        encoding: Python codec of the text; not looked for in binary formats.
        lines: line ends (LF, CRLF or CR), and one more when the last line has none.
        evidence: how the encoding was chosen, in words.
    """

    sha256: str
    size: int
    stamp: tuple[int, int]
    compression: str
    magic: bytes
    encoding: str = ""
    lines: int = 0
    evidence: str = ""


def open_source(path: Path) -> BinaryIO:
    """Opens a file of a data folder; every failure is told in our words."""
    try:
        # A pipe, which would block for ever, is opened without waiting and then refused.
        file = os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb")
    except IsADirectoryError:
        raise Customer360Error(
            "a directory stands where a file should be", where=str(path), how="narrow the pattern in sources.yml"
        ) from None
    except FileNotFoundError:
        raise Customer360Error("the file is gone", where=str(path), how="put it back, or run again") from None
    except PermissionError:
        raise Customer360Error(
            "no permission to read the file", where=str(path), how="let this user read it (chmod or chown)"
        ) from None
    except OSError as error:
        raise Customer360Error(f"the file cannot be opened: {error.strerror}", where=str(path)) from None
    mode = os.fstat(file.fileno()).st_mode
    if stat.S_ISREG(mode):
        return file
    file.close()
    what = "a directory stands where a file should be" if stat.S_ISDIR(mode) else "this is no regular file"
    raise Customer360Error(what, where=str(path), how="narrow the pattern in sources.yml")


@contextmanager
def open_plain(path: Path, compression: str) -> Iterator[BinaryIO]:
    """The file's content, decompressed.

    Raises:
        UnreadableError: a damaged or encrypted archive, or one that does not hold exactly one file.
    """
    with open_source(path) as file:
        try:
            if compression == "gzip":
                with gzip.GzipFile(fileobj=file) as plain:
                    yield plain  # type: ignore[misc]
            elif compression == "zstd":
                with zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True) as plain:
                    yield plain
            elif compression == "zip":
                with zipfile.ZipFile(file) as archive, archive.open(_only_member(archive)) as plain:
                    yield plain  # type: ignore[misc]
            else:
                yield file
        except (gzip.BadGzipFile, EOFError, zlib.error, zstandard.ZstdError, zipfile.BadZipFile, RuntimeError) as error:
            if not compression:
                raise
            raise UnreadableError("archive", f"damaged {compression} file: {error}") from None
        except NotImplementedError as error:
            raise UnreadableError("archive", f"{compression} file: {error}") from None


def _only_member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = [member for member in archive.infolist() if not member.is_dir() and "__MACOSX" not in member.filename]
    if len(members) != 1:
        names = ", ".join(member.filename for member in members[:8])
        raise UnreadableError("archive", f"the zip file holds {len(members)} files, one is wanted: {names}")
    return members[0]


def compression_of(path: Path) -> str:
    """By the first bytes, whatever the name says; workbooks are zip files too and stay as they are."""
    with open_source(path) as file:
        start = file.read(4)
        if start.startswith(_GZIP):
            return "gzip"
        if start == _ZSTD:
            return "zstd"
        if start == _ZIP:
            try:
                with zipfile.ZipFile(file) as archive:
                    names = archive.namelist()
            except zipfile.BadZipFile:
                return "zip"
            office = "[Content_Types].xml" in names or "mimetype" in names
            return "" if office else "zip"
    return ""


def examine(path: Path, encoding: str | None = None) -> FileFacts:
    """Hashes a file, finds its encoding (the declared one, else by evidence) and counts its lines.

    Raises:
        Customer360Error: a directory, no permission, or the file is gone.
        UnreadableError: a damaged archive, an encoding that does not exist, or a line beyond all bounds.
    """
    stamp = stamp_of(path)
    compression = compression_of(path)
    if stamp[0] < _HASHED_BESIDE:
        sha256, size = digest_of(path)
        return replace(_text_facts(path, compression, encoding), sha256=sha256, size=size, stamp=stamp)
    # Hashing lets go of the interpreter, so a second core takes it.
    with ThreadPoolExecutor(1, thread_name_prefix="hash") as pool:
        digest = pool.submit(digest_of, path)
        facts = _text_facts(path, compression, encoding)
        sha256, size = digest.result()
    return replace(facts, sha256=sha256, size=size, stamp=stamp)


def _text_facts(path: Path, compression: str, encoding: str | None) -> FileFacts:
    with open_plain(path, compression) as plain:
        magic = plain.read(CHUNK)
        facts = FileFacts("", 0, (0, 0), compression, magic[:4096])
        if is_binary(magic):
            return facts
        if encoding is None or _WITHOUT_ORDER.fullmatch(encoding):
            encoding = wide_encoding(magic) or encoding
        evidence = Evidence(encoding)
        counter = _LineCounter()
        text = evidence.encoding if evidence.encoding and not is_narrow(evidence.encoding) else ""
        for chunk in _decoded(_chunks(plain, magic), text):
            counter.feed(chunk)
            if not text:
                evidence.feed(chunk)
        return replace(facts, encoding=evidence.decide(), lines=counter.lines(), evidence=evidence.words)


def stamp_of(path: Path) -> tuple[int, int]:
    """Size and time of the last change, to notice that a file changed while it was read."""
    try:
        found = path.stat()
    except OSError:
        return (-1, -1)
    return found.st_size, found.st_mtime_ns


def is_binary(magic: bytes) -> bool:
    """Whether the file is one of the binary formats that have their own readers."""
    return magic.startswith((b"PAR1", _ZIP, b"\xd0\xcf\x11\xe0"))


def is_narrow(encoding: str) -> bool:
    """Whether structure can be found in the bytes themselves: UTF-8, or one byte a character above ASCII."""
    return codecs.lookup(encoding).name in ("utf-8", "ascii") or is_single_byte(encoding)


def scanned(path: Path, facts: FileFacts, chunk_bytes: int) -> Iterator[bytes]:
    """The text in pieces, as bytes in which structure can be found: the file's own, or UTF-8 made from them.

    Bytes that are no text in the file's encoding become invalid UTF-8 that ``restore`` turns back.
    The mark at the start is left out.
    """
    text = "" if is_narrow(facts.encoding) else facts.encoding
    with open_plain(path, facts.compression) as plain:
        first = True
        for chunk in _decoded(_chunks(plain, b"", chunk_bytes), text):
            yield chunk.removeprefix(_UTF8_BOM) if first and facts.encoding.startswith("utf") else chunk
            first = False


def mark_bytes(facts: FileFacts) -> int:
    """Bytes of the mark at the start of the text."""
    for mark in (_UTF8_BOM, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        if facts.encoding.startswith("utf") and facts.magic.startswith(mark):
            return len(mark)
    return 0


def restore(piece: bytes, encoding: str) -> bytes:
    """The file's own bytes of a piece of ``scanned`` text."""
    if is_narrow(encoding):
        return piece
    out = []
    for character in piece.decode("utf-8", "surrogatepass"):
        code = ord(character)
        out.append(bytes([code - 0xDC00]) if 0xDC00 <= code <= 0xDCFF else character.encode(encoding))
    return b"".join(out)


def _keep_bytes(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(0xDC00 + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error("customer360", _keep_bytes)


def _decoded(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    if not encoding:
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder(encoding)("customer360")
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", "surrogatepass")
    yield decoder.decode(b"", final=True).encode("utf-8", "surrogatepass")


def _chunks(plain: BinaryIO, start: bytes, size: int = CHUNK) -> Iterator[bytes]:
    if start:
        yield start
    while chunk := plain.read(size):
        yield chunk


def digest_of(path: Path) -> tuple[str, int]:
    """SHA-256 and size in bytes of a file."""
    with open_source(path) as file:
        return hashlib.file_digest(cast(Any, file), "sha256").hexdigest(), file.tell()


class _LineCounter:
    """Counts LF, CRLF and CR as one line end each; memory does not depend on the length of lines."""

    def __init__(self) -> None:
        self._ends = 0
        self._last = b"\n"
        self._since = 0

    def feed(self, chunk: bytes) -> None:
        if not chunk:
            return
        # bytes.count finds one after another, which takes ten times as long where lines are short.
        ends = int(np.count_nonzero(np.frombuffer(chunk, dtype=np.uint8) == _LF))
        if b"\r" in chunk:
            ends += chunk.count(b"\r") - chunk.count(b"\r\n")
        if self._last == b"\r" and chunk[:1] == b"\n":
            ends -= 1
        self._ends += ends
        last = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        self._since = len(chunk) - last - 1 if last >= 0 else self._since + len(chunk)
        if self._since > LONGEST_LINE:
            raise UnreadableError("line_length", f"a line is longer than {LONGEST_LINE >> 20} MB")
        self._last = chunk[-1:]

    def lines(self) -> int:
        return self._ends + (self._last not in (b"\n", b"\r"))
