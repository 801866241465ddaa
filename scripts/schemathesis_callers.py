"""Who calls in a run of Schemathesis: an account of the role that LEARNR_ROLE names, made when this is loaded.

Owns tokens, and ids of things that are there: of half the calls that may be answered, so that the other half finds nothing.
Must not know what an answer should be: that is the document's.
"""

import json
import os
import pathlib
import re
import secrets
import time
import urllib.request
import zlib

import schemathesis

ADDRESS = os.environ["LEARNR_ADDRESS"]
LOG = pathlib.Path(os.environ["LEARNR_SERVER_LOG"])
OWNER = os.environ["LEARNR_OWNER_TOKEN"]
ROLE = os.environ["LEARNR_ROLE"]
PASSWORD = "vermilion otter walks uphill"
MAIL_SECONDS_MAX = 20
LINK = re.compile(r"/confirm\?token=([A-Za-z0-9_-]{43})")


def call(method, path, body=None, token=None):
    """The answer's JSON, if any, and its headers."""
    headers = {"content-type": "application/json"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    body = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(ADDRESS + path, body, headers, method=method)
    with urllib.request.urlopen(request, timeout=20) as answer:
        text = answer.read()
        return json.loads(text) if text else None, answer.headers


def links():
    return LINK.findall(LOG.read_text(errors="replace"))


class Person:
    """Somebody with an account."""

    def __init__(self):
        self.email = f"{secrets.token_hex(8)}@example.org"
        before = len(links())
        call("POST", "/v1/auth/register", {"email": self.email, "name": "Ada"})
        until = time.monotonic() + MAIL_SECONDS_MAX
        while len(links()) == before:
            if time.monotonic() > until:
                raise SystemExit(f"no mail came into {LOG}")
            time.sleep(0.05)
        signed_in, _ = call("POST", "/v1/auth/confirm", {"token": links()[-1], "password": PASSWORD})
        self.learner = signed_in["account"]["learner"]
        self.token = signed_in["token"]

    def cookie(self):
        """The cookie of another device of theirs."""
        _, headers = call("POST", "/v1/auth/sign-in", {"email": self.email, "password": PASSWORD})
        return headers["set-cookie"].split(";")[0].split("=", 1)[1]


CERTIFICATION = call("GET", "/v1/certifications")[0]["certifications"][0]["id"]
CALLER, OTHER = Person(), Person()
if ROLE != "learner":
    call("PUT", f"/v1/admin/people/{CALLER.learner}/roles/{ROLE}", token=OWNER)
if ROLE == "author":
    call("PUT", f"/v1/admin/people/{CALLER.learner}/certifications/{CERTIFICATION}", token=OWNER)
SESSION = call("POST", "/v1/sessions", {"certification": CERTIFICATION, "kind": "practice"}, CALLER.token)[0]["session_id"]
STATISTICS = call("GET", f"/v1/certifications/{CERTIFICATION}/items/statistics?limit=1", token=OWNER)[0]
ITEM = STATISTICS["items"][0]["item_id"]


def there(path, name):
    """What `{name}` of this path is called where there is such a thing."""
    if name == "id" and path.startswith("/v1/certifications/") or name == "certification":
        return CERTIFICATION
    if name == "id" and "/sessions/" in path:
        return SESSION
    # Somebody else: what is done to them takes nothing away from the caller.
    if name == "id" and path.startswith("/v1/admin/people/"):
        return OTHER.learner
    return {"item": ITEM, "role": "author"}.get(name)


@schemathesis.hook
def before_call(context, case, **kwargs):
    """Puts ids of things that are there into half of the calls that are as the document says."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    drawn = repr((case.operation.label, dict(case.path_parameters or {}), case.body))
    if zlib.crc32(drawn.encode(errors="replace")) % 2:
        return
    for name in case.path_parameters or {}:
        known = there(case.operation.path, name)
        if known is not None:
            case.path_parameters[name] = known
    if case.operation.path == "/v1/sessions" and isinstance(case.body, dict):
        case.body["certification"] = CERTIFICATION
    if case.headers and "X-LearnR-Request" in case.headers:
        case.headers["X-LearnR-Request"] = "1"


@schemathesis.auth(refresh_interval=None, retry_on=[])
class Credentials:
    """The caller's token; another where the call uses it up, and a cookie where that is asked for."""

    def get(self, case, context):
        path, method = case.operation.path, case.operation.method.upper()
        if path in ("/v1/auth/refresh", "/v1/auth/sign-out"):
            return {"cookie": CALLER.cookie()}
        if (method, path) == ("DELETE", "/v1/learners/me"):
            return {"token": call("POST", "/v1/guests")[0]["token"]}
        return {"token": CALLER.token}

    def set(self, case, data, context):
        if "cookie" in data:
            case.cookies = {**(case.cookies or {}), "learnr_refresh": data["cookie"]}
        else:
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data['token']}"}
