"""Letters, forms and lists as PDF/A."""
