"""Whether real posts arrive whole, judged by parsers that the pipeline does not use. See docs/fidelity.md."""
