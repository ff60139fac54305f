"""`switchboard user …`: who may work at the console, with or without a running controller.

The database is the only truth: a running controller goes by it with the next request. What is changed here
is in the audit under the system account that changed it. Passwords and tokens are shown once.
"""

from __future__ import annotations

import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from switchboard.cli.output import AsJson, print_json, print_table
from switchboard.domain.roles import Permission, Role
from switchboard.errors import SwitchboardError
from switchboard.settings import Settings

if TYPE_CHECKING:
    from switchboard.flows.users import Users

R = TypeVar("R")
Name = Annotated[str, typer.Argument(help="The name they sign in with.")]
Roles = Annotated[list[Role], typer.Option("--role", help="May be given several times.")]
Ask = Annotated[bool, typer.Option("--ask-password", help="Ask for the password instead of making one.")]
Work = Callable[["Users", Callable[..., Awaitable[None]]], Awaitable[R]]


def register(app: typer.Typer) -> None:
    user = typer.Typer(help="Users of the console, their roles and API tokens.", no_args_is_help=True)
    token = typer.Typer(help="Tokens that programs sign in with.", no_args_is_help=True)
    _keeping(user)
    _shutting(user)
    _tokens(token)
    user.add_typer(token, name="token")
    app.add_typer(user, name="user")


def _keeping(user: typer.Typer) -> None:
    @user.command("add")
    def add(
        name: Name,
        role: Roles,
        full_name: Annotated[str, typer.Option("--name", help="What they are called.")] = "",
        extension: Annotated[str, typer.Option(help="Their phone.")] = "",
        language: Annotated[str, typer.Option(help="zh or en; left out: as their browser says.")] = "",
        ask_password: Ask = False,
        as_json: AsJson = False,
    ) -> None:
        """Add a user. The password that is made is shown once, and changed at the first sign-in."""
        if language not in ("", "zh", "en"):
            raise typer.BadParameter(f"{language!r} is neither zh nor en")
        given = _ask_password() if ask_password else ""

        async def work(users: Users, note: Callable[..., Awaitable[None]]) -> str:
            password = await users.add(
                name,
                frozenset(role),
                name=full_name,
                extension=extension,
                language=language,
                password=given,
            )
            await note("user.add", name, roles=sorted(role), extension=extension)
            return password

        _told({"user": name, "roles": sorted(role)}, _run(work), given, as_json)

    @user.command("list")
    def list_(as_json: AsJson = False) -> None:
        """Everybody who may sign in."""

        async def work(users: Users, _: Callable[..., Awaitable[None]]) -> list[dict[str, Any]]:
            return [
                {
                    "user": one.account.user,
                    "name": one.account.name,
                    "roles": sorted(one.account.roles),
                    "extension": one.account.extension,
                    "locked": one.locked,
                    "sessions": one.sessions,
                    "seen": _time(one.seen),
                    "made": _time(one.made),
                }
                for one in await users.listed()
            ]

        _rows(_run(work), ("user", "name", "roles", "extension", "locked", "sessions", "seen"), as_json)

    @user.command("password")
    def password(name: Name, ask_password: Ask = False, as_json: AsJson = False) -> None:
        """Give another password; its owner changes it at the next sign-in."""
        given = _ask_password() if ask_password else ""

        async def work(users: Users, note: Callable[..., Awaitable[None]]) -> str:
            made = await users.new_password(name, given)
            await note("user.password", name)
            return made

        _told({"user": name}, _run(work), given, as_json)

    @user.command("roles")
    def roles(name: Name, role: Roles, as_json: AsJson = False) -> None:
        """Give other roles, in place of those before. They hold with the next click."""

        async def work(users: Users, note: Callable[..., Awaitable[None]]) -> None:
            await users.change(name, roles=frozenset(role))
            await note("user.roles", name, roles=sorted(role))

        _run(work)
        _done({"user": name, "roles": sorted(role)}, f"{name}: {', '.join(sorted(role))}", as_json)

    @user.command("change")
    def change(
        name: Name,
        full_name: Annotated[str | None, typer.Option("--name", help="What they are called.")] = None,
        extension: Annotated[str | None, typer.Option(help="Their phone; empty for none.")] = None,
        as_json: AsJson = False,
    ) -> None:
        """Give another name or extension."""

        async def work(users: Users, note: Callable[..., Awaitable[None]]) -> dict[str, Any]:
            account = await users.change(name, name=full_name, extension=extension)
            await note("user.change", name, name=full_name, extension=extension)
            return {"user": account.user, "name": account.name, "extension": account.extension}

        found = _run(work)
        _done(found, f"{found['user']}: {found['name']} {found['extension']}", as_json)


