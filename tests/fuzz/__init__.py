"""Texts that nobody would write, for the reader of front matter and for the pipeline: `make fuzz`.

`promises` what has to hold of any text · `grammar` texts of well-formed pieces, for hypothesis · `scraps` what broken
ones are made of · `harness` atheris, which finds its own · `hostile` texts that are made to take long · `seeds` what was
found.
"""
