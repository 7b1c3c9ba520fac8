"""Settings: who wins, and what is said when one is wrong."""

from pathlib import Path

import pytest

from ingest import Source
from qa import Settings, SettingsError, origins


def write(text):
    Path("citewire.toml").write_text(text, "utf-8")


def test_flags_win_over_the_environment_over_the_file_over_the_defaults(monkeypatch):
    assert (Settings.load().port, origins()["port"].source) == (7860, "default")
    write("port = 1111")
    assert (Settings.load().port, origins()["port"].source) == (1111, str(Path("citewire.toml").absolute()))
    monkeypatch.setenv("CITEWIRE_PORT", "2222")
    assert (Settings.load().port, origins()["port"].source) == (2222, "CITEWIRE_PORT")
    assert (Settings.load(port=3333).port, origins({"port": 3333})["port"].source) == (3333, "flag")
    assert Settings.load(port=None).port == 2222, "a flag that was not given is no flag"


WRITTEN = """
library = "/l"
encoder = "e"
reader = "r"
threshold = 0.5
model = "openai:m"
model_url = "http://127.0.0.1/v1"
model_key = "k"
model_timeout = 5.0
model_daily_tokens = 9
strict = "strike"
host = "h"
port = 1
access = "login"
hosts = ["ask.intra"]
origins = ["https://a.example"]
proxies = ["10.0.0.0/8"]
proxy_user = "x-user"
proxy_scopes = "x-scopes"
token_secret = "s"
token_jwks = "j"
token_audience = "a"
restricted = {"Board Papers" = "board"}
rate = 5
log = "requests"
sync_paths = ["/s"]
key = "k"
starters = ["One?", "Two?"]
allow_hosts = ["*.intra"]
allow_loopback = true
fetch_delay = 0.5
[[sources]]
location = "/a"
[[sources]]
location = "https://b.example/"
"""


def test_every_setting_can_be_written_in_each_place(monkeypatch):
    write(WRITTEN)
    found = Settings.load()
    assert set(found.model_fields_set) == set(Settings.model_fields), "a new setting belongs in this test"
    Path("citewire.toml").unlink()
    values = {name: value for name, value in found if isinstance(value, (str, int, float, Path))}
    values |= {"sources": "/a | https://b.example/", "starters": "One? | Two?", "restricted": "Board Papers=board"}
    for name in ("hosts", "origins", "proxies", "sync_paths", "allow_hosts"):
        [values[name]] = getattr(found, name)
    for name, value in values.items():
        monkeypatch.setenv(f"CITEWIRE_{name.upper()}", str(value))
    assert Settings.load() == found


@pytest.mark.parametrize(("name", "hint"), [("libary", "Did you mean library?"), ("colour", "There are: library, ")])
def test_an_unknown_name_is_refused_with_a_hint(monkeypatch, name, hint):
    write(f"{name} = 1")
    with pytest.raises(SettingsError, match=rf"{name} \(citewire\.toml\) is not a setting") as refused:
        Settings.load()
    assert hint in str(refused.value)
    write("")
    monkeypatch.setenv(f"CITEWIRE_{name.upper()}", "1")
    with pytest.raises(SettingsError, match=f"CITEWIRE_{name.upper()}") as refused:
        Settings.load()
    assert hint in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("port", "many"), ("port", "70000"), ("port", "-1"), ("port", "1.5"), ("threshold", "2"), ("threshold", "high")],
)
def test_a_bad_value_names_its_source(monkeypatch, name, value):
    write(f'{name} = "{value}"')
    with pytest.raises(SettingsError, match=rf"{name} = '{value}' \(.*citewire\.toml\) cannot be used"):
        Settings.load()
    write("")
    monkeypatch.setenv(f"CITEWIRE_{name.upper()}", value)
    with pytest.raises(SettingsError, match=rf"{name} = '{value}' \(CITEWIRE_{name.upper()}\) cannot be used"):
        Settings.load()
    monkeypatch.delenv(f"CITEWIRE_{name.upper()}")
    with pytest.raises(SettingsError, match=rf"{name} = '{value}' \(flag\) cannot be used"):
        Settings.load(**{name: value})


