"""Tables put together to a region: joined, completed by said assumptions, written."""
