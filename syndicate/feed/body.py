"""An answer's body, decompressed by ourselves: once, and never further than the limit."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from . import FeedTrouble

if TYPE_CHECKING:
    import httpx

__all__ = ["read_body"]

_GZIP = b"\x1f\x8b"
_AUTO = 32 + zlib.MAX_WBITS  # gzip or zlib, by their headers
_RAW = -zlib.MAX_WBITS  # what some servers take `deflate` for


async def read_body(response: httpx.Response, limit: int) -> bytes:
    """All of it, at most `limit` bytes both as sent and decompressed.

    gzip bytes that no header announces are decompressed too.

    Raises:
        FeedTrouble: ``refused`` when it is longer or compressed twice; ``broken`` when it cannot be decompressed;
            ``unavailable`` when its end is missing.
    """
    encodings = [e.strip() for e in response.headers.get("content-encoding", "").lower().split(",")]
    encodings = [e for e in encodings if e not in {"", "identity"}]
    if len(encodings) > 1:
        raise FeedTrouble("the answer is compressed twice", kind="refused")
    if encodings and encodings[0] not in {"gzip", "x-gzip", "deflate"}:
        raise FeedTrouble("the answer is compressed in a way that was not asked for", kind="broken")
    if (length := response.headers.get("content-length", "")).isdecimal() and len(length) < 20 and int(length) > limit:
        raise _too_long(limit)
    inflater = _Inflater(limit) if encodings else None
    raw, body = 0, bytearray()
    async for chunk in response.aiter_raw():
        raw += len(chunk)
        if raw > limit:
            raise _too_long(limit)
        if inflater:
            inflater.feed(chunk)
        else:
            body += chunk
    if not inflater and body.startswith(_GZIP):
        inflater = _Inflater(limit)
        inflater.feed(bytes(body))
    result = inflater.end() if inflater else bytes(body)
    if result.startswith(_GZIP):
        raise FeedTrouble("the answer is compressed twice", kind="refused")
    return result


class _Inflater:
    """Decompresses piece by piece; what comes after the end of the compressed data is no part of it."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._out = bytearray()
        self._begun = False
        self._stream = zlib.decompressobj(_AUTO)

    def feed(self, data: bytes) -> None:
        while data:
            if self._stream.eof:
                if not data.startswith(_GZIP):
                    return
                self._stream = zlib.decompressobj(_AUTO)  # a further gzip member
            try:
                self._out += self._decompress(data)
            except zlib.error:
                raise FeedTrouble("the answer's compressed data are damaged", kind="broken") from None
            if len(self._out) > self._limit:
                raise _too_long(self._limit)
            data = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail

    def _decompress(self, data: bytes) -> bytes:
        room = self._limit - len(self._out) + 1
        if self._begun:
            return self._stream.decompress(data, room)
        self._begun = True
        try:
            return self._stream.decompress(data, room)
        except zlib.error:
            if data.startswith(_GZIP):
                raise
            self._stream = zlib.decompressobj(_RAW)
            return self._stream.decompress(data, room)

    def end(self) -> bytes:
        if self._begun and not self._stream.eof:
            raise FeedTrouble("the answer was cut short")
        return bytes(self._out)


def _too_long(limit: int) -> FeedTrouble:
    return FeedTrouble(f"the answer is longer than {limit:,} bytes", kind="refused")