@pytest.mark.parametrize("value", ["Gazette", "Gazette=", "=staff", "Ledger=board | Gazette"])
def test_a_restriction_that_lacks_a_side_is_refused_and_leaves_nothing_open(monkeypatch, value):
    monkeypatch.setenv("CITEWIRE_RESTRICTED", value)
    with pytest.raises(SettingsError, match=r"\(CITEWIRE_RESTRICTED\) cannot be used: write NAME=SCOPE"):
        Settings.load()


def test_spaces_and_bars_too_many_say_nothing(monkeypatch):
    monkeypatch.setenv("CITEWIRE_RESTRICTED", "Gazette = staff | tag:a=b = board|")
    monkeypatch.setenv("CITEWIRE_SYNC_PATHS", "/a||/b |")
    assert Settings.load().restricted == {"Gazette": "staff", "tag:a=b": "board"}
    assert Settings.load().sync_paths == (Path("/a"), Path("/b"))


@pytest.mark.parametrize("text", ["port =", "port = 1\nport = 2", "= 3", "\x00"])
def test_a_broken_file_is_named(text):
    write(text)
    with pytest.raises(SettingsError, match=r"citewire\.toml cannot be read"):
        Settings.load()


def test_a_file_that_is_no_text_or_no_file_is_named():
    Path("citewire.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match=r"citewire\.toml cannot be read"):
        Settings.load()
    Path("citewire.toml").unlink()
    Path("citewire.toml").mkdir()
    with pytest.raises(SettingsError, match=r"citewire\.toml cannot be read"):
        Settings.load()


def test_a_relative_library_is_meant_from_where_the_file_is(monkeypatch, tmp_path):
    write('library = "my/library"')
    found = Settings.load().library
    assert found == Path.cwd() / "my" / "library"
    monkeypatch.chdir(tmp_path)
    assert found.is_absolute()


def test_the_home_folder_is_understood_in_the_file():
    write('library = "~/articles"')
    assert Settings.load().library == Path.home() / "articles"


def test_an_empty_variable_is_not_set(monkeypatch):
    monkeypatch.setenv("CITEWIRE_PORT", "")
    assert Settings.load().port == 7860


def test_the_default_library_is_where_a_persons_data_belongs():
    assert Settings.load().library == Path.home() / "data" / "citewire"


def test_settings_cannot_be_changed_afterwards():
    with pytest.raises(ValueError, match="frozen"):
        Settings().port = 1


def test_every_setting_says_what_it_is():
    assert all(field.description for field in Settings.model_fields.values())


def test_a_source_says_all_that_is_known_of_it(tmp_path):
    write('[[sources]]\nlocation = "minutes"\npublisher = "Board"\n[[sources]]\nlocation = "https://c.example/f"\n'
          'kind = "feed"\ntags = ["a", "b"]\nschedule = "30m"')  # fmt: skip
    folder, feed = Settings.load().sources
    assert folder == Source(str(Path.cwd() / "minutes"), publisher="Board")
    assert feed == Source("https://c.example/f", "feed", None, ("a", "b"), 1800)


@pytest.mark.parametrize(
    ("table", "hint"),
    [
        ('publisher = "x"', "needs a location"),
        ('location = "a"\nkind = "blog"', "folder, file, page, feed, sitemap"),
        ('location = "https://a.example"\nkind = "folder"', "leave the kind out"),
        ('location = "a"\nschedule = "often"', '"30m", "6h" or "1d"'),
        ('location = "a"\ntags = "x"', "a list of words"),
        ('location = "a"\ntags = 5', "a list of words"),
        ('location = "a"\ncolour = "red"', "colour is not known"),
    ],
)
def test_a_source_that_cannot_be_used_is_refused_with_what_to_do(table, hint):
    write(f"[[sources]]\n{table}")
    with pytest.raises(SettingsError, match="sources") as refused:
        Settings.load()
    assert hint.lower() in str(refused.value).lower()
