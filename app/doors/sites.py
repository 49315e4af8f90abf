"""What a page shows of the tenant it belongs to, prepared once per change of its registry row."""

from functools import lru_cache

import msgspec

from app.doors import brand
from app.doors.render import Moved, Site
from infra.sealed import sign
from infra.settings import settings
from tenants.shapes import Former, Tenant
from tenants.shapes import Site as TenantSite

_PLACES = ("tỉnh ", "thành phố ", "đặc khu ", "phường ", "xã ")
OPS_SITE = Site(
    name="Một Cửa", office="Vận hành dịch vụ", hotline="", logo_url="", brand_css_url="", slug="ops"
)


def site_view(tenant: Tenant, former: Former | None = None) -> Site:
    """The tenant as its pages show it; `former`: to whoever comes by that one's old address."""
    shown = _view(tenant.slug, tenant.site)
    if not tenant.former:
        return shown
    joined = tuple(place_of(each.name) for each in tenant.former)
    said = _moved(former, tenant) if former else None
    return msgspec.structs.replace(shown, joined=joined, moved=said)


def place_of(site_name: str) -> str:
    """The place a site's name ends with, or the whole name where it names none."""
    found = [site_name.index(word) for word in _PLACES if word in site_name]
    return site_name[min(found) :] if found else site_name


def _moved(former: Former, tenant: Tenant) -> Moved:
    old = place_of(former.name)
    return Moved(
        old=old[:1].upper() + old[1:],
        new=place_of(tenant.site.name),
        since=former.since,
        address=settings().origin(tenant.host),
        host=tenant.host,
    )


@lru_cache(maxsize=512)
def _view(slug: str, site: TenantSite) -> Site:
    style = brand.stylesheet(site.colour)
    mark = brand.mark(site.name.rpartition("tỉnh ")[2], site.colour)
    # The digest in the address lets browsers keep both for ever.
    digest = sign(b"style", style + mark)[:12]
    return Site(
        name=site.name,
        office=site.office,
        hotline=site.hotline,
        address=site.address,
        slug=slug,
        logo_url=f"/tinh/{digest}/bieu-trung.svg",
        brand_css_url=f"/tinh/{digest}/mau.css",
        brand_css=style,
    )


@lru_cache(maxsize=512)
def files_of(site: TenantSite) -> dict[str, tuple[bytes, str]]:
    """The tenant's own small files by name, each with its media type."""
    mark = brand.mark(site.name.rpartition("tỉnh ")[2], site.colour)
    return {
        "mau.css": (brand.stylesheet(site.colour).encode(), "text/css"),
        "bieu-trung.svg": (mark.encode(), "image/svg+xml"),
    }
