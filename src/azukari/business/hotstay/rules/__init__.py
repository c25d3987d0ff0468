"""What decides a booking, in plain Python: law as dated data, ages, counting of staff, fees, windows, the decision."""
