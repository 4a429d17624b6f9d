"""Documents → entries: identity, links, titles, dates, texts, and what is broken."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from syndicate.feed import Entry, Feed, FeedTrouble, Fetched
from syndicate.feed.read import read

from .feed_bridge import atom, item, rss

URL = "https://blog.example.org/feed.xml"


def feed(body: str | bytes, *, url: str = URL, content_type: str = "") -> Feed:
    content = body.encode() if isinstance(body, str) else body
    return read(Fetched(status="changed", url=url, body=content, content_type=content_type), now=0)


def entry(body: str | bytes, **more) -> Entry:
    found = feed(body, **more).entries
    assert len(found) == 1
    return found[0]


def one(inner: str) -> Entry:
    """The entry of an RSS item with these elements."""
    return entry(rss(f"<item>{inner}</item>"))


# ------------------------------------------------------------------ what is no feed


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b" \r\n\t\xef\xbb\xbf", "empty"),
        (b"<!doctype html><html><head><title>x</title></head><body><p>y</body></html>", "HTML page"),
        (b"just words", "no feed"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "no feed"),
        (b"<rss version='2.0'><channel><title>a", "not well-formed"),
        (b"{", "JSON"),
        (b'{"version": "2"}', "JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": 3}', "items"),
        (b'{"a":' + b"[" * 100_000, "JSON"),
    ],
)
def test_what_is_no_feed_is_broken_not_empty(body, words):
    """ "No entries" would be taken for a feed that has nothing new."""
    with pytest.raises(FeedTrouble) as caught:
        feed(body)
    assert caught.value.kind == "broken"
    assert words in caught.value.message


@pytest.mark.parametrize("body", [rss(), atom(), '{"version": "https://jsonfeed.org/version/1.1", "items": []}'])
def test_a_feed_without_entries_is_a_feed(body):
    """A new blog."""
    assert feed(body).entries == ()
    assert feed(body).warnings == ()


def test_a_feed_that_is_not_well_formed_is_read_with_a_warning():
    """Half of the broken feeds are only a bare ampersand away from being well-formed."""
    found = feed(rss(item(1), "<item><title>R & D</title><link>https://a.example.org/?a=1&b=2</link></item>"))
    assert {e.title for e in found.entries} == {"Post 1", "R & D"}
    assert "https://a.example.org/?a=1&b=2" in {e.link for e in found.entries}
    assert any("not well-formed" in warning for warning in found.warnings)


def test_of_a_document_that_is_cut_short_the_last_entry_is_left_out():
    """Half a text must not be posted."""
    body = rss(item(1), item(2, text="<p>one two three</p>"))
    found = feed(body[: body.index("two")])
    assert [e.title for e in found.entries] == ["Post 1"]
    assert any("cut short" in warning for warning in found.warnings)


# ------------------------------------------------------------------ identity


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("<guid>urn:1</guid><link>https://a.example.org/1</link>", "urn:1"),
        ("<guid> urn:1 </guid>", "urn:1"),
        ("<guid>first</guid><guid>second</guid>", "first"),
        ("<link>https://a.example.org/1</link>", "https://a.example.org/1"),
        ("<guid></guid><link>https://a.example.org/1</link>", "https://a.example.org/1"),
    ],
)
def test_an_entry_is_known_by_its_first_id_else_its_link(inner, expected):
    """As the feed writes it."""
    assert one(inner).id == expected


def test_an_entry_without_id_and_link_is_known_by_what_it_says():
    """Its digest; another text is another entry."""
    ids = {one(f"<title>{title}</title>").id for title in ("a", "a", "b")}
    assert len(ids) == 2
    assert all(id.startswith("sha256:") for id in ids)


def test_of_two_entries_with_one_id_the_newest_stays():
    """The ledger knows them as one; which was left out is said."""
    old, new = "Mon, 01 Jan 2024 00:00:00 GMT", "Tue, 02 Jan 2024 00:00:00 GMT"
    found = feed(rss(item(1, date=old, title="Old"), item(1, date=new, title="New")))
    assert [e.title for e in found.entries] == ["New"]
    assert any("id of a newer one" in warning for warning in found.warnings)


def test_the_address_that_the_feed_came_from_changes_no_id():
    """Content-Location and redirects must not make new entries of old ones."""
    body = atom("<entry><id>/posts/1</id><title>a</title></entry>")
    assert entry(body, url="https://a.example.org/").id == entry(body, url="https://b.example.org/x/").id


# ------------------------------------------------------------------ links


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("<link>/posts/1</link>", "https://blog.example.org/posts/1"),
        ("<guid>https://a.example.org/1</guid>", "https://a.example.org/1"),
        ('<guid isPermaLink="true">https://a.example.org/1</guid>', "https://a.example.org/1"),
        ('<guid isPermaLink="false">https://a.example.org/1</guid>', None),
        ("<guid>post-1</guid>", None),
        ("<link>javascript:alert(1)</link>", None),
        ("<link>ftp://a.example.org/</link>", None),
        ("<link>mailto:a@example.org</link>", None),
        ("<link>http://[</link>", None),
        ("<link>https://a.example.org/a b|c</link>", "https://a.example.org/a%20b%7Cc"),
    ],
)
def test_links_are_absolute_and_of_the_web(inner, expected):
    """A guid is a link only where it is one."""
    assert one(inner).link == expected


def test_xml_base_and_the_feeds_page_make_links_absolute():
    """In the order in which the format has them."""
    based = atom('<entry xml:base="https://a.example.org/x/"><id>1</id><link href="y"/></entry>')
    assert entry(based).link == "https://a.example.org/x/y"
    assert entry(atom('<entry><id>1</id><link href="y"/></entry>')).link == "https://blog.example.org/y"


def test_the_page_for_people_is_the_link():
    """Not the one of the API, the comments or the enclosure."""
    links = (
        '<link rel="self" href="https://a.example.org/self"/>'
        '<link rel="alternate" type="application/json" href="https://a.example.org/json"/>'
        '<link rel="alternate" type="text/html" href="https://a.example.org/page"/>'
        '<link rel="enclosure" href="https://a.example.org/mp3"/>'
    )
    assert entry(atom(f"<entry><id>1</id>{links}</entry>")).link == "https://a.example.org/page"


def test_a_link_that_several_entries_have_names_none_of_them():
    """Nor does the feed's own page."""
    link = "<link>https://a.example.org/all</link>"
    home = "<item><guid>3</guid><link>https://blog.example.org</link></item>"
    found = feed(rss(f"<item><guid>1</guid>{link}</item>", f"<item><guid>2</guid>{link}</item>", home, item(4)))
    assert [e.shared_link for e in found.entries] == [True, True, True, False]


