"""Of a live URL only scheme, host, port and path are shown, however oddly it is written."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dcsync import model
from dcsync.cloud import wire
from dcsync.declare.references.masking import shown_text
from dcsync.declare.references.notation import parse
from dcsync.masked import field_pieces, masked_field, masked_url
from dcsync.model import Connector, Declared, HttpPushConfig, Position, Secret, config_leaves
from dcsync.plan.differ import compare

SECRET = "Zq7xW9kV2mT4"
ODD = [
    f"https://user:{SECRET}@a.example.com/x",
    f"https://{SECRET}@a.example.com",
    f"https://a@{SECRET}@a.example.com/",
    f"https://a.example.com/x?{SECRET}",
    f"https://a.example.com/x?{SECRET}=",
    f"https://a.example.com/x?a=b;{SECRET}=c",
    f"https://a.example.com/x?a=b%26{SECRET}",
    f"https://a.example.com/x#{SECRET}",
    f"https://a.example.com/#?a={SECRET}",
    f"https://a.example.com/x;key={SECRET}",
    f"https://a.example.com/x;{SECRET}/y",
    f"https://a.example.com/x%3Fkey%3D{SECRET}",
    f"https://a.example.com/x%3bkey={SECRET}",
    f"https://a.example.com/x%253Fkey%253D{SECRET}",
    f"https://a.example.com/key={SECRET}",
    f"https://a.example.com/{SECRET}&x",
    f"https://a.example.com/user:{SECRET}@b.example.com",
    f"https:/user:{SECRET}@a.example.com",
    f"https:user:{SECRET}@a.example.com",
    f"https:///user:{SECRET}@a.example.com",
    f"https:\\\\user:{SECRET}@a.example.com",
    f"https://a.example.com\\@{SECRET}",
    f"https://{SECRET}\\@a.example.com/",
    f"https://{SECRET}?@a.example.com/",
    f"https://{SECRET}#@a.example.com/",
    f"https://user%3A{SECRET}%40a.example.com/",
    f"https://a.example.com:{SECRET}/",
    f"https://a.example.com:443{SECRET}/",
    f"https://a.example.com/\n{SECRET}",
    f"https://a.example.com/\t{SECRET}",
    f"https://a.example.com/x {SECRET}",
    f"\nhttps://{SECRET}",
    f" https://{SECRET}@a.example.com/",
    f"//user:{SECRET}@a.example.com/",
    f"user:{SECRET}@a.example.com",
    f"Endpoint=sb://n.example.com/;SharedAccessKeyName=x;SharedAccessKey={SECRET}",
    f"sb://n.example.com/;SharedAccessKey={SECRET}",
    f"sb://n.example.com/x?sv=1&sig={SECRET}",
    f"DefaultEndpointsProtocol=https;AccountKey={SECRET}",
    f"javascript:{SECRET}",
    f"{SECRET}://a.example.com",
    SECRET,
    f"https://a.example.com;{SECRET}",
    f"https://a.example.com,{SECRET}",
    f"https://[::1%25{SECRET}]/",
    f"https://a.example.com/\x00{SECRET}",
    f"https://a.example.com/\udcff{SECRET}",
    f"https://a.example.com/\u202e{SECRET}",
    f"https://a.example.com\uff20{SECRET}",
]


@pytest.mark.parametrize("url", ODD)
def test_an_odd_url_shows_no_secret(url: str) -> None:
    """User, query, fragment, parameters, connection strings, and all that some parser reads so."""
    config = HttpPushConfig(url)
    live = wire.connector_of(
        {"name": "projects/p/dataconnectors/d", "type": "HTTP_PUSH", "httpConfig": {"url": url}}
    ).config

    assert SECRET not in masked_url(url)
    assert SECRET not in repr(config)
    assert SECRET not in f"{live} {live!r}"
    ((_, text),) = [leaf for leaf in config_leaves(live) if leaf[0] == ("config", "url")]
    assert isinstance(text, Secret)
    assert text.reveal() == url


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example.com",
        "https://a.example.com/",
        "https://a.example.com:8443/dt/v1.0/~x/a-b_c/(1)/*",
        "http://127.0.0.1:8080/dt",
        "http://[::1]:8080/dt",
        "sb://example.servicebus.windows.net/events",
        "https://sqs.eu-west-1.amazonaws.com/123456789012/queue.fifo",
        "https://bücher.example.com/größe%20klein",
        "",
    ],
)
def test_a_plain_url_is_shown(url: str) -> None:
    """Nothing of it may be a credential, so all of it helps."""
    assert masked_url(url) == url


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("topic", "projects/my-project/topics/events"),
        ("audience", "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p"),
        ("audience", "sts.amazonaws.com"),
        ("audience", "api://AzureADTokenExchange"),
        ("aws_role_arn", "arn:aws:iam::123456789012:role/dt-events"),
        ("tenant_id", "0f8fad5b-d9cb-469f-a165-70867728950e"),
    ],
)
def test_a_plain_name_is_shown(name: str, text: str) -> None:
    """Topics, roles, audiences and ids as the clouds give them."""
    assert masked_field(name, text) == text


@pytest.mark.parametrize("name", ["topic", "audience", "aws_role_arn", "tenant_id"])
@pytest.mark.parametrize("text", [each for each in ODD if each != SECRET])
def test_a_field_that_is_no_url_shows_no_credentials_either(name: str, text: str) -> None:
    """A connection string in the wrong field is one all the same."""
    assert SECRET not in masked_field(name, text)


words = st.text("abcXYZ019-._~", min_size=1, max_size=8)
anything = st.text(max_size=20)
marks = st.sampled_from(["?", "#", ";", "@", "=", "&", "\\", " ", "\n", "%3F", "%40", "%3b", "%5C"])


@given(
    st.sampled_from(["https://", "http://", "sb://", "HTTPS://"]),
    st.lists(words, max_size=3),
    marks,
    anything,
    anything,
)
@example("https://", [], "@", "", "a.example.com/")
def test_what_follows_a_mark_is_never_shown(
    scheme: str, path: list[str], mark: str, before: str, after: str
) -> None:
    """A secret behind whatever ends a plain path, and beside whatever else is there."""
    head = scheme + "/".join(["a.example.com", *path, ""])

    assert SECRET not in masked_url(f"{head}{mark}{before}{SECRET}{after}")
    assert SECRET not in masked_url(f"{head}x{mark}{before}{SECRET}{after}")


@given(anything, anything)
def test_a_user_is_never_shown(before: str, after: str) -> None:
    """Whatever stands in front of the `@` that is in front of the path."""
    before, after = (re.sub(r"[/]", "", each) for each in (before, after))

    assert SECRET not in masked_url(f"https://{before}{SECRET}{after}@a.example.com/x")


@given(anything, st.sampled_from(["url", "queueUrl", "topic", "audience"]))
def test_the_parts_are_the_whole(text: str, name: str) -> None:
    """Nothing is lost or doubled: an import writes the parts."""
    assert "".join(piece.text for piece in field_pieces(name, text)) == text


@given(anything, anything)
@example("https://", "")
def test_a_declared_url_shows_its_references_in_order(before: str, after: str) -> None:
    """However odd the rest: each reference as written, once, and no literal of a query."""
    before, after = (each.replace("$", "").replace("}", "") for each in (before, after))
    shown = shown_text(parse(f"{before}${{env:A}}{after}?{SECRET}${{env:B:-{SECRET}}}"))

    assert re.findall(r"\$\{[^}]*\}", shown) == ["${env:A}", "${env:B:-…}"]
    assert SECRET not in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://${env:H}:${env:P}/dt", "https://${env:H}:${env:P}/dt"),
        ("http://127.0.0.1:${env:P}/", "http://127.0.0.1:${env:P}/"),
        ("${env:ENDPOINT}/archive", "${env:ENDPOINT}/archive"),
        ("https://u:${env:P}@a.example.com/", "https://…${env:P}@a.example.com/"),
        ("https://a.example.com/x;k=${env:K}", "https://a.example.com/x;…${env:K}"),
        ("https://a.example.com/x#a${env:K}", "https://a.example.com/x#…${env:K}"),
        ("https://a.example.com/?k=v&t=${env:K}", "https://a.example.com/?k=…&t=${env:K}"),
        ("projects/${env:P}/topics/x", "projects/${env:P}/topics/x"),
        ("SharedAccessKey=x${env:K}", "…${env:K}"),
    ],
)
def test_a_declared_url_is_shown_as_written(text: str, shown: str) -> None:
    """Its references, and of its literals what is plain."""
    assert shown_text(parse(text)) == shown


@pytest.mark.parametrize(
    ("declared", "before"),
    [
        ("https://a.example.com/${env:T}", "(sensitive)"),
        ("${env:T}", "(sensitive)"),
        ("https://${env:T}/?x=${env:T}", "(sensitive)"),
        ("https://a.example.com/dt?x=${env:T}", f"https://a.example.com/{SECRET}?…"),
    ],
)
def test_what_is_declared_as_a_reference_is_not_shown_of_the_live_url(
    declared: str, before: str
) -> None:
    """An old path is as secret as the new one that a reference stands for."""
    live = HttpPushConfig(Secret(url := f"https://a.example.com/{SECRET}?x=1", masked_url(url)))
    wanted = HttpPushConfig(Secret("https://a.example.com/new", declared))

    def connector(config: model.Config) -> Connector:
        return Connector("p", "d", "A", "HTTP_PUSH", "ACTIVE", (), (), config)

    (change,) = compare(Declared("p/a", connector(wanted), Position("f", 1, 1)), connector(live))

    assert (change.before, change.after) == (before, declared)
