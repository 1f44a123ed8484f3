"""Scanning in a thread of its own while the server copies."""

from __future__ import annotations

import io
import queue
import threading
from collections.abc import Iterator

Piece = tuple[tuple[str, ...], bytes | bytearray]  # columns, rows


class Ahead:
    """Runs an iterator in a thread, a few items ahead, so that scanning and the server's work overlap."""

    def __init__(self, items: Iterator[Piece], depth: int = 3) -> None:
        self._items = items
        self._queue: queue.Queue[Piece | BaseException | None] = queue.Queue(depth)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, name="scan", daemon=True)

    def __enter__(self) -> Iterator[Piece]:
        self._thread.start()
        return iter(self._take, None)

    def __exit__(self, *error: object) -> None:
        self._stopped.set()
        while self._thread.is_alive():
            try:
                self._queue.get(timeout=0.05)
            except queue.Empty:
                continue

    def _take(self) -> Piece | None:
        item = self._queue.get()
        if isinstance(item, BaseException):
            raise item
        return item

    def _work(self) -> None:
        try:
            for item in self._items:
                if self._stopped.is_set():
                    return
                self._queue.put(item)
            self._queue.put(None)
        except BaseException as error:
            self._queue.put(error)


class Stream(io.RawIOBase):
    """Pieces of the same columns as one file for COPY; keeps the first piece of other columns."""

    def __init__(self, first: Piece, pieces: Iterator[Piece]) -> None:
        self._columns = first[0]
        self._data = memoryview(first[1])
        self._pieces = pieces
        self.next_piece: Piece | None = None
        self._ended = False
        self.error: Exception | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if not self._data and not self._ended:
            try:
                piece = next(self._pieces, None)
            except Exception as error:
                self.error = error
                raise
            if piece is None or piece[0] != self._columns:
                self.next_piece, self._ended = piece, True
                return b""
            self._data = memoryview(piece[1])
        if self._ended:
            return b""
        taken, self._data = self._data[:size], self._data[size:]
        return bytes(taken)
