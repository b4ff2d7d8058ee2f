"""Audio by address, against servers on this computer that speak real TLS and do not keep to the rules."""

import ssl
from pathlib import Path

import gradio as gr
import pytest
from gradio_client import handle_file
from gradio_client.exceptions import AppError

from instrument_model.errors import InstrumentModelError
from interface.server.fetch import Fetcher, FetchError
from interface.server.gradio_internals import Page
from interface.server.pinned import Dialling, is_public
from interface.strings import programs
from tests.support.strangers import patient_client
from tests.support.tls_host import HOST, MEGABYTE, OTHER, fetcher, response, sends

SOUND = bytes(range(256)) * 64


def refused(address: str, folder: Path, fetch: Fetcher) -> str:
    with pytest.raises(FetchError) as caught:
        fetch.fetch(address, folder)
    assert list(folder.iterdir()) == []
    return str(caught.value)


def test_a_file_arrives_under_its_name(tmp_path: Path) -> None:
    with fetcher(sends(response(body=SOUND))) as (fetch, host):
        path = fetch.fetch(f"https://{HOST}/music/my%20cello.wav?version=2", tmp_path)
    assert (path.name, path.read_bytes()) == ("my_cello.wav", SOUND)
    assert host.asked == ["GET /music/my%20cello.wav?version=2 HTTP/1.1"]


@pytest.mark.parametrize(
    "name", ["/", "/%2e%2e%2f..", "/.hidden", "/a%00b.wav", "/" + "x" * 500 + ".wav", "/%0d%0aX: y"]
)
def test_odd_names_stay_in_the_folder(name: str, tmp_path: Path) -> None:
    with fetcher(sends(response(body=SOUND))) as (fetch, _):
        path = fetch.fetch(f"https://{HOST}{name}", tmp_path)
    assert path.parent == tmp_path
    assert len(path.name) <= 100
    assert path.name[0] != "."


def test_switched_off_unless_hosts_are_named(tmp_path: Path) -> None:
    sentence = refused(f"https://{HOST}/a.wav", tmp_path, Fetcher.from_environment({}, MEGABYTE, 1.0))
    assert sentence == programs.API_NO_ADDRESS
    assert "FETCH_HOSTS" in sentence


def test_hosts_from_the_environment() -> None:
    found = Fetcher.from_environment({"FETCH_HOSTS": "Audio.Example.org, other.example.org"}, MEGABYTE, 1.0)
    assert found.hosts == {HOST, OTHER}


@pytest.mark.parametrize("hosts", ["*", "localhost", "https://audio.example.org", "a..b", "-a.org", "a" * 300 + ".org"])
def test_what_is_no_host_name_is_refused_at_the_start(hosts: str) -> None:
    with pytest.raises(InstrumentModelError, match="FETCH_HOSTS"):
        Fetcher.from_environment({"FETCH_HOSTS": hosts}, MEGABYTE, 1.0)


@pytest.mark.parametrize(
    "address",
    [
        "http://{host}/a.wav",
        "ftp://{host}/a.wav",
        "file:///etc/passwd",
        "https://{host}:22/a.wav",
        "https://{host}:99999/a.wav",
        "https://name:secret@{host}/a.wav",
        "https://[::1/a.wav",
        "https://",
        "",
    ],
)
def test_odd_addresses(address: str, tmp_path: Path) -> None:
    with fetcher(sends(response(body=SOUND))) as (fetch, host):
        assert refused(address.format(host=HOST), tmp_path, fetch) in (programs.FETCH_ADDRESS, programs.FETCH_HOST)
    assert host.asked == []


