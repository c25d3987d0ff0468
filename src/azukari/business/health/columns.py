"""The columns of the health store: what every part of the package writes and reads, and nothing else.

One table is many encrypted Parquet files, one a part (a month, a delivery). `identity` is a 被保険者 as one paper names
them (保険者番号, 記号, 番号, 枝番, 氏名, 生年月日, 性別); `person` is who they turned out to be. Months are YYYYMM, periods
are half-open, money is 点 (10 yen), sex is 1 男 2 女, a missing value is null and never a zero.
"""

from __future__ import annotations

import polars as pl

Columns = dict[str, pl.DataType]

I8, I16, I32, I64, U32 = pl.Int8(), pl.Int16(), pl.Int32(), pl.Int64(), pl.UInt32()
F64, TEXT, DAY, YES = pl.Float64(), pl.String(), pl.Date(), pl.Boolean()

# A 被保険者 as papers name them, and the person they were found to be. `how` is exact, model, person or alone.
IDENTITIES: Columns = {
    "identity": I64, "insurer": TEXT, "symbol": TEXT, "number": TEXT, "branch": TEXT,
    "name": TEXT, "kana": TEXT, "birth": DAY, "sex": I8,
}  # fmt: skip
LINKS: Columns = {"identity": I64, "person": I64, "how": TEXT, "probability": F64}
# The ward's own list of the insured (資格): one row a span.
MEMBERS: Columns = {
    "person": I64, "household": I64, "birth": DAY, "sex": I8, "symbol": TEXT, "number": TEXT, "branch": TEXT,
    "since": DAY, "until": DAY,
}  # fmt: skip

# One RE record. `kind` is 医科, DPC, 調剤 or 歯科; `line` is its line in the file; `prescriber` is the facility on a 調剤.
RECEIPTS: Columns = {
    "receipt": I64, "file": TEXT, "line": I32, "kind": TEXT, "facility": TEXT, "billed": I32, "month": I32,
    "receipt_type": TEXT, "inpatient": YES, "identity": I64, "days": I16, "points": I32, "prescriber": TEXT,
}  # fmt: skip
# One HO or KO record; position 0 is the HO.
PAYERS: Columns = {
    "receipt": I64, "line": I32, "position": I8, "insurer": TEXT, "days": I16, "points": I32, "copay": I32,
}  # fmt: skip
# One SY record (SB/BU of a DPC, HS of a 歯科). `code` 7 digits; `text` is the name of an uncoded one (0000999).
DIAGNOSES: Columns = {
    "receipt": I64, "line": I32, "code": TEXT, "text": TEXT, "started": DAY, "outcome": I8, "main": YES,
    "suspected": YES, "modifiers": TEXT,
}  # fmt: skip
# One line of a 算定単位 (SI, IY, TO, SS …). `unit` numbers the units of a receipt; `points` stands on the last line of one,
# null elsewhere; `days` has bit d-1 set for day d; `drug_days` is 調剤数量 of the CZ over it, or times of a 内服.
ACTS: Columns = {
    "receipt": I64, "line": I32, "unit": I32, "record": TEXT, "category": I16, "burden": TEXT, "code": TEXT,
    "amount": F64, "points": I32, "times": I32, "days": U32, "drug_days": I32, "dispensed": DAY, "prescribed": DAY,
}  # fmt: skip
# Records of a kind no table above holds, as they stood.
RAW: Columns = {"file": TEXT, "line": I32, "receipt": I64, "record": TEXT, "fields": TEXT}

# One 特定健診 of one person. 尿 is 1 (-) 2 (±) 3 (+) 4 (++) 5 (+++); smoking, drugs are 1 はい 2 いいえ (喫煙 R6: 1, 2, 3).
CHECKUPS: Columns = {
    "identity": I64, "date": DAY, "fiscal_year": I16, "facility": TEXT, "ticket": TEXT,
    "height": F64, "weight": F64, "bmi": F64, "waist": F64, "visceral_fat": F64, "systolic": I16, "diastolic": I16,
    "triglyceride_fasting": I32, "triglyceride_casual": I32, "hdl": I32, "ldl": I32, "ast": I32, "alt": I32, "ggt": I32,
    "glucose_fasting": I32, "glucose_casual": I32, "hba1c": F64, "urine_glucose": I8, "urine_protein": I8,
    "creatinine": F64, "egfr": F64, "drug_pressure": I8, "drug_glucose": I8, "drug_lipid": I8, "smoking": I8,
    "metabolic": I8, "level": I8, "opinion": TEXT,
}  # fmt: skip
CHECKUP_ITEMS: Columns = {
    "identity": I64, "date": DAY, "code": TEXT, "value": TEXT, "unit": TEXT, "flag": TEXT,
}  # fmt: skip
# 特定保健指導: one use of a 利用券.
GUIDANCE: Columns = {
    "identity": I64, "fiscal_year": I16, "level": I8, "ticket": TEXT, "first": DAY, "middle": DAY, "last": DAY,
}  # fmt: skip

TABLES: dict[str, Columns] = {
    "identities": IDENTITIES, "links": LINKS, "members": MEMBERS,
    "receipts": RECEIPTS, "payers": PAYERS, "diagnoses": DIAGNOSES, "acts": ACTS, "raw": RAW,
    "checkups": CHECKUPS, "checkup_items": CHECKUP_ITEMS, "guidance": GUIDANCE,
}  # fmt: skip
