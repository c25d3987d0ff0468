"""国保データヘルス (諮問809): from receipts and checkups to the right person, with the key in the ward's hand."""
