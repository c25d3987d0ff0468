"""Names that the parts of the demonstration share. All are made up but the workshop, which 諮問第813号 §10 names."""

CONTRACTOR = "ひだまり事務センター（見本）"
OTHER_CONTRACTOR = "あすなろ事務代行（見本）"
WORKSHOP = "就労継続支援A型事業所Scopo"
# The family whose ID and password `up` prints.
CHILD_LOGIN, CHILD_PASSWORD = "MHNK2222", "azukari-demo-2019"