# ------------------------------------------------------------------ titles


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("A &amp; B", "A & B"),
        ("A &amp;amp; B", "A & B"),
        ("<![CDATA[A & B]]>", "A & B"),
        ("Use &lt;code&gt;x&lt;/code&gt;", "Use x"),
        ("Vec&lt;T&gt; and Option&lt;U&gt;", "Vec<T> and Option<U>"),
        ("  two\n  lines ", "two lines"),
        ("👩‍👩‍👧 and &#x1F600;", "👩‍👩‍👧 and 😀"),
        ("1 &lt; 2", "1 < 2"),
        ("", ""),
    ],
)
def test_titles_are_plain_text_on_one_line(written, expected):
    """Markup goes where it is markup; what only looks like it stays."""
    assert one(f"<title>{written}</title><guid>1</guid>").title == expected


def test_atom_says_whether_a_title_is_html():
    """`type` decides."""
    html = entry(atom('<entry><id>1</id><title type="html">a &lt;b&gt;b&lt;/b&gt; &amp;amp; c</title></entry>'))
    text = entry(atom("<entry><id>1</id><title>Vec&lt;T&gt;</title></entry>"))
    assert (html.title, text.title) == ("a b & c", "Vec<T>")


# ------------------------------------------------------------------ dates and order


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Mon, 01 Jan 2024 12:00:00 +0200", datetime(2024, 1, 1, 10, tzinfo=UTC)),
        ("2024-01-01T12:00:00Z", datetime(2024, 1, 1, 12, tzinfo=UTC)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("Mon, 01 Jan 1900 00:00:00 GMT", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_are_utc_or_none(written, expected):
    """The epoch is what a program writes that knows no date."""
    assert one(f"<guid>1</guid><pubDate>{written}</pubDate>").published == expected


def test_the_newest_comes_first_and_an_undated_one_keeps_its_place():
    """Feeds are written in either order."""
    dates = ["Mon, 01 Jan 2024 00:00:00 GMT", "", "Tue, 02 Jan 2024 00:00:00 GMT"]
    found = feed(rss(*(item(n, date=date) for n, date in enumerate(dates))))
    assert [e.title for e in found.entries] == ["Post 2", "Post 0", "Post 1"]


def test_without_dates_the_documents_order_stays():
    """It is usually the newest first."""
    assert [e.title for e in feed(rss(*map(item, "cab"))).entries] == ["Post c", "Post a", "Post b"]


def test_updated_is_only_what_the_feed_calls_so():
    """feedparser would say the published date again."""
    found = one("<guid>1</guid><pubDate>Mon, 01 Jan 2024 00:00:00 GMT</pubDate>")
    assert found.updated is None


def test_only_the_newest_thousand_are_read():
    """A feed may hold everything since 2003."""
    found = feed(rss(*(item(n, text="x") for n in range(1_002))))
    assert len(found.entries) == 1000
    assert any("1000 newest" in warning for warning in found.warnings)


# ------------------------------------------------------------------ texts


def test_content_is_whole_and_a_short_description_is_not():
    """Where both are there, the longer is the text and the other the summary."""
    both = one(
        "<guid>1</guid><description>Short.</description><content:encoded>&lt;p&gt;The whole text.&lt;/p&gt;</content:encoded>"
    )
    assert (both.html, both.whole, both.summary) == ("<p>The whole text.</p>", True, "Short.")
    alone = one("<guid>1</guid><description>Short.</description>")
    assert (alone.html, alone.whole, alone.summary) == ("<p>Short.</p>", False, "Short.")


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("<p>" + "word " * 400 + "</p>", True),
        ("<p>a</p><p>b</p><pre>c</pre><p>d</p>", True),
        ("<p>a</p><p>b</p>", False),
        ("<p>" + "word " * 400 + "[…]</p>", False),
        ("<p>" + "word " * 400 + "</p><p>Read more</p>", False),
        ("<p>a</p><p>b</p><p>c</p><p>d...</p>", False),
    ],
)
def test_a_description_alone_is_whole_when_it_is_long_and_not_cut(text, whole):
    """Many feeds put the whole text there."""
    assert one(f"<guid>1</guid><description><![CDATA[{text}]]></description>").whole is whole


