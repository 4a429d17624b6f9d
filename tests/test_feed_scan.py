"""What would hang a parser is refused before it gets it; what only looks odd is not."""

from __future__ import annotations

import time

import pytest

from syndicate.feed import FeedTrouble, Fetched
from syndicate.feed.decode import to_xml
from syndicate.feed.read import read
from syndicate.feed.scan import scan

from .feed_bridge import atom, item, rss

#: Seconds. What is refused takes milliseconds, what is not two seconds at most; machines are noisy.
BOUND = 6.0
#: From here on feedparser goes on with its lenient parser.
BROKEN = '<rss version="2.0"><channel><title>a &undefined; b</title><x></y>'
MEGABYTES = 10 * 1024 * 1024

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi"))
    + "]><rss><channel><title>&i;</title></channel></rss>"
)


def attributes(n: int) -> str:
    return " ".join(f'a{i}="1"' for i in range(n))


def within(seconds: float, call, *args) -> str | None:
    """What was refused, if it was; fails when it took too long."""
    began = time.process_time()
    try:
        call(*args)
        said = None
    except FeedTrouble as trouble:
        said = trouble.message if trouble.kind == "refused" else None
    took = time.process_time() - began
    assert took < seconds, f"took {took:.1f} seconds"
    return said


HOSTILE = {
    "billion laughs": LAUGHS,
    "external entity": '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel>&x;</channel></rss>',
    "parameter entity": '<!DOCTYPE r [<!ENTITY % x SYSTEM "http://127.0.0.1/">%x;]><rss/>',
    "200,000 attributes": rss(f"<item {attributes(200_000)}/>"),
    "200,000 namespaces": "<rss " + " ".join(f'xmlns:a{i}="u"' for i in range(200_000)) + "/>",
    "129 attributes": rss(f"<item {attributes(129)}/>"),
    "one long attribute": rss(f'<item a="{"x" * 20_001}"/>'),
    "200,000 nested tags": rss("<x>" * 200_000 + "</x>" * 200_000),
    "257 nested tags": "<x>" * 257 + "</x>" * 257,
    "200,000 elements": rss("<x/>" * 200_000),
    "a name without an end": rss(f"<item><author>{'a' * 1_000_000}</author></item>"),
    "a name in pieces": rss(f"<item><author>{('a' * 900 + '<x/>') * 100}</author></item>"),
    "distinct tags": rss("<item>" + "".join(f"<category>{i}</category>" for i in range(5_000)) + "</item>"),
    "no element for long": '<?xml version="1.0"?>' + "\n" * 100_000 + rss(),
    "loose: attributes": f"{BROKEN}<item {attributes(200_000)}>",
    "loose: tags": BROKEN + "<x>" * 200_000,
    "loose: tags at the end": BROKEN + "x" * 5_000_000 + "<x/>" * 200_000,
    "loose: <": BROKEN + "<" * MEGABYTES,
    "loose: &": BROKEN + "&" * MEGABYTES,
    "loose: CDATA": BROKEN + "<![CDATA[" * 1_000_000,
    "loose: author": f"{BROKEN}<author>{'a' * 1_000_000}</author>",
    "loose: author that never ends": f"{BROKEN}<author>{'a' * 1_000_000}",
    "loose: author's end in a comment": f"{BROKEN}<author>{('a' * 5_000 + '<!--</author>-->') * 200}",
    "loose: author's end in an attribute": f"{BROKEN}<author>{('a' * 5_000 + '<x y=' + chr(34) + '</author>') * 200}",
    "loose: another's end": f"{BROKEN}<author>{('a' * 5_000 + '</x>') * 200}</author>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_are_refused_quickly(name):
    """Each of these would take a parser seconds to hours, or make it read what is none of its business."""
    assert within(BOUND, scan, HOSTILE[name].encode()) is not None


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-8-sig"])
@pytest.mark.parametrize("name", ["billion laughs", "200,000 attributes", "loose: tags"])
def test_no_encoding_hides_them(encoding, name):
    """The document is decoded first, so that what is scanned is what is parsed."""
    body = HOSTILE[name].encode(encoding)
    refused = within(BOUND, lambda: read(Fetched(status="changed", url="https://a.example.org/", body=body), now=0))
    assert refused is not None


@pytest.mark.parametrize(
    "name", ["utf-7", "cp037", "rot13", "base64", "idna", "punycode", "no-such-thing", "undefined"]
)
def test_odd_names_of_encodings_are_not_followed(name):
    """`+ADw-` is a tag in UTF-7 only; nothing is decoded by what is no character set of a document."""
    body = f'<?xml version="1.0" encoding="{name}"?>+ADw-x+AD4- <rss>ä</rss>'.encode()
    document, _ = to_xml(body, f"text/xml; charset={name}")
    assert "+ADw-x" in document.decode()
    assert "ä" in document.decode()


SLOW = {
    "attributes, just allowed": rss(f"<item {attributes(128)}/>" * 2_000),
    "elements, just allowed": rss("<item>" + f"<x>{'a' * 90}</x>" * 99_000 + "</item>"),
    "items": rss("<item><link>a</link><guid>x</guid></item>" * 30_000),
    "escaped text": rss(f"<item><description>{'&lt;p&gt;a &amp;amp; b&lt;/p&gt;' * 300_000}</description></item>"),
    "CDATA": rss(f"<item><description><![CDATA[{'<p>a & b</p>' * 800_000}]]></description></item>"),
    "junk": rss("x" * MEGABYTES),
    "blanks": rss(" \n" * (MEGABYTES // 2)),
    "XHTML": atom(
        f'<entry><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{"<b>x</b>" * 99_000}</div>'
        "</content></entry>"
    ),
    "loose: junk": BROKEN + "x" * MEGABYTES,
    "loose: tags": BROKEN + "<a/>" * 58_000,
    "loose: items": BROKEN + "<item><title>a</title>" * 19_000,
    "loose: &": BROKEN + "&x" * 390_000,
    "loose: quotes": BROKEN + '<a x="' * 58_000,
    "loose: comments": BROKEN + "<!--" * 390_000,
    "loose: declarations": BROKEN + "<!x " * 390_000,
    "loose: instructions": BROKEN + "<?x " * 390_000,
    "loose: unclosed": BROKEN + "< " * 390_000,
    "declaration": "<?xml " + 'encoding="' * 700 + rss(),
    "head": '<?xml version="1.0"?>' + "\n" * 7_900 + rss(),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW)
def test_nothing_that_is_let_through_holds_the_parse(name):
    """The limits, tried with the parser itself: documents of up to 10 MiB that keep just within them."""
    fetched = Fetched(status="changed", url="https://a.example.org/", body=SLOW[name].encode())
    within(BOUND, lambda: read(fetched, now=0))


NETSCAPE = '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">'

HARMLESS = {
    "RSS 0.91": f'<?xml version="1.0"?>{NETSCAPE}<rss version="0.91"><channel><title>a&nbsp;b &eacute;</title></channel></rss>',
    "HTML entities": rss(item(1, title="caf&eacute;&nbsp;!")),
    "a name": rss(item(1, more="<dc:creator><![CDATA[Jo O'Brien]]></dc:creator>")),
    "not well-formed, with a name": BROKEN + "<item><author><name>Jo</name></author></item>",
    "Blogger's authors": BROKEN + "<author><name>Jo</name><gd:image rel='a' width='16' src='b'></gd:image></author>",
    "256 deep": "<x>" * 256 + "</x>" * 256,
    "a stylesheet and a comment": '<?xml version="1.0"?><?xml-stylesheet href="a"?><!-- <!DOCTYPE x> -->' + rss(),
    "a long text": rss(item(1, text="<p>word</p>" * 50_000)),
    "code that speaks of entities": rss(item(1, text="<pre>&lt;!ENTITY a 'b'&gt; <!ENTITY></pre>")),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_real_feeds_hold_is_not_refused(name):
    """Old DOCTYPEs, entities of HTML in documents that declare none, people's names."""
    scan(HARMLESS[name].encode())


def test_a_second_encoding_in_the_first_line_does_not_count():
    """A minified feed is one line; feedparser alone would take what a code sample in it declares."""
    body = '<?xml version="1.0"?>' + rss(item(1, text='<p>é <code>encoding="utf-16"?></code></p>')).partition("?>\n")[2]
    fetched = Fetched(status="changed", url="https://a.example.org/", body=body.encode())
    assert "é" in read(fetched, now=0).entries[0].html
