"""Text in arguments of shortcodes, includes and components is text; what of them goes is named in full."""

from __future__ import annotations

import pytest

from syndicate.markdown import Dialect, render

RICH = Dialect(tables=True, html=None)
LIQUID = Dialect(embeds="liquid", liquid=True)
PERCENT = Dialect(embeds="percent")
BASE = "https://example.org/blog/this/"


def text(source: str, dialect: Dialect = RICH) -> str:
    lines = render(source, dialect, base_url=BASE, title="T").text.split("\n")
    return "\n".join(line.rstrip() for line in lines)


def said(source: str) -> str:
    return "\n".join(render(source, RICH, base_url=BASE).warnings)


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ('{{< card title="A b" link="/x" subtitle="C" >}}', "[A b](https://example.org/x): C"),
        ('{{< unknown text="Words *here*" n=3 >}}', "Words *here*"),
        ('A {{< pill label="New" >}} b', "A New b"),
        ('{{< box2 title="Head" >}}in{{< /box2 >}}', "**Head**: in"),
        ('{{< lead "A whole sentence." >}}', "A whole sentence."),
        ('{{< figure src="/i.png" caption="C *d*" >}}', "![C d](https://example.org/i.png)\n\nC *d*"),
        ('{{< figure src="/i.png" alt="A" title="T2" caption="C" attr="By" attrlink="https://z" >}}', "![A](https://example.org/i.png)\n\n**T2** *C* [By](https://z)"),
        ('{{< video src="/v.mp4" >}}', "[v.mp4](https://example.org/v.mp4)"),
        ('{{< audio src="/v.mp3" caption="Talk" >}}', "[Talk](https://example.org/v.mp3)"),
        ('{% include note.html content="**Careful**: never." %}', "> **Note**\n>\n> **Careful**: never."),
        ('{% include callout.html type="warning" title="Up" content="A" %}', "> **Up**\n>\n> A"),
        ('{% include image.html url="/i.png" description="My cat" %}', "![My cat](https://example.org/i.png)\n\n*My cat*"),
        ('{% include figure image_path="/i.png" alt="a" caption="C." %}', "![a](https://example.org/i.png)\n\n*C.*"),
        ('{% include quote.html text="Said" author="Her" %}', "> Said\n>\n> — Her"),
        ('<Manager npm={["add a b"]} yarn="add b c" />', "```sh\nnpm add a b\nyarn add b c\n```"),
        ('<Run command="migrate eslint --write" />', "```sh\nmigrate eslint --write\n```"),
        ('{% include faq.md q0="What is it?" a0="A thing, [so](/s)." %}', "**What is it?**\n\nA thing, [so](https://example.org/s)."),
        ('<Callout title="Careful" text="Never do this." />', "> **Careful**\n>\n> Never do this."),
        ('<Card title="A" description="What A does" href="/a" />', "[A](https://example.org/a): What A does"),
        ('<Card title="B">\n\nin\n\n</Card>', "**B**\n\nin"),
        ('<Foo label={"Expr one"} n={3} />', "**Expr one**"),
        ('<Figure src="/f.png" caption="Cap" alt="Alt" />', "![Alt](https://example.org/f.png)\n\n*Cap*"),
        ('<Aside type="tip" title="Did you?">\nText\n</Aside>', "> **Did you?**\n>\n> Text"),
        ("<Note>One line.</Note>", "**Note:** One line."),
        ('<Accordion title="Q *x*?">\n\nA\n\n</Accordion>', "<details><summary>Q <em>x</em>?</summary>\n\nA\n\n</details>"),
        ('<Button href="/go"> Go </Button> or <Link to="/h">home</Link>', "[Go](https://example.org/go) or [home](https://example.org/h)"),
        ("<Tabs>\n<Tab label='One'>\n\na\n\n</Tab>\n</Tabs>", "**One**\n\na"),
        ("<Card>\n    Four columns in.\n\n    - a\n      - b\n</Card>", "Four columns in.\n\n- a\n  - b"),
        ("<CodeBlock language='js'>{`\nconst a = `}</CodeBlock>", "```js\nconst a =\n```"),
        ("import cat from './cat.png'\n\n<Image src={cat} alt='A cat' />", f"![A cat]({BASE}cat.png)"),
        ("import cat from './cat.png'\n\n<img src={cat.src} className='a b' htmlFor='c' onClick={x} />", f'<img src="{BASE}cat.png" class="a b" for="c" />'),
        ("<ThemedImage alt='D' sources={{light: useBaseUrl('/l.png'), dark: '/d.png'}} />", "![D](https://example.org/l.png)"),
        ("import A from 'a'\nexport const name = 'Zoe'\n\nHi {name}{' '}and {\"you\"}.", "Hi Zoe and you."),
    ],
)  # fmt: skip
def test_text_in_arguments(source: str, result: str) -> None:
    """Titles, texts, captions and links in them are shown, as what the tag stands for: callout, card, figure, tab."""
    assert text(source).strip() == result


