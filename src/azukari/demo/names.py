"""Names that the parts of the demonstration share.

Made up, but for those that a consultation names (諮問第813号 §10 the workshop, 諮問第809号 §13 the analysts and guides).
"""

CONTRACTOR = "ひだまり事務センター（見本）"
OTHER_CONTRACTOR = "あすなろ事務代行（見本）"
WORKSHOP = "就労継続支援A型事業所Scopo"
ANALYSTS = "株式会社NTTデータ"
GUIDES = "株式会社メディヴァ"
CALL_CENTRE = "ひびき電話サービス（見本）"
VISITORS = "こもれび訪問看護（見本）"
# The family whose ID and password `up` prints.
CHILD_LOGIN, CHILD_PASSWORD = "MHNK2222", "azukari-demo-2019"
