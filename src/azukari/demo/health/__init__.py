"""A made-up year of 国保データヘルス: the insured, their receipts and checkups. Nobody is real."""
