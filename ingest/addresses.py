"""Which addresses may be connected to: by default the public internet alone; never this machine or a cloud's keys."""

import ipaddress
import socket
from collections.abc import Iterable

from ingest.errors import FetchError, SourceError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Where clouds hand out credentials to whoever asks from inside: AWS, GCP and Azure by link-local, and by these
_METADATA = frozenset(
    map(ipaddress.ip_address, ("169.254.169.254", "fd00:ec2::254", "100.100.100.200", "192.0.0.192", "168.63.129.16"))
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class AddressRules:
    """What `allow_hosts` permits beyond public addresses.

    Args:
        allow: host names (`wiki.intra`, or `*.intra` for all below it), addresses and networks (`10.2.0.0/16`).
        loopback: permit this machine itself, which no entry of `allow` does. For tests.

    Raises:
        SourceError: an entry is neither a name nor a network.
    """

    def __init__(self, allow: Iterable[str] = (), *, loopback: bool = False) -> None:
        self._names: set[str] = set()
        self._networks: list[Network] = []
        self._loopback = loopback
        for entry in allow:
            try:
                self._networks.append(ipaddress.ip_network(entry, strict=False))
            except ValueError:
                if not entry.strip() or any(mark in entry for mark in "/@: "):
                    raise SourceError(
                        f"allow_hosts: {entry!r} is neither a host's name nor a network such as 10.2.0.0/16."
                    ) from None
                self._names.add(entry.strip().lower().rstrip("."))

    def check(self, host: str, addresses: Iterable[str]) -> list[str]:
        """The addresses that a name resolved to, when every one of them may be connected to.

        Raises:
            FetchError: one may not, or there is none.
        """
        found = [ipaddress.ip_address(address.partition("%")[0]) for address in addresses]
        for address in found:
            for inner in (address, *_embedded(address)):
                self._check(host, inner)
        if not found:
            raise FetchError(f"the host {host} has no address")
        return [str(address) for address in found]

    def _check(self, host: str, address: Address) -> None:
        if address.is_loopback or _is_own(address):
            if not self._loopback:
                raise FetchError(f"{host} is this machine ({address}), from which nothing is fetched")
        elif address in _METADATA or address.is_link_local or address.is_unspecified or address.is_multicast:
            raise FetchError(f"{host} is at {address}, from which nothing is ever fetched")
        elif not _is_public(address) and not self._allowed(host, address):
            raise FetchError(f"{host} is at the private address {address}: if that is right, add it to allow_hosts")

    def _allowed(self, host: str, address: Address) -> bool:
        if any(address in network for network in self._networks):
            return True
        host = host.lower().rstrip(".")
        above = {"*." + host.split(".", dots)[dots] for dots in range(1, host.count(".") + 1)}
        return bool(self._names & {host, *above})


def resolve(host: str, port: int) -> list[str]:
    """Every address of a host, as the system resolves it; old spellings such as 0x7f.1 included.

    Raises:
        FetchError: the name is not known.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise FetchError(f"the host {host} is not known: check the address and the network") from None
    return list(dict.fromkeys(str(info[4][0]) for info in found))


def _embedded(address: Address) -> list[Address]:
    """IPv4 addresses that an IPv6 address stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [one for one in inner if one is not None]


def _is_public(address: Address) -> bool:
    """Whether it belongs to the internet; Python counts the site-local addresses of old (fec0::/10) to it."""
    return address.is_global and not (isinstance(address, ipaddress.IPv6Address) and address.is_site_local)


def _is_own(address: Address) -> bool:
    """Whether it is an address of this machine: only those can be bound to."""
    if address.is_multicast or address.is_unspecified:
        return False
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((str(address), 0))
    except OSError:
        return False
    return True
