"""`update` sends only where what stands there is still what was sent; else a person decides between the versions."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest

from syndicate.ledger import migrate, open_ledger
from syndicate.sandbox import Fault, Sandbox
from syndicate.standin import Request, Response

from .support import Project, intercept, refused
from .versions_bridge import HERE, NEWER, THERE, TO, changed, delivery, edit, log, row, there


def test_as_it_was_sent(it: Project, sandbox: Sandbox) -> None:
    """What stands there as it was sent is updated, and the log says so."""
    changed(it, sandbox, there_too=False)
    assert it.call("update", "post.md", *TO).returncode == 0
    assert HERE in there(sandbox).text
    assert log(it)[-1].detail == "updated"
    assert it.call("status", "--online").returncode == 0


def test_edited_there(it: Project, sandbox: Sandbox) -> None:
    """What was edited there is not overwritten: both changes are shown, and the ways out are named."""
    changed(it, sandbox)
    before, writes = row(it), len(sandbox.writes())
    outcome = it.call("update", "post.md", *TO, "--json")
    assert outcome.returncode == 3
    said = delivery(outcome)
    assert said["error"]["kind"] == "Edited"
    assert "`syndicate update post.md --to devto --ours`" in said["error"]["next"]
    assert "--theirs" in said["error"]["next"]
    theirs, ours = [warning for warning in said["warnings"] if "@@" in warning]
    assert f"+    {THERE}" in theirs
    assert "+++ there" in theirs
    assert HERE not in theirs
    assert f"+    {HERE}" in ours
    assert "+++ here" in ours
    assert THERE not in ours
    assert THERE in there(sandbox).text
    assert len(sandbox.writes()) == writes
    assert row(it).fingerprint == before.fingerprint
    text = it.call("update", "post.md", *TO).stdout
    assert f"\n    +    {THERE}\n" in text
    assert text.count("@@") >= 4


def test_a_title_that_was_edited_there(it: Project, sandbox: Sandbox) -> None:
    """A change beside the text counts as one, and is shown."""
    changed(it, sandbox, there_too=False)
    there(sandbox).title = "A better title"
    outcome = it.call("update", "post.md", *TO)
    assert outcome.returncode == 3
    assert "+  title: A better title" in outcome.stdout
    assert HERE not in there(sandbox).text


def test_ours(it: Project, sandbox: Sandbox) -> None:
    """With --ours the post is sent over what was edited there, and the log says so."""
    changed(it, sandbox)
    outcome = it.call("update", "post.md", *TO, "--ours")
    assert outcome.returncode == 0
    assert "updated" in outcome.stdout
    assert HERE in there(sandbox).text
    assert THERE not in there(sandbox).text
    assert log(it)[-1].detail == "sent over what was edited there"
    assert (row(it).kept, delivery(it.call("publish", "post.md", *TO, "--json"))["action"]) == (None, "skip")


def test_theirs(it: Project, sandbox: Sandbox) -> None:
    """With --theirs what is there stays, and is not asked about again until the post changes here."""
    changed(it, sandbox)
    before, writes = row(it), len(sandbox.writes())
    outcome = it.call("update", "post.md", *TO, "--theirs", "--json")
    assert outcome.returncode == 0
    assert (delivery(outcome)["action"], delivery(outcome)["warnings"]) == ("skip", ["edited there, and you kept that"])
    assert (log(it)[-1].what, log(it)[-1].detail) == ("published", "kept what was edited there")
    kept = row(it)
    assert (kept.state, kept.payload, kept.fingerprint) == ("published", before.payload, before.fingerprint)
    assert kept.kept not in (None, before.fingerprint)

    seen = len(sandbox.seen)
    for command in ("publish", "update"):
        again = it.call(command, "post.md", *TO)
        assert again.returncode == 0
        assert "edited there, and you kept that" in again.stdout
    assert len(sandbox.seen) == seen
    it.post(NEWER + "\nAnd more.\n")
    assert it.call("update", "post.md", *TO).returncode == 3
    assert THERE in there(sandbox).text
    assert len(sandbox.writes()) == writes


def test_theirs_and_then_ours(it: Project, sandbox: Sandbox) -> None:
    """A person may think again: --ours sends what was not wanted before."""
    changed(it, sandbox)
    it.call("update", "post.md", *TO, "--theirs")
    assert it.call("update", "post.md", *TO, "--ours").returncode == 0
    assert HERE in there(sandbox).text
    assert row(it).kept is None


def test_theirs_where_nothing_was_edited(it: Project, sandbox: Sandbox) -> None:
    """--theirs holds for what was edited there; what was not is updated."""
    changed(it, sandbox, there_too=False)
    assert it.call("update", "post.md", *TO, "--theirs").returncode == 0
    assert HERE in there(sandbox).text
    assert row(it).kept is None


def test_the_same_was_written_there(it: Project, sandbox: Sandbox) -> None:
    """What already stands there as it would be sent, such as an update whose answer was lost, is no edit."""
    changed(it, sandbox, there_too=False)
    sandbox.play("devto", Fault("drop_after"))
    lost = it.call("update", "post.md", *TO)
    assert lost.returncode == 75
    assert HERE in there(sandbox).text
    assert "may or may not have arrived" in log(it)[-1].detail
    assert it.call("update", "post.md", *TO).returncode == 0
    assert row(it).fingerprint == delivery(it.call("publish", "post.md", *TO, "--json"))["parts"][0]["fingerprint"]


@pytest.mark.parametrize("flag", [(), ("--ours",), ("--theirs",)])
def test_gone(it: Project, sandbox: Sandbox, flag: tuple[str, ...]) -> None:
    """What is gone is not updated, whatever is said; the way to send it anew is named."""
    assert it.call("publish", "post.md", "--to", "hashnode").returncode == 0
    sandbox.places["hashnode"].standin.remove(there(sandbox, "hashnode").id)
    it.post(NEWER)
    writes = len(sandbox.writes())
    outcome = it.call("update", "post.md", "--to", "hashnode", *flag, "--json")
    assert outcome.returncode == 3
    error = delivery(outcome)["error"]
    assert error["kind"] == "Gone"
    assert "`syndicate resolve post.md hashnode --not-published`" in error["next"]
    assert len(sandbox.writes()) == writes


@pytest.mark.parametrize(("fault", "kind", "code"), [("error_before", "Unavailable", 75), ("auth", "Unauthorized", 3)])
def test_not_to_be_read(it: Project, sandbox: Sandbox, fault: str, kind: str, code: int) -> None:
    """While what stands there cannot be read nothing is sent, with --ours neither."""
    changed(it, sandbox)
    it.config.write_text(it.config.read_text().replace("[publish]", '[publish]\npatience = "10ms"'))
    writes = len(sandbox.writes())
    for flag in ((), ("--ours",)):
        sandbox.play("devto", Fault(fault, reads=True, times=1))
        outcome = it.call("update", "post.md", *TO, *flag, "--json")
        assert outcome.returncode == code
        assert delivery(outcome)["error"]["kind"] == kind
        assert "could not be read, so nothing was sent" in delivery(outcome)["error"]["message"]
        sandbox.places["devto"].faults.clear()
    assert len(sandbox.writes()) == writes


def test_one_that_was_edited_leaves_the_others_alone(it: Project, sandbox: Sandbox) -> None:
    """Of several targets the one that was edited there is left, the others are updated."""
    it.call("publish", "post.md", *TO, "--to", "hashnode")
    edit(sandbox)
    it.post(NEWER)
    outcome = it.call("update", "post.md", "--json")
    assert outcome.returncode == 3
    assert outcome.deliveries()["hashnode"]["error"] is None
    assert HERE in there(sandbox, "hashnode").text
    assert HERE not in there(sandbox).text


def test_without_such_an_ability(it: Project, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a platform does not let its copy be read, an update is sent as it is."""
    from syndicate.registry import adapter_class

    changed(it, sandbox)
    monkeypatch.delattr(adapter_class("devto"), "read")
    assert "read before" not in it.call("update", "post.md", *TO, "--dry-run").stdout
    assert it.call("update", "post.md", *TO).returncode == 0
    assert THERE not in there(sandbox).text


