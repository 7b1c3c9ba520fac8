"""Settings: flags before the environment (CITEWIRE_*) before citewire.toml. The only reader of the environment."""

import difflib
import os
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self, get_origin

from platformdirs import user_data_path
from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork, ValidationError, field_validator

from ingest import Source, SourceError, Within
from qa.errors import SettingsError

FILE = "citewire.toml"
SECRETS = frozenset({"key", "model_key", "token_secret"})  # never shown
_PREFIX = "CITEWIRE_"
_TAG = "tag:"  # of a restricted tag, as against a publisher


class Origin(NamedTuple):
    """A setting's value and where it came from: "default", a variable, a file or "flag"."""

    value: Any
    source: str


class Settings(BaseModel):
    """Every setting. `Settings.load()` reads them from where people write them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    library: Path = Field(
        default_factory=lambda: user_data_path("citewire", appauthor=False),
        description="The folder that holds the library.",
    )
    encoder: str | None = Field(
        None, description="A sentence-transformers model, by name or folder, in place of the packaged encoder."
    )
    reader: str | None = Field(
        None, description="An extractive question-answering model, by name or folder, in place of the packaged reader."
    )
    threshold: float | None = Field(
        None, ge=0, le=1, description="Confidence under which the answer is that the articles do not say."
    )
    model: str | None = Field(
        None, pattern=r"^[a-z_]+:.*$", description="A chat model, provider:name, that writes prose from the quotes."
    )
    model_url: str | None = Field(None, description="Where the model is, for servers of one's own.")
    model_key: str | None = Field(None, description="The key that the model's provider wants.")
    model_timeout: float = Field(60.0, gt=0, le=3600, description="Seconds that the model may be silent.")
    model_daily_tokens: int | None = Field(
        None, ge=0, description="Tokens a day, read and written, after which the quotes stand alone."
    )
    strict: Literal["withhold", "strike"] = Field(
        "withhold", description="What becomes of a model's sentence that the quotes do not bear out."
    )
    host: str = Field("127.0.0.1", description="The address that `serve` listens on.")
    port: int = Field(7860, ge=0, le=65535, description="The port that `serve` listens on; 0 takes a free one.")
    access: Literal["open", "login"] | None = Field(
        None, description="Who may ask: open for everybody, login for those with a key, a token or a trusted header."
    )
    hosts: tuple[str, ...] = Field((), description="Names by which browsers reach the server, besides its addresses.")
    origins: tuple[str, ...] = Field((), description="Origins of other sites whose pages may ask, and may frame ours.")
    proxies: tuple[IPvAnyNetwork, ...] = Field(
        (), description="Addresses or networks of the reverse proxies whose headers are believed."
    )
    proxy_user: str | None = Field(None, description="The header in which such a proxy names who has logged in.")
    proxy_scopes: str | None = Field(None, description="The header in which it names that person's scopes.")
    token_secret: str | None = Field(None, description="The secret that signed tokens (HS256) are checked by.")
    token_jwks: str | None = Field(
        None, description="Address or file of the published keys (JWKS) that signed tokens (RS256) are checked by."
    )
    token_audience: str = Field("citewire", description="The audience (`aud`) that a signed token must be for.")
    restricted: dict[str, str] = Field(
        {}, description="Publishers, or tags as `tag:NAME`, whose articles need a scope, and which."
    )
    rate: int | None = Field(None, ge=0, description="Requests a minute for each key or address; 0 for no limit.")
    log: Literal["errors", "requests", "questions"] = Field(
        "errors", description="What is logged: errors alone, each request too, or the questions as well."
    )
    sync_paths: tuple[Path, ...] = Field((), description="Folders and files that POST /api/sync reads.")
    key: str | None = Field(None, description="The key that `citewire ask` shows to a server which wants one.")
    starters: tuple[str, ...] = Field((), description="Questions that the chat offers to begin with.")

    sources: tuple[Source, ...] = Field((), description="What `sync` without arguments brings up to date.")
    allow_hosts: tuple[str, ...] = Field(
        (), description="Hosts and networks with private addresses that may be fetched from."
    )
    allow_loopback: bool = Field(default=False, description="Whether this machine may be fetched from. For tests.")
    fetch_delay: float = Field(1.0, ge=0, le=3600, description="Seconds between two requests to one host.")

    @field_validator("sources", mode="before")
    @classmethod
    def _sources(cls, tables: Any) -> tuple[Source, ...]:
        if not isinstance(tables, (list, tuple)):
            raise ValueError("sources are written as [[sources]] tables, each with a location")
        try:
            return tuple(one if isinstance(one, Source) else Source.from_table(one, Path.cwd()) for one in tables)
        except SourceError as error:
            raise ValueError(str(error)) from None

    def visible(self, scopes: Collection[str]) -> Within:
        """The part of a library that whoever has these scopes may see."""
        hidden = [name for name, scope in self.restricted.items() if scope not in scopes]
        return Within(
            without=frozenset(name for name in hidden if not name.startswith(_TAG)),
            without_tags=frozenset(name.removeprefix(_TAG) for name in hidden if name.startswith(_TAG)),
        )

    @classmethod
    def load(cls, **flags: object) -> Self:
        """The settings as the flags (those that are not None), the environment and ./citewire.toml make them.

        Raises:
            SettingsError: a name is unknown or a value cannot be used; the message says where it was written.
        """
        return cls._checked({name: origin for name, origin in origins(flags).items() if origin.source != "default"})

    @classmethod
    def _checked(cls, found: Mapping[str, Origin]) -> Self:
        try:
            return cls(**{name: origin.value for name, origin in found.items()})
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][0])
            source = found[name].source if name in found else "default"
            given = "***" if name in SECRETS else repr(first["input"])
            raise SettingsError(f"{name} = {given} ({source}) cannot be used: {first['msg'].lower()}.") from None


def origins(flags: Mapping[str, object] | None = None) -> dict[str, Origin]:
    """Each setting's value and where it came from.

    Raises:
        SettingsError: citewire.toml is broken, a name in it or in the environment is unknown, or a variable that holds
            pairs has something else.
    """
    defaults = Settings.model_validate({})
    found = {name: Origin(getattr(defaults, name), "default") for name in Settings.model_fields}
    found |= _from_file(Path(FILE))
    found |= _from_environment()
    return found | {name: Origin(value, "flag") for name, value in (flags or {}).items() if value is not None}


def _from_file(path: Path) -> dict[str, Origin]:
    try:
        written = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} cannot be read: {error}.") from None
    for name in written:
        _known(name, str(path))
    if isinstance(written.get("library"), str):  # a relative path is meant from where the file is
        written["library"] = path.absolute().parent / Path(written["library"]).expanduser()
    return {name: Origin(value, str(path.absolute())) for name, value in written.items()}


def _from_environment() -> dict[str, Origin]:
    found = {}
    for variable, value in os.environ.items():
        if variable.startswith(_PREFIX) and value:
            name = variable.removeprefix(_PREFIX).lower()
            _known(name, variable)
            found[name] = Origin(_split(name, value), variable)
    return found


def _split(name: str, value: str) -> object:
    """A variable's value: settings that hold several have a bar between them.

    Raises:
        SettingsError: a pair lacks one of its sides.
    """
    kind = Settings.model_fields[name].annotation
    parts = [part.strip() for part in value.split("|") if part.strip()]
    if get_origin(kind) is tuple:
        return tuple(parts)
    if get_origin(kind) is dict:
        pairs = [(left.strip(), right.strip()) for left, _, right in (part.rpartition("=") for part in parts)]
        if not all(left and right for left, right in pairs):
            where = f"{name} = {value!r} ({_PREFIX}{name.upper()})"
            raise SettingsError(f"{where} cannot be used: write NAME=SCOPE, with | between several.")
        return dict(pairs)
    return value


def _known(name: str, source: str) -> None:
    if name not in Settings.model_fields:
        close = difflib.get_close_matches(name, Settings.model_fields, n=1)
        hint = f" Did you mean {close[0]}?" if close else f" There are: {', '.join(Settings.model_fields)}."
        raise SettingsError(f"{name} ({source}) is not a setting.{hint}")
