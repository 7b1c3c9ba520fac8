"""Fetching: only what may be fetched, within limits, politely. Every listener here is a real socket."""

import contextlib
import gzip
import socket
import time
from types import SimpleNamespace

import pytest

from ingest.addresses import AddressRules, resolve
from ingest.deadline import Deadline
from ingest.errors import FetchError, GoneError, SourceError
from ingest.fetch import AGENT, Fetcher, Limits
from tests.ingest.memory import bounded
from tests.ingest.sites import PUBLIC, PretendPublic, Site, listening

LOOPBACK = AddressRules(loopback=True)


@pytest.fixture
def site():
    opened = Site()
    yield opened
    opened.close()


def fetcher(rules=LOOPBACK, **options):
    return Fetcher(rules, delay=0, **options)


def names(**known):
    """A resolver that knows these names with _ for a dot, and addresses as the system reads them."""
    table = {name.replace("_", "."): list(found) for name, found in known.items()}

    def look_up(host, port):
        return table[host] if host in table else resolve(host, port)

    return look_up


def refusal(url, rules=None, **options):
    with fetcher(rules or AddressRules(), **options) as opened, pytest.raises(FetchError) as caught:
        opened.get(url)
    return str(caught.value)


# Case 6: addresses


@pytest.mark.parametrize(
    "place",
    [
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://2130706433:{port}/",
        "http://0177.0.0.1:{port}/",
        "http://0x7f.1:{port}/",
        "http://127.1:{port}/",
        "http://0.0.0.0:{port}/",
        "http://ok@127.0.0.1:{port}/",
        "http://127.0.0.1:{port}#@ok",
        "http://127.0.0.1:{port}/?@ok",
        "http://localtest.example:{port}/",
        "http://own.example:{port}/",
    ],
)
def test_case_6_this_machine_is_refused_however_it_is_spelled_and_sees_no_connection(place):
    with listening() as (port, seen):
        look_up = names(localtest_example=["127.0.0.1"], own_example=["127.0.0.53"])
        why = refusal(place.format(port=port), AddressRules(["127.0.0.0/8", "localhost"]), resolve=look_up)
        time.sleep(0.05)
        assert any(part in why for part in ("nothing is", "user name", "no web address"))
        assert seen == []


def test_case_6_the_ipv6_loopback_is_refused_and_sees_no_connection():
    with listening(host="::1") as (port, seen):
        assert "this machine" in refusal(f"http://[::1]:{port}/", AddressRules(["::1"]))
        time.sleep(0.05)
        assert seen == []


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "[fe80::1]", "[fd00:ec2::254]", "100.100.100.200", "[64:ff9b::a9fe:a9fe]", "224.0.0.1"],
)
def test_case_6_link_local_and_metadata_addresses_are_refused_even_when_allowed(address):
    everything = AddressRules(["0.0.0.0/0", "::/0", address.strip("[]")])
    assert "nothing is ever" in refusal(f"http://{address}/latest/meta-data", everything)


@pytest.mark.parametrize(
    "address", ["10.0.0.1", "192.168.1.1", "172.16.0.1", "100.64.0.1", "[fd12::1]", "[fec0::3]", "198.18.0.1"]
)
def test_case_6_private_addresses_are_refused_until_they_are_allowed(address):
    assert "allow_hosts" in refusal(f"http://{address}/")


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "gopher://x.example/", "ftp://x.example/", "x.example", "http://"]
)
def test_case_6_what_is_not_a_web_address_is_refused(url):
    assert "no web address" in refusal(url)


@pytest.mark.parametrize(
    ("allow", "host", "permitted"),
    [
        ("wiki.intra", "wiki.intra", True),
        ("wiki.intra", "WIKI.intra.", True),
        ("wiki.intra", "evil-wiki.intra", False),
        ("*.intra", "wiki.intra", True),
        ("*.intra", "a.wiki.intra", True),
        ("*.intra", "wiki.intra.evil.example", False),
        ("10.2.0.0/16", "anything", True),
        ("10.3.0.0/16", "anything", False),
        ("10.2.3.4", "anything", True),
    ],
)
def test_intranet_hosts_are_allowed_by_name_or_network(allow, host, permitted):
    rules = AddressRules([allow])
    if permitted:
        assert rules.check(host, ["10.2.3.4"]) == ["10.2.3.4"]
    else:
        with pytest.raises(FetchError):
            rules.check(host, ["10.2.3.4"])


def test_an_entry_that_allows_nothing_is_said():
    with pytest.raises(SourceError, match="neither a host's name nor a network"):
        AddressRules(["http://wiki.intra/"])


def test_public_addresses_are_permitted():
    assert AddressRules().check("x.example", [PUBLIC, "2606:2800:220:1::1"]) == [PUBLIC, "2606:2800:220:1::1"]


# Case 7: redirects


def test_case_7_a_redirect_to_loopback_is_refused_at_that_hop(site):
    with listening(host="::1") as (port, seen):
        site.pages["/"] = (302, {"Location": f"http://[::1]:{port}/"}, "")
        assert "this machine" in refusal(f"{site.url}/", PretendPublic())
        time.sleep(0.05)
        assert seen == []
    assert site.asked["/"] == 1


