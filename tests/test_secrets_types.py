"""The types that hold secrets, and what takes them out of texts."""

from __future__ import annotations

import traceback

import pytest

from syndicate.errors import UsageError
from syndicate.secrets import Secret, redactor

from .test_secrets import _SECRETS, _forms


def test_secrets_do_not_show_themselves() -> None:
    """A secret prints as dots, in a container and in a format too, and cannot be pickled."""
    import copy
    import pickle

    held = Secret.of("Kd-s3cret-value")
    for text in (str(held), repr(held), f"{held}", f"{[held]}"):
        assert "s3cret" not in text
    with pytest.raises(TypeError):
        pickle.dumps(held)
    with pytest.raises(TypeError):
        copy.deepcopy(held)


def test_a_missing_secret_names_its_place() -> None:
    """The error says where it was looked for."""
    with pytest.raises(UsageError, match="THE_VARIABLE") as caught:
        Secret(lambda: None, "the environment variable THE_VARIABLE").reveal()
    assert "THE_VARIABLE" in caught.value.next


def test_no_secret_in_a_traceback() -> None:
    """The frames of a traceback show code and not values."""
    try:
        Secret(lambda: (_ for _ in ()).throw(OSError("disk")), "a place").reveal()
    except OSError:
        assert "s3cret" not in traceback.format_exc()


@pytest.mark.parametrize("value", _SECRETS)
def test_redactor_knows_every_form(value: str) -> None:
    """Plain, quoted for a URL, escaped for JSON, in base64: each is taken out, the rest stays."""
    redact = redactor(_SECRETS)
    for form in _forms(value)[:-1]:
        assert redact(f"before {form} after") == "before *** after"


def test_redactor_leaves_the_rest() -> None:
    """Words of a few characters are no needles, and an empty secret takes nothing out."""
    assert redactor(["", "ab", "a-long-secret"])("ab cd a-long-secret.") == "ab cd ***."
    assert redactor([])("text") == "text"


def test_redactor_takes_the_longest_first() -> None:
    """Of two secrets one of which begins with the other no end is left over."""
    assert redactor(["secret", "secret-longer"])("x secret-longer y") == "x *** y"
