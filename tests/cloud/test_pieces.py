"""Chunks are taken apart rightly, however the network cuts them."""

from __future__ import annotations

import gzip
from collections.abc import Iterable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dcsync import cloud
from dcsync.cloud.http.pieces import CutShort, dechunked
from dcsync.cloud.payloads import Lines
from tests.cloud.samples import PROJECT
from tests.cloud.server import Say, ScriptedServer
from tests.cloud.test_event_stream import event, line


def _dechunked(pieces: Iterable[bytes]) -> list[bytes]:
    return list(dechunked(pieces))


def _cut(data: bytes, places: list[int]) -> list[bytes]:
    """`data` in pieces, none of them empty."""
    ends = sorted({place for place in places if 0 < place < len(data)})
    return [data[i:j] for i, j in zip([0, *ends], [*ends, len(data)], strict=True)]


@pytest.mark.slow
@settings(derandomize=True, deadline=None)
@given(chunks=st.lists(st.binary(min_size=1, max_size=40)), places=st.lists(st.integers(0, 300)))
@example(chunks=[b"\r\n", b"\n0\r\n\r\n", b"a"], places=[1, 2, 3, 4, 5, 6, 7, 8])
def test_any_cut_gives_the_same_content(chunks: list[bytes], places: list[int]) -> None:
    """The content does not depend on where the bytes were cut on their way."""
    framed = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"

    assert b"".join(_dechunked(_cut(framed, places))) == b"".join(chunks)


def test_a_chunk_that_looks_like_chunks_is_one() -> None:
    """What stands in a chunk is content, even if it could be chunks itself, beside ones of a line
    each."""
    chunks = [b"{}\n", b"3\r\nabc\r\n3\r\nabc", b"{}\n", b"\r\n2\r\nab\r\n0\r\n\r\n", b"{}\n"]
    framed = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"

    for place in range(len(framed)):
        assert b"".join(_dechunked(_cut(framed, [place]))) == b"".join(chunks)


def test_nothing_is_held_back() -> None:
    """What has arrived of a chunk is given before the rest of it."""
    assert _dechunked([b"5\r\nab", b"c", b"de\r\n0\r\n\r\n"]) == [b"ab", b"c", b"de"]


def test_extensions_and_case_of_a_size_do_not_matter() -> None:
    """Chunk sizes are hexadecimal in either case, and may have extensions."""
    assert b"".join(_dechunked([b"A;x=y\r\n0123456789\r\n0 \r\n\r\n"])) == b"0123456789"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"5\r\nabc",
        b"5\r\nabcde\r\n",
        b"xyz\r\n",
        b"-1\r\nab\r\n",
        b"0x5\r\nabcde\r\n",
        b"1_0\r\n",
        b"f" * 99 + b"\r\n",
        b"5;" + b"x" * 5000,
    ],
)
def test_what_is_cut_short_or_odd_is_told(data: bytes) -> None:
    """An end before the last chunk, or a size that is none, is not a clean end."""
    with pytest.raises(CutShort):
        _dechunked([data])


@settings(derandomize=True, deadline=None)
@given(texts=st.lists(st.text("aä\r\u2028\x85", max_size=5)), places=st.lists(st.integers(0, 99)))
def test_lines_end_at_line_feeds_only(texts: list[str], places: list[int]) -> None:
    """However bytes arrive, a line is what stands between two line feeds."""
    expected = [text.encode() for text in texts]
    data = b"".join(text + b"\n" for text in expected)

    lines = Lines()
    found = [line for piece in _cut(data, places) for line in lines.feed(piece)]

    assert [*found, *lines.end()] == expected


def test_a_compressed_stream_is_understood(client: cloud.Client, server: ScriptedServer) -> None:
    """A server that compresses although not requested to is read all the same."""
    body = gzip.compress(line(event(1)) + line(event(2)))
    server.say(Say(body=iter([body[:20], body[20:]]), headers={"Content-Encoding": "gzip"}))

    with cloud.Reader(client).open_stream(PROJECT) as stream:
        assert list(stream) == [event(1), event(2)]
