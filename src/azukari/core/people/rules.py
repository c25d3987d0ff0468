"""Rules about names, plain Python."""

from __future__ import annotations

from azukari.kernel.text import fold

NAME_GAP = "\u3000"


def search_key(name: str, kana: str, former: str = "") -> str:
    """The words a name is found by, each after a space: surname, given name, both together; kanji, kana, 旧氏."""
    words = [word for text in (name, kana, former) for word in _words(text)]
    return "".join(f" {word}" for word in dict.fromkeys(words))


def search_words(text: str) -> list[str]:
    """What a person typed, as words to be compared with search keys; spaces part them."""
    return list(dict.fromkeys(word for part in text.split() if (word := fold(part))))


def _words(text: str) -> list[str]:
    parts = search_words(text)
    return parts if len(parts) < 2 else [*parts, fold(text)]
