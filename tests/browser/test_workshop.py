"""The workshop in a real browser, with a scanner that types: one set from the pile to the box, and every stage of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from azukari.config.cluster import Cluster
from azukari.core.dispatch import api as dispatch
from browser.looks import WIDTHS, faults_of, sign_in
from support.dispatch import make_job
from support.people import serving

SMALLEST = """
() => [...document.querySelectorAll("main *")].filter(node =>
  [...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim()) && node.tagName !== "RT" &&
  node.tagName !== "RP" && !node.closest(".hidden-text, .notices") && parseFloat(getComputedStyle(node).fontSize) < 24
).map(node => node.outerHTML.slice(0, 80))
"""


@pytest.fixture(scope="module")
def workshop_site(cluster: Cluster, workshop: str) -> Iterator[str]:
    with serving(cluster, workshop) as address:
        yield address


def _looks(page: Page, name: str) -> list[str]:
    """What is wrong with the stage."""
    return [f"{name} {width}px {fault}" for width in WIDTHS for fault in faults_of(page, width)]


def _scan(page: Page, text: str) -> None:
    """As a scanner does: keys to wherever the focus is, then Enter."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_one_set_from_the_pile_to_the_box(chromium: Browser, workshop_site: str) -> None:
    job, faults = make_job(3), []
    page = chromium.new_page(base_url=workshop_site, locale="ja-JP")
    sign_in(page, "worker-a")
    page.get_by_role("link", name="発送の作業").first.click()
    faults += _looks(page, "today")
    page.get_by_role("link", name=job_number(job.id)).click()
    expect(page.locator("#code")).to_be_focused()
    faults += _looks(page, "start") + page.evaluate(SMALLEST)
    first, second, third = job.texts(1)
    _scan(page, first)
    expect(page.locator("main")).to_contain_text("1 / 3")
    faults += _looks(page, "next") + page.evaluate(SMALLEST)
    page.get_by_role("link", name="ホーム").first.focus()
    _scan(page, job.texts(2)[1])
    expect(page.locator("main")).to_contain_text("わかりました")
    faults += _looks(page, "stop") + page.evaluate(SMALLEST)
    _scan(page, second)
    expect(page.locator("main")).to_contain_text("わかりました")
    page.get_by_role("button", name="わかりました").click()
    expect(page.locator("#code")).to_be_focused()
    _scan(page, second)
    expect(page.locator("main")).to_contain_text("2 / 3")
    _scan(page, third)
    expect(page.locator("[data-mood=done]")).to_be_visible()
    faults += _looks(page, "seal") + page.evaluate(SMALLEST)
    page.get_by_role("button", name="封をしました").click()
    expect(page.locator("[data-mood=start]")).to_be_visible()
    expect(page.locator("#code")).to_be_focused()
    dispatch.withdraw(job.id, job.references[1], why="取り下げ", by="furusato")
    page.goto(f"/workshop/{job.id}/bin/")
    faults += _looks(page, "bin") + page.evaluate(SMALLEST)
    page.close()
    assert not faults, "\n".join(faults)


def job_number(job: int) -> str:
    return f"{job:04d}"


def test_the_officers_pages(chromium: Browser, workshop_site: str) -> None:
    job, done = make_job(3), make_job(1)
    done.sealed(1)
    done.post()
    job.sealed(1, 2)
    dispatch.spoil(job.id, reference=job.references[2], why="破れ", by="worker-a")
    dispatch.scan(job.id, job.texts(3)[0], by="worker-b")
    dispatch.withdraw(job.id, job.references[1], why="取り下げ", by="furusato")
    page = chromium.new_page(base_url=workshop_site, locale="ja-JP")
    sign_in(page, "furusato")
    page.get_by_role("link", name="発送", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("発送")
    faults = []
    for name, address in {
        "list": f"/dispatch/?reference={done.references[0]}",
        "job": f"/dispatch/{job.id}/",
        "done": f"/dispatch/{done.id}/",
    }.items():
        answer = page.goto(address)
        assert answer is not None
        assert answer.ok
        faults += _looks(page, name)
    page.close()
    assert not faults, "\n".join(faults)
