"""Names that the parts of the demonstration share. All of them are made up."""

CONTRACTOR = "ひだまり事務センター（見本）"
OTHER_CONTRACTOR = "あすなろ事務代行（見本）"
WORKSHOP = "しいのき作業所（見本）"
