"""What a service area costs per year."""
