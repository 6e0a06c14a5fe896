"""What is: the tables of a region, its promises, and everything that reads and checks them."""
