"""申請の受付と認定の台帳 (諮問815 §4, 業務の登録 r-taxi): what the ward's officer types, decides, writes and stops.

`declared` and `plans` are plain Python; `residence` asks 住民記録 under its own register entry; `service`, `register` and
`reviewing` read and write within r-taxi, entered by the page; `views` and `register_views` are the pages.
"""
