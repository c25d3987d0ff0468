"""預かり: the consultation (諮問) is the permission."""
