"""Letters that the ward prints itself: 受診勧奨通知, and the pre-printed 情報提供票 (諮問809 §2(2))."""
