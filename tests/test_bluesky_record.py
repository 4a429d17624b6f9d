"""Bluesky's records: valid by the lexicons, counted and marked as Bluesky does."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syndicate.adapters._bluesky_text import facets, handles, length, moment_of, record_key
from syndicate.adapters.bluesky import Bluesky
from syndicate.adapters.bluesky_standin import BlueskyStandIn

from syndicate import text
from syndicate.adapter import Image, Secret
from syndicate.testing import sample_post

from .adapter_bridge import NOW, Place, make_post, shared

FORMATS = {
    "datetime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
    "uri": r"\w+:(//)?[^\s/]\S*",
    "did": r"did:[a-z]+:[a-zA-Z0-9._:%-]*[a-zA-Z0-9._-]",
    "at-identifier": r"did:[a-z]+:[a-zA-Z0-9._:%-]+|([a-z0-9-]+\.)+[a-z]+",
    "nsid": r"[a-zA-Z-]+(\.[a-zA-Z0-9-]+)+",
    "record-key": r"[a-zA-Z0-9_~.:-]{1,512}",
    "language": r"[a-z]{2,3}(-[a-zA-Z0-9]{2,8})*",
}


class Lexicons:
    """As much of the lexicon language (https://atproto.com/specs/lexicon) as a post needs; unknown fields are refused."""

    def __init__(self) -> None:
        shared("contracts", "bluesky", "lexicons")

    def check(self, value, ref: str, within: str = "") -> None:
        name, _, part = ref.partition("#")
        name = name or within
        file = shared("contracts", "bluesky", "lexicons", *name.split(".")[:-1], f"{name.split('.')[-1]}.json")
        self._check(value, json.loads(file.read_text())["defs"][part or "main"], name)

    def _check(self, value, kind, name) -> None:
        match kind["type"]:
            case "record":
                assert value.get("$type") == name
                self._check({k: v for k, v in value.items() if k != "$type"}, kind["record"], name)
            case "procedure":
                self._check(value, kind["input"]["schema"], name)
            case "object":
                fields = {k: v for k, v in value.items() if k != "$type"}
                assert set(fields) <= set(kind["properties"]), set(fields) - set(kind["properties"])
                assert set(kind.get("required", ())) <= set(fields)
                for key, one in fields.items():
                    self._check(one, kind["properties"][key], name)
            case "array":
                assert len(value) <= kind.get("maxLength", len(value))
                for one in value:
                    self._check(one, kind["items"], name)
            case "ref":
                self.check(value, kind["ref"], name)
            case "union":
                refs = {ref if ref[0] != "#" else name + ref for ref in kind["refs"]}
                assert value["$type"] in refs
                self.check(value, value["$type"], name)
            case "string":
                assert len(value.encode()) <= kind.get("maxLength", 10**9)
                assert text.count(value, "graphemes") <= kind.get("maxGraphemes", 10**9)
                assert "format" not in kind or re.fullmatch(FORMATS[kind["format"]], value), (kind, value)
            case "integer":
                assert isinstance(value, int)
                assert value >= kind.get("minimum", value)
            case "blob":
                assert value["$type"] == "blob"
                assert set(value) == {"$type", "ref", "mimeType", "size"}
                assert re.fullmatch(r"image/\w+", value["mimeType"])
                assert value["size"] <= kind["maxSize"]
            case "unknown":
                assert isinstance(value, dict)
            case other:
                raise AssertionError(other)


POSTS = {
    "everything": sample_post(language="pt-br"),
    "many tags": sample_post(tags=tuple(f"tag{letter}" * 12 for letter in "abcdefghijklmn")),
    "own": sample_post(text="See example.org, https://a.org/?x=ä. #tag, @friend.example.com, @nobody.example.com"),
    "long": sample_post(
        title="Wörter 中文 \U0001f469\u200d\U0001f4bb " * 40, summary="Ein Satz. " * 90, tags=("中" * 70,)
    ),
    "bare": make_post(canonical_url=None, tags=(), title="", body="Words."),
}


@pytest.mark.parametrize("name", POSTS)
def test_what_is_sent_is_valid_by_the_lexicons(name):
    """The request and its record hold nothing but what the lexicons name, within their limits and formats."""
    place = Place(Bluesky(identifier="sandbox.test", app_password=Secret.of("abcd-efgh-ijkl-mnop")), BlueskyStandIn)
    place.publish(POSTS[name])
    sent = place.requests[-1].json()
    lexicons = Lexicons()
    lexicons.check(sent, "com.atproto.repo.putRecord")
    lexicons.check(sent["record"], "app.bsky.feed.post")


def test_the_validator_finds_what_is_wrong():
    """What these tests rest on: a name in braces, a field too many and a text too long are all refused."""
    record = Bluesky().render(sample_post()).parts[0].payload["record"]
    good = {**record, "createdAt": "2026-11-03T12:00:00.000Z", "embed": {"$type": "app.bsky.embed.external"}}
    external = {"uri": "https://a.org/", "title": "T", "description": "D"}
    good["embed"]["external"] = external
    lexicons = Lexicons()
    lexicons.check(good, "app.bsky.feed.post")
    for wrong in (
        {"createdAt": "{now}"}, {"made_up": 1}, {"text": "a" * 301}, {"text": "é" * 1501}, {"langs": list("abcd")},
        {"embed": {"$type": "app.bsky.embed.nothing"}},
    ):  # fmt: skip
        with pytest.raises(AssertionError):
            lexicons.check({**good, **wrong}, "app.bsky.feed.post")


def marked(value: str) -> list[tuple[str, str]]:
    """What the facets of a text stand on, cut out by their bytes, and what each says."""
    cut = []
    for facet in facets(value):
        index, (feature,) = facet["index"], facet["features"]
        piece = value.encode()[index["byteStart"] : index["byteEnd"]].decode()
        cut.append((piece, feature.get("tag") or feature.get("uri") or feature["did"]))
    return cut


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("#python and #Ünïcode, #中文。", [("#python", "python"), ("#Ünïcode", "Ünïcode"), ("#中文", "中文")]),
        ("#हिन्दी, #open-source- #c_ #12", [("#हिन्दी", "हिन्दी"), ("#open-source", "open-source"), ("#c", "c")]),
        ("Read README.md, main.py, docs.sh/x", [("docs.sh/x", "https://docs.sh/x")]),
        ("中文 https://a.org/é?b=1, (https://b.org).", [("https://a.org/é?b=1", "https://a.org/é?b=1"), ("https://b.org", "https://b.org")]),
        ("\U0001f469\u200d\U0001f4bb example.org/x me@example.org", [("example.org/x", "https://example.org/x")]),
        ("https://en.org/A_(#b)", [("https://en.org/A_(#b)", "https://en.org/A_(#b)")]),
        ("#1 #2026 C# a#b https://a.org/#part", [("https://a.org/#part", "https://a.org/#part")]),
        ("(@friend.example.com) @Name.bsky.social.", [("@friend.example.com", "{did:friend.example.com}"), ("@Name.bsky.social", "{did:name.bsky.social}")]),
        ("@pytest.fixture @me a@b.com", []),
        (f"#{'a' * 65} #{'b' * 64}", [("#" + "b" * 64, "b" * 64)]),
    ],
)  # fmt: skip
def test_facets_stand_on_bytes(said, expected):
    """Hashtags, addresses (bare ones too) and handles, each exactly under its bytes; nothing else."""
    assert marked(said) == expected


