"""The papers of ふるさと納税 (諮問813), each with the items that its flow lists."""
