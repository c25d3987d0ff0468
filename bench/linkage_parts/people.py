"""Two made-up registers of partly the same people, the second written by other hands; who is who is known.

Names are the demonstration's surnames, and others and given names put together from kanji and their readings. The second register
has what Japanese papers do to a name: variant kanji and their selectors, half-width and small kana, a missing blank,
hiragana, long marks, a lost 濁点, a wrong homophone, another surname since a marriage; and slips of the pen in kana, birth and sex. Among the people are
twins, and whoever else shares a name and a birthday by chance.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import polars as pl

from azukari.demo.namelists import surnames

COLUMNS = {"id": pl.Int64(), "name": pl.String(), "kana": pl.String(), "birth": pl.String(), "sex": pl.String()}
GAP = "\u3000"
HEADS = {
    "1": "和カズ 正マサ 幸ユキ 義ヨシ 健ケン 浩ヒロ 隆タカ 秀ヒデ 明アキ 勝カツ 信ノブ 直ナオ 俊トシ 英ヒデ 康ヤス 哲テツ 誠マコト 敏トシ 博ヒロ 裕ヒロ 良ヨシ 光ミツ 栄エイ 孝タカ 昭アキ 武タケ 智トモ 大ダイ 翔ショウ 悠ユウ 拓タク 達タツ 雅マサ 政マサ 忠タダ 清キヨ 純ジュン 宏ヒロ 文フミ 典ノリ",
    "2": "和カズ 幸サチ 恵ケイ 智トモ 裕ユウ 由ユ 真マ 美ミ 久ヒサ 千チ 芳ヨシ 節セツ 洋ヨウ 京キョウ 敏トシ 順ジュン 弘ヒロ 悦エツ 純ジュン 陽ヨウ 優ユウ 愛アイ 彩アヤ 麻マ 奈ナ 明アキ 直ナオ 友トモ 亜ア 佳ヨシ 里サト 早サ 春ハル 夏ナツ 秋アキ 静シズ 文フミ 光ミツ 君キミ 律リツ",
}
TAILS = {
    "1": "夫オ 雄オ 男オ 彦ヒコ 一イチ 二ジ 三ゾウ 之ユキ 樹キ 也ヤ 郎ロウ 介スケ 人ト 志シ 治ジ 司シ 太タ 平ヘイ 吾ゴ 久ヒサ 次ジ 明アキ 弘ヒロ 信ノブ 行ユキ 輝テル 哉ヤ 馬マ 真マ 斗ト",
    "2": "子コ 美ミ 恵エ 代ヨ 江エ 香カ 奈ナ 乃ノ 里リ 紀キ 絵エ 華カ 織オリ 菜ナ 世ヨ 穂ホ 音ネ 枝エ 実ミ 花カ 希キ 歌カ 葉ハ 佳カ 理リ 音オト 帆ホ 月ツキ 衣イ 緒オ",
}
PLACES = [
    "山ヤマ",
    "川カワ",
    "田タ",
    "村ムラ",
    "木キ",
    "本モト",
    "中ナカ",
    "野ノ",
    "原ハラ",
    "井イ",
    "石イシ",
    "島シマ",
    "沢サワ",
    "藤フジ",
    "松マツ",
    "林ハヤシ",
    "森モリ",
    "森モリ",
    "上ウエ",
    "下シタ",
    "大オオ",
    "小オ",
    "西ニシ",
    "東ヒガシ",
    "北キタ",
    "南ミナミ",
    "高タカ",
    "長ナガ",
    "岡オカ",
    "谷タニ",
    "浜ハマ",
    "崎サキ",
    "池イケ",
    "橋ハシ",
    "竹タケ",
    "梅ウメ",
    "桜サクラ",
    "広ヒロ",
    "福フク",
    "吉ヨシ",
    "永ナガ",
    "金カネ",
    "古フル",
    "新アラ",
    "青アオ",
    "黒クロ",
    "白シラ",
    "辺ベ",
    "塚ツカ",
    "宮ミヤ",
    "内ウチ",
    "口グチ",
    "岩イワ",
    "津ツ",
    "瀬セ",
    "沼ヌマ",
    "葉ハ",
    "倉クラ",
    "戸ト",
    "越コシ",
]
VARIANTS = dict(
    pair.split(">")
    for pair in [
        "斎>齋",
        "斉>齊",
        "辺>邊",
        "高>髙",
        "浜>濱",
        "沢>澤",
        "島>嶋",
        "桜>櫻",
        "広>廣",
        "恵>惠",
        "真>眞",
        "国>國",
        "栄>榮",
        "塩>鹽",
        "関>關",
        "崎>﨑",
        "吉>𠮷",
        "黒>黑",
        "富>冨",
        "徳>德",
        "条>條",
        "滝>瀧",
        "竜>龍",
        "万>萬",
        "学>學",
        "静>靜",
        "亜>亞",
        "実>實",
        "穂>穗",
        "菊>菊󠄁",
        "葛>葛󠄀",
        "邉>邉󠄄",
    ]
)
HOMOPHONES = dict(
    pair.split(">")
    for pair in [
        "裕>祐",
        "浩>博",
        "孝>隆",
        "美>実",
        "香>佳",
        "一>壱",
        "郎>朗",
        "介>助",
        "恵>江",
        "夫>男",
        "也>哉",
        "智>知",
    ]
)
HALF = dict(
    zip(
        "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン",
        "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝ",
        strict=True,
    )
)
PLAIN = str.maketrans("ガギグゲゴザジズゼゾダヂヅデドバビブベボ", "カキクケコサシスセソタチツテトハヒフヘホ")
LARGE = str.maketrans("ァィゥェォッャュョ", "アイウエオツヤユヨ")
HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}

Person = tuple[int, str, str, str, str]


def registers(left: int, right: int, seed: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """`left` people, of whom two thirds of `right` are written again; and the pairs (left, right) that are one person."""
    random = Random(seed)
    people = _people(left + right // 3, random)
    random.shuffle(people)
    first, again = people[:left], people[::-1][:right]
    written = [_rewritten(place, person, random) for place, person in enumerate(again)]
    random.shuffle(written)
    known = {person[0] for person in first}
    pairs = [(one[1][0], one[0][0]) for one in written if one[1][0] in known]
    return (
        pl.DataFrame(first, schema=COLUMNS, orient="row"),
        pl.DataFrame([one[0] for one in written], schema=COLUMNS, orient="row"),
        pl.DataFrame(pairs, schema={"left": pl.Int64(), "right": pl.Int64()}, orient="row"),
    )


def _people(how_many: int, random: Random) -> list[Person]:
    people: list[Person] = []
    while len(people) < how_many:
        surname = _surname(random)
        birth = f"{random.randrange(1926, 2019)}-{random.randrange(1, 13):02}-{random.randrange(1, 29):02}"
        sex = random.choice("12")
        # One birth in eighty is of twins: the surname, the day and often the sex are one.
        for sibling in range(2 if random.random() < 0.0125 else 1):
            own = random.choice("12") if sibling else sex
            text, kana = _given(own, random)
            people.append((len(people), surname[0] + GAP + text, surname[1] + GAP + kana, birth, own))
    return people[:how_many]


def _surname(random: Random) -> tuple[str, str]:
    """One of the demonstration's, or one put together as most of Japan's hundred thousand surnames are."""
    if random.random() < 0.5:
        word = random.choice(surnames())
        return word.text, word.kana
    parts = random.sample(PLACES, 2)
    return "".join(part[0] for part in parts), "".join(part[1:] for part in parts)


def _given(sex: str, random: Random) -> tuple[str, str]:
    parts = [random.choice(_WORDS[sex][0]), random.choice(_WORDS[sex][random.randrange(2)])]
    return "".join(part[0] for part in parts), "".join(part[1:] for part in parts)


_WORDS = {sex: (HEADS[sex].split(), TAILS[sex].split()) for sex in HEADS}


def _rewritten(place: int, person: Person, random: Random) -> tuple[Person, Person]:
    _, name, kana, birth, sex = person
    if sex == "2" and random.random() < 0.004:
        name, kana = _married(name, kana, random)
    name = _one_of(_NAME_HABITS, name, random)
    kana = _one_of(_KANA_HABITS, kana, random)
    if random.random() < 0.012:
        birth = _slipped(birth, random)
    if random.random() < 0.004:
        sex = "2" if sex == "1" else "1"
    if random.random() < 0.01:
        kana = _letter_lost(kana, random)
    return (place, name, kana, birth, sex), person


def _married(name: str, kana: str, random: Random) -> tuple[str, str]:
    surname = _surname(random)
    return surname[0] + GAP + name.split(GAP)[1], surname[1] + GAP + kana.split(GAP)[1]


def _one_of(habits: tuple[tuple[float, Callable[[str, Random], str]], ...], text: str, random: Random) -> str:
    for share, habit in habits:
        if random.random() < share:
            text = habit(text, random)
    return text


def _swapped(table: dict[str, str]) -> Callable[[str, Random], str]:
    return lambda text, _: "".join(table.get(letter, letter) for letter in text)


def _unblanked(text: str, _: Random) -> str:
    return text.replace(GAP, "")


def _letter_lost(text: str, random: Random) -> str:
    place = random.randrange(len(text))
    return text[:place] + text[place + 1 :]


def _slipped(birth: str, random: Random) -> str:
    """A wrong figure, two figures turned round, month and day exchanged, or another year."""
    year, month, day = birth.split("-")
    turn = random.randrange(4)
    if turn == 0:
        return f"{year}-{month}-{random.randrange(1, 29):02}"
    if turn == 1:
        return f"{year[:2]}{year[3]}{year[2]}-{month}-{day}"
    if turn == 2 and int(day) <= 12:
        return f"{year}-{day}-{month}"
    return f"{int(year) + random.choice((-10, -1, 1, 10))}-{month}-{day}"


_NAME_HABITS = (
    (0.5, _swapped(VARIANTS)),
    (0.03, _swapped(HOMOPHONES)),
    (0.15, _unblanked),
    (0.1, lambda text, _: text.replace(GAP, " ")),
    (0.005, _letter_lost),
)
_KANA_HABITS = (
    (0.04, lambda text, _: text.translate(PLAIN)),
    (0.1, lambda text, _: text.translate(LARGE)),
    (0.05, lambda text, _: text.replace("ウ", "ー")),
    (0.1, lambda text, _: text.translate(HIRAGANA)),
    (0.1, _swapped(HALF)),
    (0.15, _unblanked),
)