@given(
    st.text(alphabet="a#@ .:/é中\U0001f469\u200d1\n", max_size=60),
    st.sampled_from(["#tag", "https://a.org/x", "@a.bsky.social"]),
)
@settings(max_examples=150, deadline=None)
def test_facets_never_overlap_or_split_a_character(said, more):
    """Whatever the text: in order, apart from each other, on whole characters, within the text."""
    whole, at = f"{said} {more}", 0
    for facet in facets(whole):
        start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
        assert at <= start < end <= len(whole.encode())
        whole.encode()[start:end].decode()
        at = end


@pytest.mark.parametrize(
    ("said", "count"), [("a" * 300, 300), ("中" * 300, 300), ("\U0001f469\u200d\U0001f4bb" * 100, 110), ("", 0)]
)
def test_both_limits_are_one_count(said, count):
    """Graphemes, or a tenth of the bytes where these are nearer to their limit."""
    assert length(said) == count


def test_handles_once():
    """Each account is looked up once, whatever the case of its name."""
    assert handles("@a.bsky.social @A.bsky.social and @b.bsky.social") == ["a.bsky.social", "b.bsky.social"]


def test_record_keys_are_tids():
    """13 signs that sort by time; the same for one key, apart for two in the same moment; the time is in them."""
    moments = [NOW + timedelta(milliseconds=n) for n in (0, 1, 1000, 10**9)]
    keys = [record_key(moment, "k") for moment in moments]
    assert keys == sorted(keys)
    assert all(re.fullmatch(r"[234567abcdefghij][234567a-z]{12}", key) for key in keys)
    assert len({record_key(NOW, str(n)) for n in range(200)}) == 200
    alphabet = "234567abcdefghijklmnopqrstuvwxyz"
    number = sum(alphabet.index(sign) << 5 * n for n, sign in enumerate(reversed(keys[0])))
    assert (number >> 10) // 1000 == NOW.timestamp() * 1000


@pytest.mark.parametrize(("microseconds", "shown"), [(0, ".000Z"), (7000, ".007Z"), (999000, ".999Z")])
def test_moments_have_milliseconds(microseconds, shown):
    """UTC with three digits and `Z`."""
    assert moment_of(NOW + timedelta(microseconds=microseconds)) == f"2026-11-03T12:00:00{shown}"


def test_a_cover_is_only_named_in_the_draft():
    """The draft says which picture will be uploaded."""
    record = Bluesky().render(make_post(cover=Image("https://a.org/c.png"))).parts[0].payload["record"]
    assert "https://a.org/c.png" in record["embed"]["external"]["thumb"]
