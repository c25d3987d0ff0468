"""What is asked of every page, and how a person comes in."""

from __future__ import annotations

import json
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from support.signing import AT

WIDTHS = (320, 1280)
# "incomplete" of axe is a failure too, but for these: rule → why it cannot be decided by a program here.
EXPLAINED: dict[str, str] = {}

AXE = """
async () => {
  const found = await axe.run(document, {resultTypes: ["violations", "incomplete"], preload: false, iframes: false});
  const plain = list => list.map(one => ({id: one.id, help: one.help,
    nodes: one.nodes.map(node => node.target.join(" ") + " — " + [...node.any, ...node.all, ...node.none].map(c => c.message).join("; "))}));
  return {violations: plain(found.violations), incomplete: plain(found.incomplete)};
}
"""
OWN = """
() => {
  const faults = [];
  const shown = node => node.checkVisibility({visibilityProperty: true}) && node.getClientRects().length > 0;
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.querySelectorAll("main *, header *, footer *")].filter(node =>
      node.getBoundingClientRect().right > root.clientWidth + 1 && !node.closest(".scroll"));
    faults.push("横に動く: " + wide.slice(0, 3).map(node => node.outerHTML.slice(0, 90)).join(" | "));
  }
  for (const node of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
    if (!shown(node) || node.closest(".skip")) continue;
    const box = node.getBoundingClientRect();
    const inSentence = node.tagName === "A" && getComputedStyle(node).display === "inline" && node.parentElement.textContent.trim() !== node.textContent.trim();
    if (!inSentence && (box.height < 43.5 || box.width < 43.5))
      faults.push(`押す所が小さい (${Math.round(box.width)}×${Math.round(box.height)}): ${node.outerHTML.slice(0, 90)}`);
  }
  for (const node of document.querySelectorAll(".tag, .sign, .notice__title, .field__error")) {
    if (!node.textContent.trim()) faults.push("印だけで言葉がない: " + node.outerHTML.slice(0, 90));
  }
  if (document.querySelectorAll("h1").length !== 1) faults.push("見出し h1 が一つではない");
  if (document.querySelectorAll("[style], style").length) faults.push("style 属性か style 要素がある");
  if (/\\bNone\\b|\\{\\{|\\{%/.test(document.body.innerText)) faults.push("作りかけの文字: " + document.body.innerText.match(/.{0,20}(\\bNone\\b|\\{\\{|\\{%).{0,20}/)[0]);
  return faults;
}
"""


def sign_in(page: Page, login: str) -> None:
    """Through the real page, as the made-up ward's people do: "fill in for this person", then the button."""
    page.goto(f"/sign-in/?who={login}")
    page.get_by_label("どこから使いますか").select_option(AT[login])
    page.get_by_role("button", name="サインイン", exact=True).click()
    page.wait_for_url("**/")


def faults_of(page: Page, width: int) -> list[str]:
    """Everything wrong with the page that is open, at that width."""
    page.set_viewport_size({"width": width, "height": 900})
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: dict[str, Any] = page.evaluate(AXE)
    told = list(found["violations"])
    told += [one for one in found["incomplete"] if one["id"] not in EXPLAINED]
    return [f"axe {one['id']}: {json.dumps(one['nodes'][:3], ensure_ascii=False)}" for one in told] + page.evaluate(OWN)
