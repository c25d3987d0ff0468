"""What a made-up paper says: the answer a reader must come to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hypothesis import strategies as st

ITEMS = (
    "氏名", "氏名のフリガナ", "生年月日", "年齢", "性別", "住所", "電話番号", "メールアドレス", "世帯構成", "職業", "勤務先", "要介護度", "障害の有無及び程度",
    "利用する施設名称", "口座番号", "納付金額", "申請年月日", "相談内容", "経過", "被保険者番号", "希望する教室名", "アンケートの回答内容", "連絡先（自宅、勤務先）",
    "受診結果", "問診結果", "生活保護受給の有無", "保育を必要とする事由", "通院先の医療機関名", "緊急連絡先（氏名、電話番号、続柄）", "顔写真", "貸出図書名", "予約日時",
    "公共施設利用カード番号", "固定資産税の課税状況", "住民税の課税状況", "介護サービスの利用状況", "学校名", "学年",
)  # fmt: skip
SUBJECTS = ("申込者", "保護者", "児童", "利用者", "団体の代表者", "同居親族", "講座の受講者")
BUSINESSES = (
    "区民健康診査の受付業務", "図書館の資料配送業務", "介護保険料の納付案内業務", "自転車駐車場の管理運営業務", "住民税の申告書入力業務", "学童クラブの入会受付業務",
    "高齢者見守り訪問業務", "がん検診の予約受付業務", "区営住宅の申込受付業務", "防災訓練の参加者名簿作成業務", "就学援助の申請書点検業務",
)  # fmt: skip
PLACES = (
    "委託先事業者の施設", "世田谷区役所", "世田谷区事務センター", "各総合支所の窓口", "区立図書館", "世田谷区保健福祉部介護保険課執務室内", "委託先事業者のデータセンター", "世田谷区立総合体育館",
)  # fmt: skip
MEDIA = ("文書", "口頭", "ファクシミリ", "電磁的記録媒体", "USBメモリ", "CD-R", "電子メール", "電話", "専用回線")
CONTRACTORS = (
    "株式会社せたがや情報",
    "特定非営利活動法人ひまわり",
    "社会福祉法人松の会",
    "一般財団法人緑の協会",
    "有限会社玉川運送",
)
SCOPES = ("当該事業対象者", "受講を申し込んだ者", "前年度の利用者")
PEOPLE = ("同一世帯全員", "加害者", "保護者", "連帯保証人")
PERSONAL = ("氏名", "住所", "生年月日", "続柄", "電話番号", "勤務先", "収入", "職業")
DIRECTIONS = ("ward_to_contractor", "subject_to_contractor", "third_party_to_contractor")


@dataclass(frozen=True)
class Amount:
    """A count: `per` is year or month."""

    total: int
    unit: str
    per: str
    approximate: bool


@dataclass(frozen=True)
class FlowAnswer:
    """One direction of one business, for one kind of person when `subject` is given."""

    direction: str
    subject: str | None
    old: tuple[str, ...]
    new: tuple[str, ...]
    pseudonymised: bool = False
    row_scope: str | None = None

    @property
    def items(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*self.old, *self.new]))


@dataclass(frozen=True)
class BusinessAnswer:
    name: str
    flows: tuple[FlowAnswer, ...]
    amount: Amount
    places: tuple[str, ...]
    computer: bool
    start: date
    end: date | None
    who: str
    contractor: str | None


@dataclass(frozen=True)
class PaperAnswer:
    number: int
    council_date: date
    section: str
    matter: str
    businesses: tuple[BusinessAnswer, ...]
    media: tuple[str, ...]
    labelled: bool  # 従来の項目 / 新たな項目


def items(least: int = 1, most: int = 9) -> st.SearchStrategy[tuple[str, ...]]:
    """Items; now and then some of another person, who stands once in front of them when they are written."""
    chosen = st.lists(st.sampled_from(ITEMS), min_size=least, max_size=most, unique=True).map(tuple)
    return st.one_of(chosen, chosen, chosen, st.builds(lambda front, rest: front + rest, of_another_person(), chosen))


def of_another_person() -> st.SearchStrategy[tuple[str, ...]]:
    attributes = st.lists(st.sampled_from(PERSONAL), min_size=2, max_size=5, unique=True)
    return st.builds(lambda who, what: tuple(f"{who}の{each}" for each in what), st.sampled_from(PEOPLE), attributes)


@st.composite
def flow(draw: st.DrawFn, direction: str, subject: str | None, labelled: bool) -> FlowAnswer:
    chosen = draw(items(2 if subject or labelled else 1))
    new = draw(st.integers(0, len(chosen) - 1)) if labelled else 0
    plain = subject is None
    return FlowAnswer(
        direction,
        subject,
        chosen[: len(chosen) - new],
        chosen[len(chosen) - new :],
        plain and draw(st.integers(0, 5)) == 0,
        draw(st.sampled_from(SCOPES)) if plain and draw(st.integers(0, 5)) == 0 else None,
    )


@st.composite
def business(draw: st.DrawFn, name: str, labelled: bool) -> BusinessAnswer:
    directions = draw(st.lists(st.sampled_from(DIRECTIONS), min_size=1, max_size=2, unique=True))
    flows: list[FlowAnswer] = []
    for direction in sorted(directions, key=DIRECTIONS.index):
        several = draw(st.booleans()) and draw(st.booleans())
        subjects = draw(st.lists(st.sampled_from(SUBJECTS), min_size=2, max_size=3, unique=True)) if several else [None]
        flows += [draw(flow(direction, subject, labelled)) for subject in subjects]
    year, month = draw(st.integers(2016, 2026)), draw(st.integers(1, 12))
    whole = draw(st.booleans())
    end = date(year + draw(st.integers(1, 5)), month, 1) if draw(st.booleans()) and draw(st.booleans()) else None
    return BusinessAnswer(
        name,
        tuple(flows),
        Amount(
            draw(st.sampled_from((7, 40, 300, 1_500, 13_300, 70_000, 120_000, 1_200_000))),
            draw(st.sampled_from(("件", "枚", "人", "通", "名"))),
            draw(st.sampled_from(("year", "year", "month"))),
            draw(st.booleans()),
        ),
        draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=2, unique=True).map(tuple)),
        draw(st.booleans()),
        date(year, month, 1 if whole else draw(st.integers(2, 28))),
        end,
        draw(st.sampled_from(("区内在住の申込者", "事業の利用者及びその保護者", "申請書の提出者等", "65歳以上の区民"))),
        draw(st.one_of(st.none(), st.sampled_from(CONTRACTORS))),
    )


@st.composite
def paper(draw: st.DrawFn, number: int | None = None) -> PaperAnswer:
    labelled = draw(st.booleans())
    names = draw(st.lists(st.sampled_from(BUSINESSES), min_size=1, max_size=4, unique=True))
    year = draw(st.integers(2016, 2026))
    return PaperAnswer(
        number or draw(st.integers(1, 1_500)),
        date(year, draw(st.integers(1, 12)), draw(st.integers(1, 28))),
        draw(
            st.sampled_from(("保健福祉部介護保険課", "財務部課税課", "教育委員会事務局中央図書館", "都市整備部住宅課"))
        ),
        draw(
            st.sampled_from(
                (
                    "申込受付等に関する業務委託",
                    "案内書の印刷及び発送業務の外部委託",
                    "受付業務及び入力業務の委託内容の変更",
                )
            )
        ),
        tuple(draw(business(name, labelled)) for name in names),
        draw(st.lists(st.sampled_from(MEDIA), min_size=0, max_size=3, unique=True).map(tuple)),
        labelled,
    )