@pytest.mark.parametrize(
    ("source", "url"),
    [
        ('<YouTube id="abc" />', "https://www.youtube.com/watch?v=abc"),
        ('<LiteYouTubeEmbed id="abc" />', "https://www.youtube.com/watch?v=abc"),
        ("<Vimeo id={12} />", "https://vimeo.com/12"),
        ('<Tweet id="20" />', "https://x.com/i/status/20"),
        ('{% include youtubePlayer.html id="abc" %}', "https://www.youtube.com/watch?v=abc"),
        ('{% include embed/youtube.html id="abc" title="x" %}', "https://www.youtube.com/watch?v=abc"),
        ('{% include video id="abc" provider="youtube" %}', "https://www.youtube.com/watch?v=abc"),
        ('{% include codepen.html user="u" hash="h" %}', "https://codepen.io/u/pen/h"),
        ('{{< gist user="a" id="1" >}}', "https://gist.github.com/a/1"),
        ("::youtube{#abc}", "https://www.youtube.com/watch?v=abc"),
        ('::github{repo="a/b"}', "https://github.com/a/b"),
        ("%[https://x.org/y]", "https://x.org/y"),
        ('<script src="https://gist.github.com/a/1.js"></script>', "https://gist.github.com/a/1"),
        ('<iframe src="https://player.vimeo.com/video/12"></iframe>', "https://vimeo.com/12"),
    ],
)
def test_embeds_in_every_syntax(source: str, url: str) -> None:
    """What stands alone becomes the platform's own embed, or a link."""
    assert text(source, LIQUID) == f"{{% embed {url} %}}"
    assert text(source, PERCENT) == f"%[{url}]"
    assert text(source, Dialect()) == f"<{url}>"


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ('{% include a.md x="' + "long " * 40 + 'tail" y="1" %}', "tail"),
        ('{{< a b="' + "x" * 200 + '" >}}', "x" * 200),
        *((f"{{{{< a{n} >}}}}\n\n" * 1, f"a{n}") for n in (1,)),
        ("\n\n".join(f"{{{{< a{n} >}}}}" for n in range(12)), "{{< a11 >}}"),
        ("<Foo note={x} />", "<Foo />"),
        ("<Foo note={<b>lost words</b>} />", "lost words"),
        ('<Foo title="Two words" odd={<b>lost words</b>} />', "lost words"),
        ('<Foo tag="more words here">x</Foo>', 'tag="more words here"'),
        ("::widget[Label]{a=b}", "::widget[Label]{a=b}"),
        ("import A from 'a'\n\n{props.x}", "{props.x}"),
        ("{% capture n %}Some note{% endcapture %} b", "“Some note”"),
    ],
)
def test_what_goes_is_named_in_full(source: str, named: str) -> None:
    """However long and however many: a word that is nowhere in the post is in a warning."""
    assert named in said(source)


@pytest.mark.parametrize(
    "source",
    [
        "The set {a, b} and ${x} and \\frac{a}{b}.",
        "Use `<Foo title='x y' />` and `{% include a text='b c' %}`.",
        "```\n<Card title='a b' />\n::youtube{#x}\n%[https://x]\n```",
        "a ::b{c} d",
        "Ruby's Foo::Bar and ::Baz",
    ],
)
def test_what_is_none_stays(source: str) -> None:
    """Braces, colons and code are text."""
    assert text(source) == source
    assert said(source) == ""
