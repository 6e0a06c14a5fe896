"""What a group costs, what it can pay, and the tariff that follows."""
