"""Where a request may go: the table of what is refused, when an address is saved and when it is connected to."""

from typing import Any, Final

import pytest
from django.core.exceptions import ValidationError

from lib.outgoing import NotAllowed, check_address, is_special, resolved, target_of

# Every special-purpose block of the IANA registries by its ends or a member, and the neighbours that are public.
SPECIAL: Final = (
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "100.127.255.255", "127.0.0.1",
    "127.1.2.3", "127.255.255.254", "169.254.0.1", "169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255",
    "192.0.0.1", "192.0.0.8", "192.0.0.170", "192.0.2.1", "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.168.0.1",
    "192.168.255.255", "192.175.48.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1",
    "239.255.255.255", "240.0.0.1", "255.255.255.255", "168.63.129.16",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:a9fe:a9fe", "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "100:0:0:1::1", "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:1::1", "2001:2::1", "2001:3::1", "2001:4:112::1", "2001:10::1",
    "2001:20::1", "2001:30::1", "2001:db8::1", "2001:db8:ffff::1", "2002:7f00:1::", "2002:a9fe:a9fe::1",
    "2002:808:808::1", "2620:4f:8000::1", "3ffe::1", "3fff::1", "3fff:fff::1", "4000::1", "5f00::1", "8000::1",
    "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "ff0e::1",
)  # fmt: skip
PUBLIC: Final = (
    "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1",
    "172.15.255.255", "172.32.0.0", "192.0.1.1", "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700::1111",
    "2a00:1450:4001::1", "2001:200::1", "2001:4860:4860::8888", "2003::1",
)  # fmt: skip
# What some resolver or browser reads as an internal address, or as another host than it seems.
TRICKS: Final = (
    "https://2130706433/", "https://2852039166/", "https://0x7f000001/", "https://0x7f.0.0.1/", "https://0177.0.0.1/",
    "https://017700000001/", "https://127.1/", "https://127.0.1/", "https://127.0.0.1./", "https://0/",
    "https://[::ffff:127.0.0.1]/", "https://[::1]/", "https://[fe80::1%25eth0]/", "https://[fe80::1%eth0]/",
    "https://[2606:4700::1111%25eth0]/", "https://１２７.0.0.1/", "https://127。0。0。1/", "https://ⓛocalhost/",
    "https://localhost/", "https://LOCALHOST./", "https://a.localhost/", "https://printer.local/",
    "https://metadata.google.internal/", "https://intranet/", "https://db/", "https://1.0.0.127.in-addr.arpa/",
    "https://chat.example.com:22/", "https://chat.example.com:6379/", "https://chat.example.com:8443/",
    "https://chat.example.com:0/", "https://chat.example.com:99999/", "https://chat.example.com:44³/",
    "http://chat.example.com/", "http://chat.example.com:443/", "ftp://chat.example.com/", "gopher://chat.example.com/",
    "file:///etc/passwd", "javascript:alert(1)", "chat.example.com/x", "//chat.example.com/x", "https:///x", "https://",
    "https://user@chat.example.com/", "https://user:pass@chat.example.com/", "https://@chat.example.com/",
    "https://chat.example.com@127.0.0.1/", "https://127.0.0.1\\@chat.example.com/", "https://chat.example.com\\.evil/",
    "https://chat.example.com /x", " https://chat.example.com/x", "https://chat.example.com/x\r\nHost: inside",
    "https://chat.example.com/\x00", "https://chat_%00.example.com/", "https://-chat.example.com/", "https://chat..com/",
    f"https://{'a' * 64}.example.com/", f"https://chat.example.com/{'a' * 2000}",
)  # fmt: skip


def literal(address: str) -> str:
    return f"https://[{address}]/hook" if ":" in address else f"https://{address}/hook"


class TestTable:
    def test_has_the_eighty_rows(self) -> None:
        assert len(SPECIAL) + len(TRICKS) >= 80
        assert len(set(SPECIAL)) == len(SPECIAL)

    @pytest.mark.parametrize("address", SPECIAL)
    def test_a_special_address_is_refused_when_saved_and_when_connected_to(self, address: str) -> None:
        assert is_special(address)
        with pytest.raises(ValidationError):
            check_address(literal(address))
        with pytest.raises(NotAllowed, match="not public"):
            resolved(target_of("https://chat.example.com/hook"), lookup=lambda _host, _port: ["8.8.8.8", address])

    @pytest.mark.parametrize("address", PUBLIC)
    def test_its_public_neighbours_are_not(self, address: str) -> None:
        check_address(literal(address))
        assert resolved(target_of(literal(address)), lookup=lambda _host, _port: []) == [address]

    @pytest.mark.parametrize("url", TRICKS)
    def test_what_seems_to_be_another_host_is_refused_when_saved(self, url: str) -> None:
        with pytest.raises(ValidationError):
            check_address(url)


class TestAddress:
    @pytest.mark.parametrize(
        "url",
        [
            "https://hooks.slack.com/services/T0/B0/xyz",
            "https://prod-12.westeurope.logic.azure.com:443/workflows/a/triggers/manual/paths/invoke?api-version=1&sig=x",
            "https://HOOKS.slack.com./services/x",
        ],
    )
    def test_those_of_the_products_are_taken(self, url: str) -> None:
        check_address(url)

    def test_path_and_query_are_kept(self) -> None:
        target = target_of("https://chat.example.com/a/b?c=d#e")
        assert (target.host, target.port, target.path) == ("chat.example.com", 443, "/a/b?c=d")
        assert target.authority == "chat.example.com"

    def test_a_refusal_does_not_repeat_the_secret(self) -> None:
        with pytest.raises(NotAllowed) as refused:
            target_of("https://127.0.0.1/services/secret-token")
        assert "secret-token" not in str(refused.value)

    def test_other_ports_by_a_setting(self, settings: Any) -> None:
        settings.OUTGOING_PORTS = [443, 8443]
        check_address("https://chat.example.com:8443/x")

    def test_exactly_one_host_and_port_may_be_inside_by_a_setting(self, settings: Any) -> None:
        settings.OUTGOING_LOCAL = ["127.0.0.1:9000"]
        check_address("http://127.0.0.1:9000/x")
        for other in ("http://127.0.0.1:9001/x", "http://127.0.0.2:9000/x", "http://localhost:9000/x"):
            with pytest.raises(ValidationError):
                check_address(other)