@pytest.mark.parametrize(
    "address",
    [
        f"https://{OTHER}/a.wav",
        f"https://{HOST}.evil.example/a.wav",
        f"https://evil.example/{HOST}",
        "https://127.0.0.1/a",
        f"https://{HOST}@evil.example/a.wav",
    ],
)
def test_other_hosts(address: str, tmp_path: Path) -> None:
    with fetcher(sends(response(body=SOUND))) as (fetch, host):
        assert refused(address, tmp_path, fetch) in (programs.FETCH_HOST, programs.FETCH_ADDRESS)
    assert host.asked == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - nobody listens there
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.216.34", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::5db8:d822", True),
    ],
)
def test_public_addresses(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize("addresses", [(), ("10.0.0.1",), ("127.0.0.1", "10.0.0.1")])
def test_names_that_lead_inside(addresses: tuple[str, ...], tmp_path: Path) -> None:
    with fetcher(sends(response(body=SOUND)), addresses=addresses) as (fetch, host):
        assert refused(f"https://{HOST}/a.wav", tmp_path, fetch) == programs.FETCH_PRIVATE.format(host=HOST)
    assert host.asked == []


def test_a_name_is_resolved_once(tmp_path: Path) -> None:
    """A name server that answers a second question with a private address gains nothing by it."""
    answers = iter([("127.0.0.1",), ("10.0.0.1",)])
    with fetcher(sends(response(body=SOUND))) as (fetch, host):
        dialling = Dialling(lambda *_: next(answers), fetch.dialling.is_public, host.trust, host.port)
        path = Fetcher(fetch.hosts, MEGABYTE, 60.0, dialling).fetch(f"https://{HOST}/a.wav", tmp_path)
    assert path.read_bytes() == SOUND
    assert next(answers) == ("10.0.0.1",)


def test_a_certificate_for_another_name_is_refused(tmp_path: Path) -> None:
    with fetcher(sends(response(body=SOUND)), hosts=(OTHER,)) as (fetch, host):
        assert refused(f"https://{OTHER}/a.wav", tmp_path, fetch) == programs.FETCH_FAILED.format(host=OTHER)
    assert host.asked == []


def test_redirects_are_followed_on_allowed_hosts(tmp_path: Path) -> None:
    def answer(path: str, stream: ssl.SSLSocket) -> None:
        last = path == "/last.wav"
        stream.sendall(response(body=SOUND) if last else response("302 Found", b"", "Location: /last.wav"))

    with fetcher(answer) as (fetch, host):
        assert fetch.fetch(f"https://{HOST}/first", tmp_path).name == "last.wav"
    assert len(host.asked) == 2


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("http://{host}/a.wav", programs.FETCH_ADDRESS),
        ("https://169.254.169.254/latest/meta-data", programs.FETCH_HOST),
        ("file:///etc/passwd", programs.FETCH_ADDRESS),
        ("/again", programs.FETCH_REDIRECTS),
    ],
)
def test_redirects_are_checked_again(target: str, sentence: str, tmp_path: Path) -> None:
    with fetcher(sends(response("301 Moved", b"", f"Location: {target.format(host=HOST)}"))) as (fetch, host):
        assert refused(f"https://{HOST}/a.wav", tmp_path, fetch) == sentence
    assert len(host.asked) <= 6


@pytest.mark.parametrize("status", ["404 Not Found", "500 Broken", "204 No Content", "401 Unauthorized"])
def test_other_statuses(status: str, tmp_path: Path) -> None:
    with fetcher(sends(response(status))) as (fetch, _):
        assert status.split()[0] in refused(f"https://{HOST}/a.wav", tmp_path, fetch)


def test_too_large_by_its_own_word(tmp_path: Path) -> None:
    with fetcher(sends(response(body=b"a", length=MEGABYTE + 1))) as (fetch, _):
        assert refused(f"https://{HOST}/a.wav", tmp_path, fetch) == programs.FETCH_TOO_BIG.format(mb=1)


def test_too_large_without_a_word(tmp_path: Path) -> None:
    """A body that ends with the connection, and never does."""

    def answer(_: str, stream: ssl.SSLSocket) -> None:
        stream.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while True:
            stream.sendall(bytes(65_536))

    with fetcher(answer) as (fetch, _):
        assert refused(f"https://{HOST}/a.wav", tmp_path, fetch) == programs.FETCH_TOO_BIG.format(mb=1)


def test_shorter_than_announced(tmp_path: Path) -> None:
    with fetcher(sends(response(body=SOUND, length=len(SOUND) + 1))) as (fetch, _):
        assert refused(f"https://{HOST}/a.wav", tmp_path, fetch) == programs.FETCH_FAILED.format(host=HOST)


@pytest.mark.parametrize("beginning", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"])
def test_a_drip_ends_with_the_time(beginning: bytes, tmp_path: Path) -> None:
    """Byte after byte, in the headers or in the body: each comes soon, and there is no end of them."""

    def answer(_: str, stream: ssl.SSLSocket) -> None:
        stream.sendall(beginning)
        for byte in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 50_000:
            stream.sendall(bytes([byte]))

    with fetcher(answer, step=1.0) as (fetch, _):
        assert refused(f"https://{HOST}/a.wav", tmp_path, fetch) == programs.FETCH_LATE.format(host=HOST)


@pytest.mark.parametrize(
    "data", [b"", b"SSH-2.0-x\r\n", b"HTTP/9.9 \xff\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"A: " + b"b" * 200_000]
)
def test_what_is_no_http(data: bytes, tmp_path: Path) -> None:
    with fetcher(sends(data)) as (fetch, _):
        assert refused(f"https://{HOST}/a.wav", tmp_path, fetch) == programs.FETCH_FAILED.format(host=HOST)


@pytest.mark.slow
def test_the_client_may_give_an_address() -> None:
    """Through Gradio and its client: `handle_file("https://…")` reaches the handler as a file with the sound in it."""
    with fetcher(sends(response(body=SOUND))) as (fetch, host):
        page = Page(fetch, analytics_enabled=False)
        with page:
            button, clip, size = gr.Button(visible=False), gr.Audio(type="filepath"), gr.JSON()
            button.click(lambda path: [Path(path).name, Path(path).stat().st_size], clip, size, api_name="size")
        _, url, _ = page.launch(prevent_thread_lock=True, quiet=True, ssr_mode=False)
        try:
            client = patient_client(url)
            assert client.predict(handle_file(f"https://{HOST}/clip.wav"), api_name="/size") == ["clip.wav", len(SOUND)]
            with pytest.raises(AppError, match="FETCH_HOSTS"):
                client.predict(handle_file(f"https://{OTHER}/clip.wav"), api_name="/size")
        finally:
            page.close()
    assert len(host.asked) == 1
