"""Receipt files (UKE): read on bytes, reconciled, stored by month."""