def _shutting(user: typer.Typer) -> None:
    def simple(word: str, action: str, help_: str, said: str) -> None:
        def command(name: Name, as_json: AsJson = False) -> None:
            async def work(users: Users, note: Callable[..., Awaitable[None]]) -> Any:
                result = await getattr(users, word.replace("-", "_"))(name)
                await note(action, name)
                return result

            count = _run(work)
            _done({"user": name, "done": word}, said.format(name=name, count=count), as_json)

        user.command(word, help=help_)(command)

    simple(
        "lock", "user.lock", "Keep somebody out, and sign them out, until unlocked.", "{name} is locked out"
    )
    simple("unlock", "user.unlock", "Let somebody in again.", "{name} may sign in")
    simple("remove", "user.remove", "Remove a user; the audit goes on naming them.", "{name} is removed")
    simple(
        "sign-out", "user.sign-out", "End all sessions of a user.", "{name} is signed out of {count} sessions"
    )


def _tokens(token: typer.Typer) -> None:
    @token.command("add")
    def add(
        name: Name,
        label: Annotated[str, typer.Argument(help="What it is for.")],
        scope: Annotated[list[Permission], typer.Option("--scope", help="May be given several times.")],
        days: Annotated[int | None, typer.Option(min=1, help="Ends after so many days.")] = None,
        as_json: AsJson = False,
    ) -> None:
        """Make a token for a program of this user. It is shown once."""
        until = datetime.now().astimezone() + timedelta(days=days) if days else None

        async def work(users: Users, note: Callable[..., Awaitable[None]]) -> str:
            made = await users.add_token(name, label, frozenset(scope), until)
            await note("token.add", name, label=label, scopes=sorted(scope))
            return made

        made = _run(work)
        _done({"user": name, "token": made, "scopes": sorted(scope), "until": _time(until)}, made, as_json)

    @token.command("list")
    def list_(as_json: AsJson = False) -> None:
        """Tokens and what they may do; never the tokens themselves."""

        async def work(users: Users, _: Callable[..., Awaitable[None]]) -> list[dict[str, Any]]:
            return [
                {
                    "id": one.id,
                    "user": one.user,
                    "label": one.label,
                    "scopes": list(one.scopes),
                    "made": _time(one.at),
                    "until": _time(one.until),
                    "seen": _time(one.seen),
                }
                for one in await users.tokens()
            ]

        _rows(_run(work), ("id", "user", "label", "scopes", "made", "until", "seen"), as_json)

    @token.command("remove")
    def remove(number: Annotated[int, typer.Argument(help="Its id.")], as_json: AsJson = False) -> None:
        """Take a token back."""

        async def work(users: Users, note: Callable[..., Awaitable[None]]) -> None:
            await users.remove_token(number)
            await note("token.remove", str(number))

        _run(work)
        _done({"token": number, "done": "remove"}, f"token {number} works no more", as_json)


def _run(work: Work[R]) -> R:
    """Do `work` on the database of this switchboard, whether or not a controller runs."""
    return asyncio.run(_with_users(Settings.load(), work))


async def _with_users(settings: Settings, work: Work[R]) -> R:
    from switchboard.flows.passwords import Hasher
    from switchboard.flows.users import Users
    from switchboard.storage import AuditRows, UserRows, open_database

    def now() -> datetime:
        return datetime.now().astimezone()

    database = await open_database(settings.database_url)
    try:
        trail = AuditRows(database)

        async def note(action: str, about: str, **details: object) -> None:
            await trail.note(now(), f"command:{getpass.getuser()}", "command", "", action, about, details)

        return await work(Users(UserRows(database), Hasher(), now), note)
    finally:
        await database.close()


def _ask_password() -> str:
    """From the terminal, twice; from a pipe, one line."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Password: ")
    if first != getpass.getpass("Once more: "):
        raise SwitchboardError("the two passwords differ")
    return first


def _told(found: dict[str, Any], password: str, given: str, as_json: bool) -> None:
    """A password that was made is shown; one that was given isn't repeated."""
    if not given:
        found["password"] = password
    text = f"{found['user']}: password {password} (shown only now)" if not given else f"{found['user']}: done"
    _done(found, text, as_json)


def _done(found: dict[str, Any], text: str, as_json: bool) -> None:
    if as_json:
        print_json(found)
    else:
        typer.echo(text)


def _rows(rows: list[dict[str, Any]], columns: tuple[str, ...], as_json: bool) -> None:
    if as_json:
        print_json(rows)
        return
    cells = [[", ".join(r[c]) if isinstance(r[c], list) else r[c] for c in columns] for r in rows]
    print_table(columns, cells)


def _time(at: datetime | None) -> str | None:
    return at.astimezone().isoformat(timespec="seconds") if at else None
