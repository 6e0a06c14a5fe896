"""The inner loops of pricing, compiled when first used."""
