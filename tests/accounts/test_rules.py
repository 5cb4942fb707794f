"""Pure rules: who is calling, with what, and how codes are typed."""

import pytest

from apps.accounts.rules import browser_label, client_address, tidy_code


@pytest.mark.parametrize(
    ("remote", "forwarded", "proxies", "address"),
    [
        ("10.0.0.1", "", 0, "10.0.0.1"),
        ("10.0.0.1", "192.0.2.7", 0, "10.0.0.1"),  # nobody is trusted: the header is the browser's own claim
        ("172.16.0.1", "192.0.2.7", 1, "192.0.2.7"),
        ("172.16.0.1", "6.6.6.6, 192.0.2.7", 1, "192.0.2.7"),  # what stands further left is forged
        ("172.16.0.1", "6.6.6.6, 192.0.2.7, 172.16.0.2", 2, "192.0.2.7"),
        ("172.16.0.1", "192.0.2.7", 2, "172.16.0.1"),  # too short to have passed both proxies
        ("172.16.0.1", "", 1, "172.16.0.1"),
        ("172.16.0.1", "nonsense", 1, "172.16.0.1"),
        ("172.16.0.1", "2001:db8::1", 1, "2001:db8::1"),
        ("172.16.0.1", "192.0.2.7:8080", 1, "172.16.0.1"),
    ],
)
def test_the_address_is_what_our_own_proxies_saw(remote, forwarded, proxies, address):
    assert client_address(remote, forwarded, proxies) == address


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36",
            "Windows 上的 Chrome",
        ),
        (
            "Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537.36 Chrome/86 Safari/537.36 QIHU 360SE",
            "Windows 上的 360 浏览器",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Linux 上的 Firefox"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140 Safari/537.36 Edg/140",
            "Windows 上的 Edge",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", "iPhone 上的 Safari"),
        (
            "Mozilla/5.0 (Linux; Android 14) Chrome/120 Mobile Safari/537.36 MicroMessenger/8",
            "安卓 上的 微信",
        ),
        ("curl/8.0", "未知浏览器"),
        ("", "未知浏览器"),
    ],
)
def test_browsers_are_named(agent, label):
    assert browser_label(agent) == label


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("１２３４５６", "123456"),
        (" 123 456 ", "123456"),
        ("ABCDE-FGHJK", "abcdefghjk"),
        ("", ""),
        ("——", ""),
    ],
)
def test_codes_are_read_as_meant(typed, code):
    assert tidy_code(typed) == code