def test_plain_text_becomes_paragraphs():
    """Atom's `type="text"` and descriptions without a tag."""
    text = "<content type='text'>1 &lt; 2\nnext\n\nlast</content>"
    assert entry(atom(f"<entry><id>1</id>{text}</entry>")).html == "<p>1 &lt; 2<br>next</p>\n<p>last</p>"
    assert one("<guid>1</guid><description>a &amp;amp; b\n\nc</description>").html == "<p>a &amp; b</p>\n<p>c</p>"


def test_html_is_neither_sanitised_nor_resolved_here():
    """That is the converter's work, and it wants to know what was there."""
    html = '<a href="x" onclick="y">z</a><script>1</script>'
    assert one(f"<guid>1</guid><content:encoded><![CDATA[{html}]]></content:encoded>").html == html


def test_relative_links_of_a_text_are_told_from_its_own_base():
    """xml:base, else the entry's page, else the feed's."""
    text = "<content type='html'>x</content>"
    based = atom(f"<entry xml:base='https://a.example.org/x/'><id>1</id><link href='y'/>{text}</entry>")
    assert entry(based).base == "https://a.example.org/x/"
    assert entry(atom(f"<entry><id>1</id><link href='y'/>{text}</entry>")).base == "https://blog.example.org/y"
    assert one("<guid>1</guid><description>x</description>").base == "https://blog.example.org/"


def test_a_digest_is_that_of_what_would_be_sent():
    """Layout, CDATA and escaping change nothing; title, link, tags and text do."""
    base = "<title>T</title><guid>1</guid><category>a</category><description>&lt;p&gt;x  y&lt;/p&gt;</description>"
    same = "<guid>1</guid><title> T\n</title><category>a</category><description><![CDATA[<p>x\ny</p>]]></description>"
    assert one(base).digest == one(same).digest
    others = [
        base.replace("T<", "U<"),
        base.replace(">a<", ">b<"),
        base.replace("x  y", "x z"),
        base + "<link>/l</link>",
    ]
    assert len({one(other).digest for other in [base, *others]}) == 5


def test_words_tell_a_text_whatever_is_done_to_its_markup():
    """Twenty words or sixty Chinese characters are enough; fewer tell nothing."""
    text = " ".join(f"word{n}" for n in range(20))
    first = one(f"<guid>1</guid><description>&lt;p&gt;{text}&lt;/p&gt;</description>").words
    assert first
    assert first == one(f"<guid>2</guid><description>&lt;b&gt;{text.upper()}&lt;/b&gt;!</description>").words
    assert one("<guid>1</guid><description>too few words</description>").words == ""
    assert one(f"<guid>1</guid><description>{'字' * 60}</description>").words
    assert one(f"<guid>1</guid><description>{'字' * 59}</description>").words == ""


