"""Events on their way: chosen, shown, forwarded, delivered later, remembered."""
