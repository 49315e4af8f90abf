"""Every page there is, in the states people meet it in, and what must be true of all of them."""

import re

import pytest

from tests.browser import tour_office as office
from tests.browser import tour_portal as portal
from tests.browser.gallery import Gallery
from tests.browser.tour_refusals import refusals
from tests.browser.tour_workflows import workflows
from tests.browser.weighing import weigh

pytestmark = pytest.mark.browser

# Answered with something else than a page of ours.
_NO_PAGES = (
    "/static/", "/tinh/", "/tep", "/giay-to/", "/kho/", "/api/", "/tin-nhan", "/tin-den/",
    "/dang-nhap/xac-nhan", "/dang-xuat/kenh-sau", "/bang-ke/{slug}",
    "/da-nop/{code}/phieu/", "/da-nop/{code}/bo-sung", "/can-bo/thong-ke/csv",
    "/quan-tri/sap-xep/tep-mau", "/quan-tri/su-dung/{month}/tep/",
    "/quan-tri/nhat-ky/giay-xac-nhan",
)  # fmt: skip


@pytest.fixture(scope="module")
def gallery(chromium, instance, watch) -> Gallery:
    """Every page, looked at once."""
    shown = Gallery(chromium, instance, watch)
    with shown:
        for tour in (
            *(portal.strangers, portal.filing, office.reception, workflows, office.handling),
            *(portal.delivered, office.administration, office.vendor, refusals),
        ):
            tour(shown)
    return shown


def test_no_page_breaks_an_accessibility_rule(gallery):
    assert not [f"{page.name}: {fault}" for page in gallery.looks for fault in page.faults]


def test_no_page_is_wider_than_a_small_phone(gallery):
    assert not [(page.name, page.wide) for page in gallery.looks if max(page.wide) > 0]


def test_every_page_is_vietnamese_with_one_heading_and_a_title(gallery):
    for page in gallery.looks:
        assert (page.language, page.headings) == ("vi", 1), page.name
        assert re.search("[à-ỹ]", page.title), page.name


def test_no_page_makes_the_console_complain_or_asks_a_foreign_host(gallery):
    gallery.watch.nothing_wrong()


def test_no_page_of_the_application_was_left_out(gallery):
    assert not gallery.not_seen(_NO_PAGES)


@pytest.mark.parametrize("path", ["/", "/thu-tuc?tim=khai+sinh", "/thu-tuc/1.001193", "/tra-cuu"])
def test_a_first_visit_is_light_enough_for_a_slow_phone(chromium, instance, path):
    weight = weigh(chromium, instance.origin("binhdinh") + path)
    assert weight.requests <= 8, weight
    assert weight.document <= 14 * 1024, weight
    assert weight.total <= 50 * 1024, weight
