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


def test_every_setting_can_be_written_in_each_place(monkeypatch):
    write('library = "/l"\nencoder = "e"\nthreshold = 0.5\nhost = "h"\nport = 1\nstarters = ["One?", "Two?"]\n'
          'allow_hosts = ["*.intra"]\nallow_loopback = true\nfetch_delay = 0.5\norigins = ["https://a.example"]\n'
          'reader = "r"\n[[sources]]\nlocation = "/a"\n'
          '[[sources]]\nlocation = "https://b.example/"')  # fmt: skip
    found = Settings.load()
    assert dict(found) == {
        "library": Path("/l"), "encoder": "e", "threshold": 0.5, "host": "h", "port": 1, "starters": ("One?", "Two?"),
        "sources": (Source("/a"), Source("https://b.example/")), "allow_hosts": ("*.intra",), "allow_loopback": True,
        "fetch_delay": 0.5, "origins": ("https://a.example",), "reader": "r",
    }  # fmt: skip
    Path("citewire.toml").unlink()
    values = {"LIBRARY": "/l", "ENCODER": "e", "THRESHOLD": "0.5", "HOST": "h", "PORT": "1", "STARTERS": "One? | Two?"}
    values |= {"SOURCES": "/a | https://b.example/", "ALLOW_HOSTS": "*.intra", "ALLOW_LOOPBACK": "true"}
    values |= {"FETCH_DELAY": "0.5", "ORIGINS": "https://a.example", "READER": "r"}
    for name, value in values.items():
        monkeypatch.setenv(f"CITEWIRE_{name}", value)
    assert Settings.load() == found
    assert set(found.model_dump()) == set(Settings.model_fields), "a new setting belongs in this test"


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
        ('location = "a"\ncolour = "red"', "colour is not known"),
    ],
)
def test_a_source_that_cannot_be_used_is_refused_with_what_to_do(table, hint):
    write(f"[[sources]]\n{table}")
    with pytest.raises(SettingsError, match="sources") as refused:
        Settings.load()
    assert hint.lower() in str(refused.value).lower()
