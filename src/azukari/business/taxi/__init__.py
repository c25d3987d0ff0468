"""福祉タクシー券等の確認 (諮問815): what the companies present, and the contractor's check of it."""
