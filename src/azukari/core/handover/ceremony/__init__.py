"""仮名化の立会い (諮問809 補足資料 2(2)): both responsible persons present, the key in the ward's hand alone."""
