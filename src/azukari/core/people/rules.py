"""Rules about names, plain Python."""

from __future__ import annotations

from azukari.kernel.text import fold

NAME_GAP = "\u3000"


def search_key(name: str, kana: str, former: str = "") -> str:
    """The words whose beginnings a name is found by, each after a space: the whole, the given name; kanji, kana, 旧氏."""
    words = [word for text in (name, kana, former) for word in _words(text)]
    return "".join(f" {word}" for word in dict.fromkeys(words))


def search_words(text: str) -> list[str]:
    """What a person typed, as words to be compared with search keys; spaces part them."""
    return list(dict.fromkeys(word for part in text.split() if (word := fold(part))))


def _words(text: str) -> list[str]:
    return [fold(text), *search_words(text)[1:]] if text else []
