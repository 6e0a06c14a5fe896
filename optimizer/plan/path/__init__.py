"""The years of a plan: tariffs, cash and debts."""
