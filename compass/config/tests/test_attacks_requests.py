"""Requests that no browser of ours makes: other encodings, names of other hosts, broken identifiers, other methods."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.test import Client, RequestFactory

pytestmark = pytest.mark.django_db
ENCODINGS = ["hex", "zlib", "rot13", "idna", "undefined", "base64", "unicode_escape", "utf-16", "utf-7", "cp037"]
BODY = (
    b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    b'--x\r\nContent-Disposition: form-data; name="language"\r\n\r\nha\r\n--x--\r\n'
)


def raw(client: Client, kind: str, *, query: str = "", body: bytes = b"", url: str = "/arrivals/") -> int:
    """The status of a request handed to the application as gunicorn hands it over."""
    from compass.config.wsgi import application

    environ = RequestFactory().generic("POST" if body else "GET", url, body, content_type="x/y").environ
    environ |= {"CONTENT_TYPE": kind, "QUERY_STRING": query, "HTTP_COOKIE": client.cookies.output(header="", sep=";")}
    said: list[str] = []
    answer = application(environ, lambda status, headers, error=None: said.append(status))
    getattr(answer, "close", lambda: None)()
    return int(said[0][:3])


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_body_in_another_encoding_is_refused(sign_in, encoding):
    body = BODY % (b"people", b"\\ud800")

    for url in ("/arrivals/", "/accounts/signin/", "/language/setlang/"):
        kind = f"multipart/form-data; boundary=x; charset={encoding}"
        assert raw(sign_in("zinder.social"), kind, body=body, url=url) == 400


@pytest.mark.parametrize(
    "kind", ["text/plain; charset=hex", 'a/b; CHARSET="unicode_escape"', "a/b; charset*=utf-8''rot13"]
)
def test_an_address_in_another_encoding_is_refused(client, kind):
    assert raw(client, kind, query="code=%5Cud800") == 400


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "a/b; charset=utf-8", 'a/b; charset="UTF-8"', ";;;=\x00", "a/b; charset"]
)
def test_our_own_encoding_is_read(client, kind):
    assert raw(client, kind, query="code=%D9%A3") == 302


@pytest.mark.parametrize(
    "name", ["%00", "zinder.social%00", "%ED%A0%80", "a%0d%0aX:1", "geneva.protection%20", "x" * 900]
)
def test_no_broken_name_signs_in_or_breaks(settings, name):
    settings.COMPASS_DEMONSTRATION = True
    from compass.config.demo.views import post

    request = RequestFactory().post("/try/x/")
    request.user = AnonymousUser()
    with pytest.raises(Http404):
        post(request, unquote(name))


@pytest.mark.parametrize("host", ["evil.example", "localhost@evil.example", "localhost:80:80"])
def test_another_host_is_refused(host):
    assert Client(raise_request_exception=False).get("/accounts/signin/", headers={"host": host}).status_code == 400


def test_a_forwarded_host_is_not_believed():
    told = {"x-forwarded-host": "evil.example", "x-forwarded-proto": "https", "forwarded": "host=evil.example"}
    response = Client().get("/cases/", headers=told)

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/accounts/signin/")


ELSEWHERE = [
    "//evil.example",
    "https://evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "http://localhost@evil.example/",
    "\x00",
]


@pytest.mark.parametrize("place", ELSEWHERE)
def test_neither_language_nor_sign_in_leads_to_another_site(client, place):
    changed = client.post("/language/setlang/", {"language": "ar", "next": place})
    signed = client.post(
        "/accounts/signin/", {"login": "zinder.social", "password": "compass-demonstration", "next": place}
    )

    assert changed.headers["Location"] == "/"
    assert "evil" not in signed.headers.get("Location", "") and "javascript" not in signed.headers.get("Location", "")


def test_a_line_break_in_next_is_no_header(client):
    response = client.post("/language/setlang/", {"language": "ar", "next": "/cases/\r\nSet-Cookie: a=b"})

    assert "\n" not in response.headers["Location"] and "a" not in response.cookies


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "FOO"])
def test_other_methods_do_nothing(sign_in, method):
    browser = sign_in("zinder.social")

    assert browser.generic(method, "/cases/").status_code == 405
    assert browser.generic(method, "/arrivals/").status_code == 405


@pytest.mark.parametrize(
    ("language", "heading"), [("fr", "Cette adresse"), ("en", "This address"), ("ar", "هذا العنوان")]
)
def test_a_method_that_is_not_taken_is_refused_in_words(sign_in, language, heading):
    browser = sign_in("zinder.social")
    browser.cookies["compass_language"] = language

    refused = [browser.get("/accounts/leave/"), browser.delete("/cases/")]

    assert [response.status_code for response in refused] == [405, 405]
    assert all(heading in response.content.decode() for response in refused)
    assert [response.headers["Allow"] for response in refused] == ["POST", "GET, HEAD"]


def test_another_site_can_send_nothing(at):
    """CSRF: a page of another origin, also of the public side's, with the cookie of the victim."""
    from compass.access.models import User

    browser = Client(enforce_csrf_checks=True)
    browser.force_login(
        User.objects.get(username="zinder.social"), "allauth.account.auth_backends.AuthenticationBackend"
    )
    browser.get("/arrivals/")
    token = browser.cookies["csrftoken"].value

    for origin in ("http://evil.example", "null", "http://testserver:8001"):
        refused = browser.post("/arrivals/", {"people": "1"}, headers={"origin": origin, "x-csrftoken": token})
        assert refused.status_code == 403, origin
    assert browser.post("/arrivals/", {"people": "1"}, headers={"origin": "http://testserver"}).status_code == 403
    own = browser.post("/arrivals/", {"people": "1"}, headers={"origin": "http://testserver", "x-csrftoken": token})
    assert own.status_code == 200