# ------------------------------------------------------------------ the rest


def test_tags_language_cover_and_ttl():
    """What a post may carry besides its text."""
    more = (
        "<category> Go </category><category>go</category><category>Rust</category><dc:language>de</dc:language>"
        '<media:thumbnail url="/cover.png"/>'
    )
    found = feed(rss(item(1, more=more), more="<language>en-us</language><ttl>90</ttl>"))
    first = found.entries[0]
    assert (first.tags, first.language, first.cover) == (("Go", "Rust"), "de", "https://blog.example.org/cover.png")
    assert (found.title, found.language, found.ttl) == ("A blog", "en-us", 5400.0)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("<ttl>60</ttl>", 3600.0),
        ("<ttl>99999999</ttl>", 86400.0),
        ("<ttl>soon</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>nan</ttl>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", 1800.0),
        ("<sy:updatePeriod>weekly</sy:updatePeriod>", 86400.0),
        ("", None),
    ],
)
def test_a_feed_says_how_long_it_wants_to_be_left_alone(written, expected):
    """A day at most; nonsense says nothing."""
    assert feed(rss(more=written)).ttl == expected


@pytest.mark.parametrize(
    ("encoding", "declared", "text"),
    [
        ("utf-8", "utf-8", "ä €"),
        ("utf-8", "iso-8859-1", "ä €"),
        ("iso-8859-1", "iso-8859-1", "äöü"),
        ("cp1252", "iso-8859-1", "“ä”"),
        ("cp1251", "windows-1251", "Привет"),
        ("euc-kr", "euc-kr", "안녕하세요"),
        ("big5", "big5", "繁體中文"),
        ("gb18030", "gb2312", "简体中文"),
        ("shift_jis", "shift_jis", "日本語"),
        ("iso-2022-jp", "iso-2022-jp", "日本語"),
        ("utf-16", "utf-16", "äé"),
        ("utf-16-le", "utf-16", "äé"),
        ("utf-8-sig", "utf-8", "äé"),
    ],
)
def test_encodings_that_real_feeds_have(encoding, declared, text):
    """By byte order mark, else as UTF-8 if it can be that, else as declared."""
    body = rss(item(1, title=text)).replace('encoding="utf-8"', f'encoding="{declared}"').encode(encoding)
    assert entry(body).title == text


def test_the_headers_charset_counts_where_the_document_says_nothing():
    """Of the headers nothing else does."""
    body = rss(item(1, title="äöü")).replace(' encoding="utf-8"', "").encode("iso-8859-1")
    assert entry(body, content_type="text/xml; charset=ISO-8859-1").title == "äöü"


def test_one_damaged_character_does_not_make_gibberish_of_the_others():
    """A text that was cut in the middle of a character is still UTF-8."""
    body = rss(item(1, title="ä ö ü ß é è ê ñ ç å ø æ €".replace(" ", " x "))).encode()
    found = feed(body.replace("€".encode(), b"\xe2\x82"))
    assert found.entries[0].title.startswith("ä x ö")
    assert any("damaged" in warning for warning in found.warnings)


def test_control_characters_do_not_break_a_feed():
    """XML has none; feeds do."""
    assert feed(rss(item(1, title="a\x0b\x00b"))).warnings == ()


def test_json_feed_is_read_as_the_others_are():
    """Versions 1.0 and 1.1."""
    items = [
        {
            "id": 7,
            "url": "/posts/7",
            "title": "A <b> & B",
            "content_html": "<p>x</p>",
            "summary": "S",
            "date_published": "2024-01-01T12:00:00+02:00",
            "tags": ["Go", "go", 3],
            "image": "/i.png",
            "language": "de",
        },
        {"id": "8", "content_text": "1 < 2\n\nx"},
        "nonsense",
    ]
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "J",
        "home_page_url": "https://blog.example.org/",
        "language": "en",
        "items": items,
    }
    found = feed(json.dumps(document))
    first, second = found.entries
    assert (found.title, found.language) == ("J", "en")
    assert (first.id, first.link, first.title) == ("7", "https://blog.example.org/posts/7", "A <b> & B")
    assert (first.html, first.whole, first.summary) == ("<p>x</p>", True, "S")
    assert first.published == datetime(2024, 1, 1, 10, tzinfo=UTC)
    assert (first.tags, first.cover, first.language) == (("Go",), "https://blog.example.org/i.png", "de")
    assert (second.html, second.whole, second.link) == ("<p>1 &lt; 2</p>\n<p>x</p>", True, None)
    assert any("no objects" in warning for warning in found.warnings)
