"""A person with a browser at an installation, for demonstrations and tests."""

import httpx

from app.accounts import Audience
from app.instance import Instance
from infra.embedded.signin import fields_of, sign_in

SIGN_IN_PATHS: dict[Audience, str] = {
    "citizen": "/dang-nhap",
    "staff": "/can-bo/dang-nhap",
    "vendor": "/dang-nhap",
}


async def enter(
    http: httpx.AsyncClient, instance: Instance, slug: str, audience: Audience, username: str
) -> httpx.Response:
    """Sign in at a site ("ops" = the vendor's) through its first issuer; the page one lands on.

    `http` keeps the person's cookies and must not follow redirects (`infra.http.visitor`).
    """
    address = instance.origin(slug) + SIGN_IN_PATHS[audience]
    form = fields_of((await http.get(address)).text)
    leaving = await http.post(address, data=form, headers={"Origin": instance.origin(slug)})
    back = await sign_in(http, leaving.headers["location"], username, instance.password)
    answer = await http.get(back)
    while answer.next_request is not None:
        answer = await http.get(answer.next_request.url)
    return answer
