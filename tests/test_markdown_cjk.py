"""Emphasis in Chinese, Japanese and Korean that CommonMark does not see is emphasis, with the same words."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

import pytest
from markdown_it import MarkdownIt

from syndicate.markdown import Dialect, render
from syndicate.post import parse

MARKS = Dialect(tables=True)
TAGS = Dialect(tables=True, html=frozenset({"strong"}))
PLAIN = Dialect(format="plain")


@pytest.mark.parametrize(
    ("source", "marks", "tags"),
    [
        ("**重点：**文字", "**重点**：文字", None),
        ("和**“引用”**的", "和“**引用**”的", None),
        ("**注意！**次に。これは**「強調」**です。", "**注意**！次に。これは「**強調**」です。", None),
        ('이것은 **"인용"**은', '이것은 "**인용**"은', None),
        ("**강조(emphasis)**는", "**강조(emphasis**)는", "<strong>강조(emphasis)</strong>는"),
        ("**A：**甲**C：**乙", "**A**：甲**C**：乙", None),
        ("**中文：**English", "**中文**：English", None),
        ("**“一”和“二”**了", "**“一”和“二**”了", "<strong>“一”和“二”</strong>了"),
        ("**`code`**中文", "`code`中文", "<strong>`code`</strong>中文"),
        ("の**[リンク](https://x.y)**。", "の[**リンク**](https://x.y)。", None),
        ("| a |\n|---|\n| **列：**值 |", None, None),
        ("- **项：**说明\n  **二：**文", "- **项**：说明\n  **二**：文", None),
        ("# **题：**文", "# **题**：文", None),
        ("**跨\n行：**文", "**跨\n行**：文", None),
    ],
)
def test_emphasis_is_seen(source: str, marks: str | None, tags: str | None) -> None:
    """The punctuation goes outside, or tags are written where they are shown; any parser then finds emphasis."""
    if marks is not None:
        assert render(source, MARKS).text == marks
        assert render(source, TAGS).text == (tags or marks)
    for dialect in (MARKS, TAGS):
        shown = str(MarkdownIt("commonmark").enable("table").render(render(source, dialect).text))
        assert "**" not in shown
        assert re.sub(r"<[^>]*>|\s", "", shown) == re.sub(
            r"<[^>]*>|[*\s]", "", str(MarkdownIt("commonmark").enable("table").render(source))
        )
    assert "**" not in render(source, PLAIN).text
    assert render(source, MARKS).warnings == ()


@pytest.mark.parametrize(
    "source",
    [
        "2**3 和 4 ** 5",
        "`**重点：**文字` 和 ``**「x」**的``",
        "    **重点：**文字",
        "函数**kwargs 没有。",
        "使用**，然后没有。",
        r"\**重点：**文字",
        "**普通**文字，**注意：** 空格，**完了。**\n\n下",
        "f(**args) and **bold:**text",
        "[x](https://a/**b：**c)",
        "a**「",
    ],
)
def test_what_is_none_stays(source: str) -> None:
    """Powers, code, addresses, escaped and lone marks, and emphasis that all see, are left as they are written."""
    assert render(source, MARKS, base_url="https://e.org/").text == source


def test_a_title_of_a_heading_has_no_marks() -> None:
    """A title is plain text: of its heading the ticks of code go, and marks of emphasis."""
    body = "# **标题：**文 `code` *斜*\n\n文"
    path = PurePosixPath("a.md")
    post = parse(body, source="a.md", site_url="https://e.org", site_language=None, root_relative=path)
    assert post.title == "标题：文 code 斜"
    assert render(post.body, MARKS, title=post.title).text == "文"
