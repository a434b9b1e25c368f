"""Every way in which a server might repeat a secret without writing it as it is."""

from __future__ import annotations

import base64
import codecs
import gzip
import html
import json
import quopri
import zlib
from collections.abc import Callable
from urllib.parse import quote

NATO = ("alfa", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "kilo")


def _base64(text: str, before: bytes = b"") -> str:
    return base64.b64encode(before + text.encode()).decode()


def _each(form: str, between: str = "") -> Callable[[str], str]:
    return lambda text: between.join(form.format(ord(c)) for c in text)


def _bytes(form: str, between: str = "") -> Callable[[str], str]:
    return lambda text: between.join(form.format(c) for c in text.encode())


def _shifted(by: int) -> Callable[[str], str]:
    return lambda text: "".join(chr((ord(c) + by) % 0xD800) for c in text)


DISGUISES: dict[str, Callable[[str], str]] = {
    "plain": str,
    "upper": str.upper,
    "swapped case": str.swapcase,
    "title": str.title,
    "reversed": lambda text: text[::-1],
    "reversed words": lambda text: " ".join(text.split()[::-1]),
    "json": json.dumps,
    "json twice": lambda text: json.dumps(json.dumps(text)),
    "python": repr,
    "percent": lambda text: quote(text, safe=""),
    "percent all": _bytes("%{:02x}"),
    "percent twice": lambda text: quote(quote(text, safe="")),
    "plus": lambda text: quote(text).replace("%20", "+"),
    "html": html.escape,
    "html decimal": _each("&#{};"),
    "html hex": _each("&#x{:x};"),
    "html no semicolon": _each("&#{}"),
    "html twice": lambda text: html.escape("".join(f"&#{ord(c)};" for c in text)),
    "base64": _base64,
    "base64 no padding": lambda text: _base64(text).rstrip("="),
    "base64 url": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "base64 second alignment": lambda text: _base64(text, b"x"),
    "base64 third alignment": lambda text: _base64(text, b"xy"),
    "base64 twice": lambda text: _base64(_base64(text)),
    "base64 in lines": lambda text: "\n".join(_base64(text)[i : i + 4] for i in range(0, 400, 4)),
    "base64 utf-16": lambda text: base64.b64encode(text.encode("utf-16")).decode(),
    "base64 gzip": lambda text: base64.b64encode(gzip.compress(text.encode())).decode(),
    "base64 zlib": lambda text: base64.b64encode(zlib.compress(text.encode())).decode(),
    "base64 reversed": lambda text: _base64(text)[::-1],
    "base32": lambda text: base64.b32encode(text.encode()).decode(),
    "base85": lambda text: base64.b85encode(text.encode()).decode(),
    "ascii85": lambda text: base64.a85encode(text.encode()).decode(),
    "hex": lambda text: text.encode().hex(),
    "HEX": lambda text: text.encode().hex().upper(),
    "hex with colons": lambda text: text.encode().hex(":"),
    "hex with spaces": lambda text: text.encode().hex(" "),
    "hex 0x": _bytes("0x{:02x}", " "),
    "hex utf-16": lambda text: text.encode("utf-16-le").hex(),
    "u escapes": _each("\\u{:04x}"),
    "U escapes": _each("\\U{:08x}"),
    "U+": _each("U+{:04X}", " "),
    "x escapes": _bytes("\\x{:02x}"),
    "octal": _bytes("\\{:03o}"),
    "octal numbers": _bytes("{:03o}", " "),
    "decimal": _bytes("{}", " "),
    "decimal with commas": _bytes("{}", ", "),
    "one decimal": lambda text: str(int.from_bytes(text.encode(), "big")),
    "binary": _bytes("{:08b}", " "),
    "quoted-printable": lambda text: quopri.encodestring(text.encode()).decode(),
    "quoted-printable all": _bytes("={:02X}"),
    "utf-7": lambda text: text.encode("utf-7").decode(),
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "shifted": _shifted(1),
    "fullwidth": _shifted(0xFEE0),
    "leet": lambda text: text.translate(str.maketrans("aeiostl", "4310571")),
    "spaced": " ".join,
    "dotted": ".".join,
    "dashed": "-".join,
    "lines": "\n".join,
    "quoted letters": lambda text: " ".join(f"'{c}'" for c in text),
    "zero width": "\u200b".join,
    "combining": "\u0301".join,
    "soft hyphen": "\u00ad".join,
    "halves": lambda text: f"{text[: len(text) // 2]} and {text[len(text) // 2 :]}",
    "first half": lambda text: text[: len(text) // 2],
    "last half": lambda text: text[len(text) // 2 :],
    "cut": lambda text: f"{text[1:]}...",
    "words as lines": lambda text: "\n".join(text.split()),
    "words together": lambda text: "".join(text.split()),
    "camel case": lambda text: "".join(word.title() for word in text.split()),
    "snake case": lambda text: "_".join(text.split()),
    "path": lambda text: "/".join(text.split()),
    "in a url": lambda text: f"https://example.com/?secret={quote(text)}",
    "in a header": lambda text: f"Authorization: Bearer {text}",
    "spelled": lambda text: " ".join(NATO[ord(c) % len(NATO)] for c in text),
    "true and false": lambda text: " ".join(
        ["false", "true"][int(bit)] for c in text.encode() for bit in f"{c:08b}"
    ),
    "in quotes": lambda text: f"'{text}'",
    "in quotes of its own": lambda text: f"`{text}' and '{text}`",
}
