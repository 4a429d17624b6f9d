"""Rendering for five platforms stays within a few times what one bare parse of the same posts takes."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from .support import SHARED

#: `make bench` prints 2.9 for all posts. In the suite, with the other cores busy, the best of three looks at the sample is 3.4
#: to 3.5.
MOST = 3.8
BENCHMARK = Path(__file__).parents[1] / "benchmarks" / "corpus.py"


@pytest.fixture
def corpus(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """`benchmarks/corpus.py`, which is in no package."""
    spec = importlib.util.spec_from_file_location("benchmark_corpus", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "SHARED", SHARED)
    return module


@pytest.mark.slow
@pytest.mark.skipif(not (SHARED / "corpus" / "posts").is_dir(), reason="the real posts are not beside this checkout")
def test_five_platforms(corpus: ModuleType) -> None:
    """The best of three looks at a sample: what disturbs one look makes it slower, never faster."""
    posts = corpus.load_posts(every=10)
    seen = []
    for _ in range(3):
        times = corpus.measure(posts)
        seen.append(times.ratio)
        if times.ratio <= MOST:
            break
    print(*(f"{ratio:.2f}" for ratio in seen))
    assert min(seen) <= MOST
    made = {name: spent.drafts for name, spent in times.platforms.items()}
    assert all(drafts > 0.8 * len(posts) for drafts in made.values()), f"hardly anything was rendered: {made}"