def test_an_adapter_that_breaks(it: Project, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """A `read` that fails against the contract is a bug of the adapter, and nothing is sent; its words are not told."""
    from syndicate.registry import adapter_class

    async def read(*_: object) -> None:
        raise KeyError("s3cret")

    changed(it, sandbox)
    monkeypatch.setattr(adapter_class("devto"), "read", read)
    for words in (["update", "post.md", *TO, "--json"], ["status", "--online", "--json"]):
        outcome = it.call(*words)
        assert outcome.returncode == 1
        assert "unexpected KeyError" in outcome.stdout
        assert "s3cret" not in outcome.stdout
    assert HERE not in there(sandbox).text


def test_a_dry_run_asks_nobody(it: Project, sandbox: Sandbox) -> None:
    """A dry run touches no network, and says that what is there will be read first, and what happens then."""
    changed(it, sandbox)
    seen = len(sandbox.seen)
    said = {flag: it.call("update", "post.md", *TO, "--dry-run", *flag) for flag in ((), ("--ours",), ("--theirs",))}
    assert {outcome.returncode for outcome in said.values()} == {0}
    assert all("is read before anything is sent" in outcome.stdout for outcome in said.values())
    assert len({outcome.stdout for outcome in said.values()}) == 3
    assert len(sandbox.seen) == seen


def test_both_at_once(it: Project, sandbox: Sandbox) -> None:
    """--ours and --theirs together mean nothing."""
    refused(it.call("update", "post.md", "--ours", "--theirs"), sandbox, "say one of --ours and --theirs")


def test_what_they_wrote_does_not_command_the_terminal(it: Project, sandbox: Sandbox) -> None:
    """Control characters and turned writing in what was edited there are shown as such, not passed on."""
    changed(it, sandbox, there_too=False)
    edit(sandbox, text="\x1b[2Jgone \u202eback")
    outcome = it.call("update", "post.md", *TO)
    assert "[2Jgone" in outcome.stdout
    assert not {"\x1b", "\u202e"} & set(outcome.stdout)


def test_a_long_difference_is_cut(it: Project, sandbox: Sandbox) -> None:
    """A text that is another one altogether does not flood the report."""
    changed(it, sandbox, there_too=False)
    edit(sandbox, text="\n".join(f"line {number}" for number in range(5000)))
    outcome = it.call("update", "post.md", *TO)
    assert outcome.stdout.count("\n") < 300
    assert "lines more" in outcome.stdout


@pytest.mark.slow
def test_on_postgresql(it: Project, sandbox: Sandbox, postgres_url: str) -> None:
    """The same with a ledger in PostgreSQL: kept, and decided anew."""
    migrate(postgres_url, it.folder)
    it.config.write_text(f'{it.config.read_text()}\n[state]\nurl = "{postgres_url}"\n')
    changed(it, sandbox)
    assert it.call("update", "post.md", *TO).returncode == 3
    assert it.call("status", "--online").returncode == 3
    assert it.call("update", "post.md", *TO, "--theirs").returncode == 0
    assert "you kept that" in it.call("publish", "post.md", *TO).stdout
    assert it.call("update", "post.md", *TO, "--ours").returncode == 0
    with contextlib.closing(open_ledger(postgres_url, it.folder, read_only=True)) as ledger:
        assert ledger.rows(target="devto")[0].kept is None
        assert [event.detail for event in ledger.log()][-3:] == [
            "kept what was edited there",
            "an update leaves",
            "sent over what was edited there",
        ]


def test_it_is_read_right_before_it_is_sent(it: Project, sandbox: Sandbox) -> None:
    """The last thing before the write is the reading, not the first of the run."""
    changed(it, sandbox, there_too=False)
    methods: list[str] = []

    def listen(request: Request, proceed: Callable[[Request], Response]) -> Response:
        methods.append(request.method)
        return proceed(request)

    intercept(sandbox, "devto", listen)
    assert it.call("update", "post.md", *TO).returncode == 0
    assert methods == ["GET", "PUT"]
