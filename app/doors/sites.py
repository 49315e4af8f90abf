"""What a page shows of the tenant it belongs to, prepared once per change of its registry row."""

from functools import lru_cache

from app.doors import brand
from app.doors.render import Site
from infra.sealed import sign
from tenants.shapes import Site as TenantSite
from tenants.shapes import Tenant

OPS_SITE = Site(
    name="Một Cửa", office="Vận hành dịch vụ", hotline="", logo_url="", brand_css_url="", slug="ops"
)


def site_view(tenant: Tenant) -> Site:
    """The tenant as its pages show it."""
    return _view(tenant.slug, tenant.site)


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
