"""What every package stands on: calendar, age, text, money, numbers and errors. Plain Python."""