def test_case_7_the_sixth_redirect_is_not_followed(site):
    site.pages |= {f"/{hop}": (302, {"Location": f"/{hop + 1}"}, "") for hop in range(6)}
    site.pages["/6"] = "there"
    assert "redirects more than 5 times" in refusal(f"{site.url}/0", LOOPBACK)
    assert site.asked["/6"] == 0
    with fetcher() as opened:
        assert opened.get(f"{site.url}/1").url == f"{site.url}/6"


@pytest.mark.parametrize("target", ["file:///etc/passwd", "gopher://x.example/", "//user:word@x.example/"])
def test_case_7_a_redirect_to_another_kind_of_address_is_refused(site, target):
    site.pages["/"] = (301, {"Location": target}, "")
    assert "address" in refusal(f"{site.url}/", LOOPBACK)


# Case 8: names


def test_case_8_a_name_that_answers_good_first_and_bad_next_reaches_only_what_was_checked(site):
    answers = iter([["127.0.0.1"], ["127.0.0.1"], ["::1"], ["::1"]])
    site.pages["/"] = "<p>Good.</p>"
    with (
        listening(host="::1") as (_, seen),
        fetcher(PretendPublic(), resolve=lambda *_: next(answers)) as opened,
    ):
        assert opened.get(f"http://rebinding.example:{site.port}/").body == b"<p>Good.</p>"
        with pytest.raises(FetchError, match="this machine"):
            opened.get(f"http://rebinding.example:{site.port}/")
        assert seen == []


def test_case_8_a_name_with_a_good_and_a_bad_address_is_refused(site):
    look_up = names(both_example=["127.0.0.1", "::1"])
    assert "this machine" in refusal(f"http://both.example:{site.port}/", PretendPublic(), resolve=look_up)
    assert not site.asked


def test_the_server_is_told_the_name_although_an_address_is_connected_to(site):
    site.pages["/"] = "there"
    with fetcher(resolve=names(news_example=["127.0.0.1"])) as opened:
        page = opened.get(f"http://news.example:{site.port}/#part")
    assert site.requests[-1]["Host"] == f"news.example:{site.port}"
    assert site.requests[-1]["User-Agent"] == AGENT
    assert page.url == f"http://news.example:{site.port}/"


def test_a_name_in_other_letters_is_resolved_as_it_is_sent_and_shown_as_it_is_written(site):
    """The system's resolver would read faß as fass, another site."""
    site.pages["/"] = "there"
    asked = set()

    def look_up(host, _):
        asked.add(host)
        return ["127.0.0.1"]

    with fetcher(resolve=look_up) as opened:
        opened.get(f"http://faß.example:{site.port}/")
    assert asked == {"xn--fa-hia.example"}
    assert site.requests[-1]["Host"] == f"xn--fa-hia.example:{site.port}"
    why = refusal("http://faß.example/", AddressRules(), resolve=lambda *_: ["10.0.0.1"])
    assert "faß.example is at the private address" in why


def test_when_one_address_of_a_name_is_dead_the_next_is_tried(site):
    site.pages["/"] = "there"
    with fetcher(resolve=names(news_example=["::1", "127.0.0.1"])) as opened:
        assert opened.get(f"http://news.example:{site.port}/").body == b"there"


def test_a_name_of_many_dead_addresses_takes_no_longer_than_its_time(monkeypatch):
    tried = []

    def refuses(*_, **__):
        tried.append(time.sleep(0.05))
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuses)
    look_up = names(dead_example=["::1"] * 100)
    why = refusal("http://dead.example/", LOOPBACK, resolve=look_up, limits=Limits(seconds=0.3))
    assert "longer than 0.3 seconds" in why
    assert 0 < len(tried) < 20


# Case 9: slow, endless, huge


def drip(head, each, pause):
    def answer(connection, stop):
        connection.sendall(head)
        while not stop.wait(pause):
            connection.sendall(each)

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        drip(b"", b"", 0.1),
        drip(b"HTTP/1.1 200 OK\r\nX-Long: ", b"a", 0.1),
        drip(b"HTTP/1.1 200 OK\r\n\r\n", b"a", 0.1),
        drip(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", b"", 0.1),
    ],
    ids=["silent", "endless header", "dripping body", "never whole"],
)
def test_case_9_a_slow_server_is_left_when_the_time_is_up(answer, site):
    with listening(answer) as (port, _), fetcher(limits=Limits(seconds=1.5)) as opened:
        began = time.monotonic()
        with pytest.raises(FetchError, match=r"longer than 1\.5 seconds|in time"):
            opened.get(f"http://127.0.0.1:{port}/")
        assert time.monotonic() - began < 10
        site.pages["/"] = "the next one works"
        assert opened.get(f"{site.url}/").body


