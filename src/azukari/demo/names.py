"""Names that the parts of the demonstration share. All of them are made up."""

CONTRACTOR = "ひだまり事務センター（見本）"
OTHER_CONTRACTOR = "あすなろ事務代行（見本）"
# The family whose ID and password `up` prints.
CHILD_LOGIN, CHILD_PASSWORD = "MHNK2222", "azukari-demo-2019"
