"""The residents' pages. A page is open to a signed-in family only, unless it is made with `stranger`."""
