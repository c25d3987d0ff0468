"""Reading aids for the workshop: `｜封《ふう》をする` becomes 封 with ふう above it."""

from __future__ import annotations

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
MARKED = re.compile(r"｜([^《]+)《([^》]+)》")


@register.filter
def furigana(text: str) -> SafeString:
    """Text with `｜漢字《かんじ》` as <ruby>; everything else is escaped."""
    ruby = MARKED.sub(r"<ruby>\1<rp>（</rp><rt>\2</rt><rp>）</rp></ruby>", escape(text))
    return mark_safe(ruby)  # noqa: S308 (escaped above)
