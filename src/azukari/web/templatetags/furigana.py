"""Reading aids for the workshop: `｜封《ふう》をする` becomes 封 with ふう above it."""

from __future__ import annotations

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
MARKED = re.compile(r"｜([^《]+)《([^》]+)》")


# Words of letters as they stand in titles and names of enclosures; the longer before what they contain.
KNOWN = {
    "受領証明書": "じゅりょうしょうめいしょ",
    "特例申請書": "とくれいしんせいしょ",
    "申込書": "もうしこみしょ",
    "納付書": "のうふしょ",
    "宛名票": "あてなひょう",
    "礼状": "れいじょう",
    "寄附金": "きふきん",
    "発送": "はっそう",
    "再発行": "さいはっこう",
}
READ = '<ruby>{0}<rp aria-hidden="true">（</rp><rt aria-hidden="true">{1}</rt><rp aria-hidden="true">）</rp></ruby>'


@register.filter
def furigana(text: str) -> SafeString:
    """Text with `｜漢字《かんじ》` as <ruby>; everything else is escaped. Who listens hears each word once."""
    ruby = MARKED.sub(lambda found: READ.format(*found.groups()), escape(text))
    return mark_safe(ruby)  # noqa: S308 (escaped above)


@register.filter
def plain(text: str) -> str:
    """The same text without readings, for names that are listened to."""
    return MARKED.sub(r"\1", text)


@register.filter
def readings(text: str) -> SafeString:
    """Names that come from elsewhere (a job's title, an enclosure), with the readings we know of their words."""
    for word, reading in KNOWN.items():
        text = text.replace(word, f"｜{word}《{reading}》")
    return furigana(text)
