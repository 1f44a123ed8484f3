"""Which encoding a text is in, decided by evidence over the whole file, never by its first lines alone."""

from __future__ import annotations

import codecs
from functools import cache

from .records import Reason

_LINES_JUDGED = 20_000
_SAMPLE = 1 << 16
_WIDE_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Bytes that are letters or the euro in ISO-8859-15 where Windows-1252 has signs that hardly occur in text.
_LATIN9 = frozenset(b"\xa4\xa6\xa8\xb4\xb8\xbc\xbd\xbe")
_CONTROLS_OF_LATIN = frozenset(range(0x80, 0xA0))
_UNDEFINED_IN_1252 = frozenset(b"\x81\x8d\x8f\x90\x9d")


@cache
def is_single_byte(encoding: str) -> bool:
    """Whether each byte is one character and the lower half is ASCII.

    Raises:
        UnreadableError: Python knows no such encoding.
    """
    try:
        text = bytes(range(256)).decode(encoding, "replace")
        return len(text) == 256 and text[:128] == bytes(range(128)).decode("ascii")
    except (LookupError, UnicodeError):
        return False


def wide_encoding(start: bytes) -> str | None:
    """UTF-16 or UTF-32, by its mark or by the zeros between Latin letters."""
    for mark, name in _WIDE_MARKS:
        if start.startswith(mark):
            return name
    sample = start[:4096]
    zeros = sample.count(0)
    if len(sample) < 4 or zeros < len(sample) * 0.3:
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > 10 * max(even, 1) or (even == 0 and odd):
        return "utf-16-le"
    if even > 10 * max(odd, 1) or (odd == 0 and even):
        return "utf-16-be"
    return None


class Evidence:
    """Gathers, piece by piece, how many lines are valid UTF-8 beyond ASCII and how many are not.

    Attributes:
        encoding: what was declared or seen from a mark; None: to be decided.
        words: how it was decided.
    """

    def __init__(self, encoding: str | None) -> None:
        self.encoding = encoding
        self.words = "declared or marked" if encoding else ""
        self._tail = b""
        self._valid = 0
        self._invalid = 0
        self._sample = bytearray()
        self._ascii = True

    def feed(self, chunk: bytes) -> None:
        """Takes the next piece, which may end anywhere."""
        if self.encoding is not None:
            return
        if not self._tail and chunk.isascii():
            return
        self._ascii = False
        piece = self._tail + chunk
        end = max(piece.rfind(b"\n"), piece.rfind(b"\r")) + 1
        if end == 0:
            end = len(piece) if len(piece) > _SAMPLE * 16 else 0
        self._judge(piece[:end])
        self._tail = piece[end:]

    def _judge(self, piece: bytes) -> None:
        try:
            piece.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            self._valid += 0 if piece.isascii() else 1 + min(piece.count(b"\n", 0, _SAMPLE), 100)
            return
        if self._valid + self._invalid >= _LINES_JUDGED:
            return
        for line in piece.splitlines():
            if line.isascii():
                continue
            try:
                line.decode("utf-8")
                self._valid += 1
            except UnicodeDecodeError:
                self._invalid += 1
                if len(self._sample) < _SAMPLE:
                    self._sample += line + b"\n"

    def decide(self) -> str:
        """The encoding of the whole file."""
        if self.encoding is not None:
            return self.encoding
        self._judge(self._tail)
        self._tail = b""
        if self._invalid == 0:
            self.words = "plain ASCII" if self._valid == 0 else "valid UTF-8"
            return "utf-8"
        # UTF-8 sequences hardly occur by chance: a third of the lines prove it, the others are faults.
        if self._valid * 2 >= self._invalid:
            self.words = f"UTF-8; lines that are not: {self._invalid} of {self._valid + self._invalid} judged"
            return "utf-8"
        found = single_byte_encoding(bytes(self._sample))
        self.words = f"not UTF-8 in {self._invalid} lines; {found} by the bytes used"
        return found


def single_byte_encoding(sample: bytes) -> str:
    """Windows-1252, ISO-8859-15, or what the letters suggest when neither makes words."""
    high = [byte for byte in sample if byte >= 0x80]
    used = set(high)
    letters = sample.decode("windows-1252", "replace")
    runs = sum(
        1
        for index in range(len(letters) - 3)
        if all(ord(character) >= 0x80 and character.isalpha() for character in letters[index : index + 4])
    )
    if runs * 20 > len(high):
        return _guess(sample)
    if not used & _CONTROLS_OF_LATIN and used & _LATIN9:
        return "iso-8859-15"
    if used & _UNDEFINED_IN_1252 and not used & (_CONTROLS_OF_LATIN - _UNDEFINED_IN_1252):
        return "iso-8859-1"
    return "windows-1252"


def _guess(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    return best.encoding if best is not None else "windows-1252"


@cache
def undefined_bytes(encoding: str) -> bytes:
    """The bytes that a one-byte encoding gives no character."""
    undefined = []
    for byte in range(256):
        try:
            bytes([byte]).decode(encoding)
        except UnicodeDecodeError:
            undefined.append(byte)
    return bytes(undefined)


def why_no_text(piece: bytes, encoding: str) -> tuple[Reason, str, int] | None:
    """Why bytes of a file cannot be text in the database, with the place; None when they can."""
    try:
        text = piece.decode(encoding)
    except UnicodeDecodeError as error:
        spoilt = error.object[error.start : error.end]
        return "encoding", f"byte 0x{spoilt[:4].hex()} is no {encoding}", error.start
    place = text.find("\0")
    return ("nul_character", "text cannot hold NUL", len(text[:place].encode(encoding))) if place >= 0 else None
