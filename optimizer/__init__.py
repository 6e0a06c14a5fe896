"""Group small towns under shared water operators and set the tariffs that pay for them."""
