"""Rules of 特定健診: the level of guidance, メタボ判定, eGFR, みなし健診. Plain Python, no clock."""
