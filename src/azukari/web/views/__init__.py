"""The pages of the frame itself: home, consultations, why, ledger, people, errors. Thin: data comes from the packages."""
