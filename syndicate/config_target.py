"""One `[targets.NAME]` table → a `Target`: an adapter with its options, and what every target may have."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_type_hints

from .adapter import Adapter, Uploads
from .config_values import Values, duration, is_address
from .errors import UsageError
from .registry import ADAPTERS, adapter_class, names
from .schedule import Timing, parse_window
from .secrets import Secret

#: What a target may have besides its adapter's own options.
_EVERY_TARGET = ["adapter", "languages", "window", "every", "utm", "by_hand", "upload_pictures"]
#: What an option may be, as TOML has it.
_WORDS = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}


@dataclass(frozen=True, slots=True)
class Target:
    """One configured use of an adapter.

    `languages`: those it takes, the ones that are wanted most first; `None` for all. `timing`: when it takes posts.
    `utm`: a pattern of `syndicate.tracking`. `manual`: a person posts there, whatever credentials there are.
    `takes_pictures`: whether pictures of the project are uploaded where that is possible.
    """

    name: str
    adapter: Adapter
    languages: tuple[str, ...] | None = None
    timing: Timing = field(default_factory=Timing)
    utm: str | None = None
    manual: bool = False
    takes_pictures: bool = True

    @property
    def uploads(self) -> Uploads | None:
        """What of pictures is to be uploaded there; `None` where none are."""
        return self.adapter.pictures_taken if self.takes_pictures and not self.by_hand else None

    @property
    def by_hand(self) -> bool:
        """Whether a person posts there: that is so, or wanted, or nobody gets credentials and this target has none."""
        return self.manual or self.adapter.manual or (self.adapter.closed and self._place and not self.secrets())

    @property
    def _place(self) -> bool:
        return self.adapter.place is not None

    def missing_secrets(self) -> list[str]:
        """Where the secrets are expected that are not there; empty when one full set is present."""
        sets = self.adapter.credentials
        lacking = [[n for n in names if not getattr(self.adapter, n).present] for names in sets]
        if not lacking or any(not missing for missing in lacking):
            return []
        return [getattr(self.adapter, name).where for name in min(lacking, key=len)]

    def secrets(self) -> list[str]:
        """The values of every secret of this target, for the redactor only."""
        return [secret.reveal() for secret in self._held()]

    def blame(self, text: str) -> str:
        """Where the secret comes from that `text` holds, in words."""
        places = [secret.where for secret in self._held() if secret.reveal() in text]
        return places[0] if places else f"a secret of target `{self.name}`"

    def _held(self) -> list[Secret]:
        values = (getattr(self.adapter, f.name) for f in dataclasses.fields(self.adapter))
        return [value for value in values if isinstance(value, Secret) and value.present]


class TargetReader(Values):
    """Reads targets, collecting mistakes."""

    #: What `[author]` gives to the adapters' options of these names.
    author: Mapping[str, str] = {}

    def target(self, name: str, table: object) -> Target | None:
        where = f"targets.{name}"
        if not isinstance(table, dict) or not isinstance(table.get("adapter"), str):
            self.mistakes.append(f"{where}.adapter: missing; one of {', '.join(names(ADAPTERS))}")
            return None
        try:
            cls = adapter_class(table["adapter"])
        except UsageError as error:
            self.mistakes.append(f"{where}.adapter: {error.message}; {error.next}")
            return None
        fields = {f.name: f for f in dataclasses.fields(cls)}
        self.unknown(f"{where}.", table, [*_EVERY_TARGET, *fields])
        hints = get_type_hints(cls)
        values: dict[str, Any] = {key: text for key, text in self.author.items() if key in fields}
        for key, spec in fields.items():
            if spec.metadata.get("secret"):
                values[key] = self._secret(name, key, table.get(key))
            elif key in table:
                values[key] = self._option(f"{where}.{key}", table[key], hints[key], spec.metadata)
        self.mistakes += [f"{where}.{key}: missing" for key in cls.required if not values.get(key)]
        base_url = values.get("base_url")
        if base_url is not None and not is_address(str(base_url)):
            self.mistakes.append(f"{where}.base_url: an address with https://, not {base_url!r}")
        elif base_url:
            values["base_url"] = base_url.rstrip("/")
        timing = self._timing(where, table)
        languages = table.get("languages")
        if languages is not None and not (
            isinstance(languages, list) and all(isinstance(item, str) for item in languages)
        ):
            self.mistakes.append(f'{where}.languages: a list such as ["en"]')
            languages = None
        try:
            adapter = cls(**values)
        except (TypeError, ValueError) as error:
            self.mistakes.append(f"{where}: {error}")
            return None
        return Target(
            name,
            adapter,
            tuple(item.lower() for item in languages) if languages else None,
            timing,
            utm=self._utm(where, table.get("utm", False), cls),
            manual=self._manual(where, table.get("by_hand"), cls),
            takes_pictures=self._uploads(where, table.get("upload_pictures"), cls),
        )

    def _utm(self, where: str, value: object, cls: type[Adapter]) -> str | None:
        from . import tracking

        if value is False:
            return None
        if not cls.tracking:
            self.mistakes.append(f"{where}.utm: such links are unwelcome on {cls.title}; leave it out")
        elif value is not True and (not isinstance(value, str) or tracking.mistake(value)):
            said = tracking.mistake(value) if isinstance(value, str) else f"true or a pattern, not {value!r}"
            self.mistakes.append(f"{where}.utm: {said}")
        return tracking.DEFAULT if value is True else str(value)

    def _uploads(self, where: str, value: object, cls: type[Adapter]) -> bool:
        if value is True and cls.uploads is None:
            self.mistakes.append(f"{where}.upload_pictures: {cls.title} takes no pictures from here; leave it out")
        return self.flag(f"{where}.upload_pictures", value, True)

    def _manual(self, where: str, value: object, cls: type[Adapter]) -> bool:
        manual = self.flag(f"{where}.by_hand", value, False)
        if manual and cls.place is None:
            self.mistakes.append(f"{where}.by_hand: there is no page for that on {cls.title}; leave it out")
        if value is False and cls.manual:
            self.mistakes.append(f"{where}.by_hand: {cls.title} has no other way; leave it out")
        return manual

    def _option(self, where: str, value: Any, hint: Any, about: Mapping[str, Any]) -> Any:
        """The value of an option as the adapter gets it."""
        if getattr(hint, "__origin__", None) is tuple:
            if isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value):
                return tuple(item.strip() for item in value)
            self.mistakes.append(f'{where}: a list such as ["news"], not {value!r}')
            return ()
        self._check(where, value, hint)
        if about.get("folder") and isinstance(value, str) and value:
            return os.path.normpath(self.path.parent / os.path.expanduser(value))
        return value

    def _timing(self, where: str, table: dict[str, Any]) -> Timing:
        window, every = None, None
        if "window" in table:
            try:
                window = parse_window(table["window"])
            except ValueError as error:
                self.mistakes += [f"{where}.{line}" for line in str(error).splitlines()]
        if "every" in table and not (every := duration(table["every"])):
            self.mistakes.append(f'{where}.every: a duration such as "6h", not {table["every"]!r}')
        return Timing(window, every or None)

    def _secret(self, target: str, key: str, value: object) -> Secret:
        where = f"targets.{target}.{key}"
        if value is None:
            variable = re.sub(r"\W", "_", f"SYNDICATE_{target}_{key}".upper(), flags=re.ASCII)
            return self.variable(variable)
        if isinstance(value, str):
            self.plain.append(where)
            return Secret(lambda: value.strip(), where)
        return self.reference(where, value)

    def _check(self, where: str, value: object, hint: Any) -> None:
        """Types of options are few: str, int, bool, float, literals, and each of them or nothing."""
        options = getattr(hint, "__args__", None)
        if options is not None and getattr(hint, "__origin__", None) is not None and "Literal" in str(hint):
            if value not in options:
                self.mistakes.append(f"{where}: one of {', '.join(map(repr, options))}, not {value!r}")
            return
        allowed = tuple(t for t in (options or (hint,)) if isinstance(t, type))
        if not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed):
            expected = " or ".join(_WORDS.get(t, t.__name__) for t in allowed if t is not type(None))
            self.mistakes.append(f"{where}: {expected} expected, not {value!r}")