def test_a_connection_that_comes_after_the_time_is_up_is_shut_at_once():
    dripping = drip(b"HTTP/1.1 200 OK\r\n\r\n", b"a", 0.1)
    with listening(dripping) as (port, _), Deadline(0.05) as deadline, socket.socket() as late:
        assert deadline._over.wait(30)
        late.connect(("127.0.0.1", port))
        stream = SimpleNamespace(get_extra_info=lambda _: late)
        deadline.see("connection.connect_tcp.complete", {"return_value": stream})
        late.settimeout(30)
        received = b""
        with contextlib.suppress(ConnectionResetError):  # what has been sent already may be answered with a reset
            received = late.recv(100)
        assert received == b""
        assert deadline.reason() == "it took longer than 0.05 seconds"


ENDLESS = drip(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", b"x" * 1_000_000, 0)
HUGE = drip(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n", b"x" * 1_000_000, 0)
GZIP = drip(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", gzip.compress(bytes(500_000_000), 1), 1)


@pytest.mark.parametrize("answer", [ENDLESS, HUGE, GZIP], ids=["endless", "10 GB stated", "gzip bomb"])
def test_case_9_a_body_past_the_limit_is_cut_off_and_memory_stays_low(answer, site):
    with listening(answer) as (port, _), fetcher() as opened, bounded(100):
        with pytest.raises(FetchError, match="more than 30 MB"):
            opened.get(f"http://127.0.0.1:{port}/")
        site.pages["/"] = "the next one works"
        assert opened.get(f"{site.url}/").body


def test_a_body_that_breaks_off_is_not_taken_for_whole(site):
    packed = gzip.compress(b"The council met on Tuesday. " * 500)
    site.pages["/"] = (200, {"Content-Encoding": "gzip"}, packed[: len(packed) // 2])
    assert "ended before it was whole" in refusal(f"{site.url}/", LOOPBACK)


def test_compression_that_was_not_asked_for_is_refused(site):
    site.pages["/"] = (200, {"Content-Encoding": "br"}, b"\x00" * 100)
    assert "compressed as br" in refusal(f"{site.url}/", LOOPBACK)


# Manners


def test_gzip_is_unpacked_and_validators_are_sent_back(site):
    def page(headers):
        if headers["If-None-Match"] == '"one"':
            return 304, {"ETag": '"one"'}, b""
        return (
            200,
            {"Content-Encoding": "gzip", "ETag": '"one"', "Content-Type": "TEXT/html; x=y"},
            gzip.compress(b"hi"),
        )

    site.pages["/"] = page
    with fetcher() as opened:
        first = opened.get(f"{site.url}/")
        again = opened.get(f"{site.url}/", etag=first.etag)
    assert (first.body, first.etag, first.media_type, first.unchanged) == (b"hi", '"one"', "text/html", False)
    assert (again.body, again.unchanged) == (b"", True)


def test_gone_is_told_from_other_failures(site):
    site.pages["/gone"] = (410, {}, "")
    with fetcher() as opened:
        with pytest.raises(GoneError):
            opened.get(f"{site.url}/gone")
        with pytest.raises(FetchError, match="404") as missing:
            opened.get(f"{site.url}/missing")
    assert not isinstance(missing.value, GoneError)


def test_robots_txt_is_asked_once_and_kept_to(site):
    site.pages["/robots.txt"] = (200, {"Content-Type": "text/plain"}, "User-agent: citewire\nDisallow: /private/\n")
    site.pages |= {"/a": "a", "/private/b": "b"}
    with fetcher() as opened:
        assert opened.get(f"{site.url}/a").body == b"a"
        with pytest.raises(FetchError, match=r"robots\.txt asks not"):
            opened.get(f"{site.url}/private/b")
    assert (site.asked["/robots.txt"], site.asked["/private/b"]) == (1, 0)


def test_a_redirect_does_not_lead_past_robots_txt(site):
    site.pages["/robots.txt"] = "User-agent: *\nDisallow: /private/\n"
    site.pages |= {"/a": (302, {"Location": "/private/b"}, ""), "/private/b": "b"}
    assert "robots.txt" in refusal(f"{site.url}/a", LOOPBACK)
    assert site.asked["/private/b"] == 0


def test_a_robots_txt_that_cannot_be_read_keeps_us_out(site):
    site.pages |= {"/robots.txt": (503, {}, ""), "/a": "a"}
    assert "robots.txt cannot be read" in refusal(f"{site.url}/a", LOOPBACK)
    assert site.asked["/a"] == 0


def test_a_host_rests_between_two_requests(site):
    site.pages |= {"/a": "a", "/b": "b"}
    with Fetcher(LOOPBACK, delay=0.3) as opened:
        began = time.monotonic()
        opened.get(f"{site.url}/a")  # after robots.txt
        opened.get(f"{site.url}/b")
    assert time.monotonic() - began >= 0.55


def test_nothing_listens_is_said():
    with socket.socket() as kept:  # so that nobody else is given its port meanwhile
        kept.bind(("127.0.0.1", 0))
        assert "cannot be" in refusal(f"http://127.0.0.1:{kept.getsockname()[1]}/", LOOPBACK)
