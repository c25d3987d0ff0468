"""Who is who: rows that may be about one person, found by exact keys and by a model. Knows of no business."""
